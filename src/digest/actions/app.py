"""What every action works with: settings, store, keys, clock and templates of one home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.actions.figures import Figures
from digest.clock import Clock
from digest.errors import NotFound
from digest.jointly import Jointly
from digest.memory import Memory
from digest.model import Source
from digest.paths import Home, template_folders
from digest.render import Look, Renderer
from digest.settings import DigestSettings, SystemSettings
from digest.store import Store
from digest.tokens import Keyring
from digest.workers import Workers

if TYPE_CHECKING:
    from digest.drafting import Drafter
    from digest.fetch import Fetcher

_PRESSES = 16  #: editions laid out and kept


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
    figures: Figures = field(default_factory=Figures, repr=False)  #: of many rows, for pages
    #: who leaves by one click at the same moment: person and digest
    leavers: Jointly[tuple[str, str]] = field(default_factory=Jointly, repr=False)
    #: editions as they were last laid out, by number and state; `printing.presses` knows how
    presses: Memory[tuple[int, int | None], object] = field(
        default_factory=lambda: Memory(_PRESSES), repr=False
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
