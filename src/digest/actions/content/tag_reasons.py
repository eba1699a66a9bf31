"""Why an article carries its tags: who put each on, and what a name that was found in it is of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digest.collect import NameKind, kinds_of
from digest.model import ArticleContent, Source, Tag, TagOrigin
from digest.model.article import fold


@dataclass(frozen=True, kw_only=True, slots=True)
class TagReason:
    """One tag of an article, and why it is there."""

    name: str
    origin: TagOrigin
    kind: NameKind | None  #: what a name that was found in the text is of; None: the tag is no such
    why: str  #: a few words for people


def tag_reasons(article: ArticleContent, sources: Iterable[Source] = ()) -> tuple[TagReason, ...]:
    """Tell why an article carries its tags, in their order.

    Args:
        article: As it is now; what its names are of is read from it.
        sources: As the settings have them now.
    """
    named = [tag.name for tag in article.tags if tag.origin is TagOrigin.NAME]
    found = {
        one.name: one
        for one in kinds_of(named, article.title, "\n".join(article.paragraphs), article.language)
    }
    source = next((one for one in sources if one.key == article.source), None)
    reasons = []
    for tag in article.tags:
        name = found.get(tag.name) if tag.origin is TagOrigin.NAME else None
        why = name.why if name else _why(tag, source)
        reasons.append(TagReason(name=tag.name, origin=tag.origin, kind=name.kind if name else None, why=why))
    return tuple(reasons)


def _why(tag: Tag, source: Source | None) -> str:
    match tag.origin:
        case TagOrigin.EDITOR:
            return "an editor put it on"
        case TagOrigin.SOURCE:
            return "its own document says so"
        case _ if tag.why:
            return f"a rule of the digest: {tag.why}"
        case _ if source is not None and tag.key == fold(source.section or ""):
            return f"the section of the source '{source.key}'"
        case _ if source is not None and tag.key in map(fold, source.tags):
            return f"a tag of the source '{source.key}'"
        case _:
            return "a rule that the settings no longer have"
