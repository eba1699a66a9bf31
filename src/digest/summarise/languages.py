"""What summaries need to know of a language beyond its abbreviations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from digest.model.article import primary_language

WEIGHTED = ("en", "de", "fr", "es", "it", "pt", "nl")  #: languages with a method beyond 'lead'

_GUESS_WORDS = 400  #: enough to tell seven languages apart
_GUESS_SHARE = 0.17  #: running text in one of them holds more of its small words than this
_OPENING_WORDS = 6  #: a pronoun after them has its noun in the sentence, as a rule
_WORD = re.compile(r"[^\W\d_]+")

_SMALL_WORDS = {
    "en": (
        "the of and to in is that for was on are with as it be at by this have from not but which has were"
    ),
    "de": (
        "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es werden "
        "wird bei nach am an ab sie er aus sagte"
    ),
    "fr": (
        "le la les des et un une du est que dans pour qui au sur par pas plus ce avec il sont aux cette a dit"
    ),
    "es": "el la los las de que y en un una por con para del se su al lo como más pero es fue ha",
    "it": "il la di che e un una per del della con non sono le gli si al dei nel alla più anche è ha",
    "pt": "o a os as de que e em um uma para com do da dos das no na não se por mais ao foi é",
    "nl": (
        "de het een van en in is dat op te zijn met voor niet aan er om door ook bij maar wordt heeft naar"
    ),
}
_SMALL = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}

_PRONOUN_WORDS = {
    "en": "he she they it him her them his its their this that these those such both here",
    "de": "er sie es ihn ihm ihnen dies diese dieser dieses sein seine ihr ihre dabei damit dort beide",
    "fr": "il elle ils elles ce cela ceci celui celle ces son sa ses leur leurs",
    "es": "él ella ellos ellas esto eso ese esa esta este estos estas su sus",
    "it": "egli lui lei loro essi esse questo questa questi queste ciò suo sua",
    "pt": "ele ela eles elas isto isso este esta esse essa seu sua seus suas",
    "nl": "hij zij ze dit dat deze die zijn haar hun beide daar",
}
_JOINING_WORDS = {
    "en": "but and or so yet however instead then also another meanwhile still nor therefore thus moreover "
    "furthermore nevertheless otherwise besides similarly consequently",
    "de": "aber und doch denn jedoch auch deshalb daher dann dazu darum außerdem zudem trotzdem dennoch",
    "fr": "mais et ou donc car ainsi aussi cependant pourtant toutefois puis",
    "es": "pero y o sin además también así entonces",
    "it": "ma e però quindi inoltre anche così poi",
    "pt": "mas e porém contudo também assim então",
    "nl": "maar en of want toch ook daarom daarna echter bovendien toen dus",
}
_PRONOUNS = {language: frozenset(words.split()) for language, words in _PRONOUN_WORDS.items()}
_JOINING = {language: frozenset(words.split()) for language, words in _JOINING_WORDS.items()}
_PERSONS = {
    "en": "he she they it",
    "de": "er sie es",
    "fr": "il elle ils elles",
    "es": "él ella ellos ellas",
    "it": "lui lei loro",
    "pt": "ele ela eles elas",
    "nl": "hij zij ze",
}

_OBJECTS = frozenset(("it", "them", "him"))
_PLACING_WORDS = "as at back by down for from in into off on onto out over through to under up with"
_PLACING = frozenset(_PLACING_WORDS.split())

_NAMES = {
    "ar": "Arabic",
    "fa": "Persian",
    "he": "Hebrew",
    "hi": "Hindi",
    "ja": "Japanese",
    "ko": "Korean",
    "ru": "Russian",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def has_method(language: str | None) -> bool:
    """Tell whether summaries of texts in a language are chosen; an unknown one may be guessed yet."""
    return language is None or primary_language(language) in WEIGHTED


def name_of(language: str) -> str:
    """Name a language in English with its code, for people to read."""
    code = primary_language(language)
    return f"{_NAMES[code]} ({code})" if code in _NAMES else f"the language '{code}'"


def guess(text: str) -> str | None:
    """Tell which of the seven weighted languages a text is in by its small words.

    Returns:
        None when no language has many of its small words there, or two have about as many.
    """
    counts = Counter(word.lower() for word in _WORD.findall(text[:4000])[:_GUESS_WORDS])
    total = counts.total()
    if total < 8:
        return None
    shares = sorted(
        ((sum(counts[word] for word in words) / total, code) for code, words in _SMALL.items()), reverse=True
    )
    (best, code), (second, _) = shares[:2]
    return code if best >= _GUESS_SHARE and best >= 1.25 * second else None


def leans(words: Sequence[str], language: str) -> float:
    """Tell how much a sentence leans on the one before it, by its first words: 0 not at all, 1 wholly."""
    first = words[0].lower()
    if first in _PRONOUNS[language]:
        return 1.0
    if language == "en" and _takes_object(words[: _OPENING_WORDS + 1]):
        return 0.6
    persons = _PERSONS[language].split()
    for word in words[1:_OPENING_WORDS]:
        if word in persons:
            return 0.6
        if word[:1].isupper() and language != "de":  # German writes every noun large
            break
    return 0.5 if first in _JOINING[language] else 0.0


def _takes_object(opening: Sequence[str]) -> bool:
    """Find 'Ada covered it with wax': a name before the pronoun is not what the pronoun stands for."""
    return any(
        word in _OBJECTS and after in _PLACING for word, after in pairwise(each.lower() for each in opening)
    )
