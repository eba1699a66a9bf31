"""The list of sources: trying an address out, adding, pausing, removing, and lists of subscriptions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import Field

from digest.actions.content.finding import find_source
from digest.actions.content.source_list import (
    add_sources,
    free_name,
    import_outlines,
    pause_source,
    read_outlines,
    refuse_known,
    remove_source,
)
from digest.actions.content.sources import fetch_soon
from digest.collect import write_opml
from digest.model import SourceKind
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import Line, Name, Shape, Wish, wish_like
from digest.web.api.sources import SourceName
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])

_OPML = {"description": "OPML 2.0.", "content": {"text/x-opml": {"schema": {"type": "string"}}}}


class Beside(Shape):
    """What else could be a source there."""

    kind: str
    url: str
    title: str


class Prospect(Shape):
    """What could be a source at an address, and what is there now."""

    name: str = Field(description="One that no source has.")
    kind: SourceKind
    url: str
    title: str
    homepage: str | None
    whole: int = Field(description="Articles that are there with their text.")
    thin: int = Field(description="Articles whose text stands on pages of their own.")
    others: int = Field(description="Entries that are no articles.")
    others_reason: str | None = Field(description="Why the first of them is none; null: there are none.")
    listings: int = Field(description="Further lists that it names.")
    newest: datetime | None
    headlines: list[str]
    every_seconds: int | None = Field(description="How often it wants to be asked at most.")
    pages_allowed: bool | None = Field(description="By robots.txt; null: it has no pages of its own.")
    beside: list[Beside]


class TryWish(Wish):
    """Where to look."""

    url: Annotated[Name, Field(max_length=2_000, description="Of a feed, a sitemap or a page.")]

    model_config = wish_like(url="https://news.example.org/feed.xml")


class NewSource(Wish):
    """A source to list, mostly as trying it out gave it."""

    url: Annotated[Name, Field(max_length=2_000, description="Where it is read.")]
    kind: SourceKind = Field(description="How articles are found there.")
    title: Annotated[Name, Field(max_length=120, description="As people know it.")]
    name: Annotated[Name, Field(max_length=63)] | None = Field(
        default=None, description="Null: one is made of the title."
    )
    homepage: Annotated[Line, Field(max_length=2_000)] | None = Field(
        default=None, description="The site's address."
    )
    tags: Annotated[list[Name], Field(max_length=30)] = Field(
        default=[], description="That all its articles get."
    )

    model_config = wish_like(
        url="https://news.example.org/feed.xml", kind="feed", title="Harbour Wire", tags=["harbour"]
    )


class Listing(Shape):
    """What became of a wish for the list."""

    name: str
    listed: bool


class Resting(Shape):
    """Whether anybody goes to a source."""

    name: str
    paused: bool


class SoonWish(Wish):
    """Which sources to look at."""

    sources: Annotated[list[Name], Field(max_length=1_000)] | None = Field(
        default=None, description="Names; null: all that have an address and are not paused."
    )

    model_config = wish_like(sources=["harbour-wire"])


class Soon(Shape):
    """Sources that the service looks at as soon as it can."""

    sources: list[str]


class NotListed(Shape):
    """An address that could not be listed."""

    url: str
    reason: str


class Outlines(Shape):
    """What became of a list of subscriptions."""

    added: list[str] = Field(description="Names, in the list's order.")
    known: list[str] = Field(description="Addresses that a source has already.")
    refused: list[NotListed]


@router.post("/try", dependencies=scope(Right.OPERATE, over_all=True))
def try_source(app: Installed, wish: TryWish) -> Prospect:
    """Go to an address and tell what could be a source there; nothing is stored, and it may take a minute."""
    found = find_source(app, wish.url)
    return Prospect(
        name=free_name(found.title, found.found.url, (one.key for one in app.sources)),
        kind=found.found.kind,
        url=found.found.url,
        title=found.title,
        homepage=found.found.homepage,
        whole=found.whole,
        thin=found.thin,
        others=found.others,
        others_reason=found.others_reason,
        listings=found.listings,
        newest=found.newest,
        headlines=list(found.headlines),
        every_seconds=None if found.every is None else int(found.every.total_seconds()),
        pages_allowed=found.is_allowed,
        beside=[Beside(kind=one.kind, url=one.url, title=one.title) for one in found.beside],
    )


@router.post("", dependencies=scope(Right.OPERATE, over_all=True))
def add_source(app: Installed, user: Person, wish: NewSource) -> Listing:
    """List a source in config/sources.yaml; the service reads it as soon as it gets to it."""
    refuse_known(app.sources, wish.url)
    name = wish.name or free_name(wish.title, wish.url, (one.key for one in app.sources))
    entry = {**wish.model_dump(mode="json"), "name": name}
    add_sources(app, [{key: value for key, value in entry.items() if value}], by=by(user))
    return Listing(name=name, listed=True)


@router.post("/fetch", dependencies=scope(Right.OPERATE, over_all=True))
def fetch_sources_soon(app: Installed, user: Person, wish: SoonWish | None = None) -> Soon:
    """Let the service look at sources as soon as it can; nobody waits for it here."""
    every = [one.key for one in app.sources if one.url is not None and not one.fetching.paused]
    names = every if wish is None or wish.sources is None else list(dict.fromkeys(wish.sources))
    if names:
        fetch_soon(app, names, by=by(user))
    return Soon(sources=names)


@router.post("/import", dependencies=scope(Right.OPERATE, over_all=True))
def import_sources(
    app: Installed, user: Person, file: Annotated[UploadFile, File(description="OPML.")]
) -> Outlines:
    """List the feeds of another program's list that no source has yet; nobody goes there."""
    data = file.file.read(app.system.limits.document_bytes + 1)
    made = import_outlines(app, read_outlines(app, data, "the list"), by=by(user))
    refused = [NotListed(url=url, reason=why) for url, why in made.refused]
    return Outlines(added=list(made.added), known=list(made.known), refused=refused)


@router.get(
    ".opml",
    dependencies=scope(Right.READ),
    response_class=Response,
    responses={200: _OPML},
)
def export_sources(app: Installed) -> Response:
    """Give the sources that have an address as OPML."""
    return Response(write_opml(app.sources, "Sources"), media_type="text/x-opml; charset=utf-8")


@router.put("/{source}/pause", dependencies=scope(Right.OPERATE, over_all=True))
def pause_one_source(app: Installed, user: Person, source: SourceName) -> Resting:
    """Let nobody go to a source until it is resumed."""
    pause_source(app, source, by=by(user))
    return Resting(name=source, paused=True)


@router.delete("/{source}/pause", dependencies=scope(Right.OPERATE, over_all=True))
def resume_source(app: Installed, user: Person, source: SourceName) -> Resting:
    """Go to a source again."""
    pause_source(app, source, by=by(user), paused=False)
    return Resting(name=source, paused=False)


@router.delete("/{source}", dependencies=scope(Right.OPERATE, over_all=True))
def unlist_source(app: Installed, user: Person, source: SourceName) -> Listing:
    """Take a source off the list; its articles stay."""
    remove_source(app, source, by=by(user))
    return Listing(name=source, listed=False)
