"""How often Python's collector of garbage looks around."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_LOOKS = (20_000, 20, 10)  #: thresholds (see gc.set_threshold); Python's own are 700, 10, 10


def look_seldom() -> None:
    """Let the collector look after 20,000 objects that stayed, not after 700; for the whole process.

    Nearly everything here goes without it, as nothing refers to it any more. With Python's own thresholds
    an eighth of a sender's processor time went into looking, and a tenth of every command's start. A process
    that ends is not looked over: that took a fifth of a command's time, and all of it goes anyway.
    """
    gc.set_threshold(*_LOOKS)
    atexit.register(gc.freeze)


@contextmanager
def spared() -> Iterator[None]:
    """Let the collector look seldom, and never at what there is at the start; afterwards as before.

    Where something was frozen already, what there is at the start stays frozen with it. Each look stops
    every page, for half a microsecond an object: a large page makes so many that the whole was looked over
    every tenth time, for 60 to 120 ms.
    """
    usual, had_frozen = gc.get_threshold(), gc.get_freeze_count() > 0
    gc.collect()
    gc.freeze()
    look_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        if not had_frozen:
            gc.unfreeze()
