"""Put articles into sections, and those that tell the same event into stories."""

from digest.group.place import place
from digest.group.stories import find_stories

__all__ = ["find_stories", "place"]
