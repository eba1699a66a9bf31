"""Editors bring articles together and keep them apart, and it stays so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Ran

Digest = Callable[..., Ran]

QUAKE = (
    "A magnitude 6.1 quake shook the hill country of Ilmarra before dawn on Thursday. Fourteen people were "
    "hurt in Tessaly, the civil guard said, when chimneys fell into the lanes. The road to Ober Quell is "
    "closed, and trains stand still between Tessaly and the coast. Schools stay shut until Monday."
)
BAKERY = (
    "Six hundred customers have bought the bakery on Ropewalk. Each paid forty crowns for a share and a "
    "loaf a week. The baker, Jonas Wren, retires in May after thirty-one years at the oven."
)


@pytest.fixture
def told(digest: Digest, tmp_path: Path) -> None:
    """Three articles: 1 is the quake, 2 is its copy in another paper, 3 is a bakery."""
    lines = [
        {"title": "Quake shakes Ilmarra", "text": QUAKE, "source": "wire", "url": "https://wire.example/q"},
        {"title": "Ilmarra: 14 hurt", "text": QUAKE, "source": "post", "url": "https://post.example/14"},
        {"title": "A bakery is bought", "text": BAKERY, "source": "wire", "url": "https://wire.example/b"},
    ]
    file = tmp_path / "told.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert digest("ingest", file).code == 0


def stories(digest: Digest) -> dict[int, tuple[int, int | None]]:
    """Return story and original by article, as the list tells them."""
    listed = digest("articles", "list", "--json").data
    return {one["id"]: (one["story"], one["copy_of"]) for one in listed}


@pytest.mark.usefixtures("told")
def test_a_split_holds_in_every_listing_and_is_on_record(digest: Digest) -> None:
    """A bad merge costs one command, once."""
    assert stories(digest) == {1: (1, None), 2: (1, 1), 3: (3, None)}
    assert digest("stories", "split", 2, "--json").data == {"article": 2, "apart": [1]}

    assert stories(digest) == {1: (1, None), 2: (2, None), 3: (3, None)}
    assert digest("stories", "list", "--json").data == []
    (wish,) = digest("stories", "show", 1, "--json").data["wishes"]
    assert (wish["pair"], wish["kind"]) == ([1, 2], "apart")
    (line,) = digest("schedule", "history", "--json").data
    assert (line["event"], line["note"]) == ("stories", "apart: 2 from 1")


@pytest.mark.usefixtures("told")
def test_a_merge_holds_and_is_taken_back(digest: Digest) -> None:
    """What has no word in common may still be one story to an editor."""
    digest("stories", "merge", 3, 1)

    found = digest("stories", "show", 3, "--json").data
    assert sorted(found["members"]) == [1, 2, 3]
    assert digest("stories", "forget", 3, "--json").data == {"article": 3, "forgotten": 1}
    assert stories(digest)[3] == (3, None)


@pytest.mark.usefixtures("told")
def test_a_merge_of_what_is_kept_apart_is_refused_with_the_way_out(digest: Digest) -> None:
    """Two editors who disagree must hear of each other, also across a third article."""
    digest("stories", "split", 2, "--from", 1)
    digest("stories", "merge", 1, 3)

    refused = digest("stories", "merge", 3, 2)
    assert refused.code == 1
    assert "articles 1 and 2 are kept apart" in refused.err
    assert "digest stories forget 2" in refused.err
    assert sorted(digest("stories", "show", 3, "--json").data["members"]) == [1, 3]


@pytest.mark.usefixtures("told")
def test_a_split_undoes_a_merge_and_names_the_bridge_it_cannot(digest: Digest) -> None:
    """Merging by mistake is mended by the command that comes to mind."""
    digest("stories", "merge", 1, 3)
    assert digest("stories", "split", 3, "--from", 1).code == 0
    assert stories(digest)[3] == (3, None)
    digest("stories", "forget", 3)
    digest("stories", "merge", 1, 2, 3)

    refused = digest("stories", "split", 3, "--from", 2)
    assert refused.code == 1
    assert "editors brought 3 and 2 together through other articles" in refused.err


@pytest.mark.usefixtures("told")
def test_what_is_alone_or_unknown_is_said(digest: Digest) -> None:
    """A typing error must not look like a deed."""
    assert "article 3 stands alone" in digest("stories", "split", 3).err
    assert "no article 99" in digest("stories", "merge", 1, 99).err
    assert "a merge needs two articles" in digest("stories", "merge", 1, 1).err
    assert "no article 99" in digest("stories", "show", 99).err


@pytest.mark.usefixtures("told")
def test_an_edition_follows_editors_and_says_so(digest: Digest) -> None:
    """The mail is where a split matters."""
    digest("stories", "split", 2)
    built = digest("build", "daily", "--json").data
    held = [item["article"] for section in built["sections"] for item in section["items"]]

    assert {1, 2} <= set(held)
    assert (
        "keeps it apart from article 1."
        in digest("editions", "why", built["edition"], 2, "--json").data["text"]
    )
