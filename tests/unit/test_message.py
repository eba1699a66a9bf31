"""The whole mail: structure, order, sameness, and the last look before it leaves."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import (
    Address,
    Mail,
    Personal,
    Signer,
    check_message,
    compile_message,
)
from digest.deliver.compose import encode, headers
from digest.deliver.compose.dkim_keys import load_key, new_key
from digest.errors import MessageError

SLOT = "\ufdd0{}\ufdd1".format

MAIL = Mail(
    html=f"<p lang='nb'>God morgen, {SLOT('greeting')}!</p>\n"
    f'<a href="{SLOT("unsubscribe_url")}">Meld av</a>\n',
    text=f"God morgen, {SLOT('greeting')}!\n\n.\nMeld av: {SLOT('unsubscribe_url')}\nÆrlig talt\n",
    subject="Morgenbrevet: brua åpner",
    sender=Address(email="brief@news.example.org", display="Morgenbrevet"),
    date=datetime(2026, 11, 22, 6, 0, tzinfo=UTC),
    list_title="Morgenbrevet",
    list_label="morgen.news.example.org",
    seed="morgen/7",
)
URL = "https://news.example.org/u/" + "t" * 80
SAM = Personal(
    recipient=Address(email="sam@example.org", display="Sam Å"),
    message_id="<e7.abc234@news.example.org>",
    unsubscribe_url=URL,
    values={"greeting": "Sam <b>", "unsubscribe_url": URL},
)
#: sha256 of Sam's message, made once with CPython 3.11.7 and compared on every other.
GOLDEN = "3754a5d198e6f9227c3c29aec72df03c97d5f80998b6bae8f701abd67fe49108"


def names(message: bytes) -> list[str]:
    """Return the names of the header fields in order."""
    head = message.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith(b" ")]


def test_header_fields_stand_in_their_order() -> None:
    """A fixed order makes mails comparable, and a field more or less is seen at once."""
    mail = replace(MAIL, reply_to=Address(email="ada@example.org"), feedback_id="7:morgen:digest:example")

    assert names(compile_message(mail).stamp(SAM)) == [
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Auto-Submitted",
        "Precedence",
        "Feedback-ID",
        "MIME-Version",
        "Content-Type",
    ]


def test_optional_fields_are_left_out() -> None:
    """Without a Reply-To there is none, not an empty one."""
    assert not {"Reply-To", "Feedback-ID"} & set(names(compile_message(MAIL).stamp(SAM)))


def test_one_click_fields_are_literal() -> None:
    """RFC 8058: both fields, the address unencoded, the value exactly so."""
    personal = replace(SAM, unsubscribe_mailto="mailto:leave@news.example.org")

    message = compile_message(MAIL).stamp(personal)

    assert f"\r\nList-Unsubscribe: <{URL}>,\r\n <mailto:leave@news.example.org>\r\n".encode() in message
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in message


def test_without_https_no_one_click_is_promised() -> None:
    """An intranet without certificates still mails; the field that needs https is left out."""
    personal = replace(SAM, unsubscribe_url="http://intranet.example.org/u/1")
    message = compile_message(replace(MAIL, one_click=False)).stamp(personal)

    assert b"\r\nList-Unsubscribe: <http://intranet.example.org/u/1>\r\n" in message
    assert b"List-Unsubscribe-Post" not in message


def test_text_comes_first_and_html_last() -> None:
    """RFC 2046 section 5.1.4: the last alternative is the preferred one."""
    parsed = BytesParser(policy=default).parsebytes(compile_message(MAIL).stamp(SAM))
    text, html = parsed.iter_parts()

    assert parsed.get_content_type() == "multipart/alternative"
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_payload(decode=True).decode() == (
        f"God morgen, Sam <b>!\r\n\r\n.\r\nMeld av: {URL}\r\nÆrlig talt\r\n"
    )
    assert html.get_payload(decode=True).decode() == (
        f"<p lang='nb'>God morgen, Sam &lt;b&gt;!</p>\r\n<a href=\"{URL}\">Meld av</a>\r\n"
    )
    assert parsed["Subject"] == "Morgenbrevet: brua åpner"
    assert parsed["To"].addresses[0].display_name == "Sam Å"


def test_two_compilations_give_the_same_bytes() -> None:
    """A second copy after a crash must be the same mail, not a similar one."""
    assert compile_message(MAIL).stamp(SAM) == compile_message(MAIL).stamp(SAM)


def test_message_is_the_same_on_every_python() -> None:
    """Two machines of one installation may run different interpreters."""
    assert hashlib.sha256(compile_message(MAIL).stamp(SAM)).hexdigest() == GOLDEN


def other_pythons() -> list[Path]:
    """Find other interpreters under pyenv, of a version we support."""
    found = Path.home().glob(".pyenv/versions/3.1[1-9]*/bin/python3")
    return [path for path in sorted(found) if f"/{sys.version.split()[0]}/" not in str(path)]


@pytest.mark.slow
@pytest.mark.skipif(not other_pythons(), reason="no other Python here")
@pytest.mark.parametrize("python", other_pythons(), ids=lambda path: path.parts[-3])
def test_another_python_makes_the_same_bytes(python: Path) -> None:
    """The golden figure is no accident of this interpreter."""
    here = Path(__file__)
    site = Path(email_validator.__file__).parents[1]
    code = (
        "import hashlib, pickle, sys; from digest.deliver import compile_message;"
        "mail, sam = pickle.load(sys.stdin.buffer);"
        "print(hashlib.sha256(compile_message(mail).stamp(sam)).hexdigest())"
    )
    import pickle  # noqa: PLC0415 - two interpreters of one test

    run = subprocess.run(
        [str(python), "-c", code],
        input=pickle.dumps((MAIL, SAM)),
        capture_output=True,
        check=False,
        env={"PYTHONPATH": os.pathsep.join([str(here.parents[2] / "src"), str(site)])},
    )

    assert run.stderr.decode() == ""
    assert run.stdout.decode().strip() == GOLDEN


def test_header_that_lost_count_is_not_sent() -> None:
    """Whatever went wrong, a mail with a field too many must not leave."""
    stencil = compile_message(MAIL)

    with pytest.raises(MessageError, match="fields"):
        replace(stencil, opening=stencil.opening + b"Bcc: eve@example.org\r\n").stamp(SAM)


def test_a_field_of_ones_own_that_became_two_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fields that all share are counted once, those that are the recipient's own each time."""
    stencil = compile_message(MAIL)
    monkeypatch.setattr(
        headers, "mailbox", lambda *_, **__: b"To: sam@example.org\r\nBcc: eve@example.org\r\n"
    )

    with pytest.raises(MessageError, match="fields"):
        stencil.stamp(SAM)


