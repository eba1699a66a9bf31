"""What people say may stand of what was found against an edition, and what its links answered."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import delete, insert, select, update

from digest.model import Finding, LinkAnswer, Waiver
from digest.store.dialects import upsert
from digest.store.part import Line, Part, chunks, ids
from digest.store.waiver_tables import link_answers, waivers

KEPT = timedelta(hours=6)  #: an answer of a link counts so long


class Waivers(Part):
    """The preflight part of a transaction."""

    def list(self, edition_id: int) -> tuple[Waiver, ...]:
        """Return the waivers of an edition that nobody has taken back, the oldest first."""
        query = select(waivers).where(
            waivers.c.edition_id.in_(ids([edition_id])), waivers.c.ended_at.is_(None)
        )
        return tuple(_waiver(row) for row in self.connection.execute(query.order_by(waivers.c.id)))

    def add(self, edition_id: int, findings: Iterable[Finding], *, by: str, at: datetime, why: str) -> None:
        """Let findings against an edition stand."""
        rows = [
            {
                "edition_id": edition_id,
                "rule": one.rule,
                "anchor": one.anchor,
                "content": one.content,
                "by": by,
                "at": at,
                "why": why,
            }
            for one in findings
        ]
        if rows:
            self.connection.execute(insert(waivers), rows)

    def end(self, edition_id: int, waiver_ids: Collection[int], *, by: str, at: datetime) -> int:
        """Take waivers of an edition back; return how many there were."""
        mine = (
            (waivers.c.edition_id == edition_id)
            & waivers.c.id.in_(ids(waiver_ids))
            & waivers.c.ended_at.is_(None)
        )
        return self.connection.execute(update(waivers).where(mine).values(ended_by=by, ended_at=at)).rowcount

    def answers(self, links: Collection[str], *, at: datetime) -> Mapping[str, LinkAnswer]:
        """Return what links answered, as far as it was not too long before a moment."""
        names = {_key(link): link for link in links}
        found: dict[str, LinkAnswer] = {}
        for some in chunks(names):
            query = select(link_answers).where(
                link_answers.c.key.in_(some), link_answers.c.asked_at > at - KEPT
            )
            for row in self.connection.execute(query):
                state = cast("Literal['alive', 'dead', 'silent']", row.state)
                found[names[row.key]] = LinkAnswer(state=state, said=row.said, at=row.asked_at)
        return found

    def note(self, answers: Mapping[str, LinkAnswer], *, at: datetime) -> None:
        """Write down what links answered, and forget what is too old to count."""
        self.connection.execute(delete(link_answers).where(link_answers.c.asked_at <= at - KEPT))
        for link, answer in answers.items():
            row = {"key": _key(link), "asked_at": answer.at, "state": answer.state, "said": answer.said}
            self.connection.execute(upsert(self.connection, link_answers, ["key"]).values(row))


def _waiver(row: Line) -> Waiver:
    return Waiver(
        id=row.id,
        rule=row.rule,
        anchor=row.anchor,
        content=row.content,
        by=row.by,
        at=row.at,
        why=row.why,
    )


def _key(link: str) -> str:
    return hashlib.sha256(link.encode("utf-8", "surrogatepass")).hexdigest()
