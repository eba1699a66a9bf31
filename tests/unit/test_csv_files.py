"""Lists of subscribers as CSV, in and out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.actions.readers.csv_files import guarded, guess, line_of, rows, unguarded
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


@pytest.mark.parametrize("column", ["email", "name", "sections", "zone", "language"])
def test_a_column_that_comes_twice_is_refused_with_the_line(tmp_path: Path, column: str) -> None:
    """Which of two names counts is nobody's guess, and the last one would win without a word."""
    file = tmp_path / "list.csv"
    head = ",".join(dict.fromkeys(("email", column, "phone", "phone", "")))
    file.write_text(f"{head},, {column.title()} \nada@example.org\n")

    with pytest.raises(DigestError, match=f"two columns '{column}'") as refused:
        guess(file)
    assert str(refused.value.where).endswith("list.csv:1")
    assert "take one out" in str(refused.value.hint)


def test_columns_that_nobody_reads_may_come_twice(tmp_path: Path) -> None:
    """Exports of other programs are full of them."""
    file = tmp_path / "list.csv"
    file.write_text("email,phone,phone,,\nada@example.org,1,2,,\n")
    ((_, row),) = rows(guess(file))
    assert row["email"] == "ada@example.org"


@pytest.mark.parametrize(
    "data",
    [
        "email,name\nada@example.org,Ada\n".encode("utf-16-le"),
        "email,name\nada@example.org,Ada\n".encode("utf-16-be"),
        "email,name\nada@example.org,Ada\n".encode("utf-32"),
        "email,name\nada@example.org,A\0da\n".encode("utf-16"),
        "email,name\nada@example.org,Ada\n".encode("utf-16") + b"x",
        "email\nada@example.org\n".encode("utf-16") + b"\x00\xd8\n\x00",
        b"email,name\nada@example.org,A\0da\n",
    ],
    ids=["no mark", "no mark, big", "utf-32", "nul in utf-16", "half a character", "half a pair", "nul"],
)
def test_what_is_no_text_that_is_read_is_refused_whole(tmp_path: Path, data: bytes) -> None:
    """Half-read names would be mailed for years; the way out is to save the list again."""
    file = tmp_path / "list.csv"
    file.write_bytes(data)

    with pytest.raises(DigestError, match="no text") as refused:
        guess(file)
    assert refused.value.hint == "save it as CSV in UTF-8"


@pytest.mark.parametrize("head", ["", "mail,name"])
def test_a_list_needs_a_column_of_addresses(tmp_path: Path, head: str) -> None:
    """Nothing can be guessed from a list without one."""
    file = tmp_path / "list.csv"
    file.write_text(f"{head}\nada@example.org\n")

    with pytest.raises(DigestError, match="no column"):
        guess(file)
