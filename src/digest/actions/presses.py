"""Presses of editions that people look at in the browser, kept while nothing about them changes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.editions import render
from digest.actions.mail import Press
from digest.store import StoredEdition

_MOST = 8  #: editions; readers look at the newest of each digest
_CHOICES = 16  #: of sections, kept compiled for each; 100 to 200 kB apiece
_HOLDS_S = 60.0  #: templates may change


@dataclass(frozen=True, kw_only=True)
class _Kept:
    press: Press
    made_s: float  #: on the monotonic clock


class Presses:
    """Makes presses and keeps the last few. Safe for any number of threads.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def of(self, app: App, stored: StoredEdition) -> Press:
        """Return the press of an edition as it is now, under the settings in force.

        Raises:
            Refused: The edition was skipped, so there is nothing to print.
            TemplateError: The theme is broken.
        """
        with self._lock:
            kept = self._kept.get(stored.id)
            if kept is not None and self._holds(kept, app, stored):
                self._kept.move_to_end(stored.id)
                return kept.press
        press = Press(app, stored, render(app, stored), choices=_CHOICES)
        with self._lock:
            self._kept.pop(stored.id, None)
            self._kept[stored.id] = _Kept(press=press, made_s=self._clock())
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return press

    def _holds(self, kept: _Kept, app: App, stored: StoredEdition) -> bool:
        press = kept.press
        is_same = press.app is app and press.stored.content_hash == stored.content_hash
        return is_same and self._clock() - kept.made_s < _HOLDS_S
