"""Where the sections and items of a sent edition stood, in how many mails, by what its readers had chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.editions import find
from digest.model import Edition, EditionSection
from digest.store import Mix, StoredEdition


@dataclass(frozen=True, kw_only=True)
class ItemPlaces:
    """Where one item stood."""

    article: int
    title: str
    mails: Mapping[int, int]  #: how many, by the place of the item in the whole mail; 1 leads

    @property
    def total(self) -> int:
        """In how many mails it stood."""
        return sum(self.mails.values())

    @property
    def usual(self) -> int | None:
        """The place that it had in most mails, the earlier of two; None when it stood in none."""
        return min(self.mails, key=lambda place: (-self.mails[place], place), default=None)


@dataclass(frozen=True, kw_only=True)
class SectionPlaces:
    """Where one section stood."""

    key: str
    title: str
    chosen: int  #: readers who named it when they chose sections
    mails: Mapping[int, int]  #: how many mails held it, by its place among their sections
    items: tuple[ItemPlaces, ...]  #: in the edition's order

    @property
    def total(self) -> int:
        """In how many mails it stood."""
        return sum(self.mails.values())


@dataclass(frozen=True, kw_only=True)
class Places:
    """What was mailed of an edition, counted from rows: mails that were sent, as their readers had chosen."""

    stored: StoredEdition
    sent: int  #: mails
    choosers: int  #: of them to readers who chose sections; the others get all, in the edition's order
    sections: tuple[SectionPlaces, ...]  #: in the edition's order


def places(app: App, edition_id: int) -> Places:
    """Count where sections and items stood in the mails of an edition that were sent.

    Of an edition that was corrected on its way each mail counts as it was; what the last version does not
    hold any more is not listed.

    Raises:
        NotFound: There is none with this number.
    """
    stored = find(app, edition_id)
    with app.store.reading() as tx:
        mixes = tx.deliveries.mixes(edition_id)
        versions = {one.version for one in mixes if one.version is not None}
        states = {one: tx.shapes.content(edition_id, one) or stored.edition for one in versions}
    sections: Counter[tuple[str, int]] = Counter()
    items: Counter[tuple[int, int]] = Counter()
    for mix in mixes:
        edition = stored.edition if mix.version is None else states[mix.version]
        _count(_mailed(edition, mix), mix.count, sections, items)
    chosen = Counter[str]()
    for mix in mixes:
        chosen.update(dict.fromkeys(mix.sections, mix.count))
    return Places(
        stored=stored,
        sent=sum(mix.count for mix in mixes),
        choosers=sum(mix.count for mix in mixes if mix.sections),
        sections=tuple(_of(one, chosen[one.key], sections, items) for one in stored.edition.sections),
    )


def _mailed(edition: Edition, mix: Mix) -> list[tuple[str, list[int]]]:
    """List a mail's sections in their order, each with its items, as it is assembled for a choice."""
    held = {one.key: one for one in edition.sections}
    keys = [key for key in mix.sections if key in held] if mix.sections else list(held)
    return [(key, [item.article_id for item in held[key].items[: mix.at_most]]) for key in keys]


def _count(
    mailed: list[tuple[str, list[int]]],
    many: int,
    sections: Counter[tuple[str, int]],
    items: Counter[tuple[int, int]],
) -> None:
    place = 0
    for at, (key, articles) in enumerate(mailed, 1):
        sections[key, at] += many
        for article in articles:
            place += 1
            items[article, place] += many


def _of(
    section: EditionSection,
    chosen: int,
    sections: Counter[tuple[str, int]],
    items: Counter[tuple[int, int]],
) -> SectionPlaces:
    told = tuple(
        ItemPlaces(
            article=item.article_id,
            title=item.title,
            mails={at: many for (one, at), many in sorted(items.items()) if one == item.article_id},
        )
        for item in section.items
    )
    mails = {at: many for (key, at), many in sorted(sections.items()) if key == section.key}
    return SectionPlaces(key=section.key, title=section.title, chosen=chosen, mails=mails, items=told)
