"""An edition to its recipients over real sockets: everyone ends once, and the books say how."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digest.deliver import Limit, Limits, LocalAllotments, Look, Tally, Watch
from digest.deliver.compose.envelope import Envelope
from digest.deliver.run.lane import Lane
from digest.errors import MessageError, Refused, StoreError, TransportError
from digest.model import MAY_HAVE_IT, MOVED, Books, Delivery, DeliveryState, Settlement
from fault_relay import Fault, FaultRelay, Peer
from scripted_relay import DROP, ScriptedRelay
from sending_cast import MESSAGE, NOW, MemoryLedger, MemoryRecord, reader, readers, route, send

PENDING, SENT, UNKNOWN = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNKNOWN
DEFERRED, EXPIRED, FAILED = DeliveryState.DEFERRED, DeliveryState.EXPIRED, DeliveryState.FAILED
QUIET = Watch(clock=lambda: NOW, chance=lambda: 0.0)


def tally(**counts: int) -> Tally:
    """Count what a run did; nothing else happened."""
    nothing = dict.fromkeys(("sent", "failed", "deferred", "expired", "excluded", "unknown"), 0)
    return Tally(**(nothing | counts))


@pytest.mark.parametrize("offers", [(), ("PIPELINING", "SIZE 1000000")])
def test_everyone_is_mailed_once(offers: tuple[str, ...]) -> None:
    """Over four connections, whether the relay takes commands ahead or not."""
    ledger, record = MemoryLedger(readers(20)), MemoryRecord()
    with ScriptedRelay(offers=offers) as relay:
        done = send(ledger, route(relay.port, connections=4), record=record)

        assert done == tally(sent=20)
        assert sorted(relay.recipients) == sorted(readers(20))
        assert relay.bodies == [MESSAGE] * 20
        assert 1 <= relay.connections <= 4
    assert ledger.books().balance
    assert record.kept is False


def test_second_run_sends_nothing() -> None:
    """Whoever has an end is not claimed again, and no connection is opened for nobody."""
    ledger = MemoryLedger(readers(2))
    with ScriptedRelay() as relay:
        send(ledger, route(relay.port))
        before = relay.connections

        assert send(ledger, route(relay.port)) == tally()
        assert relay.connections == before


def test_permit_is_on_record_before_the_dot_and_the_answer_after_it() -> None:
    """A crash between the two must be seen as 'may have been taken'."""
    record, seen = MemoryRecord(), []
    with ScriptedRelay() as relay:
        relay.on_dot = lambda: seen.append(list(record.permits))
        send(MemoryLedger(readers(1)), route(relay.port), record=record)

    assert seen == [[(1, 1)]]
    assert [(one.mark, one.outcome.state, one.outcome.code) for one in record.answers] == [
        ((1, 1), SENT, 250)
    ]


def test_who_is_barred_at_the_last_look_is_excluded() -> None:
    """Asked for everybody who is claimed, before their MAIL."""
    ledger = MemoryLedger(readers(3), barred={2: "unsubscribed"})
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port)) == tally(sent=2, excluded=1)
        assert sorted(relay.recipients) == [reader(1), reader(3)]
    assert ledger.rows[2].reason == "unsubscribed"


@pytest.mark.parametrize("hands", [0, 1])
def test_who_moves_while_claimed_is_mailed_at_the_new_address_alone(hands: int) -> None:
    """The message is made by then, for the address that they had; it is claimed and made anew, uncounted."""
    ledger, new = MemoryLedger(readers(3), barred={2: MOVED}), "moved@example.net"
    settle = ledger.settle

    def moves(ends: Sequence[Settlement]) -> None:
        settle(ends)
        if ledger.barred.pop(2, None):
            row = ledger.rows[2]
            ledger.rows[2] = replace(row, subscriber=replace(row.subscriber, email=new))

    ledger.settle = moves
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port), hands=hands) == tally(sent=3)
        assert sorted(relay.recipients) == [new, reader(1), reader(3)]
    assert ledger.rows[2].attempt == 1


def test_no_message_begins_on_a_look_that_is_a_second_old() -> None:
    """While the ledger cannot be asked, an unsubscribe may be waiting in it."""
    ledger = MemoryLedger(readers(30))
    look, looks = ledger.look, []

    def fails_from_the_second_on() -> object:
        looks.append(1)
        if len(looks) > 1:
            raise StoreError("database is locked")
        return look()

    ledger.look = fails_from_the_second_on
    with ScriptedRelay({"dot": "<pause 0.2>250 ok"}) as relay, pytest.raises(StoreError, match="locked"):
        send(ledger, route(relay.port, connections=1), patience_s=2.0, block=30)

    assert 1 <= ledger.books().sent <= 6
    assert set(ledger.states()) == {SENT, PENDING}


def test_nobody_is_mailed_whom_no_look_has_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look that belongs to a claim failed: the one before knows nothing of those just claimed."""
    ledger = MemoryLedger(readers(4), barred={4: "unsubscribed"})
    claim, look, claims, failed = ledger.claim, ledger.look, [], []

    def sees_what_is_claimed() -> Look:
        if len(claims) > 1 and len(failed) < 2:
            failed.append(1)
            raise StoreError("database is locked")
        held = [row.id for row in ledger.rows.values() if row.state is DeliveryState.CLAIMED]
        return replace(look(), barred={n: why for n, why in ledger.barred.items() if n in held})

    monkeypatch.setattr(ledger, "claim", lambda limit: claims.append(claim(limit)) or claims[-1])
    monkeypatch.setattr(ledger, "look", sees_what_is_claimed)
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port), block=3) == tally(sent=3, excluded=1)
        assert reader(4) not in relay.recipients


