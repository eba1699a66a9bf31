"""What summaries need to know of a language beyond its abbreviations."""

from __future__ import annotations

import re
from collections import Counter

WEIGHTED = ("en", "de", "fr", "es", "it", "pt", "nl")  #: languages with a method beyond 'lead'

_GUESS_WORDS = 400  #: enough to tell seven languages apart
_GUESS_SHARE = 0.17  #: running text in one of them holds more of its small words than this
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
    "es": ("el la los las de que y en un una por con para del se su al lo como más pero es fue ha"),
    "it": ("il la di che e un una per del della con non sono le gli si al dei nel alla più anche è ha"),
    "pt": ("o a os as de que e em um uma para com do da dos das no na não se por mais ao foi é"),
    "nl": (
        "de het een van en in is dat op te zijn met voor niet aan er om door ook bij maar wordt heeft naar"
    ),
}
_SMALL = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}

_LEANING_WORDS = {
    "en": (
        "he she they it this that these those but and or so yet however instead then also such his "
        "her their its him them another both meanwhile still nor therefore thus moreover furthermore "
        "nevertheless otherwise besides similarly consequently here"
    ),
    "de": (
        "er sie es dies diese dieser dieses das sein seine ihr ihre aber und doch denn jedoch auch "
        "dabei damit deshalb daher dann dort dazu darum außerdem zudem trotzdem dennoch beide"
    ),
    "fr": (
        "il elle ils elles ce cela ceci cette ces celui celle mais et or donc car ainsi aussi "
        "cependant pourtant toutefois puis son sa ses leur leurs"
    ),
    "es": (
        "él ella ellos ellas esto esta este estos estas eso esa ese pero y o sin embargo además "
        "también así entonces su sus"
    ),
    "it": (
        "egli lui lei essi loro questo questa questi queste ciò ma e però quindi inoltre anche così "
        "poi suo sua"
    ),
    "pt": (
        "ele ela eles elas isto isso este esta esse essa mas e porém contudo também assim então seu sua seus"
    ),
    "nl": (
        "hij zij ze het dit dat deze die maar en of want toch ook daarom daarna echter bovendien toen "
        "dus zijn haar hun beide"
    ),
}
_LEANING = {language: frozenset(words.split()) for language, words in _LEANING_WORDS.items()}

_NAMES = {
    "ar": ("Arabic"),
    "fa": ("Persian"),
    "he": ("Hebrew"),
    "hi": ("Hindi"),
    "ja": ("Japanese"),
    "ko": ("Korean"),
    "ru": ("Russian"),
    "uk": ("Ukrainian"),
    "zh": ("Chinese"),
}


def primary(language: str) -> str:
    """Return the language of a BCP 47 tag without region or script, in lower case."""
    return re.split(r"[-_]", language.strip(), maxsplit=1)[0].lower()


def name_of(language: str) -> str:
    """Name a language in English with its code, for people to read."""
    code = primary(language)
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


def leans(word: str, language: str) -> bool:
    """Tell whether a sentence that begins with the word leans on the one before it."""
    return word.lower() in _LEANING.get(language, frozenset())
