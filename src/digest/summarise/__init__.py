"""Summaries out of an article's own sentences."""

from digest.summarise.languages import has_method
from digest.summarise.split import Span, split
from digest.summarise.summary import summaries, summarise

__all__ = ["Span", "has_method", "split", "summaries", "summarise"]
