"""Words as a search compares them: without case, accents or signs."""

from __future__ import annotations

import re
import unicodedata

LEAST_BEGINNING = 3  #: letters; what begins with fewer is nearly everything

#: Letters of scripts without spaces, as part of a class: of their words two letters at a time are read.
IN_PAIRS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
#: Letters of scripts that put no spaces between words, and Korean, whose endings grow onto them.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)
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
