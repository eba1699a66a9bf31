"""Readers whom a relay does not know: those who are gone, and a relay or a domain that knows nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace

import pytest

from digest.deliver import Limit, Limits, Watch
from digest.deliver.statuses import judge_failure
from digest.errors import Refused, TransportError
from digest.model import LIMITED, BounceKind, Delivery, DeliveryState
from digest.model.people import UNCARRIED
from scripted_relay import DROP, ScriptedRelay
from sending_cast import NOW, MemoryLedger, MemoryRecord, route, send

FAILED, SENT, PENDING = DeliveryState.FAILED, DeliveryState.SENT, DeliveryState.PENDING
DEFERRED = DeliveryState.DEFERRED
UNKNOWN, GREY = "550 5.1.1 no such user", "450 4.2.0 greylisted"
DOMAINS = ("one.example", "two.example", "three.example")


def people(count: int, *domains: str) -> list[str]:
    """Name readers, of these domains in turns."""
    return [f"reader{n}@{domains[n % len(domains)]}" for n in range(1, count + 1)]


@pytest.mark.parametrize("connections", [1, 8])
def test_relay_that_knows_nobody_stops_the_run(connections: int) -> None:
    """It has lost its lists: to believe it would suppress everybody on the second day."""
    ledger, record = MemoryLedger(people(300, *DOMAINS)), MemoryRecord()
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay, pytest.raises(TransportError) as raised:
        send(ledger, route(relay.port, connections=connections), record=record, block=300)

    assert set(ledger.states()) == {PENDING}
    assert {row.attempt for row in ledger.rows.values()} == {0}
    assert (raised.value.permanent, raised.value.code) == (True, 550)
    assert "no such user" in str(raised.value)
    assert "nobody is known to relay main: 20 in a row, of 3 domains" in str(raised.value)
    assert "approved" in str(raised.value)
    assert record.kept is False


@pytest.mark.parametrize(
    ("phase", "words", "least"),
    [
        ("dot", "550 Rejected", 0),
        ("dot", "550 This message looks unsolicited", 0),
        ("rcpt", "550 Your account has been disabled", 0),
        ("rcpt", "550 5.1.0 Address rejected.", 20),
        ("rcpt", "550 Account suspended", 20),
        ("rcpt", "552 5.2.2 Over quota", 20),
    ],
)
def test_relay_that_takes_nobody_stops_the_run_whatever_it_says(phase: str, words: str, least: int) -> None:
    """Hosters end accounts in words of their own: nobody is written off over them."""
    ledger, record = MemoryLedger(people(300, *DOMAINS)), MemoryRecord()
    with ScriptedRelay({phase: words}) as relay, pytest.raises(TransportError) as raised:
        send(ledger, route(relay.port, connections=2), record=record, block=300)

    assert set(ledger.states()) == {PENDING}
    assert {row.attempt for row in ledger.rows.values()} == {0}
    assert words in str(raised.value)
    assert ("nobody is accepted by relay main: 20 in a row" in str(raised.value)) is (least == 20)
    assert ledger.outages == []


@pytest.mark.parametrize("words", ["550 Account suspended", "552 Quota exceeded", "550 5.4.1 not here"])
def test_relay_that_takes_nobody_any_more_stops_the_run_whatever_it_says(words: str) -> None:
    """Hosters count what goes out, and end accounts in the middle: the rest of the list failed one by one."""
    ledger = MemoryLedger(people(300, *DOMAINS))
    with ScriptedRelay() as relay:
        relay.on_taken = lambda _: relay.script.update(rcpt=words) if len(relay.recipients) == 50 else None
        with pytest.raises(TransportError, match=r"2\d in a row, of 3 domains") as raised:
            send(ledger, route(relay.port, connections=2), block=300)

    taken = len(relay.recipients)
    assert ("ask whoever runs the relay" in str(raised.value)) is ("5.4.1" not in words)
    assert Counter(ledger.states()) == {SENT: taken, PENDING: 300 - taken}
    assert words in str(raised.value)


def test_mails_that_are_taken_late_cost_none_of_those_who_are_refused() -> None:
    """What was on its way lengthens the row: the relay is believed about nobody before that is over."""
    ledger = MemoryLedger(people(140, *DOMAINS))
    script = {f"dot {email}": "<pause 0.45>250 2.0.0 ok" for email in ledger.emails[30:40]}
    script |= {f"rcpt {email}": f"<pause 0.3>{UNKNOWN}" for email in ledger.emails[40:]}
    relay = ScriptedRelay(script, offers=())
    with relay, pytest.raises(TransportError, match="in a row, of 3 domains"):
        send(ledger, route(relay.port, connections=20), block=140)

    assert Counter(ledger.states()) == {SENT: 40, PENDING: 100}


def test_relay_that_is_suspended_once_more_after_an_approval_stops_the_run() -> None:
    """Who approved the edition had mended the account, and had not said that all who are left are dead."""
    ledger, held = MemoryLedger(people(300, *DOMAINS)), list[int]()
    for _ in range(2):
        relay = ScriptedRelay()
        halt_after(relay, 50)
        with relay, pytest.raises(TransportError, match="nobody is accepted by"):
            send(ledger, route(relay.port), block=300, believes=bool(held))
        held.append(ledger.states().count(SENT))
    with ScriptedRelay() as relay:
        send(ledger, route(relay.port), block=300, believes=True)

    assert held[0] >= 50
    assert held[1] >= 100
    assert set(ledger.states()) == {SENT}


@pytest.mark.parametrize("words", [f"{LIMITED}one.example", UNCARRIED])
def test_approval_says_nothing_of_whom_no_relay_was_asked_for(words: str) -> None:
    """They were put off by this program, for a limit: what the relay says of them now it says first."""
    ledger, relay = MemoryLedger(people(120, *DOMAINS)), ScriptedRelay()
    ledger.rows = {number: replace(row, reply=words) for number, row in ledger.rows.items()}
    halt_after(relay, 30)
    with relay, pytest.raises(TransportError, match="nobody is accepted by"):
        send(ledger, route(relay.port), block=120, believes=True)

    assert set(ledger.states()) == {SENT, PENDING}


def halt_after(relay: ScriptedRelay, count: int) -> None:
    """Have a relay take so many, and nobody after that."""

    def taken(_: str) -> None:
        if len(relay.recipients) >= count:
            relay.script.update(rcpt="550 Account suspended")

    relay.on_taken = taken


def test_approval_lets_those_fail_whom_a_relay_has_refused_before_and_refuses_again() -> None:
    """A stretch of readers whose servers refuse them in words of their own costs one approval."""
    ledger = MemoryLedger(people(30, *DOMAINS))
    alone = ledger.emails[8:]
    with ScriptedRelay({f"rcpt {email}": "550 Not accepted here" for email in alone}) as relay:
        with pytest.raises(TransportError, match="nobody is accepted by"):
            send(ledger, route(relay.port, connections=1), block=30)
        done = send(ledger, route(relay.port, connections=1), block=30, believes=True)

    assert (ledger.states().count(SENT), done.failed) == (8, 22)


@pytest.mark.parametrize("words", ["552 5.2.2 Over quota", "552 Mailbox full"])
def test_full_mailboxes_at_the_end_of_a_list_hold_no_edition(words: str) -> None:
    """They stay full, each day, and nobody is there to approve."""
    ledger = MemoryLedger(people(200, *DOMAINS))
    with ScriptedRelay({f"rcpt {email}": words for email in ledger.emails[-25:]}) as relay:
        done = send(ledger, route(relay.port, connections=4), block=50)

    assert (done.sent, done.failed) == (175, 25)


def test_list_is_gone_on_with_where_it_was_left_once_a_relay_in_a_row_is_of_no_use() -> None:
    """Others are asked for while it refuses a few in a row, until it is given up over the sender."""
    ledger = MemoryLedger(people(30, *DOMAINS))
    gone = {f"rcpt {email}": UNKNOWN for email in ledger.emails[:5]}
    ill = ScriptedRelay(gone | {"rcpt": "554 5.7.1 go away"})
    with ill, ScriptedRelay({"greet": "<pause 0.6>220 hello"}) as well:
        routes = (
            route(ill.port, name="ill", connections=1),
            route(well.port, name="well", connections=1, weight=0),
        )
        send(ledger, *routes, block=30)

    left = [email for email in well.recipients if email in ledger.emails[5:25]]
    assert left == ledger.emails[5:25]


def test_one_reader_who_is_particular_holds_no_edition_that_others_have() -> None:
    """Their server does not like our mail; the last of a list, and those who are asked again, stand alone."""
    ledger = MemoryLedger(people(4, *DOMAINS))
    script = {f"rcpt {ledger.emails[3]}": "554 5.7.1 we do not like you"}
    with ScriptedRelay(script) as relay:
        first = send(ledger, route(relay.port))
        ledger.due_s = 0
        second = send(ledger, route(relay.port))

    assert (first.sent, first.deferred) == (3, 1)
    assert (second.sent, second.deferred) == (0, 1)


@pytest.mark.parametrize(
    ("phase", "words"), [("rcpt", "554 5.7.1 we do not like you"), ("dot", "550 Rejected")]
)
def test_readers_who_are_particular_hold_no_edition_that_others_have(phase: str, words: str) -> None:
    """Asked again they stand in a row, with nobody between them; after two hours and more they fail."""
    ledger = MemoryLedger(people(60, *DOMAINS), due_s=0)
    alone = [n for n in range(1, 61) if n % 8 == 4]
    said = []
    with ScriptedRelay({f"{phase} {ledger.emails[n - 1]}": words for n in alone}) as relay:
        for _ in range(5):
            send(ledger, route(relay.port, connections=1), block=60)
            said.append({ledger.rows[n].state for n in alone})

        for n in alone:
            ledger.rows[n] = replace(ledger.rows[n], state=PENDING)
        asked_again = send(ledger, route(relay.port, connections=1), block=60)

    assert (len(alone), asked_again.failed) == (8, 8)
    assert said == [{DEFERRED}] * 4 + [{FAILED}]
    assert ledger.states().count(SENT) == 52
    ends = [ledger.outcomes[n] for n in alone]
    assert {one.code for one in ends} == {int(words[:3])}
    assert all(words in (one.text or "") and "others were taken" in (one.text or "") for one in ends)
    assert all(judge_failure(one.status, one.text or "")[0] is not BounceKind.HARD for one in ends)


@pytest.mark.parametrize("between", ["450 4.7.0 try later", "421 4.3.2 closing"])
def test_readers_who_are_particular_stay_so_when_they_are_put_off_in_between(between: str) -> None:
    """Whatever a relay says at one try: at the next they stand in a row, and no edition is held for that."""
    ledger = MemoryLedger(people(60, *DOMAINS), due_s=0)
    alone = [n for n in range(1, 61) if n % 8 == 4]
    refused = {f"rcpt {ledger.emails[n - 1]}": "550 5.7.1 Rejected" for n in alone}
    with ScriptedRelay(refused) as relay:
        for tried in range(3):
            relay.script = dict.fromkeys(refused, between) if tried == 1 else refused
            with suppress(TransportError) if tried == 1 else nullcontext():
                send(ledger, route(relay.port, connections=1), block=60)

    assert {ledger.rows[n].state for n in alone} == {DEFERRED}


def test_readers_who_are_particular_stay_so_when_nobody_knows_whether_they_have_it() -> None:
    """A connection ends after their dot; once somebody has them mailed again they are refused in a row."""
    ledger = MemoryLedger(people(60, *DOMAINS), due_s=0)
    alone = [n for n in range(1, 61) if n % 8 == 4]
    refused = {f"dot {ledger.emails[n - 1]}": "550 5.7.1 Rejected" for n in alone}
    with ScriptedRelay(refused) as relay:
        send(ledger, route(relay.port, connections=1), block=60)
        relay.script = dict.fromkeys(refused, DROP)
        for _ in range(4):  # two in a row, and the relay is left alone for a while
            with suppress(TransportError):
                send(ledger, route(relay.port, connections=1), block=60)
        assert {ledger.rows[n].state for n in alone} == {DeliveryState.UNKNOWN}
        for n in alone:
            ledger.rows[n] = replace(ledger.rows[n], state=PENDING)
        relay.script = refused
        send(ledger, route(relay.port, connections=1), block=60)

    assert {ledger.rows[n].state for n in alone} == {DEFERRED}


def turned_against(words: str) -> MemoryLedger:
    """Have a relay take half of a list and put the others off five times, and refuse all of those then."""
    ledger = MemoryLedger(people(40, *DOMAINS), due_s=0)
    with ScriptedRelay({f"rcpt {email}": words for email in ledger.emails[20:]}) as relay:
        for _ in range(5):
            send(ledger, route(relay.port, connections=1), block=40)
        relay.script = {"dot": "550 Rejected"}
        with pytest.raises(TransportError, match="550 Rejected"):
            send(ledger, route(relay.port, connections=1), block=40)
    return ledger


@pytest.mark.parametrize("words", ["451 others were taken: greylisted", "450 Others were taken: greylisted"])
def test_no_relay_can_say_that_a_reader_is_particular(words: str) -> None:
    """Else one that turns against all of them later would not be found out, and they would fail."""
    ledger = turned_against(words)
    assert ledger.states() == [SENT] * 20 + [PENDING] * 20
    assert not any(row.is_particular for row in ledger.rows.values())


def test_relay_that_turns_against_those_whom_it_put_off_loses_nobody() -> None:
    """Half of a list was greylisted; by the time they come again the account is closed, but for all."""
    ledger = turned_against(GREY)
    assert ledger.states() == [SENT] * 20 + [PENDING] * 20


def test_who_is_refused_for_the_senders_sake_is_asked_again_while_nobody_has_the_edition() -> None:
    """It may be the sender's fault as well: another machine has the others in hand, and nobody was taken."""
    ledger = MemoryLedger(people(2, *DOMAINS), due_s=0)
    ledger.rows[2] = replace(ledger.rows[2], state=DeliveryState.CLAIMED)
    with ScriptedRelay({"dot": "550 Rejected"}) as relay:
        for _ in range(7):
            send(ledger, route(relay.port))

    assert ledger.states() == [DEFERRED, DeliveryState.CLAIMED]
    assert ledger.rows[1].attempt == 7


