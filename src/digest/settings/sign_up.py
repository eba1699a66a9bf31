"""How people sign up to a digest by themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from digest.settings.fields import Settings, Shaped

Site = Annotated[
    str,
    Shaped(
        r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?",
        "a site without a path such as https://www.example.org",
    ),
]


class SignUpSettings(Settings):
    """The sign-up page of a digest, its form on other sites, and how many may come."""

    open: bool = True
    about: Annotated[str, Field(min_length=1, max_length=400)] | None = (
        None  # what the page says of the digest
    )
    frame_on: Annotated[tuple[Site, ...], Field(max_length=50)] = ()
    per_hour: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000
    per_network: Annotated[int, Field(ge=1, le=100_000)] = 20
