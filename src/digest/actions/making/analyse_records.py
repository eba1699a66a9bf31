"""What each kind of analysis makes of one record; run in worker processes, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from digest.classify import Choices, choose
from digest.classify import Record as Sectioned
from digest.collect import Context, Document, Format, Unreadable, extract
from digest.collect.dates import read_date
from digest.errors import DocumentError
from digest.model import ArticleContent, Summary
from digest.summarise import split, summaries
from digest.summarise.grounding import check

Record = Mapping[str, Any]
Result = dict[str, Any]
_SAID = ("title", "text", "published", "language", "url")  #: of a text, by whoever has it


def analyse_batch(what: str, batch: Sequence[Record]) -> list[Result]:
    """Analyse records one by one; one that cannot be analysed gets an `error` instead.

    Args:
        what: 'text', 'extract', 'sentences', 'summary' or 'grounding'.
        batch: Records that hold an `id`; one that holds an `error` already is passed on.

    Returns:
        One result for each record, in their order, with its `id`.
    """
    return [_alone(_KINDS[what], record) for record in batch]


def place_batch(choices: Choices, batch: Sequence[Record]) -> list[Result]:
    """Choose the section of each of some texts; what is no text is passed on."""
    return [dict(each) if "error" in each else _placed(choices, each) for each in batch]


def sectioned(read: Record) -> Sectioned:
    """Return what choosing a section looks at."""
    return Sectioned(
        title=read["title"], text=read["text"], language=read["language"], sections=tuple(read["sections"])
    )


def _placed(choices: Choices, read: Record) -> Result:
    placement = choose(sectioned(read), choices)
    return {
        "id": read["id"],
        "section": placement.section or None,
        "by": str(placement.by),
        "why": placement.why,
        "confidence": round(placement.confidence, 3),
    }


def _alone(kind: Callable[[Record], Result], record: Record) -> Result:
    if "error" in record:
        return {"id": record["id"], "error": record["error"]}
    try:
        return {"id": record["id"], **kind(record)}
    except DocumentError as error:
        return {"id": record["id"], "error": error.message}


def extracted(content: ArticleContent) -> Result:
    """Write an article as `digest extract` shows it; unknown is None."""
    return {
        "title": content.title,
        "byline": content.byline,
        "published": content.published.isoformat() if content.published else None,
        "language": content.language,
        "section": content.section,
        "tags": [tag.name for tag in content.tags],
        "image": content.image.url if content.image else None,
        "text": content.text,
        "html": content.html,
        "paragraphs": list(content.paragraphs),
    }


def _extract(record: Record) -> Result:
    return extracted(_content(record))


def _content(record: Record) -> ArticleContent:
    """Clean the document of a record."""
    found = extract(_document(record), Context())[0]
    if isinstance(found, Unreadable):
        raise DocumentError(found.reason)
    return found


def _document(record: Record) -> Document:
    """Make a document of a record: of a page, of a text with a title what it says, else a pasted page."""
    page = _text_in(record, "html")
    format_, written = (Format.HTML, page) if page else (Format.TEXT, _text_in(record, "text"))
    if not page and _text_in(record, "title"):
        said = {name: _text_in(record, name) for name in _SAID if _text_in(record, name)}
        format_, written = Format.JSON, json.dumps(said)
    return Document(
        name=str(record["id"]),
        format=format_,
        data=written.encode("utf-8", "replace"),
        url=_text_in(record, "url") or None,
        charset="utf-8",  # it was text already, whatever the page says of itself
    )


def _text(record: Record) -> Result:
    """Take what the other kinds read: a text as it is, a page cleaned."""
    text, title = _text_in(record, "text"), _text_in(record, "title")
    language = _text_in(record, "language") or None
    published = read_date(_text_in(record, "published"))
    if not text:
        content = _content(record)
        text, title = content.text, title or content.title
        language, published = language or content.language, published or content.published
    return {
        "text": text,
        "title": title,
        "language": language,
        "published": published,
        "sections": _sections_in(record),
    }


def _sentences(record: Record) -> Result:
    read = _text(record)
    return {
        **_own_text(record, read),
        "sentences": [[span.start, span.end] for span in split(read["text"], read["language"])],
    }


def _summary(record: Record) -> Result:
    read = _text(record)
    made = summaries(read["text"], title=read["title"], language=read["language"])
    shown = {str(count): _shown(summary) for count, summary in enumerate(made, 1)}
    return {**_own_text(record, read), "summaries": shown}


def _shown(summary: Summary) -> Result:
    return {
        "method": summary.method,
        "text": " ".join(one.text for one in summary.sentences),
        "sentences": [{"text": one.text, "start": one.start, "end": one.end} for one in summary.sentences],
    }


def _own_text(record: Record, read: Result) -> Result:
    """Say which text offsets count in, where the record did not bring it."""
    return {} if _text_in(record, "text") else {"text": read["text"]}


def _grounding(record: Record) -> Result:
    verdict = check(
        record["article"],
        title=_text_in(record, "title"),
        byline=_text_in(record, "byline") or None,
        summary=record["summary"],
        language=_text_in(record, "language") or None,
    )
    sentences = [
        {
            "text": one.text,
            "ok": one.ok,
            "reasons": list(one.reasons),
            "support": round(one.support, 3),
            "novelty": round(one.novelty, 3),
        }
        for one in verdict.sentences
    ]
    return {"ok": verdict.ok, "form": list(verdict.form), "sentences": sentences}


def _sections_in(record: Record) -> list[str]:
    """Read the section that a record is in, else those that it may be in."""
    given = record.get("section") or record.get("sections") or ()
    names = [given] if isinstance(given, str) else given if isinstance(given, list) else ()
    return [name for name in names if isinstance(name, str) and name]


def _text_in(record: Record, key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


_KINDS = {
    "text": _text,
    "extract": _extract,
    "sentences": _sentences,
    "summary": _summary,
    "grounding": _grounding,
}
