"""The last step of every format: a draft is cleaned, bounded and completed to an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from digest.collect.addresses import absolute, host_of, site_of
from digest.collect.blocks import Block, to_html, with_text
from digest.collect.document import Context, Document, Draft, Format
from digest.collect.headlines import trim_headline
from digest.collect.images import find_image
from digest.collect.language import clean_language, detect_language
from digest.collect.names import name_tags
from digest.errors import DocumentError
from digest.markup import clean_line, sanitise
from digest.model import UNKNOWN_SOURCE, ArticleContent, Source, Tag, TagOrigin
from digest.model.article import fold
from digest.settings import section_key

__all__ = ["finish"]

_MAX_TITLE = 300
_MAX_SHORT = 120  #: of a byline
_MAX_TAG = 60
_MAX_TAGS = 20
_MAX_GUID = 1_000
_MAX_KEY = 63  #: of a source


def finish(draft: Draft, document: Document, context: Context, *, needs_text: bool = True) -> ArticleContent:
    """Make an article of a draft.

    Args:
        draft: What its document tells.
        document: Where it stands.
        context: Of the installation.
        needs_text: False makes what is known of an article whose text stands elsewhere.

    Raises:
        DocumentError: It has no title, or no text where it needs one.
    """
    title = clean_line(draft.title, _MAX_TITLE)
    if not any(sign.isalnum() for sign in title):
        raise DocumentError("no title")
    blocks = tuple(_fitting(draft.blocks, context.max_chars))
    if needs_text and not blocks:
        raise DocumentError("no text")
    url = _own_address(draft, document, context)
    source = context.source or _source(draft.source_names, url, context.sources)
    heard = None if source else _heard(draft.source_names, url)
    paragraphs = tuple(block.text for block in blocks)
    language = clean_language(draft.language) or (source.language if source else None)
    language = language or detect_language("\n".join((title, *paragraphs)))
    title = trim_headline(title, paragraphs, (*draft.source_names, source.title if source else ""), language)
    section = clean_line(draft.section.split(",")[0], _MAX_TAG) or None
    return ArticleContent(
        title=title,
        paragraphs=paragraphs,
        html=_html(blocks),
        url=url,
        guid=clean_line(draft.guid, _MAX_GUID) or None,
        source=source.key if source else section_key(heard)[:_MAX_KEY] if heard else None,
        source_title=heard,
        byline=clean_line(draft.byline, _MAX_SHORT) or None,
        published=draft.published,
        language=language,
        section=section,
        tags=tuple(_tags(draft, name_tags(title, paragraphs, language), section, source)),
        image=find_image(draft.image, document, context, url or document.url or ""),
    )


def _own_address(draft: Draft, document: Document, context: Context) -> str | None:
    """Return the article's address; a page is believed only within its own site.

    An address is what an article is known by: a page that gave another site's would replace its article.
    """
    url = absolute(draft.url, document.url or "")
    if document.url is None or document.format is not Format.HTML or url is None:
        return url
    sites = {site_of(document.url)}
    if context.source is not None and context.source.homepage:
        sites.add(site_of(context.source.homepage))
    # Many sites call their front page the address of all their pages: all would be one article.
    is_front = urlsplit(url)[2:] in {("", "", ""), ("/", "", "")}
    return url if site_of(url) in sites and not is_front else absolute(document.url, "")


def _fitting(blocks: Iterable[Block], max_chars: int) -> Iterator[Block]:
    """Return the blocks that fit, the last one cut; their text is cleaned."""
    left = max_chars
    for block in blocks:
        text = clean_line(block.text, left)
        if not text or left <= 0:
            continue
        left -= len(text) + 2
        yield block if text == block.text else with_text(block, text)


def _html(blocks: tuple[Block, ...]) -> str:
    """Write and check the HTML; markup that breaks a bound is left out, the text stays."""
    try:
        return sanitise(to_html(blocks))
    except DocumentError:
        return sanitise(to_html(replace(with_text(block, block.text), tag="p") for block in blocks))


def _source(names: Iterable[str], url: str | None, sources: tuple[Source, ...]) -> Source | None:
    """Find the source that the document names, by key, title or homepage, else by its address."""
    for name in [*names, url or ""]:
        host = host_of(name)
        for source in sources:
            if fold(name) in {source.key, fold(source.title)}:
                return source
            if host is not None and source.homepage and host_of(source.homepage) == host:
                return source
    return None


def _heard(names: Iterable[str], url: str | None) -> str | None:
    """Return what a document calls a source that the operator has not listed; else its host's name."""
    cleaned = (clean_line(name, _MAX_TAG) for name in names if "://" not in name)
    title = next((name for name in cleaned if any(sign.isalnum() for sign in name)), None)
    title = title or (host_of(url or "") or "").removeprefix("www.") or None
    return None if title is None or fold(title) == UNKNOWN_SOURCE else title


def _is_own(tag: Tag, draft: Draft, source: Source | None) -> bool:
    """Tell the name of the author or the source, which an article is not about."""
    own = [draft.byline, *draft.source_names, source.title if source else ""]
    return tag.key.removeprefix("the ") in {fold(name).removeprefix("the ") for name in own}


def _tags(draft: Draft, names: Iterable[Tag], section: str | None, source: Source | None) -> Iterator[Tag]:
    """Return the tags, unique: those of the document, then names, its section, the source's rule."""
    cleaned = (clean_line(tag, _MAX_TAG + 1) for tag in draft.tags[:_MAX_TAGS])
    told = [Tag(name=tag, origin=TagOrigin.SOURCE) for tag in cleaned if len(tag) <= _MAX_TAG]
    by_section = [Tag(name=section, origin=TagOrigin.SOURCE)] if section else []
    ruled = (*filter(None, [source.section]), *source.tags) if source else ()
    by_rule = [Tag(name=tag, origin=TagOrigin.RULE) for tag in ruled]
    seen = {fold(draft.title)}
    names = [tag for tag in names if not _is_own(tag, draft, source)]
    for tag in (*told, *names, *by_section, *by_rule):
        if tag.key and tag.key not in seen:
            seen.add(tag.key)
            yield tag
