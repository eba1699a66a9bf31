"""Names of people, places and organisations, as far as capitals tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from digest.rarity import root

#: What French and Italian join to the word after it: 'l'Italie', 'dell'Aquila'.
_ELIDED = (
    r"\b(?i:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu|[dn]ell|d?all|coll|sull|quell|quest|un)['’](?=[^\W\d_]{2})"
)
#: A stop joins initials and figures ('U.S', '3.5'), no words ('No.7').
WORD = re.compile(rf"{_ELIDED}|[^\W_]+(?:(?:['’-]|(?<![^\W_]{{2}})\.|(?<=\d)\.(?=\d))[^\W_]+)*")
_RUN_WORDS = 12  #: of one name; more capitals in a row are a headline, or shouting
OWNERS = ("'s", "’s")
_LINKS = (" ", "\u00a0")
_ALIASES = {
    "us": "usa", "u.s": "usa", "america": "usa", "american": "usa", "united": "usa", "u.s.a": "usa",
    "uk": "gbr", "u.k": "gbr", "britain": "gbr", "british": "gbr", "briton": "gbr", "england": "gbr",
    "english": "gbr", "dutch": "nld", "netherland": "nld", "holland": "nld", "spanish": "spain",
    "french": "france", "francai": "france", "swiss": "switzerland", "greek": "greece", "danish": "denmark",
    "welsh": "wale", "polish": "poland", "turkish": "turkey", "turk": "turkey", "swede": "sweden",
    "belgian": "belgium", "norwegian": "norway", "portuguese": "portugal", "irish": "ireland",
    "scottish": "scotland", "finnish": "finland", "lebanese": "lebanon", "cypriot": "cypru",
    "filipino": "philippine", "afghan": "afghanistan", "burmese": "myanmar", "burma": "myanmar",
    "swedish": "sweden", "dane": "denmark", "finn": "finland", "spaniard": "spain", "bosniak": "bosnia",
    "catalan": "catalonia", "chechen": "chechnya", "laotian": "lao", "madrileño": "madrid",
    "shiite": "shia", "jewish": "jew", "judaism": "jew",
    "isil": "isis", "un": "u.n", "eu": "e.u", "dc": "washington", "d.c": "washington", "gop": "republican",
    "utd": "usa", "ala": "alabama", "ariz": "arizona", "ark": "arkansa", "calif": "california",
    "colo": "colorado", "conn": "connecticut", "fla": "florida", "ga": "georgia", "kan": "kansa",
    "ky": "kentucky", "md": "maryland", "mich": "michigan", "minn": "minnesota", "neb": "nebraska",
    "nev": "nevada", "okla": "oklahoma", "pa": "pennsylvania", "tenn": "tennessee", "tex": "texa",
    "vt": "vermont", "wis": "wisconsin", "wyo": "wyoming",
}  # fmt: skip

#: What stands for several spellings, so that its words need not stand together: 'the United States', 'US'.
SPELLINGS = frozenset(_ALIASES.values())

_SHORTEST = 4  #: letters of a small word that may stand for a name
_ENDING_WORDS = (
    "a e i n o r s t y an en er es ia ic in is it um ur us al ian ean ern ers ese ish ism ist ite ais ain "
    "ano ana ane ien isch ische aine ienne aner ianer ier ns nne éen land stan istan vian lese nian sian sia "
    "man sm ity ar eer ois der mer omic care se"
)
#: Of names and what is derived from them: 'Italy', 'Italian'.
_ENDINGS = frozenset(("", *_ENDING_WORDS.split()))
_PAIRS = ({"t", "m"}, {"c", "an"})  #: for each other alone: 'Marxist', 'Marxism'; 'Olympic', 'Olympian'
_SHORT_TITLES = (
    "mr mrs ms dr prof sen gen gov rep capt lt sgt col m mm mme mlle me hr sr sra srta dña sig dott avv on "
    "ing dhr mevr mw drs"
)
SHORT_TITLES = frozenset(_SHORT_TITLES.split())  #: which a stop may follow

_TITLES = (
    "president prime minister senator general governor justice judge pope king queen prince princes sir lady "
    "lord chancellor mayor coach captain author director chief officer secretary professor sheriff detective "
    "sergeant archbishop bishop cardinal ambassador congressman congresswoman attorney rabbi herr frau "
    "präsident präsidentin minister ministerin monsieur madame señor señora don doña dom dona presidente "
    "signor signora signore senhor senhora meneer mevrouw"
)
#: Said of people and offices; the name beside them is what counts.
TITLES = SHORT_TITLES | frozenset(_TITLES.split())


@lru_cache(maxsize=16)
def countries(language: str) -> frozenset[str]:
    """Return the names that a language has for countries, in lower case; none where it is not known."""
    try:
        return frozenset(name.casefold() for name in Locale(language).territories.values())
    except (UnknownLocaleError, ValueError):
        return frozenset()


def bare(word: str) -> str:
    """Bring a word to the form that names are compared in."""
    low = root(word.casefold().replace("’", "'").removesuffix("'").removesuffix("'d"))
    is_small_word = word == low and len(low) < _SHORTEST  # 'us', and 'un' in French
    return low if is_small_word else _ALIASES.get(low, low)


def alike(one: str, other: str) -> bool:
    """Tell whether two bare words are forms of one name: 'egypt' and 'egyptian', 'merkel' and 'merkels'."""
    if one == other:
        return True
    short = min(len(one), len(other))
    if short < 4:
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), short)
    ends = {one[same:], other[same:]}
    return same >= max(4, short - 1) and (ends <= _ENDINGS or ends in _PAIRS)


def one_letter_off(one: str, other: str) -> bool:
    """Tell words that begin alike and differ by one letter: more, less, other, or changed about."""
    if one[0] != other[0] or abs(len(one) - len(other)) > 1 or one == other:
        return False
    short = min(len(one), len(other))
    at = next((at for at in range(short) if one[at] != other[at]), short)
    rest, others = one[at:], other[at:]
    turned = rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return turned or others == rest[1:] or rest == others[1:] or rest[1:] == others[1:]


def runs(tokens: Sequence[re.Match[str]], text: str) -> Iterator[tuple[int, int]]:
    """Find runs of capitalised words; the first word of a sentence belongs to one where it has a capital.

    Runs too long for a name are cut into pieces.

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
            at - begin == _RUN_WORDS or not (large and _is_linked(text, tokens[at - 1], token))
        ):
            yield begin, at
            begin = None
        if large and begin is None:
            begin = at
    if begin is not None:
        yield begin, len(tokens)


def _is_linked(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    between = text[one.end() : other.start()]
    if one.group().endswith(OWNERS):
        return False  # who has something, and what it is, are two names
    return between in _LINKS or (between.strip() == "." and bare(one.group()) in SHORT_TITLES)


def is_large(word: str) -> bool:
    """Tell a word with a capital in front, or an abbreviation of capitals; 'I' and 'L'' are none."""
    return any(part[:1].isupper() for part in word.split("-")) and not (
        word == "I" or word.startswith(("I'", "I’")) or word.endswith(("'", "’"))
    )
