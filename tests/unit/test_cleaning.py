"""What stays of an edition that nobody approved in time."""

from __future__ import annotations

from dataclasses import replace

from digest.actions.steering.cleaning import cleaned, decided_again, faults_of
from digest.model import Decision, Edition, EditionSection, Finding, Item, Rule
from digest.settings import DigestSettings
from store_cast import edition, item

DIGEST = DigestSettings.model_validate(
    {
        "key": "daily",
        "title": "Daily",
        "from": "brief@news.example.org",
        "selection": {"carry_over": "3d"},
        "sections": [{"title": "World", "tags": ["world"]}, {"title": "Science", "tags": ["science"]}],
    }
)


def clean_item(number: int, **changes: object) -> Item:
    """Make an item that nothing is found against, and change it."""
    summary = replace(item(number).summary, method="weighted", note=None)
    return replace(replace(item(number), summary=summary), **changes)


def of_sections(**items: list[Item]) -> Edition:
    """Make an edition with these items, under the subject and preheader that they give it."""
    sections = tuple(
        EditionSection(key=key, title=key.title(), items=tuple(held)) for key, held in items.items()
    )
    return replace(
        edition(), sections=sections, subject="Bridge 1 opens", preheader="Bridge 3 opens · Bridge 2 opens"
    )


def found(anchor: str, message: str) -> Finding:
    """Say that preflight found this there."""
    return Finding(rule="alt_text", place="there", anchor=anchor, content="", message=message)


def test_an_item_that_anything_is_found_against_is_not_clean() -> None:
    """First sentences where the language has a method; and what preflight says, if it is about an item."""
    lead = item(1).summary
    whole = [
        clean_item(1),
        clean_item(2, summary=lead),
        clean_item(3, summary=lead, language="ja"),
        clean_item(4),
        clean_item(5),
        clean_item(6, summary=lead, language=None),
    ]
    told = [
        found("item-4", "spared"),
        found("item-5", "no alt text"),
        found("item-6", "a dead link"),
        found("subject", "too long"),
        found("section-world", "empty"),
    ]

    assert faults_of(of_sections(world=whole), told, spared={4}) == {
        2: "its summary is only its first sentences",
        5: "no alt text",
        6: "its summary is only its first sentences; a dead link",
    }


def test_what_is_left_closes_up_and_is_what_the_subject_names() -> None:
    """A subject that names a story which is not there would be a lie to every reader."""
    before = of_sections(
        world=[clean_item(1, rank=1), clean_item(2, rank=2)], science=[clean_item(3, rank=1)]
    )
    after = cleaned(before, DIGEST, {1})

    assert [(one.article_id, one.rank) for one in after.items] == [(2, 1), (3, 1)]
    assert (after.subject, after.preheader) == ("Bridge 2 opens", "Bridge 3 opens")
    assert cleaned(before, DIGEST, {3}).quiet == ("Science",)


def test_a_subject_in_an_editors_words_stays() -> None:
    """Somebody wrote it for this edition."""
    before = of_sections(world=[clean_item(1), clean_item(2)])
    written = replace(before, subject="A quiet week", preheader="Read on")
    after = cleaned(written, DIGEST, {1})

    assert (after.subject, after.preheader) == ("A quiet week", "Read on")


def test_what_goes_may_stand_again_only_where_the_digest_carries_over() -> None:
    """An operator who wants yesterday's news never again has said so."""
    kept = Decision(article_id=1, kept=True, rule=Rule.RANKED, value="1 of 2", section="world")
    other = replace(kept, article_id=2)
    never = DIGEST.model_copy(update={"selection": DIGEST.selection.model_copy(update={"carry_over": None})})

    assert decided_again([kept, other], {1: "no address"}, DIGEST) == (
        replace(kept, kept=False, rule=Rule.UNCLEAN, value="no address", carry=True),
    )
    assert not decided_again([kept], {1: "no address"}, never)[0].carry
