"""Import subscribers from a CSV file; a bad line costs itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from digest.actions.app import App
from digest.actions.people import MAX_NAME, read_sections, read_zone
from digest.errors import DigestError, NotFound
from digest.markup import clean_line
from digest.settings import DigestSettings
from digest.store import Enrolled, Enrolment, NewSubscriber

COLUMNS = ("email", "name", "sections", "zone", "language")
MAX_CSV_BYTES = 50_000_000


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What came of an import."""

    new: int
    updated: int
    refused: tuple[tuple[int, str, str], ...]  #: line of the file, address as written, reason


@dataclass(frozen=True, kw_only=True)
class _Line:
    number: int  #: 1 is the head of the file
    enrolment: Enrolment


def import_csv(app: App, path: Path, digest_key: str, *, consent: str) -> Imported:
    """Import people from a CSV file with a head line; a bad line costs itself.

    Args:
        app: The installation.
        path: UTF-8, separated by comma, semicolon or tab; columns of COLUMNS, of which only
            email is required. Sections are keys or titles joined by ';' or '|', empty for all.
        digest_key: The digest they subscribe to.
        consent: Where their consent came from; goes on record.

    Raises:
        NotFound: The file or digest is not there.
        DigestError: The file is no CSV with an email column.
    """
    digest = app.digest(digest_key)
    refused: list[tuple[int, str, str]] = []
    lines = list(_lines(path, digest, consent, refused))
    with app.store.writing() as tx:
        results = tx.people.enrol([line.enrolment for line in lines], digest.key, at=app.clock())
    pairs = list(zip(lines, results, strict=True))
    refused += [
        (line.number, clean_line(one.email, 80), _reason(one))
        for line, one in pairs
        if one.outcome not in _TAKEN
    ]
    return Imported(
        new=sum(1 for one in results if one.outcome == "new"),
        updated=sum(1 for one in results if one.outcome == "updated"),
        refused=tuple(sorted(refused)),
    )


_TAKEN = ("new", "updated")


def _reason(one: Enrolled) -> str:
    return one.outcome if one.detail is None else f"{one.outcome}: {one.detail}"


def _lines(
    path: Path, digest: DigestSettings, consent: str, refused: list[tuple[int, str, str]]
) -> Iterator[_Line]:
    text = _read(path)
    sample = text.split("\n", 1)[0]
    separator = max(",;\t", key=sample.count)
    # Else one monstrous field would cost the file and not its line. A setting of the whole process.
    csv.field_size_limit(MAX_CSV_BYTES)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey="", strict=True)
    try:
        reader.fieldnames = _columns(reader.fieldnames or (), path)
        for row in reader:
            try:
                yield _Line(number=reader.line_num, enrolment=_enrolment(row, digest, consent))
            except DigestError as error:
                refused.append((reader.line_num, clean_line(row["email"] or "", 80), error.message))
    except csv.Error as error:
        raise DigestError(
            f"not CSV: {error}",
            where=f"{path}:{max(reader.line_num, 1)}",
            hint="nobody was imported; mend the line, often a quotation mark that is never closed",
        ) from error


def _columns(head: Iterable[str], path: Path) -> list[str]:
    """Read the names of the columns, in any case of letters; one of them is email, and no two are."""
    columns = [name.strip().lower() for name in head]
    if columns.count("email") == 1:
        return columns
    raise DigestError(
        "two columns 'email'" if "email" in columns else "no column 'email'",
        where=f"{path}:1",
        hint=f"the first line names columns of: {', '.join(COLUMNS)}",
    )


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_CSV_BYTES:
            raise DigestError(f"over {MAX_CSV_BYTES:,} bytes", where=str(path), hint="split the file")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound("no such file", where=str(path), hint="check the path") from error
    except UnicodeDecodeError as error:
        raise DigestError("no UTF-8 text", where=str(path), hint="save it as CSV in UTF-8") from error
    except OSError as error:
        raise DigestError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            hint="name a CSV file that this user may read",
        ) from error


def _enrolment(row: Mapping[str, str | None], digest: DigestSettings, consent: str) -> Enrolment:
    cells = {name: clean_line(row.get(name) or "", MAX_NAME) or None for name in COLUMNS if name != "email"}
    return Enrolment(
        new=NewSubscriber(
            email=(row["email"] or "").strip(),
            name=cells["name"],
            language=cells["language"],
            zone=read_zone(cells["zone"]),
        ),
        consent=consent,
        sections=read_sections(digest, cells["sections"] or ""),
    )
