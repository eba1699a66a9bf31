"""Headlines, trimmed of what shouts and pads. Words are cut off at an end, none is ever put in or changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from digest.collect.words import STOP_WORDS
from digest.model.article import fold

__all__ = ["trim_headline"]

_LEAST = 3  #: words that must be left, else nothing is cut
_SHOUTING = 0.8  #: share of capitals that makes a shouting headline
_LABEL = (
    r"breaking(?: news)?|just in|exclusive|updated?(?: \d+)?|live(?:[ -]?(?:updates?|blog|ticker|now))?|"
    r"watch(?: live| now)?|video|photos?|pictures|gallery|listen|must[ -](?:read|see|watch)|eilmeldung|eil|"
    r"exklusiv|en direct|exclusif|vidéo|última hora|en vivo|en directo|vídeo|exclusiva|ultim['’]ora|diretta|"
    r"esclusiva|urgente?|ao vivo|exclusivo|plantão"
)
_BEFORE = re.compile(rf"^(?:[*>»]+\s*)?(?:{_LABEL})\s*(?:[:|]|\s[–—-])\s*", re.IGNORECASE)
_BRACKETED = re.compile(
    rf"\s*[\[(]\s*(?:\+|with |mit |avec |con )?\s*(?:{_LABEL}|bilder|fotos?|aktualisiert)\s*[\])]\s*",
    re.IGNORECASE,
)
_PADDING = re.compile(
    r"\s*(?:[:.…!?,;]+|\s[–—-])\s*(?:(?:and |but )?you won['’]?t believe\b.*|what happen(?:s|ed) next\b.*|"
    r"(?:and )?(?:the (?:reason|answer|result)|it) (?:will|may|might) (?:surprise|shock|amaze) you\b.*|"
    r"(?:find out|see|read|discover) (?:why|how|what|more|on)\b.*|click here\b.*|"
    r"(?:a )?must[ -](?:read|see|watch)|here['’]s (?:why|how|what)(?: \w+){0,6}|this is (?:why|how)\b.*|"
    r"(?:das|so etwas) (?:glaubst|glauben) .*|du wirst (?:es )?nicht glauben\b.*|"
    r"vous n['’]allez pas (?:le )?croire\b.*|no (?:lo )?(?:vas a|podrás) creer\b.*)[.!?…]*$",
    re.IGNORECASE,
)
_MARKS = re.compile(r"([!?])[!?]+")
_EMOJI = "[\u2600-\u27bf\u2b00-\u2bff\u25a0-\u25ff\U0001f000-\U0001faff\ufe0f\u200d]"
_AROUND = re.compile(rf"^(?:{_EMOJI}+\s*)+|(?:\s*{_EMOJI}+)+$")
_TWICE = re.compile(r"^(?P<part>.{3,80}?(?:[:|]|\s[–—-])\s+)(?P=part)+", re.IGNORECASE)
#: What parted something from the title; not the sign of '-5 degrees' or of the rating 'BBB-'.
_EDGES = re.compile(r"^(?:[\s|:,]|[–—-](?!\d))+|(?:[\s|:,–—]|(?<![^\W_])-)+$")
_SITE = re.compile(r"\s+(?:[|–—•·»-]|::)\s+|\s*\|\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"[.!?:;…“„\"«‘]")


def trim_headline(title: str, paragraphs: Sequence[str], sites: Iterable[str], language: str | None) -> str:
    """Trim a headline.

    Labels ('BREAKING:', '[VIDEO]'), the site's name at an end, a start that stands there twice, padding that
    promises, emoji at the ends and all but one of '!!!' go, if three words are left. Capitals
    throughout become those of the article's own text, if that shows how every word is written.

    Args:
        title: One clean line.
        paragraphs: The article's text: the evidence for capitals.
        sites: What the source is called.
        language: Of the article.

    Returns:
        The headline; the one given where nothing has to go.
    """
    names = {fold(site) for site in sites if site}
    for cut in (_without_marks, _without_labels, lambda text: _without_site(text, names), _once, _unpadded):
        shorter = _EDGES.sub("", cut(title))
        if shorter != title and len(_WORD.findall(shorter)) >= _LEAST:
            title = shorter
    return _quiet(title, paragraphs, language)


def _without_marks(title: str) -> str:
    shorter = _MARKS.sub(lambda found: "?" if "?" in found[0] else found[1], title)
    return _AROUND.sub("", shorter)


def _without_labels(title: str) -> str:
    return _BEFORE.sub("", _BRACKETED.sub(" ", title).strip(), count=1)


def _without_site(title: str, names: set[str]) -> str:
    cuts = list(_SITE.finditer(title[:600]))
    if cuts and fold(title[cuts[-1].end() :]) in names:
        title = title[: cuts[-1].start()]
    if cuts and fold(title[: cuts[0].start()]) in names:
        title = title[cuts[0].end() :]
    return title


def _once(title: str) -> str:
    return _TWICE.sub(lambda found: found["part"], title[:600]) if len(title) <= 600 else title


def _unpadded(title: str) -> str:
    return _PADDING.sub("", title) if len(title) <= 600 else title


def _quiet(title: str, paragraphs: Sequence[str], language: str | None) -> str:
    """Write a headline in capitals as its words are written in the text; unchanged if one is not in it."""
    letters = [sign for sign in title if sign.isalpha() and sign.upper() != sign.lower()]
    words = _WORD.findall(title)
    if len(words) < _LEAST or sum(sign.isupper() for sign in letters) < _SHOUTING * max(12, len(letters)):
        return title
    written = _written(paragraphs)
    common = STOP_WORDS.get((language or "")[:2], frozenset())
    forms: dict[str, str] = {}
    for word in words:
        lower = word.lower()
        form = written.get(lower) or (lower if lower in common else "")
        if not form:
            return title
        forms[word] = form
    quiet = _WORD.sub(lambda found: forms[found[0]], title)
    first = _WORD.search(quiet)
    return (
        quiet
        if first is None
        else quiet[: first.start()] + quiet[first.start()].upper() + quiet[first.start() + 1 :]
    )


def _written(paragraphs: Iterable[str]) -> dict[str, str]:
    """Return how each word is written within sentences, where most often."""
    counts: dict[str, Counter[str]] = {}
    for paragraph in paragraphs:
        end = 0
        for found in _WORD.finditer(paragraph):
            if end and not _SENTENCE_START.search(paragraph, end, found.start()):
                counts.setdefault(found[0].lower(), Counter())[found[0]] += 1
            end = found.end()
    return {word: forms.most_common(1)[0][0] for word, forms in counts.items()}
