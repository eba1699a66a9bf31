"""What the network's errors mean on the way to a relay."""

from __future__ import annotations

import errno
import smtplib
import socket
import ssl

import pytest

from digest.deliver.smtp.meanings import CONNECTING, GREETING, LOGGING_IN, OPENING, SECURING
from digest.deliver.smtp.mishaps import Meaning, translated
from digest.deliver.smtp.talk import Babble, Unasked
from digest.errors import TransportError


def certificate_error(code: int, words: str) -> ssl.SSLCertVerificationError:
    """Make the error of a certificate, as the library raises it."""
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_code, error.verify_message = code, words
    return error


def tls_error(reason: str) -> ssl.SSLError:
    """Make the error of a handshake, as the library raises it."""
    error = ssl.SSLError(1, "failed")
    error.reason = reason
    return error


def reply(code: int, words: str) -> smtplib.SMTPResponseException:
    """Make the error of an answer."""
    return smtplib.SMTPResponseException(code, words)


#: The step; the error; whether it is permanent; place and words; the way out.
CASES = [
    (CONNECTING, socket.gaierror(-2, "not known"), False, "at mx:25, connect: .* up: not known", "url"),
    (CONNECTING, ConnectionRefusedError("{0}"), False, r"at mx:25, connect: .* reached: \{0\}", "runs"),
    (CONNECTING, TimeoutError("timed out"), False, "connect: .* reached: timed out", "firewalls"),
    (CONNECTING, OSError(errno.ENETUNREACH, "No route"), False, "reached: No route", "network"),
    (CONNECTING, FileNotFoundError(2, "No such file"), False, "reached: No such file", "the path in url"),
    (CONNECTING, PermissionError(13, "denied"), True, "reached: denied", "group"),
    (CONNECTING, OSError(errno.ENAMETOOLONG, "too long"), True, "reached: too long", "100 bytes"),
    (CONNECTING, UnicodeError("label"), True, "at mx:25, connect: .* reached: label", "url"),
    (OPENING, smtplib.SMTPConnectError(554, "no"), True, "at mx:25, connect: .* ready: 554 no", "machine"),
    (
        OPENING,
        smtplib.SMTPConnectError(421, "busy"),
        False,
        "connect: .* ready: 421 busy",
        "come again later",
    ),
    (OPENING, Babble("SSH-2.0"), True, "connect: .* not SMTP: SSH-2.0", "port in url"),
    (OPENING, Unasked("250 {x}"), False, r"connect: .* asked for: 250 \{x\}", "url"),
    (OPENING, TimeoutError("slow"), False, "connect: .* not greet: slow", "implicit"),
    (OPENING, smtplib.SMTPServerDisconnected("gone"), False, "connect: .* lost: gone", "implicit"),
    (OPENING, tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), True, "club, tls: .* ours", "client_cert_file"),
    (SECURING, smtplib.SMTPNotSupportedError(), True, "club, tls: .* no STARTTLS", "implicit"),
    (SECURING, reply(454, "later"), False, "club, tls: .* STARTTLS: 454 later", "operator"),
    (SECURING, reply(501, "what"), True, "club, tls: .* STARTTLS: 501 what", "operator"),
    (SECURING, Unasked("250 evil"), True, "club, tls: words in clear .*: 250 evil", "on the way"),
    (SECURING, certificate_error(18, "self {signed}"), True, r"not trusted: self \{signed\}", "ca_file"),
    (SECURING, certificate_error(10, "expired"), True, "tls: .* not trusted: expired", "clock"),
    (SECURING, certificate_error(9, "not yet valid"), True, "tls: .* not trusted: not yet", "clock"),
    (SECURING, certificate_error(62, "Hostname mismatch"), True, "not trusted: Hostname", "tls_name"),
    (SECURING, certificate_error(64, "IP address mismatch"), True, "not trusted: IP", "tls_name"),
    (SECURING, tls_error("WRONG_VERSION_NUMBER"), True, "not TLS: wrong version number", "starttls"),
    (SECURING, tls_error("UNSUPPORTED_PROTOCOL"), True, "tls: .* no TLS that we do", "TLS 1.2"),
    (SECURING, tls_error("TLSV1_ALERT_UNKNOWN_CA"), True, "tls: .* of ours", "client_cert_file"),
    (SECURING, tls_error("BAD_RECORD"), False, "tls: TLS fails: bad record", ""),
    (SECURING, ConnectionResetError(104, "reset"), False, "tls: the connection was lost: reset", ""),
    (GREETING, smtplib.SMTPHeloError(501, "who"), True, "connect: .* greeting: 501 who", "name"),
    (
        GREETING,
        smtplib.SMTPHeloError(450, "full"),
        False,
        "connect: .* greeting: 450 full",
        "come again later",
    ),
    (GREETING, TimeoutError("slow"), False, "connect: the connection was lost: slow", ""),
    (LOGGING_IN, smtplib.SMTPNotSupportedError("GSSAPI"), True, "auth: .* know: GSSAPI", "user: null"),
    (LOGGING_IN, reply(535, "bad"), True, "club, auth: .* login: 535 bad", "password_file"),
    (LOGGING_IN, reply(534, "weak"), True, "auth: .* this way .*: 534 weak", "token_file"),
    (LOGGING_IN, reply(530, "tls"), True, "auth: .* wants TLS .*: 530 tls", "starttls"),
    (LOGGING_IN, reply(454, "later"), False, "auth: .* login: 454 later", ""),
    (LOGGING_IN, smtplib.SMTPServerDisconnected("gone"), False, "club, auth: .* lost: gone", ""),
    (LOGGING_IN, Babble("x"), False, "auth: .* not SMTP", ""),
]


@pytest.mark.parametrize(("step", "error", "permanent", "words", "way_out"), CASES)
def test_an_error_says_what_it_means_in_its_step(
    step: tuple[Meaning, ...], error: Exception, permanent: bool, words: str, way_out: str
) -> None:
    """Whether the run stops for good hangs on it, and the words are all that the operator sees."""
    with pytest.raises(TransportError, match=words) as caught, translated("club", step, " at mx:25"):
        raise error

    assert caught.value.permanent is permanent
    assert caught.value.code == getattr(error, "smtp_code", None)
    assert caught.value.__cause__ is error
    assert way_out in (caught.value.hint or "")


def test_an_error_that_means_nothing_passes_as_it_is() -> None:
    """A name that this program cannot write is no fault of the relay."""
    with pytest.raises(UnicodeError, match="label"), translated("club", GREETING):
        raise UnicodeError("label")
