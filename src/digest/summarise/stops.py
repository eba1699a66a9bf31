"""Decide whether a stop ends a sentence, by the word before it and the word after it."""

from __future__ import annotations

import re

from digest.summarise.abbreviations import Abbreviations

CLOSERS = "\"'”’“‘»›«‹)\\]}」』）】〉》*_"
_OPENERS = "\"'“‘„«‹(\\[{¿¡「『（【〈《*_–—\\-.…"
_WORD = r"[^\W_]+(?:['’.\-][^\W_]+)*"
_NEXT = re.compile(rf"\s+(?P<openers>[{_OPENERS}\s]{{0,40}})(?P<word>{_WORD})?")
_DUTCH = re.compile(r"\s+[“‘\"]?[‘'’`][stnk]\s+[^\W\d_a-z]")  # ''s Avonds' begins a sentence
_TOKEN_CHARS = 24  #: the longest abbreviation worth looking back for, and some
_APART = '([{"“‘„«/—–'
_GERSHAYIM = re.compile('[א-ת]["”][א-ת]')  #: before the last letter of a Hebrew abbreviation
_ELIDED = re.compile(r"^[^\W\d_]{1,5}['’](?=[^\W\d_]{2})|^['’]")  # French "l'art. 6", Italian "dell'art. 6"
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_SPEECH = re.compile(
    r"(?:\s+[^\W\d_][\w.’'-]*){0,3}?\s+(?:said|says|asks?|asked|added|wrote|replied|told|cried|shouted|wondered"
    r"|recalled|continued|answered|joked|explained)\b(?!:)"
)
_TIME_WORDS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december est edt cst cdt mst mdt pst pdt et ct mt pt gmt utc bst cet "
    "cest eastern central pacific mountain local"
)
_AFTER_HOURS = frozenset(_TIME_WORDS.split())
_HOURS = frozenset(("a.m", "p.m"))
_GO_ON = frozenset(("etc", "usw", "u.s.w", "enz", "ecc"))  #: end a sentence before any large letter


def ends(text: str, start: int, stop: re.Match[str], words: Abbreviations) -> bool:
    """Tell whether a stop with white space after it ends the sentence that begins at `start`.

    Args:
        text: The text that the match is in.
        start: Where the sentence begins.
        stop: Groups 'stops', 'closers' and 'note', as split() finds them.
        words: The abbreviations of the text's language.
    """
    following = _NEXT.match(text, stop.end())
    word = (following and following["word"]) or ""
    aside = following is not None and "(" in following["openers"]
    if _goes_on_small(word) and not aside and not _DUTCH.match(text, stop.end()):
        return False
    token = _token_before(text, start, stop.start())
    if stop["note"] and not stop["closers"] and not (len(token) > 2 and token.isalpha()):
        return False
    if stop["stops"] != ".":
        asked = stop["stops"][-1] in "!?" and bool(stop["closers"])
        return not (asked and _SPEECH.match(text, stop.end(), stop.end() + 60))
    return _ends_after(token, word, words, first=stop.start() - len(token) <= start)


def _goes_on_small(word: str) -> bool:
    """Find a small letter; 'iPad' and 'eBay' may begin a sentence."""
    return word[:1].islower() and not any(letter.isupper() for letter in word[1:3])


def _token_before(text: str, start: int, stop: int) -> str:
    """Return the run of letters, figures and inner stops before a full stop."""
    begin = stop
    floor = max(start, stop - _TOKEN_CHARS)
    while begin > floor and not text[begin - 1].isspace():
        if text[begin - 1] in _APART and not _GERSHAYIM.match(text, max(floor, begin - 2)):
            break
        begin -= 1
    return _ELIDED.sub("", text[begin:stop])


def _ends_after(token: str, word: str, words: Abbreviations, *, first: bool) -> bool:
    """Decide about one full stop by the token before it and the word after it."""
    key, starts = token.lower(), _starts(word, words)
    large = word[:1].isupper()
    if key in words.inner or key in words.titles:
        return key in words.titles and starts and token.islower() and len(token) > 1
    if word[:1].isdigit() and (key in words.counts or (words.ordinals and key.endswith("str"))):
        return False
    if token.isdigit():
        return len(token) > 2 or not (first or (words.ordinals and not starts))
    if key in _HOURS:
        return large and word.lower() not in _AFTER_HOURS | words.titles
    if _is_short(key, words):
        return starts or key == "i" or (key in _GO_ON and large)
    return True


def _is_short(key: str, words: Abbreviations) -> bool:
    """Find one letter, initials and what may or may not end a sentence: only a starter after them tells."""
    return key in words.ends or (len(key) == 1 and key.isalpha()) or bool(_INITIALS.fullmatch(key))


def _starts(word: str, words: Abbreviations) -> bool:
    """Find a word that begins sentences: 'The', 'He's', French 'J'ai' but not 'J.'."""
    if not word[:1].isupper():
        return False
    bare = re.split(r"['’]", word.lower(), maxsplit=1)
    return bare[0] in words.starters and (
        len(bare) > 1 or len(word) > 1 or word in ("A", "I", "O", "E", "Y", "À")
    )