def test_particular_reader_pauses_no_edition_that_another_sender_is_mailing() -> None:
    """Two services begin in the same second; to the one that has a few left over nobody else has answered."""
    ledger = MemoryLedger(people(6, *DOMAINS))
    for number in range(2, 7):
        ledger.rows[number] = replace(ledger.rows[number], state=DeliveryState.CLAIMED)
    with ScriptedRelay({"rcpt": "550 5.7.1 refused by the recipient's own rules"}) as relay:
        done = send(ledger, route(relay.port))

    assert (done.sent, done.deferred) == (0, 1)


def test_short_list_that_a_relay_refuses_one_by_one_hears_why() -> None:
    """Another sender had one of them in hand at first, so that the first to be refused was put off."""
    ledger = LeftByAnother(people(2, *DOMAINS))
    with (
        ScriptedRelay({"rcpt": "554 5.7.1 Relay access denied"}) as relay,
        pytest.raises(TransportError, match="Relay access denied"),
    ):
        send(ledger, route(relay.port), wait=True)

    assert ledger.states() == [PENDING] * 2
    assert sum(line.startswith("RCPT") for line in relay.commands) == 3


class LeftByAnother(MemoryLedger):
    """Of which another sender has one in hand until the other is put off."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rows[2] = replace(self.rows[2], state=DeliveryState.CLAIMED)

    def next_due_s(self) -> float | None:
        if self.rows[2].state is DeliveryState.CLAIMED:
            self.rows[2] = replace(self.rows[2], state=PENDING)
        self.due_s = 0
        return 0.1 if {PENDING, DEFERRED} & set(self.states()) else None


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("452 4.2.2 mailbox full", "552 5.2.2 mailbox full"),
        ("450 4.4.1 no answer from host", "550 5.4.4 host not found"),
        ("450 4.1.1 cannot verify the address", "550 5.1.1 no such user"),
    ],
)
def test_those_who_are_put_off_first_and_refused_in_the_end_hold_no_edition(first: str, then: str) -> None:
    """Nobody is left to be taken in between: what is asked for again at the end is mostly gone."""
    ledger = MemoryLedger([*people(30, "well.example"), *people(25, *DOMAINS, "four.example")])
    gone = ledger.emails[30:]
    with ScriptedRelay({f"rcpt {one}": first for one in gone}) as relay:
        send(ledger, route(relay.port), block=100)
        ledger.due_s = 0
        relay.script = {f"rcpt {one}": then for one in gone}
        done = send(ledger, route(relay.port), block=100)

    assert (done.sent, done.failed) == (0, 25)
    assert set(ledger.states()) == {SENT, FAILED}


def test_relay_that_knows_nobody_costs_no_reader_anything_beside_another() -> None:
    """Its answers are the quicker ones; what another relay takes meanwhile says nothing about it."""
    ledger, record = MemoryLedger(people(300, *DOMAINS)), MemoryRecord()
    with ScriptedRelay() as well, ScriptedRelay({"rcpt": UNKNOWN}) as ill:
        routes = route(well.port, name="well", connections=4), route(ill.port, name="ill", connections=4)
        done = send(ledger, *routes, record=record, block=300)

    assert (done.sent, done.failed) == (300, 0)
    assert sorted(well.recipients) == sorted(ledger.emails)
    assert record.kept is False


def test_readers_who_are_gone_end_as_before_with_two_relays() -> None:
    """Each takes mail of others, so each is believed."""
    ledger = MemoryLedger(people(200, *DOMAINS))
    gone = ledger.emails[::5]
    script = {f"rcpt {email}": UNKNOWN for email in gone}
    with ScriptedRelay(script) as one, ScriptedRelay(script) as other:
        done = send(ledger, route(one.port, name="one"), route(other.port, name="other"), block=200)

    assert (done.sent, done.failed) == (160, 40)
    assert {o.status for n, o in ledger.outcomes.items() if ledger.emails[n - 1] in gone} == {"5.1.1"}


def test_run_of_which_all_relays_know_nobody_stops() -> None:
    """The second one is asked about all; then there is no other."""
    ledger = MemoryLedger(people(100, *DOMAINS))
    with (
        ScriptedRelay({"rcpt": UNKNOWN}) as one,
        ScriptedRelay({"rcpt": UNKNOWN}) as other,
        pytest.raises(TransportError, match="nobody is known to relay one") as raised,
    ):
        send(ledger, route(one.port, name="one"), route(other.port, name="other"), block=100)
    assert raised.value.permanent
    assert set(ledger.states()) == {PENDING}


@pytest.mark.parametrize("before", [None, "450 4.2.0 greylisted"])
def test_relay_that_loses_its_table_of_users_is_found_out_behind_a_sender_that_died(
    before: str | None,
) -> None:
    """Who was claimed and never asked for counts as tried; who was put off before is believed to be gone."""
    ledger = MemoryLedger(people(60, *DOMAINS))
    ledger.rows |= {n: replace(row, attempt=1, reason=before) for n, row in ledger.rows.items() if n > 5}
    fails = pytest.raises(TransportError, match="nobody is known") if before is None else nullcontext()
    with ScriptedRelay({f"rcpt {email}": UNKNOWN for email in ledger.emails[5:]}) as relay, fails:
        send(ledger, route(relay.port, connections=1), block=60)

    assert ledger.states() == [SENT] * 5 + [PENDING if before is None else FAILED] * 55


@pytest.mark.parametrize("end", ["stop", "halt", "error"])
@pytest.mark.parametrize("phase", ["rcpt", "dot"])
def test_run_that_ends_in_doubt_believes_nothing(end: str, phase: str) -> None:
    """The service starts anew, an edition gives up its place, a disk is full: the list is not at its end."""
    ledger, record = MemoryLedger(people(60, *DOMAINS)), MemoryRecord()
    asked: list[str] = []
    relay = ScriptedRelay({phase: f"<pause 0.05>{UNKNOWN}"})
    relay.on_command = lambda line: asked.append(line) if line.startswith("RCPT") else None

    def is_time() -> bool:
        return len(asked) >= 12

    def stopped() -> bool:
        if end == "halt" and is_time():
            ledger.halted = "somebody has pulled the brake"
        return end == "stop" and is_time()

    def short_of() -> str | None:
        return "the disk is full" if end == "error" and is_time() else None

    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, stopped=stopped, short_of=short_of)
    ends = nullcontext() if end == "stop" else pytest.raises(Refused)
    with relay, ends:
        send(ledger, route(relay.port, connections=1), record=record, block=60, watch=watch)

    assert len(asked) < 20
    assert set(ledger.states()) == {PENDING}
    assert {row.attempt for row in ledger.rows.values()} == {0}
    # Who is killed now leaves nothing behind that says otherwise.
    assert {answer.outcome.state for answer in record.answers} == ({PENDING} if phase == "dot" else set())


class ByTheClock(MemoryLedger):
    """Ten are due at a time, and nobody in between."""

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        return super().claim(min(limit, 10) if len(self.claims) % 2 == 0 else 0)

    def next_due_s(self) -> float | None:
        return 0.1 if PENDING in self.states() else None


def test_row_goes_on_where_a_run_waits_for_others() -> None:
    """An edition by readers' clocks has a few due at a time; nobody is left to ask in between."""
    ledger = ByTheClock(people(60, *DOMAINS))
    with (
        ScriptedRelay({"rcpt": UNKNOWN}) as relay,
        pytest.raises(TransportError, match="nobody is known to relay main: 20 in a row"),
    ):
        send(ledger, route(relay.port, connections=1), block=10, wait=True)
    assert ledger.states() == [FAILED] * 10 + [PENDING] * 50


