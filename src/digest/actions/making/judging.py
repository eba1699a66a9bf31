"""In which state a fresh edition begins its life, and whether a person has to look at it first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.actions.home.instance import RESTORED
from digest.actions.making.brake import Past, unlike
from digest.actions.making.facts import facts_of, pack_facts, recall
from digest.actions.telling import Hand, Named, alert_held
from digest.model import Edition, EditionState, Finding, Slot
from digest.pipeline import Built
from digest.render import Rendered
from digest.settings import DigestSettings
from digest.store import Transaction

BRAKE = "brake"  #: who holds an edition that is unlike the others


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a fresh edition is judged by, as the store had it."""

    past: Past
    audience: int  #: people who would get it now
    restored_at: datetime | None  #: when a restored backup was taken into use


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How a fresh edition begins."""

    state: EditionState
    reasons: tuple[str, ...] = ()  #: why it is held; () when it is not
    plan: Mapping[str, object] = field(default_factory=dict)  #: what its own plan keeps for later ones

    @property
    def note(self) -> str | None:
        """The reasons as the remark on its state."""
        return "; ".join(self.reasons) or None


def survey(tx: Transaction, digest: str, slot: Slot) -> Ground:
    """Read what the edition for a slot is to be judged by."""
    return Ground(
        past=recall(tx, digest, before=slot.local),
        audience=tx.deliveries.audience(digest),
        restored_at=tx.instances.restored_at(),
    )


def judge(
    digest: DigestSettings, slot: Slot, built: Built, ground: Ground, blocks: Iterable[Finding] = ()
) -> Verdict:
    """Say how a fresh edition begins its life; blocks are what it must not go out with."""
    if built.edition is None or built.rendered is None:
        return Verdict(state=EditionState.SKIPPED)
    plan, reasons = weigh(digest, built.edition, built.rendered, ground, blocks)
    if ground.restored_at is not None and slot.local <= ground.restored_at:
        reasons = (RESTORED, *reasons)  # the slot's first edition may have gone out after the backup
    usual = EditionState.DRAFT if digest.review.mode == "none" else EditionState.REVIEW
    return Verdict(state=EditionState.HELD if reasons else usual, reasons=reasons, plan=plan)


def weigh(
    digest: DigestSettings, edition: Edition, rendered: Rendered, ground: Ground, blocks: Iterable[Finding]
) -> tuple[Mapping[str, object], tuple[str, ...]]:
    """Take the facts of an edition; return what its plan keeps of them, and why the brake would hold it."""
    facts = facts_of(edition, rendered, audience=ground.audience, blocks=blocks)
    return {"facts": pack_facts(facts)}, unlike(facts, ground.past, digest.brake)


def announce(tx: Transaction, named: Named, verdict: Verdict, *, at: datetime) -> None:
    """Tell the editors that a fresh edition is held, when it is: a line of history is the build's."""
    if verdict.state is EditionState.HELD:
        alert_held(tx, named, verdict.note or "", Hand(by=BRAKE, at=at))
