"""The ledger under whatever senders, operators and readers do, in any order, on every back end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from digest.model import Delivery, DeliveryState, EditionState, Outcome, Settlement, SubscriptionState
from digest.store import NewSubscriber, Store
from store_cast import NOW, add_edition

LEASE = timedelta(minutes=10)
READERS = 5
#: The last two keep journals.
WORKERS = st.sampled_from(["w1", "w2", "j-1", "j-2"])
PLACES = st.integers(0, READERS - 1)
ATTEMPTS = st.integers(0, 3)
ENDS = st.sampled_from(
    [
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.DEFERRED,
        DeliveryState.PENDING,
        DeliveryState.UNKNOWN,
        DeliveryState.EXCLUDED,
    ]
)
POLICIES = st.sampled_from(["hold", "resend"])


class Held:
    """What the test knows of a delivery that somebody has in hand."""

    def __init__(self, worker: str, attempt: int, until: datetime) -> None:
        self.worker, self.attempt, self.until = worker, attempt, until
        self.is_dotted = False


class Ledger(RuleBasedStateMachine):
    """One edition for five readers, and a model of who holds what."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.block = store.writing()
        self.tx = self.block.__enter__()
        self.now = NOW
        self.addresses = [f"reader{place}@example.org" for place in range(READERS)]
        for address in self.addresses:
            person = self.tx.people.put(NewSubscriber(email=address), at=NOW)
            self.tx.people.subscribe(person.id, "daily", state=SubscriptionState.CONFIRMED, at=NOW)
        self.edition = add_edition(self.tx, state=EditionState.SENDING)
        assert self.tx.deliveries.freeze(self.edition) == READERS
        self.ids = [one.id for one in self.rows()]
        self.held: dict[int, Held] = {}
        self.erased: set[int] = set()

    def teardown(self) -> None:
        # Undone, so that every example finds an empty store.
        self.block.__exit__(RuntimeError, RuntimeError("undo"), None)

    def rows(self) -> tuple[Delivery, ...]:
        return self.tx.deliveries.list(self.edition)

    def holds(self, number: int, worker: str, attempt: int) -> bool:
        held = self.held.get(number)
        return held is not None and (held.worker, held.attempt) == (worker, attempt)

    def end(self, number: int, attempt: int, state: DeliveryState) -> Settlement:
        later = self.now + LEASE if state is DeliveryState.DEFERRED else None
        address = self.addresses[self.ids.index(number)]
        text = "unsubscribed" if state is DeliveryState.EXCLUDED else f"the relay said <{address}>"
        outcome = Outcome(state=state, at=self.now, text=text, next_at=later)
        return Settlement(delivery_id=number, attempt=attempt, outcome=outcome)

    def release(self, worker: str) -> None:
        self.held = {number: held for number, held in self.held.items() if held.worker != worker}

    @rule(minutes=st.integers(1, 25))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(worker=WORKERS, limit=st.integers(1, READERS))
    def claim(self, worker: str, limit: int) -> None:
        taken = self.tx.deliveries.claim(self.edition, worker, now=self.now, limit=limit, lease=LEASE)
        assert [one.id for one in taken] == sorted(one.id for one in taken)
        assert not {one.id for one in taken} & self.held.keys()
        for one in taken:
            self.held[one.id] = Held(worker, one.attempt, self.now + LEASE)

    @rule(aims=st.lists(st.tuples(PLACES, ATTEMPTS), max_size=4), worker=WORKERS)
    def dot(self, worker: str, aims: list[tuple[int, int]]) -> None:
        marks = [(self.ids[place], attempt) for place, attempt in aims]
        free = {
            number
            for number, attempt in marks
            if self.holds(number, worker, attempt) and not self.held[number].is_dotted
        }
        before = {one.id: one for one in self.rows()}
        assert self.tx.deliveries.dotted_all(worker, marks) == free
        for one in self.rows():
            assert one.id in free or one == before[one.id]
        for number in free:
            self.held[number].is_dotted = True

    @rule(aims=st.lists(st.tuples(PLACES, ATTEMPTS, ENDS), max_size=4), worker=WORKERS)
    def settle(self, worker: str, aims: list[tuple[int, int, DeliveryState]]) -> None:
        before = {one.id: one for one in self.rows()}
        settled: set[int] = set()
        ends = [self.end(self.ids[place], attempt, state) for place, attempt, state in aims]
        for end in ends:
            if self.holds(end.delivery_id, worker, end.attempt):
                del self.held[end.delivery_id]
                settled.add(end.delivery_id)
        assert self.tx.deliveries.settle_all(worker, ends) == len(settled)
        for one in self.rows():
            assert one.id in settled or one == before[one.id]

    @rule(worker=WORKERS)
    def renew(self, worker: str) -> None:
        mine = [held for held in self.held.values() if held.worker == worker]
        assert self.tx.deliveries.renew(self.edition, worker, now=self.now, lease=LEASE) == len(mine)
        for held in mine:
            held.until = self.now + LEASE

    @rule(worker=WORKERS)
    def give_back(self, worker: str) -> None:
        mine = {n for n, held in self.held.items() if held.worker == worker and not held.is_dotted}
        assert self.tx.deliveries.give_back(worker) == len(mine)
        for number in mine:
            del self.held[number]

    @rule(
        worker=WORKERS,
        aims=st.lists(st.tuples(PLACES, ATTEMPTS, ENDS)),
        dots=st.sets(PLACES),
        how=POLICIES,
        is_whole=st.booleans(),
    )
    def take_over(
        self,
        worker: str,
        aims: list[tuple[int, int, DeliveryState]],
        dots: set[int],
        how: str,
        *,
        is_whole: bool,
    ) -> None:
        before = {one.id: one for one in self.rows()}
        mine = {number: held for number, held in self.held.items() if held.worker == worker}
        ends = [self.end(self.ids[place], attempt, state) for place, attempt, state in aims]
        journal = {(number, held.attempt) for number, held in mine.items() if self.ids.index(number) in dots}
        real = [
            end
            for end in ends
            if self.holds(end.delivery_id, worker, end.attempt)
            and (
                end.outcome.state is not DeliveryState.PENDING
                or (end.delivery_id, end.attempt) not in journal
            )
        ]
        ended = {end.delivery_id for end in real}
        dotted = {n for n, held in mine.items() if held.is_dotted or (n, held.attempt) in journal}
        dotted = (dotted if is_whole else set(mine)) - ended

        found = self.tx.deliveries.take_over(
            worker, ended=ends, dotted=journal | {(0, 1)}, policy=how, now=self.now, is_whole=is_whole
        )
        judged = found.unknown if how == "hold" else found.resent
        assert (judged, found.released) == (len(dotted), len(mine) - len(ended) - len(dotted))
        for one in self.rows():
            assert one.id in mine or one == before[one.id]
            if one.id in dotted:
                assert one.state is (DeliveryState.UNKNOWN if how == "hold" else DeliveryState.PENDING)
        self.release(worker)

    @rule(here=st.sets(WORKERS, max_size=2), how=POLICIES)
    def recover(self, here: set[str], how: str) -> None:
        before = {one.id: one for one in self.rows()}
        lost = {n: held for n, held in self.held.items() if held.until < self.now and held.worker not in here}
        judged = {n for n, held in lost.items() if held.is_dotted or held.worker.startswith("j-")}

        found = self.tx.deliveries.recover(self.edition, now=self.now, policy=how, here=here)
        assert (found.unknown if how == "hold" else found.resent) == len(judged)
        assert found.released == len(lost) - len(judged)
        for one in self.rows():
            assert one.id in lost or one == before[one.id]
        self.held = {number: held for number, held in self.held.items() if number not in lost}

    @rule(place=PLACES)
    def erase(self, place: int) -> None:
        self.tx.people.erase(self.addresses[place], at=self.now)
        self.erased.add(self.ids[place])

    @rule()
    def expire(self) -> None:
        self.tx.deliveries.expire(self.edition, reason="too late", at=self.now)

    @rule()
    def reopen(self) -> None:
        self.tx.deliveries.reopen_failed(self.edition)

    @invariant()
    def the_sum_holds(self) -> None:
        books = self.tx.deliveries.books(self.edition)
        ended = books.sent + books.failed + books.expired + books.excluded + books.unknown
        assert books.frozen == READERS == ended + books.open

    @invariant()
    def who_holds_what_is_known(self) -> None:
        states = {True: DeliveryState.DOTTED, False: DeliveryState.CLAIMED}
        for one in self.rows():
            held = self.held.get(one.id)
            if held is None:
                assert one.state not in states.values()
            else:
                assert (one.state, one.attempt) == (states[held.is_dotted], held.attempt)

    @invariant()
    def nobody_who_was_erased_is_quoted(self) -> None:
        for one in self.rows():
            if one.id in self.erased:
                assert one.reply is None
                assert "example.org" not in (one.reason or "")


@pytest.mark.timeout(600)  # eighty runs on a server that others use as well
@pytest.mark.parametrize("examples", [10, pytest.param(80, marks=[pytest.mark.slow, pytest.mark.repeats])])
def test_whatever_happens_the_sum_holds_and_a_stranger_changes_nothing(store: Store, examples: int) -> None:
    """Frozen is the sum of all ends and what is open, and only who has a delivery in hand moves it."""
    run_state_machine_as_test(
        lambda: Ledger(store),
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],  # why: shrinking takes minutes, and twenty-five steps can be read
            suppress_health_check=list(HealthCheck),
        ),
    )