@pytest.mark.parametrize("hands", [0, 2])
def test_recipient_whose_message_cannot_be_built_fails_alone(hands: int) -> None:
    """One bad name or address must not cost the edition, whoever makes the messages."""

    def stamp(delivery: Delivery) -> bytes:
        if delivery.id == 2:
            raise MessageError("no value for the slot 'email'")
        return MESSAGE.removesuffix(b"\r\n") if delivery.id == 3 else MESSAGE

    ledger = MemoryLedger([*readers(4), "no address"])
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port), stamp=stamp, hands=hands) == tally(sent=2, failed=3)
    assert "'email'" in str(ledger.rows[2].reason)
    assert "does not end" in str(ledger.rows[3].reason)
    assert "not a mail address" in str(ledger.rows[5].reason)


def test_address_beyond_ascii_fails_where_the_relay_cannot_carry_it() -> None:
    """It must not be encoded into an address that is another's."""
    ledger = MemoryLedger(["jörg@example.org", reader(2)])
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port)) == tally(sent=1, failed=1)
    assert "SMTPUTF8" in str(ledger.rows[1].reason)


def test_who_was_claimed_by_senders_that_died_waits_as_after_a_first_try() -> None:
    """Nobody was asked for them: the count of their tries says more than there were."""
    ledger = MemoryLedger(readers(1))
    ledger.rows[1] = replace(ledger.rows[1], attempt=3)
    with ScriptedRelay({"rcpt": "450 4.7.1 greylisted"}) as relay:
        send(ledger, route(relay.port))

    assert ledger.outcomes[1].next_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(("attempt", "pause"), [(0, 5), (1, 15), (2, 60), (3, 60), (9, 60)])
def test_deferred_recipient_waits_longer_each_time(attempt: int, pause: int) -> None:
    """Greylisting asks for minutes, a full disk for an hour."""
    ledger = MemoryLedger(readers(1), attempt=attempt)
    with ScriptedRelay({"rcpt": "450 4.7.1 greylisted"}) as relay:
        assert send(ledger, route(relay.port)) == tally(deferred=1)
    assert ledger.outcomes[1].next_at == NOW + timedelta(minutes=pause)
    assert (ledger.outcomes[1].code, ledger.outcomes[1].status) == (450, "4.7.1")


def test_who_would_be_tried_after_the_last_moment_expires_now() -> None:
    """Yesterday's news is no news, and an edition must end; nobody has failed."""
    ledger = MemoryLedger(readers(1))
    with ScriptedRelay({"rcpt": "450 4.7.1 greylisted"}) as relay:
        done = send(ledger, route(relay.port), give_up_at=NOW + timedelta(minutes=4))

    assert done == tally(expired=1)
    assert ledger.rows[1].reason == "put off until it was too late: 4.7.1 greylisted"


def test_whoever_is_put_off_has_as_long_as_a_word_that_comes_while_the_run_goes_on() -> None:
    """It began by the old moment, and a person sends the edition late: each look tells of that."""
    ledger = MemoryLedger(readers(1), let_go_until=NOW + timedelta(hours=12))
    with ScriptedRelay({"rcpt": "450 4.7.1 greylisted"}) as relay:
        assert send(ledger, route(relay.port), give_up_at=NOW + timedelta(minutes=4)) == tally(deferred=1)


