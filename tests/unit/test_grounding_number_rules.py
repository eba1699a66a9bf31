"""Every number up to 9,999 in words, by the rules of each language."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.summarise.grounding.numerals import numbers

_EN_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_EN_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_DE_WORDS = "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"
_DE_TENS_WORDS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
_FR_WORDS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf"
)
_FR_TENS_WORDS = "vingt trente quarante cinquante soixante"
_IT_WORDS = (
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici "
    "sedici diciassette diciotto diciannove"
)
_IT_TENS_WORDS = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta"
_ES_WORDS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve"
)
_ES_TENS_WORDS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_ES_HUNDREDS_WORDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)
_PT_WORDS = (
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis "
    "dezessete dezoito dezenove"
)
_PT_TENS_WORDS = "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa"
_PT_HUNDREDS_WORDS = (
    "cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
)
_NL_WORDS = (
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien"
)
_NL_TENS_WORDS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig"
_EN = _EN_WORDS.split()
_EN_TENS = _EN_TENS_WORDS.split()
_DE = _DE_WORDS.split()
_DE_TENS = _DE_TENS_WORDS.split()
_FR = _FR_WORDS.split()
_FR_TENS = _FR_TENS_WORDS.split()
_IT = _IT_WORDS.split()
_IT_TENS = _IT_TENS_WORDS.split()
_ES = _ES_WORDS.split()
_ES_TENS = _ES_TENS_WORDS.split()
_ES_HUNDREDS = _ES_HUNDREDS_WORDS.split()
_PT = _PT_WORDS.split()
_PT_TENS = _PT_TENS_WORDS.split()
_PT_HUNDREDS = _PT_HUNDREDS_WORDS.split()
_NL = _NL_WORDS.split()
_NL_TENS = _NL_TENS_WORDS.split()


def _english(n: int) -> str:
    if n < 20:
        return _EN[n]
    if n < 100:
        return _EN_TENS[n // 10 - 2] + (f"-{_EN[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{_EN[n // 100]} hundred" + (f" and {_english(n % 100)}" if n % 100 else "")
    joint = " and " if n % 1000 < 100 else " "
    return f"{_EN[n // 1000]} thousand" + (joint + _english(n % 1000) if n % 1000 else "")


def _german(n: int, *, is_last: bool = True) -> str:
    if n == 1:
        return "eins" if is_last else "ein"
    if n < 13:
        return _DE[n]
    if n < 20:
        return {16: "sechzehn", 17: "siebzehn"}.get(n, f"{_DE[n - 10]}zehn")
    if n < 100:
        return (f"{_DE[n % 10]}und" if n % 10 else "") + _DE_TENS[n // 10 - 2]
    size, word = (100, "hundert") if n < 1000 else (1000, "tausend")
    return _german(n // size, is_last=False) + word + (_german(n % size) if n % size else "")


def _french(n: int, *, is_last: bool = True) -> str:
    if n < 20:
        return _FR[n]
    if n < 80:
        ten = min(n // 10, 6)
        rest, name = n - ten * 10, _FR_TENS[ten - 2]
        joint = " et " if rest in (1, 11) else "-"
        return name + (joint + _FR[rest] if rest else "")
    if n < 100:
        return f"quatre-vingt-{_FR[n - 80]}" if n > 80 else "quatre-vingts" if is_last else "quatre-vingt"
    if n < 1000:
        count = f"{_FR[n // 100]} " if n >= 200 else ""
        return f"{count}cent" + (f" {_french(n % 100)}" if n % 100 else "s" if count else "")
    count = f"{_FR[n // 1000]} " if n >= 2000 else ""
    return f"{count}mille" + (f" {_french(n % 1000)}" if n % 1000 else "")


def _italian(n: int) -> str:
    if n < 20:
        return _IT[n]
    if n < 100:
        name, one = _IT_TENS[n // 10 - 2], n % 10
        if one in (1, 8):
            name = name[:-1]
        return name + ("tré" if one == 3 else _IT[one] if one else "")
    if n < 1000:
        count, rest = _IT[n // 100] if n >= 200 else "", n % 100
        hundred = "cent" if rest == 8 or 80 <= rest < 90 else "cento"
        return count + hundred + (_italian(rest) if rest else "")
    thousand = f"{_IT[n // 1000]}mila" if n >= 2000 else "mille"
    return thousand + (_italian(n % 1000) if n % 1000 else "")


def _spanish(n: int) -> str:
    if n < 30:
        return _ES[n]
    if n < 100:
        return _ES_TENS[n // 10 - 3] + (f" y {_ES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return (
            "cien" if n == 100 else _ES_HUNDREDS[n // 100 - 1] + (f" {_spanish(n % 100)}" if n % 100 else "")
        )
    count = f"{_ES[n // 1000]} " if n >= 2000 else ""
    return f"{count}mil" + (f" {_spanish(n % 1000)}" if n % 1000 else "")


def _portuguese(n: int) -> str:
    if n < 20:
        return _PT[n]
    if n < 100:
        return _PT_TENS[n // 10 - 2] + (f" e {_PT[n % 10]}" if n % 10 else "")
    if n < 1000:
        rest = f" e {_portuguese(n % 100)}" if n % 100 else ""
        return "cem" if n == 100 else _PT_HUNDREDS[n // 100 - 1] + rest
    rest = n % 1000
    joint = " e " if rest < 100 or rest % 100 == 0 else " "
    return (f"{_PT[n // 1000]} " if n >= 2000 else "") + "mil" + (joint + _portuguese(rest) if rest else "")


def _dutch(n: int) -> str:
    if n < 20:
        return _NL[n]
    if n < 100:
        glue = "ën" if n % 10 in (2, 3) else "en"
        return (f"{_NL[n % 10]}{glue}" if n % 10 else "") + _NL_TENS[n // 10 - 2]
    if n < 1000:
        return (_NL[n // 100] if n >= 200 else "") + "honderd" + (_dutch(n % 100) if n % 100 else "")
    return (_NL[n // 1000] if n >= 2000 else "") + "duizend" + (f" {_dutch(n % 1000)}" if n % 1000 else "")


def _english_ordinal(n: int) -> str:
    irregular = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    if n < 13:
        return irregular.split()[n]
    if n < 20:
        return f"{_EN[n]}th"
    ten = _EN_TENS[n // 10 - 2]
    return f"{ten}-{_english_ordinal(n % 10)}" if n % 10 else f"{ten[:-1]}ieth"


def _french_ordinal(n: int) -> str:
    stem = _french(n, is_last=False)
    if stem.endswith("cinq"):
        return f"{stem}uième"
    return f"{stem.removesuffix('f')}vième" if stem.endswith("neuf") else f"{stem.removesuffix('e')}ième"


SPELLERS: dict[str, Callable[[int], str]] = {
    "en": _english,
    "de": _german,
    "fr": _french,
    "it": _italian,
    "es": _spanish,
    "pt": _portuguese,
    "nl": _dutch,
}


def _read(text: str, language: str) -> list[float]:
    return [values[0] for _, _, values, _ in numbers(text, language)]


@pytest.mark.parametrize("language", SPELLERS)
def test_every_number_up_to_9999_reads_as_itself(language: str) -> None:
    spell = SPELLERS[language]

    misread = {spell(n): found for n in range(10_000) if (found := _read(spell(n), language)) != [n]}

    assert not misread


@pytest.mark.parametrize(("language", "spell"), [("en", _english_ordinal), ("fr", _french_ordinal)])
def test_every_ordinal_up_to_99th_reads_as_its_number(language: str, spell: Callable[[int], str]) -> None:
    """But 'first' and 'premier', which mostly say no number."""
    misread = {spell(n): found for n in range(2, 100) if (found := _read(spell(n), language)) != [n]}

    assert not misread
