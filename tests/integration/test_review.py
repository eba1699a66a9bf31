"""The life of an edition after it was built, on a real database, with the clock in the test's hand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from digest.actions.editing.approving import approve, cancel, hold
from digest.actions.editing.reasons import why
from digest.actions.home.instance import adopt, begin_run
from digest.actions.mailing.books import accounts
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.steering.braking import end, expire
from digest.actions.steering.review import Steered, steer
from digest.bootstrap import open_app
from digest.errors import Refused, TransportError
from digest.model import Edition, EditionState, SlotRecord, SlotState
from digest.model.schedule import AlertKind
from digest.render import LIMIT_BYTES, Look, Rendered, Renderer
from newsroom import DUE, Newsroom, add_bare_articles, newsroom
from store_cast import add_readers

WINDOW = "review: {mode: window}"
REQUIRED = "review: {mode: required}"
HOUR = 60


@dataclass
class Meddler(Renderer):
    """Lays editions out, and lets Ada change one in the database while it does."""

    room: Newsroom
    edition: int

    def __post_init__(self) -> None:
        super().__init__(())

    def render(self, edition: Edition, look: Look, *, limit_bytes: int = LIMIT_BYTES) -> Rendered:
        """Change the stored edition, then lay out what was asked for."""
        with self.room.app.store.writing() as tx:
            stored = tx.editions.get(self.edition)
            assert stored is not None
            tx.editions.replace(
                self.edition,
                stored.edition,
                content_hash="changed by ada",
                expect=[EditionState.REVIEW],
                by="ada",
                at=DUE,
            )
        return super().render(edition, look, limit_bytes=limit_bytes)


@dataclass
class Quicker(Renderer):
    """Lays editions out, and lets somebody do something, once, while it does."""

    meanwhile: list[Callable[[], object]]

    def __post_init__(self) -> None:
        super().__init__(())

    def stamp(self, look: Look) -> object:
        """Do it, then go on: this is asked first, whether anything is laid out again or not."""
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().stamp(look)


@dataclass
class Crash(Renderer):
    """Lays editions out, but for those for one hour, in whose templates is a fault that nobody foresaw."""

    key: str

    def __post_init__(self) -> None:
        super().__init__(())

    def render(self, edition: Edition, look: Look, *, limit_bytes: int = LIMIT_BYTES) -> Rendered:
        """Crash, or lay out what was asked for."""
        if edition.slot.key == self.key:
            raise RecursionError("olu:s3cret@relay")
        return super().render(edition, look, limit_bytes=limit_bytes)


def rename(root: Path) -> None:
    """Give the digest another title, which stands in every mail."""
    file = root / "config" / "digests" / "daily.yaml"
    file.write_text(file.read_text().replace("title: The Daily Brief", "title: The Evening Brief"))


def test_a_window_goes_out_at_its_deadline(tmp_path: Path) -> None:
    """Editors who are content need not do anything, and readers get it at the promised minute."""
    with newsroom(tmp_path / "home", WINDOW) as room:
        edition = room.build()
        before = room.stored(edition)

        assert before.state is EditionState.REVIEW
        assert room.at(-30).reminded == (edition,)
        assert room.at(-0.01).approved == ()
        assert room.sendable() == ()
        assert room.at(0).approved == (edition,)
        assert room.sendable() == (edition,)
        after = room.stored(edition)
        assert (after.state, after.approved_by) == (EditionState.APPROVED, "schedule")
        assert after.approved_hash == before.content_hash
        line = room.history()[-1]
        assert (line.event, line.outcome, line.by, line.run) == ("approve", "ok", "schedule", "test")
        assert (line.digest, line.slot, line.edition_id) == ("daily", "2026-11-19T07:00", edition)


def test_a_window_that_somebody_holds_stays(tmp_path: Path) -> None:
    """One word of one editor is stronger than any deadline; a second word lets it go, late."""
    with newsroom(tmp_path / "home", WINDOW) as room:
        edition = room.build()
        hold(room.app, edition, by="ada", note="waiting for the verdict")

        assert room.at(0) == Steered(next_at=DUE + timedelta(hours=12, seconds=1))
        assert room.sendable() == ()
        room.at(3 * HOUR)
        approve(room.app, edition, by="ada")
        assert room.sendable() == (edition,)
        assert room.told() == [("hold", "held"), ("approve", "ok")]
        assert [line.by for line in room.history()] == ["ada", "ada"]


def test_a_window_whose_templates_changed_is_held(tmp_path: Path) -> None:
    """Nobody has looked at what would go out now."""
    with newsroom(tmp_path / "home", WINDOW) as room:
        edition = room.build()
        clock = room.clock
    with newsroom(
        tmp_path / "home", f"{WINDOW}\nreply_to: desk@news.example.org\ntheme: gazette", clock=clock
    ):
        pass
    text = "title: The Evening Brief\n"
    file = tmp_path / "home" / "config" / "digests" / "daily.yaml"
    file.write_text(text + file.read_text().partition("\n")[2])
    with open_app(tmp_path / "home", clock=lambda: DUE) as app:
        assert steer(app).held == (edition,)
        with app.store.reading() as tx:
            stored = tx.editions.get(edition)
    assert stored is not None
    assert stored.state is EditionState.HELD
    assert (
        stored.note
        == "templates or settings have changed, so it would not go out as editors could look at it"
    )


def test_required_approved_early_waits_for_its_hour(tmp_path: Path) -> None:
    """Approval is not a wish to mail people at five in the morning."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = room.build()
        room.at(-20)
        approve(room.app, edition, by="ada")

        assert room.sendable() == ()
        assert room.at(-1).next_at == DUE
        assert room.at(0) == Steered(next_at=DUE + timedelta(hours=12, seconds=1))
        assert room.sendable() == (edition,)


