"""The ledger: who gets an edition, who has it in hand, and how it ended."""

from __future__ import annotations

from digest.store.freezing import Freezing
from digest.store.last_look import LastLook
from digest.store.pruning import Pruning
from digest.store.recovering import Recovering
from digest.store.tallies import Tallies


class Deliveries(Freezing, LastLook, Pruning, Recovering, Tallies):
    """The deliveries part of a transaction."""
