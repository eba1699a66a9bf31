"""What the DNS must say of a sending domain, and how it compares with what it does say.

Functions of values: what was asked comes in, findings go out. Nothing is asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from digest.deliver.dns.dmarc import (
    may_be_related,
    policy_faults,
    policy_names,
    policy_place,
    policy_texts,
    read_tags,
    repeated_tags,
)
from digest.deliver.dns.spf import names_host, neighbour_names, spf_faults, spf_texts, suggest_spf

Kind = Literal["SPF", "DKIM", "DMARC", "MX"]
State = Literal["found", "missing", "different", "unanswered", "unasked"]
Question = tuple[Literal["TXT", "MX"], str]  #: the type of the record, and its name

_SHOWN_CHARS, _SHOWN_TEXTS = 1_000, 5  #: what strangers' name servers may fill a screen with
_START = "asks for reports and refuses nothing; any mailbox of the domain that is read will do"
_REPLIES = "replies and bounces come back to the domain: name the host that takes its mail"


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedKey:
    """A key that signs, as the DNS must show it."""

    domain: str  #: what its signatures say in d=
    name: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """A domain that mail is from, in the From field and in the envelope."""

    domain: str  #: in A-labels
    relay_hosts: tuple[str, ...]  #: whichever takes its mail; at least one
    keys: tuple[PublishedKey, ...]  #: empty leaves signing to the relay
    envelope: str | None = None  #: the envelope's domain; None when it is the same


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back to a question."""

    texts: tuple[str, ...] = ()  #: empty when there are no such records
    trouble: str | None = None  #: why nobody could say


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record of a domain: what to publish, what is there, and what to do."""

    kind: Kind
    name: str
    wanted: str | None  #: the text to publish; None when others must say it
    found: tuple[str, ...]  #: those that bear on it, shortened, controls escaped
    state: State
    hint: str | None  #: what is wrong or should be known; None when all is well

    @property
    def needs_work(self) -> bool:
        """Whether something must be published or changed."""
        return self.state in {"missing", "different"}


def questions(sender: Sender) -> tuple[Question, ...]:
    """List what to ask about a sender, each once."""
    keys = (key.name for key in sender.keys)
    relays = neighbour_names(sender.domain, sender.relay_hosts)
    names = (sender.domain, *keys, *_policy_names(sender), *relays)
    return (*(("TXT", name) for name in dict.fromkeys(names)), ("MX", sender.domain))


def findings(sender: Sender, answers: Mapping[Question, Answer]) -> tuple[Record, ...]:
    """Compare what a sender needs with the answers: SPF, a DKIM record for each key, DMARC, MX.

    Args:
        sender: The domain.
        answers: To the sender's questions; one that is not there was not asked.
    """
    keys = (_dkim(key, answers.get(("TXT", key.name))) for key in sender.keys)
    return (_spf(sender, answers), *keys, _dmarc(sender, answers), _mx(sender, answers))


def envelope_questions(sender: Sender) -> tuple[Question, ...]:
    """List what to ask about a domain that stands in envelopes alone."""
    relays = neighbour_names(sender.domain, sender.relay_hosts)
    # A policy of a relay tells of another owner only where what it shares with the domain has none.
    names = (*policy_names(sender.domain), *relays) if relays else ()
    return ("TXT", sender.domain), *(("TXT", name) for name in names), ("MX", sender.domain)


def envelope_findings(
    sender: Sender, answers: Mapping[Question, Answer], note: str | None = None
) -> tuple[Record, ...]:
    """Compare what a domain needs that stands in envelopes alone: SPF, and MX for what comes back.

    Args:
        sender: The domain; receivers look at its SPF record instead of that of the From field.
        answers: To its questions; one that is not there was not asked.
        note: What to say of its mail when a host takes it.
    """
    return _spf(sender, answers), _mx(sender, answers, note)


def _spf(sender: Sender, answers: Mapping[Question, Answer]) -> Record:
    asked = (*policy_names(sender.domain), *neighbour_names(sender.domain, sender.relay_hosts))
    places = ((name, answers.get(("TXT", name))) for name in asked)
    policies = {name: policy_texts(answer.texts) for name, answer in places if answer is not None}
    wanted, explained = suggest_spf(sender.domain, sender.relay_hosts, policies)
    answer = answers.get(("TXT", sender.domain))
    texts = spf_texts(answer.texts) if answer else ()
    seen = _Seen()
    if len(texts) > 1:
        fault = f"there are {len(texts)} SPF records, and receivers then heed none: merge them into one"
        seen = _Seen(texts=texts, faults=(fault,))
    elif texts:
        others = [host for host in sender.relay_hosts if not names_host(texts[0], host)]
        note = _covers(" and ".join(others)) if others else None
        seen = _Seen(texts=texts, faults=spf_faults(texts[0]), note=note)
    return _judge("SPF", sender.domain, wanted, answer, explained, seen)


def _covers(hosts: str) -> str:
    return f"make sure that it covers the addresses that mail through {hosts} leaves from"


def _dkim(key: PublishedKey, answer: Answer | None) -> Record:
    texts = answer.texts if answer else ()
    seen = _Seen()
    if len(texts) > 1:
        fault = f"there are {len(texts)} records, and receivers may take any: leave one"
        seen = _Seen(texts=texts, faults=(fault,))
    elif texts:
        found = read_tags(texts[0])
        is_test = "y" in found.get("t", "").split(":")
        note = "t=y says that signatures are a mere test: take it out" if is_test else None
        faults = (*repeated_tags(texts[0]), *_key_faults(read_tags(key.text), found))
        seen = _Seen(texts=texts, faults=faults, note=note)
    return _judge("DKIM", key.name, key.text, answer, None, seen)


def _key_faults(wanted: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    """Compare a key record with ours. Source: RFC 6376 section 3.6.1."""
    kind, version, hashes = found.get("k", "rsa"), found.get("v", "DKIM1"), found.get("h", "sha256")
    published = "".join(found.get("p", "").split())
    faults = []
    if version != "DKIM1":
        faults.append("v= is not DKIM1")
    if kind != wanted["k"]:
        faults.append(f"k= is not {wanted['k']}")
    if "sha256" not in (each.strip() for each in hashes.split(":")):
        faults.append("h= leaves sha256 out")
    if not {"*", "email"} & {each.strip() for each in found.get("s", "*").split(":")}:
        faults.append("s= leaves email out")
    if not published:
        faults.append("p= is empty: the key is revoked" if "p" in found else "there is no p=")
    elif published != wanted["p"]:
        faults.append("p= is not the key that signs")
    return tuple(faults)


def _dmarc(sender: Sender, answers: Mapping[Question, Answer]) -> Record:
    """Find the policy that holds: the domain's own, else that of its owner."""
    own, *_ = names = policy_names(sender.domain)
    wanted = f"v=DMARC1; p=none; rua=mailto:postmaster@{sender.domain}"
    policies: dict[str, tuple[str, ...]] = {}
    for name in names:
        answer = answers.get(("TXT", name))
        if answer is None or answer.trouble is not None:
            if policies.get(own):
                continue  # it holds whatever a parent says
            return _judge("DMARC", own, wanted, answer, _START, _Seen())
        policies[name] = policy_texts(answer.texts)
    place = policy_place(sender.domain, policies)
    if place is None:
        return _judge("DMARC", own, wanted, Answer(), _START, _Seen())
    note = None if place == own else f"{place} holds for {sender.domain} too"
    faults = _policy_faults(sender, answers, policies[place])
    seen = _Seen(texts=policies[place], faults=faults, note=note)
    return _judge("DMARC", place, wanted, Answer(texts=policies[place]), None, seen)


