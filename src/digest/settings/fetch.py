"""How documents of the web are fetched."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from digest.settings.fields import Duration, Settings, Shaped

_PLACE = "a network such as 10.0.0.0/8, or a host such as intranet.example.org"
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_WIDEST = {4: 8, 6: 7}  #: fc00::/7 is one network; 0.0.0.0/0 would open the door for good


def read_place(written: str) -> IPv4Network | IPv6Network | str:
    """Read a network, an address (a network of one), or a host's name in lower case.

    Raises:
        ValueError: It is neither, bits are set behind the prefix, or the network is wider than /8
            (version 6: /7).
    """
    text = written.lower()
    try:
        network = ip_network(text)
    except ValueError as error:
        last = text.rpartition(".")[2]
        if len(text) > 253 or not _HOST.fullmatch(text) or _NUMBER.fullmatch(last):
            raise ValueError(_PLACE) from error
        return text
    if network.prefixlen < _WIDEST[network.version]:
        raise ValueError(_PLACE)
    return network


def _checked(written: str) -> str:
    read_place(written)
    return written


Place = Annotated[str, AfterValidator(_checked), WithJsonSchema({"type": "string", "expected": _PLACE})]
AgentName = Annotated[
    str, Shaped(r"[!-~]([ -~]{0,198}[!-~])?", "up to 200 signs of ASCII such as Example-News/1.0")
]


class FetchSettings(Settings):
    """How documents of the web are fetched, and where from."""

    user_agent: AgentName | None = None  # default: this program, its version and site.base_url
    deadline: Duration = Field(default="20s", validate_default=True)
    ports: Annotated[
        tuple[Annotated[int, Field(ge=1, le=65_535)], ...], Field(min_length=1, max_length=20)
    ] = (
        80,
        443,
    )
    allow_private: Annotated[tuple[Place, ...], Field(max_length=100)] = ()
    ca_file: str | None = None  # relative to the home
