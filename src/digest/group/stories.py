"""Gather articles that tell the same event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations

from digest.group.divide import divide, originals
from digest.group.index import SPAN, Index, Pair
from digest.group.link import Group, link
from digest.group.wished import apart_of, rejoin, together_of
from digest.group.words import Reader, read, read_lately
from digest.model import NO_WISHES, Article, Story, Wishes

_HEARD = 2_000  #: so many articles tell how rare words are here and now
_ENOUGH_WORDS = 800  #: longer tellings are not better ones


def find_stories(
    articles: Sequence[Article], read: Reader = read_lately, wishes: Wishes = NO_WISHES
) -> tuple[Story, ...]:
    """Put every article into exactly one story; most stories hold one.

    Two articles belong together when one holds the other's wording, or when their words,
    names and figures make the same event likely. The members of a story lie within
    three days. What editors wish goes before all of it. Does not look at sections or languages.

    Args:
        articles: Unique by id; their order decides nothing but the order of the stories.
        read: Takes an article apart into words; one that remembers saves time when articles come again.
        wishes: Those about other articles are passed over.

    Returns:
        Stories in the order of their leads among the articles.
    """
    places = {each.id: place for place, each in enumerate(articles)}
    ordered = sorted(articles, key=lambda each: each.id)
    stories = StoryIndex(ordered, read).stories(wishes)
    return tuple(sorted(stories, key=lambda story: places[story.lead]))


class StoryIndex:
    """Articles that take in new ones while their stories are asked for.

    The stories are the same whatever the batches that articles come in, as long as the order is the same
    and the first ones are: by these it is known how rare words are.

    Args:
        articles: The first ones, unique by id.
        read: As in `find_stories`.
    """

    def __init__(self, articles: Sequence[Article], read: Reader = read) -> None:
        self._read = read
        self._articles: list[Article] = []
        first = [read(each) for each in articles[:_HEARD]]
        self._index = Index(Counter(word for words in first for word in words.body), len(first))
        self._index.add(zip(articles, first, strict=False))
        self._articles.extend(articles[:_HEARD])
        self.add(articles[_HEARD:])

    def add(self, articles: Sequence[Article]) -> None:
        """Take in more, none of them known already."""
        self._index.add((each, self._read(each)) for each in articles)
        self._articles.extend(articles)

    def stories(self, wishes: Wishes = NO_WISHES) -> tuple[Story, ...]:
        """Put every article into exactly one story; in no order that means anything."""
        groups = _groups(self._articles, self._index, wishes)
        members = [[self._articles[at] for at in group] for group in groups]
        return tuple(
            _story(each, _pairs_of(group, self._articles, self._index.copies))
            for each, group in zip(members, groups, strict=True)
        )


def _groups(articles: Sequence[Article], index: Index, wishes: Wishes) -> list[Group]:
    """Join what is alike, part what looks alike only, and keep to what editors wish."""
    places = {each.id: at for at, each in enumerate(articles)}
    apart = apart_of(wishes, places)
    together = together_of(wishes, places, apart)
    alike = index.alike | dict.fromkeys(index.copies, 1.0)
    groups = link(alike, index.moments, span=SPAN, together=together, apart=apart)
    follows = originals(index.copies)
    parts = (divide(group, index.profiles, alike, follows) for group in groups)
    return [part for each in parts for part in rejoin(each, together)]


def _pairs_of(
    group: Sequence[int], articles: Sequence[Article], copies: Mapping[Pair, float]
) -> dict[Pair, float]:
    """Return the copies within a group, by article ids instead of positions."""
    found = {}
    for one, other in combinations(sorted(group), 2):
        if (one, other) in copies:
            first, second = sorted((articles[one].id, articles[other].id))
            found[first, second] = copies[one, other]
    return found


def _story(members: Sequence[Article], shares: Mapping[Pair, float]) -> Story:
    if len(members) == 1:
        return Story(lead=members[0].id, members=(members[0].id,))
    words = {each.id: min(each.word_count, _ENOUGH_WORDS) for each in members}
    originals = _originals(members, words, shares)
    lead = min(
        (each for each in members if each.id not in originals),
        key=lambda each: (-each.origin.weight, -words[each.id], each.effective_at, each.id),
    )
    others = sorted((each for each in members if each is not lead), key=_order)
    return Story(
        lead=lead.id,
        members=(lead.id, *(each.id for each in others)),
        copies=tuple((each.id, originals[each.id]) for each in others if each.id in originals),
    )


def _originals(
    members: Sequence[Article], words: Mapping[int, int], shares: Mapping[Pair, float]
) -> dict[int, int]:
    """Name for each copy the article it shares most with, of those that were there before it."""
    found: dict[int, int] = {}
    by_age = sorted(members, key=lambda each: (each.effective_at, -words[each.id], each.id))
    for place, each in enumerate(by_age):
        shared = [
            (shares.get((min(each.id, before.id), max(each.id, before.id)), 0.0), before.id)
            for before in by_age[:place]
        ]
        best = max((share for share, _ in shared), default=0.0)
        if best:
            found[each.id] = next(before for share, before in shared if share == best)
    return found


def _order(article: Article) -> tuple[float, datetime, int]:
    return -article.origin.weight, article.effective_at, article.id
