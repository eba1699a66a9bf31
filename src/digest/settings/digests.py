"""What an operator says of one digest: config/digests/KEY.yaml."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from digest.settings.fields import Duration, Key, Settings, Zone, section_key

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Tags = tuple[Annotated[str, Field(min_length=1, max_length=80)], ...]

MORE = "more"  #: key of the section for what fits none


class ScheduleSettings(Settings):
    """One due time of the digest."""

    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ReviewSettings(Settings):
    """Whether editors look at an edition before it goes out."""

    mode: Literal["none", "window", "required"] = "none"
    minutes: Annotated[int, Field(ge=1, le=10_080)] = 30


class SelectionSettings(Settings):
    """Which articles an edition takes, of those its sections ask for."""

    window: Duration | Literal["since_last_sent"] = Field(default="24h", validate_default=True)
    tags_any: Tags = ()
    tags_all: Tags = ()
    tags_none: Tags = ()
    at_most: Annotated[int, Field(ge=1, le=200)] = 20
    at_least: Annotated[int, Field(ge=1, le=200)] = 3
    per_source: Annotated[int, Field(ge=1, le=200)] = 4
    carry_over: Duration | None = None
    half_life: Duration = Field(default="12h", validate_default=True)
    tag_weights: dict[str, Annotated[float, Field(gt=0, le=10)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _floor_below_cap(self) -> Self:
        if self.at_least > self.at_most:
            raise ValueError(f"at_least of at most at_most ({self.at_most})")
        return self


class SectionSettings(Settings):
    """One titled part of the digest, filled by tags."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    key: str = ""
    tags: Tags
    at_most: Annotated[int, Field(ge=1, le=50)] = 5
    sentences: Annotated[int, Field(ge=1, le=3)] = 2

    @model_validator(mode="before")
    @classmethod
    def _key_from_title(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("key") and isinstance(data.get("title"), str):
            return {**data, "key": section_key(data["title"])}
        return data


class MoreSettings(Settings):
    """The last section, for articles of the digest that fit no other."""

    title: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    at_most: Annotated[int, Field(ge=0, le=50)] = 5
    sentences: Annotated[int, Field(ge=1, le=3)] = 1


class DigestSettings(Settings):
    """One digest, whole."""

    key: Key  # the file's name without .yaml
    title: Annotated[str, Field(min_length=1, max_length=80)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    zone: Zone = "UTC"
    sender: Annotated[str, Field(alias="from", min_length=3, max_length=320)]
    reply_to: str | None = None
    schedule: tuple[ScheduleSettings, ...] = ()
    review: ReviewSettings = ReviewSettings()
    selection: SelectionSettings = SelectionSettings()
    sections: Annotated[tuple[SectionSettings, ...], Field(min_length=1, max_length=30)]
    more: MoreSettings = MoreSettings()
    theme: Key = "gazette"

    @model_validator(mode="after")
    def _section_keys_differ(self) -> Self:
        keys = [section.key for section in self.sections]
        twice = next((key for key in keys if keys.count(key) > 1 or key == MORE), None)
        if twice is not None:
            raise ValueError(f"sections with different keys, none of them '{MORE}'; '{twice}' is taken")
        return self

    @property
    def timezone(self) -> ZoneInfo:
        """The digest's zone, ready for arithmetic."""
        return ZoneInfo(self.zone)