def test_required_approved_late_may_go_at_once_until_it_is_too_late(tmp_path: Path) -> None:
    """An editor who overslept saves the edition; one who comes in the evening does not."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = room.build()

        assert room.at(0).approved == ()
        room.at(5 * HOUR)
        approve(room.app, edition, by="ada")
        assert room.sendable() == (edition,)
        room.clock.now = DUE + timedelta(hours=12, seconds=1)
        assert room.sendable() == ()


def test_required_that_nobody_approves_reminds_and_expires(tmp_path: Path) -> None:
    """Each occasion is told once, with the way out; the end is told, too."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = room.build()
        for minute in range(-30, 12 * HOUR + 10, 5):
            room.at(minute)
            steer(room.app)
        reminders = room.alerts(AlertKind.REMINDER)
        expired = room.alerts(AlertKind.EXPIRED)

        names = ["built", "before", "deadline", *(f"late-{hour}" for hour in range(1, 12))]
        assert [alert.key for alert in reminders] == [f"reminder:{edition}:{name}" for name in names]
        assert f"digest editions approve {edition}" in reminders[0].text
        assert "until 2026-11-19 19:00 CET; then it expires" in reminders[0].text
        assert [alert.key for alert in expired] == [f"expired:{edition}"]
        assert room.told() == [("remind", "ok")] * len(names) + [("expire", "expired")]
        assert room.stored(edition).state is EditionState.EXPIRED
        assert room.stored(edition).note == "it was review until it was too late: 12h after it was due"


