"""Selection: what an edition holds, and a decision on record for every candidate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Article, Candidate, Decision, Rule, Source, Story, Tag, TagOrigin
from digest.pick import Picked, brief, explain, pick, remedy
from digest.settings.digests import DigestSettings

NOW = datetime(2026, 11, 19, 7, 0, tzinfo=UTC)
WINDOW = (NOW - timedelta(hours=24), NOW)


def a_digest(**selection: object) -> DigestSettings:
    return DigestSettings.model_validate(
        {
            "key": "daily",
            "title": "The Daily Brief",
            "from": "The Daily Brief <brief@news.example.org>",
            "selection": {"at_least": 1, "half_life": "12h", **selection},
            "sections": [
                {"title": "World", "tags": ["world"], "at_most": 2},
                {"title": "Science", "tags": ["science"], "at_most": 2},
            ],
            "more": {"title": "Also", "at_most": 1},
        }
    )


def a_candidate(
    article_id: int,
    *,
    hours: float = 1,
    section: str = "world",
    source: str = "wire",
    weight: float = 1.0,
    tags: Sequence[str] = ("world",),
    story: Sequence[int] = (),
    used: bool = False,
    carried: bool = False,
    pinned: bool = False,
    banned: bool = False,
) -> Candidate:
    moment = NOW - timedelta(hours=hours)
    article = Article(
        id=article_id,
        revision=1,
        origin=Source(key=source, title=source.title(), weight=weight),
        collected_at=max(moment, NOW),
        published=moment,
        title=f"Article {article_id}",
        paragraphs=("One sentence.",),
        html="<p>One sentence.</p>",
        tags=tuple(Tag(name=name, origin=TagOrigin.SOURCE) for name in tags),
    )
    members = tuple(story) or (article_id,)
    return Candidate(
        article=article,
        section=section,
        story=Story(lead=members[0], members=members),
        used=used,
        carried=carried,
        pinned=pinned,
        banned=banned,
    )


def choose(*candidates: Candidate, **selection: object) -> Picked:
    return pick(candidates, a_digest(**selection), WINDOW, NOW)


def decided(picked: Picked, article_id: int) -> Decision:
    return next(each for each in picked.decisions if each.article_id == article_id)


def kept_ids(picked: Picked) -> list[int]:
    return [each.article.id for each in picked.kept]


def test_sections_come_in_the_digests_order_with_more_last() -> None:
    """Readers find World before Science whatever scored best today."""
    picked = choose(
        a_candidate(1, hours=1, section="more"),
        a_candidate(2, hours=2, section="science"),
        a_candidate(3, hours=3),
    )

    assert kept_ids(picked) == [3, 2, 1]


def test_the_score_is_the_product_of_its_named_terms() -> None:
    """An editor can multiply the terms by hand and get the rank."""
    candidate = a_candidate(1, hours=12, weight=2.0, tags=("World", "Sport"), story=(1, 2, 3, 4))

    picked = choose(candidate, tag_weights={"sport": 0.5, "ferry": 9})

    points = decided(picked, 1).score
    assert points is not None
    assert points.terms == (("freshness", 0.5), ("source", 2.0), ("tag Sport", 0.5), ("story", 2.0))
    assert points.total == pytest.approx(1.0)


def test_an_undated_article_counts_as_one_half_life_old() -> None:
    """It came in this minute and may be from last year: it must not lead the paper."""
    undated = a_candidate(1, hours=0)
    undated = replace(undated, article=replace(undated.article, published=None))

    picked = choose(undated, a_candidate(2, hours=11), a_candidate(3, hours=13, section="science"))

    points = decided(picked, 1).score
    assert points is not None
    assert points.terms[0] == ("undated", 0.5)
    assert kept_ids(picked) == [2, 1, 3]


def test_a_section_cap_cuts_the_weakest_of_the_section() -> None:
    """The oldest of three goes when World has room for two."""
    picked = choose(a_candidate(1, hours=3), a_candidate(2, hours=1), a_candidate(3, hours=2))

    assert kept_ids(picked) == [2, 3]
    assert decided(picked, 1).rule is Rule.SECTION_CAP
    assert decided(picked, 1).value == "2 of 2 in World"
    assert decided(picked, 2).value == "1 of 3"


def test_a_source_cap_cuts_over_all_sections() -> None:
    """One busy source cannot fill the whole edition."""
    picked = choose(
        a_candidate(1, hours=1),
        a_candidate(2, hours=2, section="science"),
        a_candidate(3, hours=3, source="harbour"),
        per_source=1,
    )

    assert kept_ids(picked) == [1, 3]
    assert decided(picked, 2).rule is Rule.SOURCE_CAP
    assert decided(picked, 2).value == "1 of 1 from Wire"


def test_articles_of_unknown_source_are_not_one_source() -> None:
    """Pages pasted by hand carry no source and must not push each other out."""
    picked = choose(
        a_candidate(1, source="unknown"),
        a_candidate(2, source="unknown", section="science"),
        per_source=1,
    )

    assert kept_ids(picked) == [1, 2]


def test_the_total_cap_keeps_the_best_of_all_sections() -> None:
    """A late section's best beats an early section's second."""
    picked = choose(
        a_candidate(1, hours=5),
        a_candidate(2, hours=6),
        a_candidate(3, hours=1, section="science"),
        at_most=2,
    )

    assert kept_ids(picked) == [1, 3]
    assert decided(picked, 2).rule is Rule.TOTAL_CAP
    assert decided(picked, 2).value == "2 of 2"


def test_equal_scores_go_to_the_newer_then_to_the_lower_id() -> None:
    """Ties must not depend on the order the store answers in."""
    older_but_heavier = a_candidate(1, hours=12, weight=2.0)
    newer = a_candidate(2, hours=0, weight=1.0)
    twin = a_candidate(3, hours=0, weight=1.0)

    picked = choose(twin, older_but_heavier, newer)

    assert kept_ids(picked) == [2, 3]


@pytest.mark.parametrize(
    ("hours", "value"),
    [
        (31, "31 h > 24 h"),
        (24, "24 h >= 24 h"),
        (24.5, "24 h 30 min > 24 h"),
        (24.001, "24 h 1 min > 24 h"),
        (-0.5, "30 min after the window"),
    ],
)
def test_articles_outside_the_window_are_dropped_with_their_age(hours: float, value: str) -> None:
    """The window is open at its start and closed at its end."""
    picked = choose(a_candidate(1, hours=hours))

    assert kept_ids(picked) == []
    assert (decided(picked, 1).rule, decided(picked, 1).value) == (Rule.WINDOW, value)
    assert decided(picked, 1).score is None


def test_an_article_of_the_windows_last_moment_is_inside() -> None:
    """Two windows that meet must hold every article once."""
    assert kept_ids(choose(a_candidate(1, hours=0))) == [1]


def test_carried_articles_pass_the_window() -> None:
    """What a cap cut yesterday stands again today."""
    assert kept_ids(choose(a_candidate(1, hours=40, carried=True))) == [1]


def test_banned_comes_before_every_other_rule() -> None:
    """The first rule that applies is the one on record."""
    picked = choose(a_candidate(1, hours=99, banned=True, pinned=True, used=True))

    assert (decided(picked, 1).rule, decided(picked, 1).value) == (Rule.BANNED, "ban")


def test_a_pinned_article_comes_first_and_passes_window_and_caps() -> None:
    """An editor's pin is a promise."""
    picked = choose(
        a_candidate(1, hours=1),
        a_candidate(2, hours=2),
        a_candidate(3, hours=99, pinned=True),
    )

    assert kept_ids(picked) == [3, 1]
    assert (decided(picked, 3).rule, decided(picked, 3).value) == (Rule.PINNED, "pin")
    assert decided(picked, 2).value == "2 of 2 in World"


