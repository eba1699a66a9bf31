"""Take in reports of mail that came back, and mail no more whom they rule out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from digest.actions.app import App
from digest.actions.mailing.refusals import COMES_BACK, give_up, name_report
from digest.actions.mailing.returned import About, find_mail
from digest.deliver.reports.bounces import MAX_REPORT_BYTES, Report, read_report
from digest.errors import NotFound
from digest.model import Bounce, BounceKind, Subscriber
from digest.store import NewBounce, Transaction

#: A letter beyond ASCII in an address, of those that there are; source: RFC 6533, section 3.
_BY_NUMBER = re.compile(r"\\x\{((?:10|0?[0-9A-F])?[0-9A-F]{2,4})\}", re.IGNORECASE)
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


class Consequence(StrEnum):
    """What a report led to."""

    NOTED = "noted"  #: on record; nothing else changes
    SUPPRESSED = "suppressed"  #: the address is mailed no more
    ENDED = "ended"  #: a complaint: the subscription is over and the address mailed no more
    KNOWN = "known"  #: taken in before
    IGNORED = "ignored"  #: an automatic answer, or no report that can be read
    STRANGER = "stranger"  #: its addresses name no mail of ours
    UNREADABLE = "unreadable"  #: the file cannot be read


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of one message."""

    file: str  #: where it lies, such as a path or 'INBOX/17'; else the address that it came in at
    outcome: Consequence
    kind: BounceKind | None = None  #: None when the file could not be read
    status: str | None = None
    email: str | None = None  #: whom it is about, once that is verified
    edition: int | None = None


def take(app: App, paths: Iterable[Path]) -> Iterator[Taken]:
    """Take in reports from files, folders of `.eml` files, and Maildirs; each counts once.

    A file that cannot be read costs itself. Files stay where they are.

    Raises:
        NotFound: One of the paths is not there; nothing was taken in.
    """
    named = list(paths)
    for path in named:
        if not path.exists():
            raise NotFound("no such file or folder", where=str(path))
    return (_take_file(app, file) for path in named for file in _files(path))


def take_message(app: App, message: bytes, *, file: str, recipient: str | None = None) -> Taken:
    """Take in one message; what it leads to is committed when this returns. Answers nobody.

    Args:
        app: The installation.
        message: As it came in; the first `MAX_REPORT_BYTES` count.
        file: Where it lies, to be told with what became of it.
        recipient: Of its envelope, which tells best whom a report is about; None when nobody knows.

    Raises:
        StoreError: The database cannot be written; nothing was taken in.
    """
    report = read_report(message)
    if report.kind in {BounceKind.REPLY, BounceKind.UNKNOWN}:
        return Taken(file=file, outcome=Consequence.IGNORED, kind=report.kind)
    if recipient is not None:
        report = replace(report, addresses=(recipient, *report.addresses))
    with app.store.writing() as tx:
        return _take_report(app, tx, report, file)


def recent(app: App, limit: int) -> tuple[Bounce, ...]:
    """List the newest reports that were taken in, at most so many."""
    with app.store.reading() as tx:
        return tx.bounces.list(limit=limit)


def _files(path: Path) -> list[Path]:
    """Name the messages at a path in the order of their names."""
    if not path.is_dir():
        return [path]
    boxes = [path / name for name in ("cur", "new")]
    if all(box.is_dir() for box in boxes):
        found = [file for box in boxes for file in box.iterdir() if not file.name.startswith(".")]
    else:
        found = list(path.glob("*.eml"))
    return sorted(file for file in found if file.is_file())


def _take_file(app: App, file: Path) -> Taken:
    try:
        with file.open("rb") as opened:
            message = opened.read(MAX_REPORT_BYTES)
    except OSError:
        return Taken(file=str(file), outcome=Consequence.UNREADABLE)
    return take_message(app, message, file=str(file))


def _take_report(app: App, tx: Transaction, report: Report, file: str) -> Taken:
    """Write a report down and draw the consequences, all or nothing."""
    about = find_mail(app, tx, report)
    if about is None:
        return Taken(file=file, outcome=Consequence.STRANGER, kind=report.kind, status=report.status)
    report = report.seen_by(lambda written: _is_theirs(written, about.person))
    if report.kind is BounceKind.UNKNOWN:  # it got through to them
        return Taken(file=file, outcome=Consequence.IGNORED, kind=report.kind)
    new = NewBounce(
        subscriber_id=about.person.id,
        edition_id=about.edition_id,
        kind=report.kind,
        status=report.status,
        digest=name_report(about.name, about.person.id, report.name),
    )
    outcome = _draw(app, tx, new, about) if tx.bounces.add(new, at=app.clock()) else Consequence.KNOWN
    return Taken(
        file=file,
        outcome=outcome,
        kind=report.kind,
        status=report.status,
        email=about.person.email,
        edition=about.edition_id,
    )


def _is_theirs(written: str, person: Subscriber) -> bool:
    """Tell whether an address is of their name, be it elsewhere: sam+news@x.example is sam@mail.x.example."""
    theirs, told = _name(person.email), _name(written)
    if _is_gmail(written) or _is_gmail(person.email):
        theirs, told = theirs.replace(".", ""), told.replace(".", "")  # it knows none in names
    return theirs == told != ""


def _name(address: str) -> str:
    """Return the name in an address, or a name alone, however a server writes it.

    Source: RFC 6533, section 3; RFC 5321, section 4.1.2.
    """
    plain = _BY_NUMBER.sub(lambda found: chr(int(found[1], 16)), address).casefold()
    name, _, domain = plain.rpartition("@")
    return (name or domain).strip('"').partition("+")[0]


def _is_gmail(address: str) -> bool:
    return address.rpartition("@")[2].casefold() in _GMAIL


def _draw(app: App, tx: Transaction, new: NewBounce, about: About) -> Consequence:
    """Suppress after enough editions came back for good; end a subscription on a complaint."""
    at, person = app.clock(), about.person
    if new.kind is BounceKind.COMPLAINT:
        tx.people.end(person.id, about.digest, at=at, reason="complaint")
        barred = tx.people.suppression(person.email)
        # Those whose mail came back can be mailed again by `suppress lift`; whoever complained must not be.
        if barred is None or barred.reason.startswith(COMES_BACK):
            tx.people.suppress(person.email, "complaint", at=at)
        return Consequence.ENDED
    is_gone = new.kind is BounceKind.HARD and give_up(
        tx, person, new.status, after=app.system.delivery.hard_bounces, at=at
    )
    return Consequence.SUPPRESSED if is_gone else Consequence.NOTED
