"""Words as searches compare them, without case, accents or signs, and as lists of words do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LEAST_BEGINNING = 3  #: letters; what begins with fewer is nearly everything
LEAST_STEM = 3  #: letters of `begin*` or `*end`
MOST_STEM = 24

#: Letters of scripts without spaces, as part of a class: of their words two letters at a time are read.
IN_PAIRS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
#: Letters of scripts that put no spaces between words, and Korean, whose endings grow onto them.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)
_PAIRED = re.compile(f"[{IN_PAIRS}]")
_WORD = re.compile(r"[^\W_]+(?:['’&-][^\W_]+)*")
_JOINTS = ("-", "&")  #: of `_WORD`, within a word
_POSSESSIVE = re.compile(r"(?<=\w)['’]s$")
_ACCENTS = re.compile("[\u0300-\u036f]+")
#: Of ASCII, what each byte becomes; half of what an article costs would go into an expression that does this.
_ASCII = bytes(code if chr(code).isalnum() else 32 for code in bytes(range(128)).lower().ljust(256, b" "))
_APART = re.compile(r"[\W_]+")
#: Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold_text(text: str) -> str:
    """Return the words of a text with spaces around and between them, any number.

    Case and accents do not count: 'Ría' is 'ria', 'Straße' is 'strasse'. What is no letter or digit
    parts words. Each Chinese, Japanese, Korean or Thai letter stands as a word of its own, so that
    any run of them is found as a phrase.
    """
    if text.isascii():
        return text.encode().translate(_ASCII).decode()
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_PLAIN)
    return _APART.sub(" ", _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFC", folded)))


def folded_words(text: str) -> str:
    """Return the words of a text as `fold_text` does, joined by single spaces; '' when it has none."""
    return " ".join(fold_text(text).split())


def phrases_of(text: str) -> tuple[str, ...]:
    """Read what somebody typed into a search: each part between spaces is a phrase of words.

    Nothing in it is an order: quotation marks, AND, NEAR or an asterisk are text like any other.

    Returns:
        Phrases as `folded_words` has them, without empty ones, in order.
    """
    return tuple(phrase for part in text.split() if (phrase := folded_words(part)))


def may_go_on(phrase: str) -> bool:
    """Tell whether the last word of a phrase is long enough to be the beginning of others."""
    return len(phrase.rpartition(" ")[2]) >= LEAST_BEGINNING


def tokens(text: str) -> list[str]:
    """Return the words of a text in order, in small letters, without possessive endings.

    Scripts that are written without spaces give pairs of letters.
    """
    words = _WORD.findall(text.lower())
    if not text.isascii():
        words = [piece for word in words for piece in _pieces(word)]
    return [_POSSESSIVE.sub("", word) if "'" in word else word for word in words]


def is_findable(sought: str) -> bool:
    """Tell whether any text could hold a word, `begin*`, `*end` or several words, read as `tokens` does."""
    words = tokens(sought)
    is_stem = sought.startswith("*") or sought.endswith("*")
    return len(words) > 1 or any(
        not is_stem or LEAST_STEM <= len(stem_of(sought, word)) <= MOST_STEM for word in words
    )


def stem_of(sought: str, word: str) -> str:
    """Return what a word of `begin*` or `*end` begins or ends with: of 'anti-*' with the sign that joins.

    Args:
        sought: As somebody wrote it.
        word: The one word of it, as `tokens` has it.
    """
    if _PAIRED.search(word):
        return word
    low = sought.lower()
    joined = (f"{word}{sign}" for sign in _JOINTS if low.endswith(f"{word}{sign}*"))
    if not sought.endswith("*"):
        joined = (f"{sign}{word}" for sign in _JOINTS if low.startswith(f"*{sign}{word}"))
    return next(joined, word)


def _pieces(word: str) -> Sequence[str]:
    if _PAIRED.search(word):
        return [word[at : at + 2] for at in range(len(word) - 1)] or [word]
    return (word.replace("’", "'"),)