@pytest.mark.parametrize(("word", "sent"), [(None, 1), (NOW + timedelta(hours=12), 9)])
def test_a_run_goes_on_beyond_its_moment_by_that_word(word: datetime | None, sent: int) -> None:
    """The moment comes with the first mail; eight more readers wait behind it."""
    ledger, clock = MemoryLedger(readers(9), let_go_until=word), [NOW]
    with ScriptedRelay() as relay:
        relay.on_taken = lambda _: clock.append(NOW + timedelta(hours=1))
        watch = Watch(clock=lambda: clock[-1], chance=lambda: 0.0)
        door = route(relay.port, connections=1)
        assert send(ledger, door, watch=watch, give_up_at=NOW + timedelta(minutes=4)).sent >= sent
    assert (ledger.books().open == 0) is (word is not None)


def test_what_a_relay_says_is_kept_without_the_address() -> None:
    """The row names the person; a copy in the words would outlive their erasure."""
    ledger = MemoryLedger(["Sam@example.org"])
    with ScriptedRelay({"rcpt": "550 5.1.1 <sam@EXAMPLE.org>: unknown"}) as relay:
        assert send(ledger, route(relay.port)) == tally(failed=1)
    assert ledger.rows[1].reason == "5.1.1 <(the address)>: unknown"


def test_what_a_relay_says_is_kept_without_the_address_as_it_was_on_the_wire() -> None:
    """A domain beyond ASCII travels in A-labels, and comes back in them."""
    ledger = MemoryLedger(["sam@bücher.example.org"])
    with ScriptedRelay({"rcpt": "550 5.1.1 <Sam@xn--bcher-kva.example.org>: unknown"}) as relay:
        assert send(ledger, route(relay.port)) == tally(failed=1)
    assert ledger.rows[1].reason == "5.1.1 <(the address)>: unknown"


def test_lost_connection_costs_nobody() -> None:
    """The recipient goes over another connection, the others go on, and all arrive."""
    ledger, record = MemoryLedger(readers(6)), MemoryRecord()
    with ScriptedRelay({f"data {reader(2)}": DROP}, once=True) as relay:
        assert send(ledger, route(relay.port), record=record) == tally(sent=6)
        assert sorted(relay.recipients) == readers(6)
    assert ledger.books().balance
    assert len(record.permits) == 6


def test_message_that_always_kills_the_connection_is_put_off_and_holds_up_nobody_else() -> None:
    """After three losses it waits for its time like any other that was put off."""
    ledger = MemoryLedger(readers(6))
    with ScriptedRelay({f"data {reader(2)}": DROP}) as relay:
        assert send(ledger, route(relay.port), tries=5) == tally(sent=5, deferred=1)
    assert ledger.rows[2].state is DEFERRED


def test_relay_that_cannot_be_reached_leaves_everyone_pending() -> None:
    """4,000 readers are not 'failed' because a relay was down for a minute."""
    with ScriptedRelay() as relay:
        port = relay.port
    ledger = MemoryLedger(readers(5))

    with pytest.raises(TransportError, match="cannot be reached"):
        send(ledger, route(port))
    assert set(ledger.states()) == {PENDING}
    assert {row.attempt for row in ledger.rows.values()} == {0}


def test_run_that_waits_goes_on_when_the_relay_is_back() -> None:
    """An outage at seven in the morning must not need a person."""
    ledger = MemoryLedger(readers(3))
    with ScriptedRelay() as first:
        port = first.port
    late: list[ScriptedRelay] = []

    def progress(told: object) -> None:
        if getattr(told, "trouble", None) and not late:
            late.append(ScriptedRelay(port=port))
            late[0].__enter__()

    try:
        done = send(ledger, route(port), wait=True, watch=replace(QUIET, progress=progress))
    finally:
        late[0].__exit__(None, None, None)

    assert done == tally(sent=3)


def test_refused_login_stops_the_run_and_blames_nobody() -> None:
    """A wrong password is ours, and no further try can help."""
    ledger = MemoryLedger(readers(5))
    with ScriptedRelay({"mail": "530 5.7.0 log in first"}) as relay:
        with pytest.raises(TransportError, match="log in first") as raised:
            send(ledger, route(relay.port), block=50)
        assert len(relay.recipients) <= 20

    assert raised.value.permanent
    assert set(ledger.states()) == {PENDING}
    assert {row.attempt for row in ledger.rows.values()} == {0}


