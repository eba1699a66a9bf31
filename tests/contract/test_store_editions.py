"""What the store promises about editions, on every back end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.errors import NotFound, Refused
from digest.model import Decision, EditionState, Rule, Score, Slot, Story
from digest.store import LogEntry, Store
from store_cast import HOUR, NOW, add_edition, add_readers, content, edition

DRAFT, REVIEW, APPROVED = EditionState.DRAFT, EditionState.REVIEW, EditionState.APPROVED
SENDING, SENT = EditionState.SENDING, EditionState.SENT


def put_articles(store: Store, count: int) -> None:
    """Store articles 1 to count, an hour old each."""
    with store.writing() as tx:
        tx.articles.put([content(n, "world", published=NOW - HOUR) for n in range(1, count + 1)], NOW)


def decide(article_id: int, *, kept: bool = False, carry: bool = False) -> Decision:
    """Make a decision with all that a decision can have."""
    return Decision(
        article_id=article_id,
        kept=kept,
        rule=Rule.RANKED if kept else Rule.SECTION_CAP,
        value="5 of 5",
        section="world",
        score=Score(total=1.5, terms=(("fresh", 0.5), ("source", 3.0))),
        carry=carry,
    )


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run jobs at the same time in threads; return what each gave or raised."""
    outcomes: list[object] = [None] * len(jobs)
    gate = threading.Barrier(len(jobs))

    def run(place: int, job: Callable[[], object]) -> None:
        gate.wait()
        try:
            outcomes[place] = job()
        except Refused as error:
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_an_edition_comes_back_as_it_went_in(store: Store) -> None:
    """Preview, mail and archive are one render of what is stored here."""
    put_articles(store, 2)
    new = edition(1, 2)
    with store.writing() as tx:
        edition_id = tx.editions.add(
            new, state=DRAFT, content_hash="abc", built_at=NOW, plan={"window": ["a", 1]}, by="schedule"
        )
        stored = tx.editions.get(edition_id)

        assert stored is not None
        assert stored.edition == new
        assert stored.edition.slot.key == "2026-11-20T07:00"
        assert (stored.state, stored.content_hash, stored.built_at) == (DRAFT, "abc", NOW)
        assert stored.plan == {"window": ["a", 1]}
        assert stored.approved_hash is None
        assert tx.editions.by_slot("daily", "2026-11-20T07:00") == stored
        assert tx.editions.by_slot("weekly", "2026-11-20T07:00") is None
        assert tx.editions.list() == tx.editions.list("daily") == (stored,)
        assert tx.editions.list("weekly") == ()
        assert tx.editions.get(99) is None
        assert tx.editions.log(edition_id) == (
            LogEntry(at=NOW, by="schedule", before=None, after=DRAFT, note=None),
        )


def test_a_slot_without_a_named_zone_keeps_its_offset(store: Store) -> None:
    """A build for a moment given by hand may carry an offset only."""
    local = datetime(2026, 11, 20, 7, 0, tzinfo=timezone(timedelta(hours=2)))
    with store.writing() as tx:
        new = replace(edition(), slot=Slot(local=local))
        edition_id = tx.editions.add(new, state=DRAFT, content_hash="abc", built_at=NOW)
        stored = tx.editions.get(edition_id)

    assert stored is not None
    assert stored.edition.slot.local.utcoffset() == timedelta(hours=2)


def test_a_named_slot_is_found_and_read_by_its_name(store: Store) -> None:
    """Two rules of one minute have an edition each, and a wish in a gap keeps its own key."""
    plain = edition()
    named = replace(edition(number=2), slot=replace(plain.slot, name="2026-11-20T07:00#weekend"))
    with store.writing() as tx:
        first, second = (
            tx.editions.add(new, state=DRAFT, content_hash="abc", built_at=NOW) for new in (plain, named)
        )
        stored = tx.editions.by_slot("daily", "2026-11-20T07:00#weekend")

        assert stored is not None
        assert (stored.id, stored.edition.slot) == (second, named.slot)
        assert tx.editions.get(first).edition.slot == plain.slot