def test_relay_that_is_found_out_is_not_believed_about_those_it_was_asked_before() -> None:
    """It did not know five, and then refused the sender: the other relay is asked about them."""
    ledger = MemoryLedger(people(40, *DOMAINS))
    script = {f"rcpt {email}": UNKNOWN for email in ledger.emails[:5]}
    with (
        ScriptedRelay({"rcpt": "554 5.7.1 go away", **script}) as ill,
        ScriptedRelay({"greet": "<pause 0.3>220 late"}) as well,
    ):
        done = send(
            ledger, route(ill.port, name="ill", connections=1), route(well.port, name="well"), block=40
        )
    assert len(ill.commands) > 10
    assert (done.sent, done.failed) == (40, 0)


def test_who_is_gone_ends_as_before_once_the_relay_takes_a_mail() -> None:
    """Nineteen dead addresses among the living."""
    ledger = MemoryLedger(people(40, *DOMAINS))
    script = {f"rcpt {email}": UNKNOWN for email in ledger.emails[5:24]}
    with ScriptedRelay(script) as relay:
        done = send(ledger, route(relay.port, connections=1), block=40)

    assert (done.sent, done.failed) == (21, 19)
    assert ledger.outcomes[6].text == "5.1.1 no such user"
    assert ledger.outcomes[6].status == "5.1.1"


