"""The candidates that are not in an edition, each with its reason; and why the items are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.staff.accounts import users
from digest.model import Article, Decision, Rule
from digest.pick import brief, explain, remedy
from digest.store import StoredEdition, Transaction

PAGE = 200  #: that are told with their articles
ALL = 100_000  #: a page of so many leaves none out

Group = Literal["full", "story", "sent", "hand", "other"]
GROUPS: tuple[Group, ...] = ("full", "story", "sent", "hand", "other")
_GROUPS: Mapping[Rule, Group] = {
    **{rule: "full" for rule in Rule if rule.is_cap},
    Rule.STORY: "story",
    Rule.USED: "sent",
    Rule.BANNED: "hand",
    Rule.CUT: "hand",
}
_OF_HANDS = frozenset({Rule.CUT, Rule.TAKEN})  #: whose value is who did it


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why one article is in, or is not."""

    rule: str  #: key of the rule that decided
    value: str  #: the figure that decided, or who
    short: str  #: in a few words
    text: str  #: in a sentence
    change: str = ""  #: what would have to be otherwise; '' when it is in, or only a hand can
    terms: tuple[tuple[str, float], ...] = ()  #: factors of its score, when it had one
    total: float | None = None  #: their product; None when a rule decided before ranking
    placed: str = ""  #: what led to its section; ''


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A candidate that is not in the edition."""

    article_id: int
    title: str
    source: str
    at: datetime  #: the moment that its age counts from
    url: str | None
    section: str  #: key of the section it was weighed for
    group: Group
    stands_again: bool  #: the next edition weighs it once more
    leads: (
        int | None
    )  #: the article that tells the same story in its place; None: there is none, or editors split the two
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class LeftOuts:
    """All of them, counted; and the first ones."""

    candidates: int  #: all that were weighed
    counts: Mapping[Group, int]
    told: tuple[LeftOut, ...]  #: those of a page, by group, then the best first

    @property
    def total(self) -> int:
        """How many are not in."""
        return sum(self.counts.values())


def left_out(
    app: App, edition_id: int, *, only: Group | None = None, page: int = 1, size: int = PAGE
) -> LeftOuts:
    """List the candidates that are not in an edition, of one group or of all, a page of them.

    Args:
        app: The installation.
        edition_id: The edition.
        only: Those of this group; None: all.
        page: Which, from 1.
        size: How many are on a page.

    Raises:
        NotFound: There is none with this number.
    """
    stored = find(app, edition_id)
    with app.store.reading() as tx:
        weighed = tx.editions.ranks(stored.id)
    held = {item.article_id for item in stored.edition.items}
    out = [(article, _group(rule), total) for article, rule, total in weighed if article not in held]
    wanted = [one for one in out if only in {None, one[1]}]
    ranked = sorted(wanted, key=lambda one: (GROUPS.index(one[1]), -one[2]))
    shown = [article for article, _, _ in ranked[(page - 1) * size : page * size]]
    among = shown if len(shown) <= PAGE else None
    made = {one.article_id: one for one in decisions_of(app, stored, among=among)}
    with app.store.reading() as tx:
        told = _told(tx, stored, [made[article] for article in shown if article in made])
    counts = Counter(group for _, group, _ in out)
    return LeftOuts(
        candidates=len(weighed), counts={group: counts[group] for group in GROUPS if counts[group]}, told=told
    )


def groups_of(app: App, stored: StoredEdition, articles: Collection[int]) -> tuple[Group, ...]:
    """Return the groups of those articles that were candidates and are not in an edition, in order."""
    held = {item.article_id for item in stored.edition.items}
    made = decisions_of(app, stored, among=set(articles) - held)
    found = {_group(one.rule) for one in made}
    return tuple(group for group in GROUPS if group in found)


def decisions_of(
    app: App, stored: StoredEdition, *, among: Collection[int] | None = None
) -> tuple[Decision, ...]:
    """Return what was decided of each candidate, or of some articles, in order; hands by their names."""
    with app.store.reading() as tx:
        made = tx.editions.decisions(stored.id, among=among)
    if all(one.rule not in _OF_HANDS for one in made):
        return made
    names = {user.email: user.name for user in users(app)}
    return tuple(_by_name(one, names) for one in made)


def kept(stored: StoredEdition, made: Sequence[Decision]) -> Mapping[int, Reason]:
    """Say of each item why it is in, by its article; one that has no decision on record is missing."""
    by_article = {one.article_id: one for one in made}
    return {
        item.article_id: _reason(found, item.title, brief(found))
        for item in stored.edition.items
        if (found := by_article.get(item.article_id)) is not None
    }


def _by_name(decision: Decision, names: Mapping[str, str]) -> Decision:
    """Write who decided by their name, where a hand did."""
    if decision.rule not in _OF_HANDS:
        return decision
    return replace(decision, value=names.get(decision.value, decision.value))


def _group(rule: Rule) -> Group:
    return _GROUPS.get(rule, "other")


def _told(tx: Transaction, stored: StoredEdition, shown: Sequence[Decision]) -> tuple[LeftOut, ...]:
    named = {other for one in shown if (other := _other(one)) is not None}
    articles = {one.id: one for one in tx.articles.many([*(one.article_id for one in shown), *named])}
    used = [number for one in shown if one.rule is Rule.USED and (number := int(one.value))]
    went = tx.editions.sent_in(stored.edition.digest, used)
    apart = tx.stories.wishes([*(one.article_id for one in shown), *named]).apart
    found = []
    for one in shown:
        article = articles.get(one.article_id)
        if article is not None:
            made = _of(one, article, _short(one, stored, articles, went))
            is_apart = made.leads is not None and tuple(sorted((article.id, made.leads))) in apart
            found.append(replace(made, leads=None) if is_apart else made)
    return tuple(found)


def _of(decision: Decision, article: Article, short: str) -> LeftOut:
    return LeftOut(
        article_id=article.id,
        title=article.title,
        source=article.origin.title,
        at=article.effective_at,
        url=article.url,
        section=decision.section,
        group=_group(decision.rule),
        stands_again=decision.carry,
        leads=_other(decision) if decision.rule is Rule.STORY else None,
        reason=_reason(decision, article.title, short),
    )


def _reason(decision: Decision, title: str, short: str) -> Reason:
    placed = decision.placed.why if decision.placed else ""
    terms = decision.score.terms if decision.score else ()
    total = decision.score.total if decision.score else None
    return Reason(
        rule=decision.rule.value,
        value=decision.value,
        short=short,
        text=explain(decision, title),
        change=remedy(decision),
        terms=terms,
        total=total,
        placed=placed,
    )


def _short(
    decision: Decision,
    stored: StoredEdition,
    articles: Mapping[int, Article],
    went: Mapping[int, datetime],
) -> str:
    """Write the reason in a few words, with the other article or the edition it is about."""
    other = articles.get(_other(decision) or 0)
    if decision.rule is Rule.STORY and other is not None:
        return f"Same story as “{other.title}”"
    if decision.rule is Rule.USED and int(decision.value) in went:
        at = went[int(decision.value)].astimezone(stored.edition.slot.local.tzinfo)
        return f"{'Went' if other is None else 'Its story went'} out on {at:%a} {at.day} {at:%b}"
    return brief(decision)


def _other(decision: Decision) -> int | None:
    """Return the article that a decision names besides its own."""
    if decision.rule not in {Rule.STORY, Rule.USED}:
        return None
    number = decision.value.removeprefix("leads: ")
    return int(number) if number.isdecimal() and int(number) != decision.article_id else None
