"""Shaping an edition by hand: deeds as values, and what they make of an edition. Functions of values."""

from digest.shape.arranging import Drop, Merge, Move, MoveSection, Split, Take
from digest.shape.deeds import Deed
from digest.shape.difference import Difference, differences, named, ordinal
from digest.shape.hand import summary_by_hand
from digest.shape.provenance import Told, provenance
from digest.shape.tellings import tellings
from digest.shape.writing import ALT_CHARS, Headline, Picture, Retitle, Summarise, Write

__all__ = [
    "ALT_CHARS",
    "Deed",
    "Difference",
    "Drop",
    "Headline",
    "Merge",
    "Move",
    "MoveSection",
    "Picture",
    "Retitle",
    "Split",
    "Summarise",
    "Take",
    "Told",
    "Write",
    "differences",
    "named",
    "ordinal",
    "provenance",
    "summary_by_hand",
    "tellings",
]
