"""What an operator says of the sources: config/sources.yaml."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from digest.model import Fetching, FullText, Source, SourceKind
from digest.settings.fields import Duration, Key, Language, Settings, Shaped, WebAddress, clash

SourceAddress = Annotated[
    str,
    Shaped(
        r"(?=.{1,2000}\Z)https?://[^\s/?#@]+([/?][^\s#]*)?",
        "a web address such as https://news.example.org/feed.xml",
    ),
]
_FETCHING = ("kind", "every", "full_text", "robots", "key_file", "silent_after", "paused")


class SourceSettings(Settings):
    """One feed, page, site or folder that articles come from."""

    name: Key
    title: Annotated[str, Field(min_length=1, max_length=120)]
    homepage: WebAddress | None = None
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    language: Language | None = None
    section: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    tags: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=60)], ...], Field(max_length=20)] = ()
    url: SourceAddress | None = None  # default: nobody goes there; articles name the source themselves
    kind: SourceKind = SourceKind.AUTO
    every: Duration | Literal["auto"] = "auto"
    full_text: FullText = FullText.AUTO
    robots: bool = True
    key_file: str | None = None  # relative to the home
    silent_after: Duration | Literal["auto", "never"] = "auto"
    paused: bool = False

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        written = [name for name in _FETCHING if name in self.model_fields_set]
        if self.url is None and written:
            raise clash("url", f"the address that {written[0]} is about", "nothing")
        if self.kind is SourceKind.GHOST and self.key_file is None:
            raise clash("key_file", "the file with the key of Ghost's Content API", "nothing")
        if self.kind is not SourceKind.GHOST and self.key_file is not None:
            raise clash("key_file", "nothing unless kind is ghost", f"'{self.key_file}'")
        return self

    def as_source(self) -> Source:
        """Return it as the word the stages know."""
        return Source(
            key=self.name,
            title=self.title,
            homepage=self.homepage,
            weight=self.weight,
            language=self.language,
            section=self.section,
            tags=self.tags,
            url=self.url,
            kind=self.kind,
            fetching=self._fetching(),
        )

    def _fetching(self) -> Fetching:
        return Fetching(
            every=None if self.every == "auto" else self.every,
            full_text=self.full_text,
            robots=self.robots,
            key_file=self.key_file,
            silent_after=self.silent_after,
            paused=self.paused,
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
