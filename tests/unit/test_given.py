"""A digest's rules give tags, each with why, and never against an editor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.classify import TagRule, by_tag, given_tags, leading
from digest.classify.sections import Section
from digest.model import Article, Source, Tag, TagOrigin
from digest.settings.digests import TagRuleSettings
from newsroom import DUE


def article(title: str = "Ferry to the islands sails again", *tags: str, source: str = "wire") -> Article:
    return Article(
        id=1,
        revision=1,
        origin=Source(key=source, title=source),
        collected_at=DUE,
        title=title,
        paragraphs=("It sails.",),
        html="",
        tags=tuple(Tag(name=name, origin=TagOrigin.SOURCE) for name in tags),
    )


def given(one: Article, *rules: TagRule, off: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return what was given, with why."""
    return [(tag.name, tag.why) for tag in given_tags(one, rules, off) if tag.origin is TagOrigin.RULE]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (TagRule(give=("Harbour",), sources=("post", "wire")), "it is of the source 'wire'"),
        (TagRule(give=("Harbour",), title=("FERRY",)), "its title has “ferry”"),
        (TagRule(give=("Harbour",), title=("island*",)), "its title has “islands”"),
        (TagRule(give=("Harbour",), title=("sails again",)), "its title has “sails again”"),
        (TagRule(give=("Harbour",), tags=("quay", "port")), "it is tagged “port”"),
        (
            TagRule(give=("Harbour",), sources=("wire",), title=("ferry",), tags=("port",)),
            "it is of the source 'wire' and its title has “ferry” and it is tagged “port”",
        ),
    ],
)
def test_a_rule_gives_its_tags_and_says_why(rule: TagRule, why: str) -> None:
    """All of what it names must hold; of each list any one."""
    assert given(article("Ferry to the islands sails again", "Port"), rule) == [("Harbour", why)]


@pytest.mark.parametrize(
    "rule",
    [
        TagRule(give=("Harbour",), sources=("post",)),
        TagRule(give=("Harbour",), title=("ferr", "again sails", "pilot")),
        TagRule(give=("Harbour",), tags=("ports",)),
        TagRule(give=("Harbour",), title=("ferry",), sources=("post",)),
        TagRule(give=("Harbour",), title=("ferry",), tags=("quay",)),
        TagRule(give=("Harbour",), title=("*", "!")),
    ],
)
def test_a_rule_of_which_something_is_missing_gives_nothing(rule: TagRule) -> None:
    """Words are whole words, in their order."""
    assert given(article("Ferry to the islands sails again", "Port"), rule) == []


def test_rules_go_in_their_order() -> None:
    """What one gives counts for those after it, and for none before: so no two can chase each other."""
    ferry = TagRule(give=("boats",), title=("ferry",))
    boats = TagRule(give=("Harbour",), tags=("Boats",))
    back = TagRule(give=("boats",), tags=("harbour",))

    assert [name for name, _ in given(article(), ferry, boats, back)] == ["boats", "Harbour"]
    assert [name for name, _ in given(article(), boats, ferry)] == ["boats"]


def test_a_tag_that_is_there_stays_whose_it_was_and_one_taken_off_stays_off() -> None:
    """An editor's word is the last."""
    rule = TagRule(give=("PORT", "Harbour"), title=("ferry",))
    tags = given_tags(article("Ferry", "Port"), (rule,), off=("harbour",))

    assert tags == (Tag(name="Port", origin=TagOrigin.SOURCE),)


def test_the_reason_is_told_with_the_section() -> None:
    """'By a rule' alone would not say which."""
    tags = given_tags(article(), (TagRule(give=("harbour",), title=("ferry",)),))
    found = by_tag(tags, [Section(key="sea", title="Sea", tags=("Harbour",))])

    assert found is not None
    assert found.why == "tagged “harbour” by a rule: its title has “ferry”"


def test_what_leads_to_a_tag_is_found_through_all_rules_before_it() -> None:
    """A candidate that nobody looks up can never be given anything."""
    rules = (
        TagRule(give=("Boats",), tags=("ferries",)),
        TagRule(give=("harbour",), tags=("boats", "Quay"), sources=("wire",)),
        TagRule(give=("ferries",), tags=("late",)),
        TagRule(give=("sport",), title=("cup",)),
    )

    assert set(leading(["Harbour"], rules).tags) == {"harbour", "boats", "quay", "ferries"}
    assert not leading(["Harbour"], rules).is_open
    assert leading(["sport"], rules).is_open
    assert leading(["other"], rules).tags == ("other",)


def test_a_tag_of_a_rule_is_not_another_tag() -> None:
    """Why it is there is no part of what it is called."""
    (tag,) = given_tags(article(), (TagRule(give=("  The   Harbour ",), title=("ferry",)),))

    assert (tag.key, replace(tag, why="")) == (
        "the harbour",
        Tag(name="  The   Harbour ", origin=TagOrigin.RULE),
    )


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("fer*", "Ferries rest"),
        ("*men", "Ferrymen meet"),
        ("co-o*", "Co-operatives meet"),
        ("l’eau*", "L’eaux vives"),
        ("C++", "Of C and of boats"),
        ("harbour master", "The harbour master says"),
        ("U.S.", "The U.S. coast"),
        ("東京都", "東京都の港"),
        (f"{'f' * 24}*", f"{'f' * 30} sails"),
        ("7", "Pier 7 opens"),
    ],
)
def test_a_word_that_is_no_fault_holds_of_a_title(word: str, title: str) -> None:
    """What is refused is what never could; all else is of use."""
    rule = TagRuleSettings(give=("harbour",), title=(word,))

    assert given(article(title), TagRule(give=rule.give, title=rule.title))
