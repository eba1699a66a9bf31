"""How often and how prominently an article mentions whom, with the mentions of one name merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from digest.collect.mentions import Mention
from digest.collect.places import CAPITALS, COUNTRIES

__all__ = ["Ledger"]

Form = tuple[str, ...]

_ALSO_SURNAMES = {"Chad", "Israel", "Jordan"}  #: countries that people are called after
_INDIRECT = 0.5  #: weight of an adjective or a capital as a mention of the country


class Ledger:
    """Mentions of names, form by form.

    Args:
        lower_words: Words that the text has in lower case; a name of such words only is none.
    """

    def __init__(self, *, lower_words: frozenset[str]) -> None:
        self._lower_words = lower_words
        self._weights: dict[Form, float] = {}  # in order of mention
        self._times: Counter[Form] = Counter()
        self._sure: set[Form] = set()

    def add(self, mentions: Iterable[Mention], weight: float) -> None:
        """Count mentions."""
        for mention in mentions:
            form = mention.words
            self._weights[form] = self._weights.get(form, 0.0) + weight
            self._times[form] += 1
            if mention.is_sure:
                self._sure.add(form)

    def add_known(self, text: str, weight: float) -> None:
        """Count the names known so far that the text holds; it brings no new ones."""
        padded = f" {' '.join(text.replace('’', ' ').replace(chr(39), ' ').split())} "
        padded = padded.replace(",", " ").replace(":", " ")
        for form in self._weights:
            if f" {' '.join(form)} " in padded:
                self._weights[form] += weight
                self._times[form] += 1

    def balance(self) -> Iterator[tuple[str, float, int]]:
        """Return name, weight and number of mentions, the heaviest first, then by first mention."""
        groups: dict[Form, list[Form]] = {}
        longer = self._longer_forms()
        countries = {COUNTRIES[" ".join(form)] for form in self._weights if " ".join(form) in COUNTRIES}
        for form in self._weights:
            target = self._target(form, longer, countries)
            if target and target != form and target in self._weights:
                target = self._target(target, longer, countries)
            if target:
                groups.setdefault(target, []).append(form)
        rows = [self._sum(target, forms) for target, forms in groups.items()]
        yield from sorted(rows, key=lambda row: -row[1])

    def _longer_forms(self) -> dict[Form, list[Form]]:
        """Return, for each beginning and end of a name, the names it belongs to."""
        longer: dict[Form, list[Form]] = {}
        for form in self._weights:
            if " ".join(form) not in COUNTRIES and self._is_name(form):
                parts = {part for size in range(1, len(form)) for part in (form[:size], form[-size:])}
                for part in parts:
                    longer.setdefault(part, []).append(form)
        return longer

    def _sum(self, target: Form, forms: list[Form]) -> tuple[str, float, int]:
        whole = " ".join(target)
        fuller = [form for form in forms if len(form) > 1]
        if whole not in COUNTRIES and fuller:
            chosen = min(fuller, key=self._rank)
            whole = " ".join(chosen)
        weight = sum(self._weights[form] * self._share(form, whole) for form in forms)
        return whole, weight, sum(self._times[form] for form in forms)

    def _rank(self, form: Form) -> tuple[int, int]:
        return -self._times[form], len(form)

    def _share(self, form: Form, whole: str) -> float:
        return _INDIRECT if whole in COUNTRIES and " ".join(form) != whole else 1.0

    def _is_name(self, form: Form) -> bool:
        return (form in self._sure or len(form) > 1) and not all(
            word.lower() in self._lower_words for word in form
        )

    def _target(self, form: Form, longer_forms: dict[Form, list[Form]], countries: set[str]) -> Form | None:
        """Return the form that this one counts for; None when it is no name."""
        whole = " ".join(form)
        longer = longer_forms.get(form, [])
        if whole in COUNTRIES and not (whole in _ALSO_SURNAMES and longer):
            return (COUNTRIES[whole],)
        if CAPITALS.get(whole) in countries:
            return (CAPITALS[whole],)
        return self._fuller(form, longer) or (form if self._is_name(form) else None)

    def _fuller(self, form: Form, longer: list[Form]) -> Form | None:
        """Return the one longer name that the form can stand for; None when several can."""
        ending = [other for other in longer if other[-len(form) :] == form] or longer
        if not ending:
            return None
        longest = max(ending, key=len)
        if all(other == longest or _is_part(other, longest) for other in ending):
            return longest
        first, second = sorted(ending, key=lambda other: -self._times[other])[:2]
        return first if self._times[first] >= 2 * self._times[second] else None


def _is_part(form: Form, other: Form) -> bool:
    """Tell whether a name begins or ends with the form."""
    size = len(form)
    return size < len(other) and form in {other[:size], other[-size:]}