def test_the_total_cap_counts_pins_but_never_cuts_them() -> None:
    """Three pins in an edition of two leave no room for a fourth article."""
    pins = [a_candidate(number, pinned=True) for number in (1, 2, 3)]

    picked = choose(*pins, a_candidate(4, hours=0, section="science"), at_most=2)

    assert kept_ids(picked) == [1, 2, 3]
    assert decided(picked, 4).value == "3 of 2"


def test_what_was_sent_is_never_sent_again_even_when_pinned() -> None:
    """A pin that stays in the database must not repeat an article every morning."""
    picked = choose(a_candidate(7, used=True, pinned=True))

    assert (decided(picked, 7).rule, decided(picked, 7).value) == (Rule.USED, "7")


def test_a_story_that_was_sent_is_used_unless_an_editor_pins_a_member() -> None:
    """Readers had the event; only a person may decide to bring it again."""
    story = (1, 2, 3)
    picked = choose(
        a_candidate(1, story=story, used=True),
        a_candidate(2, story=story),
        a_candidate(3, story=story, pinned=True),
    )

    assert kept_ids(picked) == [3]
    assert (decided(picked, 2).rule, decided(picked, 2).value) == (Rule.USED, "1")


@pytest.mark.parametrize(
    ("selection", "value"),
    [
        ({"tags_none": ["Sponsored", "Sport"]}, "has Sport"),
        ({"tags_all": ["world", "Peace"]}, "lacks Peace"),
        ({"tags_any": ["Cooking", "Ferries"]}, "has none of Cooking, Ferries"),
    ],
)
def test_tag_rules_name_the_tags_that_decided(selection: dict[str, object], value: str) -> None:
    """'Why is it not in?' is answered by the tag, not by a number."""
    picked = choose(a_candidate(1, tags=("World", "sport")), **selection)

    assert (decided(picked, 1).rule, decided(picked, 1).value) == (Rule.TAGS, value)


