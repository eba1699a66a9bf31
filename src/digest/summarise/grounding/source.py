"""An article, taken apart so that claims can be looked up in it, and near what."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from math import log
from re import Match

from digest.rarity import english, proper, root
from digest.summarise.grounding.facts import Fact, facts_of, words_of
from digest.summarise.grounding.names import TITLES, alike, bare, is_large
from digest.summarise.split import split

PLACES = 40  #: of one claim that are looked at

_ROOT = 6  #: letters that tell a word in the inflections of seven languages
_DOERS = (
    "ers",
    "ors",
    "ists",
    "ants",
    "ing",
)  #: ends of 'Voters', 'Tourists': they begin sentences and name nobody
_PREFIXES = frozenset(
    [
        "anti",
        "pro",
        "ex",
        "non",
        "pre",
        "post",
        "mid",
        "sub",
        "co",
        "vice",
        "half",
        "born",
        "based",
        "year",
        "old",
        "style",
    ]
)
_BETWEEN = frozenset(
    [
        "of",
        "and",
        "the",
        "for",
        "de",
        "la",
        "le",
        "les",
        "du",
        "des",
        "del",
        "der",
        "die",
        "das",
        "und",
        "y",
        "e",
        "et",
        "di",
        "da",
        "do",
    ]
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Bring a word to what its forms have in common, roughly."""
    return root(word.casefold().replace("’", "'"))[:_ROOT]


class Source:
    """What a summary may say, and nothing else.

    Args:
        text: The article as the model was given it.
        besides: Title, byline and the like: what they name may be named.
        language: Without region.
    """

    def __init__(self, text: str, besides: Iterable[str], language: str) -> None:
        self.language = language
        self.text = "\n\n".join([text, *(each for each in besides if each)])
        spans = split(self.text, language)
        sentences = [words_of(self.text, span.start, span.end) for span in spans]
        self._count_capitals(sentences)
        self.stems: list[str] = []
        self.starts: list[int] = []  #: place of each sentence's first word
        self.claims: dict[str, list[tuple[Fact, int]]] = defaultdict(
            list
        )  #: by kind and key: what, at which word
        self._read(sentences)
        self._holders: dict[str, frozenset[int]] = {}
        self.places: dict[str, list[int]] = defaultdict(list)  #: of each stem, ascending
        for place, word in enumerate(self.stems):
            self.places[word].append(place)
        self._words = {bare(token.group()) for tokens in sentences for token in tokens}
        self._words |= {part for word in self._words if "-" in word for part in word.split("-")}
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._by_head[word[:4]].append(word)
        self._initials, self._all_initials = _initials(sentences)
        self.sentences = sentences
        self.spans = spans
        self.own = sum(span.end <= len(text) for span in spans)  #: sentences of the article itself
        self.pairs = frozenset(pairwise(self.stems))

    def _count_capitals(self, sentences: Sequence[Sequence[Match[str]]]) -> None:
        self._large: Counter[str] = Counter()
        self._small: Counter[str] = Counter()
        for tokens in sentences:
            for at, token in enumerate(tokens):
                if not is_large(token.group()):
                    self._small[bare(token.group())] += 1
                elif at:
                    self._large[bare(token.group())] += 1

    def _read(self, sentences: Sequence[Sequence[Match[str]]]) -> None:
        for tokens in sentences:
            first = len(self.stems)
            self.starts.append(first)
            self.stems += [stem(token.group()) for token in tokens]
            for fact in facts_of(self.text, tokens, self.language, self.is_name):
                for key in fact.keys:
                    self.claims[f"{fact.kind} {key}"].append((fact, first + fact.at))

    def is_name(self, word: str) -> bool:
        """Tell whether a sentence's first word is a name: nowhere small, and large elsewhere or unknown."""
        key = bare(word)
        if self._small[key]:
            return False
        if self._large[key] or key in proper():
            return True
        return key not in english()[0] and not word.casefold().endswith(_DOERS)

    def weight(self, word: str) -> float:
        """Weigh a stem by how rare it is among the article's sentences; small words weigh next to nothing."""
        if len(word) < 3:
            return 0.0
        rarity = log(1 + (len(self.starts) + 1) / (len(self.holders(word)) + 1))
        return rarity * (0.3 if len(word) == 3 else 1.0)

    def holders(self, word: str) -> frozenset[int]:
        """Return the numbers of the sentences that hold a stem."""
        if word not in self._holders:
            self._holders[word] = frozenset(self.sentence_of(place) for place in self.places.get(word, ()))
        return self._holders[word]

    def sentence_of(self, place: int) -> int:
        """Return the number of the sentence that a word stands in."""
        return bisect_left(self.starts, place + 1) - 1

    def likeness(self, words: Iterable[str]) -> list[float]:
        """Return for each sentence the weight of the stems that it shares."""
        scores = [0.0] * len(self.starts)
        for word in sorted(words):
            weight = self.weight(word)
            for number in self.holders(word):
                scores[number] += weight
        return scores

    def holds_word(self, key: str) -> bool:
        """Tell whether a name's word stands anywhere, in whatever form."""
        if key in self._words or key in TITLES or self._is_short_for(key):
            return True
        if any(alike(key, other) for other in self._by_head.get(key[:4], ())):
            return True
        return "-" in key and all(self.holds_word(part) for part in key.split("-") if part not in _PREFIXES)

    def where(self, fact: Fact) -> list[int]:
        """Return the places of a claim, ascending; a name may be held all the same when there are none."""
        if fact.kind == "name":
            return self.places.get(stem(fact.keys[-1]), []) or self.places.get(stem(fact.keys[0]), [])
        return sorted({place for key in fact.keys for _, place in self.claims.get(f"{fact.kind} {key}", ())})

    def rounds_to(self, fact: Fact) -> bool:
        """Tell whether a round number is one of the source's, rounded: 'about 30,000' of 31,683."""
        if fact.kind != "number":
            return False
        wanted = [float(key) for key in fact.keys]
        steps = [(value, _last_step(value)) for value in wanted]
        return any(
            step >= 10 and abs(value - told) <= step / 2 for value, step in steps for told in self._figures
        )

    @cached_property
    def _figures(self) -> list[float]:
        return [float(key.split()[1]) for key in self.claims if key.startswith("number ")]

    def _is_short_for(self, key: str) -> bool:
        """Tell whether a word is made of the initials of others: 'FBI', 'PM'."""
        letters = key.replace(".", "")
        if letters in self._initials or (letters == "isis" and "islamic" in self._words):
            return True
        return (3 <= len(letters) <= 6 or letters == "pm") and letters in self._all_initials


def _initials(sentences: Sequence[Sequence[Match[str]]]) -> tuple[frozenset[str], str]:
    """Return the initials of runs of large words, and those of all words but small ones in a row."""
    found = set()
    every = []
    for tokens in sentences:
        run = ""
        for token in tokens:
            word = token.group()
            if word.lower() in _BETWEEN:
                continue
            every.append(word[0].lower())
            run = run + word[0].lower() if is_large(word) else ""
            found |= {run[-size:] for size in range(2, min(6, len(run)) + 1)}
        every.append(" ")
    return frozenset(found), "".join(every)


def _last_step(value: float) -> float:
    """Return the place of the last figure that is no zero: 100 for 1,200."""
    step, whole = 1.0, int(value)
    while whole and whole % 10 == 0:
        step, whole = step * 10, whole // 10
    return step if value >= 1_000 else 1.0
