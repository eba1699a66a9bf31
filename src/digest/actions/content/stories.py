"""Look at stories, and let editors bring articles together or keep them apart for good."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal

from digest.actions.app import App
from digest.errors import DigestError, NotFound, Refused
from digest.group import SPAN, find_stories
from digest.model import Article, HistoryEntry, Story, StoryWish, TagOrigin
from digest.store import Transaction

_AROUND = 400  #: articles that stories are looked for among, beside those asked for
_LIKELY = 20  #: of them, those that name the same people and places, for each article


def stories_of(tx: Transaction, articles: Sequence[Article]) -> tuple[Story, ...]:
    """Find the stories that articles belong to, within their time and what editors wish.

    Looks among the articles themselves and up to `_AROUND` others within three days: first those that carry
    the same names, then the newest. Those that editors brought together with them are always there.

    Returns:
        The stories that hold any of the articles.
    """
    if not articles:
        return ()
    asked = {each.id for each in articles}
    likely = dict.fromkeys(number for each in articles for number in _with_its_names(tx, each))
    since = min(each.effective_at for each in articles) - SPAN
    until = max(each.effective_at for each in articles) + SPAN
    latest = tx.articles.latest(since=since, until=until, limit=_AROUND)
    around = [number for number in dict.fromkeys([*likely, *latest]) if number not in asked][:_AROUND]
    bound = [number for wish in _bound(tx, asked) for number in wish.pair]
    found = tx.articles.many([*asked, *around, *bound])
    wishes = tx.stories.wishes([each.id for each in found])
    stories = find_stories(found, wishes=wishes)
    return tuple(story for story in stories if not asked.isdisjoint(story.members))


def story_members(tx: Transaction, article: Article) -> tuple[int, ...]:
    """Return all articles of the story that an article belongs to, itself too."""
    return next(one.members for one in stories_of(tx, [article]) if article.id in one.members)


def show(app: App, article_id: int) -> tuple[Story, tuple[Article, ...], tuple[StoryWish, ...]]:
    """Return the story of an article, its members in order, and what editors said of them.

    Raises:
        NotFound: There is no such article, or it was dropped.
    """
    with app.store.reading() as tx:
        story = _story_of(tx, article_id)
        return story, tx.articles.many(story.members), tx.stories.about(story.members)


def listing(app: App, *, limit: int) -> tuple[tuple[Story, tuple[Article, ...]], ...]:
    """List the stories of several articles among the newest articles, the largest first.

    Args:
        app: The installation.
        limit: So many of the newest articles are looked at.
    """
    with app.store.reading() as tx:
        articles = tx.articles.list(limit=limit)
        stories = [story for story in stories_of(tx, articles) if story.size > 1]
        stories.sort(key=lambda story: (-story.size, story.lead))
        return tuple((story, tx.articles.many(story.members)) for story in stories)


def merge(app: App, article_ids: Sequence[int], *, by: str) -> None:
    """Bring articles together in one story, whatever their words and days.

    Raises:
        NotFound: There is no such article.
        DigestError: Fewer than two are named.
        Refused: Two that would come together are kept apart.
    """
    first, *others = dict.fromkeys(article_ids)
    if not others:
        raise DigestError("a merge needs two articles", hint="name them: `digest stories merge 3 8`")
    with app.store.writing() as tx:
        _need(tx, article_ids)
        bring_together(tx, [(first, other) for other in others], by=by, at=app.clock())


def bring_together(tx: Transaction, pairs: Collection[tuple[int, int]], *, by: str, at: datetime) -> None:
    """Keep pairs of stored articles together, and write that down; those that are so already stay.

    Raises:
        Refused: Two that would come together are kept apart.
    """
    numbers = dict.fromkeys(number for pair in sorted(pairs) for number in pair)
    _refuse_apart(tx, {number for each in numbers for number in _together_with(tx, each)})
    known = tx.stories.wishes(numbers).together
    tx.stories.put([pair for pair in pairs if (min(pair), max(pair)) not in known], "together", by=by, at=at)
    _record(tx, f"together: {', '.join(map(str, numbers))}", by=by, at=at)


def forget_pairs(
    tx: Transaction,
    pairs: Collection[tuple[int, int]],
    kind: Literal["together", "apart"],
    *,
    made: Collection[tuple[str, datetime]],
    by: str,
    at: datetime,
) -> None:
    """Take back that pairs are together or apart, where certain people said so at certain moments."""
    wanted = {(min(pair), max(pair)) for pair in pairs}
    told = tx.stories.about({number for pair in wanted for number in pair})
    gone = [one.pair for one in told if one.pair in wanted and one.kind == kind and (one.by, one.at) in made]
    tx.stories.remove(gone)
    for pair in sorted(gone):
        words = {"together": "together with", "apart": "apart from"}[kind]
        _record(tx, f"forgotten: {pair[0]} {words} {pair[1]}", by=by, at=at)


def split(app: App, article_id: int, *, from_id: int | None, by: str) -> tuple[int, ...]:
    """Keep an article apart from another, or from all that share its story now.

    Returns:
        The articles that it is kept apart from, ascending.

    Raises:
        NotFound: There is no such article.
        Refused: It stands alone, or editors brought the two together through others.
    """
    with app.store.writing() as tx:
        _need(tx, [article_id])
        if from_id is None:
            others = sorted(set(_story_of(tx, article_id).members) - {article_id})
        else:
            _need(tx, [from_id])
            others = sorted({from_id} - {article_id})
        if not others:
            raise Refused(f"article {article_id} stands alone", hint="`digest stories show` shows its story")
        keep_apart(tx, article_id, others, by=by, at=app.clock())
    return tuple(others)


def keep_apart(tx: Transaction, article_id: int, others: Collection[int], *, by: str, at: datetime) -> None:
    """Keep a stored article apart from others, and write that down; what is so already stays.

    Raises:
        Refused: Editors brought two of them together through others.
    """
    known = tx.stories.wishes([article_id, *others]).apart
    every = {(min(article_id, other), max(article_id, other)) for other in others}
    pairs = sorted(every - known)
    tx.stories.remove(pairs)
    bridge = sorted(_together_with(tx, article_id) & set(others))
    if bridge:
        raise Refused(
            f"editors brought {article_id} and {bridge[0]} together through other articles",
            hint=f"take that back first: `digest stories forget {article_id}`",
        )
    tx.stories.put(pairs, "apart", by=by, at=at)
    if pairs:
        _record(tx, f"apart: {article_id} from {', '.join(map(str, others))}", by=by, at=at)


def forget(app: App, article_id: int, *, by: str) -> int:
    """Take back all that editors said of an article's story; return how many wishes that were.

    Raises:
        NotFound: There is no such article.
    """
    with app.store.writing() as tx:
        _need(tx, [article_id])
        wishes = tx.stories.about([article_id])
        tx.stories.remove(wish.pair for wish in wishes)
        if wishes:
            _record(tx, f"forgotten: {len(wishes)} wishes about {article_id}", by=by, at=app.clock())
    return len(wishes)


def _story_of(tx: Transaction, article_id: int) -> Story:
    articles = _need(tx, [article_id])
    return next(story for story in stories_of(tx, articles) if article_id in story.members)


def _with_its_names(tx: Transaction, article: Article) -> tuple[int, ...]:
    names = [tag.key for tag in article.tags if tag.origin is TagOrigin.NAME]
    at = article.effective_at
    return tx.articles.newest(names, since=at - SPAN, until=at + SPAN, limit=_LIKELY) if names else ()


def _need(tx: Transaction, article_ids: Sequence[int]) -> tuple[Article, ...]:
    found = tx.articles.many(article_ids)
    known = {each.id for each in found}
    for number in article_ids:
        if number not in known:
            raise NotFound(f"no article {number}", hint="`digest articles list` shows those there are")
    return found


def _together_with(tx: Transaction, article_id: int) -> set[int]:
    """Return what editors brought together with an article, itself too."""
    return {article_id} | {number for wish in _bound(tx, {article_id}) for number in wish.pair}


def _bound(tx: Transaction, article_ids: Iterable[int]) -> list[StoryWish]:
    """Return the wishes that bring together, from article to article as far as they lead."""
    found: dict[tuple[int, int], StoryWish] = {}
    known: set[int] = set()
    rest = set(article_ids)
    while rest:
        known |= rest
        told = [wish for wish in tx.stories.about(rest) if wish.kind == "together"]
        found |= {wish.pair: wish for wish in told}
        rest = {number for wish in told for number in wish.pair} - known
    return list(found.values())


def _refuse_apart(tx: Transaction, article_ids: set[int]) -> None:
    apart = tx.stories.wishes(article_ids).apart
    if apart:
        one, other = min(apart)
        raise Refused(
            f"articles {one} and {other} are kept apart",
            hint=f"take that back first: `digest stories forget {other}`",
        )


def _record(tx: Transaction, note: str, *, by: str, at: datetime) -> None:
    tx.history.add(HistoryEntry(at=at, by=by, event="stories", outcome="ok", note=note))
