"""The gate: whether what a model wrote of an article stands in it. A function of values."""

from digest.summarise.grounding.form import MAX_WORDS
from digest.summarise.grounding.gate import (
    GATE_VERSION,
    SentenceVerdict,
    Verdict,
    check,
    ground,
    ground_record,
    sentences_of,
)

__all__ = [
    "GATE_VERSION",
    "MAX_WORDS",
    "SentenceVerdict",
    "Verdict",
    "check",
    "ground",
    "ground_record",
    "sentences_of",
]
