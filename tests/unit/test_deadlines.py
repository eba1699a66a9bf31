"""When something is due with an open edition: deadlines, reminders and the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.actions.timing.deadline_words import words
from digest.actions.timing.deadlines import Course, Step
from digest.model import EditionState
from digest.settings import ReviewSettings
from digest.store import OpenEdition

DUE = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def course(
    state: EditionState = EditionState.REVIEW,
    *,
    built: timedelta = -30 * MINUTE,
    reminded: timedelta | None = None,
    **review: object,
) -> Course:
    """Make the course of an edition due at six, built half an hour before."""
    edition = OpenEdition(
        id=1,
        digest="daily",
        slot="2026-11-19T07:00",
        due=DUE,
        last_due=DUE,
        state=state,
        built_at=DUE + built,
        note=None,
        is_scheduled=True,
        begun_at=None,
        let_go_at=None,
        late_at=None,
        reminded_at=None if reminded is None else DUE + reminded,
    )
    settings = ReviewSettings.model_validate(review)
    return Course(edition=edition, review=settings, is_known=True, max_lateness=12 * HOUR, zone=UTC)


@pytest.mark.parametrize(
    ("built", "deadline"),
    [
        (timedelta(minutes=-30), timedelta()),
        (timedelta(minutes=-29, seconds=-12), timedelta()),  # collecting took a while: it still goes at six
        (timedelta(minutes=-15), timedelta()),
        (timedelta(minutes=-10), timedelta(minutes=5)),
        (timedelta(hours=3), timedelta(hours=3, minutes=15)),
        (timedelta(hours=11, minutes=50), timedelta(hours=11, minutes=55)),  # else it would expire before
        (timedelta(hours=13), timedelta(hours=13)),
    ],
)
def test_editors_always_have_half_of_the_window(built: timedelta, deadline: timedelta) -> None:
    """After an outage an edition is built late; without time for a look a window would be none."""
    assert course(built=built, mode="window").deadline == DUE + deadline


@given(st.integers(-3_000, 3_000), st.integers(1, 10_080))
def test_no_deadline_is_before_the_due_moment_nor_after_the_last(built: int, minutes: int) -> None:
    """Early mail breaks the promise of the hour; a deadline after the end would never come."""
    one = course(built=built * MINUTE, mode="window", minutes=minutes)

    assert one.edition.due <= one.deadline
    assert one.deadline <= max(one.last, one.edition.built_at)


@pytest.mark.parametrize(
    ("review", "deed"),
    [
        ({"mode": "window"}, "send"),
        ({"mode": "required", "at_deadline": "send_clean"}, "send_clean"),
        ({"mode": "required", "at_deadline": "hold"}, "hold"),
        ({"mode": "window", "at_deadline": "skip"}, "skip"),
    ],
)
def test_each_policy_comes_with_the_deadline_and_not_a_moment_before(
    review: dict[str, object], deed: str
) -> None:
    """What the operator wrote happens at the very moment that editors were told."""
    one = course(reminded=-MINUTE, **review)

    assert one.step(DUE - timedelta(microseconds=1)) is None
    assert one.step(DUE) == Step(deed=deed)


def test_required_reminds_until_it_is_too_late() -> None:
    """Built at 5:30, due at six: five occasions until half past seven, each for its own moment."""
    moments = [-30, -10, 0, 60, 90]
    steps = [
        course(reminded=None if at == -30 else (at - 1) * MINUTE, mode="required").step(DUE + at * MINUTE)
        for at in moments
    ]

    assert [step.occasion if step else None for step in steps] == [
        "built", "before", "deadline", "late-1", None,
    ]  # fmt: skip


def test_an_occasion_that_was_told_at_its_very_moment_is_not_due_again() -> None:
    """Or each tick of that second would open a transaction."""
    assert course(mode="required", reminded=timedelta()).step(DUE) is None


def test_after_an_outage_only_the_newest_reminder_is_due() -> None:
    """Nobody needs to hear of three missed moments at once."""
    assert course(mode="required").step(DUE + 150 * MINUTE) == Step(deed="remind", occasion="late-2")


def test_reminders_can_be_switched_off() -> None:
    """Only that it is built and that its deadline is there is told then."""
    one = course(mode="required", remind_before="off", remind_every="off")

    assert [occasion.name for occasion in one.occasions(DUE + 5 * HOUR)] == ["built", "deadline"]


@pytest.mark.parametrize(
    "state", [EditionState.DRAFT, EditionState.REVIEW, EditionState.HELD, EditionState.APPROVED]
)
def test_whatever_is_not_sent_expires_just_after_the_last_moment(state: EditionState) -> None:
    """Nothing stays open for ever, and nothing ends while it may still go out."""
    one = course(state, reminded=12 * HOUR)

    assert one.step(one.last) in {None, Step(deed="check"), Step(deed="send")}
    assert one.step(one.last + timedelta(microseconds=1)) == Step(deed="expire")


def test_an_edition_for_many_zones_is_decided_for_the_first_and_ends_with_the_last() -> None:
    """Auckland must not be mailed what nobody approved, nor Honolulu go without because it comes last."""
    one = course(mode="window", reminded=-MINUTE)
    one = replace(one, edition=replace(one.edition, last_due=DUE + 22 * HOUR))

    assert (one.deadline, one.last) == (DUE, DUE + 34 * HOUR)
    assert one.step(DUE) == Step(deed="send")
    approved = replace(one, edition=replace(one.edition, state=EditionState.APPROVED))
    assert [approved.may_go(DUE + hours * HOUR) for hours in (-1, 0, 34, 35)] == [False, True, True, False]


def test_what_is_being_sent_is_the_senders() -> None:
    """Its readers end one by one; only when nobody has ended it minutes after the last moment, it is held.

    With a person's word to send it late, 13 hours after it was due, it has its 12 hours as others have.
    """
    one = course(EditionState.SENDING)
    edition = replace(one.edition, begun_at=DUE, let_go_at=DUE)
    word = DUE + 13 * HOUR
    begun = [
        replace(one, edition=edition),
        replace(one, edition=replace(edition, let_go_at=word, late_at=word)),
    ]
    late = one.last + 5 * MINUTE
    ends = [late, DUE + 25 * HOUR + 5 * MINUTE]

    assert [each.step(late) for each in begun] == [None, None]
    assert [each.step(late + MINUTE) for each in begun] == [Step(deed="leave"), None]
    assert [each.next_at(DUE) for each in begun] == [at + timedelta(seconds=1) for at in ends]
    assert begun[1].step(DUE + 25 * HOUR + 5 * MINUTE) is None
    assert begun[1].step(DUE + 25 * HOUR + 6 * MINUTE) == Step(deed="leave")
    assert begun[0].next_at(late + MINUTE) == late + 2 * MINUTE
    assert [begun[0].may_go(moment) for moment in (DUE, one.last, late)] == [True, True, False]
    assert [begun[1].may_go(moment) for moment in (late, DUE + 25 * HOUR, ends[1])] == [True, True, False]


@pytest.mark.parametrize("late_at", [None, DUE + 11 * HOUR])
def test_a_step_that_is_no_word_to_send_it_late_gives_no_time(late_at: datetime | None) -> None:
    """It was ended, or a service began it in the last second; an older word has been stopped."""
    one = course(EditionState.SENDING)
    begun = replace(one.edition, begun_at=DUE, let_go_at=DUE + 13 * HOUR, late_at=late_at)
    one = replace(one, edition=begun)

    assert not one.may_go(DUE + 13 * HOUR)
    assert one.step(DUE + 13 * HOUR) == Step(deed="leave")


@pytest.mark.parametrize("state", [EditionState.REVIEW, EditionState.HELD, EditionState.APPROVED])
def test_what_some_readers_may_have_never_expires(state: EditionState) -> None:
    """It is a person's to say whether the rest get it late; who has said so has 12 hours for it."""
    one = course(state, mode="window", reminded=13 * HOUR)
    early, late = (
        replace(one, edition=replace(one.edition, begun_at=DUE, let_go_at=DUE + at * HOUR)) for at in (0, 13)
    )
    left = Step(deed="leave") if state is EditionState.APPROVED else None

    assert [early.step(DUE + hours * HOUR) for hours in (13, 99)] == [left] * 2
    assert [late.step(DUE + hours * HOUR) for hours in (25, 99)] == [None, left]
    assert not late.may_go(DUE + 14 * HOUR)


