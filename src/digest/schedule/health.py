"""Whether the service lives, and whether it could do its work: what /live and /ready say."""

from __future__ import annotations

import json

from digest.actions.upkeep.machine import troubles
from digest.schedule import deed
from digest.schedule.beats import Beats
from digest.schedule.cached import Cached
from digest.schedule.current import Current, places
from digest.schedule.metrics import Metrics
from digest.schedule.pages import Page, Routes

_KEEP_S = 2.0  #: the database is asked again after so long
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def routes(current: Current, beats: Beats, metrics: Metrics) -> Routes:
    """List the pages of a service."""
    trouble = Cached(lambda: troubles(current.app), _KEEP_S)
    return {
        "/live": lambda: _live(beats),
        "/ready": lambda: _ready(current, (*trouble.get(), *_failing(beats))),
        "/metrics": lambda: Page(status=200, body=metrics.page(), type=_TEXT),
    }


def _failing(beats: Beats) -> tuple[str, ...]:
    """Name the parts that are at work but get nothing done."""
    failing = [part for part, times in beats.failures().items() if times >= deed.TELL_AFTER]
    return tuple(f"the part '{part}' fails again and again; the log says why" for part in failing)


def _live(beats: Beats) -> Page:
    hung = beats.hung()
    ages = {part: round(age, 1) for part, age in beats.ages().items()}
    return _page(200 if not hung else 503, {"live": not hung, "hung": hung, "ages_s": ages})


def _ready(current: Current, trouble: tuple[str, ...]) -> Page:
    """Tell whether it can work; settings that are faulty leave the old ones in force, which is no reason."""
    force = current.force
    settings = {
        "valid": not force.faults,
        "since": force.since.isoformat(),
        "faults": places(force.faults),
        "wait_for_a_restart": force.waits,
    }
    told = {"ready": not trouble, "trouble": trouble, "settings": settings}
    return _page(503 if trouble else 200, told)


def _page(status: int, told: dict[str, object]) -> Page:
    return Page(status=status, body=json.dumps(told).encode() + b"\n")
