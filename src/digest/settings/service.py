"""Who is told when something is amiss, and how the service runs."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, WithJsonSchema, model_validator

from digest.model import MOST_FURTHER, AlertKind
from digest.settings.bounces import HOST, PORT, ImapSettings, is_loopback
from digest.settings.fields import Duration, Key, Settings, Shaped, clash, show_duration
from digest.settings.mailbox import MailboxText

_SHAPE = "whsec_ and then base64 of 24 to 64 bytes"
_PREFIX = "whsec_"


def secret_bytes(written: str) -> bytes:
    """Return the key that a webhook's secret stands for.

    Raises:
        ValueError: It has another form; the words never tell its content.

    Source: Standard Webhooks, 'Signature scheme'.
    """
    try:
        key = base64.b64decode(written.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(_SHAPE) from None
    if not written.startswith(_PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError(_SHAPE)
    return key


def _checked(value: SecretStr) -> SecretStr:
    secret_bytes(value.get_secret_value())
    return value


WebhookSecret = Annotated[
    SecretStr, AfterValidator(_checked), WithJsonSchema({"type": "string", "expected": _SHAPE})
]
WebhookAddress = Annotated[
    str,
    Shaped(
        rf"https?://{HOST}({PORT})?(/[!-\"$-~]*)?",
        "a web address such as https://pager.example.org/hook, without user and password",
    ),
]
Sender = Annotated[
    str,
    Shaped(
        r"[^\s@<>,;]{0,64}@[^\s@<>,;]{1,253}",
        "an address such as ada@example.org, or @example.org for all of a domain",
    ),
]
Kinds = tuple[AlertKind, ...]
ServiceAddress = Annotated[str, Shaped(rf"none|{HOST}{PORT}", "an address such as 127.0.0.1:9464, or none")]


class AlertMailSettings(Settings):
    """Who gets alerts by mail."""

    to: Annotated[tuple[MailboxText, ...], Field(max_length=50)] = ()
    sender: Annotated[MailboxText | None, Field(alias="from")] = None  # default: the sender of the digest
    kinds: Kinds = ()  # empty means all

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if self.to and self.sender is None:
            raise clash("from", "the sender of mail to the operators", "nothing")
        return self


class WebhookSettings(Settings):
    """One place that gets alerts by HTTP."""

    name: Key
    url: WebhookAddress
    secret: WebhookSecret | None = None  # of the environment or the secret file
    secret_file: str | None = None  # relative to the home
    kinds: Kinds = ()  # empty means all

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.secret is None and self.secret_file is None:
            raise clash("secret_file", "a secret to sign with", "nothing")
        parts = urlsplit(self.url)
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise clash("url", "https for what is not on this machine", "http")
        return self


class AlertSettings(Settings):
    """The ways that people are told."""

    mail: AlertMailSettings = AlertMailSettings()
    webhooks: Annotated[tuple[WebhookSettings, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [hook.name for hook in self.webhooks]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise clash(f"webhooks.{at}.name", "a name that no other webhook has", f"'{name}'")
        return self


class PushSettings(Settings):
    """Articles that others send to POST /articles of the service's pages; without a token there is none."""

    token_file: str | None = None  # relative to the home
    per_minute: Annotated[int, Field(ge=1, le=6_000)] = 60  # requests


class InboxSettings(Settings):
    """Mail that becomes articles; without a Maildir and a mailbox there is none."""

    senders: Annotated[tuple[Sender, ...], Field(max_length=1_000)] = ()
    authenticated_by: Annotated[str, Shaped(r"[!-:<-~]{1,255}", "a name such as mx.example.org")] | None = (
        None
    )
    maildir: str | None = None  # relative to the home
    imap: ImapSettings = ImapSettings()

    @model_validator(mode="after")
    def _somebody_may_send(self) -> Self:
        if (self.maildir is not None or self.imap.url is not None) and not self.senders:
            raise clash("senders", "who may send articles", "nobody")
        return self


class CollectSettings(Settings):
    """Where the service takes articles in from."""

    folders: Annotated[tuple[str, ...], Field(max_length=100)] = ()  # relative to the home
    every: Duration = Field(default="1m", validate_default=True)
    dead_after: Annotated[int, Field(ge=1, le=10_000)] = 30  # tries in a row that failed
    fetchers: Annotated[int, Field(ge=1, le=100)] = 16  # threads that fetch sources
    shortest: Duration = Field(default="5m", validate_default=True)  # between two looks at a source
    longest: Duration = Field(default="24h", validate_default=True)
    host_gap: Duration | Literal["off"] = Field(default="1s", validate_default=True)
    pages: Annotated[int, Field(ge=0, le=1_000)] = 50  # of one source in a round
    further_pages: Annotated[int, Field(ge=0, le=MOST_FURTHER)] = 5  # of a listing, at one look
    push: PushSettings = PushSettings()
    inbox: InboxSettings = InboxSettings()

    @model_validator(mode="after")
    def _spans_are_in_order(self) -> Self:
        if self.shortest > self.longest:
            raise clash("shortest", f"at most collect.longest ({show_duration(self.longest)})", "more")
        return self


class ServiceSettings(Settings):
    """How `digest serve` and its parts run."""

    listen: ServiceAddress = "127.0.0.1:9464"  # of the pages for machines
    public: bool = False
    sendings: Annotated[int, Field(ge=1, le=200)] = 16  # editions sent at once by one process

    @model_validator(mode="after")
    def _strangers_are_meant(self) -> Self:
        host = urlsplit(f"//{self.listen}").hostname or ""
        if self.listen != "none" and not self.public and not is_loopback(host):
            raise clash("listen", "this machine such as 127.0.0.1, or public: true", "a host on the network")
        return self