@pytest.mark.parametrize(
    "field", [b"", b" To: sam@example.org\r\n", b"To: sam@example.org", b"To: a\r\n\r\n"]
)
def test_a_field_of_ones_own_that_is_none_is_not_sent(field: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would vanish in the field before it, or end the header."""
    stencil = compile_message(MAIL)
    monkeypatch.setattr(headers, "mailbox", lambda *_, **__: field)

    with pytest.raises(MessageError, match="fields"):
        stencil.stamp(SAM)


def test_boundary_changes_with_the_edition_only() -> None:
    """It is made of the edition's name, so that all recipients share it."""
    other = compile_message(replace(MAIL, seed="morgen/8"))

    assert compile_message(MAIL).rules == compile_message(replace(MAIL, subject="x")).rules
    assert compile_message(MAIL).rules != other.rules


@pytest.mark.parametrize(
    "url", ["http://news.example.org/u", "mailto:leave@example.org", "https://x\r\nBcc: eve@example.org", ""]
)
def test_one_click_needs_https(url: str) -> None:
    """RFC 8058 section 3.1: mail programs ignore anything else."""
    with pytest.raises(MessageError):
        compile_message(MAIL).stamp(replace(SAM, unsubscribe_url=url))


@pytest.mark.parametrize(
    "fault",
    [
        {"sender": Address(email="nobody")},
        {"subject": ""},
        {"list_label": "morgen"},
        {"date": datetime(2026, 11, 22)},  # noqa: DTZ001 - the fault under test
        {"html": "\ufdd0"},
        {"feedback_id": "é"},
    ],
)
def test_shared_faults_show_before_the_first_recipient(fault: dict[str, object]) -> None:
    """Half an edition is worse than none."""
    with pytest.raises(MessageError):
        compile_message(replace(MAIL, **fault))


@given(
    st.text(max_size=200),
    st.text(max_size=60),
    st.text(max_size=60),
    st.text(max_size=2000).filter(lambda t: "\ufdd0" not in t and "\ufdd1" not in t),
)
def test_no_foreign_text_makes_a_faulty_message(subject: str, name: str, greeting: str, body: str) -> None:
    """Titles, names and articles are hostile; what leaves is well-formed or does not leave."""
    mail = replace(
        MAIL, subject=f"s{subject}", html=f"{body}{SLOT('greeting')}", text=f"{SLOT('greeting')}{body}"
    )
    personal = replace(
        SAM, recipient=Address(email="sam@example.org", display=name), values={"greeting": greeting}
    )

    message = compile_message(mail).stamp(personal)

    assert check_message(message) == ()
    assert names(message) == names(compile_message(MAIL).stamp(SAM))


NASTY = [
    *(
        "\r\nBcc: eve@example.org\r\n\r\n",
        "\r",
        "\n",
        "\x00",
        "\ufdd0greeting\ufdd1",
        "\ud800",
        "=?utf-8?q?=0A?=",
    ),
    *(".", "From ", "=", "<\"&'>", "\u00a0", "é", "日本", "🎉", " ", "x" * 75, "y" * 1_200, "O'Neill, Pat"),
]
nasty = st.text(max_size=80) | st.lists(st.sampled_from(NASTY), max_size=6).map("".join)
SIGNERS = [Signer(domain="news.example.org", selector="s1", key=load_key(new_key("ed25519")))]


@given(
    nasty, nasty, st.sampled_from(["Plain words. ", "Ærlig talt. ", "Гавань снова открыта. "]), st.booleans()
)
def test_looking_at_what_is_ones_own_is_looking_at_the_whole(
    name: str, value: str, words: str, is_signed: bool
) -> None:
    """Stamping looks only at what differs; the full look over each message must find nothing more."""
    body = f"{SLOT('greeting')} {words * 40}{SLOT('unsubscribe_url')}\n"
    stencil = compile_message(replace(MAIL, html=body, text=body), SIGNERS if is_signed else ())
    personal = replace(
        SAM,
        recipient=Address(email="sam@example.org", display=name),
        values={"greeting": value, "unsubscribe_url": f"{URL}{value}"},
    )

    assert check_message(stencil.stamp(personal)) == ()


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (b"a\nb=\r\n", "bare CR or LF"),
        (b"a\rb=\r\n\n", "bare CR or LF"),
        (b"\0=\r\n", "NUL"),
        (b"\xe6=\r\n", "beyond ASCII"),
        (b"x" * 999 + b"\r\n", "longer than 998"),
    ],
)
def test_what_an_encoder_gets_wrong_does_not_leave(
    lines: bytes, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a recipient's values it stops that message, in what all share it stops the edition."""
    stencil = compile_message(MAIL)
    monkeypatch.setattr(encode, "_quoted", lambda _safe, _value: lines)
    with pytest.raises(MessageError, match=fault):
        stencil.stamp(replace(SAM, values={"greeting": "<", "unsubscribe_url": URL}))
    monkeypatch.undo()
    monkeypatch.setattr(encode, "quote", lambda _data: lines)

    with pytest.raises(MessageError, match=fault):
        compile_message(MAIL)


def test_long_values_are_broken_into_lines_and_may_leave() -> None:
    """A value longer than a line may be is no fault once it is encoded."""
    message = compile_message(MAIL).stamp(
        replace(SAM, values={"greeting": "w" * 3_000, "unsubscribe_url": URL})
    )

    assert check_message(message) == ()


GOOD = b"From: a\r\nTo: b\r\nSubject: c\r\nDate: d\r\nMessage-ID: e\r\nMIME-Version: 1.0\r\n\r\nbody\r\n"


def test_well_formed_message_has_no_faults() -> None:
    """The scanner must not stop good mail."""
    assert check_message(GOOD) == ()


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (GOOD[:-2], "the last line does not end in CR LF"),
        (GOOD.replace(b"body", b"bo\ndy"), "a bare CR or LF"),
        (GOOD.replace(b"body", b"bo\rdy"), "a bare CR or LF"),
        (GOOD.replace(b"body", b"bo\0dy"), "a NUL"),
        (GOOD.replace(b"body", "bødy".encode()), "a byte beyond ASCII"),
        (GOOD.replace(b"body", b"x" * 999), "a line longer than 998 octets"),
        (GOOD.replace(b"\r\n\r\n", b"\r\n"), "no empty line after the header"),
        (b"From: z\r\n" + GOOD, "2 fields from, not 1"),
        (GOOD.replace(b"To: b\r\n", b"to: b\r\nTO: c\r\n"), "2 fields to, not 1"),
        (GOOD.replace(b"Date: d\r\n", b""), "0 fields date, not 1"),
        (GOOD.replace(b"Date: d", b"Date d"), "a header line that is no field"),
        (b" " + GOOD, "the header begins with a fold"),
        (GOOD.replace(b"Subject: c", b"Subject: c\r\n \t"), "an empty line of white space in the header"),
    ],
)
def test_every_fault_is_named(message: bytes, fault: str) -> None:
    """The last guard before the wire trusts nobody, not even our own writer."""
    assert fault in check_message(message)


