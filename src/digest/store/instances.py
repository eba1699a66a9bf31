"""Which homes send from this database, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, select, update

from digest.store import dialects
from digest.store.part import Part
from digest.store.people_tables import deliveries, delivery_totals
from digest.store.tables import instance

UPGRADED = "upgraded"  #: the row that a migration leaves where mail went out before homes had names


class Instances(Part):
    """The instances part of a transaction."""

    def epoch(self, instance_id: str) -> int:
        """Tell how often a home has stepped on; 0 when the database does not know it."""
        found = self.connection.scalar(select(instance.c.epoch).where(instance.c.id == instance_id))
        return found or 0

    def is_fresh(self) -> bool:
        """Tell whether a home that has no name yet may begin: nobody can have been mailed from another."""
        if self.connection.scalar(select(exists(select(instance.c.id).where(instance.c.id == UPGRADED)))):
            return True
        mailed = (select(exists(select(table.c.id))) for table in (deliveries, delivery_totals))
        return not any(self.connection.scalar(query) for query in mailed)

    def keys_of_last(self, *, but: str | None) -> tuple[str, ...]:
        """Return the names of the keys of the home that stepped on last, the one that signs first.

        Args:
            but: Of this home nothing is told: it may change its keys.
        """
        query = select(instance.c.id, instance.c.key_names).where(instance.c.key_names.is_not(None))
        last = self.connection.execute(query.order_by(instance.c.stepped_at.desc(), instance.c.id)).first()
        return () if last is None or last.id == but else tuple(last.key_names.split())

    def step(self, instance_id: str, before: int, *, at: datetime, keys: Sequence[str] = ()) -> bool:
        """Count one step of a home.

        Args:
            instance_id: The home.
            before: Where it stood; 0 writes it down for the first time.
            at: When.
            keys: Names of its keys, the one that signs first.

        Returns:
            False when it stood elsewhere: nothing was changed.
        """
        if before == 0:
            self.connection.execute(delete(instance).where(instance.c.id == UPGRADED))
            first = {"id": instance_id, "epoch": 1, "stepped_at": at, "key_names": _listed(keys)}
            new = dialects.insert_new(self.connection, instance).values(first).returning(instance.c.id)
            return self.connection.execute(new).first() is not None
        moved = self.connection.execute(
            update(instance)
            .where(instance.c.id == instance_id, instance.c.epoch == before)
            .values(epoch=before + 1, stepped_at=at, key_names=_listed(keys))
        )
        return moved.rowcount == 1

    def adopt(self, instance_id: str, *, by: str, at: datetime, live: bool, keys: Sequence[str] = ()) -> None:
        """Write down a home that somebody joined to this database, at epoch 1.

        Args:
            instance_id: The home's new name.
            by: Who did.
            at: When.
            live: Whether they know that the database is no restored copy.
            keys: Names of its keys, the one that signs first.
        """
        self.connection.execute(delete(instance).where(instance.c.id == UPGRADED))
        row = {"id": instance_id, "epoch": 1, "stepped_at": at, "key_names": _listed(keys)}
        row |= {"adopted_by": by, "adopted_at": at, "live": live}
        self.connection.execute(insert(instance), row)
        dialects.mark_as_own(self.connection)

    def restored_at(self) -> datetime | None:
        """Tell when the database was last adopted as a restored copy; None when it never was."""
        query = select(func.max(instance.c.adopted_at)).where(instance.c.live.is_(False))
        found: datetime | None = self.connection.execute(query).scalar_one()
        return found

    def identity(self) -> Mapping[str, int | str]:
        """Name the very file or server's database, as far as can be read; keys differ between back ends."""
        return dialects.identity(self.connection)

    def is_copy(self) -> bool:
        """Tell whether `Store.backup` wrote this very file and nobody has adopted it."""
        return dialects.is_copy(self.connection)


def _listed(keys: Sequence[str]) -> str | None:
    return " ".join(keys) or None
