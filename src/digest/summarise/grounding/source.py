"""An article, taken apart so that claims can be looked up in it, and near what."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from math import log
from re import Match
from unicodedata import combining, normalize

from digest.rarity import english, proper, root
from digest.summarise.abbreviations import abbreviations
from digest.summarise.grounding.facts import Fact, facts_of, words_of
from digest.summarise.grounding.names import TITLES, alike, bare, countries, is_large, one_letter_off
from digest.summarise.grounding.nouns import is_end_of
from digest.summarise.split import split

_LONG = 7  #: letters of a word that may have one wrong
PLACES = 40  #: of one claim that are looked at

_ROOT = 6  #: letters that tell a word in the inflections of seven languages
_STATES = frozenset(("republic", "republik", "république", "república", "repubblica"))
_DOERS = (
    "ers",
    "ors",
    "ists",
    "ants",
    "ing",
    "men",
)  #: ends of 'Voters', 'Tourists': they begin sentences and name nobody
_COUNTRY = 4  #: letters that a country shares with its people
_COUNTRY_ENDS = ("", "land", "ien", "en", "ei", "ia", "ie", "e", "a", "i")
#: What peoples have after that: 'norwegisch', 'norvégien', 'australiano'.
_PEOPLES = {
    "de": re.compile(r"(?:ien|ian|an|es)?(?:isch(?:e[nmrs]?)?|er(?:n|s|in|innen)?)|ier[ns]?"),
    "fr": re.compile(r"(?:i?en(?:ne)?|aine?|aise?|oise?|ole?)s?"),
    "es": re.compile(r"i?an[oa]s?|es(?:a|es|as)?|i?enses?"),
    "it": re.compile(r"i?an[oaie]|es[ei]|ol[oaie]|in[oaie]"),
    "pt": re.compile(r"i?an[oa]s?|u?es(?:a|es|as)?|i?enses?"),
    "nl": re.compile(r"(?:i?aans|isch|ees|s)e?|ese|i?aan|i?anen"),
}
_PREFIX_WORDS = "anti pro ex non pre post mid sub co vice half born based year old style"
_PREFIXES = frozenset(_PREFIX_WORDS.split())
_BETWEEN_WORDS = "of and the for de la le les du des del der die das und y e et di da do"
_BETWEEN = frozenset(_BETWEEN_WORDS.split())


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
        self.sentences = sentences
        self.spans = spans
        #: Of English more is known: how rare its words are.
        self._beginners = frozenset() if language == "en" else abbreviations(language).starters
        self._count_capitals(sentences)
        self.stems: list[str] = []
        self.starts: list[int] = []  #: place of each sentence's first word
        self.claims: dict[str, list[tuple[Fact, int]]] = defaultdict(
            list
        )  #: by kind and key: what, at which word
        self._read(sentences)
        self._holders: dict[str, frozenset[int]] = {}
        self._told: dict[tuple[str, tuple[str, ...]], list[int]] = {}  #: what `where` has found
        self.places: dict[str, list[int]] = defaultdict(list)  #: of each stem, ascending
        for place, word in enumerate(self.stems):
            self.places[word].append(place)
        self._words = {bare(token.group()) for tokens in sentences for token in tokens}
        self._words |= _joined(self._words)
        self._names = {word for word in self._words if self._large[word]} | {
            bare(tokens[0].group()) for tokens in sentences if tokens and is_large(tokens[0].group())
        }
        self._names |= _joined(self._names)
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for word in self._names:
            self._by_head[word[:4]].append(word)
        self.initials, self._all_initials = _initials(sentences)
        self.own = sum(span.end <= len(text) for span in spans)  #: sentences of the article itself
        self.pairs = self._pairs()

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

    def _pairs(self) -> Mapping[tuple[str, str], frozenset[int]]:
        """Return all pairs of neighbouring words, each with the numbers of the sentences that hold it."""
        found: dict[tuple[str, str], set[int]] = {pair: set() for pair in pairwise(self.stems)}
        for number in range(len(self.starts)):
            for pair in pairwise(self.stems_of(number)):
                found[pair].add(number)
        return {pair: frozenset(numbers) for pair, numbers in found.items()}

    def stems_of(self, number: int) -> Sequence[str]:
        """Return the words of a sentence, reduced to what their forms have in common."""
        return self.stems[self.starts[number] : self.starts[number] + len(self.sentences[number])]

    def is_name(self, word: str) -> bool:
        """Tell whether a sentence's first word is a name: nowhere small, and large elsewhere or unknown."""
        key = bare(word)
        if self._small[key] or (word.casefold() in self._beginners and not self._large[key]):
            return False
        if self._large[key] or key in proper():
            return True
        return key not in english()[0] and not word.casefold().removesuffix("'s").endswith(_DOERS)

    def share_small(self, key: str) -> float:
        """Return how often a name's word is written small, 0 to 1."""
        return self._small[key] / (self._small[key] + self._large[key] + 1)

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

    def holds_name(self, keys: Sequence[str]) -> bool:
        """Tell whether all words of a name stand anywhere; a short title by itself names nobody."""
        if TITLES.issuperset(keys):
            return not self._words.isdisjoint(keys)
        return all(self.holds_word(key) or (key in _STATES and len(keys) > 1) for key in keys)

    def writes_small(self, keys: Sequence[str]) -> bool:
        """Tell whether all words of a name are ordinary ones here, never large."""
        return all(self._small[key] and key not in self._names for key in keys)

    def holds_word(self, key: str) -> bool:
        """Tell whether a name's word stands anywhere, in whatever form; forms count of names only."""
        if key in self._words or key in TITLES or self._is_short_for(key) or self._is_misspelt(key):
            return True
        if any(alike(key, other) for other in self._by_head.get(key[:4], ())):
            return True
        if self._is_country_of(key):
            return True
        return "-" in key and all(self.holds_word(part) for part in key.split("-") if part not in _PREFIXES)

    def begins_names(self, key: str) -> bool:
        """Tell a name's word that nothing stands before, in any name that has it: a first name."""
        told = self.claims.get(f"name {key}", ())
        return bool(told) and all(fact.keys[0] == key for fact, _ in told)

    def where(self, fact: Fact) -> list[int]:
        """Return the places of a claim, ascending; a name may be held all the same when there are none."""
        what = fact.kind, fact.keys
        if what not in self._told:
            self._told[what] = self._look_up(fact)
        return self._told[what]

    def _look_up(self, fact: Fact) -> list[int]:
        if fact.kind == "name":
            return self._places_of(fact.keys[-1]) or self._places_of(fact.keys[0])
        return sorted({place for key in fact.keys for _, place in self.claims.get(f"{fact.kind} {key}", ())})

    def _places_of(self, key: str) -> list[int]:
        """Return where a name's word stands, in whatever spelling, and words that it is the initials of."""
        spelled = self.initials.get(key.replace(".", ""), []) if len(key) > 1 else []
        named = (at + fact.keys.index(key) for fact, at in self.claims.get(f"name {key}", ()))
        return sorted({*self.places.get(stem(key), []), *spelled, *named})

    @cached_property
    def figures(self) -> list[float]:
        """Return all readings of its numbers, ascending."""
        return sorted(float(key.split()[1]) for key in self.claims if key.startswith("number "))

    def _is_short_for(self, key: str) -> bool:
        """Tell whether a word is made of the initials of others: 'FBI', 'PM'."""
        letters = key.replace(".", "")
        if letters in self.initials or (letters == "isis" and "islamic" in self._words):
            return True
        return (3 <= len(letters) <= 6 or letters == "pm") and letters in self._all_initials

    def _is_country_of(self, key: str) -> bool:
        """Tell a country whose people are named: 'Norwegen' of 'norwegisch', which English writes large."""
        ends = _PEOPLES.get(self.language)
        if ends is None or key not in countries(self.language):
            return False
        heads = _heads(key, self.language)
        return any(
            word.startswith(head) and ends.fullmatch(word, len(head))
            for word in map(_plain, self._words)
            for head in heads
        )

    def holds_end(self, word: str) -> bool:
        """Tell whether a word or a compound that ends so stands anywhere: 'Innenministerin'."""
        return any(is_end_of(word, each) for each in self._words)

    def _is_misspelt(self, key: str) -> bool:
        """Tell whether a long word is one of the source's but for one letter: 'Sebatian', 'Phillippa'."""
        return len(key) >= _LONG and any(one_letter_off(key, other) for other in self._words)


