"""Rounds: sources that are due are looked at, and what they list becomes articles."""

from digest.actions.content.rounds.hosts import Hosts
from digest.actions.content.rounds.rhythm import is_silent, silence
from digest.actions.content.rounds.round import Round, Way, is_fetched, note_sources
from digest.actions.content.rounds.visit import Visited
from digest.actions.content.rounds.wishes import READ, Wish, has_further, note_wish, open_wish

__all__ = [
    "READ",
    "Hosts",
    "Round",
    "Visited",
    "Way",
    "Wish",
    "has_further",
    "is_fetched",
    "is_silent",
    "note_sources",
    "note_wish",
    "open_wish",
    "silence",
]
