"""Header fields: each function writes one folded field or refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.deliver.compose import headers
from digest.deliver.compose.headers import Address
from digest.deliver.compose.words import fold
from digest.errors import MessageError


def test_plain_subject_stands_as_it_is() -> None:
    """What needs no encoding stays readable in the raw mail."""
    assert headers.unstructured("Subject", "Harbour reopens") == b"Subject: Harbour reopens\r\n"


def test_subject_beyond_ascii_is_encoded_in_base64() -> None:
    """RFC 2047: 'æ' is C3 A6 in UTF-8, w6Y= in base64."""
    assert headers.unstructured("Subject", "æ") == b"Subject: =?utf-8?B?w6Y=?=\r\n"


def test_encoded_word_in_a_title_adds_no_field() -> None:
    """The standard library decodes this and writes the Bcc; a title is enough to do it."""
    field = headers.unstructured("Subject", "Story =?utf-8?q?=0D=0ABcc:x@y?=")

    assert field == b"Subject: =?utf-8?B?U3RvcnkgPT91dGYtOD9xPz0wRD0wQUJjYzp4QHk/PQ==?=\r\n"


def test_line_breaks_in_a_title_become_one_space() -> None:
    """A feed's title often spans lines; it is still one subject."""
    assert headers.unstructured("Subject", "One\r\n\t two\u2028three") == b"Subject: One two three\r\n"


@pytest.mark.parametrize(
    "letter", ["\x00", "\x1b", "\x9b", "\u202e", "\u2066", "\ud800", "\ufdd0", "\U0001ffff"]
)
def test_signs_that_hide_or_harm_are_dropped(letter: str) -> None:
    """Controls, bidi controls, surrogates and slot marks have no business in a header."""
    assert headers.unstructured("Subject", f"a{letter}b") == b"Subject: ab\r\n"


@pytest.mark.parametrize("value", ["", " \r\n ", "\x00\u202e"])
def test_field_of_nothing_is_refused(value: str) -> None:
    """An empty Subject line is a fault of the edition, found before the first recipient."""
    with pytest.raises(MessageError, match="empty"):
        headers.unstructured("Subject", value)


@pytest.mark.parametrize("word", ["a\r\nBcc: eve@example.org", "a\n", "\x00", "\ud800"])
def test_last_look_at_a_field_stops_what_the_writers_missed(word: str) -> None:
    """Cleaning comes first; this is for the day when somebody forgets it."""
    with pytest.raises(MessageError, match="control"):
        fold("Subject", ["fine", word])


def test_long_subject_folds_between_words() -> None:
    """RFC 5322 prefers 78 columns; the fold is white space that was there."""
    field = headers.unstructured("Subject", " ".join(["harbour"] * 20))
    lines = field.decode("ascii").split("\r\n")

    assert max(map(len, lines)) <= 76
    assert "".join(lines) == "Subject: " + " ".join(["harbour"] * 20)


