"""Put articles into sections, and those that tell the same event into stories."""

from digest.group.index import SPAN
from digest.group.stories import StoryIndex, find_stories
from digest.group.words import Reader, read, read_lately

__all__ = ["SPAN", "Reader", "StoryIndex", "find_stories", "read", "read_lately"]