@pytest.mark.parametrize("place", [0, 150])
@pytest.mark.parametrize("connections", [1, 8])
def test_dead_addresses_that_stand_together_stop_nothing(place: int, connections: int) -> None:
    """An old import, by which a list begins or that lies in its middle: others are asked for in between."""
    living, dead = people(300, *DOMAINS), [f"gone{n}@{DOMAINS[n % 3]}" for n in range(25)]
    ledger = MemoryLedger([*living[:place], *dead, *living[place:]])
    with ScriptedRelay({f"rcpt {email}": UNKNOWN for email in dead}) as relay:
        done = send(ledger, route(relay.port, connections=connections), block=500)

    assert (done.sent, done.failed) == (300, 25)
    assert sorted(relay.recipients) == sorted(living)


@pytest.mark.parametrize("count", [3, 19])
@pytest.mark.parametrize("domains", [DOMAINS, DOMAINS[:1]], ids=len)
@pytest.mark.parametrize("ways", [1, 2])
def test_short_list_of_which_nobody_is_known_is_held(count: int, domains: tuple[str, ...], ways: int) -> None:
    """Its relay may have lost its table of users; two such days would suppress all of it."""
    ledger = MemoryLedger(people(count, *domains))
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay, ScriptedRelay({"rcpt": UNKNOWN}) as other:
        routes = [route(one.port, name=f"r{one.port}") for one in (relay, other)][:ways]
        with pytest.raises(TransportError, match="nobody is known to relay") as raised:
            send(ledger, *routes)
        with pytest.raises(TransportError, match="nobody is known to relay"):
            send(ledger, *routes)
        assert set(ledger.states()) == {PENDING}
        done = send(ledger, *routes, believes=True)

    assert raised.value.permanent
    assert (done.failed, done.sent) == (count, 0)