def _policy_faults(
    sender: Sender, answers: Mapping[Question, Answer], texts: tuple[str, ...]
) -> tuple[str, ...]:
    """List the faults of the policy that holds; whose the envelope is counts where it is known."""
    found = {name: answers.get(("TXT", name)) for name in _policy_names(sender)}
    is_known = all(answer is not None and answer.trouble is None for answer in found.values())
    envelope = sender.envelope or sender.domain
    if not is_known and may_be_related(envelope, sender.domain):
        envelope = sender.domain
    policies = {name: policy_texts(answer.texts) for name, answer in found.items() if answer is not None}
    signing = tuple(key.domain for key in sender.keys)
    return policy_faults(texts, sender.domain, signing, envelope, policies)


def _policy_names(sender: Sender) -> tuple[str, ...]:
    """Name the places that tell whose a sender's domain is, and its envelope's where that matters."""
    names, envelope = policy_names(sender.domain), sender.envelope
    if envelope is None or sender.keys or not may_be_related(envelope, sender.domain):
        return names
    return (*names, *policy_names(envelope))


def _mx(sender: Sender, answers: Mapping[Question, Answer], note: str | None = None) -> Record:
    answer = answers.get(("MX", sender.domain))
    hosts = answer.texts if answer else ()
    # RFC 7505: a single dot says that the domain takes no mail.
    faults = ("the domain says that it takes no mail",) if "." in hosts else ()
    return _judge("MX", sender.domain, None, answer, _REPLIES, _Seen(texts=hosts, faults=faults, note=note))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """Those of the answer's texts that bear on a record, and what is to be said of them."""

    texts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    note: str | None = None  #: worth knowing although nothing is wrong


def _judge(
    kind: Kind, name: str, wanted: str | None, answer: Answer | None, explained: str | None, seen: _Seen
) -> Record:
    """Make the record of an answer; the explanation helps where something is to be published."""
    state: State
    said: tuple[str | None, ...]
    if answer is None:
        state, said = "unasked", (explained,)
    elif answer.trouble is not None:
        state, said = "unanswered", (f"could not be asked: {answer.trouble}", explained)
    elif not seen.texts:
        state, said = "missing", (explained,)
    elif seen.faults:
        state, said = "different", _shown(seen.faults)
    else:
        state, said = "found", (seen.note,)
    hint = "; ".join(each for each in said if each) or None
    return Record(kind=kind, name=name, wanted=wanted, found=_shown(seen.texts), state=state, hint=hint)


def _shown(texts: Iterable[str]) -> tuple[str, ...]:
    """Make strangers' texts fit to be shown: one line each, no controls, not without end."""
    few = tuple(texts)[:_SHOWN_TEXTS]
    return tuple("".join(_letter(each) for each in text[:_SHOWN_CHARS]) for text in few)


def _letter(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
