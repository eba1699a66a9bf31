"""What pages say of the steps of an edition, and of what became of deliveries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.model import DeliveryState, EditionState
from digest.model.accounts import User
from digest.store import LogEntry
from digest.web.frame import Frame
from digest.web.record_words import became, step_words, told

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ADA, OLU = "ada@example.org", "olu@example.org"
FRAME = Frame(
    user=User(id=1, email=OLU, name="Olu Idris"),
    zone="UTC",
    now=NOW,
    look="auto",
    house="news.example.org",
    path="/sending/1",
    token="",
    said=None,
    ways=(),
    names={ADA: "Ada Venn", OLU: "Olu Idris"},
)
LATE = "it was not sent to all until 2026-11-19 19:00 CET, as max_lateness says; 3 are open"


def step(before: str | None, after: str, by: str, note: str | None = None) -> LogEntry:
    """Make a step in the life of an edition."""
    return LogEntry(
        at=NOW, by=by, before=EditionState(before) if before else None, after=EditionState(after), note=note
    )


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (step(None, "draft", "digest"), "Built"),
        (step("review", "review", ADA, "item 2 was cut"), "Ada Venn changed it: Item 2 was cut"),
        (step("held", "held", "digest"), "The program changed it"),
        (step("review", "approved", ADA, f"approved by {ADA}"), "Ada Venn approved"),
        (step("review", "approved", "schedule"), "The schedule approved"),
        (step("draft", "approved", "worker without review"), "The schedule approved without review"),
        (step("approved", "held", ADA, "names are wrong"), "Held: Names are wrong"),
        (
            step("sending", "held", ADA, f"the brake was pulled by {ADA}: wrong headline"),
            "The brake was pulled by Ada Venn: wrong headline",
        ),
        (step("sending", "held", "worker", "paused: 550 no such sender"), "Paused: 550 no such sender"),
        (step("sending", "held", ADA), "Stopped"),
        (
            step("sending", "held", "schedule", f"{LATE}. `digest editions approve 1` and then more"),
            LATE.replace("it was", "It was", 1),
        ),
        (step("held", "sending", OLU, f"the brake was released by {OLU}"), "You let it go on"),
        (step("held", "sending", OLU, f"let go late by {OLU}"), "You let it go late"),
        (step("sending", "sending", ADA, f"let go late by {ADA}"), "Ada Venn let it go late"),
        (step("sending", "sending", ADA), "Ada Venn let it go late"),  # of an earlier version
        (step("held", "sending", ADA, f"ended by {ADA}"), "Ada Venn ended it for those still open"),
        (
            step("sent", "sending", ADA, "some are mailed again"),
            "Ada Venn opened the books again",
        ),
        (step("approved", "sending", "worker"), "It went on"),
        (step("sending", "sent", "worker"), "The books were closed"),
        (step("review", "expired", "schedule", "nobody approved it"), "Expired: Nobody approved it"),
    ],
)
def test_a_step_is_a_sentence_about_who_did_what(taken: LogEntry, words: str) -> None:
    """Of the person by their name, without the ways out that a terminal would offer."""
    assert step_words(taken, FRAME) == words


@pytest.mark.parametrize(
    ("by", "words"),
    [("worker", "First mail; audience frozen at 2,400"), (OLU, "You sent it; audience frozen at 2,400")],
)
def test_the_step_that_begins_an_edition_tells_how_many_are_to_get_it(by: str, words: str) -> None:
    """Once: what lets it go on later freezes nobody."""
    assert step_words(step("approved", "sending", by), FRAME, frozen=2_400) == words


def test_a_note_begins_as_a_sentence_and_names_people() -> None:
    """Records have addresses; a command that stands within a sentence belongs to it."""
    assert told(f"ended by {ADA}", FRAME) == "Ended by Ada Venn"
    assert told("`digest fetch` was slow", FRAME) == "`digest fetch` was slow"
    assert told("", FRAME) == ""


def test_what_became_of_a_delivery_is_said_in_everyday_words() -> None:
    """Nobody but a sender tells claimed from dotted."""
    assert [became(one) for one in DeliveryState] == [
        {"pending": "waits", "claimed": "in hand", "dotted": "in hand", "deferred": "put off"}.get(one, one)
        for one in DeliveryState
    ]
