"""What programs send of articles."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from digest.actions.content.pushing import MOST as MOST_PUSHED
from digest.web.api.shapes import Line, Moment, Name, Text, Wish, wish_like


class NewArticle(Wish):
    """An article to take in; the same one, by `guid` or `url`, changes nothing or becomes a revision."""

    title: Line = Field(description="One line.")
    text: Text | None = Field(default=None, description="Paragraphs with empty lines between; or `html`.")
    html: Text | None = Field(default=None, description="Cleaned before it is stored.")
    url: Line | None = Field(default=None, description="Its address.")
    guid: Line | None = Field(default=None, description="Names it for good; the default is its address.")
    published: Moment | None = Field(default=None, description="Null: nobody knows.")
    byline: Line | None = Field(default=None, description="Who wrote it.")
    language: Line | None = Field(
        default=None, description="A code; null: as its words say.", examples=["en"]
    )
    section: Line | None = Field(default=None, description="As its source calls it.")
    tags: Annotated[
        list[Line], Field(max_length=50, default_factory=list, description="They lead it to a section.")
    ]
    image: Line | None = Field(default=None, description="The address of its picture.")

    model_config = wish_like(
        title="Barrier holds",
        text="The storm barrier held on Tuesday night.",
        url="https://news.example.org/7",
        tags=["world"],
    )


class NewArticles(Wish):
    """Articles to take in."""

    source: Line | None = Field(default=None, description="Whose they are: a name of sources.yaml.")
    articles: Annotated[
        list[NewArticle], Field(min_length=1, max_length=MOST_PUSHED, description="Each answered for.")
    ]

    model_config = wish_like(
        source="harbour-wire",
        articles=[
            {"title": "Barrier holds", "text": "The storm barrier held.", "url": "https://news.example.org/7"}
        ],
    )


class TagWish(Wish):
    """Which tags to add and take off."""

    add: Annotated[list[Name], Field(max_length=50, default_factory=list, description="Tags to add.")]
    remove: Annotated[list[Name], Field(max_length=50, default_factory=list, description="To take off.")]

    model_config = wish_like(add=["world"], remove=["sport"])


class PinWish(Wish):
    """Whether a digest must have an article, or must not."""

    kind: Literal["pin", "ban"] = Field(description="Must be in, or must not.")

    model_config = wish_like(kind="pin")
