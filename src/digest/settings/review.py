"""What an operator says of an edition between its making and its mailing: review and brake."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from digest.settings.fields import Duration, Settings, clash

ReviewMode = Literal["none", "window", "required"]
AtDeadline = Literal["send", "send_clean", "hold", "skip", "wait"]
Percent = Annotated[int, Field(ge=1, le=1_000)]


class ReviewSettings(Settings):
    """Whether editors look at an edition before it goes out, and what happens when they do not."""

    mode: ReviewMode = "none"
    minutes: Annotated[int, Field(ge=1, le=10_080)] = 30
    at_deadline: AtDeadline | None = None  # default: as `policy` says
    remind_before: Duration | Literal["off"] = Field(default="10m", validate_default=True)
    remind_every: Duration | Literal["off"] = Field(default="1h", validate_default=True)

    @model_validator(mode="after")
    def _somebody_can_miss_the_deadline(self) -> Self:
        if self.mode == "none" and self.at_deadline is not None:
            raise clash("at_deadline", "nothing while mode is none", f"'{self.at_deadline}'")
        return self

    @property
    def policy(self) -> AtDeadline:
        """What happens to an edition that nobody has approved at its deadline."""
        return self.at_deadline or ("wait" if self.mode == "required" else "send")


class BrakeSettings(Settings):
    """What makes an edition so unlike the digest's last ones that a person has to look first."""

    active: bool = True
    items: Percent | Literal["off"] = 50
    size: Percent | Literal["off"] = 50
    one_source: Annotated[int, Field(ge=1, le=99)] | Literal["off"] = 60
    audience: Percent | Literal["off"] = 20
    fallback: bool = True
    same_subject: bool = True
    preflight: bool = True
