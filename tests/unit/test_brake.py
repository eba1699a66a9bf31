"""What makes an edition unlike the digest's last ones: each figure at its border, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.actions.making.brake import ENOUGH, Facts, Past, unlike
from digest.settings import BrakeSettings

USUAL = Facts(
    items=12,
    size=60_000,
    sources={"Wire": 4, "Post": 4, "Tide": 4},
    fallbacks=0,
    wordless=0,
    audience=1_000,
    subject="Harbour strike ends",
)
PAST = Past(editions=(USUAL,) * 20, subject="Another day", audience=1_000)
YOUNG = Past(editions=(USUAL,) * (ENOUGH - 1), subject="Another day", audience=1_000)
BRAKE = BrakeSettings()
FALLBACK = (
    "12 of 12 summaries are only the first sentences; so were those of 0 of the last 20 editions"
    " (brake.fallback)"
)


def judged(past: Past = PAST, brake: BrakeSettings = BRAKE, **changes: object) -> tuple[str, ...]:
    """Judge the usual edition with some figures changed."""
    if "items" in changes and "sources" not in changes:
        changes["sources"] = {f"Source {number}": 1 for number in range(int(str(changes["items"])))}
    return unlike(replace(USUAL, **changes), past, brake)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"items": 6}, None),
        ({"items": 5}, "5 items where 12 are usual: 58.3 % fewer, over brake.items (50 %)"),
        ({"items": 18}, None),
        ({"items": 19}, "19 items where 12 are usual: 58.3 % more, over brake.items (50 %)"),
        ({"size": 90_000}, None),
        ({"size": 90_060}, "90,060 bytes where 60,000 are usual: 50.1 % more, over brake.size (50 %)"),
        ({"audience": 1_200}, None),
        (
            {"audience": 1_201},
            "1,201 subscribers where 1,000 had the last edition: 20.1 % more, over brake.audience (20 %)",
        ),
        (
            {"audience": 700},
            "700 subscribers where 1,000 had the last edition: 30 % fewer, over brake.audience (20 %)",
        ),
        ({"items": 10, "sources": {"Wire": 6, "Post": 4}}, None),
        (
            {"items": 10, "sources": {"Wire": 7, "Post": 3}},
            "7 of 10 items are from Wire: 70 % where 33.3 % are usual, over brake.one_source (60 %)",
        ),
        ({"fallbacks": 11}, None),
        (
            {"fallbacks": 12},
            FALLBACK,
        ),
        ({"subject": "Another day"}, "its subject is the last edition's: “Another day”"),
        (
            {"faults": ("html: no link to unsubscribe",)},
            "it must not go out with this: html: no link to unsubscribe",
        ),
    ],
)
def test_each_figure_counts_over_its_threshold(changes: dict[str, object], reason: str | None) -> None:
    """A sentence names the figure, the usual one and the threshold; at the border all is well."""
    assert judged(**changes) == (() if reason is None else (reason,))


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("items", {"items": 1}),
        ("size", {"size": 1}),
        ("audience", {"audience": 1}),
        ("one_source", {"sources": {"Wire": 12}}),
        ("fallback", {"fallbacks": 12}),
        ("same_subject", {"subject": "Another day"}),
        ("preflight", {"faults": ("subject: it is empty",)}),
    ],
)
def test_each_threshold_and_the_whole_brake_can_be_switched_off(key: str, changes: dict[str, object]) -> None:
    """Off is written, never guessed."""
    off = False if isinstance(getattr(BRAKE, key), bool) else "off"

    assert len(judged(**changes)) == 1
    assert judged(brake=BrakeSettings.model_validate({key: off}), **changes) == ()
    assert judged(brake=BrakeSettings.model_validate({"active": False}), **changes) == ()


def test_a_young_digest_is_judged_only_by_what_needs_no_comparison() -> None:
    """Four editions say nothing of what is usual; its list may grow tenfold."""
    assert judged(YOUNG, items=1, size=1, audience=10) == ()
    assert judged(YOUNG, sources={"Wire": 8, "Post": 4}) == (
        "8 of 12 items are from Wire: 66.7 %, over brake.one_source (60 %)",
    )
    assert judged(YOUNG, fallbacks=12) == (
        "12 of 12 summaries are only the first sentences (brake.fallback)",
    )
    assert len(judged(YOUNG, faults=("subject: it is empty",), subject="Another day")) == 2


def test_what_a_digest_always_was_is_no_reason() -> None:
    """One source, one language without a method, forty readers: all that may be as it should."""
    alone = {"sources": {"Wire": 12}, "fallbacks": 12, "wordless": 12}
    one = replace(USUAL, **alone)

    assert judged(Past(), **alone) == ()
    assert judged(Past(editions=(one,) * 9), **alone) == ()


def test_a_figure_that_was_there_before_is_no_reason() -> None:
    """Mondays bring the weekend's articles: the third one is held no more."""
    monday = replace(USUAL, items=20)

    assert judged(Past(editions=(USUAL,) * 5), items=20) != ()
    assert judged(Past(editions=(USUAL, USUAL, monday, USUAL, USUAL)), items=20) == ()


def test_ten_readers_more_or_fewer_are_no_reason() -> None:
    """A list of eight that grows to ten has grown by a quarter."""
    assert judged(Past(editions=(USUAL,) * 20, audience=8), audience=18) == ()
    assert len(judged(Past(editions=(USUAL,) * 20, audience=8), audience=19)) == 1


def test_few_items_say_nothing_of_their_sources() -> None:
    """Three of four from one source is chance."""
    assert judged(Past(), items=4, sources={"Wire": 3, "Post": 1}) == ()


FACTS = st.builds(
    Facts,
    items=st.integers(1, 200),
    size=st.integers(1, 1_000_000),
    sources=st.dictionaries(st.sampled_from(["Wire", "Post", "Tide", ""]), st.integers(1, 50), min_size=1),
    fallbacks=st.integers(0, 200),
    wordless=st.integers(0, 200),
    audience=st.integers(0, 1_000_000),
    subject=st.text(max_size=5),
)


@given(FACTS, st.integers(ENOUGH, 20))
def test_the_same_edition_as_always_is_never_unlike(always: Facts, count: int) -> None:
    """Whatever a digest is like, being like itself is no anomaly."""
    past = Past(editions=(always,) * count, subject=None, audience=always.audience)

    assert unlike(always, past, BRAKE) == ()


@given(FACTS, st.lists(FACTS, max_size=20))
def test_every_reason_is_a_sentence_that_stands_once(new: Facts, past: list[Facts]) -> None:
    """Editors read them; whatever the figures are, judging them does not fail."""
    reasons = unlike(new, Past(editions=past, subject="x", audience=5), BRAKE)

    assert all(reasons)
    assert len(set(reasons)) == len(reasons)