def test_approval_after_the_end_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """Before the tick that ends it, and after."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = room.build()
        room.clock.now = DUE + timedelta(hours=12, seconds=1)

        with pytest.raises(Refused, match="could be approved until 2026-11-19 19:00 CET") as early:
            approve(room.app, edition, by="ada")
        room.at(13 * HOUR)
        with pytest.raises(Refused, match=r"is expired: it was review until it was too late") as late:
            approve(room.app, edition, by="ada")
        for refused in (early, late):
            assert refused.value.hint == (
                "`digest build daily --at TIME` makes another, for any other minute than 2026-11-19T07:00"
            )


def test_approval_of_what_has_changed_is_refused(tmp_path: Path) -> None:
    """An editor answers for what they saw, not for what is there now."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = room.build()

        with pytest.raises(Refused, match="has changed since it was looked at"):
            approve(room.app, edition, by="ada", seen="another hash")
        seen = room.stored(edition).content_hash
        assert approve(room.app, edition, by="ada", seen=seen).approved_hash == seen


def test_an_approved_edition_that_would_go_out_otherwise_is_held(tmp_path: Path) -> None:
    """Approval is of one content; settings that change it withdraw the approval, visibly."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = room.build()
        approve(room.app, edition, by="ada")
    rename(tmp_path / "home")
    with open_app(tmp_path / "home", clock=lambda: DUE) as app:
        assert steer(app).held == (edition,)
        assert steer(app).held == ()
        with app.store.reading() as tx:
            held = tx.editions.get(edition)
    assert held is not None
    assert held.note == "templates or settings have changed, so it would not go out as it was approved"


def test_a_change_after_approval_withdraws_it(tmp_path: Path) -> None:
    """The store does so; what is sendable follows."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = room.build()
        stored = approve(room.app, edition, by="ada")
        room.at(0)
        with room.app.store.writing() as tx:
            tx.editions.replace(
                edition,
                stored.edition,
                content_hash=stored.content_hash,
                expect=[EditionState.APPROVED],
                by="ada",
                at=DUE,
            )

        assert room.at(1).held == (edition,)
        assert room.stored(edition).note == "it was changed after it was approved"
        assert room.sendable() == ()


def test_at_the_deadline_it_may_be_held(tmp_path: Path) -> None:
    """For a newsroom that would rather be late than wrong, and wants to hear of it."""
    with newsroom(tmp_path / "home", "review: {mode: required, at_deadline: hold}") as room:
        edition = room.build()
        held = room.at(0).held

        assert held == (edition,)
        assert room.told()[-1] == ("hold", "held")
        assert [alert.edition_id for alert in room.alerts(AlertKind.HELD)] == [edition]
        approve(room.app, edition, by="ada")
        assert room.sendable() == (edition,)


def test_at_the_deadline_it_may_be_left_out(tmp_path: Path) -> None:
    """Yesterday's brief helps nobody; that there is none today is told."""
    with newsroom(tmp_path / "home", "review: {mode: window, at_deadline: skip}") as room:
        edition = room.build()

        assert room.at(0).skipped == (edition,)
        assert room.stored(edition).state is EditionState.SKIPPED
        assert room.told()[-1] == ("skip", "skipped")
        assert [alert.edition_id for alert in room.alerts(AlertKind.MISSED)] == [edition]
        assert room.at(13 * HOUR) == Steered()
        with pytest.raises(Refused, match="nobody approved it in time"):
            approve(room.app, edition, by="ada")


CLEAN = "review: {mode: required, at_deadline: send_clean}"


def test_at_the_deadline_only_clean_items_may_go(tmp_path: Path) -> None:
    """The lead has no address: it goes, the subject names another, and it stands again tomorrow."""
    with newsroom(tmp_path / "home", CLEAN) as room:
        add_bare_articles(room, 1)
        edition = room.build()
        before = room.stored(edition)
        bare = before.edition.items[0]

        assert before.edition.subject == bare.title == "Ferry runs aground off Tarn"
        assert room.at(0).approved == (edition,)
        after = room.stored(edition)
        assert [item.article_id for item in after.edition.items] == [
            item.article_id for item in before.edition.items[1:]
        ]
        assert after.edition.items[0].rank == 1
        assert after.edition.subject == after.edition.items[0].title
        assert (after.state, after.approved_hash) == (EditionState.APPROVED, after.content_hash)
        told = why(room.app, edition, bare.article_id)
        assert (told.decision, told.rule) == ("dropped", "unclean")
        assert told.text == (
            "“Ferry runs aground off Tarn” was left out: nobody approved the edition in time, and no address"
            " to read on at; the headline is no link; it stands again next time."
        )
        assert room.sendable() == (edition,)
        assert room.at(1).held == ()
        with room.app.store.reading() as tx:
            assert bare.article_id in tx.editions.carried("daily", DUE - timedelta(days=3))


