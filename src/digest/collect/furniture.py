"""What stands around an article's text on its page: share bars, nags, forms, tag lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from digest.collect.blocks import Block, with_text
from digest.collect.credits import read_credit
from digest.model.article import fold

__all__ = ["Tidied", "letters_of", "read_tag_line", "tidy"]

_HEAD = 6  #: credits stand among the first blocks
_MAX_LINE = 160  #: furniture is short; longer blocks are text


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_FORM = _any(
    r"leave a (?:reply|comment)\b.*",
    r"your email address will not be published\b.*",
    r"required fields are marked\b.*",
    r"(?:post|write|add) a comment\b.*",
    r"join the (?:discussion|conversation)\b.*",
    r"cancel reply",
    r"you must be logged in to\b.*",
    r"save my name, email\b.*",
    r"notify me of (?:follow-?up|new)\b.*",
    r"(?:schreibe einen kommentar|laisser un commentaire|deja una respuesta|lascia un commento)\b.*",
    r"(?:deixe um comentário|geef een reactie)\b.*",
)
_MORE = _any(
    r"related (?:articles?|posts?|stories|news|content|topics)\s*:?",
    r"you (?:may|might) also (?:like|enjoy)\s*:?",
    r"(?:more|read) (?:from|on) this (?:topic|story|author)\s*:?",
    r"recommended (?:for you|reading|stories)\s*:?",
    r"most (?:read|popular|viewed)\s*:?",
    r"trending(?: now)?|more stories|about the author|latest (?:news|posts|stories)",
    r"das könnte (?:sie|dich) auch interessieren|mehr zum thema|(?:à )?lire aussi|te puede interesar",
    r"leggi anche|leia também|lees ook|(?:você|voce) (?:também )?pode gostar.*|vous aimerez aussi.*",
    r"(?:das )?könnte(?: (?:sie|dich|ihnen|dir))? (?:auch )?(?:interessieren|gefallen).*",
    r"también te puede gustar.*",
)
_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|telegram|pinterest|reddit|e-?mail|mail|bluesky|mastodon|threads|"
    r"messenger|tumblr|pocket|copy link|print|share|tweet|pin|instagram|youtube|flipboard|line|xing|sms|link)"
)
_DROP = _any(
    r"(?:share|teilen|partager|compartir|condividi|partilhar|delen)"
    r"(?: (?:this|it|on|via|article|story|post|page|with friends))*\s*:?",
    rf"(?:(?:share|post|save|follow)(?: (?:this|on|via|us))*\s*:?\s*)?"
    rf"{_NETWORK}(?:[\s,|·•/]+(?:and\s+)?{_NETWORK})*",
    rf"(?:share|tweet|post|pin|save|click)(?: (?:this|to|link|a))* (?:share )?(?:on|to|via|with) "
    rf"{_NETWORK}\b.{{0,40}}",
    r"click to (?:e?mail|print|share)\b.*",
    r"loading(?:\.\.\.|…)?",
    r"(?:please )?(?:subscribe|sign up|signup|register) (?:to|for|now|today|here|and)\b.*",
    r"(?:subscribe|enter your e-?mail(?: address)?|your e-?mail(?: address)?)[.!]?",
    r"get (?:the|our|more)\b.{0,60}\b(?:newsletter|inbox)\b.*",
    r".{0,90}\b(?:newsletter|inbox)\b.{0,60}\b(?:sign up|subscribe)\b.*",
    r"(?:we|this (?:site|website)|our (?:site|website|partners)) uses? cookies\b.*",
    r".{0,60}\baccept (?:all )?cookies\b.*",
    r"by continuing to (?:use|browse)\b.*",
    r"(?:cookie (?:policy|settings|notice|preferences)|manage (?:consent|cookies))\b.*",
    r"(?:advertisement|advertising|sponsored(?: content)?)\s*:?",
    r"(?:anzeige|werbung|publicité|publicidad|pubblicità|publicidade)\s*:?",
    r"(?:scroll|continue reading|story continues)\b.{0,40}\badvertisement",
    r"(?:continue reading|read (?:more|next|also)|also read|see also|click here)\W{0,4}",
    r"read the full (?:story|article)\b.*",
    r"(?:read more|read also|also read|see also|read next|more|watch|listen|previous|next)\s*:\s.+",
    r"(?:listen to|print|save|bookmark|email|download) this (?:article|story|page|post)",
    r"(?:estimated )?(?:reading time|lesezeit)\s*:?.{0,20}",
    r"(?:follow|like|join) us (?:on|at)\b.*",
    rf"follow .{{0,60}}\bon {_NETWORK}\b.*",
    r"\[?related(?: (?:post|story|article|roundup|video))?\s*:.+",
    r"like this (?:story|article|post)\b.*",
    r"\(?\[?(?:leggi anche|lire aussi|à lire aussi|leia também|lees ook|lesen sie auch|lies auch|siehe auch|"
    r"mehr dazu|mehr zum thema|ver también|lea también|lee también|te puede interesar|saiba mais|veja também|"
    r"voir aussi|guarda anche|zie ook|also on|don['’]t miss)\b.*",
    r"(?:tell us what you think|let us know|what do you think|have your say)\b.*",
    r"(?:write to|e-?mail|contact|follow) .{0,80}@.{0,80}",
    r"\(?(?:additional |with )?reporting by\b.*",
    r".{3,80}\bcontributed (?:to )?(?:this|the) (?:report|story|article)\b.*",
    r"(?:see|view) (?:more|all) (?:photos|pictures|images|videos)\b.*",
    r"text size",
    r"download (?:our|the) app\b.*",
    r"\(?(?:photo(?:graph)?|image|picture|foto|bild)s?(?: (?:by|credits?|courtesy(?: of)?|source))?\s*[:/].*",
    r"\(photo by .*\)|©.*|\(c\) \d{4}.*|copyright\b.*|all rights reserved.*",
    r"the post .+ (?:appeared first on|first appeared on) .+",
    r"this (?:article|post|story) (?:was )?(?:originally|first) (?:appeared|published) (?:on|in|at)\b.*",
    r"skip to (?:main )?content|menu|search|home|back to top|log ?in|sign in",
    r"(?:previous|next)(?: (?:post|article))?",
    r"(?:(?:\d+|no|leave|post|add|view|show|hide) (?:all )?(?:\d+ )?)?comments?(?: \(\d+\))?",
    r"(?:last )?(?:updated?|modified)\s*(?::|on\b|at\b).{0,60}",
)
_TAG_LINE = re.compile(
    r"(?:tagged(?: (?:with|as|in))?|tags|filed under|posted in|topics|categories|keywords|schlagw[oö]rte[r]?|"
    r"themen|étiquettes|mots-clés|etiquetas|temas|etichette|tag)\s*:\s*(?P<list>.*)|tagged\s+(?:with|as|in|under)\s+(?P<bare>[^.:]{2,120})|"
    r"tags?\s+(?P<row>[^.:,]{2,60}(?:,[^.:,]{2,60}){2,40})",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s*(?:\[(?:…|\.\.\.)\]|Continue reading\b.{0,80}→|Read more\s*[»›→]+)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tidied:
    """Blocks without furniture, and what the furniture told."""

    blocks: tuple[Block, ...]
    byline: str = ""
    published: datetime | None = None
    source: str = ""
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class _Told:
    byline: str = ""
    published: datetime | None = None
    source: str = ""
    tags: list[str] = field(default_factory=list)


def letters_of(text: str) -> str:
    """Fold a text to its letters and digits, for comparing headlines."""
    return "".join(filter(str.isalnum, fold(text)))


def tidy(blocks: tuple[Block, ...], title: str) -> Tidied:
    """Take away what is not the article's text: repeated headlines and the page's furniture.

    Only whole short blocks go, never part of one. A comment form ends the article, but not in
    its first third. A byline and a date are read among the first blocks and the last.
    """
    headline = letters_of(title)
    told = _Told()
    kept: list[Block] = []
    last_long = max(
        (number for number, block in enumerate(blocks) if len(block.text) > _MAX_LINE), default=-1
    )
    for number, block in enumerate(blocks):
        text = block.text
        if letters_of(text) == headline:
            continue
        if len(text) > _MAX_LINE:
            kept.append(block)
        elif _ends(text, number, len(blocks), last_long):
            told.tags.extend(tag for after in blocks[number:] for tag in read_tag_line(after.text) or ())
            break
        elif not _DROP.fullmatch(text) and not _tells(text, told, is_edge=len(kept) < _HEAD):
            kept.append(block)
    return Tidied(
        blocks=tuple(_without_marks(kept)),
        byline=told.byline,
        published=told.published,
        source=told.source,
        tags=tuple(told.tags),
    )


def _ends(text: str, number: int, total: int, last_long: int) -> bool:
    """Tell whether the article ends above this block: a comment form, or a list of other articles."""
    if _FORM.fullmatch(text):
        return number * 10 >= total * 3
    return number * 2 >= total and number > last_long and _MORE.fullmatch(text) is not None


def _tells(text: str, told: _Told, *, is_edge: bool) -> bool:
    """Tell whether the line is about the article, and remember what it says."""
    tags = read_tag_line(text)
    if tags is not None:
        told.tags.extend(tags)
        return True
    credit = read_credit(text) if is_edge else None
    if credit is None:
        return False
    told.byline = told.byline or credit.byline
    told.published = told.published or credit.published
    told.source = told.source or credit.source
    return True


def read_tag_line(text: str) -> tuple[str, ...] | None:
    """Read 'Tagged: a, b'; empty when nothing is listed, None when it is no such line."""
    found = _TAG_LINE.fullmatch(text.strip())
    if found is None or len(text) > 400:
        return None
    listed = next(part for part in found.groups() if part is not None)
    parts = [part.strip(" .#") for part in re.split(r"[,;|·•]|\s#", listed)]
    return tuple(part for part in parts if part and len(part.split()) <= 5)


def _without_marks(blocks: list[Block]) -> list[Block]:
    """Cut the marks that feeds put where they shorten."""
    out = []
    for block in blocks:
        text = _MARK.sub("", block.text) if block.text.endswith(("]", "»", "›", "→")) else block.text
        if text and text != block.text:
            out.append(with_text(block, text))
        elif text:
            out.append(block)
    return out
