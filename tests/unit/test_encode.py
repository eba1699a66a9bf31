"""Bodies: encoded once, stamped often, decoded to exactly what was meant."""

from __future__ import annotations

import base64
import binascii
import quopri
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver.compose.encode import Base64Body, EncodedBody, QuotedBody, encode_body
from digest.deliver.compose.quoted import bare, quote
from digest.deliver.compose.slots import Filter, SlottedText, html_value, plain_value
from digest.errors import MessageError
from digest.slots import CLOSE, OPEN, slot

NAMES = ("greeting", "email", "unsubscribe_url")


fragments = st.sampled_from(
    [
        *map(slot, NAMES),
        "\n",
        "\r\n",
        "\r",
        ".",
        "\n.",
        "\n.\n",
        "\nFrom here",
        "From ",
        " \n",
        "\t\n",
        "=",
        "=\n",
        "=3D",
        "a" * 75,
        "b" * 76,
        "c" * 77,
        "æ" * 40,
        "日本語の見出し",
        "🎉",
        "\x00",
        "\ud800",
        "<p>",
        "&amp;",
        " " * 80,
        "x",
    ]
)
bodies = st.lists(
    fragments | st.text(st.characters(exclude_characters=f"{OPEN}{CLOSE}"), max_size=40), max_size=25
).map("".join)
values = st.fixed_dictionaries(
    dict.fromkeys(NAMES, st.text(max_size=120) | st.sampled_from([".", "From x", "", "=" * 90, "é" * 70]))
)


def decode(body: EncodedBody, stamped: bytes) -> str:
    """Decode with the standard library, base64 line by line and strictly."""
    if body.encoding == "base64":
        return base64.b64decode(stamped.replace(b"\r\n", b""), validate=True).decode("utf-8")
    decoded = quopri.decodestring(stamped)
    assert decoded == binascii.a2b_qp(stamped)
    return decoded.decode("utf-8")


def holds(body: EncodedBody, given_values: dict[str, str]) -> None:
    """The stamped bytes decode to the plain substitution and keep to the rules of the wire."""
    stamped = body.stamp(given_values)

    assert decode(body, stamped) == body.text.fill(given_values)
    assert stamped.isascii()
    assert stamped.endswith(b"\r\n")
    assert stamped.count(b"\r") == stamped.count(b"\n") == stamped.count(b"\r\n")
    assert max(map(len, stamped.split(b"\r\n"))) <= 76
    assert not re.search(rb"(?m)^\.|^From |[ \t]\r$|=_|\x00", stamped)
    assert body.encoding == "base64" or not stamped.endswith(b"=\r\n")


@given(bodies, values, st.sampled_from([plain_value, html_value]))
def test_both_encodings_decode_to_the_plain_substitution(
    body: str, given_values: dict[str, str], value_filter: Filter
) -> None:
    """What a subscriber reads is byte for byte what the preview shows."""
    text = SlottedText.parse(body, value_filter)

    holds(QuotedBody.compile(text), given_values)
    holds(Base64Body.compile(text), given_values)


@pytest.mark.slow
@pytest.mark.repeats
@settings(max_examples=10_000, deadline=None)
@given(bodies, values)
def test_ten_thousand_bodies_decode_to_the_plain_substitution(
    body: str, given_values: dict[str, str]
) -> None:
    """The same, often enough to meet every alignment beside every line end."""
    text = SlottedText.parse(body, html_value)

    holds(QuotedBody.compile(text), given_values)
    holds(Base64Body.compile(text), given_values)


def test_norwegian_goes_out_in_quoted_printable() -> None:
    """Few letters beyond ASCII: quoted-printable is shorter and can be read raw."""
    assert (
        encode_body("Brua over fjorden åpner på nytt i dag, sier kommunen.\n" * 40, plain_value).encoding
        == "quoted-printable"
    )


@pytest.mark.parametrize("text", ["Гавань снова открыта\n" * 40, "港は再び開かれた\n" * 40])
def test_cyrillic_and_japanese_go_out_in_base64(text: str) -> None:
    """Quoted-printable would triple them."""
    assert encode_body(text, plain_value).encoding == "base64"


def test_ascii_stays_in_quoted_printable_whatever_its_slots() -> None:
    """Spam filters hold base64 against plain ASCII."""
    assert encode_body("=" * 100 + slot("email") * 50, plain_value).encoding == "quoted-printable"


def test_what_a_no_break_space_holds_together_stays_together() -> None:
    """A date broken after its day reads like two facts."""
    text = SlottedText.parse(f"sam{slot('since')}.", plain_value)

    assert text.fill({"since": " on 19\u00a0November\u00a02026"}) == "sam on 19\u00a0November\u00a02026.\r\n"
    assert text.fill({"since": "\u00a0 \u00a0"}) == "sam.\r\n"


def test_a_space_at_the_end_of_a_value_stays() -> None:
    """A phrase that is left out when there is nothing to say brings its own space."""
    values = {"email": "\t on 19\nNovember "}

    assert SlottedText.parse(f"sam{slot('email')}.", plain_value).fill(values) == "sam on 19 November .\r\n"


