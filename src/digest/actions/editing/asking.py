"""Ask the network whether the links of an edition lead anywhere; what came is kept for some hours."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from digest.actions.app import App
from digest.actions.editing.approving import preflight
from digest.actions.printing.inspecting import Preflight
from digest.errors import FetchError
from digest.model import LinkAnswer

MOST = 100  #: links that are asked for at once
SECONDS = 30.0  #: for all of them
_EACH_S = 15.0  #: for one
_HANDS = 8
_GONE = frozenset({404, 410})
#: What sites say to programs that they would not say to people.
_TO_PROGRAMS = frozenset({401, 402, 403, 405, 406, 407, 429, 451})


def ask_links(app: App, edition_id: int) -> Preflight:
    """Ask for every link of an edition, one after the other on each host, and look the edition over again.

    At most 100 links and 30 seconds; what could not be asked for in that time is left as it was.

    Raises:
        NotFound: There is no edition with this number.
        Refused: It was skipped.
        TemplateError: The theme is broken.
    """
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for link in preflight(app, edition_id).links[:MOST]:
        hosts[urlsplit(link).netloc.rpartition("@")[2]].append(link)
    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(_HANDS, thread_name_prefix="links") as hands:
        found = list(hands.map(lambda links: _ask_all(app, links, end), hosts.values()))
    with app.store.writing() as tx:
        tx.waivers.note(_joined(found), at=app.clock())
    return preflight(app, edition_id)


def _ask_all(app: App, links: Sequence[str], end: float) -> dict[str, LinkAnswer]:
    """Ask for the links of one host, as far as the time goes."""
    found = {}
    for link in links:
        left = end - time.monotonic()
        if left <= 0:
            break
        found[link] = _ask(app, link, min(left, _EACH_S))
    return found


def _ask(app: App, link: str, seconds: float) -> LinkAnswer:
    now = app.clock()
    try:
        answer = app.fetcher.look(link, seconds=seconds)
    except FetchError as error:
        return LinkAnswer(state="silent", said=error.message, at=now)
    if answer.status < 400 or answer.status in _TO_PROGRAMS:
        return LinkAnswer(state="alive", said=answer.said, at=now)
    if answer.status in _GONE:
        return LinkAnswer(state="dead", said=answer.said, at=now)
    return LinkAnswer(state="silent", said=f"answers {answer.said}", at=now)


def _joined(found: Iterable[Mapping[str, LinkAnswer]]) -> dict[str, LinkAnswer]:
    return {link: answer for some in found for link, answer in some.items()}
