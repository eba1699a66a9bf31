"""Look at the DNS as receivers of the mail will."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from digest.actions.home.dkim import published_keys, sending_domains
from digest.actions.upkeep.endpoint import EndpointReport, try_endpoint
from digest.actions.upkeep.greeting import nameless_greetings
from digest.deliver.dns.records import (
    Answer,
    Question,
    Record,
    Sender,
    envelope_findings,
    envelope_questions,
    findings,
    questions,
)
from digest.deliver.dns.resolver import Resolver
from digest.errors import NotFound, Unanswered
from digest.paths import find_home
from digest.settings import LoadedSettings, load_settings

NOBODY_TAKES_IT = (
    "nothing takes it in by itself: set delivery.bounces.imap.url or delivery.bounces.listen.url,"
    " or let `digest bounces take` read it every night"
)
_AT_ONCE = 8  # questions under way; each may wait for its whole time


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainReport:
    """What the DNS must and does say of one sending domain."""

    domain: str
    signed: bool | None  #: by a key of delivery.dkim; None where nothing is signed as it
    records: tuple[Record, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """What was found out about those outside whom an installation works with."""

    domains: tuple[DomainReport, ...]
    model: EndpointReport | None  #: None when the settings name no endpoint, or nobody was asked
    notes: tuple[str, ...]  #: what is no fault and may keep mail from inboxes all the same


def examine(root: Path, resolver: Resolver | None) -> Examined:
    """Do what `reports` does for a home that is not open, and try the endpoint of a language model.

    Args:
        root: The home.
        resolver: Whom to ask about domains; None asks nobody anything.

    Raises:
        NotFound: There is no home, or no digest in it.
        SettingsError: The configuration has faults, or a key cannot be used.
    """
    find_home(root)
    settings = load_settings(root, os.environ)
    domains = reports(settings, root, resolver)
    return Examined(
        domains=domains,
        model=None if resolver is None else try_endpoint(settings.system.summaries),
        notes=nameless_greetings(settings),
    )


def reports(settings: LoadedSettings, root: Path, resolver: Resolver | None) -> tuple[DomainReport, ...]:
    """Report on the domain of every digest's sender, in alphabetical order, then on the reports' own.

    Args:
        settings: Of the home.
        root: The home.
        resolver: Whom to ask; None asks nobody and says only what to publish.

    Raises:
        NotFound: There is no digest.
        SettingsError: A key cannot be used.
    """
    senders = _senders(settings, root)
    if not senders:
        raise NotFound(
            "no digest, so no sender", where="config/digests", hint="`digest init` makes one to edit"
        )
    returns = _returns(settings, senders)
    asked = [question for sender in senders for question in questions(sender)]
    asked += [question for sender in returns for question in envelope_questions(sender)]
    answers = _ask(resolver, asked) if resolver else {}
    return (
        *(
            DomainReport(domain=sender.domain, signed=bool(sender.keys), records=findings(sender, answers))
            for sender in senders
        ),
        *(_envelope(sender, answers, settings) for sender in returns),
    )


def _envelope(sender: Sender, answers: Mapping[Question, Answer], settings: LoadedSettings) -> DomainReport:
    note = None if settings.system.delivery.bounces.are_taken_in else NOBODY_TAKES_IT
    records = envelope_findings(sender, answers, note)
    return DomainReport(domain=sender.domain, signed=None, records=records)


def _senders(settings: LoadedSettings, root: Path) -> tuple[Sender, ...]:
    return tuple(
        Sender(
            domain=domain,
            relay_hosts=_relay_hosts(settings),
            keys=published_keys(settings.system, root, domain),
            envelope=settings.system.delivery.bounce_domain,
        )
        for domain in sending_domains(settings)
    )


def _returns(settings: LoadedSettings, senders: tuple[Sender, ...]) -> tuple[Sender, ...]:
    """Give the domain that reports come back to, unless it is a sender's and looked at already."""
    domain = settings.system.delivery.bounce_domain
    if domain is None or domain in {sender.domain for sender in senders}:
        return ()
    return (Sender(domain=domain, relay_hosts=_relay_hosts(settings), keys=()),)


def _relay_hosts(settings: LoadedSettings) -> tuple[str, ...]:
    # A socket's relay is on this machine.
    return tuple(dict.fromkeys(relay.place.host or "localhost" for relay in settings.system.relays))


def _ask(resolver: Resolver, wanted: Iterable[Question]) -> Mapping[Question, Answer]:
    """Ask every question once, several at a time."""
    asked = tuple(dict.fromkeys(wanted))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(asked, pool.map(lambda question: _answer(resolver, question), asked), strict=True))


def _answer(resolver: Resolver, question: Question) -> Answer:
    kind, name = question
    try:
        return Answer(texts=resolver.txt(name) if kind == "TXT" else resolver.mx(name))
    except Unanswered as error:
        return Answer(trouble=error.message)
