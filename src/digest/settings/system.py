"""What an operator says of the installation: config/digest.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from digest.settings.fields import Duration, Key, Settings


class SiteSettings(Settings):
    """The web address and the sender's postal address that every mail shows."""

    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")]
    media_url: str | None = None  # default: base_url + /media
    postal_address: Annotated[str, Field(min_length=5, max_length=300)]
    title: str | None = None


class RelaySettings(Settings):
    """An SMTP server that takes mail for delivery."""

    name: Key
    url: Annotated[str, Field(pattern=r"^smtp://[^\s/@]+(:\d{1,5})?/?$")]
    user: str | None = None
    password: SecretStr | None = None  # from the environment only
    password_file: str | None = None
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    ca_file: str | None = None
    connections: Annotated[int, Field(ge=1, le=200)] = 8
    per_second: Annotated[float, Field(gt=0, le=10_000)] | None = None
    timeout: Duration = Field(default="5m", validate_default=True)


class DkimSettings(Settings):
    """A key to sign mail with."""

    domain: str
    selector: str
    key_file: str


class DeliverySettings(Settings):
    """How an approved edition is handed to the relays."""

    on_unknown: Literal["resend", "hold"] = "hold"
    max_lateness: Duration = Field(default="12h", validate_default=True)
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 4
    dkim: tuple[DkimSettings, ...] = ()


class LimitSettings(Settings):
    """Bounds that keep one document, edition or mail from harming the others."""

    document_bytes: Annotated[int, Field(ge=1_000, le=100_000_000)] = 5_000_000
    article_chars: Annotated[int, Field(ge=1_000, le=5_000_000)] = 400_000
    candidates: Annotated[int, Field(ge=10, le=10_000)] = 1_000
    html_bytes: Annotated[int, Field(ge=10_000, le=1_000_000)] = 100_000
    image_pixels: Annotated[int, Field(ge=10_000, le=200_000_000)] = 40_000_000


class SystemSettings(Settings):
    """The installation, whole."""

    database: Annotated[str, Field(min_length=8)] = "sqlite:///var/digest.db"
    site: SiteSettings
    relays: Annotated[tuple[RelaySettings, ...], Field(min_length=1)]
    delivery: DeliverySettings = DeliverySettings()
    limits: LimitSettings = LimitSettings()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
