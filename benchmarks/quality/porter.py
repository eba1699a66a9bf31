"""Porter's stemmer, as the ROUGE of published figures uses it.

Source: M. F. Porter, An algorithm for suffix stripping, 1980, with the changes that NLTK made to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

_IRREGULAR = {
    "skies": "sky",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "innings": "inning",
    "outings": "outing",
    "cannings": "canning",
}
_WHOLE = frozenset(["sky", "news", "inning", "outing", "canning", "howe", "proceed", "exceed", "succeed"])

_STEP_2 = (
    "ational ate|tional tion|enci ence|anci ance|izer ize|bli ble|alli al|entli ent|eli e|ousli ous|"
    "ization ize|ation ate|ator ate|alism al|iveness ive|fulness ful|ousness ous|aliti al|"
    "iviti ive|biliti ble|fulli ful"
)
_STEP_3 = "icate ic|ative |alize al|iciti ic|ical ic|ful |ness "
_STEP_4 = "al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ion|ou|ism|ate|iti|ous|ive|ize"


def _rules(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((rule.split(" ")[0], rule.partition(" ")[2]) for rule in text.split("|"))


_RULES_2, _RULES_3, _RULES_4 = _rules(_STEP_2), _rules(_STEP_3), _rules(_STEP_4)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Take the English endings from a lower-case word; words of one or two letters stay."""
    if word in _IRREGULAR or word in _WHOLE or len(word) <= 2:
        return _IRREGULAR.get(word, word)
    for step in (_plural, _past, _final_y, _second, _third, _fourth, _final_e, _double_l):
        word = step(word)
    return word


def _consonant(word: str, at: int) -> bool:
    if word[at] in "aeiou":
        return False
    return word[at] != "y" or at == 0 or not _consonant(word, at - 1)


def _measure(part: str) -> int:
    kinds = [_consonant(part, at) for at in range(len(part))]
    return sum(1 for before, after in pairwise(kinds) if not before and after)


def _has_vowel(part: str) -> bool:
    return not all(_consonant(part, at) for at in range(len(part)))


def _ends_double(word: str) -> bool:
    return len(word) >= 2 and word[-1] == word[-2] and _consonant(word, len(word) - 1)


def _ends_short(word: str) -> bool:
    last = len(word) - 1
    if last == 1:
        return not _consonant(word, 0) and _consonant(word, 1)
    return (
        last >= 2
        and _consonant(word, last - 2)
        and not _consonant(word, last - 1)
        and _consonant(word, last)
        and word[last] not in "wxy"
    )


def _apply(word: str, rules: Sequence[tuple[str, str]], fits: Callable[[str, str], bool]) -> str:
    """Replace the first ending that matches, if what is before it fits; try no other."""
    for ending, other in rules:
        if word.endswith(ending):
            part = word[: len(word) - len(ending)]
            return part + other if fits(part, ending) else word
    return word


def _plural(word: str) -> str:
    if word.endswith("ies") and len(word) == 4:
        return word[:-1]
    return _apply(word, (("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")), lambda _part, _end: True)


def _past(word: str) -> str:
    if word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for ending in ("ed", "ing"):
        part = word.removesuffix(ending)
        if part != word and _has_vowel(part):
            return _mended(part)
    return word


def _mended(part: str) -> str:
    if part.endswith(("at", "bl", "iz")):
        return part + "e"
    if _ends_double(part):
        return part if part[-1] in "lsz" else part[:-1]
    return part + "e" if _measure(part) == 1 and _ends_short(part) else part


def _final_y(word: str) -> str:
    if word.endswith("y") and len(word) > 2 and _consonant(word, len(word) - 2):
        return word[:-1] + "i"
    return word


def _second(word: str) -> str:
    if word.endswith("alli") and _measure(word[:-4]) > 0:
        return _second(word[:-2])
    if word.endswith("logi"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    return _apply(word, _RULES_2, lambda part, _ending: _measure(part) > 0)


def _third(word: str) -> str:
    return _apply(word, _RULES_3, lambda part, _ending: _measure(part) > 0)


def _fourth(word: str) -> str:
    return _apply(
        word,
        _RULES_4,
        lambda part, ending: _measure(part) > 1 and (ending != "ion" or part[-1:] in ("s", "t")),
    )


def _final_e(word: str) -> str:
    if word.endswith("e"):
        part = word[:-1]
        if _measure(part) > 1 or (_measure(part) == 1 and not _ends_short(part)):
            return part
    return word


def _double_l(word: str) -> str:
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
