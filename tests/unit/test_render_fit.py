"""Fitting: what is shortened first, and that nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Edition, Image
from digest.render.fit import Fitted, fit
from golden.cases import load_edition, read_case


def sized(edition: Edition) -> int:
    """Weigh an edition: a sentence weighs 10, a picture 5, an item 20."""
    return sum(20 + 10 * len(item.summary.sentences) + (5 if item.image else 0) for item in edition.items)


def estuary() -> Edition:
    facts: dict[str, Any] = read_case("estuary")
    return load_edition(facts["edition"])


def fitted(limit: int) -> Fitted[Edition]:
    return fit(estuary(), make=lambda edition: edition, measure=sized, limit=limit)


def test_what_fits_is_left_alone() -> None:
    """Most mornings nothing must be cut."""
    done = fitted(10_000)
    assert (done.edition, done.notes, done.left_out) == (estuary(), (), ())


def test_shortening_begins_with_the_briefs() -> None:
    """The reader misses the second sentence of the last brief least."""
    full = sized(estuary())
    done = fitted(full - 5)
    assert done.notes == ("last sentences of briefs left out",)
    briefs = done.edition.sections[1].items[3:]
    assert [len(item.summary.sentences) for item in briefs] == [1, 1]
    assert done.edition.sections[1].items[:3] == estuary().sections[1].items[:3]


def test_then_whole_stories_go_from_the_largest_sections() -> None:
    """Left out is not lost: the reader is told how many, the editor which."""
    done = fitted(400)
    assert done.size <= 400
    assert set(done.left_out) & {item.article_id for item in done.edition.items} == set()
    assert len(done.left_out) + len(done.edition.items) == 18
    assert done.edition.left_over == 9 + len(done.left_out)
    assert done.left_out[0] == 205, "the last of the last of the largest sections"


def test_the_last_story_always_stays() -> None:
    """An empty mail is worse than a long one."""
    done = fitted(1)
    assert len(done.edition.items) == 1
    assert all(section.items for section in done.edition.sections)


@given(st.integers(min_value=1, max_value=900))
def test_fitting_loses_no_story_without_counting_it(limit: int) -> None:
    """kept + left out is what was there, whatever the limit."""
    done = fitted(limit)
    kept = [item.article_id for item in done.edition.items]
    assert sorted(kept + list(done.left_out)) == sorted(item.article_id for item in estuary().items)
    assert done.size <= limit or len(kept) == 1


def test_pictures_of_briefs_go_second() -> None:
    """A brief with a picture weighs as much as a story."""
    edition = estuary()
    section = edition.sections[0]
    pictured = replace(section.items[4], image=Image(url="media:x", alt="x"))
    edition = replace(edition, sections=(replace(section, items=(*section.items[:4], pictured)),))
    done = fit(edition, make=lambda made: made, measure=sized, limit=sized(edition) - 4)

    assert done.notes == ("pictures of briefs left out",)
    assert done.edition.sections[0].items[4].image is None
