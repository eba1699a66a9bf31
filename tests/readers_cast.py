"""A digest that people sign up to: a home, a relay that takes its mail, and a clock."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from pathlib import Path

from commands import DAILY, SYSTEM, furnish
from digest.actions.app import App
from digest.actions.content.ingest import ingest
from digest.actions.editing.approving import approve
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.making.build import build
from digest.actions.readers.letters import post
from digest.actions.readers.reader_links import path
from digest.actions.readers.signing_up import ask, confirm
from digest.bootstrap import open_app
from digest.model import SubscriptionState, Wish
from digest.store import NewSubscriber
from newsroom import ARTICLES, DUE, Clock
from scripted_relay import ScriptedRelay

SAM, EVE = "sam@readers.example.org", "eve@elsewhere.example.net"
NETWORK = "n1"
SCHEDULE = "schedule: [{at: 07:00}]\n"
_URL = re.compile(r"https://news\.example\.org(/[^\s\"<>]+)")


@dataclass
class House:
    """An open home, its clock, and the relay that takes its mail."""

    app: App
    clock: Clock
    relay: ScriptedRelay

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock.now += timedelta(**span)

    def ask(self, address: str = SAM, network: str = NETWORK, **wish: object) -> bool:
        """Sign an address up to the daily digest."""
        wanted: dict[str, object] = {"email": address, "digest": "daily", **wish}
        return ask(self.app, Wish(**wanted), network=network)

    def mails(self) -> list[Message]:
        """Send the letters that wait; return all mail that the relay has, decoded, in order."""
        post(self.app)
        return [email.message_from_bytes(body) for body in self.relay.bodies]

    def links(self, which: int = -1) -> list[str]:
        """Return the paths in one of those mails' text."""
        return links_of(self.mails()[which])

    def joined(self, address: str = SAM) -> str:
        """Sign an address up and confirm it; return the path of the choices."""
        self.ask(address)
        return confirm(self.app, token_of(self.links()[0])).preferences

    def add(self, address: str = SAM, digest: str = "daily", **facts: str) -> int:
        """Store a confirmed subscriber; return the number."""
        with self.app.store.writing() as tx:
            person = tx.people.put(NewSubscriber(email=address, **facts), at=self.clock.now)
            tx.people.subscribe(person.id, digest, state=SubscriptionState.CONFIRMED, at=self.clock.now)
        return person.id

    def link(self, purpose: str, address: str = SAM, digest: str = "daily") -> str:
        """Return the path of a link that a mail to somebody carries."""
        with self.app.store.reading() as tx:
            person = tx.people.find(address)
        assert person is not None
        return path(self.app, purpose, f"{person.uid}.{digest}")

    def in_browser(self, edition_id: int, address: str = SAM) -> str:
        """Return the path of somebody's mail of an edition in the browser."""
        with self.app.store.reading() as tx:
            person = tx.people.find(address)
        assert person is not None
        return path(self.app, "read", f"{edition_id}.{person.uid}")

    def built(self, *, days: int = 0) -> int:
        """Build and approve the edition of seven o'clock, so many days later."""
        edition_id = build(self.app, "daily", at=DUE + timedelta(days=days)).edition_id
        assert edition_id is not None
        approve(self.app, edition_id, by="ada")
        return edition_id

    def sent(self, *, days: int = 0) -> int:
        """Build an edition and send it, with the clock a minute after it is due."""
        edition_id = self.built(days=days)
        self.clock.now = DUE + timedelta(days=days, minutes=1)
        self.send(edition_id)
        return edition_id

    def send(self, edition_id: int) -> None:
        """Let the sender look once at an edition."""
        send(self.app, edition_id, SendOptions(by="test"))


@contextmanager
def house(root: Path, settings: str = "", *, digests: tuple[str, ...] = ()) -> Iterator[House]:
    """Open a home with eight articles whose mail goes to a relay on loopback.

    Args:
        root: Where.
        settings: Of the daily digest, besides the usual.
        digests: Keys of further digests like it.
    """
    with ScriptedRelay() as relay:
        furnish(root)
        config = root / "config"
        (config / "digest.yaml").write_text(SYSTEM.format(port=relay.port), encoding="utf-8")
        for key in ("daily", *digests):
            own = DAILY if key == "daily" else DAILY.replace("The Daily Brief", key.title())
            (config / "digests" / f"{key}.yaml").write_text(f"{own}{SCHEDULE}{settings}\n", encoding="utf-8")
        clock = Clock()
        with open_app(root, clock=clock) as app:
            ingest(app, [ARTICLES])
            yield House(app=app, clock=clock, relay=relay)


def token_of(link: str) -> str:
    """Return what a path ends in."""
    return link.rpartition("/")[2].partition("#")[0]


def links_of(mail: Message) -> list[str]:
    """Return the paths in a mail's text."""
    return _URL.findall(text_of(mail))


def text_of(mail: Message) -> str:
    """Return the plain text of a mail."""
    part = next(one for one in mail.walk() if one.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")
