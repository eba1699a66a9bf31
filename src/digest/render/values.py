"""What goes into a rendering and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digest.settings.digests import DigestSettings
from digest.settings.system import SiteSettings

LINKS = ("preferences_url", "pause_url", "browser_url", "unsubscribe_url")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How an edition is to look: whose it is, and where its templates are."""

    digest: DigestSettings
    site: SiteSettings
    folders: tuple[Path, ...] = ()  #: of templates, first wins; empty means the renderer's own
    links: tuple[str, ...] = LINKS  #: slots of links that lead somewhere here; others are left out


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The mail of one choice of sections; personal places are still slots."""

    html: str
    text: str
    subject: str
    preheader: str
    items: int  #: 0 when the edition holds nothing of the choice: nobody should be mailed that
