"""How two states of an edition differ, in words that an editor would use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.model import Edition, Item
from digest.shape.deeds import Deed, MoveSection, Retitle, Take, Write

_HEADS = ("subject", "preheader", "intro", "outro")
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that differs."""

    what: str  #: in a few words: 'headline of “Ferry”', 'subject', 'took in “Ferry”'
    before: str = ""  #: '' when there was nothing
    after: str = ""  #: '' when there is nothing
    article: int | None = None


def differences(before: Edition, after: Edition) -> tuple[Difference, ...]:
    """List how an edition differs from how it was: heads first, then items in the order of the newer one."""
    return (*_heads(before, after), *_items(before, after), *_sections(before, after))


def ordinal(number: int) -> str:
    """Write a place as English says it: 1st, 2nd, 11th, 21st."""
    return f"{number}{'th' if number % 100 in {11, 12, 13} else _ENDINGS.get(number % 10, 'th')}"


def named(deed: Deed, edition: Edition) -> str:
    """Name what a deed is about as an editor would: 'item 2', 'the subject', 'the order of sections'."""
    if isinstance(deed, Write):
        return f"the {deed.what}"
    if isinstance(deed, MoveSection):
        return "the order of sections"
    if isinstance(deed, Retitle):
        return "the section"
    article = deed.item.article_id if isinstance(deed, Take) else deed.article
    numbers = {item.article_id: number for number, item in enumerate(edition.items, 1)}
    return f"item {numbers[article]}" if article in numbers else "that article"


def _heads(before: Edition, after: Edition) -> Iterator[Difference]:
    for head in _HEADS:
        old, new = getattr(before, head) or "", getattr(after, head) or ""
        if old != new:
            yield Difference(what=head, before=old, after=new)


def _items(before: Edition, after: Edition) -> Iterator[Difference]:
    old, new = _places(before), _places(after)
    for article, (item, place) in new.items():
        if article not in old:
            yield Difference(what=f"took in {_named(item)}", after=_told(place), article=article)
            continue
        was, where = old[article]
        if where[0] != place[0] or _moved(article, before, after):
            yield Difference(
                what=f"moved {_named(item)}", before=_told(where), after=_told(place), article=article
            )
        if was.title != item.title:
            yield Difference(what="headline", before=was.title, after=item.title, article=article)
        if was.summary.text != item.summary.text:
            yield Difference(
                what=f"summary of {_named(item)}",
                before=was.summary.text,
                after=item.summary.text,
                article=article,
            )
    for article, (item, where) in old.items():
        if article not in new:
            yield Difference(what=f"dropped {_named(item)}", before=_told(where), article=article)


def _sections(before: Edition, after: Edition) -> Iterator[Difference]:
    old = {one.key: one.title for one in before.sections}
    new = {one.key: one.title for one in after.sections}
    for key in old.keys() & new.keys():
        if old[key] != new[key]:
            yield Difference(what="section", before=old[key], after=new[key])
    both = [key for key in old if key in new]
    if both != [key for key in new if key in old]:
        yield Difference(
            what="order of sections", before=", ".join(old.values()), after=", ".join(new.values())
        )


def _places(edition: Edition) -> dict[int, tuple[Item, tuple[str, str, int]]]:
    """Return each item with its section's key and title and its place there."""
    return {
        item.article_id: (item, (section.key, section.title, at))
        for section in edition.sections
        for at, item in enumerate(section.items, 1)
    }


def _moved(article: int, before: Edition, after: Edition) -> bool:
    """Tell whether an item changed its place among those that both states have in its section.

    Of two neighbours that changed places the one that stands before the other now counts as moved.
    """
    for section in after.sections:
        now = [item.article_id for item in section.items]
        if article not in now:
            continue
        was = [item.article_id for one in before.sections if one.key == section.key for item in one.items]
        kept = [each for each in was if each in now]
        here = [each for each in now if each in was]
        return article in here and here.index(article) < kept.index(article)
    return False


def _told(place: tuple[str, str, int]) -> str:
    _, title, at = place
    return f"{ordinal(at)} in {title or 'more'}"


def _named(item: Item) -> str:
    title = item.title if len(item.title) <= 60 else item.title[:59].rstrip() + "…"
    return f"“{title}”"