def test_letters_beyond_ascii_pass_under_smtputf8() -> None:
    """A recipient with such an address gets it in the To field as it is."""
    personal = replace(SAM, recipient=Address(email="jörg@example.org"), smtputf8=True)

    message = compile_message(MAIL).stamp(personal)

    assert check_message(message) == ("a byte beyond ASCII",)
    assert check_message(message, smtputf8=True) == ()


@pytest.mark.parametrize("slot", ["", SLOT("name")])
def test_no_line_begins_with_a_dot(slot: str) -> None:
    """A dot alone ends a mail: whatever stood after it would be taken for commands by a relay."""
    text = f"Hello {slot}\n.\n..\n.hidden {slot}\n{'long word. ' * 40}"
    stencil = compile_message(replace(MAIL, text=text, html=f"<p>{text}</p>"))
    for value in (".", "..", ".\r\nMAIL FROM:<eve@example.org>", "a" * 74 + ".", "." * 400):
        message = stencil.stamp(replace(SAM, values={"name": value}))

        assert not re.search(rb"(?m)^\.", message)


def test_a_plain_mail_has_one_part_and_all_the_fields() -> None:
    """Who wants text alone gets nothing else, and can leave by one click as well."""
    message = compile_message(replace(MAIL, html=None), SIGNERS).stamp(SAM)
    read = BytesParser(policy=default).parsebytes(message)
    whole = BytesParser(policy=default).parsebytes(compile_message(MAIL, SIGNERS).stamp(SAM))
    text = whole.get_body(("plain",))
    assert text is not None

    assert read.get_content_type() == "text/plain"
    assert read.get_content() == text.get_content()
    assert set(read.keys()) == {*whole.keys(), "Content-Transfer-Encoding"}
    assert check_message(message) == ()