def _heads(key: str, language: str) -> list[str]:
    """Return what a country's name may have in common with its people's; none that begins another's name."""
    plain = _plain(key)
    heads = {plain.removesuffix(end) for end in _COUNTRY_ENDS}
    others = {part for name in countries(language) for part in _plain(name).replace("-", " ").split()}
    return [
        head
        for head in heads
        if len(head) >= _COUNTRY and all(other == plain or not other.startswith(head) for other in others)
    ]


@lru_cache(maxsize=20_000)
def _plain(word: str) -> str:
    """Take accents from a word: 'Norvège', 'norvégien'."""
    return "".join(letter for letter in normalize("NFD", word) if not combining(letter))


def _joined(words: Iterable[str]) -> set[str]:
    """Return what hyphens join; of 'NATO-s', whose root is 'nato-', that is one word."""
    return {part for word in words if "-" in word for part in word.split("-") if part}


def _initials(sentences: Sequence[Sequence[Match[str]]]) -> tuple[Mapping[str, list[int]], str]:
    """Return initials of runs of large words with the places of their ends, and of all words in a row."""
    found: dict[str, list[int]] = defaultdict(list)
    every = []
    place = 0
    for tokens in sentences:
        run = ""
        for at, token in enumerate(tokens, place):
            word = token.group()
            if word.lower() in _BETWEEN:
                continue
            heads = "".join(part[0].lower() for part in word.split("-") if part)
            every.append(heads)
            run = run + heads if is_large(word) else ""
            for size in range(2, min(6, len(run)) + 1):
                found[run[-size:]].append(at)
        place += len(tokens)
        every.append(" ")
    return found, "".join(every)
