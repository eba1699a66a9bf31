"""Which section an article belongs in when no tag says so: by keywords, then by what editors have taught."""

from digest.classify.given import Leading, TagRule, given_tags, leading
from digest.classify.learned import ENOUGH, Learned, Lesson, learn, lesson
from digest.classify.place import Chooser, by_tag
from digest.classify.records import Choices, Record, choices_of, choose
from digest.classify.sections import Section

__all__ = [
    "ENOUGH",
    "Choices",
    "Chooser",
    "Leading",
    "Learned",
    "Lesson",
    "Record",
    "Section",
    "TagRule",
    "by_tag",
    "choices_of",
    "choose",
    "given_tags",
    "leading",
    "learn",
    "lesson",
]
