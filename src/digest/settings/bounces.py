"""How mail that came back is taken in: from an IMAP mailbox, and by listening to a mail server."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from digest.settings.fields import Duration, Password, Settings, Shaped, clash

HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s/@:\[\]?#]+)"  #: a host in a pattern of an address
PORT = r":([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])"  #: and its port
UNIX = "lmtp+unix:"  #: what the address of a Unix socket begins with; its path follows

ImapAddress = Annotated[
    str,
    Shaped(
        rf"imaps?://{HOST}({PORT})?/?",
        "an address such as imaps://imap.example.org, without user and password",
    ),
]
ListenAddress = Annotated[
    str,
    Shaped(
        rf"(lmtp|smtp)://{HOST}{PORT}/?|{UNIX.replace('+', '[+]')}[^\s\0]{{1,255}}",
        "an address such as lmtp://127.0.0.1:2424, smtp://127.0.0.1:2525 or lmtp+unix:var/lmtp.sock",
    ),
]
_NAME = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,255}"  # RFC 5198, section 2: no controls
Folder = Annotated[str, Shaped(_NAME, "the name of a folder, up to 255 letters such as INBOX")]
Done = Annotated[str, Shaped(_NAME, "keep, delete, or the folder where reports go")]


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address means this machine alone. Asks nobody."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class ImapSettings(Settings):
    """A mailbox that reports arrive in, read over IMAP; without an address there is none."""

    url: ImapAddress | None = None
    user: Annotated[str, Shaped(r"[^\x00-\x1f\x7f]{1,255}", "a name")] | None = None
    password: Password | None = None  # of the environment or the password file
    password_file: str | None = None  # relative to the home
    ca_file: str | None = None  # relative to the home
    folder: Folder = "INBOX"
    done: Done = "keep"
    every: Duration = Field(default="5m", validate_default=True)

    @model_validator(mode="after")
    def _somebody_logs_in(self) -> Self:
        if self.url is not None and self.user is None:
            raise clash("user", "the user whose mailbox it is", "nothing")
        if self.user is not None and self.password is None and self.password_file is None:
            raise clash("password_file", "a password for the user", "nothing")
        return self

    @model_validator(mode="after")
    def _reports_leave(self) -> Self:
        if self.done == self.folder or (self.done + self.folder).upper() == "INBOX" * 2:  # RFC 3501, 5.1
            raise clash("done", "another folder than the one where they arrive", self.done)
        return self


class ListenSettings(Settings):
    """A place where a mail server hands reports over; without an address there is none."""

    url: ListenAddress | None = None
    public: bool = False
    accept: tuple[Annotated[str, Field(min_length=3, max_length=254)], ...] = ()

    @model_validator(mode="after")
    def _strangers_are_meant(self) -> Self:
        if self.url is None or self.public or self.url.startswith(UNIX):
            return self
        if not is_loopback(urlsplit(self.url).hostname or ""):
            raise clash("url", "this machine such as 127.0.0.1, or public: true", "a host on the network")
        return self


class BounceSettings(Settings):
    """The ways that reports come in by themselves."""

    imap: ImapSettings = ImapSettings()
    listen: ListenSettings = ListenSettings()

    @property
    def are_taken_in(self) -> bool:
        """Whether any of the ways is open."""
        return self.imap.url is not None or self.listen.url is not None