def test_a_slot_that_is_taken_is_refused_with_its_holder(store: Store) -> None:
    """Two editions for one morning are two mails for every reader."""
    with store.writing() as tx:
        first = add_edition(tx)
        with pytest.raises(Refused, match=rf"slot 2026-11-20T07:00 of daily has edition {first} \(draft\)"):
            add_edition(tx, number=2)
        with pytest.raises(Refused, match="daily has a number 1 already"):
            add_edition(tx, day=21)
        assert add_edition(tx, digest="weekly") != first
        assert tx.editions.next_number("daily") == 2
        assert tx.editions.next_number("monthly") == 1


def test_of_two_builders_of_one_slot_exactly_one_wins(store: Store) -> None:
    """Two schedulers wake at the same second; the key decides, not luck."""

    def build() -> int:
        with store.writing() as tx:
            return add_edition(tx)

    outcomes = together(build, build)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "int"]
    with store.reading() as tx:
        assert len(tx.editions.list()) == 1


def test_two_writers_at_once_both_succeed(store: Store) -> None:
    """A fetch and a build at the same time must wait for each other, not fail."""

    def write(first: int) -> int:
        done = 0
        for number in range(first, first + 20):
            with store.writing() as tx:
                assert tx.articles.get(number) is None or number
                done += len(tx.articles.put([content(number, "world")], NOW))
        return done

    assert together(lambda: write(1), lambda: write(101)) == [20, 20]
    with store.reading() as tx:
        assert len(tx.articles.list(limit=99)) == 40


def test_approval_is_of_a_hash(store: Store) -> None:
    """What goes out is what the editor saw, or nothing."""
    with store.writing() as tx:
        edition_id = add_edition(tx, state=REVIEW)
        with pytest.raises(Refused, match="has changed since it was looked at"):
            tx.editions.set_state(
                edition_id, APPROVED, expect=[REVIEW], by="ada", at=NOW, content_hash="other"
            )
        done = tx.editions.set_state(
            edition_id, APPROVED, expect=[REVIEW], by="ada", at=NOW, note="fine", content_hash="hash 1"
        )

        assert (done.state, done.note) == (APPROVED, "fine")
        assert (done.approved_hash, done.approved_by, done.approved_at) == ("hash 1", "ada", NOW)

        back = tx.editions.set_state(edition_id, REVIEW, expect=[APPROVED], by="olu", at=NOW + HOUR)

        assert (back.approved_hash, back.approved_by, back.approved_at) == (None, None, None)
        assert back.note == "fine"
        assert [
            (entry.by, entry.before, entry.after, entry.note) for entry in tx.editions.log(edition_id)
        ] == [
            ("digest", None, REVIEW, None),
            ("ada", REVIEW, APPROVED, "fine"),
            ("olu", APPROVED, REVIEW, None),
        ]


def test_an_edition_in_another_state_stays_there(store: Store) -> None:
    """Approve and cancel at the same moment: the second learns what the first did."""
    with store.writing() as tx:
        edition_id = add_edition(tx)
        with pytest.raises(
            Refused, match=rf"edition {edition_id} is draft .it would have to be approved, review"
        ):
            tx.editions.set_state(edition_id, SENDING, expect=[REVIEW, APPROVED], by="olu", at=NOW)
        with pytest.raises(NotFound, match="no edition 77"):
            tx.editions.set_state(77, SENDING, expect=[DRAFT], by="olu", at=NOW)