def test_what_was_built_by_hand_stays_in_peoples_hands() -> None:
    """Who tries `digest build` while the service runs must not mail everybody."""
    for mode in ("none", "window"):
        for state in (EditionState.DRAFT, EditionState.REVIEW, EditionState.HELD):
            one = course(state, mode=mode)
            one = replace(one, edition=replace(one.edition, is_scheduled=False))

            assert [one.step(DUE), one.step(DUE + 24 * HOUR), one.next_at(DUE)] == [None] * 3
            assert not one.may_go(DUE)


def test_what_is_due_next_is_foretold() -> None:
    """The service sleeps until then."""
    one = course(mode="required")
    moments, now = [], DUE - HOUR
    while (then := one.next_at(now)) is not None:
        moments.append((then - DUE) / MINUTE)
        now = then

    assert moments == [-30, -10, *range(0, 720, 60), 720 + 1 / 60]


def test_an_edition_whose_review_was_switched_off_goes_when_it_is_due() -> None:
    """It waits for editors whom nobody asks any more."""
    one = course(mode="none")

    assert [one.step(DUE - MINUTE), one.step(DUE)] == [None, Step(deed="send")]
    assert (one.next_at(DUE - HOUR), list(one.occasions(DUE))) == (DUE, [])


def test_without_its_file_an_edition_can_only_expire() -> None:
    """Nobody knows any more how it is reviewed, nor what it looks like."""
    for state in (EditionState.DRAFT, EditionState.REVIEW, EditionState.HELD, EditionState.APPROVED):
        for mode in ("none", "window"):
            one = replace(course(state, mode=mode), is_known=False)

            assert [one.step(DUE), one.may_go(DUE), one.goes_by_itself] == [None, False, False]
            assert one.step(DUE + 13 * HOUR) == Step(deed="expire")
    assert not replace(course(EditionState.SENDING), is_known=False).may_go(DUE)


