"""How sources are doing, and looking at them now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from digest.actions.app import App
from digest.actions.content.rounds import (
    Hosts,
    Round,
    Visited,
    Way,
    has_further,
    is_silent,
    note_sources,
    note_wish,
    silence,
)
from digest.errors import NotFound, Refused
from digest.model import HistoryEntry, Source, SourceState


class Standing(StrEnum):
    """How a source is doing, in a word."""

    NAME = "name"  #: it has no address: only a name for articles that come in otherwise
    PAUSED = "paused"
    NEW = "new"  #: nobody has looked yet
    WELL = "well"
    SILENT = "silent"  #: it can be read, and brings nothing for unusually long
    FAILING = "failing"  #: the last look failed
    DEAD = "dead"  #: so did `collect.dead_after` in a row
    GONE = "gone"  #: its server says that it is gone for good


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """One source of the settings and how it is doing."""

    source: Source
    state: SourceState | None  #: None: nobody has looked yet, or it has no address
    standing: Standing
    silent_after: timedelta | None  #: without a new article so long people are told; None: never


def healths(app: App, now: datetime | None = None) -> tuple[Health, ...]:
    """Return how all listed sources are doing, in the order of the file.

    Args:
        app: The installation.
        now: The moment; None: that of its clock.

    Raises:
        StoreError: The database cannot be read.
    """
    with app.store.reading() as tx:
        states = {state.key: state for state in tx.source_states.all()}
    moment = now or app.clock()
    return tuple(_health(app, source, states.get(source.key), moment) for source in app.sources)


def health(app: App, name: str) -> Health:
    """Return how one source is doing.

    Raises:
        NotFound: No such source is listed.
        StoreError: The database cannot be read.
    """
    source = _listed(app, name)
    with app.store.reading() as tx:
        state = tx.source_states.get(name)
    return _health(app, source, state, app.clock())


def fetch(
    app: App,
    names: Sequence[str],
    *,
    worker: str,
    told: Callable[[Visited], None],
    further: int | None = None,
    by: str = "service",
) -> tuple[str, ...]:
    """Look at sources now, due or not; one that is named also when it was gone.

    Args:
        app: The installation.
        names: Of which; empty: all that are neither paused nor gone.
        worker: Names who looks, unlike anybody else.
        told: Of each source as it ends, in any thread.
        further: So many further pages of each listing are read, for what is past; None: as few as there must
            be.
        by: Who wants it.

    Returns:
        Those that another process has in hand: it looks at them.

    Raises:
        NotFound: A name is not listed; nothing was done.
        Refused: One that is named has no address, is paused, or can have no further pages; nothing was done.
        StoreError: The database cannot be read or written.
    """
    wanted = names or [one.key for one in app.sources if one.url is not None and not one.fetching.paused]
    _hurry(app, wanted, gone=bool(names), further=further, by=by)
    return _look(app, Way(worker=worker, hosts=Hosts(), keys=wanted, goes_on=False, told=told, by=by))


def fetch_while_waiting(
    app: App, name: str, *, worker: str, told: Callable[[Visited], None]
) -> tuple[str, ...]:
    """Look at one source now as `fetch` does, and leave the further pages that people want to the next look.

    They can take minutes, and whoever waits has not asked for them.
    """
    _hurry(app, [name], gone=True)
    return _look(app, Way(worker=worker, hosts=Hosts(), keys=[name], goes_on=False, told=told, walks=False))


def _look(app: App, way: Way) -> tuple[str, ...]:
    """Look at the sources of a way; return those that another process has in hand."""
    ended: list[str] = []

    def told(visited: Visited) -> None:
        ended.append(visited.source)
        way.told(visited)

    Round(lambda: app, replace(way, told=told)).run()
    gone = {one.source.key for one in healths(app) if one.standing is Standing.GONE}
    return tuple(name for name in way.keys or () if name not in ended and name not in gone)


def fetch_soon(app: App, names: Sequence[str], *, by: str, further: int | None = None) -> None:
    """Let the service look at sources as soon as it can, due or not; nobody waits for it here.

    Args:
        app: The installation.
        names: Of which, one at least; also one that was gone.
        by: Who wants it.
        further: So many further pages of each listing are read, too, for what is past.

    Raises:
        NotFound: A name is not listed; nothing was done.
        Refused: One of them has no address, is paused, or can have no further pages; nothing was done.
        StoreError: The database cannot be written.
    """
    told = names[0] if len(names) == 1 else f"{len(names)} sources"
    _hurry(app, names, gone=True, further=further, by=by, told=told)


def _hurry(
    app: App,
    names: Sequence[str],
    *,
    gone: bool,
    further: int | None = None,
    by: str = "service",
    told: str | None = None,
) -> None:
    """Let sources be due now, and note what is wanted of their past; on record where it is told."""
    listed = {source.key: source for source in app.sources}
    wanted = [listed.get(name) or _listed(app, name) for name in names]
    for source in wanted:
        _may_fetch(source, further)
    note_sources(app)
    now = app.clock()
    with app.store.writing() as tx:
        tx.source_states.hurry(names, at=now, gone=gone)
        if further is not None:
            for source in wanted:
                note_wish(tx, source, further, at=now, by=by)
        elif told is not None:
            tx.history.add(HistoryEntry(at=now, by=by, event="source fetched", outcome="ok", note=told))


def _may_fetch(source: Source, further: int | None) -> None:
    where = f"config/sources.yaml: {source.key}"
    if source.url is None:
        raise Refused("it has no address", where=where, hint="give it a url")
    if source.fetching.paused:
        raise Refused("it is paused", where=where, hint=f"`digest sources resume {source.key}` ends that")
    if further is not None and not has_further(source):
        raise Refused(
            f"a {source.kind.value} has no further pages",
            where=where,
            hint="a feed or an API of its site may have them: `digest sources add SITE` finds it",
        )


def _listed(app: App, name: str) -> Source:
    found = next((source for source in app.sources if source.key == name), None)
    if found is None:
        raise NotFound(
            f"no source '{name}'", where="config/sources.yaml", hint="`digest sources list` names them"
        )
    return found


def _health(app: App, source: Source, state: SourceState | None, now: datetime) -> Health:
    return Health(
        source=source,
        state=state if state is not None and state.url == source.url else None,
        standing=_standing(app, source, state, now),
        silent_after=None if state is None else silence(source.fetching, state),
    )


def _standing(app: App, source: Source, state: SourceState | None, now: datetime) -> Standing:
    if source.url is None:
        return Standing.NAME
    if source.fetching.paused:
        return Standing.PAUSED
    if state is None or state.tried_at is None or state.url != source.url:
        return Standing.NEW
    if state.gone_at is not None:
        return Standing.GONE
    if state.failures:
        is_dead = state.failures >= app.system.collect.dead_after
        return Standing.DEAD if is_dead else Standing.FAILING
    return Standing.SILENT if is_silent(source.fetching, state, now) else Standing.WELL
