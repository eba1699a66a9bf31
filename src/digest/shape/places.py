"""The places of an edition: find what stands there, and put something else there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digest.errors import Refused
from digest.model import Edition, EditionSection, Item


def item_of(edition: Edition, article: int) -> Item | None:
    """Return the item of an article; None when it is not in the edition."""
    return next((item for item in edition.items if item.article_id == article), None)


def found(edition: Edition, article: int) -> tuple[EditionSection, Item]:
    """Return the item of an article, with its section.

    Raises:
        Refused: It is not in the edition.
    """
    for section in edition.sections:
        for item in section.items:
            if item.article_id == article:
                return section, item
    raise Refused(f"article {article} is not in the edition", hint="somebody may have dropped it: look again")


def section_at(edition: Edition, key: str) -> int:
    """Return the place of a section among the sections; 0 is first.

    Raises:
        Refused: The edition has none with this key.
    """
    for at, section in enumerate(edition.sections):
        if section.key == key:
            return at
    raise Refused(f"the edition has no section '{key}'", hint="its last item may have gone: look again")


def with_item(edition: Edition, article: int, **changes: object) -> Edition:
    """Change fields of an item, by their names.

    Raises:
        Refused: It is not in the edition.
    """
    section, item = found(edition, article)
    changed = replace(item, **changes)  # type: ignore[arg-type]  # why: fields of Item, by name
    items = tuple(changed if one is item else one for one in section.items)
    return with_section(edition, edition.sections.index(section), replace(section, items=items))


def with_section(edition: Edition, at: int, section: EditionSection) -> Edition:
    """Put a section in the place of the one that stands there."""
    return replace(edition, sections=(*edition.sections[:at], section, *edition.sections[at + 1 :]))


def without(edition: Edition, article: int) -> Edition:
    """Take an item out; a section that is empty then goes, and is named among the quiet ones.

    Raises:
        Refused: It is not in the edition.
    """
    section, item = found(edition, article)
    left = tuple(one for one in section.items if one is not item)
    at = edition.sections.index(section)
    if left:
        return with_section(edition, at, replace(section, items=_ranked(left)))
    gone = replace(edition, sections=(*edition.sections[:at], *edition.sections[at + 1 :]))
    return replace(
        gone, quiet=tuple(dict.fromkeys((*edition.quiet, section.title))) if section.title else gone.quiet
    )


def put(edition: Edition, item: Item, key: str, to: int, title: str) -> Edition:
    """Put an item at a place of a section; a section that is not there comes last, with this title."""
    at = next((at for at, section in enumerate(edition.sections) if section.key == key), None)
    if at is None:
        new = EditionSection(key=key, title=title, items=(replace(item, rank=1),))
        quiet = tuple(one for one in edition.quiet if one != title)
        return replace(edition, sections=(*edition.sections, new), quiet=quiet)
    section = edition.sections[at]
    items = list(section.items)
    items.insert(max(0, to - 1), item)
    return with_section(edition, at, replace(section, items=_ranked(items)))


def _ranked(items: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(replace(item, rank=rank) for rank, item in enumerate(items, 1))