def test_what_is_pinned_goes_with_its_faults(tmp_path: Path) -> None:
    """A pin is an editor's word, also when it was given after the edition was built."""
    with newsroom(tmp_path / "home", CLEAN) as room:
        add_bare_articles(room, 1)
        edition = room.build()
        with room.app.store.writing() as tx:
            tx.editions.set_pin("daily", 9, "pin", by="ada", at=DUE)

        assert room.at(0).approved == (edition,)
        assert room.stored(edition).edition.items[0].article_id == 9


def test_too_few_clean_items_hold_the_edition(tmp_path: Path) -> None:
    """Two of five are clean no more; four would be the least."""
    settings = f"{CLEAN}\nbrake: {{active: false}}"
    with newsroom(tmp_path / "home", settings) as room:
        add_bare_articles(room, 2)
        file = room.app.home.root / "config" / "digests" / "daily.yaml"
        file.write_text(file.read_text().replace("at_least: 2", "at_least: 4"))
        clock = room.clock
        with open_app(room.app.home.root, clock=clock) as app:
            room.app = app
            edition = room.build()

            assert len(room.stored(edition).edition.items) == 5
            assert room.at(0).held == (edition,)
            assert room.stored(edition).note == (
                "nobody approved it in time, and only 3 of its 5 items are pinned or clean"
            )


def test_without_review_a_draft_goes_when_it_is_due(tmp_path: Path) -> None:
    """Sending approves it; before and long after nothing goes."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()

        assert room.at(-1).next_at == DUE
        assert room.sendable() == ()
        room.at(0)
        assert room.sendable() == (edition,)
        assert room.at(12 * HOUR + 0.1).expired == (edition,)
        assert room.sendable() == ()


def test_what_was_built_by_hand_is_left_to_people(tmp_path: Path) -> None:
    """Who tries `digest build` beside a running service does not mail everybody."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build(scheduled=False)

        assert room.at(0) == Steered()
        assert room.sendable() == ()
        approve(room.app, edition, by="ada")
        assert room.sendable() == (edition,)
        assert room.at(13 * HOUR) == Steered()
        assert room.sendable() == ()


def test_without_review_only_what_was_built_goes(tmp_path: Path) -> None:
    """The brake has judged that; what other settings make of it nobody has looked at."""
    with newsroom(tmp_path / "home") as room:
        edition, by_hand = room.build(), room.build(hours=1, scheduled=False)
        with room.app.store.writing() as tx:
            add_readers(tx, 1)
    rename(tmp_path / "home")
    with open_app(tmp_path / "home", clock=lambda: DUE) as app:
        for each in (edition, by_hand):
            with pytest.raises(Refused, match="has changed since it was looked at"):
                send(app, each, SendOptions(by="worker"))
        assert steer(app).held == (edition,)
        with app.store.reading() as tx:
            held = tx.editions.get(edition)
        assert held is not None
        assert held.note == "templates or settings have changed, so it would not go out as it was built"
        assert approve(app, edition, by="ada").state is EditionState.APPROVED
        assert steer(app).held == ()


