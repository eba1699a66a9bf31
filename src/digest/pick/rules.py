"""The rules that exclude a candidate before anything is ranked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model import Candidate, Rule
from digest.model.article import fold
from digest.settings.digests import SelectionSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What the rules may ask besides the candidates."""

    selection: SelectionSettings
    since: datetime  #: articles of exactly this moment are outside
    until: datetime  #: articles of exactly this moment are inside


Drops = Mapping[int, str]  #: article id to the value that decided
Excluder = Callable[[Sequence[Candidate], Frame], Drops]


def exclude(candidates: Sequence[Candidate], frame: Frame) -> dict[int, tuple[Rule, str]]:
    """Apply the rules in their order; each sees only what the ones before it left.

    Returns:
        The excluded articles by id, each with the first rule that applied and its value.
    """
    excluded: dict[int, tuple[Rule, str]] = {}
    standing = list(candidates)
    for rule, drops in RULES:
        dropped = drops(standing, frame)
        excluded |= {article_id: (rule, value) for article_id, value in dropped.items()}
        standing = [each for each in standing if each.article.id not in dropped]
    return excluded


def _banned(candidates: Sequence[Candidate], _frame: Frame) -> Drops:
    return {each.article.id: "ban" for each in candidates if each.banned}


def _used(candidates: Sequence[Candidate], _frame: Frame) -> Drops:
    """Drop what a sent edition held, and the rest of its story unless an editor pinned it."""
    used_in_story: dict[int, int] = {}
    for each in sorted(candidates, key=lambda each: each.article.id):
        if each.used:
            used_in_story.setdefault(each.story.lead, each.article.id)
    drops = {}
    for each in candidates:
        if each.used:
            drops[each.article.id] = str(each.article.id)
        elif each.story.lead in used_in_story and not each.pinned:
            drops[each.article.id] = str(used_in_story[each.story.lead])
    return drops


def _tags(candidates: Sequence[Candidate], frame: Frame) -> Drops:
    faults = ((each.article.id, _tag_fault(each, frame.selection)) for each in candidates)
    return {article_id: fault for article_id, fault in faults if fault is not None}


def _tag_fault(candidate: Candidate, selection: SelectionSettings) -> str | None:
    """Name the tags that a candidate has too many or too few of; None when it may stand."""
    carried = {tag.key for tag in candidate.article.tags}
    unwanted = [name for name in selection.tags_none if fold(name) in carried]
    if unwanted:
        return f"has {', '.join(unwanted)}"
    missing = [name for name in selection.tags_all if fold(name) not in carried]
    if missing:
        return f"lacks {', '.join(missing)}"
    if selection.tags_any and not any(fold(name) in carried for name in selection.tags_any):
        return f"has none of {', '.join(selection.tags_any)}"
    return None


def _window(candidates: Sequence[Candidate], frame: Frame) -> Drops:
    drops = {}
    for each in candidates:
        moment = each.article.effective_at
        if each.pinned or each.carried or frame.since < moment <= frame.until:
            continue
        if moment > frame.until:
            drops[each.article.id] = f"{_show(moment - frame.until, up=True)} after the window"
        else:
            age, width = frame.until - moment, frame.until - frame.since
            sign = ">" if age > width else ">="
            drops[each.article.id] = f"{_show(age, up=True)} {sign} {_show(width, up=False)}"
    return drops


def _show(span: timedelta, *, up: bool) -> str:
    """Write a span in hours and minutes, rounded to whole minutes."""
    whole = span // timedelta(minutes=1)
    if up and span % timedelta(minutes=1):
        whole += 1
    hours, minutes = divmod(whole, 60)
    if not minutes:
        return f"{hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _story(candidates: Sequence[Candidate], _frame: Frame) -> Drops:
    """Leave one article a story: a pinned one, else the first of the story's own order."""
    leads: dict[int, Candidate] = {}
    for each in candidates:
        held = leads.get(each.story.lead)
        if held is None or _precedence(each) < _precedence(held):
            leads[each.story.lead] = each
    return {
        each.article.id: f"leads: {leads[each.story.lead].article.id}"
        for each in candidates
        if leads[each.story.lead] is not each
    }


def _precedence(candidate: Candidate) -> tuple[bool, int]:
    return not candidate.pinned, candidate.story.members.index(candidate.article.id)


RULES: tuple[tuple[Rule, Excluder], ...] = (
    (Rule.BANNED, _banned),
    (Rule.USED, _used),
    (Rule.TAGS, _tags),
    (Rule.WINDOW, _window),
    (Rule.STORY, _story),
)
