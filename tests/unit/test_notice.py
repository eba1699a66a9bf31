"""A notice is one plain mail that every program reads and no program answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import Address, check_message
from digest.deliver.compose.notice import Notice, write_notice
from digest.errors import MessageError
from dkim_cast import signer, verdicts

NOTICE = Notice(
    sender=Address(email="digest@news.example.org", display="Digest"),
    recipient=Address(email="olu@newsroom.example.org"),
    subject="[digest] daily 7 waits: “Zürich”",
    text="It holds 3 items.\n.\nFrom here on: grüße",
    date=datetime(2026, 11, 20, 6, 0, tzinfo=UTC),
    message_id="<alert-1@news.example.org>",
)


def test_a_notice_reads_as_it_was_written() -> None:
    """Judged by the standard library's reader, which did not write it."""
    raw = write_notice(NOTICE)
    read = BytesParser(policy=policy.default).parsebytes(raw)

    assert check_message(raw) == ()
    assert read["Subject"] == "[digest] daily 7 waits: “Zürich”"
    assert read["To"] == "olu@newsroom.example.org"
    assert read["From"] == "Digest <digest@news.example.org>"
    assert read["Date"] == "Fri, 20 Nov 2026 06:00:00 +0000"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Message-ID"] == "<alert-1@news.example.org>"
    assert read.get_content_type() == "text/plain"
    assert read.get_content().splitlines() == ["It holds 3 items.", ".", "From here on: grüße"]


def test_a_subject_cannot_add_a_field() -> None:
    """A digest's title may hold anything."""
    read = BytesParser(policy=policy.default).parsebytes(
        write_notice(replace(NOTICE, subject="a\r\nBcc: eve@elsewhere.example.net"))
    )

    assert read["Bcc"] is None
    assert len(read.keys()) == 9


def test_an_address_that_is_none_is_refused() -> None:
    """Nothing half-written goes out."""
    with pytest.raises(MessageError):
        write_notice(replace(NOTICE, recipient=Address(email="olu at home")))


@given(text=st.text(), subject=st.text().map(lambda text: f"a{text}"))
def test_whatever_an_alert_says_makes_a_sound_message(text: str, subject: str) -> None:
    """Marks of slots, controls and lone surrogates among it."""
    raw = write_notice(replace(NOTICE, text=text, subject=subject))

    assert check_message(raw) == ()
    assert raw.partition(b"\r\n\r\n")[0].count(b"\r\n") - raw.partition(b"\r\n\r\n")[0].count(b"\r\n ") == 8


def test_a_notice_in_two_forms_is_signed_and_says_the_same_in_both() -> None:
    """Judged by the standard library's reader and by a verifier that shares nothing with the signer."""
    two = replace(NOTICE, html="<!doctype html><p>It holds 3 items. Grüße</p>\n")
    raw = write_notice(two, [signer("rsa"), signer("ed25519")])
    read = BytesParser(policy=policy.default).parsebytes(raw)
    text, html = read.iter_parts()

    assert verdicts(raw) == ["pass", "pass"]
    assert verdicts(raw.replace(b"3 items", b"4 items", 1)) != ["pass", "pass"]
    assert check_message(raw) == ()
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert html.get_content().strip() == "<!doctype html><p>It holds 3 items. Grüße</p>"
    assert text.get_content().splitlines()[0] == "It holds 3 items."
