"""Reports about mail that is on the books, for tests of the ways that they come in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commands import SYSTEM, furnish
from digest.actions.app import App
from digest.bootstrap import open_app
from digest.deliver import bounce_address
from digest.model import EditionState, SubscriptionState
from digest.store import NewSubscriber
from store_cast import NOW, add_edition

REPORTS = Path(__file__).parent / "fixtures" / "reports"
DOMAIN = "bounces.news.example.org"
WRITTEN = f"b+7-aaaqeayeaudaocajbifqydiob4-mc2itxr74fdzp527y3gg@{DOMAIN}"
FORGED = WRITTEN.replace("b+7", "b+8")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who was mailed two editions."""

    id: int
    email: str
    addresses: tuple[str, str]  #: envelope senders, by edition


def furnish_home(root: Path, ways: str = "{}") -> Path:
    """Make a home whose reports come in as written."""
    furnish(root)
    text = SYSTEM.format(port=9) + f"delivery: {{bounce_domain: {DOMAIN}, bounces: {ways}}}\n"
    (root / "config" / "digest.yaml").write_text(text, encoding="utf-8")
    return root


@contextmanager
def opened(root: Path) -> Iterator[App]:
    """Open a home on a morning that stands still."""
    with open_app(root, clock=lambda: NOW) as app:
        yield app


def add_reader(app: App, name: str = "sam", *, email: str = "{name}+{number}@readers.example.org") -> Reader:
    """Put somebody on the books who was mailed two editions; reports are about mailboxes of sam and jörg."""
    with app.store.writing() as tx:
        number = len(tx.editions.list(limit=10_000)) // 2 + 1
        email = email.format(name=name, number=number)
        person = tx.people.put(NewSubscriber(email=email), at=NOW)
        digest = f"daily{number}"
        tx.people.subscribe(person.id, digest, state=SubscriptionState.CONFIRMED, at=NOW, consent="form")
        editions = []
        for day in (1, 2):
            edition = add_edition(tx, state=EditionState.SENDING, number=day, day=day, digest=digest)
            tx.deliveries.freeze(edition)
            editions.append(edition)
        uid = person.uid
    first, second = (bounce_address(app.keyring, edition, uid, DOMAIN) for edition in editions)
    return Reader(id=person.id, email=email, addresses=(first, second))


def report(name: str, address: str, said: str = "report") -> bytes:
    """Return a report about the mail of an envelope sender; `said` makes it another report."""
    text = (REPORTS / f"{name}.eml").read_bytes()
    text = text.replace(WRITTEN.encode(), address.encode())
    text = text.replace(FORGED.encode(), re.sub(r"^b\+(\w)", r"b+9\1", address).encode())
    return text.replace(b"Message-ID: <", f"Message-ID: <{said}.".encode())


def recipient_of(message: bytes) -> str:
    """Return whom the server had in the envelope, by what it wrote down."""
    for name in (b"Delivered-To", b"X-Original-To", b"To"):
        found = re.search(rb"^%s: <?([^>\s]+)" % name, message, re.MULTILINE)
        if found:
            return found[1].decode()
    raise AssertionError(message)


def consequences(app: App, reader: Reader) -> tuple[list[tuple[str, str | None]], list[str], list[str]]:
    """Return a reader's reports, reasons not to be mailed, and states of subscriptions."""
    with app.store.reading() as tx:
        found = [one for one in tx.bounces.list(limit=1_000) if one.subscriber.id == reader.id]
        barred = [one.reason for one in tx.people.suppressions() if one.email == reader.email]
        states = [one.state.value for one in tx.people.subscriptions(reader.id)]
    return [(one.kind.value, one.status) for one in reversed(found)], barred, states
