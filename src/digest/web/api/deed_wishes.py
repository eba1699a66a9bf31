"""What programs send to shape an edition."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from digest.shape import Deed, Drop, Headline, Move, MoveSection, Retitle, Write
from digest.web.api.shapes import Line, Name, Number, Text, Wish, wish_like

Item = Annotated[Number, Field(description="The item, by its article's number.")]
SectionKey = Annotated[Name, Field(description="The section's key.")]
At = Annotated[int, Field(ge=1, le=10_000, description="1 is first; beyond the end is last.")]


class _OnVersion(Wish):
    on_version: int = Field(
        ge=0, le=2**31 - 1, description="The state that was looked at; `versions` lists them."
    )


class MoveWish(_OnVersion):
    """Put an item at a place of a section."""

    deed: Literal["move"]
    article: Item
    section: SectionKey
    to: At

    model_config = wish_like(deed="move", article=17, section="world", to=1, on_version=0)

    def made(self) -> Deed:
        """Return the deed."""
        return Move(article=self.article, section=self.section, to=self.to)


class DropWish(_OnVersion):
    """Take an item out."""

    deed: Literal["drop"]
    article: Item

    model_config = wish_like(deed="drop", article=17, on_version=0)

    def made(self) -> Deed:
        """Return the deed."""
        return Drop(article=self.article)


class HeadlineWish(_OnVersion):
    """Write the headline of an item."""

    deed: Literal["headline"]
    article: Item
    text: Line = Field(description="The headline.")

    model_config = wish_like(deed="headline", article=17, text="Barrier holds", on_version=0)

    def made(self) -> Deed:
        """Return the deed."""
        return Headline(article=self.article, text=self.text)


class WriteWish(_OnVersion):
    """Write subject, preheader, intro or outro; an empty intro or outro is none."""

    deed: Literal["write"]
    what: Literal["subject", "preheader", "intro", "outro"] = Field(description="Of the edition.")
    text: Text = Field(description="What it says from now on.")

    model_config = wish_like(deed="write", what="subject", text="The barrier held", on_version=0)

    def made(self) -> Deed:
        """Return the deed."""
        return Write(what=self.what, text=self.text)


class RetitleWish(_OnVersion):
    """Write the title of a section, in this edition alone."""

    deed: Literal["retitle"]
    section: SectionKey
    text: Line = Field(description="The title.")

    model_config = wish_like(deed="retitle", section="world", text="Abroad", on_version=0)

    def made(self) -> Deed:
        """Return the deed."""
        return Retitle(section=self.section, text=self.text)


class MoveSectionWish(_OnVersion):
    """Put a section at a place among the sections."""

    deed: Literal["movesection"]
    section: SectionKey
    to: At

    model_config = wish_like(deed="movesection", section="world", to=2, on_version=0)

    def made(self) -> Deed:
        """Return the deed."""
        return MoveSection(section=self.section, to=self.to)


AnyDeed = Annotated[
    MoveWish | DropWish | HeadlineWish | WriteWish | RetitleWish | MoveSectionWish,
    Field(discriminator="deed"),
]


class TakeWish(_OnVersion):
    """Take an article of the store in."""

    article: Number = Field(description="Any article of the store, by its number.")
    section: Name | None = Field(default=None, description="Null: the one it was weighed for.")
    to: At | None = Field(default=None, description="Null: the end.")
    instead_of: Number | None = Field(default=None, description="The item whose place it takes.")

    model_config = wish_like(article=17, section="world", to=1, on_version=0)


class MergeWish(_OnVersion):
    """Let an item's story take in another article."""

    article: Number = Field(description="The item that stays and leads.")
    other: Number = Field(description="Another item, which goes, or any article of the store.")

    model_config = wish_like(article=17, other=23, on_version=0)


class AloneWish(_OnVersion):
    """Let an item stand for itself."""

    article: Number = Field(description="The item that what is told with it is split from.")

    model_config = wish_like(article=17, on_version=0)


class PictureWish(_OnVersion):
    """Change the picture of an item; what is null stays as it is."""

    article: Item
    alt: Line | None = Field(default=None, description="What it shows, for who cannot see it.")
    decoration: bool | None = Field(default=None, description="It tells nothing, and needs no words.")
    of: Annotated[int, Field(ge=0, le=2**53)] | None = Field(
        default=None, description="The article of the same story whose picture it becomes; 0 takes it away."
    )

    model_config = wish_like(article=17, alt="A ferry at the quay", on_version=0)


class SummaryWish(_OnVersion):
    """Give an item another summary."""

    article: Item
    text: Text | None = Field(default=None, description="Written by hand; null: made again from the article.")
    sentences: int | None = Field(
        default=None, ge=0, le=20, description="How many, when made again; 0 leaves the headline alone."
    )

    model_config = wish_like(article=17, sentences=2, on_version=0)
