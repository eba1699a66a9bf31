"""Relays that fail in every way there is: nobody is lost, nobody is mailed twice, and the books say so.

What is expected comes from RFC 5321 (4xx, 5xx, 421), RFC 1047 (a loss after the final dot) and RFC 2920.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import fault_relay as fails
from certificates import Authority
from digest.deliver import Connected, Route, Watch
from digest.deliver.loop import Crew, Loop
from digest.deliver.smtp.attempt import Attempt
from digest.deliver.smtp.dial import dialled
from digest.deliver.smtp.talk import take_socket
from digest.errors import TransportError
from digest.model import Delivery, DeliveryState
from digest.settings.system import RelaySettings
from fault_relay import Fault, FaultRelay, Tls
from scripted_relay import TLS, ScriptedRelay
from sending_cast import MESSAGE, NOW, MemoryLedger, MemoryRecord, reader, readers, route, send

PENDING, SENT, UNKNOWN = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNKNOWN
DEFERRED, FAILED = DeliveryState.DEFERRED, DeliveryState.FAILED
COUNT, VICTIM = 12, 3
LATER = 7  #: somebody was taken before the connection of this one is asked for them
SILENT_S = 30.0  #: for so long a relay may say nothing
HUGE = MESSAGE + b"long line\r\n" * 1_200_000  # more than any socket's buffers: the dot is not among them


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A fault, and what it means for the message that it strikes."""

    fault: Fault
    victim: DeliveryState  #: PENDING: it goes over another connection in the same run
    message: bytes = MESSAGE
    first: DeliveryState | None = None  #: the same for the first message on a connection, if it differs
    is_ours: bool = False  #: it is the sender's fault: one is put off, many stop the run
    is_relays: bool = False  #: it puts everybody off: one is put off, a few in a row stop the run

    @property
    def number(self) -> int:
        """Whom it strikes if it strikes once: while nobody was taken, a word against the sender ends all."""
        return LATER if self.is_ours else VICTIM


def mode(phase: str, act: object, victim: DeliveryState, **more: object) -> Mode:
    """Describe a mode in one line."""
    return Mode(fault=Fault(phase=phase, act=act), victim=victim, **more)


