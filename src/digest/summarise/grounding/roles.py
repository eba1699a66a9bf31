"""What part the names of an article play in it: after 'in', before a verb, in whose company."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from math import log
from re import Match

from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.names import OWNERS, SPELLINGS, TITLES, alike, bare, is_large, one_letter_off
from digest.summarise.grounding.source import PLACES, Source, stem

_KINDS = 8  #: of places before a name, about as many after it: what no name was seen in is no surprise
_PARTNERS = 200  #: words that stand before one name, as far as they are looked at
_PARTED = 4  #: words after a first name among which the last one stands
_SMALL = {
    "where": "in at near from to into across outside around en à au aux dans im nach aus bei op te naar uit "
    "em no na",
    "and": "and or und oder et ou y o e en",
    "the": "the a an der die das den dem le la les l el los las il lo gli os as de het",
    "with": "of by with for against about on over after before since as than von für mit par pour avec por "
    "con para per van door voor met",
    "verb": "is are was were has have had will would can could should may might did does do says said tells "
    "told asks asked writes wrote adds added ist sind war hat wird sagte sagt est a sont es son è sono é são "
    "zegt",
}
_PART: Mapping[str, str] = {word: part for part, words in reversed(_SMALL.items()) for word in words.split()}
_PEOPLES_OF = {"nl": ("se", "s")}  #: 'Noorse', 'Duits', which English does not write so
_PEOPLES = ("an", "ish", "ese", "ch", "thai")  #: ends of 'Italian', 'Danish': of much that has another name


class Roles:
    """The company that an article's names keep.

    Args:
        source: The article.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._before_it: dict[str, Counter[str]] = defaultdict(
            Counter
        )  #: by a name's word: what stands there
        self._after_it: dict[str, Counter[str]] = defaultdict(Counter)
        self._partners: dict[str, dict[str, None]] = defaultdict(dict)  #: by word: the name's word before it
        self._before: Counter[str] = Counter()
        self._after: Counter[str] = Counter()
        counted: set[int] = set()
        for key, told in source.claims.items():
            if not key.startswith("name "):
                continue
            word = key.removeprefix("name ")
            for fact, place in told:
                tokens = source.sentences[source.sentence_of(place)]
                sides = _before(source.text, tokens, fact.at), _after(source.text, tokens, fact.end)
                self._before_it[word][sides[0]] += 1
                self._after_it[word][sides[1]] += 1
                if at := fact.keys.index(word):
                    self._partners[word][fact.keys[at - 1]] = None
                if place not in counted:
                    counted.add(place)
                    self._before[sides[0]] += 1
                    self._after[sides[1]] += 1

    def suits(self, text: str, tokens: Sequence[Match[str]], fact: Fact, name: Fact) -> float:
        """Tell how much likelier than others a name stands in the article as a claim does in a sentence.

        Args:
            text: The sentence.
            tokens: Its words.
            fact: The claim.
            name: The claim itself, or what the article has in its place.

        Returns:
            The logarithm of the odds: 0 when nothing is known, below when it never stands like that.
        """
        word = name.keys[-1] if name.keys[-1] in self._before_it else name.keys[0]
        before, after = self._before_it.get(word, Counter()), self._after_it.get(word, Counter())
        return _odds(_before(text, tokens, fact.at), before, self._before) + _odds(
            _after(text, tokens, fact.end), after, self._after
        )

    def is_torn(self, tokens: Sequence[Match[str]], fact: Fact) -> tuple[bool, bool]:
        """Tell whether words of a name stand together nowhere in the article, and with others there."""
        apart = with_others = False
        for at, (one, other) in enumerate(zip(fact.keys, fact.keys[1:], strict=False), fact.at):
            if (
                _may_join(tokens[at].group(), one, other, self._source.language)
                or (stem(one), stem(other)) in self._source.pairs
            ):
                continue
            partners = self._partners.get(other, {})
            is_known = (
                one in partners
                or any(alike(one, each) or one_letter_off(one, each) for each in islice(partners, _PARTNERS))
                or self._is_parted(one, other)
            )
            apart |= not is_known
            with_others |= bool(partners) and not is_known
        return apart, with_others

    def _is_parted(self, one: str, other: str) -> bool:
        """Tell whether only large words stand between two: 'Ada "Countess" Lovelace', 'Ada B. Lovelace'."""
        source = self._source
        for place in source.places.get(stem(one), ())[:PLACES]:
            number = source.sentence_of(place)
            at = place - source.starts[number] + 1
            for token in source.sentences[number][at : at + _PARTED]:
                if stem(token.group()) == stem(other):
                    return True
                if not is_large(token.group()):
                    break
        return False


