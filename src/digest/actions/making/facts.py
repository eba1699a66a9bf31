"""The facts of an edition that later ones are compared with: taken when it is built, kept in its plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, cast

from digest.actions.making.brake import KEPT, Facts, Past
from digest.model import Edition, EditionState, Finding
from digest.render import Rendered
from digest.store import StoredEdition, Transaction
from digest.summarise import has_method

_GIVEN = (EditionState.APPROVED, EditionState.SENDING, EditionState.SENT)
_FROZEN = (EditionState.SENDING, EditionState.SENT)
_KEYS = {field.name for field in fields(Facts)}


def facts_of(edition: Edition, rendered: Rendered, *, audience: int, blocks: Iterable[Finding]) -> Facts:
    """Take the facts of an edition that was just built.

    Args:
        edition: Its content.
        rendered: The same, laid out.
        audience: How many would get it now.
        blocks: What it must not go out with.
    """
    short = [item for item in edition.items if item.summary.method == "lead"]
    return Facts(
        items=len(edition.items),
        size=len(rendered.stencil.assemble(()).html.encode()),
        sources=dict(Counter(item.source for item in edition.items)),
        fallbacks=len(short),
        wordless=sum(not has_method(item.language) for item in short),
        audience=audience,
        subject=rendered.subject,
        faults=tuple(f"{one.place}: {one.message}" for one in blocks),
    )


def pack_facts(facts: Facts) -> dict[str, object]:
    """Write facts as JSON has them, for the plan of an edition."""
    return asdict(facts)


def recall(tx: Transaction, digest: str, *, before: datetime) -> Past:
    """Read what a digest's last editions were like; those of an older program left no facts.

    Args:
        tx: Where to read.
        digest: Key of the digest.
        before: Only slots before this one.
    """
    last = tx.editions.past(digest, before=before, limit=KEPT)
    known = [(one.state, facts) for one in last if (facts := _unpack(one.plan.get("facts"))) is not None]
    frozen = next((one.id for one in last if one.state in _FROZEN), None)
    return Past(
        editions=tuple(facts for _, facts in known),
        subject=next((facts.subject for state, facts in known if state in _GIVEN), None),
        audience=tx.deliveries.books(frozen).frozen if frozen is not None else None,
    )


def recall_facts(stored: StoredEdition) -> Facts | None:
    """Return the facts of one edition; None when an older program built it."""
    return _unpack(stored.plan.get("facts"))


def _unpack(packed: object) -> Facts | None:
    if not isinstance(packed, Mapping) or packed.keys() != _KEYS:
        return None
    given = cast("Mapping[str, Any]", packed)  # why Any: JSON of our own writing, of one shape per key
    return Facts(**{**given, "faults": tuple(given["faults"])})