def test_a_draft_that_is_held_at_the_last_moment_stays(tmp_path: Path) -> None:
    """Between the look of the sender and its approval: one word of a person is the stronger one."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        room.at(0)
        with room.app.store.writing() as tx:
            add_readers(tx, 1)
        stop = Quicker([lambda: hold(room.app, edition, by="olu", note="STOP")])
        app = replace(room.app, renderer=stop)

        with pytest.raises(Refused, match="edition 1 is held: STOP"):
            send(app, edition, SendOptions(by="worker", run="test"))
        stored = room.stored(edition)
        assert (stored.state, stored.note, stored.approved_by) == (EditionState.HELD, "STOP", None)
        assert room.told() == [("hold", "held")]


def test_a_sender_goes_on_with_what_another_has_just_approved(tmp_path: Path) -> None:
    """Of several workers none must tell people that an edition cannot be sent because it is approved."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        room.at(0)
        with room.app.store.writing() as tx:
            add_readers(tx, 1)
        other = Quicker([lambda: approve(room.app, edition, by="another without review")])
        app = replace(room.app, renderer=other)

        books = send(app, edition, SendOptions(by="worker", stopped=lambda: True))
        assert (books.frozen, room.stored(edition).approved_by) == (1, "another without review")
        assert room.told() == [("approve", "ok"), ("send", "begun")]


@pytest.mark.parametrize(("hours", "counts"), [(12, True), (13, False)])
def test_a_missed_edition_that_a_person_builds_too_late_is_theirs(
    tmp_path: Path, hours: int, counts: bool
) -> None:
    """The alert of a missed slot names this way out: the next tick must not end it again."""
    with newsroom(tmp_path / "home", f"{REQUIRED}\nschedule: [{{at: 07:00}}]") as room:
        slot = SlotRecord(
            digest="daily", key="2026-11-19T07:00", due=DUE, build_at=DUE, state=SlotState.MISSED
        )
        with room.app.store.writing() as tx:
            tx.slots.add([slot], at=DUE)
        room.clock.now = DUE + timedelta(hours=hours)
        edition = room.build(scheduled=False)
        with room.app.store.reading() as tx:
            after = tx.slots.get("daily", slot.key)

        assert after is not None
        assert after.state is (SlotState.BUILT if counts else SlotState.MISSED)
        assert room.at((hours + 1) * HOUR).expired == ((edition,) if counts else ())
        if not counts:
            assert approve(room.app, edition, by="ada").state is EditionState.APPROVED
            assert room.sendable() == ()  # `digest send --late` is a person's word, too
            with pytest.raises(Refused, match="longer than max_lateness") as refused:
                send(room.app, edition, SendOptions(by="ada"))
            assert refused.value.hint == "--late sends it all the same"


def test_held_and_approved_editions_expire_as_well(tmp_path: Path) -> None:
    """Nothing waits for ever, whoever it waits for."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        held, approved, cancelled = room.build(), room.build(hours=-1), room.build(hours=-2)
        hold(room.app, held, by="ada", note="the verdict is late")
        approve(room.app, approved, by="ada")
        cancel(room.app, cancelled, by="ada")

        assert room.at(12 * HOUR + 1).expired == (approved, held)
        note = room.stored(held).note
        assert note == "it was held until it was too late: 12h after it was due (the verdict is late)"


def test_an_edition_that_some_have_waits_for_a_person_however_late(tmp_path: Path) -> None:
    """Its relay refused the sender, and nobody came: a week later somebody ends it, or has it sent."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        begin_run(room.app)
        with room.app.store.writing() as tx:
            add_readers(tx, 3)
            tx.deliveries.freeze(edition)
            states = (EditionState.APPROVED, EditionState.SENDING, EditionState.HELD)
            for state in states:
                tx.editions.set_state(
                    edition, state, expect=list(EditionState), by="olu", at=DUE, note="paused: 550 no"
                )

        assert room.at(7 * 24 * HOUR) == Steered()
        stored = room.stored(edition)
        assert (stored.state, stored.note) == (EditionState.HELD, "paused: 550 no")
        assert open_of(room, edition) == 3
        books = end(room.app, edition, by="ada")
        assert (books.frozen, books.expired, books.open) == (3, 3, 0)
        assert room.stored(edition).state is EditionState.SENT


