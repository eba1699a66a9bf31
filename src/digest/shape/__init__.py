"""Shaping an edition by hand: deeds as values, and what they make of an edition. Functions of values."""

from digest.shape.deeds import (
    Deed,
    Drop,
    Headline,
    Move,
    MoveSection,
    Retitle,
    Summarise,
    Take,
    Write,
)
from digest.shape.difference import Difference, differences, named, ordinal
from digest.shape.hand import summary_by_hand
from digest.shape.provenance import Told, provenance

__all__ = [
    "Deed",
    "Difference",
    "Drop",
    "Headline",
    "Move",
    "MoveSection",
    "Retitle",
    "Summarise",
    "Take",
    "Told",
    "Write",
    "differences",
    "named",
    "ordinal",
    "provenance",
    "summary_by_hand",
]
