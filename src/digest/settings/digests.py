"""What an operator says of one digest: config/digests/KEY.yaml."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, InstanceOf, WithJsonSchema, model_validator

from digest.almanac import HolidayCalendar
from digest.settings.fields import (
    Duration,
    Key,
    Language,
    SectionKey,
    Settings,
    Shaped,
    Zone,
    clash,
    section_key,
)
from digest.settings.mailbox import MailboxText
from digest.settings.preflight import PreflightSettings
from digest.settings.review import BrakeSettings, ReviewSettings
from digest.settings.schedules import BlackoutSettings, ScheduleSettings, check_names
from digest.settings.sign_up import SignUpSettings
from digest.words import is_findable

Holidays = Annotated[
    tuple[InstanceOf[HolidayCalendar], ...],
    WithJsonSchema({"type": "array", "items": {"type": "object"}}),
    Field(json_schema_extra={"written": False}),
]
Tags = tuple[Annotated[str, Field(min_length=1, max_length=80)], ...]
GivenTag = Annotated[
    str, Shaped(r"(?s)(?=.{1,80}\Z).*[^\W_].*", "text of 1 to 80 characters with a letter or figure")
]
CarriedTag = Annotated[str, Shaped(r"(?s)(?=.{1,80}\Z).*\S.*", "text of 1 to 80 characters, not blank")]
_SOUGHT = "a word, several words, or begin* or *end of 3 to 24 letters (80 characters at most)"


def _findable(value: str) -> str:
    if len(value) > 80 or not is_findable(value):
        raise ValueError(_SOUGHT)
    return value


SoughtWord = Annotated[
    str, AfterValidator(_findable), WithJsonSchema({"type": "string", "expected": _SOUGHT})
]

MORE = "more"  #: key of the section for what fits none


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
    by_words: bool = True
    half_life: Duration = Field(default="24h", validate_default=True)
    tag_weights: dict[str, Annotated[float, Field(gt=0, le=10)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _floor_below_cap(self) -> Self:
        if self.at_least > self.at_most:
            raise clash("at_least", f"at most selection.at_most ({self.at_most})", str(self.at_least))
        return self


class SectionSettings(Settings):
    """One titled part of the digest, filled by tags."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    key: SectionKey = ""
    tags: Tags
    keywords: Annotated[tuple[SoughtWord, ...], Field(max_length=500)] = ()
    at_most: Annotated[int, Field(ge=1, le=50)] = 5
    sentences: Annotated[int, Field(ge=1, le=3)] = 2
    words: Annotated[int, Field(ge=20, le=200)] | None = None  # None: summarise's own, by sentences

    @model_validator(mode="before")
    @classmethod
    def _key_from_title(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("key") and isinstance(data.get("title"), str):
            return {**data, "key": section_key(data["title"])}
        return data


class TagRuleSettings(Settings):
    """A rule that gives tags to articles, while an edition of this digest is built."""

    give: Annotated[tuple[GivenTag, ...], Field(min_length=1, max_length=20)]
    sources: Annotated[tuple[Key, ...], Field(max_length=500)] = ()
    title: Annotated[tuple[SoughtWord, ...], Field(max_length=500)] = ()
    tags: Annotated[tuple[CarriedTag, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.sources or self.title or self.tags):
            raise clash("tags", "sources, title or tags that the rule is about", "nothing")
        return self


class MoreSettings(Settings):
    """The last section, for articles of the digest that fit no other."""

    title: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    at_most: Annotated[int, Field(ge=0, le=50)] = 5
    sentences: Annotated[int, Field(ge=1, le=3)] = 1
    words: Annotated[int, Field(ge=20, le=200)] | None = None


class DigestSettings(Settings):
    """One digest, whole."""

    key: Annotated[Key, Field(json_schema_extra={"written": False})]  # the file's name without .yaml
    title: Annotated[str, Field(min_length=1, max_length=80)]
    language: Language = "en"
    zone: Zone = "UTC"
    sender: Annotated[MailboxText, Field(alias="from")]
    reply_to: MailboxText | None = None
    editors: Annotated[tuple[MailboxText, ...], Field(max_length=50)] = ()
    schedule: Annotated[tuple[ScheduleSettings, ...], Field(max_length=50)] = ()
    blackouts: BlackoutSettings = BlackoutSettings()
    local_to: Literal["digest", "subscriber"] = "digest"
    prepare: Duration = Field(default="5m", validate_default=True)
    review: ReviewSettings = ReviewSettings()
    brake: BrakeSettings = BrakeSettings()
    preflight: PreflightSettings = PreflightSettings()
    selection: SelectionSettings = SelectionSettings()
    tag_rules: Annotated[tuple[TagRuleSettings, ...], Field(max_length=200)] = ()
    sections: Annotated[tuple[SectionSettings, ...], Field(min_length=1, max_length=30)]
    more: MoreSettings = MoreSettings()
    drafts: bool = True
    theme: Key = "gazette"
    sign_up: SignUpSettings = SignUpSettings()
    archive: Literal["private", "public"] = "private"
    index: bool = True  # whether search engines may list its public pages
    holidays: Holidays = ()  # the calendars of blackouts.calendars, in their order

    @model_validator(mode="after")
    def _rule_names_differ(self) -> Self:
        check_names(self.schedule)
        return self

    @model_validator(mode="after")
    def _section_keys_differ(self) -> Self:
        taken = {MORE}
        for at, section in enumerate(self.sections):
            if section.key in taken:
                raise clash(f"sections.{at}.key", "a key that no other section has", f"'{section.key}'")
            taken.add(section.key)
        return self

    @property
    def timezone(self) -> ZoneInfo:
        """The digest's zone, ready for arithmetic."""
        return ZoneInfo(self.zone)