@pytest.mark.parametrize("phase", ["rcpt", "data", "dot"])
def test_sender_that_nobody_accepts_stops_within_twenty_messages(phase: str) -> None:
    """A bad reputation is ours: hundreds of refusals would only make it worse."""
    ledger, record = MemoryLedger(readers(200)), MemoryRecord()
    with ScriptedRelay({phase: "550 5.7.26 unauthenticated"}) as relay:
        with pytest.raises(TransportError, match=r"5\.7\.26"):
            send(ledger, route(relay.port, connections=16), record=record, block=200)
        asked = len({line for line in relay.commands if line.startswith("RCPT")})

    assert 5 <= asked <= 20
    assert set(ledger.states()) == {PENDING}
    assert record.kept is False


def test_sender_that_is_cut_off_in_the_middle_stops_within_twenty_messages() -> None:
    """A provider blocks after the first thousand as well as before."""
    ledger = MemoryLedger(readers(120))
    with ScriptedRelay() as relay:
        relay.on_dot = lambda: (
            relay.script.update(rcpt="554 5.7.1 blocked") if len(relay.bodies) >= 40 else None
        )
        with pytest.raises(TransportError, match="blocked"):
            send(ledger, route(relay.port, connections=8), block=100)
        refused = len({line for line in relay.commands if line.startswith("RCPT")}) - len(relay.bodies)

    assert 5 <= refused <= 20
    assert set(ledger.states()) == {SENT, PENDING}


def test_one_particular_recipient_stops_nobody() -> None:
    """A company that lets no newsletter in must not hold up the other readers; it is put off."""
    ledger = MemoryLedger(readers(12))
    with ScriptedRelay({f"rcpt {reader(3)}": "550 5.7.1 not from you"}) as relay:
        assert send(ledger, route(relay.port)) == tally(sent=11, deferred=1)
    assert ledger.rows[3].state is DEFERRED


def test_relay_that_dies_after_every_dot_stops_the_run() -> None:
    """It would eat the audience; the rest stays pending."""
    ledger = MemoryLedger(readers(30))
    with ScriptedRelay({"dot": DROP}) as relay, pytest.raises(TransportError, match="lost after the message"):
        send(ledger, route(relay.port, connections=4), block=30, tries=3)

    assert set(ledger.states()) == {UNKNOWN, PENDING}
    assert 1 <= ledger.books().unknown <= 4


def test_operator_may_have_the_unknown_mailed_again_after_a_while() -> None:
    """`on_unknown: resend` risks a second copy, but not one every second."""
    ledger = MemoryLedger(readers(1))
    with ScriptedRelay({"dot": DROP}) as relay:
        assert send(ledger, route(relay.port), resend_unknown=True) == tally(deferred=1)
    assert ledger.outcomes[1].next_at == NOW + timedelta(minutes=5)
    assert ledger.rows[1].may_have_it


def test_who_may_have_a_copy_when_it_is_too_late_for_another_is_unknown() -> None:
    """`on_unknown: resend` does not come to a second copy: expired would say that nothing was mailed."""
    ledger = MemoryLedger(readers(1))
    with ScriptedRelay({"dot": DROP}) as relay:
        rules = {"resend_unknown": True, "give_up_at": NOW + timedelta(minutes=4)}
        assert send(ledger, route(relay.port), **rules) == tally(unknown=1)
    assert (ledger.rows[1].reason or "").startswith("put off until it was too late: ")


def test_who_may_have_a_copy_and_has_left_is_counted_as_unknown() -> None:
    """So is it written down: the figures of a run are those of the books."""
    ledger = MemoryLedger(readers(2), barred={1: "suppressed", 2: "suppressed"})
    ledger.rows[1] = replace(ledger.rows[1], reason=f"lost{MAY_HAVE_IT}")
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port)) == tally(excluded=1, unknown=1)


@pytest.mark.parametrize(
    "words", [MAY_HAVE_IT, MAY_HAVE_IT.upper(), MAY_HAVE_IT.replace("may", f"m{MAY_HAVE_IT}ay")]
)
@pytest.mark.parametrize("code", ["450 4.2.0", "554 5.7.1"])
def test_relay_cannot_say_that_somebody_may_have_a_copy(code: str, words: str) -> None:
    """Only the program knows of lost dots: such words would hide whom a relay refuses."""
    ledger = MemoryLedger(readers(2))
    with ScriptedRelay({"rcpt reader2@example.org": f"{code} later{words}"}) as relay:
        assert send(ledger, route(relay.port)) == tally(sent=1, deferred=1)
    assert f"{code} later"[4:] in (ledger.rows[2].reason or "")
    assert MAY_HAVE_IT not in (ledger.rows[2].reason or "").lower()


