"""The words of an article, as stories are told apart by them."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from zlib import crc32

from digest.group.dates import NO_DATES, Dates, dates_of
from digest.model import Article
from digest.model.article import primary_language
from digest.rarity import root
from digest.words import IN_PAIRS

_KEPT = 400  #: articles whose words are kept, about 50 kB each
_READ_CHARS = 12_000  #: an event is named long before
_BODY_WORDS = 400
_LEAD_WORDS = 60

_NOUNS_LARGE = ("de", "lb")  #: languages in which a capital does not mean a name

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,:]\d+)*")
_UNSPACED = re.compile(f"[{IN_PAIRS}]")

_STOP_WORDS = frozenset(
    """
a about after again against all also am an and any are as at be because been before being between both but
by can could did do does doing down during each even every few first for from further get had has have
having he her here him his how i if in into is it its just last like made make many may me might more most
much must my new no nor not now of off on once one only or other our out over own people per said same say
says she should since so some still such than that the their them then there these they this those three
through time to told too two under until up upon us very was way we well were what when where which while
who whom why will with would year years yet you your week weeks day days today yesterday tomorrow month
months monday tuesday wednesday thursday friday saturday sunday mr mrs ms according aber als auch auf aus
bei bis da das dass dem den der des die doch du durch ein eine einem einen einer er es für gegen hat haben
ich ihr im ist kein mehr mit nach nicht noch nur oder sagte seine sich sie sind und vom von vor war wenn
werden wie wir wird zu zum zur über au aux avec ce ces cette dans de elle en est et il ils la le les leur
mais ne ont ou par pas plus pour qui que sa se ses son sont sur un une à été al como con del el ella ellos
entre era esta este fue ha han lo los las más muy o para pero por sin sobre su sus también una uno y ya alla
anche che chi dal dei della di gli loro nel nella non più sono suo sua tra ao aos com dos ele em foi isso
mas na nas nos não os pela pelo seu um uma aan bij dan dat deze dit door een geen haar heeft het hij hun ik
maar met naar niet nog om ook op te tot uit van voor wat werd wordt zich zijn
january february march april june july august september october november december jan feb mar apr jun jul aug
sept sep oct nov dec
""".split()  # noqa: SIM905  # why: seven languages of small words read better as text
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What is read of one article."""

    runs: array[int]  #: the runs of three words, each once, as 32-bit sums: for near copies
    lead: Mapping[str, float]  #: telling words of title and first sentences, by how much is said of them
    body: Mapping[str, float]  #: telling words of the title and the text, likewise
    names: frozenset[str]  #: those of `body` that name somebody, something or a figure
    dates: Dates = NO_DATES  #: what it says of when it was written


Reader = Callable[[Article], Words]  #: `read`, or what remembers its answers


def read(article: Article) -> Words:
    """Take an article apart into words; scripts without spaces into pairs of letters."""
    title = _tokens(" ".join([article.title, *(tag.name for tag in article.tags)]))
    text = _tokens("\n".join(article.paragraphs)[:_READ_CHARS].replace(article.origin.title or "\n", " "))
    head = [*title, *text[:_BODY_WORDS]]
    dateline = frozenset((str(article.effective_at.day), str(article.effective_at.year)))
    telling = _telling(head, dateline)
    plain = {token for token in text if token[0].islower()}
    nouns = primary_language(article.language or "") in _NOUNS_LARGE
    named = {root(token.lower()) for token in set(head) if _is_name(token, plain, nouns=nouns)}
    names = frozenset(named.intersection(telling))
    return Words(
        runs=_runs([token.lower() for token in text]),
        lead=_stress(_telling(head[: len(title) + _LEAD_WORDS], dateline), names),
        body=_stress(telling, names),
        names=names,
        dates=dates_of(article),
    )


#: `read`, for articles as they stand that were read lately: most candidates of an edition are built again.
read_lately = lru_cache(maxsize=_KEPT)(read)


def _runs(words: Sequence[str]) -> array[int]:
    """Name each run of three words by its sum, ascending; the same wherever and whenever it is read."""
    sums = {crc32(" ".join(run).encode()) for run in zip(words, words[1:], words[2:], strict=False)}
    return array("I", sorted(sums))


def _stress(words: Sequence[str], names: frozenset[str]) -> dict[str, float]:
    """Weigh words by how often they come; names and figures count twice."""
    return {word: (1 + log(count)) * (2 if word in names else 1) for word, count in Counter(words).items()}


def _tokens(text: str) -> list[str]:
    tokens = _WORD.findall(text)
    if text.isascii() or not _UNSPACED.search(text):
        return tokens
    return [piece for token in tokens for piece in (_pairs(token) if _UNSPACED.search(token) else [token])]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _is_name(token: str, plain: set[str], *, nouns: bool) -> bool:
    """Tell figures and capitalised words that the text never writes small; katakana writes foreign names."""
    first = token[0]
    if first.isupper():
        return not nouns and token.lower() not in plain
    return first.isdigit() or all("\u30a0" <= letter <= "\u30ff" for letter in token)


def _telling(tokens: list[str], dateline: frozenset[str]) -> tuple[str, ...]:
    """Keep roots that say something: no small words, months, single letters, hiragana or today."""
    roots = [root(token.lower()) for token in tokens]
    return tuple(
        [
            each
            for each in roots
            if each not in _STOP_WORDS
            and each not in dateline
            and (len(each) > 1 or each.isdigit())
            and not _is_hiragana(each)
        ]
    )


def _is_hiragana(token: str) -> bool:
    return "\u3040" <= token[0] <= "\u309f"
