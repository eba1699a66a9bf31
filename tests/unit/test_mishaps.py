"""What the network's errors mean on the way to a relay."""

from __future__ import annotations

import smtplib
import ssl

import pytest

from digest.deliver.mishaps import CONNECTING, GREETING, LOGGING_IN, Meaning, translated
from digest.errors import TransportError

UNTRUSTED = ssl.SSLCertVerificationError(1, "failed")
UNTRUSTED.verify_message = "self-signed {certificate}"

CASES = [
    (CONNECTING, UNTRUSTED, True, None, "relay club, tls: .* not trusted: self-signed {certificate}"),
    (CONNECTING, smtplib.SMTPConnectError(554, "no"), False, 554, "club at mx:25, connect: .* ready: 554 no"),
    (CONNECTING, ConnectionRefusedError("{0}"), False, None, r"club at mx:25, connect: .* reached: \{0\}"),
    (CONNECTING, UnicodeError("label"), False, None, "club at mx:25, connect: .* reached: label"),
    (GREETING, smtplib.SMTPNotSupportedError(), True, None, "relay club, tls: the relay offers no STARTTLS"),
    (GREETING, smtplib.SMTPHeloError(501, b"who"), True, 501, "club, connect: .* greeting: 501 who"),
    (GREETING, smtplib.SMTPHeloError(450, b"full"), False, 450, "club, connect: .* greeting: 450 full"),
    (GREETING, TimeoutError("slow"), False, None, "club, tls: the connection was lost: slow"),
    (LOGGING_IN, smtplib.SMTPNotSupportedError(), True, None, "club, auth: .* no way to log in"),
    (LOGGING_IN, smtplib.SMTPAuthenticationError(535, b"bad"), True, 535, "club, auth: .* login: 535 bad"),
    (LOGGING_IN, smtplib.SMTPServerDisconnected("gone"), False, None, "club, auth: .* lost: gone"),
]


@pytest.mark.parametrize(("step", "error", "permanent", "code", "words"), CASES)
def test_an_error_says_what_it_means_in_its_step(
    step: tuple[Meaning, ...], error: Exception, permanent: bool, code: int | None, words: str
) -> None:
    """Whether the run stops for good hangs on it, and the words are all that the operator sees."""
    at = " at mx:25" if step is CONNECTING else ""
    with pytest.raises(TransportError, match=words) as caught, translated("club", step, at):
        raise error

    assert (caught.value.permanent, caught.value.code) == (permanent, code)
    assert caught.value.__cause__ is error


def test_an_error_that_means_nothing_passes_as_it_is() -> None:
    """A name that this program cannot write is no fault of the relay."""
    with pytest.raises(UnicodeError, match="label"), translated("club", GREETING):
        raise UnicodeError("label")