def test_tag_rules_let_matching_articles_stand() -> None:
    """Case and white space do not count in tags."""
    picked = choose(
        a_candidate(1, tags=("World", "North  Sea")),
        tags_any=["north sea"],
        tags_all=["WORLD"],
        tags_none=["sport"],
    )

    assert kept_ids(picked) == [1]


def test_only_the_lead_of_a_story_stands() -> None:
    """The others are named as 'also covered by'."""
    story = (2, 1)
    picked = choose(a_candidate(1, hours=0, story=story), a_candidate(2, hours=9, story=story))

    assert kept_ids(picked) == [2]
    assert (decided(picked, 1).rule, decided(picked, 1).value) == (Rule.STORY, "leads: 2")


@pytest.mark.parametrize("fault", [{"banned": True}, {"tags": ("sport",)}, {"hours": 50}])
def test_the_next_member_stands_when_the_lead_is_out(fault: dict[str, object]) -> None:
    """Banning one telling of an event must not ban the event."""
    story = (1, 2, 3)
    lead = a_candidate(1, story=story, **fault)

    picked = choose(a_candidate(3, story=story), a_candidate(2, story=story), lead, tags_none=["sport"])

    assert kept_ids(picked) == [2]


def test_a_pinned_member_leads_its_story() -> None:
    """The editor chose this telling."""
    story = (1, 2)

    assert kept_ids(choose(a_candidate(1, story=story), a_candidate(2, story=story, pinned=True))) == [2]


def test_what_a_cap_cuts_carries_over_until_it_is_too_old() -> None:
    """Three days are the limit here, and three days old is too old."""
    caps = [a_candidate(1, pinned=True), a_candidate(2, pinned=True)]
    young = a_candidate(3, hours=71, carried=True)
    old = a_candidate(4, hours=72, carried=True)

    picked = choose(*caps, young, old, carry_over="3d")

    assert [decided(picked, number).carry for number in (1, 3, 4)] == [False, True, False]


def test_without_carry_over_nothing_carries() -> None:
    """Carrying over is an operator's choice."""
    picked = choose(a_candidate(1), a_candidate(2), a_candidate(3))

    assert not any(each.carry for each in picked.decisions)


