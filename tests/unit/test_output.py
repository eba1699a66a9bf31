"""What programs read from standard output."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from digest.cli.output import print_json, print_json_rows, show_error
from digest.errors import Fault, SettingsError


@pytest.mark.parametrize(
    "rows", [[], [{"email": "sam@example.org", "reason": None}], [{"a": "Ä\n"}, {"b": [1, {"c": 2}]}, {}]]
)
def test_a_list_written_row_by_row_reads_like_one_written_at_once(
    rows: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads the books must not care how many recipients there are."""
    fields = {"edition": 1, "balance": True}
    print_json({**fields, "recipients": rows})
    at_once = capsys.readouterr().out
    print_json_rows(fields, "recipients", iter(rows))

    assert capsys.readouterr().out == at_once


@pytest.mark.parametrize("rest", [{}, {"sums": {"items": 3, "of": {}}}, {"a": 1, "b": []}])
def test_what_comes_after_the_rows_is_asked_for_when_they_are_written(
    rest: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    """Sums are known at the end."""
    print_json({"edition": 1, "rows": [{"n": 1}], **rest})
    at_once = capsys.readouterr().out
    written: list[int] = []

    def rows() -> Iterator[object]:
        written.append(1)
        yield {"n": 1}

    def after() -> dict[str, object]:
        assert written
        return rest

    print_json_rows({"edition": 1}, "rows", rows(), after)

    assert capsys.readouterr().out == at_once


def test_a_key_that_is_missing_in_a_thousand_places_does_not_flood_the_screen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The first twenty say what is wrong; those who want them all are told where."""
    faults = [
        Fault(file="sources.yaml", line=line, key="title", expected="text", found="nothing")
        for line in range(1, 1_001)
    ]

    show_error(SettingsError(faults), as_json=False)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 21
    assert "sources.yaml:20" in lines[19]
    assert lines[20] == "→ 980 more; `digest check` lists them all"
