"""The hand of a typesetter: cuts, glue, lead-ins, and lines of plain text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NBSP = "\u00a0"
_ENDS = ".?!…:。？！؟"
_NOT_FIRST = "、。，．・：；？！」』）〕］｝〉》”’,.:;?!)]}"
_WORDS_A_MINUTE = 220
_APOSTROPHE = re.compile(r"(?<=[A-Za-z\u00c0-\u024f])'(?=[A-Za-z\u00c0-\u024f])")
_TOKEN = re.compile(r"[ \n]+|[^ \n]+")


def clamp(text: str, max_chars: int) -> str:
    """Cut a runaway line at a word and end it with '…'; short words before it go too.

    Returns:
        The text unchanged when it fits, else at most max_chars characters. A text without
        spaces is cut between letters.
    """
    if len(text) <= max_chars:
        return text
    head = text[: max_chars - 1]
    if " " in head[max_chars // 2 :]:
        words = head.rsplit(" ", 1)[0].split(" ")
        while len(words) > 3 and len(words[-1].strip(",;:–")) < 4:
            words.pop()
        head = " ".join(words)
    return head.rstrip(" ,;:–-") + "…"


def glue(text: str) -> str:
    """Keep the last two words together when both are short, so that no word ends alone.

    Together they have at most 13 letters: a longer pair could push a narrow phone sideways.
    """
    head, _, last = text.rpartition(" ")
    if len(text) > 24 and head and len(last) + len(head.rsplit(" ", 1)[-1]) <= 13:
        return f"{head}{NBSP}{last}"
    return text


def apostrophes(text: str) -> str:
    """Set the typewriter's mark between two Latin letters as an apostrophe; quotation marks stay."""
    return _APOSTROPHE.sub("\u2019", text)


def lead_in(text: str) -> tuple[str, str]:
    """Split off the first three words for capitals; nothing when they would not look right."""
    words = text.split(" ", 3)
    head = " ".join(words[:3])
    if len(words) < 4 or len(head) > 40 or not head[0].isalpha():
        return "", text
    return head, words[3]


def stopped(title: str, stop: str) -> str:
    """End a run-in headline with the language's stop, unless it ends with a sign already."""
    return title if title[-1:] in _ENDS else title + stop


def reading_words(text: str) -> int:
    """Count words; scripts without spaces count two letters a word."""
    unspaced = sum(1 for letter in text if letter >= "\u2e80" and not _is_spaced(letter))
    return len(text.split()) + unspaced // 2


def minutes_to_read(words: int) -> int:
    """Turn a count of words into whole minutes, at least 1."""
    return max(1, round(words / _WORDS_A_MINUTE))


def _is_spaced(letter: str) -> bool:
    return "\uac00" <= letter <= "\ud7af" or not letter.isalpha()


@lru_cache(maxsize=4096)
def wrap(text: str, width: int = 76, indent: str = "") -> str:
    """Break text into lines of at most that many columns; wide letters take two.

    A word without a place to break keeps its line, however long; paragraphs stay apart.
    """
    paragraphs = (_lines(part, width - len(indent)) for part in text.split("\n\n"))
    return "\n\n".join("\n".join(indent + line for line in lines) for lines in paragraphs)


def columns(text: str) -> int:
    """Count the columns of text on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(letter) else 2 if _is_wide(letter) else 1 for letter in text)


def _is_wide(letter: str) -> bool:
    return letter > "\u1100" and unicodedata.east_asian_width(letter) in "WF"


def _pieces(text: str) -> list[str]:
    """Split into pieces that a line may end after: words, and letters of unspaced scripts."""
    pieces: list[str] = []
    for token in _TOKEN.findall(text):
        if token.isascii() or not any(_is_wide(letter) for letter in token):
            pieces.append(token)
            continue
        for letter in token:
            joins = pieces and (letter in _NOT_FIRST or not (_is_wide(letter) or _is_wide(pieces[-1][-1])))
            if joins and not pieces[-1].isspace():
                pieces[-1] += letter
            else:
                pieces.append(letter)
    return pieces


def _lines(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line, used = "", 0
    for piece in _pieces(text):
        need = columns(piece)
        if line and used + need > width and not piece.isspace():
            lines.append(line.rstrip())
            line, used = "", 0
        if line or not piece.isspace():
            line, used = line + (" " if piece.isspace() else piece), used + (1 if piece.isspace() else need)
    return [*lines, line.rstrip()] if line.strip() else lines


def ledger(left: str, right: str, width: int = 76) -> str:
    """Set two words flush left and flush right on one line, at least two spaces apart."""
    gap = max(2, width - columns(left) - columns(right))
    return f"{left}{' ' * gap}{right}" if right else left
