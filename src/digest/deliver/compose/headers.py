"""Header fields: every function returns one folded field ending in CR LF, or raises MessageError.

The standard library's email package is not used for writing. It decodes encoded-words in
values, so that a title can add fields, and it encodes long List-Unsubscribe addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from email_validator import validate_email

from digest.deliver.compose.words import MAX_COLUMNS, clean, encoded_words, fold, is_plain, is_sound
from digest.errors import MessageError
from digest.record import record

_ATEXT = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]"
_DOT_ATOM = rf"{_ATEXT}+(?:\.{_ATEXT}+)*"
_ATOMS = re.compile(rf"{_ATEXT}+(?: {_ATEXT}+)*")
_SIMPLE_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+")
_MESSAGE_ID = re.compile(rf"<{_DOT_ATOM}@{_DOT_ATOM}>")
_LIST_LABEL = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_URI = re.compile(r"(?:https?|mailto):[!-;=?-~]+")  # no white space, no controls, no < or >
_MAX_URI = 900  # leaves room for any name within MAX_LINE
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@record
class Address:
    """A mail address with the name beside it. Not checked: writing it does."""

    email: str
    display: str | None = None  #: None and '' both mean that the address stands alone


def check_address(address: str, *, smtputf8: bool = False, where: str = "address") -> str:
    """Return the address as it stands on the wire, its domain in A-labels.

    Args:
        address: An address without a name; its deliverability is not looked up.
        smtputf8: Whether letters beyond ASCII may stand before the @.
        where: What the address is for, to name it in the error.

    Raises:
        MessageError: It is no address, or needs SMTPUTF8 that was not asked for.
    """
    try:
        on_wire = _on_wire(address)
    except ValueError as error:
        raise MessageError(
            f"not a mail address: {clean(str(error))}", where=where, hint="write it as name@example.org"
        ) from error
    if not smtputf8 and not on_wire.isascii():
        raise MessageError("the part before the @ needs a relay with SMTPUTF8", where=where)
    return on_wire


@lru_cache(maxsize=64)  # a message names its sender and its recipient twice
def _on_wire(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if len(address) <= 200 and len(local) <= 64 and _SIMPLE_LOCAL.fullmatch(local):
        return f"{local}@{_a_labels(domain)}"
    valid = validate_email(address, check_deliverability=False)
    return f"{valid.local_part}@{valid.ascii_domain}"


@lru_cache(maxsize=4096)  # an audience shares few domains, and checking one takes 40 microseconds
def _a_labels(domain: str) -> str:
    valid = validate_email(f"sam@{domain}", check_deliverability=False)
    return str(valid.ascii_domain)


def unstructured(name: str, value: str) -> bytes:
    """Write free text, such as a subject; encoded when it is not plain ASCII.

    Raises:
        MessageError: Nothing is left of the value once it is clean.
    """
    return fold(name, _text_words(name, clean(value)))


def literal(name: str, value: str) -> bytes:
    """Write a value of our own exactly as it is; it may fold at its spaces.

    Raises:
        MessageError: The value is not printable ASCII with single spaces.
    """
    if not value.isascii() or clean(value) != value:
        raise MessageError("expected printable ASCII with single spaces", where=name)
    return fold(name, value.split(" "))


def mailbox(name: str, display: str | None, address: str, *, smtputf8: bool = False) -> bytes:
    """Write one address with an optional display name.

    Raises:
        MessageError: The address cannot be written; see `check_address`.
    """
    email = check_address(address, smtputf8=smtputf8, where=name)
    if not display or (_ATOMS.fullmatch(display) and is_plain(display)):
        line = f"{name}: {display} <{email}>" if display else f"{name}: {email}"
        if len(line) <= MAX_COLUMNS and is_sound(line):  # as nearly all are; the rest gives the same
            return f"{line}\r\n".encode("ascii")
    return fold(name, _mailbox_words(name, display, email))


def mailboxes(name: str, addresses: Sequence[Address], *, smtputf8: bool = False) -> bytes:
    """Write a list of addresses, in the order given.

    Raises:
        MessageError: The list is empty or an address cannot be written.
    """
    words: list[str] = []
    for address in addresses:
        email = check_address(address.email, smtputf8=smtputf8, where=name)
        if words:
            words[-1] += ","
        words += _mailbox_words(name, address.display, email)
    return fold(name, words)


def date(name: str, moment: datetime) -> bytes:
    """Write a moment in its own offset, the same under every locale.

    Raises:
        MessageError: The moment carries no zone or lies before 1900.

    Source: RFC 5322 section 3.3.
    """
    offset = moment.utcoffset()
    if offset is None or moment.year < 1900:
        raise MessageError(f"expected a moment with a zone since 1900, got {moment.isoformat()}", where=name)
    if offset % timedelta(minutes=1):
        moment, offset = moment.astimezone(UTC), timedelta(0)
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta(0) else "+"
    day = f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04}"
    return fold(name, [f"{day} {moment:%H:%M:%S} {sign}{minutes // 60:02}{minutes % 60:02}"])


def message_id(name: str, value: str) -> bytes:
    """Write a message identifier, '<unique@domain>', on one line.

    Raises:
        MessageError: The value has another form or more than 250 characters.
    """
    if len(value) > 250 or not _MESSAGE_ID.fullmatch(value):
        raise MessageError("expected '<unique@domain>' in ASCII", where=name)
    return f"{name}: {value}\r\n".encode("ascii")


def listed(name: str, uris: Iterable[str]) -> bytes:
    """Write addresses in angle brackets: never encoded, never folded within.

    Raises:
        MessageError: None is given, or one is no printable http, https or mailto URI.

    Source: RFC 2369 section 2, RFC 8058 section 3.1.
    """
    found = list(uris)
    if not all(map(_URI.fullmatch, found)):
        raise MessageError("expected an http, https or mailto URI in printable ASCII", where=name)
    if len(found) == 1 and len(found[0]) <= _MAX_URI:
        return f"{name}: <{found[0]}>\r\n".encode("ascii")
    return fold(name, [*(f"<{uri}>," for uri in found[:-1]), *(f"<{uri}>" for uri in found[-1:])])


def list_id(title: str, label: str) -> bytes:
    """Write List-Id: a title that people read and a label that stays the same for ever.

    Raises:
        MessageError: The label is not of the form 'daily.news.example.org'.

    Source: RFC 2919 section 2.
    """
    if len(label) > 255 or not _LIST_LABEL.fullmatch(label):
        raise MessageError("expected a label such as daily.news.example.org", where="List-Id")
    display = clean(title)
    return fold("List-Id", [*(_phrase_words("List-Id", display) if display else []), f"<{label}>"])


def parameterised(name: str, value: str, params: Mapping[str, str]) -> bytes:
    """Write a MIME value with its parameters, quoted where they must be.

    Raises:
        MessageError: A parameter is not printable ASCII.
    """
    words = [value]
    for key, text in params.items():
        if not _TOKEN.fullmatch(key) or not (text.isascii() and text.isprintable()):
            raise MessageError(f"parameter {key!r} is not printable ASCII", where=name)
        words[-1] += ";"
        words.append(f"{key}={text if _TOKEN.fullmatch(text) else _quoted(text)}")
    return fold(name, words)


def _text_words(name: str, value: str) -> list[str]:
    """Break unstructured text into words that fit a line each."""
    words = value.split(" ")
    room = MAX_COLUMNS - len(name) - 2
    if is_plain(value) and len(words[0]) <= room and all(len(word) < MAX_COLUMNS for word in words):
        return words
    return encoded_words(value, room)


def _mailbox_words(name: str, display: str | None, email: str) -> list[str]:
    cleaned = clean(display) if display else ""
    return [*_phrase_words(name, cleaned), f"<{email}>"] if cleaned else [email]


def _phrase_words(name: str, display: str) -> list[str]:
    """Break a display name into atoms, a quoted string or encoded-words."""
    words = display.split(" ")
    if is_plain(display):
        if not _ATOMS.fullmatch(display):
            words = _quoted(display).split(" ")
        if all(len(word) < MAX_COLUMNS - len(name) - 2 for word in words):
            return words
    return encoded_words(display, MAX_COLUMNS - len(name) - 2)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
