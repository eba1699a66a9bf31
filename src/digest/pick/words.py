"""Say in one sentence why an article is or is not in an edition."""

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
