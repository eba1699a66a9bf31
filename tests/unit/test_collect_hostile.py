"""Hostile documents cost themselves: articles or a reason come out, soon, and never an exception."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from digest.collect import Context, Document, Format, Unreadable, extract, guess_format
from hostile_corpus import HOSTILE


def run(name: str, data: str | bytes) -> tuple[object, ...]:
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return extract(Document(name=name, format=guess_format(name, raw), data=raw), Context())


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_document_gives_articles_or_reasons_within_two_seconds(
    case: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """One bad document in a folder of good ones must not stop or stall the rest."""
    with within(2):
        found = run(*HOSTILE[case])

    assert found
    for one in found:
        if isinstance(one, Unreadable):
            assert one.reason
            assert len(one.reason) < 300
            continue
        shown = "".join((one.title, one.text, one.byline or "", *(tag.name for tag in one.tags)))
        assert one.title
        assert one.paragraphs
        assert all(sign in " \n" or sign.isprintable() or sign in "\u200c\u200d\u3000" for sign in shown)
        assert "<script" not in one.html
        assert "javascript:" not in f"{one.html}{one.url}{one.image}"
        assert len(one.text) <= 400_000


@pytest.mark.parametrize("form", list(Format))
def test_every_format_survives_bytes_of_another(form: Format) -> None:
    """A wrong extension or guess is a fault of the document only."""
    for data in (b"{}", b"<p>x", b"---\n", b"a\n\nb", b"<rss/>", b"\xff\xfe", b"[[1]]", b"%", b"<!--"):
        assert extract(Document(name="x", format=form, data=data), Context())