def test_below_the_floor_there_is_not_enough_for_an_edition() -> None:
    """A mail with one item is worse than none."""
    assert not choose(a_candidate(1), at_least=2).enough
    assert choose(a_candidate(1), a_candidate(2), at_least=2).enough


def test_a_section_the_digest_does_not_have_is_refused() -> None:
    """An item in no section would be lost without a word."""
    with pytest.raises(ValueError, match="digest 'daily' has no section 'sport'"):
        choose(a_candidate(1, section="sport"))


def _decision(rule: Rule, value: str, **more: object) -> Decision:
    return Decision(
        article_id=7,
        kept=rule in (Rule.PINNED, Rule.RANKED),
        rule=rule,
        value=value,
        section="world",
        **more,
    )


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (_decision(Rule.PINNED, "pin"), "is in: an editor pinned it."),
        (_decision(Rule.BANNED, "ban"), "was left out: an editor banned it."),
        (_decision(Rule.USED, "7"), "was left out: a sent edition of this digest already held it."),
        (
            _decision(Rule.USED, "5"),
            "was left out: a sent edition of this digest already held article 5 of the same story.",
        ),
        (_decision(Rule.WINDOW, "31 h > 30 h"), "was left out: it is 31 h old and the window is 30 h."),
        (
            _decision(Rule.WINDOW, "24 h >= 24 h"),
            "was left out: it is 24 h old, just as old as the window of 24 h is wide.",
        ),
        (_decision(Rule.WINDOW, "2 h after the window"), "was left out: it came 2 h after the window."),
        (
            _decision(Rule.TAGS, "lacks Peace"),
            "was left out: it lacks Peace, which the digest's tag rules forbid.",
        ),
        (
            _decision(Rule.STORY, "leads: 412"),
            "was left out: article 412 tells the same story and leads it.",
        ),
        (_decision(Rule.SECTION_CAP, "5 of 5 in World"), "was left out: World already held 5 of 5."),
        (
            _decision(Rule.SECTION_CAP, "5 of 5 in Made in Kiel", carry=True),
            "was left out: Made in Kiel already held 5 of 5; it stands again next time.",
        ),
        (
            _decision(Rule.SOURCE_CAP, "4 of 4 from Wire"),
            "was left out: the edition already held 4 of 4 from Wire.",
        ),
        (_decision(Rule.TOTAL_CAP, "20 of 20"), "was left out: the edition already held 20 of 20."),
    ],
)
def test_every_rule_is_explained_in_one_sentence(decision: Decision, reason: str) -> None:
    """Editors read sentences, not enumerations."""
    assert explain(decision, "The ferry is back") == f"“The ferry is back” {reason}"


@pytest.mark.parametrize(
    ("rule", "value", "few", "change"),
    [
        (Rule.PINNED, "pin", "Pinned by an editor", ""),
        (Rule.RANKED, "3 of 8", "Ranked 3 of 8", ""),
        (Rule.BANNED, "ban", "Banned by an editor", "take the ban back"),
        (Rule.USED, "5", "Sent before", "readers of this digest have had it; only a hand takes it in again"),
        (
            Rule.WINDOW,
            "31 h > 30 h",
            "It is 31 h old and the window is 30 h",
            "look back further: selection.window",
        ),
        (Rule.TAGS, "lacks Peace", "It lacks Peace", "give it other tags, or change the digest's tag rules"),
        (Rule.STORY, "leads: 4", "Same story as another item", "take it in instead, or split the story"),
        (
            Rule.SECTION_CAP,
            "5 of 5 in Kiel",
            "Kiel is full: 5 of 5",
            "drop one of Kiel, or raise its at_most",
        ),
        (Rule.SOURCE_CAP, "4 of 4 from Wire", "Wire has 4 of 4", "raise selection.per_source"),
        (Rule.TOTAL_CAP, "9 of 9", "The edition is full: 9 of 9", "drop an item, or raise selection.at_most"),
        (Rule.SIZE, "100 kB", "The mail would be larger than 100 kB", "drop or shorten an item"),
        (Rule.UNCLEAN, "no link", "Not clean in time: no link", "mend what was found, or pin it"),
        (Rule.TAKEN, "Ada Venn", "Taken in by Ada Venn", ""),
        (Rule.CUT, "Ada Venn", "Dropped by Ada Venn", ""),
    ],
)
def test_every_rule_has_a_few_words_and_what_would_change_it(
    rule: Rule, value: str, few: str, change: str
) -> None:
    """They stand beside the headline; who wants the article in must know what to do."""
    decision = _decision(rule, value)

    assert (brief(decision), remedy(decision)) == (few, change)


