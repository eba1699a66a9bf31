"""Rounds: sources that are due are looked at, and what they list becomes articles."""

from digest.actions.rounds.hosts import Hosts
from digest.actions.rounds.rhythm import is_silent, silence
from digest.actions.rounds.round import Round, Way, is_fetched, note_sources
from digest.actions.rounds.visit import Visited

__all__ = ["Hosts", "Round", "Visited", "Way", "is_fetched", "is_silent", "note_sources", "silence"]