def test_an_edition_says_what_it_waits_for() -> None:
    """An editor reads it on the command line, in a reminder, and beside a refusal."""
    approved, by_hand = course(EditionState.APPROVED), course()
    by_hand = replace(by_hand, edition=replace(by_hand.edition, is_scheduled=False))

    assert words(course(mode="window"), DUE) == (
        "It is due 2026-11-19 06:00 UTC and waits for approval until 2026-11-19 06:00 UTC;"
        " then it goes out as it is."
    )
    assert words(approved, DUE) == "It is due 2026-11-19 06:00 UTC and may go out until 2026-11-19 18:00 UTC."
    assert (
        words(course(EditionState.SENDING), DUE)
        == "It is being sent, until 2026-11-19 18:00 UTC at the latest."
    )
    begun = {"begun_at": DUE, "let_go_at": DUE + 13 * HOUR}
    sending, again = (
        replace(course(state), edition=replace(course(state).edition, **begun, late_at=late_at))
        for state, late_at in ((EditionState.SENDING, DUE + 13 * HOUR), (EditionState.APPROVED, None))
    )
    assert words(sending, DUE) == "It is being sent, until 2026-11-20 07:00 UTC at the latest."
    assert words(again, DUE).endswith("those still open get it by `digest send 1 --late`.")
    held = replace(again, edition=replace(again.edition, state=EditionState.HELD))
    goes_on = "`digest editions resume 1` lets it go on as it was approved"
    assert goes_on in words(held, DUE)
    assert goes_on not in words(held, DUE + 13 * HOUR)  # it would be refused
    assert "`digest editions resume 1 --late` lets it go on" in words(held, DUE + 13 * HOUR)
    assert words(by_hand, DUE) == (
        "It fills no slot of the schedule: it waits for your word, without a deadline."
    )
    assert words(replace(approved, is_known=False), DUE) == (
        "The file of its digest is gone: unless it comes back, it expires after 2026-11-19 18:00 UTC."
    )
