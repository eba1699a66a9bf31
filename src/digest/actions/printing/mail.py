"""Make the messages of an edition: one render, one compile a choice of sections, one stamp a person.

Preview, test and delivery all come through here, so they cannot differ.
"""

from __future__ import annotations

import email
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import Message
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.actions.app import App
from digest.actions.home.dkim import signers
from digest.deliver import (
    Address,
    Mail,
    MessageStencil,
    Personal,
    Signer,
    bounce_address,
    compile_message,
    message_name,
)
from digest.errors import DigestError
from digest.model import FULL_FORM, Delivery, Finding, MailForm, Subscriber, Subscription
from digest.render import Body, Rendered, personal_values, shortened
from digest.settings import DigestSettings, parse_mailbox
from digest.store import StoredEdition

if TYPE_CHECKING:
    from digest.preflight import Proof

CHOICES = 256  #: messages that a press keeps compiled; compiling one takes 5 to 10 ms
_LENGTHS = 8  #: shorter forms of an edition that a press keeps laid out


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The person a message is for."""

    uid: str
    email: str
    name: str | None
    since: datetime | None  #: when the subscription was confirmed; None when there is none
    sections: tuple[str, ...]  #: section keys of their choice; empty means all
    form: MailForm = FULL_FORM

    @classmethod
    def of(cls, person: Subscriber, choice: Subscription | None) -> Reader:
        """Take what a message needs from a subscriber, and from what they chose."""
        if choice is None:
            return cls(uid=person.uid, email=person.email, name=person.name, since=None, sections=())
        return cls(
            uid=person.uid,
            email=person.email,
            name=person.name,
            since=choice.confirmed_at,
            sections=choice.sections,
            form=choice.form,
        )


#: Whose mail a preview shows when nobody is named: a reader of everything.
ANYBODY = Reader(uid="preview", email="reader@example.org", name=None, since=None, sections=())


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """A message taken apart again, as who reads it would."""

    message: bytes
    fields: tuple[tuple[str, str], ...]  #: of its header in order, each unfolded
    text: bytes
    html: bytes  #: b"" in one of plain text

    @classmethod
    def of(cls, message: bytes) -> Specimen:
        """Take one of our messages apart."""
        parsed: Message[str, str] = email.message_from_bytes(message)
        text, *html = (part.get_payload(decode=True) for part in parsed.walk() if not part.is_multipart())
        return cls(
            message=message,
            fields=tuple((name, " ".join(value.split())) for name, value in parsed.items()),
            text=_as_bytes(text),
            html=_as_bytes(html[0]) if html else b"",
        )


@dataclass
class Press:
    """Prints the messages of one edition; several threads may print at once."""

    app: App
    stored: StoredEdition
    rendered: Rendered
    copy: str | None = None  #: names one more copy, which has a Message-ID of its own
    reads: str | None = None  #: what its link to the browser names; None: the edition and the reader
    choices: int = CHOICES  #: of sections whose messages it keeps; ten sections have 1,023 of 80 kB and more
    checked: tuple[Proof, tuple[Finding, ...]] | None = field(default=None, init=False)  #: by preflight, last
    _stencil: Callable[[tuple[str, ...], MailForm], MessageStencil] = field(init=False)
    _shortened: Callable[[int], Rendered] = field(init=False)

    def __post_init__(self) -> None:
        self._stencil = lru_cache(maxsize=self.choices)(self._compile)
        self._shortened = lru_cache(maxsize=_LENGTHS)(self._shorten)

    @cached_property
    def digest(self) -> DigestSettings:
        """The digest that the edition is of."""
        return self.app.digest(self.stored.edition.digest)

    @cached_property
    def sender(self) -> Address:
        """Who the mail is from, the address as it stands on the wire."""
        return _address(self.digest.sender)

    @cached_property
    def signers(self) -> tuple[Signer, ...]:
        """Who signs the mail; the keys are read once an edition."""
        return signers(self.app.system, self.app.home.root, self.digest)

    @property
    def hands(self) -> int:
        """Threads that should make messages ahead: while an RSA signature is made, others can work.

        It takes longer than all else and keeps two busy. Other messages need none: handing them over
        would cost more than it brings.
        """
        return 2 if any(signer.key.algorithm == "rsa-sha256" for signer in self.signers) else 0

    def message(self, reader: Reader) -> bytes:
        """Return the reader's message, byte for byte as it goes out.

        Raises:
            MessageError: Their address cannot be written into a header.
            SettingsError: A key to sign with cannot be used.
        """
        return self.message_for(reader, reader.sections, reader.since, reader.form)

    def message_for(
        self,
        person: Reader | Subscriber,
        sections: tuple[str, ...],
        since: datetime | None,
        form: MailForm,
    ) -> bytes:
        """Do what `message` does for somebody of whom the rest is known apart."""
        stencil = self._stencil(sections, form)
        links = self._links(person.uid)
        values = personal_values(
            self.rendered.stencil, name=person.name, email=person.email, since=since, urls=links
        )
        return stencil.stamp(
            Personal(
                recipient=Address(email=person.email, display=person.name),
                message_id=self._message_id(person.uid),
                unsubscribe_url=links["unsubscribe_url"],
                values=values,
                smtputf8=not person.email.isascii(),
            )
        )

    @cached_property
    def specimen(self) -> Specimen:
        """The mail of a reader of everything, whose links are nobody's; made once.

        Raises:
            MessageError: As `message` has it.
            SettingsError: As `message` has it.
        """
        return Specimen.of(self.message(ANYBODY))

    def envelope_sender(self, delivery: Delivery) -> str:
        """Return where a delivery's reports go: an address of its own, if a domain is set for them."""
        domain = self.app.system.delivery.bounce_domain
        if domain is None:
            return self.sender.email
        return bounce_address(self.app.keyring, delivery.edition_id, delivery.subscriber.uid, domain)

    def _compile(self, sections: tuple[str, ...], form: MailForm) -> MessageStencil:
        rendered = self.rendered if form.at_most is None else self._shortened(form.at_most)
        mail = self._mail(rendered.stencil.assemble(sections))
        return compile_message(replace(mail, html=None) if form.is_plain else mail, self.signers)

    def _shorten(self, at_most: int) -> Rendered:
        edition = shortened(self.stored.edition, at_most)
        return self.app.renderer.render(edition, self.app.look(self.digest))

    def _mail(self, body: Body) -> Mail:
        edition = self.stored.edition
        host = urlsplit(self.app.system.site.base_url).hostname or "localhost"
        reply_to = self.digest.reply_to
        return Mail(
            html=body.html,
            text=body.text,
            subject=body.subject,
            sender=self.sender,
            date=edition.slot.local,
            list_title=self.digest.title,
            list_label=f"{self.digest.key}.{host}",
            seed=f"{edition.digest}/{edition.slot.key}/{self.stored.content_hash}",
            reply_to=_address(reply_to) if reply_to else None,
            one_click=self.app.system.site.base_url.startswith("https://"),
        )

    @cached_property
    def _site(self) -> str:
        return self.app.system.site.base_url.rstrip("/")

    def _links(self, uid: str) -> dict[str, str]:
        base, sign = self._site, self.app.keyring.sign
        who = f"{uid}.{self.digest.key}"
        preferences = f"{base}/preferences/{sign('preferences', who)}"
        reads = f"{self.stored.id}.{uid}" if self.reads is None else self.reads
        return {
            "preferences_url": preferences,
            "pause_url": f"{preferences}#pause",
            "browser_url": f"{base}/read/{sign('read', reads)}",
            "unsubscribe_url": f"{base}/unsubscribe/{sign('unsubscribe', who)}",
        }

    @cached_property
    def _sender_domain(self) -> str:
        return self.sender.email.rpartition("@")[2]

    def _message_id(self, uid: str) -> str:
        return f"<{message_name(self.app.keyring, self.stored.id, uid, self.copy)}@{self._sender_domain}>"


def _address(written: str) -> Address:
    """Read a mailbox as an operator writes it; the settings have checked it."""
    found = parse_mailbox(written)
    return Address(email=found.address, display=found.name)


def _as_bytes(payload: object) -> bytes:
    if not isinstance(payload, bytes):
        raise DigestError("a part of the message is no text")
    return payload
