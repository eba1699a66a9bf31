"""Numbers and dates as texts of seven languages write them, brought to one form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from babel.dates import get_day_names, get_month_names

from digest.summarise.grounding.measures import PAID, UNITS

_UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn zwanzig",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
    "quindici sedici diciassette diciotto diciannove venti",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis "
    "dezessete dezoito dezenove vinte",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
    "zestien zeventien achttien negentien twintig",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
}
_ORDINALS = {
    "en": "second:2 third:3 fourth:4 fifth:5 sixth:6 seventh:7 eighth:8 ninth:9 tenth:10 eleventh:11 "
    "twelfth:12 thirteenth:13 fourteenth:14 fifteenth:15 sixteenth:16 seventeenth:17 eighteenth:18 "
    "nineteenth:19 twentieth:20 twice:2 double:2 triple:3 pair:2 both:2 couple:2 dozen:12 decade:10 "
    "century:100 half:0.5 quarter:0.25",
    "de": "zweite:2 dritte:3 vierte:4 fünfte:5 sechste:6 siebte:7 achte:8 neunte:9 zehnte:10 zweimal:2 "
    "dreimal:3 beide:2 dutzend:12",
    "fr": "deuxième:2 second:2 seconde:2 troisième:3 quatrième:4 cinquième:5 sixième:6 septième:7 "
    "huitième:8 neuvième:9 dixième:10 dizaine:10 douzaine:12",
    "es": "segundo:2 segunda:2 tercero:3 tercera:3 tercer:3 cuarto:4 cuarta:4 quinto:5 quinta:5 sexto:6 "
    "séptimo:7 octavo:8 noveno:9 décimo:10 docena:12",
    "it": "secondo:2 seconda:2 terzo:3 terza:3 quarto:4 quarta:4 quinto:5 quinta:5 sesto:6 settimo:7 "
    "ottavo:8 nono:9 decimo:10 dozzina:12",
    "pt": "segundo:2 segunda:2 terceiro:3 terceira:3 quarto:4 quarta:4 quinto:5 quinta:5 sexto:6 sétimo:7 "
    "oitavo:8 nono:9 décimo:10 dúzia:12 duas:2",
    "nl": "tweede:2 derde:3 vierde:4 vijfde:5 zesde:6 zevende:7 achtste:8 negende:9 tiende:10 dozijn:12",
}
#: 'second', 'quarta' and 'secondo' are also a unit of time, a weekday and 'according to': read in a
#: source, never asked of it.
_VAGUE = frozenset(
    [
        "second",
        "seconde",
        "segunda",
        "quarta",
        "quinta",
        "both",
        "pair",
        "couple",
        "half",
        "quarter",
        "double",
        "triple",
        "decade",
        "century",
        "dozen",
        "twice",
        "beide",
        "dutzend",
        "dizaine",
        "douzaine",
        "docena",
        "dozzina",
        "dúzia",
        "dozijn",
        "cuarto",
        "quarto",
        "secondo",
        "segundo",
    ]
)
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6,
    "bn": 1e9, "mn": 1e6, "hundert": 1e2, "tausend": 1e3, "millionen": 1e6, "milliarde": 1e9,
    "milliarden": 1e9, "mio": 1e6, "mrd": 1e9, "cent": 1e2, "mille": 1e3, "millions": 1e6, "milliard": 1e9,
    "milliards": 1e9, "cien": 1e2, "mil": 1e3, "millón": 1e6, "millones": 1e6, "mila": 1e3, "milione": 1e6,
    "milioni": 1e6, "miliardo": 1e9, "miliardi": 1e9, "milhão": 1e6, "milhões": 1e6, "bilhão": 1e9,
    "bilhões": 1e9, "honderd": 1e2, "duizend": 1e3, "miljoen": 1e6, "miljard": 1e9, "hundreds": 1e2,
    "thousands": 1e3, "billions": 1e9, "decades": 10, "dozen": 12, "jahrzehnte": 10, "dutzend": 12,
    "décennies": 10, "décadas": 10, "decenni": 10,
}  # fmt: skip
_COMMA_THOUSANDS = frozenset(("en", "he", "ja", "zh", "ko"))

_PAID = 5  #: characters before a figure in which a currency stands
_FIGURE = re.compile(r"\d{1,20}(?::\d\d)+|\d{1,20}(?:[.,’'\u00a0\u202f]\d{1,20}){0,6}")
_EVENT = re.compile(r"(?<![\d/])9/11(?![\d/])")  #: named by its date
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SCALE = re.compile(r"[\s\u00a0-]{0,2}([^\W\d_]{1,12})")
_GERMAN = re.compile(r"(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)(?:und|en)(\w+)")


@lru_cache(maxsize=16)
def _words(language: str) -> Mapping[str, float]:
    """Return the number words of a language and their values; English ones where there are none."""
    code = language if language in _UNITS else "en"
    found = {word: float(value) for value, word in enumerate(_UNITS[code].split())}
    found |= {word: float(ten * 10) for ten, word in enumerate(_TENS[code].split(), 2)}
    pairs = (pair.split(":") for pair in _ORDINALS[code].split())
    return found | {word: float(value) for word, value in pairs}


@lru_cache(maxsize=16)
def calendar_words(language: str) -> Mapping[str, str]:
    """Return names of months and weekdays in lower case, and what each stands for: 'month 3', 'day 0'."""
    found: dict[str, str] = {}
    code = language if language in _UNITS else "en"
    for width in ("wide", "abbreviated"):
        for kind, names in (
            ("month", get_month_names(width, locale=code)),
            ("day", get_day_names(width, locale=code)),
        ):
            for place, name in names.items():
                found.setdefault(name.lower().rstrip("."), f"{kind} {place}")
    if code == "en":
        found["sept"] = "month 9"
    for word in _AMBIGUOUS.get(code, ()):
        found.pop(word, None)
    return found


#: Words that are as often something else, with a capital or without.
_AMBIGUOUS = {
    "en": ("sun", "sat", "wed"),
    "de": ("so", "do", "di", "mi"),
    "fr": ("mar",),
    "es": ("mar",),
    "it": ("mar", "set"),
    "pt": ("set", "sex", "dom", "ter", "qui", "segunda", "terça", "quarta", "quinta", "sexta"),
    "nl": ("do", "di", "ma", "za", "zo"),
}


def numbers(text: str, language: str) -> Iterator[tuple[int, int, tuple[float, ...], bool]]:
    """Find the numbers of a text, in figures and in words.

    Returns:
        Start, end, the values it may stand for (the likeliest first), and whether it is asserted:
        'one' and 'both' are counted when they stand in a source and asked of nobody.
    """
    for match in _FIGURE.finditer(text):
        scale, end = _scale(text, match.end())
        values = _values(match.group(), language)
        readings = tuple(value * scale for value in values)
        before = text[max(0, match.start() - _PAID) : match.start()]
        if text[match.end() : end] == "m" and not (PAID.search(before) or _is_paid(text, end)):
            readings += values  # '100m' may be metres, which these stand for
        is_name = _EVENT.search(text[max(0, match.start() - 3) : match.end() + 4]) is not None
        yield match.start(), end, readings, not is_name
    yield from _spelled(text, language)


def _is_paid(text: str, end: int) -> bool:
    """Tell whether a currency stands behind a number."""
    word = _WORD.match(text, end + text.startswith((" ", "\u00a0"), end))
    name = word[0].lower() if word else text[end : end + 1]
    return "money" in {UNITS.get(name), UNITS.get(name.removesuffix("s"))}


def _values(figure: str, language: str) -> tuple[float, ...]:
    if ":" in figure:
        hour, _, rest = figure.partition(":")
        return (float(hour) + float(rest.replace(":", "")) / 1e4,)
    parts = re.split(r"[.,’'\u00a0\u202f]", figure)
    if len(parts) == 1:
        return (float(figure),)
    whole = float("".join(parts)) if all(len(part) == 3 for part in parts[1:]) else None
    last = float(f"{''.join(parts[:-1])}.{parts[-1]}")
    sign = figure[len(parts[0])]
    if whole is None:
        return (last,) if len(parts) == 2 or sign != "." else tuple(float(part) for part in parts)
    thousands = sign not in ".," or (sign == ",") == (language in _COMMA_THOUSANDS) or len(parts) > 2
    return (whole, last) if thousands else (last, whole)


def _scale(text: str, at: int) -> tuple[float, int]:
    match = _SCALE.match(text, at)
    if match is None or (scale := _SCALES.get(match[1].lower())) is None:
        return 1.0, at
    if len(match[1]) == 1 and (
        match.end() - match.start() > 1 or text[match.end() : match.end() + 1].isalnum()
    ):
        return 1.0, at  # '5 m' are metres
    return scale, match.end()


def _spelled(text: str, language: str) -> Iterator[tuple[int, int, tuple[float, ...], bool]]:
    known = _words(language)
    taken = 0
    for match in _WORD.finditer(text):
        if match.start() < taken:
            continue
        word = match.group().lower()
        value = _value_of(word, known)
        if value is None:
            if word in _SCALES and len(word) > 2:  # 'a thousand': may be meant by '1,000'
                yield match.start(), match.end(), (_SCALES[word],), False
            continue
        ones, taken = _ones(text, match.end(), value, known)
        scale, end = _scale(text, taken)
        asserted = value > 1 and word not in _VAGUE
        yield match.start(), end, ((value + ones) * scale,), asserted or scale > 1


def _ones(text: str, at: int, tens: float, known: Mapping[str, float]) -> tuple[float, int]:
    """Read the second word of 'seventy nine'; 0 when there is none."""
    match = _WORD.match(text, at + 1)
    ones = known.get(match.group().lower(), 0.0) if match and text[at : at + 1] == " " else 0.0
    is_pair = 20 <= tens < 100 and tens % 10 == 0 and 0 < ones < 10 and ones == int(ones)
    return (ones, match.end()) if match and is_pair else (0.0, at)


def _value_of(word: str, known: Mapping[str, float]) -> float | None:
    if word in known:
        return known[word]
    first, dash, rest = word.partition("-")
    if dash:
        tens, ones = known.get(first), known.get(rest)
        if tens is None:
            return None
        if ones is not None and tens >= 20 and ones < 20:
            return tens + ones
        return tens
    german = _GERMAN.fullmatch(word)
    if german and german[2] in known:
        return known.get(german[1], 1.0) + known[german[2]]
    return None
