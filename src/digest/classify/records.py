"""Sections for many texts at once, some of which say where they belong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digest.classify.learned import Learned, learn, lesson
from digest.classify.place import Chooser
from digest.classify.sections import Section
from digest.model import PlacedBy, Placement

__all__ = ["Choices", "Record", "choices_of", "choose"]

SHIPPED = (
    *("World", "Politics", "Business", "Technology", "Science", "Health", "Environment", "Culture"),
    *("Sport", "Justice", "Education", "Travel", "Food"),
)  #: the names to choose from when nobody names any


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A text, and the sections it is in or may be in."""

    title: str
    text: str
    language: str | None = None  #: BCP 47; None is unknown
    sections: tuple[str, ...] = ()  #: one: it is in that; several: the choices; none: all that are named


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What is known from all records before one of them is looked at; the same for each."""

    names: tuple[str, ...]  #: every section that is named, in the order of first mention
    learned: Learned | None  #: from the records with exactly one section


def choices_of(records: Iterable[Record]) -> Choices:
    """Collect what there is to choose from, and learn sections of which there are at least 20 examples."""
    names: dict[str, None] = {}
    lessons = []
    for record in records:
        names.update(dict.fromkeys(record.sections))
        if len(record.sections) == 1:
            lessons.append(lesson(record.sections[0], record.title, record.text))
    return Choices(names=tuple(names) or SHIPPED, learned=learn(tuple(lessons)))


def choose(record: Record, choices: Choices) -> Placement:
    """Say which section a record belongs in; '' when nothing speaks for any of its choices.

    A record with one section keeps it; with several, it goes into the best of these; with none, into the
    best of all that any record names.
    """
    if len(record.sections) == 1:
        return Placement(section=record.sections[0], by=PlacedBy.GIVEN, why="the record says so")
    names = dict.fromkeys(record.sections or choices.names)
    sections = tuple(Section(key=name, title=name) for name in names)
    chooser = Chooser(sections=sections, learned=choices.learned, closed=True)
    return chooser.choose(record.title, record.text, record.language, nowhere="")
