"""Send an approved edition to its audience, and show the books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from digest.actions.app import App
from digest.actions.editing.states import state_to_print
from digest.actions.editions import another, find
from digest.actions.home.instance import begin_run, go_on
from digest.actions.mailing.allotments import StoreAllotments, limits_of
from digest.actions.mailing.books import books_of
from digest.actions.mailing.ending import close
from digest.actions.mailing.journals import new_worker, open_record, pick_up
from digest.actions.mailing.ledger import StoreLedger
from digest.actions.mailing.relays import routes
from digest.actions.mailing.reserve import disk_reserve
from digest.actions.mailing.setting_out import Approved, set_out
from digest.actions.printing.mail import Press
from digest.actions.printing.presses import content_hash, render
from digest.actions.printing.preview import reader_for
from digest.actions.telling import GO_ON, GO_ON_LATE, Hand, Named, tell_refused
from digest.actions.timing.courses import let_go_until, outlook, word_until
from digest.actions.timing.deadlines import BEFORE_APPROVAL
from digest.actions.timing.local_hours import edition_hours
from digest.deliver import (
    NOBODY,
    Office,
    Progress,
    SendingRules,
    Watch,
    deliver_edition,
)
from digest.errors import Refused, TransportError
from digest.model import Books, EditionState
from digest.store import StoredEdition
from digest.timetable import LocalHours

_FEW = 120  #: minutes that are told as such, and not as hours
_PAUSED = "paused: "  #: begins the note of an edition that the relays have stopped


@dataclass(frozen=True, kw_only=True)
class SendOptions:
    """What the operator asked for."""

    by: str
    run: str | None = None  #: names the run of the service, for the history
    failed: bool = False  #: open the failed ones again first
    late: bool = False  #: send although max_lateness has passed
    follows: bool = False  #: go on although it has, while the word of a person who let it go late holds
    wait: bool = False  #: stay until everybody has an end, through outages and put-offs
    progress: Callable[[Progress], None] = lambda _: None  #: told a few times a second
    stopped: Callable[[], bool] = lambda: False  #: True when the run is to end in good order


def send(app: App, edition_id: int, options: SendOptions) -> Books:
    """Send an approved edition; the same call goes on where an earlier one stopped.

    An edition of a digest without review is approved by sending it, as it was built.

    Raises:
        NotFound: There is no such edition.
        Refused: It is not approved, has changed since, is too late, or nobody subscribes; home and
            database are not those that last sent; the disk is full. `Halted`: somebody stopped it meanwhile.
        TransportError: No relay can be reached, or all refuse the sender: the edition is held then.
            Nobody is lost.
        StoreError: The database or the journal cannot be written. Nobody is lost.
    """
    begin_run(app)
    begun = begin(app, edition_id, options)
    home = begin_run(app)  # again: a copy that lacks the audience must not pass once somebody is mailed
    try:
        books = _deliver(app, home, begun, options)
        return close(app, edition_id, books, by=options.by, run=options.run)
    except TransportError as error:
        if error.permanent:
            _pause(app, edition_id, error, options)
        raise
    except Refused:
        if find(app, edition_id).state is not EditionState.SENT:
            raise
        return books_of(app, edition_id)  # another sender was quicker with the last of them


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An edition on its way, as one sender mails it."""

    press: Press
    rules: SendingRules
    version: int  #: the state of it that is printed
    after: int  #: its newest step before it was on its way


def begin(app: App, edition_id: int, options: SendOptions) -> Begun:
    """Let an edition be on its way, with its audience frozen; mail nobody yet.

    Raises:
        NotFound: There is no such edition.
        Refused: As `send`, but for the disk.
    """
    stored = find(app, edition_id)
    hours = edition_hours(app, stored)
    given_until = let_go_until(app, edition_id) if options.follows else None
    stored = _ready(app, stored, hours, replace(options, late=options.late or given_until is not None))
    rendered = render(app, stored)
    if content_hash(rendered) != stored.approved_hash:
        raise Refused(
            f"edition {edition_id} would not be what was approved: templates or settings have changed",
            hint=f"look at `digest preview {edition_id} --out proof`, then hold and approve it again",
        )
    press = Press(app, stored, rendered)
    press.message(
        reader_for(app, stored, None)
    )  # every fault of the mail itself shows before the first recipient
    hand = Hand(by=options.by, at=app.clock(), run=options.run)
    after = set_out(
        app,
        Approved(stored=stored, rendered=rendered, hours=hours),
        hand,
        late=options.late,
        failed=options.failed,
    )
    # Not before: what it is stays from here on, or nobody gets it from this sender.
    version = state_to_print(app, stored)
    rules = _rules(app, stored, press, hours, options)
    if given_until is not None:
        rules = replace(rules, give_up_at=given_until, give_up_of=None)
    return Begun(press=press, rules=rules, version=version, after=after)


