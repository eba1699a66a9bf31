"""What summaries need to know of a language beyond its abbreviations."""

from __future__ import annotations

import re
from collections import Counter

from digest.model.article import primary_language
from digest.summarise.abbreviations import abbreviations

WEIGHTED = ("en", "de", "fr", "es", "it", "pt", "nl")  #: languages with a method beyond 'lead'

_GUESS_WORDS = 400  #: enough to tell seven languages apart
_GUESS_SHARE = 0.17  #: running text in one of them holds more of its small words than this
_SCRIPT_CHARS = 1_000
_WORD = re.compile(r"[^\W\d_]+")
_WORD_LETTER = re.compile(r"[^\W\d_]")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)

_SMALL_WORDS = {
    "en": (
        "the of and to in is that for was on are with as it be at by this have from not but which has were"
    ),
    "de": (
        "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es werden "
        "wird bei nach am an ab sie er aus sagte"
    ),
    "fr": (
        "le la les des et un une du est que dans pour qui au sur par pas plus ce avec il sont aux cette a dit"
    ),
    "es": "el la los las de que y en un una por con para del se su al lo como más pero es fue ha",
    "it": "il la di che e un una per del della con non sono le gli si al dei nel alla più anche è ha",
    "pt": "o a os as de que e em um uma para com do da dos das no na não se por mais ao foi é",
    "nl": (
        "de het een van en in is dat op te zijn met voor niet aan er om door ook bij maar wordt heeft naar"
    ),
}
_SMALL = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}

_NAMES = {
    "ar": "Arabic",
    "el": "Greek",
    "fa": "Persian",
    "he": "Hebrew",
    "hi": "Hindi",
    "ja": "Japanese",
    "ko": "Korean",
    "ru": "Russian",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def has_method(language: str | None) -> bool:
    """Tell whether summaries of texts in a language are chosen; an unknown one may be guessed yet."""
    return language is None or primary_language(language) in WEIGHTED


def name_of(language: str) -> str:
    """Name a language in English with its code, for people to read."""
    code = primary_language(language)
    return f"{_NAMES[code]} ({code})" if code in _NAMES else f"the language '{code}'"


def guess(text: str) -> str | None:
    """Tell which language a text is in, by its script or by the small words of the seven weighted ones.

    Returns:
        None when no language has many of its small words there, or two have about as many.
    """
    counts = Counter(word.lower() for word in _WORD.findall(text[:4000])[:_GUESS_WORDS])
    total = counts.total()
    if script := _by_script(text):
        return script
    if total < 8:
        return None
    shares = sorted(
        ((sum(counts[word] for word in words) / total, code) for code, words in _SMALL.items()), reverse=True
    )
    (best, code), (second, _) = shares[:2]
    return code if best >= _GUESS_SHARE and best >= 1.25 * second else None


def common_words(text: str, language: str) -> int:
    """Count the words of a text that are small ones of a weighted language."""
    small = _SMALL.get(language, frozenset())
    return sum(word.lower() in small for word in _WORD.findall(text[:4000]))


def small_words(language: str) -> frozenset[str]:
    """Return words of a weighted language that tell nothing of what a text is about, in lower case."""
    return _SMALL.get(language, frozenset()) | abbreviations(language).starters


def _by_script(text: str) -> str | None:
    """Name the language that writes most in a script; kana tell Japanese from Chinese."""
    letters = text[:_SCRIPT_CHARS]
    for code, script in _SCRIPTS:
        if len(script.findall(letters)) * 4 >= len(_WORD_LETTER.findall(letters)) > 0:
            return code
    return None