def test_what_is_being_sent_is_sendable_until_it_is_too_late(tmp_path: Path) -> None:
    """A sender that was killed must be started again, oldest slot first."""
    with newsroom(tmp_path / "home") as room:
        first, second = room.build(), room.build(hours=1)
        with room.app.store.writing() as tx:
            for edition in (second, first):
                tx.editions.set_state(
                    edition, EditionState.SENDING, expect=list(EditionState), by="olu", at=DUE
                )
        begin_run(room.app)

        assert room.at(12 * HOUR) == Steered(next_at=DUE + timedelta(hours=12, minutes=5, seconds=1))
        assert room.sendable() == (first, second)
        room.clock.now = DUE + timedelta(hours=12, minutes=1)
        assert room.sendable() == (second,)


def test_what_its_senders_left_waits_for_a_person(tmp_path: Path) -> None:
    """The machine was down until it was too late: nobody loses it over that, and people hear of it, once."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        begin_run(room.app)
        with room.app.store.writing() as tx:
            add_readers(tx, 3)
            tx.deliveries.freeze(edition)
            tx.editions.set_state(
                edition, EditionState.SENDING, expect=list(EditionState), by="worker", at=DUE
            )

        assert room.at(12 * HOUR + 5).held == ()  # a sender that is at work has five minutes
        assert room.at(12 * HOUR + 6).held == (edition,)
        assert room.at(99 * HOUR) == Steered()
        stored = room.stored(edition)
        ways = (
            f"`digest editions resume {edition} --late` has the service mail those still open, "
            f"`digest editions resume {edition} --end` ends it for them."
        )
        cause = "it was not sent to all until 2026-11-19 19:00 CET, as max_lateness says; 3 are open"
        assert (stored.state, stored.note) == (EditionState.HELD, f"{cause}. {ways}")
        assert open_of(room, edition) == 3
        assert room.told() == [("hold", "held")]
        assert [alert.text for alert in room.alerts(AlertKind.HELD)] == [f"{cause}\n{ways}"]
        assert expire(room.app, edition, by="ada").expired == 3  # as `resume --end` does


def test_person_may_send_the_rest_of_a_late_edition(tmp_path: Path) -> None:
    """Approved again it rests until `digest send --late`; what that began is held if it stays undone."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        left_in_the_middle(room, edition)
        assert room.at(20 * HOUR).held == (edition,)
        approve(room.app, edition, by="ada")
        assert replace(room.at(20 * HOUR + 1), next_at=None) == Steered()
        assert room.sendable() == ()
        with pytest.raises(Refused, match="longer than max_lateness"):
            send(room.app, edition, SendOptions(by="ada"))
        with pytest.raises(TransportError):  # there is no relay: it is on its way for all that
            send(room.app, edition, SendOptions(by="ada", late=True))

        assert room.at(20 * HOUR + 30).held == ()
        assert room.stored(edition).state is EditionState.SENDING
        assert room.at(20 * HOUR + 12 * HOUR + 5).held == ()  # as long as others have it
        assert room.at(20 * HOUR + 12 * HOUR + 7).held == (edition,)


