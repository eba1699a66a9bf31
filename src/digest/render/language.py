"""What a language tag says: its locale, its direction, the family of its script."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError

from digest.model.article import primary_language

Script = Literal["latin", "arabic", "hebrew", "cjk"]

_ARABIC = {"ar", "fa", "ur", "ps", "ckb", "sd", "ug", "arz", "prs"}
_HEBREW = {"he", "iw", "yi"}
_CJK = {"ja", "zh", "ko", "yue"}
_SCRIPTS: dict[str, Script] = {
    "arab": "arabic",
    "hebr": "hebrew",
    "jpan": "cjk",
    "hans": "cjk",
    "hant": "cjk",
    "kore": "cjk",
    "hani": "cjk",
}


@lru_cache(maxsize=256)
def locale_of(tag: str) -> Locale:
    """Find the locale of a language tag, dropping subtags from the end until one is known."""
    parts = tag.split("-")
    while parts:
        try:
            return Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale("en")


def language_name(tag: str) -> str:
    """Name a language in English: 'German', 'Portuguese'; a tag that nobody knows is its own name."""
    name: str | None = Locale("en").languages.get(primary_language(tag))
    return name or tag


def script_of(tag: str) -> Script:
    """Name the family of the script; Greek and Cyrillic are set like Latin."""
    for part in tag.lower().split("-")[1:]:
        if len(part) == 4:
            return _SCRIPTS.get(part, "latin")
    language = primary_language(tag)
    if language in _ARABIC:
        return "arabic"
    if language in _HEBREW:
        return "hebrew"
    return "cjk" if language in _CJK else "latin"


def direction_of(tag: str) -> Literal["ltr", "rtl"]:
    """Say which way the language is written."""
    return "rtl" if script_of(tag) in {"arabic", "hebrew"} else "ltr"