MODES = {
    "421 to the greeting": mode("greet", fails.says("421 4.3.2 busy"), PENDING),
    "dies at the greeting": mode("greet", fails.dies, PENDING),
    "dies at EHLO": mode("ehlo", fails.dies, PENDING),
    "421 at MAIL": mode("mail", fails.says("421 4.3.2 shutting down"), PENDING),
    "451 at MAIL": mode("mail", fails.says("451 4.3.0 later"), PENDING, first=DEFERRED, is_relays=True),
    "550 at MAIL": mode("mail", fails.says("550 5.7.1 not you"), DEFERRED, is_ours=True),
    "dies at MAIL": mode("mail", fails.dies, PENDING),
    "resets at MAIL": mode("mail", fails.resets, PENDING),
    "hangs at MAIL": mode("mail", fails.hangs, PENDING),
    "garbage at MAIL": mode("mail", fails.babbles, PENDING),
    "354 at MAIL": mode("mail", fails.says("354 what for"), PENDING),
    "half-closes at MAIL": mode("mail", fails.half_closes, PENDING),
    "450 at RCPT": mode("rcpt", fails.says("450 4.2.0 greylisted"), DEFERRED),
    "550 at RCPT": mode("rcpt", fails.says("550 5.1.1 unknown"), FAILED),
    "450 at RCPT to all": mode("rcpt", fails.says("450 4.7.1 too many recipients"), DEFERRED, is_relays=True),
    "421 at RCPT": mode("rcpt", fails.says("421 4.7.0 too many"), PENDING),
    "dies at RCPT": mode("rcpt", fails.dies, PENDING),
    "451 at DATA": mode("data", fails.says("451 4.3.0 later"), DEFERRED, is_relays=True),
    "554 at DATA": mode("data", fails.says("554 5.7.1 no"), DEFERRED, is_ours=True),
    "250 at DATA": mode("data", fails.says("250 ok"), PENDING),
    "garbage at DATA": mode("data", fails.babbles, PENDING),
    "half-closes at DATA": mode("data", fails.half_closes, PENDING),
    "dies in the body": mode("body", fails.dies, PENDING, message=HUGE),
    "resets in the body": mode("body", fails.resets, PENDING, message=HUGE),
    "421 in the body": mode("body", fails.says("421 4.3.0 disk full"), PENDING, message=HUGE),
    "half-closes in the body": mode("body", fails.half_closes, PENDING, message=HUGE),
    "stops reading in the body": mode("body", fails.hangs, PENDING, message=HUGE),
    "dies after the dot": mode("dot", fails.dies, UNKNOWN),
    "resets after the dot": mode("dot", fails.resets, UNKNOWN),
    "hangs after the dot": mode("dot", fails.hangs, UNKNOWN),
    "half-closes after the dot": mode("dot", fails.half_closes, UNKNOWN),
    "garbage after the dot": mode("dot", fails.babbles, UNKNOWN),
    "354 after the dot": mode("dot", fails.says("354 more"), UNKNOWN),
    "421 after the dot": mode("dot", fails.says("421 4.3.2 shutting down"), DEFERRED, is_relays=True),
    "451 after the dot": mode("dot", fails.says("451 4.3.0 later"), DEFERRED, is_relays=True),
    "552 after the dot": mode("dot", fails.says("552 full"), FAILED),
    "552 5.2.2 after the dot": mode("dot", fails.says("552 5.2.2 full"), FAILED),
    "552 5.3.4 after the dot": mode("dot", fails.says("552 5.3.4 too big"), DEFERRED, is_ours=True),
    "250 and dies": mode("taken", fails.dies, SENT),
    "250 and resets": mode("taken", fails.resets, SENT),
    "250 twice": mode("taken", fails.says("250 2.0.0 ok"), SENT),
    "swallows what goes ahead": mode("group", fails.swallows, PENDING),
    "answers in another order": mode("group", fails.mixes_up, PENDING),
    "answers more than was asked": mode("group", fails.says_too_much, PENDING),
    "answers in pieces": mode("group", fails.says_it_in_pieces, SENT),
}
BROKEN_TLS = {
    "TLS breaks at MAIL": mode("mail", fails.breaks_tls, PENDING),
    "TLS breaks in the body": mode("body", fails.breaks_tls, PENDING, message=HUGE),
    "TLS breaks after the dot": mode("dot", fails.breaks_tls, UNKNOWN),
    "TLS breaks after the answer": mode("taken", fails.breaks_tls, SENT),
}
SECURED = [(tls, name) for tls in ("starttls", "implicit") for name in {**MODES, **BROKEN_TLS}]
#: What a relay does that does not pipeline well is done once: then nothing goes ahead any more.
CURED = {"swallows what goes ahead", "answers in another order"}
KNOWS_NOBODY = {"550 at RCPT"}  #: of so short a list: it waits for a person


class Patience(Loop):
    """A loop whose time flies where all there is left to do is to wait for a relay that says nothing.

    So a relay may be given a time that no busy machine uses up, and no test waits for its end.
    """

    def __init__(self, relay: FaultRelay) -> None:
        super().__init__(lambda: time.monotonic() + self._passed_s)
        self._relay, self._passed_s, self._at_work = relay, 0.0, 0

    def work(
        self, crew: Crew, task: Callable[[], Any], then: Callable[[Any, BaseException | None], None]
    ) -> None:
        """Count what other threads are doing: while they do it, no time is lost."""
        self._at_work += 1

        def told(result: object, error: BaseException | None) -> None:
            self._at_work -= 1
            then(result, error)

        super().work(crew, task, told)

    def _patience(self) -> float:
        if not self._at_work and not self._inbox and self._relay.is_stuck():
            self._passed_s += 1.0
            return 0.0
        return super()._patience()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a relay alone for a moment where a run would for seconds."""
    monkeypatch.setattr("digest.deliver.run.relay._SLOW_S", 0.02)


def leads_to(relay: FaultRelay, connections: int, ca_file: str | None = None, home: Path = TLS) -> Route:
    """Lead to a relay."""
    settings = RelaySettings.model_validate(
        {
            "name": "main",
            "url": f"smtp://127.0.0.1:{relay.port}",
            "tls": relay.tls,
            "ca_file": None if relay.tls == "none" else ca_file or "ca.pem",
            "timeout": "30s",
        }
    )

    def connect(attempt: Attempt) -> Connected:
        made = dialled(settings, home, attempt)
        return Connected(sock=take_socket(made.smtp), offers=made.offers)

    return Route(
        name="main", connect=connect, connections=connections, timeout_s=SILENT_S, dot_timeout_s=SILENT_S
    )


@dataclass
class Ran:
    """What is left after a run."""

    ledger: MemoryLedger
    record: MemoryRecord
    relay: FaultRelay
    error: TransportError | None = None

    def states(self) -> dict[int, DeliveryState]:
        return {row.id: row.state for row in self.ledger.rows.values()}

    def audit(self) -> None:
        """Hold the books, the relay's own record and the journal against each other."""
        rows, books = self.ledger.rows, self.ledger.books()
        assert books.frozen == len(rows) == books.open + books.sent + books.failed + books.unknown
        assert DeliveryState.CLAIMED not in self.states().values()
        assert {row.attempt for row in rows.values() if row.state is PENDING} <= {0}
        assert max(self.relay.dots.values(), default=0) <= 1, "a second dot for somebody"
        sent = {row.subscriber.email for row in rows.values() if row.state is SENT}
        dotted = {row.subscriber.email for row in rows.values() if row.state is UNKNOWN}
        assert Counter(sent) == self.relay.taken
        assert dotted <= set(self.relay.dots)
        self._audit_journal()

    def _audit_journal(self) -> None:
        last = {answer.mark: answer.outcome.state for answer in self.record.answers}
        permitted = set(self.record.permits)
        # Who was lost before the permit was written has an answer that says so, and needs none.
        needless = {mark for mark, state in last.items() if state is PENDING}
        assert set(last) - needless <= permitted <= set(last), "a permit without an answer, or the other way"
        assert {reader(mark[0]) for mark in permitted} >= set(self.relay.dots)
        for (number, _), state in last.items():
            told = {self.ledger.rows[number].state}
            # Whoever is set aside goes back as far as the journal knows, whatever their end is in the books.
            assert state in told or state is PENDING
        assert self.record.kept is False


