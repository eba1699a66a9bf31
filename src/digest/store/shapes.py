"""What hands have made of editions: every state an edition has had since it was built, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from digest.model import Decision, Edition
from digest.store.decisions import DECIDED, decision_of, row_of
from digest.store.edition_json import pack_edition, unpack_edition
from digest.store.part import Line, Part
from digest.store.shape_tables import edition_versions as versions
from digest.store.tables import decisions, edition_stories


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One state of an edition, without its content."""

    version: int  #: 0 is as it was built
    at: datetime
    by: str
    deed: str  #: a word: 'build', 'move', 'drop', 'undo', ...
    note: str  #: what was done, to be read
    stands_for: int  #: the version whose content this is: its own, but after undo and redo
    parent: int | None  #: the version that a deed was done on, by its content; None for 0
    content_hash: str


class Shapes(Part):
    """The shapes part of a transaction."""

    def list(self, edition_id: int) -> tuple[Version, ...]:
        """Return the states of an edition, the oldest first; () when no hand has touched it."""
        wanted = (versions.c[name] for name in Version.__slots__)
        query = select(*wanted).where(versions.c.edition_id == edition_id).order_by(versions.c.version)
        return tuple(_version(row) for row in self.connection.execute(query))

    def newest(self, edition_id: int) -> int:
        """Return the number of the newest state; 0 when no hand has touched it."""
        query = select(func.max(versions.c.version)).where(versions.c.edition_id == edition_id)
        return self.connection.scalar(query) or 0

    def content(self, edition_id: int, version: int) -> Edition | None:
        """Return what an edition was in one state; None when there is no such state."""
        found = self.connection.scalar(
            select(versions.c.content).where(
                versions.c.edition_id == edition_id, versions.c.version == version
            )
        )
        return None if found is None else unpack_edition(found)

    def content_hash(self, edition_id: int, version: int) -> str | None:
        """Return the name of what an edition was in one state; None when there is no such state."""
        here = (versions.c.edition_id == edition_id) & (versions.c.version == version)
        return self.connection.scalar(select(versions.c.content_hash).where(here))

    def add(self, edition_id: int, made: Version, edition: Edition, *, told: Mapping[int, int]) -> None:
        """Keep a new state.

        Args:
            edition_id: The edition.
            made: Who made it, and how; its number must be the next.
            edition: Its content.
            told: Articles that readers of this content have had, each with the item that tells its story.
        """
        row = {key: getattr(made, key) for key in Version.__slots__}
        others = {
            "edition_id": edition_id,
            "content": pack_edition(edition),
            "told": sorted(told.items()),
            "decided": {},
        }
        self.connection.execute(insert(versions).values(**row, **others))

    def told(self, edition_id: int, version: int | None = None) -> dict[int, int]:
        """Return the tellings of an edition's stories, each with its item: as they are, or in one state."""
        if version is None:
            mine = edition_stories.c.edition_id == edition_id
            rows = self.connection.execute(select(edition_stories).where(mine))
            return {row.article_id: row.item_id for row in rows}
        found = self.connection.scalar(
            select(versions.c.told).where(versions.c.edition_id == edition_id, versions.c.version == version)
        )
        return {int(article): int(item) for article, item in found or []}

    def tell(self, edition_id: int, told: Mapping[int, int]) -> None:
        """Note down the tellings of an edition's stories in the place of those that were noted."""
        self.connection.execute(delete(edition_stories).where(edition_stories.c.edition_id == edition_id))
        rows = [
            {"edition_id": edition_id, "article_id": article, "item_id": item}
            for article, item in told.items()
        ]
        if rows:
            self.connection.execute(insert(edition_stories), rows)

    def decide(self, edition_id: int, version: int, changed: Mapping[int, Decision | None]) -> None:
        """Put decisions of a hand in the place of the builder's; None brings the builder's back.

        Args:
            edition_id: The edition.
            version: The state that changes them; keeps what it was the first to change.
            changed: By article.
        """
        built = self._built(edition_id)
        first: dict[str, object] = {}
        for article, decision in changed.items():
            mine = (decisions.c.edition_id == edition_id) & (decisions.c.article_id == article)
            row = self.connection.execute(select(*DECIDED).where(mine)).one_or_none()
            if str(article) not in built:
                first[str(article)] = None if row is None else row_of(decision_of(row))
            new = built.get(str(article)) if decision is None else row_of(decision)
            if new is None:
                self.connection.execute(delete(decisions).where(mine))
            elif row is None:
                place = select(func.coalesce(func.max(decisions.c.position), 0) + 1)
                at = self.connection.scalar(place.where(decisions.c.edition_id == edition_id))
                self.connection.execute(
                    insert(decisions).values(edition_id=edition_id, position=at, **dict(new))
                )
            else:
                kept = {
                    key: value for key, value in dict(new).items() if key not in _RANKED or decision is None
                }
                self.connection.execute(update(decisions).where(mine).values(**kept))
        here = (versions.c.edition_id == edition_id) & (versions.c.version == version)
        self.connection.execute(update(versions).where(here).values(decided=first))

    def _built(self, edition_id: int) -> dict[str, Mapping[str, object] | None]:
        """Return decisions as built that hands have changed, by article."""
        query = select(versions.c.decided).where(versions.c.edition_id == edition_id)
        found: dict[str, Mapping[str, object] | None] = {}
        for decided in self.connection.execute(query.order_by(versions.c.version.desc())).scalars():
            found.update(decided)
        return found


_RANKED = {"score", "placed"}  #: what led to the builder's decision stays beside a hand's


def _version(row: Line) -> Version:
    return Version(**{key: getattr(row, key) for key in Version.__slots__})
