"""Plain text without a headline: not an article, but something to summarise."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.collect.document import Document, Format
from digest.collect.formats import decode
from digest.collect.language import detect_language
from digest.errors import DocumentError
from digest.markup import clean_text

__all__ = ["Prose", "read_prose"]

_ENDS = re.compile(r"[.!?…。！？؟][\"'”’»」)\]]*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prose:
    """A text on its own."""

    text: str  #: paragraphs joined by an empty line
    language: str | None


def read_prose(document: Document, max_chars: int) -> Prose | None:
    """Take a text document whole when its first line is a sentence, not a headline.

    Returns:
        None for other formats, and for text that begins with a headline or breadcrumb.
    """
    if document.format not in {Format.TEXT, Format.UNKNOWN}:
        return None
    try:
        text = clean_text(decode(document.data), max_chars)
    except DocumentError:
        return None
    if not _ENDS.search(text.split("\n", 1)[0]):
        return None
    return Prose(text=text, language=detect_language(text))
