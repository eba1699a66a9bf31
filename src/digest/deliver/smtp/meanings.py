"""What each error of the network means, step by step on the way to a relay.

Each tuple is one step's; the narrower meanings stand first.
"""

from __future__ import annotations

import errno
import smtplib
import socket

from digest.deliver.smtp.mishaps import meaning
from digest.deliver.smtp.replies import Phase
from digest.deliver.smtp.talk import Babble, Unasked
from digest.deliver.smtp.tls_meanings import TLS_FAILURES

_CONNECT, _TLS, _AUTH = Phase.CONNECT, Phase.TLS, Phase.AUTH
_UNREACHED = "the relay cannot be reached: {}"
_LOST = "the connection was lost: {}"
_IMPLICIT = "a port such as 465 wants tls: implicit"


CONNECTING = (
    meaning(
        socket.gaierror,
        _CONNECT,
        "the relay's name cannot be looked up: {}",
        "check the host in url, and this machine's name service",
    ),
    meaning(ConnectionRefusedError, _CONNECT, _UNREACHED, "check that the relay runs, and the place in url"),
    meaning(
        TimeoutError,
        _CONNECT,
        _UNREACHED,
        "check the host in url; firewalls and providers block ports such as 25",
    ),
    meaning(FileNotFoundError, _CONNECT, _UNREACHED, "check that the relay runs, and the path in url"),
    meaning(
        PermissionError,
        _CONNECT,
        _UNREACHED,
        "let this program's user into the socket's group, or through the firewall",
        permanent=True,
    ),
    meaning(
        OSError,
        _CONNECT,
        _UNREACHED,
        "a socket's path has about 100 bytes: write a shorter one",
        errno.ENAMETOOLONG,
        permanent=True,
    ),
    meaning(OSError, _CONNECT, _UNREACHED, "check this machine's network, and the host in url"),
    # A host name that the name service cannot be asked for.
    meaning(UnicodeError, _CONNECT, _UNREACHED, "check the host in url", permanent=True),
)

#: The handshake, at once or after STARTTLS.
SECURING = (
    *TLS_FAILURES,
    meaning(
        smtplib.SMTPNotSupportedError,
        _TLS,
        "the relay offers no STARTTLS",
        "set tls to implicit, or to none for a relay on this machine",
        permanent=True,
    ),
    meaning(
        smtplib.SMTPResponseException,
        _TLS,
        "the relay refuses STARTTLS: {}",
        "ask the relay's operator; its certificate may be missing",
        permanent=True,
    ),
    meaning(
        Unasked,
        _TLS,
        "words in clear where TLS should begin: {}",
        "the relay is broken, or somebody on the way puts words into the connection",
        permanent=True,
    ),
    meaning(OSError, _TLS, _LOST),
)

_MANNERS = (
    meaning(
        Babble,
        _CONNECT,
        "what answers there is not SMTP: {}",
        "check host and port in url",
        permanent=True,
    ),
    meaning(
        Unasked,
        _CONNECT,
        "the relay says more than it was asked for: {}",
        "check that url names an SMTP server, or an LMTP server for lmtp",
    ),
)

#: What a relay says that is to be tried again.
_LATER = (421, 450, 451, 452, 454)
_BUSY = "it asks to come again later: its log says why; it may count connections from this machine"

#: The relay's first words.
OPENING = (
    *TLS_FAILURES,
    *_MANNERS,
    meaning(smtplib.SMTPConnectError, _CONNECT, "the relay is not ready: {}", _BUSY, *_LATER),
    meaning(
        smtplib.SMTPConnectError,
        _CONNECT,
        "the relay is not ready: {}",
        "check that url names an SMTP server which takes mail from this machine",
        permanent=True,
    ),
    meaning(TimeoutError, _CONNECT, "the relay does not greet: {}", _IMPLICIT),
    meaning(OSError, _CONNECT, _LOST, f"{_IMPLICIT}; or the relay turns this machine away"),
)

#: Our own greeting.
GREETING = (
    *TLS_FAILURES,
    *_MANNERS,
    meaning(smtplib.SMTPResponseException, _CONNECT, "the relay refuses the greeting: {}", _BUSY, *_LATER),
    meaning(
        smtplib.SMTPResponseException,
        _CONNECT,
        "the relay refuses the greeting: {}",
        "the relay may want a name of this machine (hello_name), a certificate of ours "
        "(client_cert_file), or another protocol than url says",
        permanent=True,
    ),
    meaning(OSError, _CONNECT, _LOST),
)

LOGGING_IN = (
    meaning(
        smtplib.SMTPNotSupportedError,
        _AUTH,
        "the relay offers no way to log in that we know: {}",
        "PLAIN and LOGIN take a password, XOAUTH2 a token_file; many relays offer them under TLS only; "
        "a relay that wants no login has user: null",
        permanent=True,
    ),
    meaning(
        smtplib.SMTPResponseException,
        _AUTH,
        "the relay wants TLS before a login: {}",
        "set tls to starttls or implicit",
        530,
        538,
        permanent=True,
    ),
    meaning(
        smtplib.SMTPResponseException,
        _AUTH,
        "the relay refuses this way to log in: {}",
        "it may want a password made for programs, or a token_file",
        534,
        permanent=True,
    ),
    meaning(
        smtplib.SMTPResponseException,
        _AUTH,
        "the relay refuses the login: {}",
        "check the relay's user, and its password_file or token_file",
        permanent=True,
    ),
    meaning(Babble, _AUTH, "what answers to the login is not SMTP: {}"),
    meaning(Unasked, _AUTH, "the relay says more than it was asked for: {}"),
    meaning(OSError, _AUTH, _LOST),
)