@pytest.mark.parametrize(
    ("script", "failed"),
    [
        ({"rcpt": "552 5.2.2 mailbox full"}, 4),
        ({"rcpt reader2@two.example": GREY, "rcpt": UNKNOWN}, 3),
        ({"rcpt reader2@two.example": "250 2.1.5 ok", "rcpt": UNKNOWN}, 3),
        ({"rcpt reader2@two.example": "552 5.2.2 mailbox full", "rcpt": UNKNOWN}, 4),
    ],
)
def test_short_list_of_which_a_relay_knows_somebody_is_believed(script: dict[str, str], failed: int) -> None:
    """One whose mailbox is full, who is put off or taken: the relay has its table."""
    ledger = MemoryLedger(["reader2@two.example", *people(1, *DOMAINS), "a@b.example", "b@b.example"])
    with ScriptedRelay(script) as relay:
        assert send(ledger, route(relay.port, connections=1)).failed == failed


def test_one_or_two_readers_who_are_alone_are_believed_to_be_gone() -> None:
    """Nobody else is there to tell, and a list of one would be held each day."""
    ledger = MemoryLedger(people(2, *DOMAINS))
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        assert send(ledger, route(relay.port)).failed == 2
    assert {one.status for one in ledger.outcomes.values()} == {"5.1.1"}