def test_a_step_that_was_overtaken_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and writing another program may have moved the edition on."""
    with store.writing() as tx:
        edition_id = add_edition(tx)
        stale = tx.editions.get(edition_id)
        tx.editions.set_state(edition_id, REVIEW, expect=[DRAFT], by="ada", at=NOW)
        monkeypatch.setattr(type(tx.editions), "_expect", lambda *_: stale)
        with pytest.raises(Refused, match="was changed by someone else"):
            tx.editions.set_state(edition_id, APPROVED, expect=[DRAFT], by="olu", at=NOW)


def test_a_stop_is_told_however_soon_it_went_on(store: Store) -> None:
    """A sender that looks twice and finds it being sent both times must know that it is another sending."""
    with store.writing() as tx:
        edition_id = add_edition(tx, state=APPROVED)
        other = add_edition(tx, state=APPROVED, number=2, day=21)

        def go(before: EditionState, after: EditionState) -> tuple[EditionState | None, int]:
            tx.editions.set_state(edition_id, after, expect=[before], by="olu", at=NOW)
            return tx.editions.way_of(edition_id)

        state, step = go(APPROVED, SENDING)
        assert state is SENDING
        assert go(SENDING, SENDING) == (SENDING, step)  # late, and as it was
        tx.editions.set_state(other, REVIEW, expect=[APPROVED], by="olu", at=NOW)
        assert tx.editions.way_of(edition_id) == (SENDING, step)
        assert go(SENDING, EditionState.HELD)[0] is EditionState.HELD
        state, after = go(EditionState.HELD, SENDING)
        assert state is SENDING
        assert after > step
        assert tx.editions.way_of(77) == (None, 0)


def test_new_content_withdraws_the_approval(store: Store) -> None:
    """An edit after the approval is something nobody has approved."""
    put_articles(store, 3)
    with store.writing() as tx:
        edition_id = add_edition(tx, 1, 2)
        tx.editions.set_state(edition_id, APPROVED, expect=[DRAFT], by="ada", at=NOW)
        shorter = replace(edition(2), subject="Boats wait")
        new = tx.editions.replace(
            edition_id, shorter, content_hash="new", expect=[APPROVED], by="ada", at=NOW, note="cut"
        )

        assert new.edition == shorter
        assert (new.content_hash, new.approved_hash, new.state) == ("new", None, APPROVED)
        with pytest.raises(Refused, match="no place for new items"):
            tx.editions.replace(edition_id, edition(3), content_hash="x", expect=[APPROVED], by="ada", at=NOW)
        with pytest.raises(Refused, match="keeps its digest, number and slot"):
            tx.editions.replace(
                edition_id, edition(2, number=2), content_hash="x", expect=[APPROVED], by="ada", at=NOW
            )

        tx.editions.set_state(edition_id, SENT, expect=[APPROVED], by="digest", at=NOW)
        assert tx.editions.used("daily", [1, 2]) == {2}


def test_of_a_plan_only_what_is_given_changes(store: Store) -> None:
    """Its window says how it was built; its figures are those of what is left."""
    put_articles(store, 2)
    plan = {"until": "noon", "facts": {"items": 2}}
    with store.writing() as tx:
        edition_id = tx.editions.add(edition(1, 2), state=DRAFT, content_hash="a", built_at=NOW, plan=plan)
        kept = tx.editions.replace(edition_id, edition(2), content_hash="b", expect=[DRAFT], by="ada", at=NOW)
        changed = tx.editions.replace(
            edition_id,
            edition(2),
            content_hash="b",
            expect=[DRAFT],
            by="ada",
            at=NOW,
            plan={"facts": {"items": 1}},
        )

        assert kept.plan == plan
        assert changed.plan == {"until": "noon", "facts": {"items": 1}}


def test_used_means_sent_or_being_sent_with_the_whole_story(store: Store) -> None:
    """A reader who had the story from one paper must not get it from the next tomorrow."""
    put_articles(store, 6)
    stories = [Story(lead=1, members=(1, 3)), Story(lead=4, members=(4, 5)), Story(lead=2, members=(2,))]
    with store.writing() as tx:
        edition_id = tx.editions.add(
            edition(1, 2), state=DRAFT, content_hash="abc", built_at=NOW, stories=stories
        )
        assert tx.editions.used("daily", range(1, 7)) == frozenset()

        tx.editions.set_state(edition_id, SENDING, expect=[DRAFT], by="digest", at=NOW)
        assert tx.editions.used("daily", range(1, 7)) == {1, 2, 3}
        assert tx.editions.used("weekly", range(1, 7)) == frozenset()

        tx.editions.set_state(edition_id, SENT, expect=[SENDING], by="digest", at=NOW)
        assert tx.editions.used("daily", range(1, 7)) == {1, 2, 3}
        assert tx.editions.last_sent("daily") == datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
        assert tx.editions.last_sent("weekly") is None


def test_the_window_goes_on_where_the_last_one_ended(store: Store) -> None:
    """An edition is built before it is due; what came in between must not fall through."""
    put_articles(store, 1)
    plan = {"since": (NOW - 24 * HOUR).isoformat(), "until": "2026-11-20T06:55:00+01:00"}
    with store.writing() as tx:
        tx.editions.add(edition(1), state=SENT, content_hash="abc", built_at=NOW, plan=plan)
        assert tx.editions.last_sent("daily") == datetime(2026, 11, 20, 5, 55, tzinfo=UTC)


def test_sent_since_lists_what_readers_had_lately(store: Store) -> None:
    """The next build must know yesterday's stories to recognise their follow-ups."""
    put_articles(store, 3)
    with store.writing() as tx:
        edition_id = tx.editions.add(edition(1, 2), state=DRAFT, content_hash="abc", built_at=NOW)
        slot = edition(1, 2).slot.local
        before = tx.editions.sent_since("daily", slot)
        tx.editions.set_state(edition_id, SENDING, expect=[DRAFT], by="digest", at=NOW)

        assert before == ()
        assert tx.editions.sent_since("daily", slot) == (1, 2)
        assert tx.editions.sent_since("daily", slot + HOUR) == ()
        assert tx.editions.sent_since("weekly", slot) == ()