def run(one: Mode, connections: int, tls: Tls, *, is_once: bool) -> Ran:
    """Send to all readers over a relay that fails once, at one reader, or always and at everybody."""
    victim, times = (reader(one.number), 1) if is_once else (None, None)
    ledger, record = MemoryLedger(readers(COUNT)), MemoryRecord()

    def stamp(delivery: Delivery) -> bytes:
        return one.message if delivery.id == one.number or not is_once else MESSAGE

    with (
        FaultRelay(one.fault, victim=victim, times=times, tls=tls) as relay,
        patch("digest.deliver.run.edition.Loop", lambda: Patience(relay)),
    ):
        ran = Ran(ledger, record, relay)
        try:
            send(
                ledger,
                leads_to(relay, connections),
                record=record,
                stamp=stamp,
                # Pauses of hundredths of a second: chance is a number from 0 to 1 where it is chance.
                watch=Watch(clock=lambda: NOW, chance=lambda: -2.95),
                sender_of=lambda delivery: f"b+{delivery.id}@example.org",
                block=COUNT,
            )
        except TransportError as error:
            ran.error = error
    ran.audit()
    assert relay.struck >= 1
    return ran


def strike_once(one: Mode, connections: int, tls: Tls) -> None:
    """One message has its end; all others are mailed, and none by a second attempt."""
    ran = run(one, connections, tls, is_once=True)

    assert ran.error is None
    expected = dict.fromkeys(range(1, COUNT + 1), SENT)
    victim = one.first if one.first and reader(one.number) in ran.relay.hit_first else one.victim
    if victim is not PENDING:
        expected[one.number] = victim
    assert ran.states() == expected
    assert {row.attempt for row in ran.ledger.rows.values()} == {1}


def strike_always(name: str, one: Mode, connections: int, tls: Tls) -> None:
    """A relay that never works stops the run; one that answers has its answers believed."""
    ran = run(one, connections, tls, is_once=False)
    found = set(ran.states().values())

    if name in CURED:
        assert (ran.error, found) == (None, {SENT})
    elif name in KNOWS_NOBODY:
        assert "nobody is known to relay" in str(ran.error)
        assert found == {PENDING}
    elif one.is_relays:
        assert ran.error is not None
        put_off = {reader(number) for number, state in ran.states().items() if state is DEFERRED}
        # Three in a row, and what had begun by then; each later try costs one.
        assert put_off <= set(ran.relay.hit)
        assert DEFERRED in found <= ({DEFERRED, PENDING})
        assert connections > 1 or PENDING in found
    elif one.first is not None:
        assert (ran.error, found) == (None, {one.first})
    elif one.victim is PENDING or one.is_ours:
        assert ran.error is not None
        assert not ran.relay.taken
        for number, state in ran.states().items():
            # Under whom three connections were lost is put off, lest one message hold up the others.
            is_put_off = ran.relay.hit[reader(number)] >= 3 and not one.is_ours
            assert state is (DEFERRED if is_put_off else PENDING)
    elif one.victim is UNKNOWN:
        assert ran.error is not None
        assert found == {UNKNOWN, PENDING}
    else:
        # Its second 250 may come as the answer to the next message, and to the same one three times over:
        # that one is put off, and no dot of it was written.
        if name == "250 twice":
            put_off = {number for number, state in ran.states().items() if state is DEFERRED}
            assert {reader(number) for number in put_off}.isdisjoint(ran.relay.dots)
            found.discard(DEFERRED)
        assert (ran.error, found) == (None, {one.victim})


