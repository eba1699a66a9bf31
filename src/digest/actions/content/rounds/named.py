"""The listings that a listing names, such as the sitemaps of an index."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.content.fetching import fetch_document, words_of
from digest.actions.content.rounds.further import LISTINGS_S
from digest.actions.content.rounds.hosts import Hosts, gap_of, host_of
from digest.actions.content.rounds.reading import Reading
from digest.collect import Listing
from digest.errors import DigestError

MOST_LISTINGS = 10  #: that one look reads


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What the listings that a listing names brought."""

    listings: tuple[Listing, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()  #: address and reason of those that could not be had

    @property
    def notice(self) -> str | None:
        """Say what could not be had; None: all could."""
        if not self.failed:
            return None
        url, reason = self.failed[0]
        return f"{len(self.failed)} of the lists that it names cannot be read, such as {url}: {reason}"


def read_named(app: App, first: Listing, at: str, reading: Reading, hosts: Hosts) -> Named:
    """Read the listings that a listing names, and those that these name; one that fails costs itself.

    All that name some come in turns: below the old years of an index there may be more than one look reads.

    Args:
        app: The installation.
        first: The listing.
        at: Where it is.
        reading: Reads the documents of its source.
        hosts: Who is polite for all.
    """
    begun = time.monotonic()
    waiting, seen = deque([deque(first.listings)]), {at}
    found: list[Listing] = []
    failed: list[tuple[str, str]] = []
    while waiting and len(seen) <= MOST_LISTINGS and time.monotonic() - begun <= LISTINGS_S:
        names = waiting.popleft()
        if not names:
            continue
        url = names.popleft()
        waiting.append(names)
        if url in seen:
            continue
        seen.add(url)
        try:
            with hosts.turn(host_of(url, app.fetcher), gap_of(app)):
                document = fetch_document(app.fetcher, url)
            listing = reading.listing(document)
        except DigestError as error:
            failed.append((url, words_of(error)))
        else:
            found.append(listing)
            waiting.append(deque(listing.listings))
    return Named(listings=tuple(found), failed=tuple(failed))
