"""Names of people, places and organisations, as far as capitals tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.rarity import root

WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_LINK = re.compile(r"[ \u00a0]")
_ALIASES = {
    "us": "usa", "u.s": "usa", "america": "usa", "american": "usa", "united": "usa", "u.s.a": "usa",
    "uk": "gbr", "u.k": "gbr", "britain": "gbr", "british": "gbr", "briton": "gbr", "england": "gbr",
    "english": "gbr", "dutch": "nld", "netherland": "nld", "holland": "nld", "spanish": "spain",
    "french": "france", "francai": "france", "swiss": "switzerland", "greek": "greece", "danish": "denmark",
    "welsh": "wale", "polish": "poland", "turkish": "turkey", "turk": "turkey", "swede": "sweden",
    "isil": "isis", "un": "u.n", "eu": "e.u", "dc": "d.c",
}  # fmt: skip

#: Said of people and offices; the name beside them is what counts.
TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "president",
        "prime",
        "minister",
        "senator",
        "sen",
        "gen",
        "general",
        "gov",
        "governor",
        "rep",
        "justice",
        "judge",
        "pope",
        "king",
        "queen",
        "prince",
        "princes",
        "sir",
        "lady",
        "lord",
        "chancellor",
        "mayor",
        "coach",
        "captain",
        "capt",
        "lt",
        "sgt",
        "col",
        "author",
        "director",
        "chief",
        "herr",
        "frau",
        "präsident",
        "monsieur",
        "madame",
        "señor",
        "señora",
        "presidente",
        "signor",
        "signora",
    ]
)


def bare(word: str) -> str:
    """Bring a word to the form that names are compared in."""
    low = root(word.casefold().replace("’", "'").removesuffix("'"))
    return _ALIASES.get(low, low)


def alike(one: str, other: str) -> bool:
    """Tell whether two bare words are forms of one name: 'egypt' and 'egyptian', 'merkel' and 'merkels'."""
    if one == other:
        return True
    short = min(len(one), len(other))
    if short < 4:
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), short)
    return same >= max(4, short - 1) and max(len(one), len(other)) - same <= 4


def runs(tokens: Sequence[re.Match[str]], text: str) -> Iterator[tuple[int, int]]:
    """Find runs of capitalised words; the first word of a sentence belongs to one where it has a capital.

    Args:
        tokens: The words of one sentence.
        text: What they are words of.

    Returns:
        From and to, counted in tokens.
    """
    begin: int | None = None
    for at, token in enumerate(tokens):
        large = is_large(token.group())
        if begin is not None and (
            not large or not _LINK.fullmatch(text, tokens[at - 1].end(), token.start())
        ):
            yield begin, at
            begin = None
        if large and begin is None:
            begin = at
    if begin is not None:
        yield begin, len(tokens)


def is_large(word: str) -> bool:
    """Tell a word with a capital in front, or an abbreviation of capitals; 'I' is none."""
    return any(part[:1].isupper() for part in word.split("-")) and not (
        word == "I" or word.startswith(("I'", "I’"))
    )
