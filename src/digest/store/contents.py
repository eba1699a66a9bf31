"""Article contents on their way into rows and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from digest.canonical import canonical_address
from digest.errors import DocumentError
from digest.model import ArticleContent, Image
from digest.model.article import fold
from digest.store.json_type import dump
from digest.store.part import Line
from digest.store.time_type import to_ticks

_SEPARATORS = 10  # between the eleven texts that make an article's words
_ADDRESS = 2  # number of the address among them


@dataclass(frozen=True, slots=True)
class Incoming:
    """A content that may be stored, with its two names."""

    content: ArticleContent
    identity: bytes  #: what makes it the same article when it comes again
    also: bytes | None
    #: another name: source and identifier where its address is the first, words where these are, source
    #: and address where it shares this with others
    hash: bytes  #: what makes it the same words
    paragraphs: str  #: as they are stored; written once, because this is what takes time
    html: str | None  #: as it is stored: None when it says no more than the paragraphs do


def examine(content: ArticleContent) -> Incoming:
    """Name a content by its canonical address, else its feed's identifier, else its title and text.

    Raises:
        DocumentError: Its text is no Unicode, holds NUL, or its date is outside the calendar.
    """
    title = content.title[:60]
    try:
        paragraphs = dump(content.paragraphs)
        html = None if content.html == plain_html(content.paragraphs) else content.html
        words = "\0".join((*_words(content, html), paragraphs))
        identity = _identity(content).encode()
        also = _second_name(content)
        written = words.encode()
        unseen = f"{content.url}{content.guid}"  # stored as they are, whatever counts of them as words
        unseen.encode()
    except ValueError as error:
        raise DocumentError(f"article {title!a} cannot be stored: {error}") from error
    if words.count("\0") != _SEPARATORS or "\0" in content.text + unseen:
        raise DocumentError(f"article {title!a} cannot be stored: it holds NUL characters")
    second = None if also is None else _short_hash(also.encode())
    return Incoming(content, _short_hash(identity), second, _short_hash(written), paragraphs, html)


def name_by_text(content: ArticleContent) -> bytes:
    """Name a content by its title and text alone."""
    return _short_hash(_text_name(content).encode())


def name_by_place(content: ArticleContent) -> bytes:
    """Name one of several articles of a source that have one address."""
    return _short_hash(f"{_board_name(content)}\n{_text_name(content)}".encode())


def name_of_board(content: ArticleContent) -> bytes:
    """Name what several articles of a source that have one address have in common, as their second name."""
    return _short_hash(_board_name(content).encode())


def is_named_by_feed(content: ArticleContent) -> bool:
    """Tell whether its feed's identifier tells an entry from others with its address: some repeat it."""
    return bool(content.guid) and canonical_address(content.guid or "") != canonical_address(
        content.url or ""
    )


def hash_before(one: Incoming, url: str | None, guid: str | None) -> bytes:
    """Hash the words of a content as it was done once: with its identifier and its very address.

    Args:
        one: The content.
        url: The address that the article was told under.
        guid: Its identifier then.
    """
    words = list(_words(one.content, one.html))
    words[_ADDRESS : _ADDRESS + 1] = [_told(url), _told(guid)]
    return _short_hash("\0".join((*words, one.paragraphs)).encode())


def revision_row(
    incoming: Incoming, *, article_id: int, revision: int, stored_at: datetime
) -> dict[str, object]:
    """Make the row of one revision."""
    content = incoming.content
    return {
        "article_id": article_id,
        "revision": revision,
        "stored_at": stored_at,
        "title": content.title,
        "paragraphs": incoming.paragraphs,
        "html": incoming.html,
        "url": content.url,
        "guid": content.guid,
        "source": content.source,
        "byline": content.byline,
        "published": content.published,
        "language": content.language,
        "section": content.section,
        "image": _image_row(content.image),
    }


def content_fields(row: Line) -> dict[str, Any]:  # why Any: keyword arguments of several types
    """Read the fields of a content from a row of revisions, tags apart."""
    paragraphs = tuple(json.loads(row.paragraphs))
    return {
        "title": row.title,
        "paragraphs": paragraphs,
        "html": plain_html(paragraphs) if row.html is None else row.html,
        "url": row.url,
        "guid": row.guid,
        "source": row.source,
        "byline": row.byline,
        "published": row.published,
        "language": row.language,
        "section": row.section,
        "image": None if row.image is None else Image(**row.image),
    }


def plain_html(paragraphs: Iterable[str]) -> str:
    """Write paragraphs as HTML with nothing but paragraphs in it, as most articles are."""
    return "\n".join([f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs])


def effective_at(content: ArticleContent, collected_at: datetime) -> datetime:
    """Return the moment that windows count with; see `Article.effective_at`."""
    if content.published is None or content.published > collected_at:
        return collected_at
    return content.published


def searched_text(content: ArticleContent) -> str:
    """Join what a search looks through."""
    return "\n".join((content.title, content.byline or "", *content.paragraphs))


def _image_row(image: Image | None) -> Mapping[str, object] | None:
    return None if image is None else {"url": image.url, "alt": image.alt, "caption": image.caption}


def _words(content: ArticleContent, html: str | None) -> tuple[str, ...]:
    """List all that a reader could notice beside the paragraphs, in a fixed order.

    Not the identifier, and of the address no more than where it leads: some feeds make both anew each time.
    """
    image = content.image
    return (
        content.title,
        _told(html),
        _told(content.url and canonical_address(content.url)),
        _told(content.source),
        _told(content.byline),
        "" if content.published is None else str(to_ticks(content.published)),
        _told(content.language),
        _told(content.section),
        "" if image is None else dump([image.url, image.alt, image.caption]),
        "\n".join([f"{tag.origin} {tag.name}" for tag in content.tags]),
    )


def _told(text: str | None) -> str:
    """Tell an unknown text from an empty one."""
    return "" if text is None else f"={text}"


def _identity(content: ArticleContent) -> str:
    """Return a name that no other kind of name can equal."""
    if content.url:
        return f"url\n{canonical_address(content.url)}"
    return _feed_name(content) if content.guid else _text_name(content)


def _second_name(content: ArticleContent) -> str | None:
    if not content.guid:
        return None
    if content.url:
        return _feed_name(content)
    day = "" if content.published is None else to_ticks(content.published)
    return f"told\n{content.source or ''}\n{day}\n{_text_name(content)}"


def _board_name(content: ArticleContent) -> str:
    return f"board\n{content.source or ''}\n{canonical_address(content.url or '')}"


def _feed_name(content: ArticleContent) -> str:
    return f"guid\n{content.source or ''}\n{content.guid}"


def _text_name(content: ArticleContent) -> str:
    return f"text\n{fold(content.title)}\n{content.text}"


def _short_hash(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
