"""The way to a first edition: something to read, a digest that says what goes in, and a mail to look at."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from digest.actions.app import App
from digest.actions.content.source_list import free_name
from digest.actions.home.digest_files import save
from digest.markup import clean_line
from digest.model import EditionState

_SHOWN = 5  #: sources that are named
_TRIES = 3  #: editions that had too little in them are no first edition, as long as they are fewer
_MOST_CHARS = 400  #: of a title as it comes in; the settings refuse one that is too long
_NO_NAME = str.maketrans("", "", '<>"\\')  #: what a mailbox ends its name at

Start = Literal["daily", "weekly", "empty"]

_DAILY = """\
# Lines that begin with # are remarks. Every key, with its default: docs/reference/settings.md
title: {title}
language: en
zone: {zone}
from: {sender}

# When it comes out.
schedule:
  - {{at: "07:00", days: [mon, tue, wed, thu, fri]}}
review: {{mode: window, minutes: 60}}

# What goes in: articles of the last day, and no more than these.
selection: {{window: 24h, at_most: 12, at_least: 3, per_source: 4}}

# An article goes to the first section that has one of its tags.
sections:
  - {{title: World, tags: [world, politics], at_most: 5, sentences: 2}}
  - {{title: Business, tags: [business, economy], at_most: 4, sentences: 1}}
  - {{title: Culture, tags: [culture, arts], at_most: 3, sentences: 1}}
"""
_WEEKLY = """\
# Lines that begin with # are remarks. Every key, with its default: docs/reference/settings.md
title: {title}
language: en
zone: {zone}
from: {sender}

# When it comes out.
schedule:
  - {{at: "08:00", days: [fri]}}
review: {{mode: window, minutes: 120}}

# What goes in: the five best stories of the week.
selection: {{window: 7d, at_most: 5, at_least: 3, per_source: 2}}
sections:
  - {{title: Five stories, tags: [world, business, science, culture], at_most: 5, sentences: 3}}
"""
_EMPTY = """\
title: {title}
zone: {zone}
from: {sender}
sections:
  - {{title: News, tags: [news]}}
"""
_TEXTS: dict[Start, tuple[str, str]] = {
    "daily": ("Daily Brief", _DAILY),
    "weekly": ("Weekly Five", _WEEKLY),
    "empty": ("New Digest", _EMPTY),
}


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """How far somebody is on the way to a first edition."""

    sources: tuple[tuple[str, int], ...]  #: the first sources with their articles, at most 5
    has_articles: bool
    digests: tuple[tuple[str, str], ...]  #: keys and titles

    @property
    def step(self) -> int:
        """What is to do next: 1 something to read, 2 a digest, 3 the edition."""
        return 1 if not self.has_articles else 2 if not self.digests else 3


def beginning(app: App, digests: Collection[str]) -> Beginning | None:
    """Return how far somebody is who may look at these digests; None once there is an edition."""
    with app.store.reading() as tx:
        tried = tx.editions.list(limit=_TRIES)
        if len(tried) == _TRIES or any(one.state is not EditionState.SKIPPED for one in tried):
            return None
        has_articles = bool(tx.articles.list(limit=1))
        listed = [one for one in app.sources if one.url is not None][:_SHOWN]
        sources = tuple((one.title, tx.source_figures.total(one.key)) for one in listed)
    mine = tuple((key, digest.title) for key, digest in app.digests.items() if key in digests)
    return Beginning(sources=sources, has_articles=has_articles, digests=mine)


def begin_digest(app: App, start: Start, *, title: str, zone: str, by: str) -> str:
    """Make a digest of a text that works, to be changed; returns its key.

    Args:
        app: The installation.
        start: Which text.
        title: What readers will know it by; '' takes one that fits the text.
        zone: In which its times are meant.
        by: Who wants it.

    Raises:
        SettingsError: The title cannot be one.
        DigestError: The file cannot be written.
    """
    usual, text = _TEXTS[start]
    name = clean_line(title, _MOST_CHARS) or usual
    taken = {path.stem for path in (app.home.config / "digests").glob("*.yaml")}
    key = free_name(name, "https://digest", taken)
    host = urlsplit(app.system.site.base_url).hostname or "localhost"
    sender = f"{name.translate(_NO_NAME)} <{key}@{host}>"
    filled = text.format(title=_quoted(name), zone=_quoted(zone), sender=_quoted(sender))
    save(app, key, filled, base="", by=by, note="begun at the desk")
    return key


def _quoted(text: str) -> str:
    """Write a text for YAML so that it comes back as it is: also 2026, yes and null."""
    return json.dumps(text, ensure_ascii=False)  # a scalar in double quotes of YAML 1.2, without controls
