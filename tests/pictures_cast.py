"""Articles with pictures, for tests of what stands beside an item."""

from __future__ import annotations

from datetime import timedelta

from digest.actions.content.articles import mark
from digest.model import ArticleContent, Image, Tag, TagOrigin
from newsroom import DUE, Newsroom

PORT = Image(url="https://news.example.org/port.jpg", alt="")
CRANE = Image(url="https://news.example.org/crane.jpg", alt="A yellow crane")
TEXTS = (
    "Cranes lowered the last wall on Tuesday. Ships of three hundred metres may berth from May.",
    "A jury of engineers praised the old bridges. Passengers voted for the view over the glacier.",
)


def pictured(room: Newsroom, *images: Image) -> list[int]:
    """Store articles with these pictures, the newest of all, and return their numbers."""
    titles = ("Harbour opens its new basin", "Mountain railway wins a prize")
    contents = [
        ArticleContent(
            title=titles[at],
            url=f"https://news.example.org/{at}",
            paragraphs=(TEXTS[at],),
            html="<p>A text.</p>",
            published=DUE - timedelta(hours=1, minutes=at),
            tags=(Tag(name="science", origin=TagOrigin.SOURCE),),
            image=image,
        )
        for at, image in enumerate(images)
    ]
    with room.app.store.writing() as tx:
        tx.articles.put(contents, DUE - timedelta(hours=1))
        found = {one.title: one.id for one in tx.articles.list(limit=50)}
    numbers = [found[title] for title in titles[: len(images)]]
    for number in numbers:
        mark(room.app, number, "daily", "pin", by="ada")
    return numbers
