"""What rounds decide: when a source is looked at next, in what order, how politely, and which pages."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.actions.content.rounds.hosts import HostBusy, Hosts, host_of
from digest.actions.content.rounds.lanes import ASIDE, Lanes
from digest.actions.content.rounds.look import Found, Look
from digest.actions.content.rounds.pages import choose
from digest.actions.content.rounds.queue import Waiting
from digest.actions.content.rounds.rhythm import (
    MOST_WANTED,
    Pace,
    after_failure,
    interval,
    is_silent,
    rate,
    silence,
)
from digest.actions.content.rounds.verdict import Counts, after_listing
from digest.collect import PageRef
from digest.errors import StoreError
from digest.fetch import Validators
from digest.model import Fetching, SourceState
from digest.store import PageNote
from store_cast import HOUR, NOW
from web_cast import Site, Town, answer, fetcher, ok, open_site

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
PACE = Pace(shortest=5 * MINUTE, longest=DAY)
STATE = SourceState(key="wire", url="http://wire.example/", due_at=NOW)
SEEN = Look(found=Found.CONTENT, validators=Validators(etag='"a"'), body_hash=b"0" * 16)


def usual(per_day: float, days_ago: float = 0.0) -> SourceState:
    """Make a state of a source with a rate that brought something so long ago."""
    return replace(STATE, per_day=per_day, changed_at=NOW - days_ago * DAY, brought=50)


@pytest.mark.parametrize(
    ("state", "hours"),
    [
        (STATE, 1),  # nobody knows
        (usual(24), 0.5),  # half of the usual gap of an hour
        (usual(1), 12),
        (usual(0.1), 24),  # the longest
        (usual(10_000), 1 / 12),  # the shortest
        (usual(24, days_ago=0.5), 6),  # half of its present silence
        (usual(24, days_ago=30), 24),
        (usual(0, days_ago=0.5), 6),  # one that brought all it has at once
    ],
)
def test_a_busy_source_is_asked_more_often(state: SourceState, hours: float) -> None:
    """Ten thousand feeds every five minutes would be a nuisance to all of them."""
    assert interval(Fetching(), state, NOW, PACE) == timedelta(hours=hours)
    assert interval(Fetching(every=MINUTE), state, NOW, PACE) == MINUTE


def test_a_rate_is_that_of_the_last_days() -> None:
    """A daily column that became a news wire is one within the week, and back."""
    state, now = replace(usual(1.0), changed_at=NOW), NOW
    for _ in range(24 * 7):
        now += HOUR
        state = replace(state, per_day=rate(state, 1, now), changed_at=now)
    assert 20 < state.per_day < 24.1
    slow = rate(state, 1, now + 10 * DAY)

    assert 0.1 < slow < 1.5
    assert rate(STATE, 20, NOW) == 0
    assert rate(usual(3), 20, NOW) == 3  # a clock that was set back


@pytest.mark.parametrize(("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (1_000, 60)])
def test_a_source_that_fails_is_left_alone_longer_each_time_up_to_an_hour(
    failures: int, minutes: int
) -> None:
    """Its servers have trouble enough; and it is to come back within the hour."""
    state = replace(STATE, failures=failures)

    assert after_failure(state, timedelta(minutes=30), PACE) == minutes * MINUTE
    assert after_failure(replace(state, failures=99), 6 * HOUR, PACE) == 6 * HOUR


@pytest.mark.parametrize(
    ("per_day", "brought", "days"),
    [(24, 50, 3), (1, 50, 10), (0.01, 50, 60), (24, 4, None), (0, 50, None)],
)
def test_silence_is_judged_by_a_source_s_own_ways(per_day: float, brought: int, days: int | None) -> None:
    """A weekend is no alarm, and a monthly column is not dead after a week."""
    state = replace(usual(per_day), brought=brought)
    patience = silence(Fetching(), state)

    assert patience == (None if days is None else days * DAY)
    assert silence(Fetching(silent_after=HOUR), state) == HOUR
    assert silence(Fetching(silent_after="never"), state) is None
    if patience is not None:
        assert not is_silent(Fetching(), state, NOW + patience)
        assert is_silent(Fetching(), state, NOW + patience + MINUTE)


@given(
    rest=st.none() | st.timedeltas(min_value=timedelta(), max_value=timedelta(days=365)),
    wait=st.none() | st.timedeltas(min_value=timedelta(), max_value=timedelta(days=365)),
    found=st.sampled_from([Found.CONTENT, Found.UNCHANGED, Found.FAILED]),
    per_day=st.floats(0, 1e6),
    failures=st.integers(0, 10**6),
)
def test_no_server_can_hurry_us_or_send_us_away_for_good(
    rest: timedelta | None, wait: timedelta | None, found: Found, per_day: float, failures: int
) -> None:
    """max-age of a year, Retry-After of a year: within two days it is asked again."""
    seen = replace(SEEN, found=found, rest=rest, not_before=None if wait is None else NOW + wait, error="x")
    before = replace(usual(per_day), failures=failures)
    after = after_listing(before, seen, Counts(), now=NOW, fetching=Fetching(), pace=PACE)

    assert 4.4 * MINUTE < after.due_at - NOW < 27 * HOUR
    assert after.tried_at == NOW


def test_a_server_that_wants_to_be_left_alone_is_for_some_hours() -> None:
    """A feed that says a week in its max-age is a mistake more often than a wish."""
    for rest, expected in ((3 * HOUR, 3 * HOUR), (100 * DAY, MOST_WANTED)):
        seen = replace(SEEN, rest=rest)
        after = after_listing(usual(100), seen, Counts(), now=NOW, fetching=Fetching(), pace=PACE)
        assert after.due_at == NOW + expected
    mine = after_listing(STATE, seen, Counts(), now=NOW, fetching=Fetching(every=HOUR), pace=PACE)
    assert after.etag == '"a"'
    assert 0.9 * HOUR <= mine.due_at - NOW <= 1.1 * HOUR


def test_pages_that_are_new_changed_or_owed_are_wanted() -> None:
    """And no other, however often they are listed."""

    def ref(name: str, days: float | None = None) -> PageRef:
        return PageRef(url=name, modified=None if days is None else NOW - days * DAY)

    known = {
        "same": PageNote(url="same", modified_at=NOW - DAY),
        "plain": PageNote(url="plain", modified_at=None),
        "dated": PageNote(url="dated", modified_at=None),
        "newer": PageNote(url="newer", modified_at=NOW - DAY),
        "owed": PageNote(url="owed", modified_at=None, tries=2),
        "given up": PageNote(url="given up", modified_at=None, tries=3),
    }
    pages = [
        ref("same", 1),
        ref("plain"),
        ref("dated", 1),
        ref("newer", 0.5),
        ref("owed"),
        ref("given up"),
        ref("new"),
    ]
    all_of_them = choose(known, pages, most=9, is_first=False)
    few, first = choose(known, pages, most=2, is_first=False), choose({}, pages, most=2, is_first=True)

    assert [page.url for page in all_of_them.wanted] == ["dated", "newer", "owed", "new"]
    assert (few.left, few.passed, few.tries) == (2, (), {"owed": 2, "given up": 3})
    assert [note.url for note in first.passed] == ["dated", "newer", "owed", "given up", "new"]
    assert first.left == 0


def test_of_one_host_one_is_taken_and_suspects_wait_for_a_place_aside() -> None:
    """In the order that they are due, as far as there is room."""
    waiting = Waiting()
    for key, host, fields in (
        ("a", "one", {}),
        ("b", "one", {}),
        ("c", "", {"failures": 1}),
        ("d", "", {"slow": True}),
        ("e", "two", {}),
        ("f", "", {}),
        ("g", "", {}),
    ):
        waiting.add(replace(STATE, key=key, **fields), host)

    def taken(room: int, aside: int) -> list[tuple[str, bool]]:
        return [(state.key, apart) for state, apart in waiting.take(room, aside, lambda host: host != "two")]

    assert taken(0, 0) == []
    assert taken(2, 0) == [("a", False), ("d", False)]
    assert taken(2, 1) == [("b", False), ("c", True), ("f", False)]
    assert (len(waiting), "e" in waiting, "a" in waiting) == (2, True, False)
    waiting.clear()
    assert len(waiting) == 0


def test_what_takes_long_goes_aside_as_long_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """One lane would otherwise be full of those that never answer."""
    monkeypatch.setattr("digest.actions.content.rounds.lanes.QUICK_S", 0.0)
    lanes, over = Lanes(), threading.Event()
    lanes.most = 2
    begun = 0
    while lanes.room() > 0:
        lanes.start(over.wait)
        begun += 1
        time.sleep(0)

    assert begun == 2 * ASIDE + 2
    assert lanes.room_aside() < 0
    over.set()
    while lanes.busy():
        lanes.wait(1)
    assert (lanes.room(), lanes.room_aside(), lanes.surprise) == (2, 15, None)


def test_documents_that_wait_to_be_read_are_bounded_by_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred documents of 5 MB that wait for two readers would be the memory of the machine."""
    monkeypatch.setattr("digest.actions.content.rounds.lanes.HELD_BYTES", 100)
    lanes, over = Lanes(), threading.Event()
    rooms = []
    for size in (60, 40, 1):
        holding = threading.Event()

        def work(size: int = size, holding: threading.Event = holding) -> None:
            lanes.hold(size)
            holding.set()
            over.wait()

        lanes.start(work, aside=size == 40)
        holding.wait()
        rooms.append((lanes.room(), lanes.room_aside()))
    over.set()
    while lanes.busy():
        lanes.wait(1)
    lanes.hold(1_000)  # of no task: nothing happens

    assert rooms == [(1, 7), (1, 7), (0, 0)]
    assert lanes.room() == 1