def test_a_rank_is_explained_with_its_score() -> None:
    """A kept article says what earned its place."""
    decision = decided(choose(a_candidate(1, hours=12), a_candidate(2, hours=0)), 1)

    assert explain(decision, "The ferry is back") == (
        "“The ferry is back” is in: its score of 0.50 ranked 2 of 2."
    )


@st.composite
def candidate_lists(draw: st.DrawFn) -> list[Candidate]:
    sizes = draw(st.lists(st.integers(1, 3), max_size=8))
    candidates, number = [], 1
    for size in sizes:
        story = tuple(range(number, number + size))
        number += size
        candidates += [
            a_candidate(
                article_id,
                hours=draw(st.integers(-2, 60)),
                section=draw(st.sampled_from(["world", "science", "more"])),
                source=draw(st.sampled_from(["wire", "harbour", "unknown"])),
                tags=draw(st.sampled_from([("world",), ("sport",), ()])),
                story=story,
                used=draw(st.booleans()),
                carried=draw(st.booleans()),
                pinned=draw(st.booleans()),
                banned=draw(st.booleans()),
            )
            for article_id in story
        ]
    return candidates


RULES_ON = {"at_most": 4, "per_source": 2, "tags_none": ["sport"], "carry_over": "2d"}


@given(candidate_lists())
def test_every_candidate_has_one_decision_and_nothing_is_lost(candidates: list[Candidate]) -> None:
    """Kept and dropped together are the input."""
    picked = choose(*candidates, **RULES_ON)

    assert [each.article_id for each in picked.decisions] == [each.article.id for each in candidates]
    assert {each.article_id for each in picked.decisions if each.kept} == set(kept_ids(picked))
    assert picked == choose(*candidates, **RULES_ON)


@given(candidate_lists())
def test_caps_hold_for_all_but_pins(candidates: list[Candidate]) -> None:
    """A cap may be passed only by what an editor pinned."""
    kept = choose(*candidates, **RULES_ON).kept
    ranked = [each for each in kept if not each.pinned]
    sections = Counter(each.section for each in kept)
    sources = Counter(each.article.origin.key for each in kept)

    for each in ranked:
        assert len(kept) <= 4
        assert sections[each.section] <= (1 if each.section == "more" else 2)
        assert each.article.origin.key == "unknown" or sources[each.article.origin.key] <= 2


@given(candidate_lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(candidates: list[Candidate], chance: object) -> None:
    """The store may answer in any order."""
    shuffled = list(candidates)
    chance.shuffle(shuffled)

    assert choose(*shuffled, **RULES_ON).kept == choose(*candidates, **RULES_ON).kept


@given(candidate_lists())
def test_pins_are_in_bans_are_out_and_no_story_is_told_twice(candidates: list[Candidate]) -> None:
    """What editors say holds, and no event comes twice in one mail."""
    kept = choose(*candidates, **RULES_ON).kept
    told = [each.story.lead for each in kept]

    assert len(told) == len(set(told))
    assert not any(each.banned or each.used for each in kept)
    for each in candidates:
        sport = any(tag.key == "sport" for tag in each.article.tags)
        if each.pinned and not (each.banned or each.used or sport):
            assert each.story.lead in told