@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize(
    ("domains", "count"), [(DOMAINS[:1], 25), (DOMAINS[:2], 25), (DOMAINS[:1], 700), (DOMAINS[:2], 700)]
)
def test_relay_that_knows_nobody_stops_the_run_of_a_list_of_one_or_two_domains(
    domains: tuple[str, ...], count: int, connections: int
) -> None:
    """A company's own list; once all are asked, or five hundred, and nobody was taken."""
    ledger, asked = MemoryLedger(people(count, *domains)), list[str]()
    relay = ScriptedRelay({"rcpt": UNKNOWN})
    relay.on_command = lambda line: asked.append(line) if line.startswith("RCPT") else None
    with relay, pytest.raises(TransportError, match="nobody is known to relay main") as raised:
        send(ledger, route(relay.port, connections=connections), block=500)

    held = min(count, 500)
    words = f"{held} in a row, of {len(domains)} domain{'s' * (len(domains) - 1)}: 550"
    assert words in str(raised.value)
    assert raised.value.permanent
    assert set(ledger.states()) == {PENDING}
    assert {row.attempt for row in ledger.rows.values()} == {0}
    assert held <= len(asked) < held + connections
    assert ledger.outages == []


def test_whom_the_run_itself_puts_off_does_not_speak_for_a_relay() -> None:
    """So many of the domain may not wait for its limit here; the relay has said nothing of them."""
    ledger = MemoryLedger(people(1100, "one.example"))
    limits = Limits(relays={}, domains={"one.example": Limit(key="domain one.example", connections=1)})
    with (
        ScriptedRelay({"rcpt": f"<pause 0.002>{UNKNOWN}"}) as relay,
        pytest.raises(TransportError, match="500 in a row"),
    ):
        send(ledger, route(relay.port), block=500, limits=limits)

    assert FAILED not in ledger.states()
    assert DEFERRED in ledger.states()


@pytest.mark.parametrize(
    ("dead", "told"),
    [(slice(22), []), (slice(4, 26), []), (slice(8, None), [("one.example", 22, UNKNOWN)])],
)
def test_small_list_with_some_who_are_gone_is_never_held(
    dead: slice, told: list[tuple[str, int, str]]
) -> None:
    """One domain, most of it dead addresses: who is taken speaks for the relay, wherever they stand."""
    ledger = MemoryLedger(people(30, "one.example"))
    with ScriptedRelay({f"rcpt {email}": UNKNOWN for email in ledger.emails[dead]}) as relay:
        done = send(ledger, route(relay.port, connections=1), block=40)

    assert (done.sent, done.failed) == (8, 22)
    assert ledger.outages == told


def test_those_left_of_an_edition_that_somebody_has_are_believed_to_be_gone() -> None:
    """A run was stopped when it had mailed the living; the next begins with the dead."""
    ledger = MemoryLedger(people(26, "one.example"))
    ledger.rows[1] = replace(ledger.rows[1], state=SENT)
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        assert send(ledger, route(relay.port), block=40).failed == 25


