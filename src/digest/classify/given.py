"""Tags that a digest's own rules give to articles, each with why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.classify.lexicon import Lexicon
from digest.classify.words import Words, read
from digest.model import Article, Tag, TagOrigin
from digest.model.article import fold

__all__ = ["Leading", "TagRule", "given_tags", "leading"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TagRule:
    """Gives tags to articles that have all of what it names; of each list any one."""

    give: tuple[str, ...]
    sources: tuple[str, ...] = ()  #: keys; empty: whatever the source
    title: tuple[str, ...] = ()  #: words, `word*`, `*word` or several words that stand together
    tags: tuple[str, ...] = ()  #: that the article carries, or that a rule before has given


@dataclass(frozen=True, kw_only=True, slots=True)
class Leading:
    """What leads to some tags."""

    tags: tuple[str, ...]  #: those themselves, and those that a rule makes one of them of
    is_open: bool  #: a rule gives one of them to articles that carry none of all these


def given_tags(article: Article, rules: Sequence[TagRule], off: Collection[str] = ()) -> tuple[Tag, ...]:
    """Return the tags of an article, with those behind that rules give it, in the rules' order.

    Args:
        article: As it is stored.
        rules: In their order: what one gives counts for those after it.
        off: Keys of tags that an editor took off: no rule gives them again.
    """
    carried = {tag.key: tag for tag in article.tags}
    title = read(article.title, "")
    for rule in rules:
        reasons = list(_reasons(article.origin.key, title, carried.keys(), rule))
        if None in reasons:
            continue
        why = " and ".join(filter(None, reasons))
        for name in rule.give:
            tag = Tag(name=name, origin=TagOrigin.RULE, why=why)
            if tag.key and tag.key not in off:
                carried.setdefault(tag.key, tag)
    return tuple(carried.values())


def leading(names: Sequence[str], rules: Sequence[TagRule]) -> Leading:
    """Find what leads to any of some tags by rules, so that no candidate is missed."""
    wanted = dict.fromkeys(fold(name) for name in names)
    is_open = False
    for rule in reversed(rules):  # what a rule gives counts for those after it
        if not wanted.keys().isdisjoint(map(fold, rule.give)):
            is_open = is_open or not rule.tags
            wanted.update(dict.fromkeys(map(fold, rule.tags)))
    return Leading(tags=tuple(wanted), is_open=is_open)


def _reasons(source: str, title: Words, carried: Collection[str], rule: TagRule) -> Iterator[str | None]:
    """Say how an article has each of what a rule names; None where it has not."""
    if rule.sources:
        yield f"it is of the source '{source}'" if source in rule.sources else None
    if rule.title:
        told = _lexicon(rule.title).weigh(title).get("")
        yield f"its title has “{told.best(1)[0]}”" if told else None
    if rule.tags:
        name = next((name for name in rule.tags if fold(name) in carried), None)
        yield f"it is tagged “{name}”" if name else None


@lru_cache(maxsize=256)
def _lexicon(words: tuple[str, ...]) -> Lexicon:
    return Lexicon((word, "", 1.0) for word in words)
