"""Build the edition of a digest for one slot."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from digest.actions.app import App
from digest.actions.making.drafts import drafted
from digest.actions.making.gather import Known, gather
from digest.actions.making.judging import Verdict, announce, judge, survey
from digest.actions.making.orders import Order, Stored, put_on_record, slot_at
from digest.actions.news import tell_news
from digest.actions.printing.inspecting import inspect
from digest.actions.printing.mail import Press
from digest.actions.printing.presses import content_hash
from digest.actions.telling import Hand, Named
from digest.errors import Refused
from digest.group import read_lately
from digest.model import AlertKind, Decision, Edition, EditionState, Finding, Slot
from digest.pipeline import BuildInput, Built, build_edition
from digest.settings import DigestSettings
from digest.store import StoredEdition, Transaction


@dataclass(frozen=True, kw_only=True)
class BuildReport:
    """The edition of a slot, and how it came about."""

    edition_id: int | None  #: None on a dry run
    edition: Edition
    state: EditionState
    decisions: tuple[Decision, ...]
    findings: tuple[Finding, ...]
    window: tuple[datetime, datetime]
    reasons: tuple[str, ...] = ()  #: why it is held; () when it is not, or existed
    existed: bool = False  #: True when the slot had its edition already and nothing was built

    @property
    def kept(self) -> int:
        """Number of articles taken."""
        return sum(1 for decision in self.decisions if decision.kept)

    @property
    def dropped(self) -> int:
        """Number of candidates left out."""
        return len(self.decisions) - self.kept


def build(
    app: App,
    digest_key: str,
    *,
    slot: Slot | None = None,
    at: datetime | None = None,
    dry_run: bool = False,
    order: Order = Order(),  # noqa: B008  (a frozen value)
) -> BuildReport:
    """Build and store the edition of a digest for a slot.

    A slot that has its edition already is left alone: the report shows what is there.
    With too few articles the edition is recorded as skipped.

    Args:
        app: The installation.
        digest_key: The digest.
        slot: The slot; None takes the one of the minute of `at`.
        at: Until when articles count; None is now.
        dry_run: Store nothing.
        order: Who wants it.

    Raises:
        NotFound: There is no such digest.
        Refused: The slot that was claimed has ended meanwhile.
        TemplateError: The theme is broken.
    """
    digest = app.digest(digest_key)
    moment = at or app.clock()
    wish = _Wish(digest=digest, slot=slot or slot_at(digest, moment), moment=moment, order=order)
    try:
        return _attempt(app, wish, dry_run=dry_run)
    except Refused:
        # Another program stored an edition of this digest meanwhile: this slot's, or this number's.
        return _attempt(app, wish, dry_run=dry_run)


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What is to be built."""

    digest: DigestSettings
    slot: Slot
    moment: datetime  #: until when articles count
    order: Order
    begun_s: float = field(default_factory=time.perf_counter)


def _attempt(app: App, wish: _Wish, *, dry_run: bool) -> BuildReport:
    digest, slot = wish.digest, wish.slot
    with app.store.reading() as tx:
        there = tx.editions.by_slot(digest.key, slot.key)
        if there is not None and not dry_run:
            return _as_it_is(tx, there.id)
        known = Known(articles=tx.articles, past=tx.editions, stories=tx.stories)
        given = gather(app, digest, slot, wish.moment, known=known)
        ground = survey(tx, digest.key, slot)
    given, built = _with_drafts(app, digest, given, may_ask=not dry_run)
    edition = built.edition or _empty(given)
    found = _found(app, built)
    verdict = judge(digest, slot, built, ground, [one for one in found if one.level == "block"])
    edition_id = None if dry_run else _store(app, wish, given, built, edition, verdict)
    return BuildReport(
        edition_id=edition_id,
        edition=edition,
        state=verdict.state,
        reasons=verdict.reasons,
        decisions=built.decisions,
        findings=found,
        window=given.window,
    )


def _with_drafts(
    app: App, digest: DigestSettings, given: BuildInput, *, may_ask: bool
) -> tuple[BuildInput, Built]:
    """Build; where a model drafts summaries, build again with those that were accepted."""
    reader = lru_cache(maxsize=None)(read_lately)  # each article is taken apart once for both
    built = build_edition(given, app.renderer, app.look(digest), reader=reader)
    if built.edition is None:
        return given, built
    written = drafted(app, digest, built.edition, given.articles, may_ask=may_ask)
    if not written:
        return given, built
    given = replace(given, written=written)
    return given, build_edition(given, app.renderer, app.look(digest), reader=reader)


def _found(app: App, built: Built) -> tuple[Finding, ...]:
    """Look a fresh edition over, blocks first; nobody has waived anything of it yet."""
    if built.edition is None or built.rendered is None:
        return ()
    fresh = StoredEdition(
        id=0,
        edition=built.edition,
        state=EditionState.DRAFT,
        content_hash=content_hash(built.rendered),
        built_at=app.clock(),
        plan={},
    )
    return inspect(Press(app, fresh, built.rendered)).open


def _store(app: App, wish: _Wish, given: BuildInput, built: Built, edition: Edition, verdict: Verdict) -> int:
    window = {"since": given.window[0].isoformat(), "until": given.window[1].isoformat()}
    name = content_hash(built.rendered) if built.rendered else ""
    now = app.clock()
    with app.store.writing() as tx:
        edition_id = tx.editions.add(
            edition,
            state=verdict.state,
            note=verdict.note,
            content_hash=name,
            built_at=now,
            plan={**window, **verdict.plan},
            decisions=built.decisions,
            stories=built.stories,
        )
        named = Named(id=edition_id, digest=edition.digest, slot=edition.slot.key)
        announce(tx, named, verdict, at=now)
        stored = Stored(
            id=edition_id,
            edition=edition,
            state=verdict.state,
            at=now,
            seconds=time.perf_counter() - wish.begun_s,
            counts=_counts(built, edition),
            note=verdict.note,
        )
        hand = Hand(by=wish.order.by, at=now)
        state = f"It is {verdict.state.value}." + (f" {verdict.note}" if verdict.note else "")
        tell_news(app, tx, AlertKind.BUILT, named, hand, state)
        put_on_record(tx, wish.digest, wish.order, stored, max_lateness=app.system.delivery.max_lateness)
    return edition_id


def _counts(built: Built, edition: Edition) -> dict[str, int]:
    """Count what the history tells of a build."""
    kept = sum(1 for decision in built.decisions if decision.kept)
    html = built.rendered.stencil.assemble(()).html if built.rendered else ""
    return {
        "kept": kept,
        "dropped": len(built.decisions) - kept,
        "items": len(edition.items),
        "bytes": len(html.encode()),
    }


def _empty(given: BuildInput) -> Edition:
    """Stand for an edition that had too little in it to be made."""
    return Edition(
        digest=given.digest.key,
        number=given.heading.number,
        slot=given.heading.slot,
        language=given.digest.language,
        subject="",
        preheader="",
        sections=(),
        quiet=tuple(section.title for section in given.digest.sections),
    )


def _as_it_is(tx: Transaction, edition_id: int) -> BuildReport:
    stored = tx.editions.get(edition_id)
    assert stored is not None  # noqa: S101  # why: read in the same transaction that found it
    since, until = (
        datetime.fromisoformat(str(stored.plan[key])).astimezone(UTC) for key in ("since", "until")
    )
    return BuildReport(
        edition_id=edition_id,
        edition=stored.edition,
        state=stored.state,
        decisions=tx.editions.decisions(edition_id),
        findings=(),
        window=(since, until),
        existed=True,
    )