def test_few_whom_a_relay_does_not_know_are_asked_for_where_another_takes_mail() -> None:
    """It has taken nobody: five are too few to say that it knows nobody, but not to look elsewhere."""
    ledger = MemoryLedger(people(40, "one.example"))
    gone = ledger.emails[4]
    script = {"dot": "<pause 0.02>250 ok", f"rcpt {gone}": UNKNOWN}
    with ScriptedRelay(script) as well, ScriptedRelay({"rcpt": f"<pause 0.1>{UNKNOWN}"}) as ill:
        routes = route(well.port, name="well", connections=1), route(ill.port, name="ill", connections=1)
        done = send(ledger, *routes, block=40)

    assert 0 < sum(line.startswith("RCPT") for line in ill.commands) < 20
    assert (done.sent, done.failed) == (39, 1)


def test_two_relays_that_know_nobody_are_doubted_together() -> None:
    """Each was asked for fewer than twenty."""
    ledger = MemoryLedger(people(30, *DOMAINS))
    with ScriptedRelay({"rcpt": UNKNOWN}) as one, ScriptedRelay({"rcpt": UNKNOWN}) as other:
        routes = route(one.port, name="one", connections=1), route(other.port, name="other", connections=1)
        with pytest.raises(TransportError, match="nobody is known to relay"):
            send(ledger, *routes, block=30)
    assert set(ledger.states()) == {PENDING}


def test_second_relay_that_knows_nobody_is_not_believed_about_those_of_the_first() -> None:
    """It did not know fifteen, and five had left by then: no more are left to make twenty."""
    ledger, asked = MemoryLedger(people(20, *DOMAINS)), list[str]()
    one, other = (
        ScriptedRelay({"rcpt": UNKNOWN}),
        ScriptedRelay({"greet": "<pause 1.5>220 late", "rcpt": UNKNOWN}),
    )

    def heard(line: str) -> None:
        asked.extend([line] if line.startswith("RCPT") else [])
        if len(asked) == 20:
            ledger.barred = dict.fromkeys(range(1, 6), "unsubscribed")

    one.on_command = heard
    with one, other:
        routes = route(one.port, name="one"), route(other.port, name="other", weight=0)
        with pytest.raises(TransportError, match="nobody is known to relay one"):
            send(ledger, *routes, block=20)
    assert ledger.states() == [DeliveryState.EXCLUDED] * 5 + [PENDING] * 15


def test_second_relay_that_puts_some_off_is_believed_about_the_others() -> None:
    """It knows five, of whom the first one knew none."""
    ledger = MemoryLedger(people(20, *DOMAINS))
    later = {f"rcpt {email}": GREY for email in ledger.emails[:5]}
    with ScriptedRelay({"rcpt": UNKNOWN}) as one, ScriptedRelay({"rcpt": UNKNOWN, **later}) as other:
        routes = route(one.port, name="one"), route(other.port, name="other", weight=0)
        done = send(ledger, *routes, block=20)
    assert (done.deferred, done.failed) == (5, 15)
    assert ledger.states() == [DEFERRED] * 5 + [FAILED] * 15


@pytest.mark.parametrize("domains", [DOMAINS, DOMAINS[:1]])
@pytest.mark.parametrize("phase", ["rcpt", "dot"])
def test_relay_that_puts_readers_off_knows_somebody(domains: tuple[str, ...], phase: str) -> None:
    """Greylisting hits whoever is new; the dead addresses among them hold no edition."""
    ledger = MemoryLedger(people(100, *domains))
    script = {f"rcpt {email}": UNKNOWN for email in ledger.emails[3::4]}
    with ScriptedRelay({phase: "451 4.7.1 greylisted, try again later", **script}) as relay:
        first = send(ledger, route(relay.port), block=50)
        del relay.script[phase]
        ledger.due_s = 0
        second = send(ledger, route(relay.port), block=50)

    assert (first.deferred, first.failed) == (75, 25)
    assert (second.sent, second.failed) == (75, 0)


def test_relay_that_puts_everybody_off_in_between_is_doubted_all_the_same() -> None:
    """A table that does not answer now and then says of no reader that it knows them."""
    ledger = MemoryLedger(people(60, *DOMAINS))
    script = {f"rcpt {email}": "451 4.3.0 table lookup failure" for email in ledger.emails[3::6]}
    with (
        ScriptedRelay({"rcpt": UNKNOWN, **script}) as relay,
        pytest.raises(TransportError, match="nobody is known to relay main: 20 in a row"),
    ):
        send(ledger, route(relay.port, connections=1), block=60)
    assert FAILED not in ledger.states()


def test_those_left_of_an_edition_that_was_put_off_are_believed_to_be_gone() -> None:
    """A run was stopped when the living were put off; the next begins with the dead, and they are not due."""
    ledger = MemoryLedger(people(40, "one.example"))
    ledger.rows |= {n: replace(ledger.rows[n], state=DEFERRED) for n in range(1, 11)}
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        assert send(ledger, route(relay.port), block=40).failed == 30
    assert ledger.states() == [DEFERRED] * 10 + [FAILED] * 30


@dataclass
class DueInAMoment(MemoryLedger):
    """Whoever is put off is due once the first lull is over."""

    on_lull: Callable[[], None] = lambda: None  #: changes what relays say
    lulls: int = 0

    def next_due_s(self) -> float | None:
        self.lulls += 1
        if self.lulls > 1:
            self.on_lull()
            self.due_s = 0
        return 0.1 if {PENDING, DEFERRED} & set(self.states()) else None


