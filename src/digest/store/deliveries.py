"""The ledger: who gets an edition, who has it in hand, and how it ended."""

from __future__ import annotations

from digest.store.freezing import Freezing
from digest.store.last_look import LastLook
from digest.store.recovering import Recovering


class Deliveries(Freezing, LastLook, Recovering):
    """The deliveries part of a transaction."""