@pytest.mark.parametrize("is_begun", [True, False])
def test_whoever_says_late_shortly_before_it_is_too_late_keeps_it(tmp_path: Path, is_begun: bool) -> None:
    """Their command has its twelve hours: a service must not hold the edition under its hands."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        left_in_the_middle(room, edition)
        if not is_begun:
            with room.app.store.writing() as tx:
                tx.editions.set_state(
                    edition, EditionState.HELD, expect=[EditionState.SENDING], by="ada", at=DUE
                )
            approve(room.app, edition, by="ada")
        room.clock.now = DUE + timedelta(hours=11, minutes=59)
        with pytest.raises(TransportError):  # there is no relay
            send(room.app, edition, SendOptions(by="ada", late=True))

        assert room.at(12 * HOUR + 7).held == ()
        assert room.at(23 * HOUR + 59 + 5).held == ()
        assert room.at(23 * HOUR + 59 + 7).held == (edition,)


def test_whoever_sends_without_a_word_shortly_before_it_is_too_late_does_not(tmp_path: Path) -> None:
    """Two of them at once are no word for it, either: what goes out by then is their time."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        left_in_the_middle(room, edition)
        room.clock.now = DUE + timedelta(hours=11, minutes=59)
        for _ in range(2):
            with pytest.raises(TransportError):
                send(room.app, edition, SendOptions(by="ada"))

        assert room.at(12 * HOUR + 7).held == (edition,)


def test_whoever_sends_late_what_a_service_has_not_seen_keeps_it(tmp_path: Path) -> None:
    """The person was quicker than the service, which comes up while their command is at work."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        left_in_the_middle(room, edition)
        room.clock.now = DUE + timedelta(hours=20)
        with pytest.raises(TransportError):
            send(room.app, edition, SendOptions(by="ada", late=True))

        assert room.at(20 * HOUR + 1).held == ()


def test_edition_that_lacks_only_its_end_is_ended_however_late(tmp_path: Path) -> None:
    """The machine went down between the last reader and the end of the books."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        left_in_the_middle(room, edition)
        with room.app.store.writing() as tx:
            tx.deliveries.expire(edition, reason="ended by ada", at=DUE)

        assert room.at(20 * HOUR).held == ()
        assert room.stored(edition).state is EditionState.SENT


def left_in_the_middle(room: Newsroom, edition: int) -> None:
    """Begin with an edition for three as it is due, and get no further."""
    begin_run(room.app)
    with room.app.store.writing() as tx:
        add_readers(tx, 3)
        tx.deliveries.freeze(edition)
        for state in (EditionState.APPROVED, EditionState.SENDING):
            tx.editions.set_state(edition, state, expect=list(EditionState), by="olu", at=DUE)


def open_of(room: Newsroom, edition: int) -> int:
    """Count who has no end yet."""
    books, _ = accounts(room.app, edition, every=False)
    return books.open


def test_two_services_at_the_same_moment_do_everything_once(tmp_path: Path) -> None:
    """Any number of schedulers may run; history and alerts tell each deed once."""
    with newsroom(tmp_path / "home", WINDOW) as room:
        editions = [room.build(hours=-hour) for hour in range(3)]
        room.clock.now = DUE
        start = Barrier(3)

        def tick(_number: int) -> Steered:
            start.wait()
            return steer(room.app)

        with ThreadPoolExecutor(3) as pool:
            done = list(pool.map(tick, range(3)))

        assert sorted(edition for one in done for edition in one.approved) == editions
        assert room.told() == [("approve", "ok")] * 3
        assert steer(room.app).approved == ()


