"""Header fields under hostile text: no value adds a field, every value comes back as it was."""

from __future__ import annotations

import base64
import re
import unicodedata
from email.header import decode_header
from email.parser import BytesParser
from email.policy import compat32
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.compose import headers
from digest.deliver.compose.headers import Address
from digest.deliver.compose.words import clean
from digest.errors import MessageError
from hostile_texts import hostile_texts

FRAGMENTS = [
    "=?utf-8?q?=0D=0ABcc:x@y?=",
    "=?utf-8?B?DQpCY2M6eEB5?=",
    "=?",
    "?=",
    "\r\nBcc: eve@example.org\r\n\r\nbody",
    "\r",
    "\n ",
    "\t",
    "\x00",
    "\x7f",
    "\x85",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ufdd0name\ufdd1",
    "\ufffe",
    "\ud83d",
    "\udc00",
    "e\u0301",
    "한국어",
    "日本語の見出し",
    "المرفأ",
    "🎉👩‍👩‍👧",
    "ÅåØøÆæ",
    '"',
    "\\",
    "<eve@example.org>",
    ",",
    ";",
    ":",
    "(comment)",
    " ",
    "  ",
    "a" * 90,
    "word",
]
hostile = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=30) | st.characters(), max_size=12).map(
    "".join
)

_ENCODED = re.compile(r"=\?utf-8\?B\?([A-Za-z0-9+/]+={0,2})\?=")


def strict_decode(value: str) -> str:
    """Decode RFC 2047 the strict way: words of at most 75 characters that stand alone."""
    out, was_encoded = "", True
    for word in value.split(" "):
        match = _ENCODED.fullmatch(word)
        if match is None:
            assert "=?" not in word
            out += f" {word}" if out else word
        else:
            assert len(word) <= 75
            text = base64.b64decode(match[1], validate=True).decode("utf-8", "strict")
            out += text if was_encoded or not out else f" {text}"
        was_encoded = match is not None
    return out


def one_field(field: bytes, name: str) -> str:
    """Return the unfolded value, after the checks that hold for every field."""
    assert field.endswith(b"\r\n")
    lines = field[:-2].split(b"\r\n")
    assert lines[0].startswith(name.encode() + b": ")
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])
    assert all(len(line) <= 998 for line in lines)
    assert not re.search(rb"[\x00-\x1f\x7f-\xff]", b"".join(lines))
    parsed = BytesParser(policy=compat32).parsebytes(field + b"\r\nbody")
    assert parsed.keys() == [name]
    return b"".join(lines).decode("ascii").removeprefix(f"{name}: ")


def library_decode(value: str) -> str:
    """Decode with the standard library."""
    parts = decode_header(value)
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in parts
    )


def subject_round_trip(value: str) -> None:
    """One field comes out, it decodes to the clean value, and lines with encoded-words have 76 columns."""
    wanted = clean(value)
    if not wanted:
        with pytest.raises(MessageError):
            headers.unstructured("Subject", value)
        return
    field = headers.unstructured("Subject", value)
    text = one_field(field, "Subject")

    assert strict_decode(text) == wanted
    assert library_decode(text) == wanted
    assert max(map(len, field.split(b"\r\n"))) <= 76


def display_round_trip(value: str) -> None:
    """One address comes out, with the name as it was."""
    wanted = clean(value)
    text = one_field(headers.mailbox("From", value, "brief@example.org"), "From")
    if not wanted:
        assert text == "brief@example.org"
        return
    phrase = text.removesuffix(" <brief@example.org>")
    assert phrase != text
    if phrase.startswith('"'):
        assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', phrase)
        assert re.sub(r"\\(.)", r"\1", phrase[1:-1]) == wanted
    else:
        assert strict_decode(phrase) == wanted
        assert library_decode(phrase) == wanted


def address_holds(value: str) -> None:
    """Whatever stands in place of an address, there is one field or a refusal."""
    try:
        field = headers.mailboxes("To", [Address(email=value, display="Sam")])
    except MessageError:
        return
    text = one_field(field, "To")

    assert text.startswith("Sam <")
    assert text.count("@") == 1


def list_id_holds(value: str) -> None:
    """A digest's title cannot reach the label that programs sort by."""
    text = one_field(headers.list_id(value, "daily.example.org"), "List-Id")

    assert text.endswith("<daily.example.org>")


@given(hostile)
def test_subject_comes_back_as_it_was(value: str) -> None:
    """An article's title is foreign text; readers must see it, and nothing else may happen."""
    subject_round_trip(value)


@pytest.mark.slow
@pytest.mark.repeats
def test_ten_thousand_subjects_come_back_as_they_were() -> None:
    """The standard library changed 347 of 4,000."""
    for value in islice(hostile_texts("subjects", FRAGMENTS, most=12), 10_000):
        subject_round_trip(value)


@given(hostile)
def test_display_name_comes_back_as_it_was(value: str) -> None:
    """A subscriber types the name; it must not become an address or a field."""
    display_round_trip(value)


@pytest.mark.slow
@pytest.mark.repeats
def test_ten_thousand_names_come_back_as_they_were() -> None:
    """The standard library changed 2,030 of 4,000."""
    for value in islice(hostile_texts("names", FRAGMENTS, most=12), 10_000):
        display_round_trip(value)


@given(
    hostile | st.tuples(hostile, hostile).map("@".join) | hostile.map(lambda text: f"sam@example.org{text}")
)
def test_no_address_adds_a_field(value: str) -> None:
    """Addresses come from forms and from imported files."""
    address_holds(value)


@given(hostile)
def test_no_title_reaches_the_list_label(value: str) -> None:
    """Filters and unsubscribe buttons go by the label."""
    list_id_holds(value)


@given(hostile)
def test_cleaning_is_stable(value: str) -> None:
    """Clean text is NFC, of one line, and cleaning it again changes nothing."""
    once = clean(value)

    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ud800-\udfff]|  ", once)
