"""A mail becomes the article that it carries, without what mail programs and senders put around it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from digest.collect import Context, Document, Format, Unreadable, extract, guess_format
from digest.collect.letter import open_letter, sender_of
from digest.errors import DocumentError
from digest.model import ArticleContent, Source

HEAD = (
    "From: =?utf-8?q?Ada_Br=C3=A4ndt?= <Ada@Quay.example>\r\nDate: Wed, 04 Mar 2026 09:30:00 +0100\r\n"
    "Message-ID: <17@quay.example>\r\nMIME-Version: 1.0\r\n"
)
PLAIN = (
    "The ferry sails again.\r\nIt is blue.\r\n\r\nIt leaves at noon.\r\n\r\n-- \r\nAda, harbour office\r\n"
)


def letter(subject: str, body: str, kind: str = "text/plain; charset=utf-8", more: str = "") -> bytes:
    return f"{HEAD}Subject: {subject}\r\n{more}Content-Type: {kind}\r\n\r\n{body}".encode()


def read(data: bytes, *sources: Source) -> ArticleContent | Unreadable:
    form = guess_format("letter.eml", data)
    return extract(Document(name="letter", format=form, data=data), Context(sources=sources))[0]


def article(data: bytes, *sources: Source) -> ArticleContent:
    found = read(data, *sources)
    assert isinstance(found, ArticleContent), found
    return found


def test_a_plain_letter_is_an_article_of_its_sender() -> None:
    """Lines are joined to paragraphs, the signature stays out."""
    source = Source(key="quay-times", title="Quay Times", homepage="https://www.quay.example/")
    known, unknown = article(letter("Ferry back", PLAIN), source), article(letter("Ferry back", PLAIN))

    assert known.title == "Ferry back"
    assert known.paragraphs == ("The ferry sails again. It is blue.", "It leaves at noon.")
    assert (known.byline, known.guid, known.url) == ("Ada Brändt", "17@quay.example", None)
    assert known.published == datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
    assert (known.source, unknown.source_title) == ("quay-times", "Ada Brändt")


def test_of_a_newsletter_the_html_counts_without_its_furniture() -> None:
    """Nobody wants the links by which we would end our own subscription."""
    page = (
        "<html><body><table><tr><td>View this email in your browser</td></tr>"
        "<tr><td><h2>Cranes</h2><p>The ferry sails “again”, which many read about online.</p>"
        "<p>It is <a href='https://quay.example/x'>blue</a>.<img src='https://t.example/p.gif' width=1></p>"
        "</td></tr>"
        "<tr><td>You are receiving this email because you signed up. <a href='https://u.example/'>Unsubscribe</a>"
        "</td></tr></table></body></html>"
    )
    coded = base64.encodebytes(page.encode("cp1252")).decode()
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nOther words.\r\n--b\r\n"
        "Content-Type: text/html; charset=windows-1252\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--b--\r\n"
    )
    found = article(letter("News", body, "multipart/alternative; boundary=b"))

    assert found.paragraphs == (
        "Cranes",
        "The ferry sails “again”, which many read about online.",
        "It is blue.",
    )
    assert "https://quay.example/x" in found.html
    assert "u.example" not in found.html
    assert found.image is None


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Fwd: Re: Ferry back", "Ferry back"),
        ("WG: [Hafen] AW: Fähre", "Fähre"),
        ("[Update] Ferry back", "[Update] Ferry back"),
        ("=?utf-8?q?F=C3=A4hre?= =?utf-8?b?enVyw7xjaw==?=", "Fährezurück"),
        ("=?no-such-charset?q?Ferry?=", "Ferry"),
        ("=?utf-8?q?Ferry=0D=0ABcc:_eve@x.example?=", "Ferry Bcc: eve@x.example"),
        ("Reading: a ferry", "Reading: a ferry"),
    ],
)
def test_the_subject_is_the_title(subject: str, title: str) -> None:
    """Without what mail programs put before it; and never more than one line."""
    assert article(letter(subject, PLAIN)).title == title


def test_what_stands_above_a_forwarded_text_is_left() -> None:
    """The lines that a program writes there are about the mail."""
    body = (
        "---------- Forwarded message ---------\r\nFrom: Sam <sam@x.example>\r\nDate: Wed, 4 Mar 2026\r\n"
        "Subject: Ferry back\r\nTo: Ada <ada@x.example>\r\n\r\n" + PLAIN
    )

    assert article(letter("Fwd: Ferry back", body)).paragraphs == (
        "The ferry sails again. It is blue.",
        "It leaves at noon.",
    )


@pytest.mark.parametrize(
    ("fields", "sender"),
    [
        ("From: Ada <Ada@Quay.example>", ("Ada", "ada@quay.example")),
        ("From: ada@quay.example", ("", "ada@quay.example")),
        ('From: "eve@x.example" <ada@quay.example>', ("eve@x.example", "ada@quay.example")),
        ("From: =?utf-8?q?ada=40quay.example?= <eve@x.example>", ("ada@quay.example", "eve@x.example")),
        (
            "From: =?utf-8?q?Ada_=3Cada=40quay.example=3E=2C?= <eve@x.example>",
            ("Ada <ada@quay.example>,", "eve@x.example"),
        ),
        ("From: ada@quay.example, eve@x.example", ("", "")),
        ("From: ada@quay.example\r\nFrom: eve@x.example", ("", "")),
        ("From: ada@quay.example@x.example", ("", "")),
        ("From: ada@quay.example <eve@x.example>", ("", "")),
        ("From: Ada <ada@quay.example> <eve@x.example>", ("", "")),
        ("From: ada@quay.example (eve@x.example)", ("", "")),
        ("From: nobody", ("", "")),
        ("Subject: x", ("", "")),
    ],
)
def test_only_the_one_address_of_from_is_the_sender(fields: str, sender: tuple[str, str]) -> None:
    """What can be read in two ways must not pass for somebody who may send articles."""
    assert sender_of(open_letter(f"{fields}\r\nSubject: y\r\n\r\n".encode())) == sender


HOSTILE = {
    "many parts": letter(
        "T", "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 5_000, "multipart/mixed; boundary=b"
    ),
    "deep parts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2_000)
    ),
    "no mail": b"hello",
    "empty": b"",
    "long field": b"Subject: " + b"=?utf-8?q?x?= " * 300_000 + b"\r\n\r\nText.",
    "long from": b"From: " + b"a@b.example, (" * 200_000 + b"\r\n\r\nText.",
    "odd charset": letter("T", "Text here.", "text/plain; charset=unicode_escape"),
    "broken base64": letter("T", "=!!!", "text/html", "Content-Transfer-Encoding: base64\r\n"),
    "only a picture": letter("T", "x", "image/png"),
    "html bomb": letter("T", "<div>" * 200_000, "text/html"),
    "many lines": letter("T", "a\r\n\r\n" * 500_000),
    "bytes": letter("T", "Text here.").replace(b"Text", b"\xff\x00\xfe"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_letter_costs_itself(
    case: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """Whoever knows an address can write to it."""
    with within(2):
        found = read(HOSTILE[case])

    assert isinstance(found, Unreadable) or found.paragraphs


def test_a_mail_without_sender_and_subject_is_none() -> None:
    """Any text would be a mail else."""
    with pytest.raises(DocumentError, match="neither From nor Subject"):
        open_letter(b"hello")
    assert guess_format("x", b"hello", "message/rfc822") is Format.MAIL
