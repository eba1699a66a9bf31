"""What a comparison of the database with the tables that the program declares leaves out."""

from __future__ import annotations

from collections.abc import Mapping


def is_a_table_of_ours(name: str | None, _kind: str, _parents: Mapping[str, str | None]) -> bool:
    """Leave out what each database has in its own way: words of articles, a server's index of bytes."""
    return not str(name).startswith(("article_words", "ix_subscribers_address_bytes"))
