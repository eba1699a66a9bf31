"""Texts as weighted vectors of their words, and how alike two of them are."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import TypeVar

Word = TypeVar("Word")  #: a text, or its number

Vector = Mapping[str, float]  #: word to weight; of length 1, or empty


def to_length_one(weights: Mapping[Word, float]) -> Mapping[Word, float]:
    """Scale weights to a vector of length 1; empty when no word weighs anything."""
    length = sqrt(sum(value * value for value in weights.values()))
    return {word: value / length for word, value in weights.items() if value} if length else {}


def cosine(one: Mapping[Word, float], other: Mapping[Word, float]) -> float:
    """Compare two vectors of length 1: 0 nothing shared, 1 the same words in the same measure."""
    if len(one) > len(other):
        one, other = other, one
    return sum([value * other[word] for word, value in one.items() if word in other])
