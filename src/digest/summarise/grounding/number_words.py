"""Numbers in the words of seven languages: 'vingt-sept', 'dreiundvierzig', 'duzentos e dez'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LONGEST = 40  #: letters of a number in one word
_PARTS = 12  #: of one number; what goes on is another one
_SCALE = re.compile(r"[\s\u00a0-]{0,2}([^\W\d_]{1,12})")

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
#: Other forms, most of them parts of longer words.
_FORMS = {
    "de": "ein:1",
    "fr": "une:1 quatre-vingt:80 septante:70 huitante:80 octante:80 nonante:90 cents:100",
    "es": "veinti:20 dós:2 trés:3 séis:6 ún:1 un:1 una:1 ciento:100 doscientos:200 doscientas:200 "
    "trescientos:300 trescientas:300 cuatrocientos:400 cuatrocientas:400 quinientos:500 quinientas:500 "
    "seiscientos:600 seiscientas:600 setecientos:700 setecientas:700 ochocientos:800 ochocientas:800 "
    "novecientos:900 novecientas:900",
    "it": "tré:3 vent:20 trent:30 quarant:40 cinquant:50 sessant:60 settant:70 ottant:80 novant:90 cento:100 "
    "cent:100",
    "pt": "uma:1 duas:2 dezasseis:16 dezassete:17 dezanove:19 quatorze:14 cento:100 cem:100 duzentos:200 "
    "duzentas:200 "
    "trezentos:300 trezentas:300 quatrocentos:400 quatrocentas:400 quinhentos:500 quinhentas:500 "
    "seiscentos:600 seiscentas:600 setecentos:700 setecentas:700 oitocentos:800 oitocentas:800 "
    "novecentos:900 novecentas:900",
    "nl": "één:1",
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
    "oitavo:8 nono:9 décimo:10 dúzia:12",
    "nl": "tweede:2 derde:3 vierde:4 vijfde:5 zesde:6 zevende:7 achtste:8 negende:9 tiende:10 dozijn:12",
}
#: 'second', 'quarta' and 'secondo' are also a unit of time, a weekday and 'according to': read in a
#: source, never asked of it.
_VAGUE_WORDS = (
    "second seconde segunda quarta quinta both pair couple half quarter double triple decade century "
    "dozen twice beide dutzend dizaine douzaine docena dozzina dúzia dozijn cuarto quarto secondo "
    "segundo"
)
_VAGUE = frozenset(_VAGUE_WORDS.split())
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6,
    "bn": 1e9, "mn": 1e6, "hundert": 1e2, "tausend": 1e3, "millionen": 1e6, "milliarde": 1e9,
    "milliarden": 1e9, "mio": 1e6, "mrd": 1e9, "cent": 1e2, "mille": 1e3, "millions": 1e6, "milliard": 1e9,
    "milliards": 1e9, "cien": 1e2, "mil": 1e3, "millón": 1e6, "millones": 1e6, "mila": 1e3, "milione": 1e6,
    "milioni": 1e6, "miliardo": 1e9, "miliardi": 1e9, "milhão": 1e6, "milhões": 1e6, "bilhão": 1e9,
    "bilhões": 1e9, "honderd": 1e2, "duizend": 1e3, "miljoen": 1e6, "miljard": 1e9, "hundreds": 1e2,
    "thousands": 1e3, "billions": 1e9, "decades": 10, "dozen": 12, "jahrzehnte": 10, "jahrzehnten": 10,
    "decennia": 10, "dutzend": 12,
    "décennies": 10, "décadas": 10, "decenni": 10, "billón": 1e12, "billones": 1e12, "biljoen": 1e12,
    "bilião": 1e12, "biliões": 1e12, "trilhão": 1e12, "trilhões": 1e12, "billionen": 1e12,
}  # fmt: skip
_LONG = frozenset(("de", "fr"))  #: where a billion is a million millions
_JOINERS = {"en": "and", "fr": "et", "es": "y", "pt": "e"}
_GLUES = {"de": "(?:und)?", "nl": "(?:en|ën)?", "es": "", "it": ""}  #: within a word
_GLUE = "-(?:et-|and-)?"
LANGUAGES = frozenset(_UNITS)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """The number words of a language."""

    alone: Mapping[str, float]  #: that are numbers by themselves
    parts: Mapping[str, float]  #: that longer ones are made of
    compound: re.Pattern[str]  #: several of them in one word
    part: re.Pattern[str]
    joiner: re.Pattern[str]  #: between the words of one number


@lru_cache(maxsize=16)
def _known(language: str) -> _Known:
    """Return the number words of a language; English ones where there are none."""
    code = language if language in _UNITS else "en"
    cardinals = {word: float(value) for value, word in enumerate(_UNITS[code].split())}
    cardinals |= {word: float(ten * 10) for ten, word in enumerate(_TENS[code].split(), 2)}
    ordinals = _valued(_ORDINALS[code])
    parts = {word: _scale_of(word, code) for word in _SCALES if len(word) > 2}
    parts |= cardinals | _valued(_FORMS.get(code, ""))
    part = "|".join(sorted(map(re.escape, parts), key=len, reverse=True))
    return _Known(
        alone=cardinals | ordinals,
        parts=parts,
        compound=re.compile(rf"(?:{part})(?:{_GLUES.get(code, _GLUE)}(?:{part}))*"),
        part=re.compile(part),
        joiner=re.compile(rf"[ \u00a0\u202f](?:({_JOINERS.get(code, 'and')})[ \u00a0\u202f])?"),
    )


def _valued(pairs: str) -> dict[str, float]:
    return {word: float(value) for word, value in (pair.split(":") for pair in pairs.split())}


def _scale_of(word: str, language: str) -> float:
    return 1e12 if language in _LONG and word in ("billion", "billions") else _SCALES[word]


def scale_after(text: str, at: int, language: str) -> tuple[float, int]:
    """Read what multiplies the number before it: 'million', 'mil milhões'.

    Returns:
        1 where nothing does, and where the number ends.
    """
    match = _SCALE.match(text, at)
    if match is None or match[1].lower() not in _SCALES:
        return 1.0, at
    scale = _scale_of(match[1].lower(), language)
    if len(match[1]) == 1 and (
        match.end() - match.start() > 1 or text[match.end() : match.end() + 1].isalnum()
    ):
        return 1.0, at  # '5 m' are metres
    further = _SCALE.match(text, match.end()) if scale == 1e3 else None
    if further and len(further[1]) > 2 and _SCALES.get(further[1].lower(), 0) > scale:
        return scale * _scale_of(further[1].lower(), language), further.end()
    return scale, match.end()


def spelled(text: str, language: str) -> Iterator[tuple[int, int, tuple[float, ...], bool]]:
    """Find the numbers of a text that are in words; see `numerals.numbers`."""
    taken = 0
    for match in WORD.finditer(text):
        if match.start() < taken or not (parts := _read(word := match.group().lower(), language)):
            continue
        parts, taken = _with_next(text, match.end(), parts, language)
        scale, end = scale_after(text, taken, language) if parts[-1] < 100 else (1.0, taken)
        is_scale = min(parts) >= 1000 or parts == (100,)  # 'a thousand': may be meant by '1,000'
        is_vague = is_scale or (len(parts) == 1 and (word in _VAGUE or word in _SCALES))
        value = _sum(parts) or 0.0
        yield match.start(), end, (value * scale,), (value > 1 and not is_vague) or scale > 1


def _with_next(text: str, at: int, parts: tuple[float, ...], language: str) -> tuple[tuple[float, ...], int]:
    """Read on while words make one number: 'seventy nine', 'cent vingt', 'cuarenta y tres'."""
    least = 100 if language == "en" else 20
    while len(parts) < _PARTS and (gap := _known(language).joiner.match(text, at)):
        word = WORD.match(text, gap.end())
        more = _read(word.group().lower(), language) if word and word.group().lower() not in _VAGUE else ()
        is_joined = not gap[1] or (parts[-1] >= least and more[:1] < parts[-1:])
        if word is None or not more or not is_joined or _sum((*parts, *more)) is None:
            break
        parts, at = (*parts, *more), word.end()
    return parts, at


@lru_cache(maxsize=20_000)
def _read(word: str, language: str) -> tuple[float, ...]:
    """Return what the parts of a word stand for; of 'six-year-old' the six; () of other words."""
    known = _known(language)
    if word in known.alone:
        return (known.alone[word],)
    if len(word) <= _LONGEST and known.compound.fullmatch(word):
        parts = tuple(known.parts[part] for part in known.part.findall(word))
        return parts if _sum(parts) is not None else ()
    first, dash, _ = word.partition("-")
    return (known.alone[first],) if dash and first in known.alone else ()


def _sum(parts: Sequence[float]) -> float | None:
    """Return what parts make together; None when they are several numbers."""
    total = current = 0.0
    for part in parts:
        if part >= 1000:
            is_raised = 0 < total < part  # 'mil milhões'
            total = (total + current) * part if is_raised else total + (current or 1) * part
            current = 0.0
        elif part == 100 and current < 100:
            current = (current or 1) * 100
        elif _may_follow(current, part):
            current += part
        else:
            return None
    return total + current


def _may_follow(before: float, part: float) -> bool:
    """Tell whether tens come after hundreds, ones after tens, and tens after ones as in 'dreiundvierzig'."""
    low = before % 100
    if part >= 100 or low == 0:
        return before == 0 or (part < 100 and part == int(part))
    is_ten, is_next_ten = low >= 20 and low % 10 == 0, part >= 20 and part % 10 == 0
    return (is_ten and part < (20 if low in (60, 80) else 10)) or (low < 10 and is_next_ten)