def test_delivery_that_another_sender_has_taken_over_is_left_to_it() -> None:
    """Without its permit this sender neither writes the dot nor settles."""
    ledger, record = MemoryLedger(readers(3)), MemoryRecord(refused=frozenset({2}))
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port), record=record).sent == 2
        assert len(relay.bodies) == 2
    assert ledger.rows[2].state is DeliveryState.CLAIMED


def test_journal_that_cannot_be_written_keeps_every_dot_back() -> None:
    """Better no mail than one that nobody knows of."""
    ledger, record = MemoryLedger(readers(5)), MemoryRecord(broken=StoreError("no space left"))
    with ScriptedRelay() as relay, pytest.raises(StoreError, match="no space"):
        send(ledger, route(relay.port), record=record)

    assert relay.bodies == []
    assert set(ledger.states()) == {PENDING}


def test_permits_that_a_server_could_not_write_are_asked_for_again() -> None:
    """A restart of the server that keeps the permits costs some connections, and nobody's mail."""
    ledger, record, failed = MemoryLedger(readers(8)), MemoryRecord(can_recover=True), []
    write = record.write

    def fails_once(*asked: Sequence[object]) -> frozenset[tuple[int, int]]:
        if not failed:
            failed.append(1)
            raise StoreError("the server is shutting down")
        return write(*asked)

    record.write = fails_once
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port), record=record) == tally(sent=8)
        assert sorted(relay.recipients) == sorted(readers(8))


def test_database_that_comes_back_gets_every_end() -> None:
    """A restart of the database loses nothing that a relay has answered."""
    ledger = MemoryLedger(readers(6))
    settle, tries = ledger.settle, []

    def fails_twice(ends: list[Settlement]) -> None:
        tries.append(len(ends))
        if len(tries) <= 2:
            raise StoreError("the server is shutting down")
        settle(ends)

    ledger.settle = fails_twice
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port)) == tally(sent=6)
        assert len(relay.bodies) == 6
    assert ledger.books().balance


def test_ends_that_the_database_never_took_stay_in_the_journal() -> None:
    """It is kept for the next sender to read."""
    ledger, record = MemoryLedger(readers(2)), MemoryRecord()

    def fails(_ends: object) -> None:
        raise StoreError("gone")

    ledger.settle = fails
    with ScriptedRelay() as relay, pytest.raises(StoreError, match="gone"):
        send(ledger, route(relay.port), record=record, patience_s=0.5)

    assert record.kept is True
    assert [one.outcome.state for one in record.answers] == [SENT, SENT]


def test_ledger_that_can_be_read_but_not_written_ends_the_run() -> None:
    """A full disk lets the last look go on for ever; sending must not go on as long."""
    ledger = MemoryLedger(readers(400))

    def fails(_ends: object) -> None:
        raise StoreError("disk full")

    ledger.settle = fails
    with ScriptedRelay({"dot": "<pause 0.02>250 ok"}) as relay:
        with pytest.raises(StoreError, match="disk full"):
            send(ledger, route(relay.port, connections=1), patience_s=0.5, block=400)
        assert len(relay.bodies) < 400


def test_run_that_is_asked_to_stop_finishes_what_it_has_begun() -> None:
    """Nothing is unknown, nobody is lost, and those not begun are free for the next run at once."""
    ledger = MemoryLedger(readers(50))
    with ScriptedRelay({"dot": "<pause 0.05>250 ok"}) as relay:
        watch = replace(QUIET, stopped=lambda: len(relay.bodies) >= 5)
        done = send(ledger, route(relay.port), watch=watch, block=50)

        assert done.stopped
        assert done.sent == len(relay.bodies) < 50
    assert set(ledger.states()) == {SENT, PENDING}


def test_edition_that_is_halted_in_between_stops() -> None:
    """An editor's hold counts within a second."""
    ledger = MemoryLedger(readers(400))
    with ScriptedRelay({"dot": "<pause 0.02>250 ok"}) as relay:
        relay.on_dot = lambda: setattr(ledger, "halted", "edition 7 is held")
        with pytest.raises(Refused, match="is held"):
            send(ledger, route(relay.port), block=400)

    assert set(ledger.states()) == {SENT, PENDING}