def test_a_quiet_tick_asks_once_and_writes_nothing(tmp_path: Path) -> None:
    """It comes every few seconds for years."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        room.build()
        room.at(-30)
        lines = room.told()
        done = room.at(-25)

        assert done == Steered(next_at=DUE - timedelta(minutes=10))
        assert room.told() == lines


def test_the_editions_of_a_digest_that_is_gone_expire(tmp_path: Path) -> None:
    """Its file was taken away while an edition waited."""
    with newsroom(tmp_path / "home", WINDOW) as room:
        edition = room.build()
        room.app.digests.clear()

        assert room.at(0) == Steered(next_at=DUE + timedelta(hours=12, seconds=1))
        assert room.at(13 * HOUR).expired == (edition,)


def test_a_restored_backup_neither_ends_nor_sends_anything(tmp_path: Path) -> None:
    """The real home may be sending these at this moment; nobody must hear of it twice."""
    root = tmp_path / "home"
    with newsroom(root, WINDOW) as room:
        edition = room.build()
        clock = room.clock
        room.app.store.backup(tmp_path / "copy.db")
    (tmp_path / "copy.db").replace(root / "var" / "digest.db")
    with newsroom(root, WINDOW, clock=clock) as room:
        done = room.at(13 * HOUR)

        assert done.refused == ("the database is a copy that `digest db backup` made",)
        assert done.next_at == DUE + timedelta(hours=13, minutes=1)
        with room.app.store.writing() as tx:
            tx.editions.set_state(
                edition, EditionState.SENDING, expect=[EditionState.REVIEW], by="olu", at=DUE
            )
        assert room.sendable() == ()
        adopt(room.app, by="olu")
        assert room.stored(edition).state is EditionState.HELD
        assert room.told() == []


@pytest.mark.parametrize("policy", ["send", "send_clean"])
def test_an_editor_who_changes_it_at_the_last_moment_wins(tmp_path: Path, policy: str) -> None:
    """Between the look of the schedule and its approval: nothing goes out that nobody has looked at."""
    with newsroom(tmp_path / "home", f"review: {{mode: window, at_deadline: {policy}}}") as room:
        add_bare_articles(room, 1)
        edition = room.build()
        room.app = replace(room.app, renderer=Meddler(room, edition))

        assert room.at(0).approved == ()
        assert room.stored(edition).state is EditionState.REVIEW
        assert room.stored(edition).content_hash == "changed by ada"


def test_an_edition_that_cannot_be_laid_out_any_more_is_held(tmp_path: Path) -> None:
    """Its theme was taken away while it waited; the others go on."""
    root = tmp_path / "home"
    with newsroom(root, WINDOW) as room:
        edition = room.build()
        clock = room.clock
    with newsroom(root, f"{WINDOW}\ntheme: nowhere", clock=clock) as room:
        assert room.at(0).held == (edition,)
        note = room.stored(edition).note

    assert note is not None
    assert note.startswith("it cannot be laid out any more: ")


@pytest.mark.parametrize("settings", [WINDOW, "review: {mode: required}"])
def test_an_edition_that_crashes_costs_no_other_its_hour(tmp_path: Path, settings: str) -> None:
    """Approvals, reminders and ends of all digests go on; people hear of the one, once."""
    with newsroom(tmp_path / "home", settings) as room:
        first, second = room.build(), room.build(hours=1)
        if settings != WINDOW:
            for edition in (first, second):
                approve(room.app, edition, by="ada")
        room.app = replace(room.app, renderer=Crash(key="2026-11-19T07:00"))
        done = [room.at(minute) for minute in (1, 2, 61)]

        assert [one.approved for one in done] == [(), (), (second,) if settings == WINDOW else ()]
        assert room.stored(second).state is EditionState.APPROVED
        (alert,) = room.alerts(AlertKind.FAILED)
        assert alert.edition_id == first
        assert alert.text.startswith("an unexpected error: RecursionError\nIt is tried again")
        failed = [line for line in room.history() if line.outcome == "failed"]
        assert [line.event for line in failed] == ["approve" if settings == WINDOW else "hold"]
        assert room.at(13 * HOUR + 1).expired == (first, second)


def test_an_approved_edition_of_a_digest_that_is_gone_rests(tmp_path: Path) -> None:
    """Its file was renamed after approval: it is not sent, and keeps no other edition from its hour."""
    with newsroom(tmp_path / "home", WINDOW) as room:
        edition = room.build()
        approve(room.app, edition, by="ada")
        room.app.digests.clear()

        assert room.at(1) == Steered(next_at=DUE + timedelta(hours=12, seconds=1))
        assert room.sendable() == ()
        assert room.alerts(AlertKind.FAILED) == []
        assert room.at(13 * HOUR).expired == (edition,)
