"""Turn what goes wrong on the way to a relay into errors that say what to do."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from digest.deliver.compose.words import clean
from digest.deliver.smtp.replies import Phase, Reply
from digest.errors import TransportError

_MAX_WORDS = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What an error of one kind means in one step of dialling."""

    kind: type[OSError | UnicodeError]
    marks: frozenset[object] = frozenset()  #: reply codes, errno, OpenSSL's reasons; empty takes any
    phase: Phase
    says: str  #: {} is the relay's reply, or else the error's words
    permanent: bool = False  #: of an answer: only when its code is 5xx
    hint: str | None = None


def meaning(
    kind: type[OSError | UnicodeError],
    phase: Phase,
    says: str,
    hint: str | None = None,
    *marks: object,
    permanent: bool = False,
) -> Meaning:
    """Make a meaning in one line of a table; the arguments are its fields."""
    return Meaning(kind=kind, marks=frozenset(marks), phase=phase, says=says, permanent=permanent, hint=hint)


@contextmanager
def translated(relay: str, meanings: Sequence[Meaning], at: str = "") -> Iterator[None]:
    """Raise what an error in the block means; the first meaning that fits it counts.

    Args:
        relay: The relay's name.
        meanings: Of one step, the narrower ones first; errors that none fits pass.
        at: The address that was called, told beside the name when the call itself failed.

    Raises:
        TransportError: With the words of the meaning.
    """
    try:
        yield
    except (OSError, UnicodeError) as error:  # smtplib's errors are OSErrors, too
        mark = _mark(error)
        for one in meanings:
            if isinstance(error, one.kind) and (not one.marks or mark in one.marks):
                raise _explained(error, one, relay, at) from error
        raise


def place_of(relay: str, phase: Phase) -> str:
    """Name relay and phase, as the place of an error."""
    return f"relay {relay}, {phase}"


def _mark(error: OSError | UnicodeError) -> object:
    """Return what tells errors of one kind apart; None when there is nothing."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_code
    if isinstance(error, ssl.SSLError):
        return error.reason
    return error.errno if isinstance(error, OSError) else None


def _explained(error: OSError | UnicodeError, meaning: Meaning, relay: str, at: str) -> TransportError:
    detail: object = _words(error)
    code, permanent = None, meaning.permanent
    if isinstance(error, smtplib.SMTPResponseException):
        reply = Reply.read(error.smtp_code, _bytes(error.smtp_error))
        detail, code = reply, reply.code
        permanent = meaning.permanent and reply.code // 100 == 5
    return TransportError(
        meaning.says.format(detail),
        permanent=permanent,
        code=code,
        where=place_of(relay + (at if meaning.phase is Phase.CONNECT else ""), meaning.phase),
        hint=meaning.hint,
    )


def _words(error: OSError | UnicodeError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = error.verify_message
    elif isinstance(error, ssl.SSLError) and error.reason:
        words = error.reason.replace("_", " ").lower()
    elif isinstance(error, socket.gaierror) or (isinstance(error, OSError) and error.strerror):
        words = error.strerror or str(error)
    else:
        words = str(error)
    return clean(words)[:_MAX_WORDS] or type(error).__name__


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")
