"""The gate: whether what a model wrote of an article stands in it. A function of values, like all of summarise."""

from digest.summarise.grounding.gate import SentenceVerdict, Verdict, check, ground, sentences_of

__all__ = ["SentenceVerdict", "Verdict", "check", "ground", "sentences_of"]
