"""Where the web application is, and for whom."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from digest.settings.bounces import is_loopback
from digest.settings.fields import Settings, Shaped, clash
from digest.settings.service import ServiceAddress

Proxy = Annotated[
    str, Shaped(r"[0-9a-fA-F.:]{2,45}(/[0-9]{1,3})?", "an IP address or network such as 10.0.0.0/8")
]


class WebSettings(Settings):
    """The web application: the desk, the subscribers' pages, the API."""

    listen: ServiceAddress = "127.0.0.1:8080"
    public: bool = False
    proxies: Annotated[tuple[Proxy, ...], Field(max_length=50)] = ()  # whose X-Forwarded-For is believed
    api_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 600  # requests of one token
    house: Annotated[str, Field(max_length=60)] | None = None  # default: the host of site.base_url

    @model_validator(mode="after")
    def _strangers_are_meant(self) -> Self:
        host = urlsplit(f"//{self.listen}").hostname or ""
        if self.listen != "none" and not self.public and not is_loopback(host):
            raise clash("listen", "this machine such as 127.0.0.1, or public: true", "a host on the network")
        return self
