"""Log in to a relay: PLAIN, LOGIN or XOAUTH2, and never show what was sent."""

from __future__ import annotations

import base64
import json
import re
import smtplib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from digest.deliver.compose.words import clean
from digest.deliver.smtp.mishaps import place_of
from digest.deliver.smtp.replies import Phase
from digest.deliver.smtp.talk import Babble, Talk, Unasked
from digest.errors import TransportError
from digest.keyfiles import read_token

if TYPE_CHECKING:
    from digest.settings.system import RelaySettings

_MAX_COMMAND = 512  #: RFC 5321 section 4.5.3.1.4, CR LF included; RFC 4954 holds AUTH to it
_MANY_CHALLENGES = 5
_RUN = re.compile(rb"[A-Za-z0-9._~+/=-]{8,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """Who we are to a relay."""

    user: str
    secret: str = field(repr=False)
    is_token: bool  #: an OAuth 2 access token instead of a password


def read_login(relay: RelaySettings, home: Path) -> Login | None:
    """Find user and secret of a relay; a token is read from its file each time. None: no user.

    Raises:
        TransportError: There is none that may be sent to this relay.
    """
    if relay.user is None:
        return None
    if relay.tls == "none" and not relay.place.is_local:
        raise _refusal(
            relay, "a password must not cross the network in clear", "set tls to starttls or implicit"
        )
    if relay.token_file is not None:
        try:
            return Login(user=relay.user, secret=read_token(home / relay.token_file), is_token=True)
        except (OSError, ValueError) as error:
            # Whoever renews the token may be writing it at this moment.
            found = getattr(error, "strerror", None) or str(error)
            raise _refusal(
                relay, f"no token: {found}", "check token_file and what renews it", permanent=False
            ) from None
    if relay.password is None:
        raise _refusal(relay, "a user without a password", "set password_file")
    return Login(user=relay.user, secret=relay.password.get_secret_value(), is_token=False)


def log_in(talk: Talk, login: Login) -> None:
    """Log in by the best way that both sides know.

    CRAM-MD5 is not among them: it protects a password that TLS protects already, by MD5, and wants
    it stored readable at the relay.

    Raises:
        SMTPNotSupportedError: There is no such way; the words say what the relay offers.
        SMTPAuthenticationError: The relay refuses; what it repeats of the secret is taken out.
        Babble, Unasked: It says something else; without its words.
    """
    offered = talk.esmtp_features.get("auth", "").upper().split()
    ways = [way for way in (("XOAUTH2",) if login.is_token else ("PLAIN", "LOGIN")) if way in offered]
    if not ways:
        raise smtplib.SMTPNotSupportedError(" ".join(offered) or "none at all")
    code, words = 504, b""
    try:
        for way in ways:
            # 504: some relays offer what they do not know. Any other refusal would count twice.
            if code == 504:
                code, words = _exchange(talk, way, login)
        if code == 235:
            talk.refuse_unasked()
    except (Babble, Unasked) as error:
        raise type(error)("its words may repeat the login, and stay unsaid") from None
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words.decode("utf-8", "replace"))


def _exchange(talk: Talk, way: str, login: Login) -> tuple[int, bytes]:
    left = _responses(way, login)
    sent = b" ".join(word.encode() for word in left)
    first = f"AUTH {way} {left[0]}"
    at_once = way != "LOGIN" and len(first) + 2 <= _MAX_COMMAND
    code, words = talk.docmd(first if at_once else f"AUTH {way}")
    left = left[1:] if at_once else left
    status = ""
    for _ in range(_MANY_CHALLENGES):
        if code != 334:
            break
        # XOAUTH2 tells of an error in a challenge, and goes on after an empty line.
        status = status or ("" if left else _status(words))
        code, words = talk.docmd(left.pop(0) if left else "" if login.is_token else "*")
    else:
        raise Babble
    return code, _without(words + status.encode(), sent, login.secret.encode())


def _responses(way: str, login: Login) -> list[str]:
    user, secret = login.user.encode(), login.secret.encode()
    plain = {
        "PLAIN": [b"\0" + user + b"\0" + secret],
        "LOGIN": [user, secret],
        "XOAUTH2": [b"user=" + user + b"\x01auth=Bearer " + secret + b"\x01\x01"],
    }
    return [base64.b64encode(each).decode("ascii") for each in plain[way]]


def _status(challenge: bytes) -> str:
    """Read the status of an XOAUTH2 error, such as 401; '' when there is none."""
    try:
        error = json.loads(base64.b64decode(challenge, validate=True))
    except (ValueError, RecursionError):
        return ""
    status = clean(str(error.get("status") or ""))[:20] if isinstance(error, dict) else ""
    return f" (status {status})" if status else ""


def _without(words: bytes, sent: bytes, secret: bytes) -> bytes:
    """Take out what a relay repeats of the login, whole or in part, as sent or undone."""

    def shown(run: re.Match[bytes]) -> bytes:
        is_part = run[0] in sent or run[0] in secret or any(word in run[0] for word in sent.split())
        return b"..." if is_part else run[0]

    return _RUN.sub(shown, words.replace(secret, b"...") if secret else words)


def _refusal(relay: RelaySettings, what: str, way_out: str, *, permanent: bool = True) -> TransportError:
    return TransportError(what, permanent=permanent, where=place_of(relay.name, Phase.AUTH), hint=way_out)
