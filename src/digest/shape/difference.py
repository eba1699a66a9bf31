"""How two states of an edition differ, in words that an editor would use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.model import Edition, Item
from digest.shape.arranging import MoveSection, Take
from digest.shape.deeds import Deed
from digest.shape.writing import Retitle, Write

_HEADS = ("subject", "preheader", "intro", "outro")
_Places = dict[int, tuple[Item, tuple[str, str, int]]]
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
        yield from _picture(was, item)
        if was.apart and not item.apart:
            yield Difference(what=f"took back the split of {_named(item)}", article=article)
        if len(item.apart) > len(was.apart):
            yield Difference(
                what=f"split {_named(item)} from what was told with it",
                before=f"also {', '.join(was.also)}" if was.also else "",
                after="a story of its own",
                article=article,
            )
    yield from _stories(old, new)


def _picture(was: Item, item: Item) -> Iterator[Difference]:
    if (was.image, was.is_decoration) == (item.image, item.is_decoration):
        return
    is_other = was.image is not None and item.image is not None and was.image.url != item.image.url
    yield Difference(
        what=f"picture of {_named(item)}",
        before=_shown(was, is_other=is_other),
        after=_shown(item, is_other=is_other),
        article=item.article_id,
    )


def _shown(item: Item, *, is_other: bool) -> str:
    """Say what stands for a picture, with its address where that is another one."""
    if item.image is None:
        return "none"
    words = "decoration" if item.is_decoration else item.image.alt or "not described"
    return f"{words} ({item.image.url})" if is_other else words


def _stories(old: _Places, new: _Places) -> Iterator[Difference]:
    """Tell what left the edition, and what stories took in: an item that is merged was not dropped."""
    into = {number: item for item, _ in new.values() for number in item.merged}
    before = {number: item for item, _ in old.values() for number in item.merged}
    for article, (item, where) in old.items():
        if article not in new:
            done = f"merged {_named(item)} into {_named(into[article])}" if article in into else ""
            yield Difference(what=done or f"dropped {_named(item)}", before=_told(where), article=article)
    for number, item in into.items():
        if number not in old and number not in before:
            yield Difference(
                what=f"merged article {number} into {_named(item)}",
                after=f"also {', '.join(item.also)}" if item.also else "",
                article=number,
            )
    for number, item in before.items():
        if number not in new and number not in into and item.article_id in new and not _split(number, new):
            yield Difference(what=f"took article {number} out of {_named(item)}", article=number)


def _split(article: int, places: _Places) -> bool:
    return any(article in item.apart for item, _ in places.values())


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


def _places(edition: Edition) -> _Places:
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