def _deliver(app: App, home: str, begun: Begun, options: SendOptions) -> Books:
    """Hand the edition to all who are due; return its books."""
    press, rules = begun.press, begun.rules
    ledger = StoreLedger(
        store=app.store,
        edition_id=press.stored.id,
        worker=new_worker(app, home, press.stored.id, begun.version),
        by=options.by,
        version=begun.version,
        after=begun.after,
        clock=app.clock,
        hard_bounces=app.system.delivery.hard_bounces,
        pick_up=lambda: pick_up(app, press.stored.id),
        go_on=lambda: go_on(app),
        give_up_of=rules.give_up_of,
        give_up_at=rules.give_up_at,
        let_go_until=lambda tx: word_until(app, tx, press.stored.id),
    )
    office = Office(
        ledger=ledger,
        record=open_record(app, ledger),
        stamp=lambda one: press.message_for(one.subscriber, one.sections, one.since, one.form),
        hands=press.hands,
        worker=ledger.worker,
        at_once=app.store.file is None,  # SQLite keeps 32 MB of pages for each connection
        allotments=StoreAllotments(store=app.store, clock=app.clock),
        limits=limits_of(app.system, app.clock().date()),
    )
    watch = Watch(
        progress=options.progress,
        stopped=options.stopped,
        short_of=disk_reserve(app).short,
        clock=app.clock,
    )
    deliver_edition(office, routes(app), rules=rules, watch=watch)
    return ledger.books()


def _pause(app: App, edition_id: int, error: TransportError, options: SendOptions) -> None:
    """Hold an edition whose sender nobody accepts, with what the relay said; nobody is penalised."""
    hand = Hand(by=options.by, at=app.clock(), run=options.run)
    with app.store.writing() as tx:
        stored = tx.editions.set_state(
            edition_id,
            EditionState.HELD,
            expect=(EditionState.SENDING,),
            by=hand.by,
            at=hand.at,
            note=f"{_PAUSED}{error}",
        )
        tell_refused(tx, Named.of(stored), str(error), hand)
    on = f"`digest editions approve {edition_id}` lets it be sent again; those still open are not lost"
    if books_of(app, edition_id).unknown:
        on += f", and `digest deliveries {edition_id}` names those who are unknown"
    error.hint = f"{error.hint}; then {on}" if error.hint else on


def _ready(app: App, stored: StoredEdition, hours: LocalHours | None, options: SendOptions) -> StoredEdition:
    """Bring the edition to where it may be sent, or refuse with the way there."""
    digest = app.digest(stored.edition.digest)
    if stored.state is EditionState.DRAFT and digest.review.mode == "none":
        stored = _past_draft(app, stored, options)
    wanted = [EditionState.APPROVED, EditionState.SENDING] + [EditionState.SENT] * options.failed
    if stored.state not in wanted:
        why = f": {stored.note}" if stored.state is EditionState.HELD and stored.note else ""
        raise Refused(f"edition {stored.id} is {stored.state}{why}", hint=_way_on(app, stored))
    late = app.clock() - (stored.edition.slot.local if hours is None else hours.last)
    if late > app.system.delivery.max_lateness and not options.late:
        minutes = late.total_seconds() / 60
        ago = f"{minutes:.0f} minutes" if minutes < _FEW else f"{minutes / 60:.0f} hours"
        raise Refused(
            f"edition {stored.id} was due {ago} ago, longer than max_lateness allows",
            hint=_late_hint(stored),
        )
    return stored


def _past_draft(app: App, stored: StoredEdition, options: SendOptions) -> StoredEdition:
    """Approve a draft without review: only what the brake has judged, and what no person has held."""
    from digest.actions.editing.approving import approve  # noqa: PLC0415 - preflight takes 0.1 s; most are approved

    by, draft = f"{options.by} without review", [EditionState.DRAFT]
    try:
        return approve(app, stored.id, by=by, run=options.run, seen=stored.content_hash, expect=draft)
    except Refused:
        now = find(app, stored.id)
        if now.state is EditionState.DRAFT:
            raise  # it would go out otherwise than it was judged
        return now  # another sender was quicker, or a person with another wish


def _way_on(app: App, stored: StoredEdition) -> str:
    """Say what to do with an edition that cannot be sent as it is."""
    course = outlook(app, stored.id)
    if stored.state is EditionState.HELD and course is not None and course.edition.begun_at is not None:
        is_late = course.is_late(app.clock())
        return GO_ON_LATE.format(stored.id) if is_late else GO_ON.format(stored.id)
    if stored.state in BEFORE_APPROVAL:
        return f"`digest editions approve {stored.id}` first"
    if stored.state is EditionState.SENT:
        return f"`digest deliveries {stored.id}` shows who got it; --failed tries the failed ones again"
    return another(stored)


def _late_hint(stored: StoredEdition) -> str:
    way_out = "--late sends it all the same"
    if stored.state is EditionState.SENDING:
        way_out += ", --expire ends it for those still open"
    return way_out


def _was_doubted(app: App, edition_id: int) -> bool:
    """Tell whether a relay took nobody, and a person has let the edition go on: they have looked."""
    with app.store.reading() as tx:
        log = tx.editions.log(edition_id)
    held = [one.note or "" for one in log if one.after is EditionState.HELD]
    return any(note.startswith(tuple(_PAUSED + words for words in NOBODY)) for note in held)


def _rules(
    app: App, stored: StoredEdition, press: Press, hours: LocalHours | None, options: SendOptions
) -> SendingRules:
    delivery = app.system.delivery
    due = stored.edition.slot.local if hours is None else hours.last
    begun_at = max(app.clock(), due) if options.late else due
    return SendingRules(
        sender=press.sender.email,
        sender_of=press.envelope_sender,
        give_up_at=begun_at + delivery.max_lateness,
        give_up_of=None if hours is None or options.late else hours.until(delivery.max_lateness),
        resend_unknown=delivery.on_unknown == "resend",
        believes=options.failed or _was_doubted(app, stored.id),
        wait=options.wait,
    )