@pytest.mark.parametrize("well", ["stays", "goes"])
def test_relay_that_takes_nobody_before_a_lull_is_no_use_for_that_lull_alone(well: str) -> None:
    """It greylists, and one reader is gone: it carries what only it can, and its share, after that."""
    living = [*people(30, "one.example"), *(f"s\u00f8ren{n}@two.example" for n in range(3))]
    ledger = DueInAMoment(["gone@one.example", *living])
    gone = {"rcpt gone@one.example": UNKNOWN}
    wide = ScriptedRelay({"rcpt": GREY, **gone}, offers=("SMTPUTF8", "8BITMIME"))
    plain = ScriptedRelay({"dot": "<pause 0.02>250 ok", **gone}, offers=("8BITMIME",))
    known = set[str]()

    def on_lull() -> None:
        wide.script.pop("rcpt", None)
        known.update(plain.recipients)
        if well == "goes":
            plain.script.update(greet="421 down", mail="421 down", rset="421 down")

    ledger.on_lull = on_lull
    with wide, plain:
        routes = route(wide.port, name="wide", connections=1), route(plain.port, name="plain", connections=1)
        done = send(ledger, *routes, block=40, wait=True, lasts_s=30)

    assert (done.sent, done.failed) == (33, 1)
    assert {ledger.rows[n].state for n in (32, 33, 34)} == {SENT}
    assert ledger.outcomes[1].status == "5.1.1"
    assert len(known) < 30
    assert not all(email.startswith("s") for email in wide.recipients)


def test_relay_that_gets_only_what_no_other_carries_is_believed() -> None:
    """It takes nobody else, so that it could never be."""
    ledger = MemoryLedger([*people(3, "one.example"), "s\u00f8ren@two.example"])
    wide = ScriptedRelay({"rcpt": UNKNOWN}, offers=("SMTPUTF8", "8BITMIME"))
    with ScriptedRelay() as plain, wide:
        done = send(ledger, route(plain.port, name="plain"), route(wide.port, name="wide", weight=0))

    assert (done.sent, done.failed) == (3, 1)
    assert ledger.outcomes[4].status == "5.1.1"


def test_two_domains_that_know_nobody_stop_nothing() -> None:
    """A provider with two names has an outage; behind it others wait for their mail."""
    ledger = MemoryLedger([*people(60, "one.example", "two.example"), "sam@three.example"])
    script = {f"rcpt {email}": UNKNOWN for email in ledger.emails[:60]}
    with ScriptedRelay(script) as relay:
        done = send(ledger, route(relay.port, connections=1), block=100)

    assert (done.sent, done.failed) == (1, 60)
    assert {ledger.outcomes[n].status for n in range(1, 61)} == {"5.1.1"}
    said = "550 5.1.1 no such user"
    assert sorted(ledger.outages) == [("one.example", 30, said), ("two.example", 30, said)]


@pytest.mark.parametrize("domains", [DOMAINS, DOMAINS[:1]])
def test_run_that_believes_the_relay_goes_through(domains: tuple[str, ...]) -> None:
    """The operator has looked: the list is dead indeed."""
    ledger = MemoryLedger(people(60, *domains))
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        assert send(ledger, route(relay.port), believes=True, block=60).failed == 60
    assert ledger.outages == []


def test_domain_that_knows_nobody_is_told_though_others_take_mail() -> None:
    """Once, of all in the row; one that is taken there begins anew."""
    living = people(30, "well.example")
    dead = [f"r{n}@ill.example" for n in range(30)]
    mixed = [email for pair in zip(living, dead, strict=True) for email in pair]
    halves = [f"{name}{n}@{name}.example" for n in range(38) for name in ("half", "more")]
    ledger = MemoryLedger([*mixed, *halves])
    script = {f"rcpt {email}": UNKNOWN for email in dead}
    script |= {f"rcpt half{n}@half.example": UNKNOWN for n in range(38) if n != 19}
    with ScriptedRelay(script) as relay:
        done = send(ledger, route(relay.port, connections=1), block=200)

    assert (done.sent, done.failed) == (69, 67)
    assert ledger.outages == [("ill.example", 30, "550 5.1.1 no such user")]


def test_who_waits_for_an_end_has_lost_nothing_when_the_relay_is_at_fault() -> None:
    """It said so of five, and then refused the sender: nobody knows what was the matter with it."""
    ledger = MemoryLedger(people(10, *DOMAINS))
    script = {f"rcpt {email}": UNKNOWN for email in ledger.emails[:5]}
    with (
        ScriptedRelay({"rcpt": "554 5.7.1 go away", **script}) as relay,
        pytest.raises(TransportError, match="go away"),
    ):
        send(ledger, route(relay.port, connections=1), block=10)
    assert set(ledger.states()) == {PENDING}
    assert {row.attempt for row in ledger.rows.values()} == {0}