@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize("name", MODES)
def test_fault_that_strikes_once_costs_one_message_at_most(name: str, connections: int) -> None:
    """What it costs depends on which side of the dot it strikes, and on what is said."""
    strike_once(MODES[name], connections, "none")


@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize(("tls", "name"), SECURED)
def test_fault_under_tls_costs_the_same(tls: Tls, name: str, connections: int) -> None:
    """Encrypted connections hold back bytes, and break in ways of their own."""
    strike_once({**MODES, **BROKEN_TLS}[name], connections, tls)


@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize("name", MODES)
def test_relay_that_always_fails_loses_nobody(name: str, connections: int) -> None:
    """It may be broken for days."""
    strike_always(name, MODES[name], connections, "none")


@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize(("tls", "name"), SECURED)
def test_relay_that_always_fails_under_tls_loses_nobody(tls: Tls, name: str, connections: int) -> None:
    """The same, encrypted."""
    strike_always(name, {**MODES, **BROKEN_TLS}[name], connections, tls)


@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("mail", "452 4.3.1 Insufficient system storage"),
        ("mail", "450 4.7.1 Error: too much mail from 127.0.0.1"),
        ("mail", "451 later"),
        ("rcpt", "450 4.7.1 Error: too many recipients from 127.0.0.1"),
        ("rcpt", "450 4.3.2 Service currently unavailable"),
        ("rcpt", "451 Rate limit exceeded, try again later"),
        ("rcpt", '450 4.7.1 Ratelimit "to_ip" exceeded'),
        ("rcpt", "451 4.7.500 Server busy. Please try again later"),
        ("rcpt", "454 4.7.1 <reader1@example.org>: Relay access denied"),
        ("dot", "451 4.3.0 Error: queue file write error"),
    ],
)
def test_relay_that_puts_everybody_off_for_a_while_costs_few_their_turn(
    phase: str, words: str, connections: int
) -> None:
    """Asked for all of them, each try would put all off, for an hour in the end, and most would expire."""
    ledger = MemoryLedger(readers(60))

    def put_off(peer: fails.Peer) -> None:
        if peer.relay.connections > connections + 2:  # the sender has gone, and come back
            peer.relay.fault = None
        peer.say(words)

    with (
        FaultRelay(Fault(phase=phase, act=put_off), spared=10) as relay,
        patch("digest.deliver.run.edition.Loop", lambda: Patience(relay)),
    ):
        done = send(
            ledger,
            leads_to(relay, connections),
            watch=Watch(clock=lambda: NOW, chance=lambda: -2.95),
            sender_of=lambda one: f"b+{one.id}@example.org",
            block=60,
            tries=30,
        )

    # Three in a row, what each connection had begun by then, and one for each time that it is asked again.
    assert done.deferred <= 3 + 2 * connections + 2 * 3
    assert done.sent == 60 - done.deferred


def test_relay_that_dies_of_commands_behind_a_dot_gets_no_more_of_them() -> None:
    """It has taken the message, but nobody can tell: each further one would be unknown as well."""

    def bears_nothing_behind(peer: fails.Peer) -> None:
        if peer.buffer:
            fails.dies(peer)
        peer.relay.taken[peer.recipient] += 1
        peer.say("250 2.0.0 queued")

    ledger = MemoryLedger(readers(COUNT))
    with FaultRelay(Fault(phase="dot", act=bears_nothing_behind)) as relay:
        done = send(
            ledger,
            leads_to(relay, 1),
            watch=Watch(clock=lambda: NOW, chance=lambda: -2.95),
            sender_of=lambda one: f"b+{one.id}@example.org",
            block=COUNT,
        )

    assert (done.unknown, done.sent) == (1, COUNT - 1)