def test_full_disk_stops_before_the_next_mail() -> None:
    """What is sent must still be written down: there is a reserve, and it is not touched."""
    ledger = MemoryLedger(readers(50))
    with ScriptedRelay() as relay:
        short = replace(QUIET, short_of=lambda: "less than 200 MB free" if relay.bodies else None)
        with pytest.raises(Refused, match="200 MB"):
            send(ledger, route(relay.port), watch=short, block=50)

    assert set(ledger.states()) == {SENT, PENDING}


def test_nobody_is_mailed_after_the_last_moment() -> None:
    """An edition older than max_lateness waits for a person."""
    ledger = MemoryLedger(readers(3))
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port), give_up_at=NOW) == tally()
        assert relay.bodies == []
    assert set(ledger.states()) == {PENDING}


def test_run_that_waits_stays_until_those_put_off_have_an_end() -> None:
    """One command, or the service, brings an edition to its end."""
    ledger = MemoryLedger(readers(2), due_s=0)
    with ScriptedRelay({f"rcpt {reader(2)}": "450 4.7.1 greylisted"}, once=True) as relay:
        assert send(ledger, route(relay.port), wait=True) == tally(sent=2, deferred=1)
    assert ledger.books().balance


def test_relay_that_says_goodbye_is_gone_on_with_over_fewer_connections() -> None:
    """421 asks for less, and blames nobody."""
    ledger = MemoryLedger(readers(30))
    with ScriptedRelay({f"mail {reader(1)}": "421 4.3.2 too many"}, once=True) as relay:
        assert send(ledger, route(relay.port, connections=4), block=30) == tally(sent=30)
    assert {row.attempt for row in ledger.rows.values()} == {1}


def test_connection_is_replaced_after_its_share() -> None:
    """Two messages a connection make three connections for five, one at a time."""
    with ScriptedRelay() as relay:
        send(MemoryLedger(readers(5)), route(relay.port, connections=1), per_connection=2)

        assert relay.connections == 3


def test_each_delivery_may_have_a_sender_of_its_own() -> None:
    """A report that comes back tells by its address whom it is about; a bad sender costs its reader alone."""
    own = {1: "b+1@example.org", 2: "no address", 3: "b+3@example.org"}
    ledger = MemoryLedger(readers(3))
    with ScriptedRelay() as relay:
        done = send(ledger, route(relay.port), sender_of=lambda delivery: own[delivery.id])

        senders = sorted(line for line in relay.commands if line.startswith("MAIL"))
    assert senders == [f"MAIL FROM:<b+{n}@example.org> SIZE={len(MESSAGE)}" for n in (1, 3)]
    assert done == tally(sent=2, failed=1)


def test_sender_is_checked_before_anybody_is_claimed() -> None:
    """It is the operator's fault and would fail every recipient."""
    ledger = MemoryLedger(readers(2))
    with ScriptedRelay() as relay, pytest.raises(MessageError, match="envelope sender"):
        send(ledger, route(relay.port), sender="brief")

    assert ledger.claims == []


@pytest.mark.parametrize(
    ("per_connection", "behind"), [(6, [True] * 5 + [False]), (3, [True, True, False] * 2)]
)
def test_next_message_begins_behind_a_dot_where_its_connection_takes_one_more(
    per_connection: int, behind: list[bool]
) -> None:
    """A round trip less for each message; who would wait for nothing does not."""
    seen: list[bool] = []

    def takes(peer: Peer) -> None:
        seen.append(peer.buffer.startswith(b"MAIL FROM:"))
        peer.say("250 2.0.0 queued")

    with FaultRelay(Fault(phase="dot", act=takes)) as relay:
        done = send(
            MemoryLedger(readers(6)),
            route(relay.port, connections=1),
            sender_of=lambda one: f"b+{one.id}@example.org",
            per_connection=per_connection,
            block=6,
        )

    assert done.sent == 6
    assert seen == behind


def test_relays_share_by_weight() -> None:
    """Three to one, as long as both have a connection free."""
    ledger = MemoryLedger(readers(40))
    with ScriptedRelay() as big, ScriptedRelay() as small:
        send(
            ledger,
            route(big.port, name="big", weight=3, connections=1),
            route(small.port, name="small", weight=1, connections=1),
            block=40,
        )

        assert len(big.bodies) + len(small.bodies) == 40
        assert len(small.bodies) >= 4


