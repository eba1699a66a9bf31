"""Import subscribers from a CSV file: look at it first, then take it in; a bad line costs itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from digest.actions.app import App
from digest.actions.readers.csv_files import CsvFile, guess, rows
from digest.actions.readers.noting_people import note
from digest.actions.readers.people import MAX_NAME, read_sections
from digest.errors import DigestError
from digest.markup import clean_line
from digest.settings import DigestSettings
from digest.store import Enrolled, Enrolment, NewSubscriber
from digest.timetable import read_zone

BATCH = 1_000  #: lines that are taken in whole or not at all
SHOWN = 5  #: lines that a look shows
MAX_REFUSED = 10_000  #: refused lines that are told one by one
_OTHERS = ("name", "sections", "zone", "language")
_TAKEN = ("new", "updated")

Refusal = tuple[int, str, str]  #: line of the file, address as written, reason


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What came of an import, or of a part of one."""

    new: int = 0
    updated: int = 0
    wrong: int = 0  #: lines that were refused
    refused: tuple[Refusal, ...] = ()  #: the first MAX_REFUSED of them, by line
    line: int = 1  #: the last line of the file that was looked at; the head is 1

    def __add__(self, other: Imported) -> Imported:
        return Imported(
            new=self.new + other.new,
            updated=self.updated + other.updated,
            wrong=self.wrong + other.wrong,
            refused=(self.refused + other.refused)[:MAX_REFUSED],
            line=other.line,
        )


@dataclass(frozen=True, kw_only=True)
class Look:
    """What an import would do."""

    file: CsvFile
    lines: int  #: under the head, without empty ones
    last_line: int  #: of the file
    first: tuple[Mapping[str, str], ...]  #: the first lines, by column
    counts: Imported  #: what would come of it


@dataclass(frozen=True, kw_only=True)
class _Line:
    number: int  #: 1 is the head of the file
    enrolment: Enrolment


def look(app: App, path: Path, digest_key: str) -> Look:
    """Read a file whole and say what an import of it would do. Changes nothing.

    Raises:
        NotFound: The file or digest is not there.
        DigestError: The file is no CSV with an email column.
    """
    digest, file = app.digest(digest_key), guess(path)
    counts, lines = Imported(), 0
    first: list[Mapping[str, str]] = []
    left = rows(file)
    while batch := list(islice(left, BATCH)):
        first += [row for _, row in batch[: SHOWN - len(first)]]
        lines += len(batch)
        good, bad = _read(batch, digest, "")
        with app.store.reading() as tx:
            results = tx.people.foresee([one.enrolment for one in good], digest.key)
        counts += _counted(good, results, bad, batch[-1][0])
    return Look(file=file, lines=lines, last_line=counts.line, first=tuple(first), counts=counts)


def batches(app: App, file: CsvFile, digest_key: str, *, consent: str, after: int = 1) -> Iterator[Imported]:
    """Take in the lines of a file, so many at once, whole or not at all; taken in again they change nothing.

    Args:
        app: The installation.
        file: As `guess` found it; without faults that `look` would find.
        digest_key: The digest they subscribe to.
        consent: Where their consent came from; goes on record.
        after: The last line that was taken in before; 1 begins under the head.

    Returns:
        What came of at most BATCH lines each; they are taken in as it is asked for.
    """
    digest = app.digest(digest_key)
    left = (row for row in rows(file) if row[0] > after)
    while batch := list(islice(left, BATCH)):
        yield _take(app, digest, batch, consent)


def import_csv(
    app: App,
    path: Path,
    digest_key: str,
    *,
    consent: str,
    by: str,
    beat: Callable[[int, int], None] | None = None,
) -> Imported:
    """Import people from a CSV file with a head line; a bad line costs itself.

    A file with a fault that costs all of it is found out before anybody is taken in. Each thousand lines
    are taken in whole or not at all, and taking them in again changes nothing more.

    Args:
        app: The installation.
        path: As `guess` reads it; columns of COLUMNS, of which only email is required; others are
            passed over. Sections are keys or titles joined by ';' or '|', empty for all.
        digest_key: The digest they subscribe to.
        consent: Where their consent came from; goes on record.
        by: Who imports them.
        beat: Told after each thousand lines how many of how many are done.

    Raises:
        NotFound: The file or digest is not there.
        DigestError: The file is no CSV with an email column.
    """
    app.digest(digest_key)
    file = guess(path)
    lines, total = sum(1 for _ in rows(file)), Imported()
    for part in batches(app, file, digest_key, consent=consent):
        total += part
        if beat is not None:
            beat(total.new + total.updated + total.wrong, lines)
    note_import(app, digest_key, total, by=by)
    return total


def note_import(app: App, digest_key: str, total: Imported, *, by: str) -> None:
    """Put an import on record."""
    text = f"imported {total.new} new and {total.updated} known readers, refused {total.wrong} lines"
    with app.store.writing() as tx:
        note(tx, "import", text, by=by, at=app.clock(), digest=digest_key)


def _take(
    app: App, digest: DigestSettings, batch: list[tuple[int, Mapping[str, str]]], consent: str
) -> Imported:
    good, bad = _read(batch, digest, consent)
    with app.store.writing() as tx:
        results = tx.people.enrol([one.enrolment for one in good], digest.key, at=app.clock())
    return _counted(good, results, bad, batch[-1][0])


def _counted(lines: Iterable[_Line], results: Iterable[Enrolled], bad: list[Refusal], last: int) -> Imported:
    pairs = list(zip(lines, results, strict=True))
    counts = Counter(one.outcome for _, one in pairs)
    refused = bad + [
        (line.number, clean_line(one.email, 80), _reason(one))
        for line, one in pairs
        if one.outcome not in _TAKEN
    ]
    return Imported(
        new=counts["new"],
        updated=counts["updated"],
        wrong=len(refused),
        refused=tuple(sorted(refused)),
        line=last,
    )


def _reason(one: Enrolled) -> str:
    return one.outcome if one.detail is None else f"{one.outcome}: {one.detail}"


def _read(
    batch: Iterable[tuple[int, Mapping[str, str]]], digest: DigestSettings, consent: str
) -> tuple[list[_Line], list[Refusal]]:
    """Read lines; those that cannot be read are told with the reason."""
    good, bad = [], []
    for number, row in batch:
        try:
            good.append(_Line(number=number, enrolment=_enrolment(row, digest, consent)))
        except DigestError as error:
            bad.append((number, clean_line(row.get("email", ""), 80), error.message))
    return good, bad


def _enrolment(row: Mapping[str, str], digest: DigestSettings, consent: str) -> Enrolment:
    cells = {name: clean_line(row.get(name, ""), MAX_NAME) or None for name in _OTHERS}
    return Enrolment(
        new=NewSubscriber(
            email=row.get("email", "").strip(),
            name=cells["name"],
            language=cells["language"],
            zone=read_zone(cells["zone"]),
        ),
        consent=consent,
        sections=read_sections(digest, cells["sections"] or ""),
    )
