"""The language of a text, when that is safe to say."""

from __future__ import annotations

import re
from collections import Counter

from digest.collect.words import STOP_WORDS

__all__ = ["clean_language", "detect_language"]

_SAMPLE = 6_000
_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("ar", re.compile("[\u0620-\u064a]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
)
# Letters that the language named does not use, so that its neighbours are not taken for it.
_FOREIGN = {
    "ar": re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc\u0679\u06d2]"),
    "ru": re.compile("[іїєґўјљњђћќѓѕ]"),
}
_TAG = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8}){0,3})", re.IGNORECASE)


def clean_language(declared: str) -> str | None:
    """Return a declared language as a BCP 47 tag: 'en_US' is 'en-US'; None for anything else."""
    found = _TAG.fullmatch(declared.strip().split(".")[0].replace("_", "-"))
    if found is None:
        return None
    rest = found[2].split("-")[1:]
    shaped = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part for part in rest]
    return "-".join([found[1].lower(), *shaped])


def detect_language(text: str) -> str | None:
    """Vote with stop words of seven languages, and scripts of seven others; None when unsure."""
    sample = text[:_SAMPLE]
    return _by_script(sample) if _share_of_latin(sample) < 0.5 else _by_words(sample)


def _share_of_latin(sample: str) -> float:
    letters = [sign for sign in sample if sign.isalpha()]
    return sum(1 for sign in letters if sign < "\u0250") / max(1, len(letters))


def _by_script(sample: str) -> str | None:
    letters = sum(1 for sign in sample if sign.isalpha())
    for language, pattern in _SCRIPTS:
        share = len(pattern.findall(sample)) / max(1, letters)
        foreign = _FOREIGN.get(language)
        if share >= (0.1 if language == "ja" else 0.5):
            return None if letters < 10 or (foreign and foreign.search(sample.lower())) else language
    return None


def _by_words(sample: str) -> str | None:
    words = re.findall(r"[^\W\d_]+", sample.lower())
    votes: Counter[str] = Counter()
    for language, known in STOP_WORDS.items():
        votes[language] = sum(1 for word in words if word in known)
    (first, most), (_, next_most) = votes.most_common(2)
    return first if most >= 4 and most >= 1.4 * next_most and most * 8 >= len(words) else None