@pytest.mark.parametrize(
    ("phase", "words", "told"),
    [
        ("rcpt", "454 4.7.1 <{}>: Relay access denied", "everybody off: 454 4.7.1 <(the address)>: Relay"),
        ("dot", "354 mail for {} goes on", "makes no sense: 354 mail for (the address) goes on"),
    ],
)
def test_trouble_with_a_relay_is_told_without_an_address(phase: str, words: str, told: str) -> None:
    """It stands in logs, alerts and what a run says of itself, and these name nobody."""
    ledger, troubles = MemoryLedger(readers(60)), list[str]()
    fault = Fault(phase=phase, act=lambda peer: peer.say(words.format(peer.recipient)))
    with FaultRelay(fault) as relay, pytest.raises(TransportError) as raised:
        send(
            ledger,
            leads_to(relay, 1),
            watch=Watch(
                clock=lambda: NOW,
                chance=lambda: -2.95,
                progress=lambda now: troubles.append(now.trouble or ""),
            ),
            sender_of=lambda one: f"b+{one.id}@example.org",
        )

    assert told in str(raised.value)
    assert told in troubles[-1]
    assert "@" not in f"{raised.value} {troubles} {[one.text for one in ledger.outcomes.values()]}"


@pytest.mark.parametrize(
    "words", ["450 4.2.0 Greylisted", "451 4.7.1 Greylisting in action", "450 4.1.7 the sender is looked up"]
)
def test_answers_about_each_reader_are_asked_for_all(words: str) -> None:
    """Who is greylisted must have been heard of once."""
    ledger = MemoryLedger(readers(60))
    with FaultRelay(Fault(phase="rcpt", act=fails.says(words))) as relay:
        done = send(ledger, leads_to(relay, 2), sender_of=lambda one: f"b+{one.id}@example.org", block=60)

    assert done.deferred == 60
    assert relay.connections <= 2


@pytest.mark.parametrize("words", ["<{}>: Recipient address rejected: Greylisted", "{}: Greylisted"])
def test_name_of_a_domain_is_no_word_about_limits(words: str) -> None:
    """A run would end over the greylisting of acme-limited.example, and reach seven more with each go."""
    ledger = MemoryLedger([f"reader{number}@acme-limited.example" for number in range(40)])
    named = {one: one if "<" in words else "mx.acme-limited.example" for one in ledger.emails}
    script = {f"rcpt {one}": f"450 4.7.1 {words.format(name)}" for one, name in named.items()}
    with ScriptedRelay(script) as relay:
        done = send(ledger, route(relay.port), block=40)

    assert done.deferred == 40


@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_relay_that_answers_byte_by_byte_gets_all_the_mail(tls: Tls, connections: int) -> None:
    """Slow is not broken: every answer comes within its time."""
    ledger, record = MemoryLedger(readers(connections)), MemoryRecord()
    with FaultRelay(tls=tls, gap_s=0.005) as relay:
        send(
            ledger,
            leads_to(relay, connections),
            record=record,
            sender_of=lambda one: f"b+{one.id}@example.org",
        )
        Ran(ledger, record, relay).audit()
    assert set(ledger.states()) == {SENT}


@pytest.mark.parametrize("words", ["554 5.7.1 too many connections", "<html>"])
@pytest.mark.parametrize(("connections", "spared"), [(1, 0), (8, 0), (8, 1), (8, 2)])
def test_connection_that_is_refused_for_good_counts_only_when_no_other_is_open(
    words: str, connections: int, spared: int
) -> None:
    """A server that allows two connections says 554 to the third, and those work; alone it is final."""
    ledger, record = MemoryLedger(readers(COUNT)), MemoryRecord()
    fault = Fault(phase="greet", act=fails.says(words))
    with FaultRelay(fault, times=1 if spared == 0 else None, spared=spared) as relay:
        ran = Ran(ledger, record, relay)
        try:
            send(
                ledger,
                leads_to(relay, connections),
                record=record,
                sender_of=lambda one: f"b+{one.id}@example.org",
            )
        except TransportError as error:
            ran.error = error
        ran.audit()
    assert set(ledger.states()) == ({SENT} if connections > 1 else {PENDING})
    assert (ran.error is not None and ran.error.permanent) is (connections == 1)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_certificate_that_is_wrong_gets_no_mail(tmp_path: Path, tls: Tls) -> None:
    """Whoever shows it may be anybody."""
    authority = Authority(tmp_path)
    ledger, record = MemoryLedger(readers(COUNT)), MemoryRecord()
    with FaultRelay(tls=tls) as relay:
        route = leads_to(relay, 8, authority.file.name, tmp_path)
        with pytest.raises(TransportError, match="certificate") as caught:
            send(ledger, route, record=record)
        Ran(ledger, record, relay).audit()
    assert caught.value.permanent
    assert set(ledger.states()) == {PENDING}
    assert not relay.bodies
