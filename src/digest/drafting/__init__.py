"""Drafts of summaries by a language model that an operator has named: asking, and nothing of judging."""

from digest.drafting.answer import Answer, read_answer
from digest.drafting.drafter import Drafter, Terms, drafter_of
from digest.drafting.prompt import PROMPT_VERSION, Job, estimate_tokens, write_request

__all__ = [
    "PROMPT_VERSION",
    "Answer",
    "Drafter",
    "Job",
    "Terms",
    "drafter_of",
    "estimate_tokens",
    "read_answer",
    "write_request",
]
