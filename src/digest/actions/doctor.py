"""Look at the DNS as receivers of the mail will."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from digest.actions.dkim import published_keys, sending_domains
from digest.deliver.records import Answer, Question, Record, Sender, findings, questions
from digest.deliver.resolver import Resolver
from digest.errors import NotFound, Unanswered
from digest.paths import find_home
from digest.settings import LoadedSettings, load_settings

_AT_ONCE = 8  # questions under way; each may wait for its whole time


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainReport:
    """What the DNS must and does say of one sending domain."""

    domain: str
    signed: bool  #: by a key of delivery.dkim
    records: tuple[Record, ...]


def examine(root: Path, resolver: Resolver | None) -> tuple[DomainReport, ...]:
    """Report on the domain of every digest's sender, in alphabetical order.

    Args:
        root: The home.
        resolver: Whom to ask; None asks nobody and says only what to publish.

    Raises:
        NotFound: There is no home, or no digest in it.
        SettingsError: The configuration has faults, or a key cannot be used.
    """
    find_home(root)
    settings = load_settings(root, os.environ)
    senders = _senders(settings, root)
    if not senders:
        raise NotFound(
            "no digest, so no sender", where="config/digests", hint="`digest init` makes one to edit"
        )
    answers = _ask(resolver, senders) if resolver else {}
    return tuple(
        DomainReport(domain=sender.domain, signed=bool(sender.keys), records=findings(sender, answers))
        for sender in senders
    )


def _senders(settings: LoadedSettings, root: Path) -> tuple[Sender, ...]:
    host = settings.system.relays[0].place.host or "localhost"  # a socket's relay is on this machine
    return tuple(
        Sender(domain=domain, relay_host=host, keys=published_keys(settings.system, root, domain))
        for domain in sending_domains(settings)
    )


def _ask(resolver: Resolver, senders: tuple[Sender, ...]) -> Mapping[Question, Answer]:
    """Ask every question once, several at a time."""
    asked = tuple(dict.fromkeys(question for sender in senders for question in questions(sender)))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(asked, pool.map(lambda question: _answer(resolver, question), asked), strict=True))


def _answer(resolver: Resolver, question: Question) -> Answer:
    kind, name = question
    try:
        return Answer(texts=resolver.txt(name) if kind == "TXT" else resolver.mx(name))
    except Unanswered as error:
        return Answer(trouble=error.message)
