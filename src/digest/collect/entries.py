"""Entries of a feed or an API: whole articles, and pages that hold what an entry only begins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from digest.collect.addresses import is_within
from digest.collect.document import Context, Document, Draft, Unreadable
from digest.collect.finish import finish
from digest.collect.listed import NEVER, WHOLE, Listing, PageRef, Part, newest_first
from digest.collect.teasers import is_thin
from digest.errors import DocumentError
from digest.model import ArticleContent
from digest.model.article import fold
from digest.model.likeness import are_alike

__all__ = ["EntryReader", "list_entries"]

EntryReader = Callable[[], Draft]  #: reads one entry; raises DocumentError


def list_entries(
    readers: Iterable[EntryReader],
    document: Document,
    context: Context,
    *,
    home: str = "",
    every: timedelta | None = None,
    part: Part = WHOLE,
) -> Listing:
    """Read entries; a bad one costs itself.

    An entry that holds little of its article becomes a page to fetch, if that page is within the listing's
    site, its home or the source's homepage, and no entry that tells something else leads there; else what
    there is is taken.

    Args:
        readers: One for each entry, in the listing's order.
        document: The listing.
        context: Of the installation.
        home: The address of the site that the listing says it is of.
        every: How often the listing wants to be asked at most.
        part: Which of them to read.
    """
    sites = _sites(document, context, home)
    found: list[ArticleContent | Unreadable] = []
    pages: list[PageRef] = []
    last: ArticleContent | None = None
    all_readers = list(readers)
    chosen = all_readers[part.start : part.start + part.many]
    begun = time.process_time()
    number = part.start
    for number, reader in enumerate(chosen, start=part.start + 1):
        try:
            draft = reader()
            article = finish(draft, document, context, needs_text=False)
            if not is_thin(article, draft.extent):
                found.append(article)
            elif article.url and any(is_within(article.url, site) for site in sites):
                pages.append(_page(article))
            else:
                found.append(_as_it_is(article))
            last = article
        except DocumentError as error:
            found.append(Unreadable(name=f"{document.name}, entry {number}", reason=error.message))
        if part.cpu_s is not None and time.process_time() - begun > part.cpu_s:
            break
    rest = number if number < len(all_readers) else None
    told, pages = _without_shared(pages)
    found += told
    return Listing(found=tuple(found), pages=newest_first(pages), every=every, last=last, rest=rest)


def _sites(document: Document, context: Context, home: str) -> list[str]:
    """List the addresses whose sites an entry's page may belong to."""
    own = context.source.homepage if context.source else None
    return [site for site in (document.url, home, own) if site]


def _without_shared(pages: Iterable[PageRef]) -> tuple[list[ArticleContent], list[PageRef]]:
    """Take what there is of entries that lead to one page, such as a board of notices: it completes none.

    Entries that tell the same anew ('Update: ...') are no board; the newest comes first, and is completed.
    """
    bare = [page for page in pages if page.thin is None or not page.thin.paragraphs]
    shared: dict[str, list[tuple[PageRef, ArticleContent]]] = {}
    for page in sorted(pages, key=lambda page: page.modified or NEVER, reverse=True):
        if page.thin is not None and page.thin.paragraphs:
            shared.setdefault(page.url, []).append((page, page.thin))
    told: list[ArticleContent] = []
    rest: list[PageRef] = []
    for (page, newest), *others in shared.values():
        apart = [thin for _, thin in others if _is_another(thin, newest)]
        if apart:
            told += [newest, *apart]
        else:
            rest.append(page)
    return told, rest + bare


def _is_another(thin: ArticleContent, newest: ArticleContent) -> bool:
    """Tell whether an entry tells something else than a newer one that leads to the same page."""
    mine, theirs = (set(fold(one.title).split()) for one in (thin, newest))
    return not (mine <= theirs or theirs <= mine or are_alike(thin, newest.title, newest.paragraphs))


def _page(article: ArticleContent) -> PageRef:
    return PageRef(url=article.url or "", modified=article.published, title=article.title, thin=article)


def _as_it_is(article: ArticleContent) -> ArticleContent:
    if article.paragraphs:
        return article
    raise DocumentError(
        "no text" + (", and its page is on another site" if article.url else " and no address")
    )
