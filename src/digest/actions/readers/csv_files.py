"""Subscribers as CSV: read what spreadsheets write, and write what spreadsheets do not take for formulas."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from digest.errors import DigestError, NotFound

COLUMNS = ("email", "name", "sections", "zone", "language")
MAX_CSV_BYTES = 200_000_000
MAX_CELL = 1_000_000  #: characters; a longer one is a quotation mark that is never closed
_HEAD_CHARS = 10_000  #: in which the first line must end
_PIECE = 1 << 20
#: What a spreadsheet takes for the beginning of a formula. Source: OWASP, CSV Injection.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    """How a file is written, as far as one can tell from itself."""

    path: Path
    encoding: str  #: utf-8-sig, utf-16 or cp1252
    separator: str  #: ',' or ';' or a tab
    columns: tuple[str, ...]  #: names in small letters, in the file's order; one of them is email


def guess(path: Path) -> CsvFile:
    """Find out how a file is written; reads it whole, a piece at a time.

    Raises:
        NotFound: There is no such file.
        DigestError: It is too long, no text, names no column email, or one of COLUMNS twice.
    """
    encoding = _encoding(path)
    with _opened(path, encoding) as text:
        head = text.readline(_HEAD_CHARS)
    separator = max(",;\t", key=head.count)
    names = [name.strip().lower() for name in next(csv.reader([head], delimiter=separator), [])]
    if "email" not in names:
        raise DigestError(
            "no column 'email'",
            where=f"{path}:1",
            hint=f"the first line names columns of: {', '.join(COLUMNS)}",
        )
    twice = next((name for name in COLUMNS if names.count(name) > 1), None)
    if twice is not None:
        raise DigestError(
            f"two columns '{twice}'",
            where=f"{path}:1",
            hint="nobody can tell which of them counts; take one out, or give it another name",
        )
    return CsvFile(path=path, encoding=encoding, separator=separator, columns=tuple(names))


def rows(file: CsvFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Read the rows under the head, with the line that each ends in; empty lines are passed over.

    Cells are as they were before an export kept spreadsheets from taking them for formulas.

    Raises:
        DigestError: From a line on it is no CSV, often because a quotation mark is never closed.
    """
    csv.field_size_limit(MAX_CELL)  # a setting of the whole process
    with _opened(file.path, file.encoding) as text:
        reader = csv.reader(text, delimiter=file.separator, strict=True)
        begun = 1
        try:
            next(reader, None)
            for cells in reader:
                begun, ended = reader.line_num + 1, reader.line_num
                if cells:
                    named = zip(file.columns, cells, strict=False)
                    yield ended, {name: unguarded(cell) for name, cell in named}
        except csv.Error as error:
            raise DigestError(
                f"not CSV: {error}",
                where=f"{file.path}:{begun}",
                hint="nobody was taken in; mend the line, often a quotation mark that is never closed",
            ) from error


def guarded(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: an apostrophe goes before it."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULAS) else cell


def unguarded(cell: str) -> str:
    """Take back what `guarded` does."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULAS) else cell


def line_of(cells: Iterable[str]) -> str:
    """Write a line of CSV with CRLF at its end (RFC 4180), safe in spreadsheets."""
    lines: list[str] = []
    csv.writer(_Lines(lines)).writerow([guarded(cell) for cell in cells])
    return lines[0]


@dataclass(frozen=True)
class _Lines:
    """What a writer writes into."""

    lines: list[str]

    def write(self, line: str) -> None:
        self.lines.append(line)


def _encoding(path: Path) -> str:
    """Tell UTF-8 and UTF-16 with a mark from Windows-1252, which is what else spreadsheets write."""
    try:
        if path.stat().st_size > MAX_CSV_BYTES:
            raise DigestError(f"over {MAX_CSV_BYTES:,} bytes", where=str(path), hint="split the file")
        with path.open("rb") as file:
            is_wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
            if _reads(path, encoding):
                return encoding
    except FileNotFoundError as error:
        raise NotFound("no such file", where=str(path), hint="check the path") from error
    except OSError as error:
        raise DigestError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            hint="name a CSV file that this user may read",
        ) from error
    raise DigestError(
        "no text in UTF-8, in UTF-16 with its mark, or in Windows-1252",
        where=str(path),
        hint="save it as CSV in UTF-8",
    )


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if "\0" in decoder.decode(piece):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    try:
        with path.open(encoding=encoding, newline="") as text:
            yield text
    except UnicodeDecodeError as error:
        raise DigestError("no text", where=str(path), hint="save it as CSV in UTF-8") from error
