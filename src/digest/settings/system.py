"""What an operator says of the installation: config/digest.yaml."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from digest.settings.bounces import BounceSettings
from digest.settings.fetch import FetchSettings
from digest.settings.fields import (
    PRINTABLE,
    Day,
    Duration,
    Key,
    MediaAddress,
    Password,
    Settings,
    Shaped,
    Size,
    WebAddress,
    clash,
)
from digest.settings.mailbox import Domain
from digest.settings.relay_address import RelayAddress, RelayPlace, Tls, read_relay_address
from digest.settings.retention import RetentionSettings
from digest.settings.service import AlertSettings, CollectSettings, ServiceSettings
from digest.settings.summaries import SummarySettings
from digest.settings.web import WebSettings

DatabaseAddress = Annotated[
    str, Shaped(r"[a-z][a-z0-9+]*://\S*", "an address such as sqlite:///var/digest.db")
]


def _printable_name(value: str) -> str:
    # A NUL or another control ends a field of SASL.
    if not value or not value.isprintable():
        raise ValueError("printable text")
    return value


UserName = Annotated[str, AfterValidator(_printable_name), PRINTABLE]
TlsName = Annotated[str, Shaped(r"[A-Za-z0-9._:-]{1,253}", "a host name or an address without brackets")]
SELECTOR_SHAPE = Shaped(
    r"(?=.{1,63}\Z)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*",
    "up to 63 letters, digits, hyphens and dots such as s1",
)
Selector = Annotated[str, SELECTOR_SHAPE]


class SiteSettings(Settings):
    """The web address and the sender's postal address that every mail shows."""

    base_url: WebAddress
    media_url: MediaAddress | None = None  # default: base_url + /media
    postal_address: Annotated[str, Field(min_length=5, max_length=300)]


PerSecond = Annotated[float, Field(gt=0, le=10_000)]
Messages = Annotated[int, Field(ge=1, le=100_000_000)]
Connections = Annotated[int, Field(ge=1, le=200)]


class WarmUpSettings(Settings):
    """How many messages a day a relay takes at first, and how they grow."""

    since: Annotated[Day, Field(alias="from")]
    first_day: Annotated[int, Field(ge=1, le=1_000_000)]
    growth: Annotated[float, Field(gt=1, le=10)] = 1.5


class RelaySettings(Settings):
    """An SMTP or LMTP server that takes mail for delivery."""

    name: Key
    url: RelayAddress
    user: UserName | None = None
    password: Password | None = None  # of the environment or the password file
    password_file: str | None = None  # relative to the home, like all files here
    token_file: str | None = None  # read again for each connection
    tls: Tls = "starttls"
    tls_name: TlsName | None = None  # default: the host of url
    hello_name: Domain | None = None  # default: the connection's own address
    ca_file: str | None = None
    client_cert_file: str | None = None
    client_key_file: str | None = None  # default: the key stands in client_cert_file
    weight: Annotated[int, Field(ge=0, le=100)] = 1
    connections: Connections = 8
    per_second: PerSecond | None = None
    per_hour: Messages | None = None
    per_day: Messages | None = None
    warm_up: WarmUpSettings | None = None
    timeout: Duration = Field(default="5m", validate_default=True)

    @property
    def place(self) -> RelayPlace:
        """Where to connect to, as `url` and `tls` say."""
        return read_relay_address(self.url, self.tls)

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        has_password = self.password is not None or self.password_file is not None
        if self.user is not None and not has_password and self.token_file is None:
            raise clash("password_file", "a password for the user", "nothing")
        if self.token_file is not None and self.user is None:
            raise clash("user", "the user that the token is of", "nothing")
        if self.token_file is not None and has_password:
            raise clash("token_file", "a token or a password", "both")
        return self

    @model_validator(mode="after")
    def _address_and_tls_fit(self) -> Self:
        place = self.place
        if place.lmtp and place.port == 25:
            raise clash("url", "a port other than 25, which is SMTP's, for LMTP", "port 25")
        if place.socket_file and self.tls != "none":
            raise clash("tls", "none for a socket on this machine", f"'{self.tls}'")
        if self.client_key_file is not None and self.client_cert_file is None:
            raise clash("client_cert_file", "the certificate of client_key_file", "nothing")
        for key in ("tls_name", "client_cert_file"):
            if self.tls == "none" and getattr(self, key) is not None:
                raise clash(key, "nothing while tls is none", f"'{getattr(self, key)}'")
        return self


class DkimSettings(Settings):
    """A key to sign mail with."""

    domain: Domain
    selector: Selector
    key_file: str  # relative to the home


class DomainSettings(Settings):
    """What recipients of one domain get at most, whichever relay takes it."""

    name: Domain
    connections: Connections | None = None
    per_second: PerSecond | None = None
    per_hour: Messages | None = None


class DeliverySettings(Settings):
    """How an approved edition is handed to the relays."""

    on_unknown: Literal["resend", "hold"] = "hold"
    max_lateness: Duration = Field(default="12h", validate_default=True)
    reserve: Size = Field(default="200MB", validate_default=True)
    bounce_domain: Domain | None = None
    hard_bounces: Annotated[int, Field(ge=1, le=20)] = 2
    bounces: BounceSettings = BounceSettings()
    dkim: tuple[DkimSettings, ...] = ()
    domains: tuple[DomainSettings, ...] = ()

    @model_validator(mode="after")
    def _selectors_differ(self) -> Self:
        names = [(key.domain, key.selector.lower()) for key in self.dkim]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise clash(f"dkim.{at}.selector", "a selector that no other key has", f"'{name[1]}'")
        return self

    @model_validator(mode="after")
    def _listener_takes_mail(self) -> Self:
        listen = self.bounces.listen
        if listen.url is not None and self.bounce_domain is None and not listen.accept:
            raise clash("bounce_domain", "the domain that bounces.listen takes mail for", "nothing")
        return self

    @model_validator(mode="after")
    def _domains_differ(self) -> Self:
        names = [domain.name for domain in self.domains]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise clash(f"domains.{at}.name", "a domain that stands here once", f"'{name}'")
        return self


class LimitSettings(Settings):
    """Bounds that keep one document, edition or mail from harming the others."""

    document_bytes: Annotated[int, Field(ge=1_000, le=100_000_000)] = 5_000_000
    article_chars: Annotated[int, Field(ge=1_000, le=5_000_000)] = 400_000
    candidates: Annotated[int, Field(ge=10, le=10_000)] = 1_000
    html_bytes: Annotated[int, Field(ge=10_000, le=1_000_000)] = 100_000
    image_pixels: Annotated[int, Field(ge=10_000, le=200_000_000)] = 40_000_000


class SystemSettings(Settings):
    """The installation, whole."""

    database: DatabaseAddress = Field(default="sqlite:///var/digest.db", repr=False)  # may hold a password
    site: SiteSettings
    relays: Annotated[tuple[RelaySettings, ...], Field(min_length=1)]
    delivery: DeliverySettings = DeliverySettings()
    fetch: FetchSettings = FetchSettings()
    limits: LimitSettings = LimitSettings()
    summaries: SummarySettings = SummarySettings()
    collect: CollectSettings = CollectSettings()
    alerts: AlertSettings = AlertSettings()
    retention: RetentionSettings = RetentionSettings()
    service: ServiceSettings = ServiceSettings()
    web: WebSettings = WebSettings()
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _relay_names_differ(self) -> Self:
        names = [relay.name for relay in self.relays]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise clash(f"relays.{at}.name", "a name that no other relay has", f"'{name}'")
        return self