def _may_join(word: str, one: str, other: str, language: str) -> bool:
    """Tell words that stand before any name: titles, abbreviations, peoples."""
    return (
        not (TITLES | SPELLINGS).isdisjoint((one, other))
        or (word.isupper() and len(word) > 1)
        or one.endswith((*_PEOPLES, *_PEOPLES_OF.get(language, ())))
    )


def is_twice(tokens: Sequence[Match[str]], fact: Fact) -> bool:
    """Tell whether a sentence has a form of the name once more: 'the Cuban left Cuba'."""
    keys = [key for key in fact.keys if key not in TITLES]
    others = (
        bare(token.group())
        for at, token in enumerate(tokens)
        if not fact.at <= at < fact.end and is_large(token.group())
    )
    return any(alike(other, key) for other in others for key in keys)


def describes(text: str, tokens: Sequence[Match[str]], facts: Sequence[Fact], fact: Fact) -> bool:
    """Tell a name that a summary puts where the article has another, or has it elsewhere.

    That is 'the Italian striker', told by his name there, and one of a list, whose others are told of apart.
    """
    last = tokens[fact.end - 1].group()
    has_end = last.endswith(_PEOPLES) or fact.keys[-1].endswith(_PEOPLES)
    if has_end and fact.end < len(tokens) and _after(text, tokens, fact.end) == "word":
        return True
    names = [each for each in facts if each.kind == "name"]
    at = names.index(fact)
    joined = [
        _are_listed(text, tokens, one, other) for one, other in pairwise(names[max(0, at - 2) : at + 3])
    ]
    here = at - max(0, at - 2)  # the pair that begins with it
    return any(
        all(joined[begin : begin + 2]) for begin in (here - 2, here - 1, here) if 0 <= begin < len(joined) - 1
    )


def _are_listed(text: str, tokens: Sequence[Match[str]], one: Fact, other: Fact) -> bool:
    between = text[tokens[one.end - 1].end() : tokens[other.at].start()].casefold()
    return between.strip() == "," or (other.at == one.end + 1 and _PART.get(between.strip(" ,")) == "and")


def _before(text: str, tokens: Sequence[Match[str]], at: int) -> str:
    if at == 0:
        return "start"
    gap = text[tokens[at - 1].end() : tokens[at].start()]
    if gap.strip():
        return "comma" if "," in gap else "mark"
    word = tokens[at - 1].group()
    part = _PART.get(word.casefold())
    if part is not None and part != "verb":
        return part
    return "name" if is_large(word) else "owner" if word.endswith(OWNERS) else "word"


def _after(text: str, tokens: Sequence[Match[str]], end: int) -> str:
    if tokens[end - 1].group().endswith(OWNERS):
        return "owner"
    if end >= len(tokens):
        return "end"
    gap = text[tokens[end - 1].end() : tokens[end].start()]
    if gap.strip():
        return "owner" if gap.startswith(("' ", "’ ")) else "end"
    word = tokens[end].group()
    part = _PART.get(word.casefold())
    if part == "verb" or word.endswith("ed"):
        return "verb"
    return "small" if part in ("where", "with", "and") else "name" if is_large(word) else "word"


def _odds(part: str, own: Counter[str], all_names: Counter[str]) -> float:
    usual = (all_names[part] + 1) / (all_names.total() + _KINDS)
    return log((own[part] + usual) / (own.total() + 1) / usual)
