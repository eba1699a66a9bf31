"""Put articles into sections, and those that tell the same event into stories."""

from digest.group.place import place
from digest.group.stories import find_stories
from digest.group.words import Reader, read

__all__ = ["Reader", "find_stories", "place", "read"]
