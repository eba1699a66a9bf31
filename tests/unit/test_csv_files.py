"""Lists of subscribers as CSV, in and out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.actions.csv_files import guarded, guess, line_of, rows, unguarded
from digest.errors import DigestError

CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)


@given(CELLS)
def test_a_guarded_cell_is_no_formula_and_comes_back(cell: str) -> None:
    """OWASP names the six signs that make a spreadsheet compute what a stranger wrote as their name."""
    out = guarded(cell)

    assert not out.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(out) == cell


@given(st.text(alphabet="'=+-@a\t\r", max_size=6))
def test_apostrophes_of_a_name_itself_stay(cell: str) -> None:
    """A name such as '=x must neither lose nor win one on the way."""
    assert unguarded(guarded(cell)) == cell


@given(st.lists(CELLS, min_size=2, max_size=5))
def test_a_line_reads_as_what_was_written(cells: list[str]) -> None:
    """Commas, quotation marks and line ends belong to the cell."""
    (back,) = csv.reader(io.StringIO(line_of(cells), newline=""))

    assert [unguarded(cell) for cell in back] == cells


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, separator: str, encoding: str) -> None:
    """Where a list was made decides its signs; nobody should have to know."""
    file = tmp_path / "list.csv"
    file.write_bytes(f"Email{separator}Name\r\nada@example.org{separator}Zoë\r\n\r\n".encode(encoding))

    assert list(rows(guess(file))) == [(2, {"email": "ada@example.org", "name": "Zoë"})]


def test_a_cell_may_hold_line_ends_and_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    """The number that an error names is that of the file, not of the row."""
    file = tmp_path / "list.csv"
    file.write_text('email,name\n"ada@example.org","Ada\nVenn"\nsam@example.org,Sam\n')

    assert [number for number, _ in rows(guess(file))] == [3, 4]


def test_a_quotation_mark_that_is_never_closed_is_found_where_it_opens(tmp_path: Path) -> None:
    """The end of the file is where it shows, and the last place to look."""
    file = tmp_path / "list.csv"
    file.write_text('email\nada@example.org\n"sam@example.org\neve@example.org\n')

    with pytest.raises(DigestError) as refused:
        list(rows(guess(file)))
    assert str(refused.value.where).endswith("list.csv:3")


@pytest.mark.parametrize("head", ["", "mail,name", "email,Email"])
def test_a_list_needs_one_column_of_addresses(tmp_path: Path, head: str) -> None:
    """Nothing can be guessed from a list without one, and not which of two counts."""
    file = tmp_path / "list.csv"
    file.write_text(f"{head}\nada@example.org\n")

    with pytest.raises(DigestError, match="column"):
        guess(file)
