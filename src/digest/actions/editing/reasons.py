"""Why articles are in an edition, and why others are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.content.articles import get
from digest.actions.editions import find
from digest.model import Article, Decision, Placement, StoryWish, Summary
from digest.pick import explain
from digest.store import StoredEdition


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why an article is or is not in an edition."""

    article: int
    decision: str  #: 'kept', 'dropped' or 'not a candidate'
    rule: str | None
    value: str | None
    text: str  #: one sentence
    terms: tuple[tuple[str, float], ...] = ()  #: factors of its score, when it had one
    summary: Summary | None = None  #: what it is told with; None when it is not in the edition
    placed: Placement | None = None  #: what led to its section; None on old records


def why(app: App, edition_id: int, article_id: int) -> Why:
    """Say in one sentence why an article is or is not in an edition.

    Raises:
        NotFound: There is no such edition or article.
    """
    stored = find(app, edition_id)
    with app.store.reading() as tx:
        decision = tx.editions.decision(edition_id, article_id)
        told = {
            frozenset((item.article_id, one))
            for item in stored.edition.items
            for one in (*item.merged, *item.apart)
        }
        wishes = [
            wish
            for wish in tx.stories.about([article_id])
            if wish.at <= stored.built_at or frozenset(wish.pair) in told
        ]
    article = get(app, article_id)
    if decision is None:
        return _never_weighed(stored, article)
    return Why(
        article=article_id,
        decision="kept" if decision.kept else "dropped",
        rule=decision.rule.value,
        value=decision.value,
        text=" ".join([explain(decision, article.title), *(_told(wish, article_id) for wish in wishes)]),
        terms=decision.score.terms if decision.score else (),
        placed=decision.placed,
        summary=next((item.summary for item in stored.edition.items if item.article_id == article_id), None),
    )


def _told(wish: StoryWish, article_id: int) -> str:
    other = next(number for number in wish.pair if number != article_id)
    deed = "brought it together with" if wish.kind == "together" else "keeps it apart from"
    return f"{wish.by} {deed} article {other}."


def decisions(app: App, edition_id: int) -> tuple[tuple[Decision, Article], ...]:
    """List every decision of an edition with its article; dropped articles are left out."""
    find(app, edition_id)
    with app.store.reading() as tx:
        made = tx.editions.decisions(edition_id)
        articles = {article.id: article for article in tx.articles.many([one.article_id for one in made])}
    return tuple((one, articles[one.article_id]) for one in made if one.article_id in articles)


def _never_weighed(stored: StoredEdition, article: Article) -> Why:
    since, until = (datetime.fromisoformat(str(stored.plan[key])) for key in ("since", "until"))
    title = f"“{article.title}” was not a candidate"
    if article.collected_at > stored.built_at:
        text = f"{title}: it came in after the edition was built."
    elif not since < article.effective_at <= until:
        zone = stored.edition.slot.local.tzinfo
        spelt = [
            moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
            for moment in (article.effective_at, since, until)
        ]
        text = f"{title}: it is of {spelt[0]}, and the window ran from {spelt[1]} to {spelt[2]}."
    else:
        text = f"{title}: none of its tags is one that the digest asks for."
    return Why(article=article.id, decision="not a candidate", rule=None, value=None, text=text)