def test_every_decision_can_be_looked_up(store: Store) -> None:
    """'Why is my article not in it?' has an answer on record."""
    put_articles(store, 3)
    made = (decide(2), decide(1, kept=True), replace(decide(3), score=None))
    with store.writing() as tx:
        edition_id = tx.editions.add(
            edition(1), state=DRAFT, content_hash="abc", built_at=NOW, decisions=made
        )

        assert tx.editions.decisions(edition_id) == made
        assert tx.editions.decision(edition_id, 1) == made[1]
        assert tx.editions.decision(edition_id, 9) is None


def test_carried_is_the_newest_word_on_an_article(store: Store) -> None:
    """What a cap cut stands again, unless a later edition took it or it grew old."""
    put_articles(store, 4)
    with store.writing() as tx:
        tx.editions.add(
            edition(number=1, day=19),
            state=DRAFT,
            content_hash="a",
            built_at=NOW - HOUR,
            decisions=[decide(1, carry=True), decide(2, carry=True), decide(3), decide(4, carry=True)],
        )
        tx.editions.add(
            edition(2, number=2),
            state=DRAFT,
            content_hash="b",
            built_at=NOW,
            decisions=[decide(2, kept=True)],
        )
        tx.articles.drop(4, at=NOW)

        assert tx.editions.carried("daily", NOW - 2 * HOUR) == (1,)
        assert tx.editions.carried("weekly", NOW - 2 * HOUR) == ()
        assert tx.editions.carried("daily", NOW - HOUR / 2) == ()


def test_pins_are_kept_per_digest(store: Store) -> None:
    """What one digest must have another may leave out."""
    put_articles(store, 2)
    with store.writing() as tx:
        tx.editions.set_pin("daily", 1, "pin", by="ada", at=NOW)
        tx.editions.set_pin("daily", 2, "pin", by="ada", at=NOW)
        tx.editions.set_pin("daily", 2, "ban", by="ada", at=NOW)
        tx.editions.set_pin("weekly", 2, "pin", by="ada", at=NOW)

        assert tx.editions.pins("daily") == {1: "pin", 2: "ban"}
        tx.editions.set_pin("daily", 1, None, by="ada", at=NOW)
        assert tx.editions.pins("daily") == {2: "ban"}


def test_before_a_moment_later_editions_and_wishes_have_left_nothing(store: Store) -> None:
    """A rehearsal begins where readers were then, not where they are now."""
    put_articles(store, 3)
    with store.writing() as tx:
        for day, article in ((19, 1), (20, 2)):
            tx.editions.add(
                edition(article, number=day, day=day),
                state=SENT,
                content_hash="a",
                built_at=NOW,
                decisions=[decide(3, carry=day == 19)],
            )
        tx.editions.set_pin("daily", 3, "pin", by="ada", at=NOW)
        long_ago, slot = NOW - 100 * HOUR, edition(1).slot.local
        then, now = tx.editions.before(slot), tx.editions.before(slot + HOUR)

        assert (then.used("daily", [1, 2]), now.used("daily", [1, 2])) == ({1}, {1, 2})
        assert (then.sent_since("daily", long_ago), now.sent_since("daily", long_ago)) == ((1,), (1, 2))
        assert (then.carried("daily", long_ago), now.carried("daily", long_ago)) == ((3,), ())
        assert (then.next_number("daily"), now.next_number("daily")) == (20, 21)
        assert (then.last_sent("daily"), now.last_sent("daily")) == (slot - 24 * HOUR, slot)
        assert (then.pins("daily"), now.pins("daily")) == ({}, {3: "pin"})


