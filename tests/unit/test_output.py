"""What programs read from standard output."""

from __future__ import annotations

import pytest

from digest.cli.output import print_json, print_json_rows


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
