"""What a summary has to look like, whatever it says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.summarise.languages import WEIGHTED, common_words, guess

MAX_SENTENCES = 3
MAX_WORDS = 60
_SURE = 3  #: small words that another language has more in a summary
_MAX_CHARS = MAX_WORDS * 12

_LINK = re.compile(
    r"https?:|www\.|\]\(|\b[\w.+-]+@\w+\.\w|<[a-z/!]|\b[\w-]+\.(?:com|org|net|info|io)\b", re.IGNORECASE
)
_MARKDOWN = re.compile(
    r"^\s*(?:[#>*+-]|\d+[.)])\s|\*\*|__|`|^\s*(?:summary|zusammenfassung|résumé)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]{0,600}[\"”“»]")
_FIRST_PERSON = {
    "en": "I me my mine we our ours us",
    "de": "ich mich mir mein meine wir uns unser unsere",
    "fr": "je moi mon ma mes nous notre nos",
    "es": "yo mi mis nosotros nuestro nuestra",
    "it": "io mio mia noi nostro nostra",
    "pt": "eu meu minha nós nosso nossa",
    "nl": "ik mij mijn wij ons onze",
}
_MORAL = re.compile(
    r"\b(?:it is|it's) (?:important|clear|worth|time) (?:to|that)|\bwe (?:must|should|all)\b|\breminds us\b"
    r"|\bthe (?:moral|lesson|takeaway) (?:is|of)|\bin conclusion\b|\bonly time will tell\b|\blet us\b",
    re.IGNORECASE,
)


def form_faults(
    summary: str, sentences: Sequence[str], article: str, language: str | None
) -> tuple[str, ...]:
    """Say what is wrong with a summary's form; () when nothing is.

    Args:
        summary: As it would be shown.
        sentences: Of it.
        article: What it is of.
        language: Of the article, without region; None when nobody knows.
    """
    begin = summary[: _MAX_CHARS + 1]  # the patterns take the square of its length
    bare = _QUOTED.sub(" ", begin)
    faults = []
    if not 1 <= len(sentences) <= MAX_SENTENCES:
        faults.append(f"{len(sentences)} sentences instead of 1 to {MAX_SENTENCES}")
    if len(summary.split()) > MAX_WORDS or len(summary) > _MAX_CHARS:
        faults.append(f"{len(summary.split())} words, more than {MAX_WORDS}")
    if not summary.isprintable():
        faults.append("line breaks or control characters")
    if _LINK.search(begin):
        faults.append("a link or mark-up")
    if _MARKDOWN.search(begin):
        faults.append("Markdown or a heading")
    if word := _first_person(bare, language):
        faults.append(f"the first person ('{word}')")
    if (moral := _MORAL.search(bare)) and moral.group().lower() not in article.lower():
        faults.append(f"a moral ('{moral.group()}')")
    if fault := _other_language(summary, article, language):
        faults.append(fault)
    return tuple(faults)


def _first_person(bare: str, language: str | None) -> str | None:
    words = frozenset(_FIRST_PERSON.get(language or "en", "").split())
    for word in re.findall(r"[^\W\d_]+", bare):
        if word in words or (word != "US" and word.lower() in words and word.lower() != "i" and word != "IT"):
            return str(word)
    return None


def _other_language(summary: str, article: str, language: str | None) -> str | None:
    told, source = guess(summary), guess(article) or language
    if told and source and told != source and _is_surely(told, summary, source):
        return f"the language is '{told}', the article's is '{source}'"
    ours, theirs = _is_latin(summary), _is_latin(article)
    return None if ours == theirs else "another script than the article's"


def _is_surely(told: str, summary: str, source: str) -> bool:
    """Tell a language by more than a word or two: 'a', 'de' and 'le' are Spanish and French."""
    theirs = common_words(summary, source)
    return told not in WEIGHTED or not theirs or common_words(summary, told) >= theirs + _SURE


def _is_latin(text: str) -> bool:
    letters = [letter for letter in text[:4000] if letter.isalpha()]
    return not letters or sum(letter < "\u0250" for letter in letters) * 2 >= len(letters)
