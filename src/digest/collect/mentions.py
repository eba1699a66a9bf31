"""Capitalised names in running text, each where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.collect.places import CAPITALS, COUNTRIES

__all__ = ["Mention", "find_mentions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A run of capitalised words."""

    words: tuple[str, ...]  #: without titles and possessive endings, at least one
    is_sure: bool  #: False for a single word that begins a sentence


_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+(?=[\"'“‘«(¿¡]*[^\W\d_a-z])|\n+")
_WORD = re.compile(r"[^\W_]+(?:[.'’\-&][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$|(?<=s)['’]$")
_CONTRACTION = re.compile(r"['’](?:m|ve|ll|d|re|t)$")
_INNER = frozenset("of de del della di da do dos das van von der den la le al el bin ibn ben du des".split())
_TITLES = frozenset(
    "pm mr mrs ms miss dr prof professor sir dame lord lady king queen prince princess pope president premier "
    "prime minister chancellor chairman chairwoman chair chief executive ceo secretary general foreign defence "
    "defense finance interior justice health vice deputy former acting governor mayor senator sen rep congressman "
    "congresswoman councillor ambassador judge justice captain colonel major lieutenant sergeant admiral "
    "commissioner director detective inspector constable coach bishop archbishop cardinal rev reverend father "
    "supreme leader spokesman spokeswoman spokesperson attorney mp herr frau präsident präsidentin kanzler "
    "bundeskanzler bundeskanzlerin ministerpräsident bundespräsident minister ministerin président présidente "
    "ministre premier monsieur madame m mme presidente presidenta ministro ministra primeiro primer señor señora "
    "sr sra signor signora premierminister koning koningin".split()
)
_NO_NAMES = frozenset(
    "i a an the this that these those it he she they we you his her its their our your my and or but if when while "
    "after before as at by for from in into of on to with without over under about against between during since "
    "until because although though however meanwhile still yet also so not no there here what which who whom whose "
    "how why where then than more most many much some any all both each every few other another such one two three "
    "four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty hundred thousand first second third last next now today yesterday tomorrow tonight "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december jan feb mar apr jun jul aug sept sep oct nov dec yes ok speaking according asked said says nor only even just once again "
    "perhaps despite among around through above below near inside outside within let do does did is are was were "
    "be been has have had can could will would shall should may might must despite despite "
    "der die das ein eine einen einem einer und oder aber wenn als am im in von vom zu zum zur mit für auf es er "
    "sie wir ihr ich nach bei aus seit bis doch auch nur so wie was wer wo heute gestern morgen montag dienstag "
    "mittwoch donnerstag freitag samstag sonntag le la les l un une des et ou mais si il elle ils elles nous vous "
    "je ce cette ces en au aux dans pour par sur avec sans lundi mardi mercredi jeudi vendredi samedi dimanche "
    "el los las una unos y o pero cuando como este esta estos estas su sus al se no lo ya lunes martes miércoles "
    "jueves viernes sábado domingo il lo gli i uno e ma nel nella del della con per non che chi os um uma mas com "
    "não na nos het een en maar toen als dat dit deze die op te van voor met zijn haar wij jij zij ook nog er".split()
)


def find_mentions(text: str) -> Iterator[Mention]:
    """Find runs of capitalised words, in order; titles such as 'Prime Minister' are left out."""
    for sentence in _SENTENCE.split(text):
        run: list[re.Match[str]] = []
        first = True
        starts_sentence = False
        for word in _WORD.finditer(sentence):
            if run and not _continues(run[-1], word, sentence):
                yield from _mention(run, starts_sentence=starts_sentence)
                run = []
            if _is_capital(word[0]):
                starts_sentence = first if not run else starts_sentence
                run.append(word)
            elif run and word[0] in _INNER:
                run.append(word)
            elif run:
                yield from _mention(run, starts_sentence=starts_sentence)
                run = []
            first = False
        yield from _mention(run, starts_sentence=starts_sentence)


def _continues(before: re.Match[str], word: re.Match[str], sentence: str) -> bool:
    between = sentence[before.end() : word.start()]
    return between in {" ", ". "} and _POSSESSIVE.search(before[0]) is None and len(before[0]) < 40


def _is_capital(word: str) -> bool:
    """Tell a word that may be a name; 'I’m' and 'We’ve' are none."""
    return word[0].isupper() and _CONTRACTION.search(word) is None


def _mention(run: list[re.Match[str]], *, starts_sentence: bool) -> Iterator[Mention]:
    words = [_POSSESSIVE.sub("", word[0]) for word in run][:7]
    while words and words[-1] in _INNER:
        words.pop()
    length = len(words)
    while words and (words[0].lower() in _TITLES or words[0].lower() in _NO_NAMES or words[0] in _INNER):
        words.pop(0)
    if not words or all(len(word) < 2 for word in words):
        return
    was_cut = len(words) < length
    yield from _without_country(words, is_sure=not starts_sentence or was_cut or len(words) > 1)


def _without_country(words: list[str], *, is_sure: bool) -> Iterator[Mention]:
    """Part a country or its adjective from the name behind it: 'North Korean Kim Jong Un'."""
    for size in (3, 2, 1):
        start = " ".join(words[:size])
        if size < len(words) and start in COUNTRIES and start != COUNTRIES[start]:
            yield Mention(words=tuple(words[:size]), is_sure=True)
            rest = list(words[size:])
            while rest and rest[0].lower() in _TITLES:
                rest.pop(0)
            if rest:
                yield Mention(words=tuple(rest), is_sure=True)
            return
    whole = " ".join(words)
    yield Mention(words=tuple(words), is_sure=is_sure or whole in COUNTRIES or whole in CAPITALS)
