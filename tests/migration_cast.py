"""What a comparison of the database with the tables that the program declares leaves out."""

from __future__ import annotations

from collections.abc import Mapping


def is_a_table_of_ours(name: str | None, kind: str, _parents: Mapping[str, str | None]) -> bool:
    """Leave out the words of articles: each database has a kind of table of its own for them."""
    return kind != "table" or not str(name).startswith("article_words")
