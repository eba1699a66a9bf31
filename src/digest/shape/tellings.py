"""Which articles the readers of an edition will have had: those in it, and all that tell the same stories."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from digest.model import Edition
from digest.shape.arranging import Merge, Split, Take
from digest.shape.deeds import Deed


def tellings(told: Mapping[int, int], deed: Deed, after: Edition, story: Collection[int]) -> dict[int, int]:
    """Return the articles that tell an edition's stories, each with its item, after a deed.

    Args:
        told: The same before it.
        deed: What was done.
        after: The edition after it.
        story: For an article that was taken in or merged: every telling of its story.
    """
    inside = {item.article_id for item in after.items}
    left = dict(told)
    if isinstance(deed, Merge):
        left = {article: deed.article if item == deed.other else item for article, item in told.items()}
    if isinstance(deed, Split):
        left = {one: item for one, item in told.items() if item != deed.article or one not in deed.others}
    left = {article: item for article, item in left.items() if item in inside}
    if isinstance(deed, Take):
        new = item = deed.item.article_id
    elif isinstance(deed, Merge):
        new, item = deed.other, deed.article
    else:
        return left
    return dict.fromkeys(story, item) | left | {new: item}
