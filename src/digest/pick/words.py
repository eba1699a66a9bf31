"""Say why an article is or is not in an edition: in a sentence, in a few words, and what would change it."""

from __future__ import annotations

from collections.abc import Callable

from digest.model import Decision, Rule


def explain(decision: Decision, title: str) -> str:
    """Write the decision as one plain sentence.

    Args:
        decision: As `pick` made it.
        title: The article's title, one line of plain text.
    """
    verdict = "is in" if decision.kept else "was left out"
    again = "; it stands again next time" if decision.carry else ""
    return f"“{title}” {verdict}: {_REASONS[decision.rule](decision)}{again}."


def _ranked(decision: Decision) -> str:
    total = decision.score.total if decision.score else 0.0
    return f"its score of {total:.2f} ranked {decision.value}"


def _used(decision: Decision) -> str:
    if decision.value == str(decision.article_id):
        return "a sent edition of this digest already held it"
    return f"a sent edition of this digest already held article {decision.value} of the same story"


def _window(decision: Decision) -> str:
    age, edge, width = decision.value.partition(" >= ")
    if edge:
        return f"it is {age} old, just as old as the window of {width} is wide"
    age, over, width = decision.value.partition(" > ")
    return f"it is {age} old and the window is {width}" if over else f"it came {decision.value}"


def _story(decision: Decision) -> str:
    return f"article {decision.value.removeprefix('leads: ')} tells the same story and leads it"


def _section_cap(decision: Decision) -> str:
    figure, _, title = decision.value.partition(" in ")
    return f"{title} already held {figure}"


def _source_cap(decision: Decision) -> str:
    figure, _, title = decision.value.partition(" from ")
    return f"the edition already held {figure} from {title}"


_REASONS: dict[Rule, Callable[[Decision], str]] = {
    Rule.PINNED: lambda _: "an editor pinned it",
    Rule.RANKED: _ranked,
    Rule.BANNED: lambda _: "an editor banned it",
    Rule.TAKEN: lambda one: f"{one.value} took it in",
    Rule.CUT: lambda one: f"{one.value} dropped it",
    Rule.USED: _used,
    Rule.WINDOW: _window,
    Rule.TAGS: lambda decision: f"it {decision.value}, which the digest's tag rules forbid",
    Rule.STORY: _story,
    Rule.SECTION_CAP: _section_cap,
    Rule.SOURCE_CAP: _source_cap,
    Rule.TOTAL_CAP: lambda decision: f"the edition already held {decision.value}",
    Rule.UNCLEAN: lambda decision: f"nobody approved the edition in time, and {decision.value}",
    Rule.SIZE: lambda decision: f"with it the mail would be larger than {decision.value}",
}


def brief(decision: Decision) -> str:
    """Write the reason in a few words, to stand beside the headline; without a full stop."""
    return _BRIEF[decision.rule](decision)


def remedy(decision: Decision) -> str:
    """Say what would have to be otherwise for a dropped article to be in; '' for one that is."""
    if decision.kept:
        return ""
    title = decision.value.partition(" in ")[2]
    if decision.rule is Rule.SECTION_CAP:
        return f"drop one of {title}, or raise its at_most"
    return _REMEDIES.get(decision.rule, "")


def _full_section(decision: Decision) -> str:
    figure, _, title = decision.value.partition(" in ")
    return f"{title} is full: {figure}"


def _full_source(decision: Decision) -> str:
    figure, _, title = decision.value.partition(" from ")
    return f"{title} has {figure}"


def _aged(decision: Decision) -> str:
    clause = _window(decision)
    return clause[:1].upper() + clause[1:]


_BRIEF: dict[Rule, Callable[[Decision], str]] = {
    Rule.PINNED: lambda _: "Pinned by an editor",
    Rule.RANKED: lambda decision: f"Ranked {decision.value}",
    Rule.BANNED: lambda _: "Banned by an editor",
    Rule.TAKEN: lambda decision: f"Taken in by {decision.value}",
    Rule.CUT: lambda decision: f"Dropped by {decision.value}",
    Rule.USED: lambda _: "Sent before",
    Rule.WINDOW: _aged,
    Rule.TAGS: lambda decision: f"It {decision.value}",
    Rule.STORY: lambda _: "Same story as another item",
    Rule.SECTION_CAP: _full_section,
    Rule.SOURCE_CAP: _full_source,
    Rule.TOTAL_CAP: lambda decision: f"The edition is full: {decision.value}",
    Rule.UNCLEAN: lambda decision: f"Not clean in time: {decision.value}",
    Rule.SIZE: lambda decision: f"The mail would be larger than {decision.value}",
}
_REMEDIES = {
    Rule.BANNED: "take the ban back",
    Rule.USED: "readers of this digest have had it; only a hand takes it in again",
    Rule.WINDOW: "look back further: selection.window",
    Rule.TAGS: "give it other tags, or change the digest's tag rules",
    Rule.STORY: "take it in instead, or split the story",
    Rule.SOURCE_CAP: "raise selection.per_source",
    Rule.TOTAL_CAP: "drop an item, or raise selection.at_most",
    Rule.SIZE: "drop or shorten an item",
    Rule.UNCLEAN: "mend what was found, or pin it",
}
