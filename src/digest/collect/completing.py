"""What a listing and a page know of one article, put together."""

from __future__ import annotations

import re
from dataclasses import replace

from digest.collect.teasers import is_cut
from digest.model import ArticleContent, Tag, TagOrigin
from digest.model.article import fold

__all__ = ["complete"]

_MAX_TAGS = 40
_MANY = 60  #: words of a summary that are looked for in the page
_SHARE = 0.4  #: of them that a page on the same thing has, or of the words of the title


def complete(thin: ArticleContent, page: ArticleContent) -> ArticleContent:
    """Put together what a listing begins and its page tells: what each knows better.

    The page has the text, the language and the picture; the listing has the address and identifier that the
    article is known by, the headline, author and date, and tags that come first. A page that is about
    something else, such as a request to sign in, changes nothing as long as the listing has a text.

    Returns:
        `thin` itself when the page has no more of this article.
    """
    if thin.paragraphs and (page.word_count <= thin.word_count or not _is_same(thin, page)):
        return thin
    return replace(
        page,
        title=page.title if is_cut(thin.title) else thin.title,
        url=thin.url or page.url,
        guid=thin.guid or page.guid,
        source=thin.source or page.source,
        source_title=thin.source_title if thin.source else page.source_title,
        byline=thin.byline or page.byline,
        published=thin.published or page.published,
        language=page.language or thin.language,
        section=thin.section or page.section,
        tags=_tags(thin, page),
        image=page.image or thin.image,
    )


def _is_same(thin: ArticleContent, page: ArticleContent) -> bool:
    """Tell whether a page is about what a listing announces: by its headline, else by its words."""
    told = set(_words(f"{page.title} {page.text}"))
    headline, summary = set(_words(thin.title)), set(_words(thin.text)[:_MANY])
    return any(words and len(words & told) >= _SHARE * len(words) for words in (headline, summary))


def _words(text: str) -> list[str]:
    """Return the words that say something; of scripts without spaces every pair of letters."""
    words = re.findall(r"\w{4,}", fold(text))
    return [part for word in words for part in (_pairs(word) if ord(word[0]) > 0x2E80 else [word])]


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _tags(thin: ArticleContent, page: ArticleContent) -> tuple[Tag, ...]:
    """Return the listing's own tags, then the page's, whose text names more than a summary does."""
    unique: dict[str, Tag] = {}
    for tag in (*(one for one in thin.tags if one.origin is not TagOrigin.NAME), *page.tags):
        unique.setdefault(tag.key, tag)
    return tuple(unique.values())[:_MAX_TAGS]
