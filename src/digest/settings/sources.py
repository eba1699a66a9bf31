"""What an operator says of the sources: config/sources.yaml."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from digest.model import Source
from digest.settings.fields import Key, Language, Settings, WebAddress, clash


class SourceSettings(Settings):
    """One feed, page, site or folder that articles come from."""

    name: Key
    title: Annotated[str, Field(min_length=1, max_length=120)]
    homepage: WebAddress | None = None
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    language: Language | None = None
    section: Annotated[str, Field(min_length=1, max_length=80)] | None = None

    def as_source(self) -> Source:
        """Return it as the word the stages know."""
        return Source(
            key=self.name,
            title=self.title,
            homepage=self.homepage,
            weight=self.weight,
            language=self.language,
            section=self.section,
        )


class SourcesFile(Settings):
    """The whole file: a list of sources, or the same under the key 'sources'."""

    sources: Annotated[tuple[SourceSettings, ...], Field(max_length=10_000)] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        seen = set()
        for at, source in enumerate(self.sources):
            if source.name in seen:
                raise clash(f"sources.{at}.name", "a name that no other source has", f"'{source.name}'")
            seen.add(source.name)
        return self
