"""Texts that stop before their article does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.collect.blocks import Block
from digest.collect.document import Extent
from digest.model import ArticleContent

__all__ = ["extent_of", "is_cut", "is_thin"]

_MIN_WORDS = {Extent.WHOLE: 30, Extent.SUMMARY: 80}  #: below it a text is hardly the article
_LAST = 3  #: blocks at the end that may hold the cut; lines about the site follow it
_END = 200  #: characters at the end that are looked at
_CUT = re.compile(
    r"(?:…|\.\.\.|\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|"
    r"(?:read (?:more|on|the (?:full|rest|whole)\b.{0,60})|continue reading\b.{0,120}|keep reading|"
    r"(?:full|more) (?:story|article)|see more|learn more|weiterlesen\b.{0,120}|mehr lesen|"
    r"(?:den )?(?:ganzen|vollständigen) (?:artikel|beitrag|text) lesen|lire (?:la suite|plus)\b.{0,120}|"
    r"leer más|seguir leyendo|continuar leyendo|leggi (?:tutto|di più)|continua a leggere|"
    r"(?:leia|ler) mais|continue (?:lendo|a ler)|lees (?:meer|verder)|читать (?:далее|дальше)|"
    r"続きを読む|阅读全文|閱讀全文|اقرأ المزيد|קרא עוד)[\s.:»›→>…]*)$",
    re.IGNORECASE,
)


def is_cut(text: str) -> bool:
    """Tell whether plain text ends in '…', '[...]' or words such as 'Read more'."""
    return _CUT.search(text[-_END:].rstrip()) is not None


def extent_of(blocks: Sequence[Block], *, is_summary: bool) -> Extent:
    """Judge how much of an article blocks are, before they are tidied."""
    if not blocks or any(is_cut(block.text) for block in blocks[-_LAST:]):
        return Extent.CUT
    return Extent.SUMMARY if is_summary else Extent.WHOLE


def is_thin(article: ArticleContent, extent: Extent) -> bool:
    """Tell whether an article is likely to be less than its page holds."""
    return extent is Extent.CUT or article.word_count < _MIN_WORDS[extent]