def test_another_relay_takes_over_when_one_refuses_or_is_away() -> None:
    """Mail goes out as long as one relay takes it."""
    with ScriptedRelay() as gone:
        port = gone.port
    ledger = MemoryLedger(readers(8))
    refusing = ScriptedRelay({"auth": "535 5.7.8 no"}, offers=("AUTH PLAIN",))
    with refusing, ScriptedRelay() as well:
        done = send(ledger, route(port, name="away"), route(well.port, name="well"))

        assert done == tally(sent=8)
        assert len(well.bodies) == 8


@pytest.mark.parametrize("offers", [(), ("PIPELINING",)])
def test_relay_that_puts_everybody_off_leaves_the_mail_to_another(offers: tuple[str, ...]) -> None:
    """Its disk is full, and it says so faster than the other one takes a mail."""
    ledger = MemoryLedger(readers(60))
    coy = ScriptedRelay({"mail": "452 4.3.1 Insufficient system storage"}, offers=offers)
    with coy, ScriptedRelay({"dot": "<pause 0.01>250 2.0.0 queued"}, offers=offers) as well:
        done = send(
            ledger, route(coy.port, name="coy"), route(well.port, name="well", weight=0), block=60, tries=9
        )

    # Three in a row, and what the other connection had begun.
    assert 3 <= done.deferred <= 4
    assert done.sent == 60 - done.deferred


def test_relay_alone_that_puts_everybody_off_is_asked_for_all() -> None:
    """There is no other to ask, and some of them know the sender the second time."""
    ledger = MemoryLedger(readers(9))
    with ScriptedRelay({"mail": "450 4.1.7 the sender is looked up"}) as relay:
        done = send(ledger, route(relay.port))

    assert done == tally(deferred=9)


def test_standby_relay_is_used_only_while_no_other_works() -> None:
    """Weight nought."""
    with ScriptedRelay() as main, ScriptedRelay() as spare:
        send(MemoryLedger(readers(10)), route(main.port), route(spare.port, name="spare", weight=0))

        assert (len(main.bodies), len(spare.bodies)) == (10, 0)
    with ScriptedRelay() as spare:
        send(MemoryLedger(readers(4)), route(main.port), route(spare.port, name="spare", weight=0))

        assert len(spare.bodies) == 4


def test_progress_counts_ends_of_all_runs() -> None:
    """A bar that starts at zero after a restart would frighten people."""
    ledger = MemoryLedger(readers(4))
    ledger.rows[4] = replace(ledger.rows[4], state=SENT)
    told: list[Books] = []
    with ScriptedRelay({f"rcpt {reader(1)}": "450 later"}) as relay:
        watch = replace(QUIET, progress=lambda progress: told.append(progress.books))
        send(ledger, route(relay.port), watch=watch)

    assert (told[0].sent, told[0].frozen) == (1, 4)
    assert told[-1] == Books(frozen=4, sent=3, failed=0, expired=0, excluded=0, unknown=0, open=1)


def moments_of_mail(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list that gets the moment at which each message begins, as its sender has it.

    A busy machine may let the relay hear of some late and of others at once.
    """
    moments: list[float] = []
    begin = Lane._begin

    def noted(lane: Lane, envelope: Envelope) -> bytes:
        moments.append(time.monotonic())
        return begin(lane, envelope)

    monkeypatch.setattr(Lane, "_begin", noted)
    return moments


def test_limit_of_a_relay_holds_to_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty a second is twenty in any second."""
    moments = moments_of_mail(monkeypatch)
    ledger = MemoryLedger(readers(40))
    limits = Limits(relays={"main": Limit(key="relay main", per_second=20)}, domains={})
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port, connections=4), block=40, limits=limits) == tally(sent=40)

    assert max(sum(one <= other < one + 0.95 for other in moments) for one in moments) <= 20
    assert len(moments) == 40
    assert max(moments) - min(moments) < 20  # two seconds' worth: no moment is slept through


def test_limit_of_a_domain_holds_up_nobody_else() -> None:
    """One at a time to a domain that is strict; the others go on meanwhile."""
    emails = [f"r{n}@strict.example" for n in range(6)] + readers(30)
    ledger, at_once, most = MemoryLedger(emails), [0], [0]
    limits = Limits(relays={}, domains={"strict.example": Limit(key="domain strict.example", connections=1)})

    def come(command: str) -> None:
        if command.startswith("RCPT") and "strict" in command:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])

    with ScriptedRelay({f"dot r{n}@strict.example": "<pause 0.1>250 ok" for n in range(6)}) as relay:
        relay.on_command = come
        relay.on_taken = lambda recipient: "strict" in recipient and at_once.__setitem__(0, at_once[0] - 1)
        assert send(ledger, route(relay.port, connections=4), block=36, limits=limits) == tally(sent=36)
        order = relay.recipients

    assert most == [1]
    assert {one for one in order[:20] if "strict" in one} != set(emails[:6])


