"""How foreign text is put into words of the page: cleaned, joined, set apart, marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from markupsafe import Markup

from digest.markup import clean_line
from digest.model import Item
from digest.model.article import primary_language
from digest.render.language import direction_of, script_of
from digest.render.typography import NBSP, apostrophes, clamp
from digest.render.words import Words

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")


def language_of(item: Item, usual: str) -> str:
    """Return the language an item says it is in; the edition's when what it says is no tag."""
    tag = item.language or ""
    return tag if _TAG.fullmatch(tag) else usual


def summary_text(item: Item, language: str) -> str:
    """Join the sentences of a summary the way the script does: with or without a space."""
    tag = language_of(item, language)
    between = "" if script_of(tag) == "cjk" and primary_language(tag) != "ko" else " "
    joined = between.join(sentence.text for sentence in item.summary.sentences)
    return line(joined, 4_000)


def also_told(names: Sequence[str], words: Words) -> str:
    """Name who else tells a story: two of them, and how many more; '' when nobody does."""
    direction = direction_of(words.language)
    shown = [isolated(clamp(line(name, 200), 60), direction) for name in names[:2]]
    if len(names) > len(shown):
        joined = words.say("comma").join(shown)
        return words.say("also_more", names=joined, n=words.number(len(names) - len(shown)))
    return words.say("also", names=words.names(shown)) if shown else ""


def dot_after(source: str, words: Words) -> str:
    """Keep the dot with a short last word, so that no line ends in a dot."""
    dot = words.say("dot")
    return dot.replace(" ", NBSP) if len(source.rpartition(" ")[2]) <= 12 else dot


def isolated(name: str, direction: str) -> str:
    """Set marks around a name of the other direction, so that it does not pull its neighbours over."""
    other = {"L"} if direction == "rtl" else {"R", "AL"}
    if any(unicodedata.bidirectional(letter) in other for letter in name):
        return f"\u2068{name}\u2069"
    return name


def ready(written: str) -> Markup:
    """Mark attributes that this program wrote itself as needing no escape."""
    return Markup(written)  # noqa: S704  # why: tags and tokens in it were checked


def tagged(language: str) -> str:
    """Write the attributes of text in that language; the tag was checked to be one."""
    return f' lang="{language}" dir="{direction_of(language)}"'


def line(text: str, max_chars: int) -> str:
    """Clean foreign text to one line with apostrophes as a typesetter sets them."""
    return apostrophes(clean_line(text, max_chars))
