"""One line of the table of quality: what was measured, and what it is held against."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Row:
    """A figure beside its floor and its goal."""

    what: str
    measured: float
    floor: float | None = None  #: None: nothing is asked of it, it explains another row
    goal: float | None = None
    least: bool = True  #: False: smaller is better
    digits: int = 3

    @property
    def verdict(self) -> str:
        """`goal`, `floor` or `MISSED`; '' where nothing is asked."""
        if self.goal is not None and self._holds(self.goal):
            return "goal"
        if self.floor is None:
            return "" if self.goal is None else "MISSED"
        return "floor" if self._holds(self.floor) else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """Return the row as texts: what, measured, floor, goal, verdict."""
        bars = ("" if bar is None else f"{bar:.{self.digits}f}" for bar in (self.floor, self.goal))
        return self.what, f"{self.measured:.{self.digits}f}", *bars, self.verdict

    def _holds(self, bar: float) -> bool:
        shown = round(self.measured, self.digits)
        return shown >= bar if self.least else shown <= bar


def own_articles(own: Path) -> list[dict[str, Any]]:
    """Read our own articles with people's summaries, named as in the public set of summaries."""
    return [{**record, "article": record["text"]} for record in records(own / "articles.jsonl")]


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Read JSON Lines, packed (.gz) or plain."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return (json.loads(line) for line in text.split("\n") if line)
