"""Who is asked for summaries, if the operator wants a language model's."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, WithJsonSchema, model_validator

from digest.settings.bounces import HOST, PORT, is_loopback
from digest.settings.fields import Duration, Settings, Shaped, clash

_KEY = "visible ASCII without spaces"

EndpointAddress = Annotated[
    str,
    Shaped(
        rf"https?://{HOST}({PORT})?(/[!-\"$->@-~]*)?",
        "a web address such as http://127.0.0.1:11434/v1, without user and password",
    ),
]


def _visible(value: SecretStr) -> SecretStr:
    key = value.get_secret_value()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError(_KEY)
    return value


EndpointKey = Annotated[
    SecretStr, AfterValidator(_visible), WithJsonSchema({"type": "string", "expected": _KEY})
]


class SummarySettings(Settings):
    """An OpenAI-compatible endpoint that drafts summaries, and how far it may go."""

    endpoint: EndpointAddress | None = None  # the address before /chat/completions; None asks nobody
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    key: EndpointKey | None = None  # of the environment or the key file
    key_file: str | None = None  # relative to the home
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    timeout: Duration = Field(default="30s", validate_default=True)
    deadline: Duration = Field(default="60s", validate_default=True)
    batch: Annotated[int, Field(ge=1, le=20)] = 4
    min_words: Annotated[int, Field(ge=20, le=2_000)] = 80
    run_tokens: Annotated[int, Field(ge=1_000, le=100_000_000)] = 100_000
    month_tokens: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = 2_000_000
    plain: bool = False

    @model_validator(mode="after")
    def _endpoint_is_whole(self) -> Self:
        if self.endpoint is None:
            return self
        if self.model is None:
            raise clash("model", "the name of a model that the endpoint has", "nothing")
        parts = urlsplit(self.endpoint)
        if parts.scheme == "http" and not self.plain and not is_loopback(parts.hostname or ""):
            raise clash("endpoint", "https for what is not on this machine, or plain: true", "http")
        return self

    @model_validator(mode="after")
    def _deadline_leaves_time(self) -> Self:
        # A builder has its slot for two minutes; what comes after the drafts needs some of them.
        if self.deadline.total_seconds() > 90:
            raise clash("deadline", "at most 90s", f"{self.deadline.total_seconds():.0f}s")
        return self