def test_values_are_escaped_in_html_and_plain_in_text() -> None:
    """A name is foreign text: no tag and no attribute may come of it."""
    values = {"email": "<b>&\"'"}

    assert SlottedText.parse(slot("email"), html_value).fill(values) == "&lt;b&gt;&amp;&quot;&#x27;\r\n"
    assert SlottedText.parse(slot("email"), plain_value).fill(values) == "<b>&\"'\r\n"


def test_line_breaks_in_a_value_become_spaces() -> None:
    """A value cannot start a line of its own in the text part."""
    text = SlottedText.parse(f"Hello {slot('greeting')}!", plain_value)

    assert text.fill({"greeting": "Sam\r\n\r\n.\r\nUnsubscribe"}) == "Hello Sam . Unsubscribe!\r\n"


def test_slot_marks_in_a_value_are_dropped() -> None:
    """A value is never looked at for slots again."""
    text = SlottedText.parse(slot("greeting"), plain_value)

    assert text.fill({"greeting": slot("email")}) == "email\r\n"


@pytest.mark.parametrize(
    "body",
    [OPEN, CLOSE, f"{OPEN}Upper{CLOSE}", f"{OPEN}a b{CLOSE}", f"{OPEN}{OPEN}a{CLOSE}", f"{OPEN}{CLOSE}"],
)
def test_malformed_slot_is_refused(body: str) -> None:
    """It would reach readers as a box; better that nobody is mailed."""
    with pytest.raises(MessageError, match="slot"):
        encode_body(body, plain_value)


@pytest.mark.parametrize("body", ["x" + slot("email"), "я" * 90 + slot("email")])
def test_missing_value_is_refused_by_name(body: str) -> None:
    """A reader must not see a hole."""
    with pytest.raises(MessageError, match="'email'"):
        encode_body(body, plain_value).stamp({"greeting": "Sam"})


@pytest.mark.parametrize(
    ("data", "encoded"),
    [
        (b"a=b\r\n", b"a=3Db\r\n"),
        (b"a \r\nb\t\r\n", b"a=20\r\nb=09\r\n"),
        (b".\r\n..\r\n", b"=2E\r\n=2E.\r\n"),
        (b"From me\r\nFromage\r\n", b"=46rom me\r\nFromage\r\n"),
        (b"a\rb\r\n", b"a=0Db\r\n"),
        (b"open", b"open=\r\n"),
        (b"x" * 76 + b"\r\n", b"x" * 76 + b"\r\n"),
        (b"x" * 77 + b"\r\n", b"x" * 75 + b"=\r\nxx\r\n"),
        (b"x" * 76, b"x" * 75 + b"=\r\nx=\r\n"),
        (b"." + b"x" * 75 + b"\r\n", b"=2E" + b"x" * 72 + b"=\r\nxxx\r\n"),
        (b"", b""),
    ],
)
def test_what_travel_would_change_is_escaped(data: bytes, encoded: bytes) -> None:
    """RFC 2045 section 6.7; dots and From also for relays and mailbox files."""
    assert quote(data) == encoded


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("x" * 75, b"x" * 75 + b"=\r\n"),
        ("x" * 76, b"x" * 75 + b"=\r\nx=\r\n"),
        ("x" * 75 + "..y", b"x" * 75 + b"=\r\n=2E.y=\r\n"),
        ("x" * 75 + "." + "y" * 73, b"x" * 75 + b"=\r\n=2E" + b"y" * 72 + b"=\r\ny=\r\n"),
        ("x" * 75 + "From me", b"x" * 75 + b"=\r\n=46rom me=\r\n"),
        ("." + "x" * 80, b"=2E" + b"x" * 72 + b"=\r\n" + b"x" * 8 + b"=\r\n"),
        ("a=b", None),
        ("a&b", None),
        ("a ", None),
        ("a  b", None),
        ("\u00e9", None),
        ("", None),
    ],
)
def test_a_bare_value_is_broken_at_75_and_guarded(value: str, encoded: bytes | None) -> None:
    """A link's signature begins with a dot: where it begins a line too, a relay might take the dot off."""
    assert bare(value) == encoded


@given(st.text(st.sampled_from("x/.F ro m=&<é\n"), max_size=12).map(lambda text: text.replace("/", "x" * 36)))
def test_a_bare_value_is_what_every_part_would_make_of_it(value: str) -> None:
    """The short cut for links and addresses may change nothing but the time it takes."""
    for safe in (plain_value, html_value):
        assert bare(value) in (None, quote(safe(value).encode()))


@given(
    st.lists(st.sampled_from([b"a", b" ", b"\t", b".", b"From ", b"=", b"\xc3\xa5", b"\0", b"\x7f"])).map(
        b"".join
    )
)
def test_a_short_line_is_quoted_as_a_part_of_a_long_text_is(data: bytes) -> None:
    """The standard library writes the short ones; line ends before and after bring the long way."""
    lines = quote(b"\r\n" + data + b"\r\n")

    assert quote(data) == (quote(b"\r\n" + data)[2:])
    assert quopri.decodestring(lines) == b"\r\n" + data + b"\r\n"


def test_body_that_is_too_long_for_one_line_is_broken_outside_escapes() -> None:
    """A torn escape would be read as two other letters."""
    stamped = quote("æ".encode() * 200)

    assert all(re.fullmatch(rb"(?:=[0-9A-F]{2})*=?", line) for line in stamped.split(b"\r\n"))