def test_the_newest_are_named_without_their_content(store: Store) -> None:
    """Lists that only name editions need not read them whole."""
    with store.writing() as tx:
        first, second = add_edition(tx), add_edition(tx, digest="weekly")
    with store.reading() as tx:
        named = tx.editions.named(limit=9)
        whole = tx.editions.list(limit=9)
        assert [(one.id, one.digest, one.number, one.subject, one.due, one.state) for one in named] == [
            (
                one.id,
                one.edition.digest,
                one.edition.number,
                one.edition.subject,
                one.edition.slot.local,
                one.state,
            )
            for one in whole
        ]
        assert [one.id for one in named] == [second, first]
        assert [one.id for one in tx.editions.named(limit=9, among=["weekly"])] == [second]
        assert len(tx.editions.named(limit=1)) == 1


def test_those_due_on_a_day_are_found_without_the_others(store: Store) -> None:
    """The first moment is in, the last is not; the newest come first."""
    put_articles(store, 1)
    with store.writing() as tx:
        first, second, third = (add_edition(tx, number=number, day=20 + number) for number in (1, 2, 3))
        slots = tx.editions.slots_of([first, second, third, 999])
        moments = [slots[number][1] for number in (first, second, third)]
        found = tx.editions.due_within(moments[0], moments[2], limit=9)
        one = tx.editions.due_within(moments[0], moments[2], limit=1)

    assert list(slots) == [first, second, third]
    assert slots[first][0] == "daily"
    assert moments == sorted(set(moments))
    assert (found, one) == ((second, first), (second,))


def test_the_newest_that_was_meant_for_a_reader_is_found_in_whatever_state_it_is(store: Store) -> None:
    """What they say of it counts while it is held, too; who is on no books got a copy of the newest."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        old, newer, begun, _ = (
            add_edition(tx, state=state, day=day, number=day)
            for day, state in ((17, SENDING), (18, SENDING), (19, SENDING), (20, REVIEW))
        )
        other = add_edition(tx, state=SENDING, digest="weekly", day=21)
        for frozen in (newer, old):
            tx.deliveries.freeze(frozen)
        for edition_id in (newer, begun):
            tx.editions.set_state(edition_id, EditionState.HELD, at=NOW, by="olu", expect={SENDING})

        assert tx.editions.newest_for("daily", sam) == newer
        assert tx.editions.newest_for("daily", sam + 1) == begun
        assert tx.editions.newest_for("weekly", sam) == other
        assert tx.editions.newest_for("monthly", sam) is None


def test_pages_of_what_was_sent_leave_nothing_out(store: Store) -> None:
    """Also where editions of two digests were due at the same moment, and a page ends between them."""
    put_articles(store, 1)
    with store.writing() as tx:
        (a, b), (c, d) = (
            [
                add_edition(tx, digest=digest, day=day, number=day, state=SENT)
                for digest in ("daily", "weekly")
            ]
            for day in (19, 20)
        )
        add_edition(tx, day=21, number=21)

        def page(past: int | None, among: list[str] | None = None) -> list[int]:
            return [one.id for one in tx.editions.sent(among=among, past=past, limit=1)]

        assert [page(past) for past in (None, d, c, b, a)] == [[d], [c], [b], [a], []]
        assert [page(past, ["daily"]) for past in (None, c, a)] == [[c], [a], []]
        assert (page(None, []), page(10**30)) == ([], [])
        assert [one.id for one in tx.editions.sent("weekly", before=NOW + 24 * HOUR)] == [d, b]