def test_word_too_long_to_fold_is_encoded() -> None:
    """A word of 2,000 letters cannot fold, but encoded-words can break it anywhere."""
    field = headers.unstructured("Subject", "x" * 2000)

    assert max(map(len, field.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    ("display", "field"),
    [
        (None, b"From: brief@example.org\r\n"),
        ("", b"From: brief@example.org\r\n"),
        ("The Daily Brief", b"From: The Daily Brief <brief@example.org>\r\n"),
        ("Brief, Daily", b'From: "Brief, Daily" <brief@example.org>\r\n'),
        ('The "Brief" \\', b'From: "The \\"Brief\\" \\\\" <brief@example.org>\r\n'),
        ("Smørbrød", b"From: =?utf-8?B?U23DuHJicsO4ZA==?= <brief@example.org>\r\n"),
        ("Eve <eve@evil.example>,", b'From: "Eve <eve@evil.example>," <brief@example.org>\r\n'),
        (
            "=?utf-8?q?=0D=0ABcc:x@y?=",
            b"From: =?utf-8?B?PT91dGYtOD9xPz0wRD0wQUJjYzp4QHk/PQ==?= <brief@example.org>\r\n",
        ),
    ],
)
def test_display_name_is_quoted_or_encoded_as_it_needs(display: str | None, field: bytes) -> None:
    """A name with a comma would be two addresses; a name with an address would be another sender."""
    assert headers.mailbox("From", display, "brief@example.org") == field


def test_domain_goes_out_in_a_labels() -> None:
    """RFC 6531: a relay without SMTPUTF8 knows only A-labels."""
    assert headers.mailbox("To", None, "sam@exämple.org") == b"To: sam@xn--exmple-cua.org\r\n"


def test_letters_beyond_ascii_before_the_at_need_smtputf8() -> None:
    """There is no ASCII form of such an address; encoding it would make another one."""
    with pytest.raises(MessageError, match="SMTPUTF8"):
        headers.mailbox("To", None, "jörg@example.org")

    assert (
        headers.mailbox("To", None, "jörg@example.org", smtputf8=True) == "To: jörg@example.org\r\n".encode()
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sam",
        "sam@",
        "@example.org",
        "sam@example.org\r\nBcc: eve@example.org",
        "a@b@example.org",
        "s am@example.org",
        "Sam <sam@example.org>",
        "sam@example.org,eve@example.org",
        "sam\u202e@example.org",
        "sam\ud800@example.org",
        "a" * 300,
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """An address is never repaired: the wrong person could be mailed."""
    with pytest.raises(MessageError):
        headers.mailbox("To", "Sam", address)


def test_several_addresses_are_separated_by_commas() -> None:
    """Reply-To may name an office and a person."""
    addresses = [Address(email="ada@example.org", display="Ada"), Address(email="olu@example.org")]

    assert headers.mailboxes("Reply-To", addresses) == b"Reply-To: Ada <ada@example.org>, olu@example.org\r\n"


def test_date_is_written_in_its_own_offset() -> None:
    """RFC 5322 section 3.3; 22 November 2026 is a Sunday."""
    zone = timezone(timedelta(hours=-3, minutes=-30))

    assert (
        headers.date("Date", datetime(2026, 11, 22, 7, 5, 9, tzinfo=zone))
        == b"Date: Sun, 22 Nov 2026 07:05:09 -0330\r\n"
    )


def test_date_with_an_odd_offset_is_written_in_utc() -> None:
    """Old local mean times have seconds in their offset, which the format cannot say."""
    zone = timezone(timedelta(minutes=53, seconds=28))

    assert (
        headers.date("Date", datetime(2026, 1, 1, 0, 53, 28, tzinfo=zone))
        == b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
    )


@pytest.mark.parametrize("moment", [datetime(2026, 11, 22), datetime(1899, 1, 1, tzinfo=UTC)])  # noqa: DTZ001 - the fault under test
def test_date_without_zone_or_too_old_is_refused(moment: datetime) -> None:
    """Nobody knows which moment it is."""
    with pytest.raises(MessageError, match="zone"):
        headers.date("Date", moment)


@pytest.mark.parametrize(
    "value", ["a@b", "<a>", "<a@b> <c@d>", "<a b@c>", "<a@b\r\n>", "<é@b>", f"<{'a' * 250}@b>"]
)
def test_malformed_message_id_is_refused(value: str) -> None:
    """A Message-ID is our own making; a wrong one is a fault of ours."""
    with pytest.raises(MessageError, match="unique@domain"):
        headers.message_id("Message-ID", value)


@pytest.mark.parametrize("length", [20, 60, 78, 100, 300, 900])
def test_unsubscribe_address_is_literal_at_every_length(length: int) -> None:
    """The standard library encodes it from 78 characters on, and one-click dies (RFC 8058)."""
    uri = "https://news.example.org/u/" + "t" * length

    field = headers.listed("List-Unsubscribe", [uri, "mailto:leave@example.org"])

    assert field.startswith(f"List-Unsubscribe: <{uri}>,".encode())
    assert field.split(b"\r\n")[0].endswith(b">,")
    assert b"<mailto:leave@example.org>\r\n" in field


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "ftp://x",
        "https://x y",
        "https://x>,<https://y",
        "https://x\r\nBcc: y",
        "https://é",
        "https://" + "x" * 2000,
    ],
)
def test_what_is_no_uri_is_refused(uri: str) -> None:
    """A URI in a header is never encoded, so it must fit as it is."""
    with pytest.raises(MessageError):
        headers.listed("List-Unsubscribe", [uri])


def test_list_id_has_title_and_label() -> None:
    """RFC 2919: programs sort by the label, people read the title."""
    assert (
        headers.list_id("The Daily Brief", "daily.example.org")
        == b"List-Id: The Daily Brief <daily.example.org>\r\n"
    )
    assert headers.list_id("", "daily.example.org") == b"List-Id: <daily.example.org>\r\n"


@pytest.mark.parametrize(
    "label", ["", "daily", "a b.example.org", "daily.example.org>\r\nX: y", "é.example.org", "a." * 140 + "b"]
)
def test_malformed_list_label_is_refused(label: str) -> None:
    """The label stays for ever, so it is checked once and strictly."""
    with pytest.raises(MessageError):
        headers.list_id("Brief", label)


@pytest.mark.parametrize("value", ["a  b", " a", "é", "a\r\nb", "\x7f"])
def test_literal_value_is_never_changed(value: str) -> None:
    """Feedback-ID and the like go out byte for byte or not at all."""
    with pytest.raises(MessageError):
        headers.literal("Feedback-ID", value)


def test_parameters_are_quoted_only_when_they_must_be() -> None:
    """RFC 2045 section 5.1: '=' is no token character."""
    field = headers.parameterised(
        "Content-Type", "multipart/alternative", {"charset": "utf-8", "boundary": '=_"1'}
    )

    assert field == b'Content-Type: multipart/alternative; charset=utf-8; boundary="=_\\"1"\r\n'


@pytest.mark.parametrize("text", ["é", "a\r\nb", "\x00"])
def test_parameter_beyond_printable_ascii_is_refused(text: str) -> None:
    """Our parameters are charset and boundary, both our own."""
    with pytest.raises(MessageError):
        headers.parameterised("Content-Type", "text/plain", {"charset": text})
