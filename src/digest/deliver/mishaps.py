"""What can go wrong on the way to a relay, and what each error of the network means there."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from digest.deliver.replies import Phase, Reply
from digest.errors import TransportError


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What an error of one kind means in one step of dialling."""

    kind: type[OSError | UnicodeError]
    phase: Phase
    says: str  #: {} is the relay's reply, or else the error's words
    permanent: bool = False  #: of an answer: only when its code is 5xx
    hint: str | None = None


_UNTRUSTED = Meaning(
    kind=ssl.SSLCertVerificationError,
    phase=Phase.TLS,
    says="the relay's certificate is not trusted: {}",
    permanent=True,
    hint="check the host name, or name the authority in ca_file",
)
_UNREACHED = Meaning(
    kind=OSError,
    phase=Phase.CONNECT,
    says="the relay cannot be reached: {}",
    hint="check the relay's url and whether it runs",
)
CONNECTING = (
    _UNTRUSTED,
    Meaning(
        kind=smtplib.SMTPConnectError,
        phase=Phase.CONNECT,
        says="the relay is not ready: {}",
        hint="check that the relay's url names an SMTP server which takes mail from this machine",
    ),
    _UNREACHED,
    replace(_UNREACHED, kind=UnicodeError),  # a host name that the name service cannot be asked for
)
GREETING = (
    _UNTRUSTED,
    Meaning(
        kind=smtplib.SMTPNotSupportedError,
        phase=Phase.TLS,
        says="the relay offers no STARTTLS",
        permanent=True,
        hint="set tls to implicit, or to none for a relay on this machine",
    ),
    Meaning(
        kind=smtplib.SMTPResponseException,
        phase=Phase.CONNECT,
        says="the relay refuses the greeting: {}",
        permanent=True,
    ),
    Meaning(kind=OSError, phase=Phase.TLS, says="the connection was lost: {}"),
)
LOGGING_IN = (
    Meaning(
        kind=smtplib.SMTPNotSupportedError,
        phase=Phase.AUTH,
        says="the relay offers no way to log in",
        permanent=True,
        hint="set user to null",
    ),
    Meaning(
        kind=smtplib.SMTPResponseException,
        phase=Phase.AUTH,
        says="the relay refuses the login: {}",
        permanent=True,
        hint="check the relay's user and password_file",
    ),
    Meaning(kind=OSError, phase=Phase.AUTH, says="the connection was lost: {}"),
)


@contextmanager
def translated(relay: str, meanings: Sequence[Meaning], at: str = "") -> Iterator[None]:
    """Raise what an error in the block means; the first meaning of its kind counts.

    Args:
        relay: The relay's name.
        meanings: Of one step, the narrower kinds first; errors of other kinds pass.
        at: The address that was called, told beside the name when the call itself failed.

    Raises:
        TransportError: With the words of the meaning.
    """
    try:
        yield
    except (OSError, UnicodeError) as error:  # smtplib's errors are OSErrors, too
        meaning = next((one for one in meanings if isinstance(error, one.kind)), None)
        if meaning is None:
            raise
        raise _explained(error, meaning, relay, at) from error


def place_of(relay: str, phase: Phase) -> str:
    """Name relay and phase, as the place of an error."""
    return f"relay {relay}, {phase}"


def _explained(error: OSError | UnicodeError, meaning: Meaning, relay: str, at: str) -> TransportError:
    detail: object = error
    code, permanent = None, meaning.permanent
    if isinstance(error, ssl.SSLCertVerificationError) and meaning is _UNTRUSTED:
        detail = error.verify_message
    elif isinstance(error, smtplib.SMTPResponseException) and meaning.kind is not OSError:
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


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")