def test_connections_are_no_more_than_this_run_has_seats_for() -> None:
    """Two of eight: the others are another worker's."""
    allotments = LocalAllotments()
    limits = Limits(relays={"main": Limit(key="relay main", connections=3)}, domains={})
    assert allotments.seats("relay main", "another", 1, 3) == 1
    with ScriptedRelay({"dot": "<pause 0.01>250 ok"}) as relay:
        send(
            MemoryLedger(readers(40)),
            route(relay.port, connections=3),
            block=40,
            limits=limits,
            allotments=allotments,
        )

        assert relay.connections == 2


def test_those_beyond_what_a_limit_lets_through_wait_their_turn_elsewhere() -> None:
    """A million readers at one strict provider must not fill the memory, nor hold up the others."""
    emails = [f"r{n}@strict.example" for n in range(40)] + readers(20)
    limits = Limits(relays={}, domains={"strict.example": Limit(key="domain strict.example", per_hour=20)})
    ledger = MemoryLedger(emails)
    with ScriptedRelay() as relay:
        watch = replace(QUIET, stopped=lambda: len(ledger.outcomes) >= 45)
        send(ledger, route(relay.port, connections=4), block=10, limits=limits, watch=watch)

        assert sum("strict" not in one for one in relay.recipients) == 20
        assert sum("strict" in one for one in relay.recipients) >= 1
    put_off = sorted(one.next_at for one in ledger.outcomes.values() if one.state is DEFERRED)
    assert len(put_off) >= 10
    assert put_off[0] - NOW >= timedelta(minutes=4)  # a minute at least, and three for each at twenty an hour
    assert abs(put_off[1] - put_off[0] - timedelta(minutes=3)) < timedelta(seconds=5)
    assert put_off[-1] - NOW <= timedelta(hours=1)
    assert {row.attempt for row in ledger.rows.values() if row.state is DEFERRED} == {0}, "nobody tried them"


def test_one_particular_recipient_is_put_off_by_a_run_that_waits() -> None:
    """It must come back to the ledger, or the run waits for somebody whom it holds itself."""
    ledger = MemoryLedger(readers(8), due_s=60.0)
    with ScriptedRelay({f"rcpt {reader(3)}": "550 5.7.1 not from you"}) as relay:
        watch = replace(QUIET, stopped=lambda: ledger.rows[3].state is DEFERRED)
        assert send(ledger, route(relay.port), wait=True, watch=watch) == tally(sent=7, deferred=1, stopped=1)


def test_address_in_the_words_of_a_sender_fault_is_taken_out() -> None:
    """They stay in the edition's history for good, where no erasure reaches."""
    ledger = MemoryLedger(readers(9))
    script = {f"rcpt {reader(n)}": f"554 5.7.1 <{reader(n)}>: Relay access denied" for n in range(1, 10)}
    with ScriptedRelay(script) as relay, pytest.raises(TransportError) as raised:
        send(ledger, route(relay.port))

    assert "<(the address)>: Relay access denied" in str(raised.value)
    assert "reader" not in str(raised.value)


def test_progress_that_cannot_be_told_costs_nobody() -> None:
    """Whoever read it has gone: the pipe is broken."""

    def told(_progress: object) -> None:
        raise BrokenPipeError

    with ScriptedRelay() as relay:
        done = send(MemoryLedger(readers(5)), route(relay.port), watch=replace(QUIET, progress=told))

    assert done == tally(sent=5)


def test_message_that_takes_long_to_make_waits_for_the_next_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit counts when MAIL is written, not when somebody thought of it."""
    moments = moments_of_mail(monkeypatch)
    limits = Limits(relays={"main": Limit(key="relay main", per_second=10)}, domains={})

    def slow(_delivery: Delivery) -> bytes:
        time.sleep(0.06)
        return MESSAGE

    with ScriptedRelay() as relay:
        done = send(MemoryLedger(readers(12)), route(relay.port), stamp=slow, block=12, limits=limits)

    assert done == tally(sent=12)
    assert max(sum(one <= other < one + 0.9 for other in moments) for one in moments) <= 10
