"""What every action works with: settings, store, keys, clock and templates of one home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.clock import Clock
from digest.drafting import Drafter
from digest.errors import NotFound
from digest.fetch import Fetcher
from digest.memory import Lately, Memory
from digest.model import Books, Source
from digest.paths import Home, template_folders
from digest.render import Look, Renderer
from digest.settings import DigestSettings, SystemSettings
from digest.store import Store
from digest.tokens import Keyring
from digest.workers import Workers

if TYPE_CHECKING:
    from digest.actions.mail import Press

_EDITIONS = 16  #: laid out and kept
_FIGURES = 1_000  #: of each kind

Chosen = tuple[tuple[str | None, str], ...]  #: zones and hours that readers of a digest chose


@dataclass(frozen=True, kw_only=True)
class App:
    """One installation, wired by `bootstrap`."""

    home: Home
    system: SystemSettings
    digests: Mapping[str, DigestSettings]
    sources: tuple[Source, ...]  #: as config/sources.yaml lists them
    store: Store
    keyring: Keyring
    clock: Clock
    renderer: Renderer
    fetcher: Fetcher
    drafter: Drafter | None  #: None: nobody is asked for summaries
    workers: Workers  #: that clean what is collected, apart from this process
    #: what pages show of many rows: books by number and state of an edition, readers and hours by digest
    books: Lately[tuple[int, str], Books] = field(default_factory=lambda: Lately(_FIGURES), repr=False)
    readers: Lately[str, int] = field(default_factory=lambda: Lately(_FIGURES), repr=False)
    hours: Lately[str, Chosen] = field(default_factory=lambda: Lately(_FIGURES), repr=False)
    #: editions as they were last laid out, by number, with the stamp of their templates
    presses: Memory[tuple[int, int | None], tuple[object, Press]] = field(
        default_factory=lambda: Memory(_EDITIONS), repr=False
    )

    def digest(self, key: str) -> DigestSettings:
        """Return the settings of one digest.

        Raises:
            NotFound: No file config/digests/KEY.yaml.
        """
        found = self.digests.get(key)
        if found is None:
            known = ", ".join(sorted(self.digests)) or "none yet"
            raise NotFound(f"no digest '{key}'", where=f"config/digests/{key}.yaml", hint=f"known: {known}")
        return found

    def look(self, digest: DigestSettings) -> Look:
        """Return what the renderer needs besides the edition itself."""
        return Look(digest=digest, site=self.system.site, folders=template_folders(self.home.root))