def test_what_a_task_raises_is_kept_for_who_waits() -> None:
    """A thread's own error is seen by nobody."""
    lanes = Lanes()

    def fail() -> None:
        raise StoreError("the disk is full")

    lanes.start(fail)
    while lanes.busy():
        lanes.wait(1)

    assert isinstance(lanes.surprise, StoreError)


def test_a_host_is_asked_by_one_at_a_time_with_a_rest_between() -> None:
    """A small site on a cheap server has a hundred feeds, and one visitor who wants them all."""
    hosts, inside, most, ends = Hosts(), [], [], []

    def ask() -> None:
        with hosts.turn("wire.example", timedelta(milliseconds=20)):
            begun = time.monotonic()
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            ends.append((begun, time.monotonic()))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) == 1
    ends.sort()
    assert all(later[0] - earlier[1] >= 0.019 for earlier, later in pairwise(ends))
    with hosts.turn("busy.example", HOUR):
        assert not hosts.is_free("busy.example")
        with hosts.turn("", HOUR):
            pass  # the operator's own needs no turn
    assert not hosts.is_free("busy.example")
    assert hosts.is_free("other.example")


def test_a_turn_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred sources on a host with a Crawl-delay of half a minute would wait for an hour."""
    monkeypatch.setattr("digest.actions.content.rounds.hosts._PATIENCE_S", 0.01)
    hosts = Hosts()
    with hosts.turn("wire.example", HOUR), pytest.raises(HostBusy), hosts.turn("wire.example", HOUR):
        pass
    with pytest.raises(HostBusy), hosts.turn("wire.example", HOUR):
        pass


@pytest.mark.parametrize(
    ("reply", "allowed"),
    [
        (ok(b"User-agent: *\nDisallow: /private"), True),
        (ok(b"User-agent: *\nDisallow: /news"), False),
        (answer(404), True),
        (answer(403), True),
        (answer(429), False),
        (answer(500), False),
        (b"nonsense\r\n\r\n", False),
        (ok(b"User-agent: *\nDisallow: /private", "Content-Encoding: brotli"), False),
    ],
)
def test_rules_of_a_site_are_read_once_and_shut_when_they_cannot_be(reply: bytes, allowed: bool) -> None:
    """RFC 9309, 2.3.1: unavailable allows, unreachable forbids, and is asked again after a while."""
    with open_site(reply) as (site, town):
        hosts, door = Hosts(), fetcher(town)
        for _ in range(3):
            robots = hosts.robots("http://news.example.org/news/1", door, timedelta())
            assert robots.allows("http://news.example.org/news/1") is allowed

    assert len(site.requests) == 1


def test_a_crawl_delay_holds_from_then_on_within_bounds() -> None:
    """A site that asks for a day between two requests is left waiting no longer than we can."""
    with open_site(ok(b"User-agent: *\nCrawl-delay: 86400")) as (_, town):
        hosts, door = Hosts(), fetcher(town)
        hosts.robots("http://news.example.org/a", door, timedelta())
        hosts.robots("http://news.example.org/b", door, timedelta())
        assert hosts.is_free("news.example.org")
        hosts._known["news.example.org"].gap_s = min(hosts._known["news.example.org"].gap_s, 31)
        with hosts.turn("news.example.org", timedelta()):
            pass

    assert not hosts.is_free("news.example.org")
    left = hosts._known["news.example.org"].free_at - time.monotonic()
    assert 20 < left <= 30


def test_the_operator_s_own_machines_need_no_politeness() -> None:
    """An intranet's feeds all come from one server, and nobody minds."""
    door = fetcher(Town(), allow_private=("10.0.0.0/8",))

    assert host_of("http://10.1.2.3:80/feed", door) == ""
    assert host_of("http://Wire.Example/feed", door) == "wire.example"
    assert host_of("http://[::1", door) == ""


def test_a_site_of_the_little_web_ends_with_all_its_threads() -> None:
    """What goes on behind a test disturbs the next one."""
    before = set(threading.enumerate())
    site = Site(lambda _head: iter([b"HTTP/1.1 200 OK\r\n\r\n", b"x"]))
    site.close()

    assert {one for one in threading.enumerate() if one.name in {"site", "talk"}} <= before
