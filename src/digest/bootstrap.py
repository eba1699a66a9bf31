"""The only wiring: from a home folder to an App."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from digest import __version__
from digest.actions.app import App
from digest.actions.figures import Figures
from digest.actions.upkeep.homes import read_keyring
from digest.clock import Clock, system_clock
from digest.drafting import Drafter, drafter_of
from digest.fetch import Fetcher
from digest.links import web_address
from digest.log import configure
from digest.paths import find_home, template_folders
from digest.render import Renderer
from digest.settings import (
    FetchSettings,
    LimitSettings,
    LoadedSettings,
    SystemSettings,
    database_url,
    load_settings,
)
from digest.store import open_store
from digest.workers import Workers

_AGENT = f"digest-builder/{__version__}"


@contextmanager
def open_app(root: Path, *, clock: Clock = system_clock, json_logs: bool = False) -> Iterator[App]:
    """Open a home for use and close it afterwards; brings the database up to date.

    Args:
        root: The home folder.
        clock: What tells the time; tests and the demo bring their own.
        json_logs: True for services: see `digest.log.configure`.

    Raises:
        NotFound: There is no home.
        SettingsError: The configuration has faults.
        StoreError: The database cannot be opened or was written by a newer program.
    """
    home = find_home(root)
    settings = load_settings(root, os.environ)
    configure(settings.system.log_level, json=json_logs)
    keyring = read_keyring(home)
    with (
        closing(open_store(database_url(settings.system, root), home=root)) as store,
        closing(Renderer(template_folders(root))) as renderer,
        closing(Workers(preload=("digest.collect",))) as workers,
        ThreadPoolExecutor(1, "figures") as behind,
    ):
        store.migrate()
        yield App(
            home=home,
            system=settings.system,
            digests=settings.digests,
            sources=settings.sources,
            store=store,
            keyring=keyring,
            clock=clock,
            renderer=renderer,
            fetcher=_fetcher(settings.system, root),
            drafter=drafter_of(settings.system.summaries),
            workers=workers,
            figures=Figures(behind),
        )


def with_settings(app: App, settings: LoadedSettings) -> App:
    """Return the same installation under other settings; what is at work with the old one goes on with it.

    The database stays the one that is open, whatever the settings say.
    """
    system = settings.system.model_copy(update={"database": app.system.database})
    return replace(
        app,
        system=system,
        digests=settings.digests,
        sources=settings.sources,
        fetcher=_fetcher(system, app.home.root),
        drafter=_kept(app.drafter, drafter_of(system.summaries)),
    )


def open_fetcher(root: Path | None) -> Fetcher:
    """Make what fetches documents, without opening a home.

    Args:
        root: The home whose settings hold; None for the defaults.

    Raises:
        NotFound: There is no home.
        SettingsError: The configuration has faults.
    """
    if root is None:
        return Fetcher(FetchSettings(), agent=_AGENT, body_bytes=LimitSettings().document_bytes)
    return _fetcher(load_settings(find_home(root).root, os.environ).system, root)


def _kept(old: Drafter | None, new: Drafter | None) -> Drafter | None:
    """Keep the one that knows who failed a moment ago, unless its terms have changed."""
    return old if old is not None and new is not None and old.terms == new.terms else new


def _fetcher(system: SystemSettings, root: Path) -> Fetcher:
    ours = web_address(system.site.base_url)  # in ASCII, as headers are
    return Fetcher(
        system.fetch,
        agent=system.fetch.user_agent or (f"{_AGENT} (+{ours})" if ours else _AGENT),
        body_bytes=system.limits.document_bytes,
        home=root,
    )
