"""What stands around an article's text on its page: share bars, nags, forms, bylines, tag lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from digest.collect.blocks import Block, with_text
from digest.collect.dates import read_date
from digest.model.article import fold

__all__ = ["Tidied", "letters_of", "read_byline", "read_tag_line", "tidy"]

_HEAD = 6  #: bylines and dates stand among the first blocks, or last
_MAX_LINE = 160  #: furniture is short; longer blocks are text

_END = re.compile(
    r"(?:leave a (?:reply|comment)|your email address will not be published|required fields are marked|"
    r"post a comment|write a comment|join the (?:discussion|conversation)|cancel reply|save my name, email|"
    r"notify me of (?:follow-?up|new) (?:comments|posts)|schreibe einen kommentar|laisser un commentaire|"
    r"deja una respuesta|lascia un commento|deixe um comentário|geef een reactie)\b.*",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:related (?:articles?|posts?|stories|news|content|topics)|you (?:may|might) also (?:like|enjoy)|"
    r"(?:more|read) (?:from|on) this (?:topic|story|author)|recommended (?:for you|reading|stories)|"
    r"most (?:read|popular|viewed)|trending(?: now)?|more stories|about the author|latest (?:news|posts|stories)|"
    r"das könnte (?:sie|dich) auch interessieren|mehr zum thema|à lire aussi|lire aussi|te puede interesar|"
    r"leggi anche|leia também|lees ook)\s*:?",
    re.IGNORECASE,
)
_NETWORK = r"(?:facebook|twitter|x|whatsapp|linkedin|telegram|pinterest|reddit|e-?mail|bluesky|mastodon|threads|messenger|tumblr|pocket|copy link|print|share|tweet|pin|instagram|youtube|flipboard|line|xing|sms|link)"
_DROP = re.compile(
    r"(?:share|teilen|partager|compartir|condividi|partilhar|delen)"
    r"(?: (?:this|it|on|via|article|story|post|page|with friends))*\s*:?|"
    rf"(?:share\s*(?:this|on|via)?\s*:?\s*)?{_NETWORK}(?:[\s,|·•/]+(?:and\s+)?{_NETWORK})+|{_NETWORK}|"
    r"(?:share|tweet|post|pin|save)(?: this)? (?:on|to|via|with) " + _NETWORK + r"|"
    r"(?:please )?(?:subscribe|sign up|signup|register)\b.{0,80}\b(?:newsletters?|inbox|updates|e-?mails?|alerts|briefing)\b.*|"
    r"get (?:the|our|more)\b.{0,60}\b(?:newsletter|inbox)\b.*|subscribe(?: now)?[.!]?|"
    r".{0,40}\b(?:newsletter|inbox)\b.{0,40}\b(?:sign up|subscribe)\b.*|"
    r"(?:we|this (?:site|website)|our (?:site|website|partners)) uses? cookies\b.*|.{0,40}\baccept (?:all )?cookies\b.*|"
    r"(?:by continuing to (?:use|browse)|cookie (?:policy|settings|notice|preferences)|manage (?:consent|cookies))\b.*|"
    r"(?:advertisement|advertising|sponsored(?: content)?|anzeige|werbung|publicité|publicidad|pubblicità|publicidade)\s*:?|"
    r"(?:scroll|continue reading|story continues) (?:down |below )?(?:to continue|below|after)?.{0,30}advertisement|"
    r"(?:continue reading|read (?:more|next|also|the full (?:story|article))|also read|see also|click here)\b.{0,3}|"
    r"(?:read more|read also|also read|see also|read next|more|watch|listen)\s*:\s.+|"
    r"(?:listen to|print|save|bookmark|email|download) this (?:article|story|page|post)|"
    r"\d{1,3}[ -]min(?:ute)?s?(?: read)?|(?:reading time|estimated reading time|lesezeit)\s*:?.{0,20}|"
    r"follow us\b.*|like us on\b.*|join us on\b.*|download (?:our|the) app\b.*|"
    r"(?:\(?photo|image|picture|photograph|foto|bild)s?(?: (?:by|credit|courtesy(?: of)?|source))?\s*[:/].*|"
    r"\(photo by .*\)|©.*|\(c\) \d{4}.*|copyright\b.*|all rights reserved.*|"
    r"the post .+ (?:appeared first on|first appeared on) .+|this (?:article|post|story) (?:was )?(?:originally|first) (?:appeared|published) (?:on|in|at)\b.*|"
    r"skip to (?:main )?content|menu|search|home|back to top|log ?in|sign in|previous(?: (?:post|article))?|next(?: (?:post|article))?|"
    r"(?:\d+|no|leave|post|add|view|show|hide)(?: all| \d+)? comments?|comments?(?: \(\d+\))?|updated?\s*:.{0,60}|last (?:updated|modified)\b.{0,60}",
    re.IGNORECASE,
)
_TAG_LINE = re.compile(
    r"(?:tagged(?: (?:with|as|in))?|tags|filed under|posted in|topics|categories|keywords|schlagw[oö]rte[r]?|"
    r"themen|étiquettes|mots-clés|etiquetas|temas|etichette|tag)\s*:\s*(?P<list>.*)|tagged\s+(?P<bare>[^.:]{2,120})",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:(?:written |posted |reported |story |text )?by|von|par|por|di|door|author\s*:|autor\s*:)\s+(?P<who>.{3,120})",
    re.IGNORECASE,
)
_NAME = r"[^\W\d_a-zß-öø-ÿ][\w.'’-]*"
_WHO = re.compile(
    rf"(?:{_NAME})(?:\s+(?:{_NAME}|de|da|del|van|von|der|den|di|la|le|al|bin|and|und|y|et|e|en|&|,)){{0,9}}"
)
_DATE_LINE = re.compile(
    r"(?:(?:first )?(?:published|posted|created|date|veröffentlicht|publié|publicado|pubblicato|gepubliceerd)"
    r"(?: (?:on|am|le|el|il|em|op))?\s*:?\s*|on )?(?P<date>.{6,60})",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tidied:
    """Blocks without furniture, and what the furniture told."""

    blocks: tuple[Block, ...]
    byline: str = ""
    published: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class _Told:
    byline: str = ""
    published: datetime | None = None
    tags: list[str] = field(default_factory=list)


def letters_of(text: str) -> str:
    """Fold a text to its letters and digits, for comparing headlines."""
    return "".join(sign for sign in fold(text) if sign.isalnum())


def tidy(blocks: tuple[Block, ...], title: str) -> Tidied:
    """Take away what is not the article's text: repeated headlines and the page's furniture.

    Only whole short blocks go, never part of one. A comment form ends the article, but not in
    its first third. A byline and a date are read among the first blocks and the last.
    """
    headline = letters_of(title)
    told = _Told()
    kept: list[Block] = []
    for number, block in enumerate(blocks):
        text = block.text
        if letters_of(text) == headline:
            continue
        if len(text) > _MAX_LINE:
            kept.append(block)
        elif _ends(text, number, len(blocks)):
            _read_rest(blocks[number:], told)
            break
        elif not _is_furniture(text) and not _tells(text, told, is_edge=len(kept) < _HEAD):
            kept.append(block)
    return Tidied(
        blocks=tuple(_without_marks(kept)),
        byline=told.byline,
        published=told.published,
        tags=tuple(told.tags),
    )


def _ends(text: str, number: int, total: int) -> bool:
    if _END.fullmatch(text):
        return number * 10 >= total * 3
    return _MORE.fullmatch(text) is not None and number * 2 >= total


def _read_rest(blocks: tuple[Block, ...], told: _Told) -> None:
    """Read the tag lines below the end of the article; they are often there."""
    for block in blocks:
        told.tags.extend(read_tag_line(block.text) or ())


def _is_furniture(text: str) -> bool:
    return _DROP.fullmatch(text) is not None


def _tells(text: str, told: _Told, *, is_edge: bool) -> bool:
    """Tell whether the line is about the article, and remember what it says."""
    tags = read_tag_line(text)
    if tags is not None:
        told.tags.extend(tags)
        return True
    if not is_edge:
        return False
    byline, moment = read_byline(text)
    if byline:
        told.byline = told.byline or byline
        told.published = told.published or moment
        return True
    found = _DATE_LINE.fullmatch(text)
    moment = read_date(found["date"]) if found else None
    told.published = told.published or moment
    return moment is not None


def read_tag_line(text: str) -> tuple[str, ...] | None:
    """Read 'Tagged: a, b'; empty when nothing is listed, None when it is no such line."""
    found = _TAG_LINE.fullmatch(text.strip())
    if found is None or len(text) > 400:
        return None
    listed = found["list"] if found["list"] is not None else found["bare"]
    parts = [part.strip(" .#") for part in re.split(r"[,;|·•]|\s#", listed)]
    return tuple(part for part in parts if part and len(part.split()) <= 5)


def read_byline(text: str) -> tuple[str, datetime | None]:
    """Read 'By Ada Lovelace, Staff Writer | 4 March 2026' as a name and a date; '' when it is none."""
    found = _BYLINE.fullmatch(text)
    if found is None or text.endswith((".", "!", "?", ":")):
        return "", None
    parts = [
        part.strip()
        for part in re.split(r"\s*[|•·–—]\s*|\s+-\s+|,\s+(?=\w+ \d|\d)", found["who"], maxsplit=1)
    ]
    name = parts[0]
    who = _WHO.match(name)
    if who is None or (who.end() != len(name) and name[who.end()] not in ",("):
        return "", None
    moment = read_date(parts[1].removeprefix("Published ")) if len(parts) > 1 else None
    return who[0].rstrip(" ,"), moment


def _without_marks(blocks: list[Block]) -> list[Block]:
    """Cut the marks that feeds put where they shorten."""
    out = []
    for block in blocks:
        text = re.sub(
            r"\s*(?:\[(?:…|\.\.\.)\]|Continue reading\b.{0,80}→|Read more\s*[»›→]+)$", "", block.text
        )
        if text and text != block.text:
            out.append(with_text(block, text))
        elif text:
            out.append(block)
    return out
