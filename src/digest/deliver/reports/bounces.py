"""Read what mail servers and people's programs send back. Nothing here answers, looks up or stores."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32
from email.utils import getaddresses

from flufl.bounce import all_failures

from digest.deliver.reports.enclosed import Enclosed, read_enclosed
from digest.deliver.reports.fields import field, keyword
from digest.deliver.reports.recipients import Told, read_recipients, sum_up
from digest.deliver.statuses import judge_failure
from digest.model.bounces import BounceKind

#: What of a report is read; what comes after it is the mail that came back.
MAX_REPORT_BYTES = 262_144
_MAX_LINE = 998
_MAX_PARTS = 40
_MAX_WORDS = 20_000
_MAX_ADDRESSES = 50
_MAX_BLOCKS = 1_000  #: groups of fields; a report about one mail has two
#: Parts that may be encoded as a whole: of the internationalised form by its standard, the others by servers
#: that do so. The parser would take them for mails. Source: RFC 6532, section 3.7; RFC 6533, section 4.
_ENCODED = re.compile(rb"\bmessage/(?=(?:global|delivery-status|feedback-report)\b)", re.IGNORECASE)
_STATUSES = frozenset({"application/delivery-status", "application/global-delivery-status"})
_FEEDBACK = "application/feedback-report"
_NO_REPORTS = frozenset({BounceKind.REPLY, BounceKind.UNKNOWN})
_NO_LINE = re.compile(r"\n[ \t]*\n")

#: Where a server writes down whom a report came in for, the most telling first.
_RECEIVED_FOR = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_JUNK_REPORTS = "staff@hotmail.com"  #: whom Microsoft's junk mail reporting comes from
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})
_AWAY = re.compile(
    r"\s*(auto(matic|mated)?[- ]?(reply|response)|out of (the )?office|on vacation|away from|abwesen)",
    re.IGNORECASE,
)
# It would print the trace of each report that one of its readers stumbles over.
logging.getLogger("flufl.bounce").disabled = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What came back."""

    kind: BounceKind
    status: str | None  #: the code that decided, such as 5.1.1; None when there is none
    addresses: tuple[str, ...]  #: whom it came in for, the most telling first; claims until verified
    mails: tuple[Enclosed, ...] = ()  #: that it encloses; of automatic answers and the unknown none are read
    recipients: tuple[Told, ...] = ()  #: what it says of each; `kind` and `status` sum that up
    name: str  #: of its Message-ID, or of its content without one: 40 hexadecimal digits

    def seen_by(self, is_theirs: Callable[[str], bool]) -> Report:
        """Narrow a report of a server to what it says of one recipient's own address, if it does.

        That a mailbox of another name is gone is SOFT: servers name who failed, and not to whom else they
        passed the mail on.

        Args:
            is_theirs: Tells whether an address, as written, is theirs.
        """
        if not self.recipients or self.kind is BounceKind.COMPLAINT:
            return self
        own = tuple(one for one in self.recipients if any(map(is_theirs, one.addresses))) or self.recipients
        kind, status = sum_up(own)
        named = [one.final for one in own if one.final]
        if kind is BounceKind.HARD and named and not any(map(is_theirs, named)):
            kind = BounceKind.SOFT
        return replace(self, kind=kind, status=status, recipients=own)


def read_report(message: bytes) -> Report:
    """Read a report: RFC 3464, RFC 6533, RFC 5965, what older servers write, and automatic answers.

    The first `MAX_REPORT_BYTES` count. Never raises: what cannot be read is UNKNOWN, and enclosed mails
    that cannot cost themselves. Whom a report is about is never taken from its text.
    """
    head = b"\n".join(line[:_MAX_LINE] for line in message[:MAX_REPORT_BYTES].splitlines())
    report = Report(kind=BounceKind.UNKNOWN, status=None, addresses=(), name=_name(head))
    # Parts within parts are read by recursion; a report has three or four.
    if head.lower().count(b"content-type") > _MAX_PARTS:
        return report
    try:
        mail = message_from_bytes(_ENCODED.sub(b"application/", head), policy=compat32)
        report = _read(mail, report.name)
        if report.kind not in _NO_REPORTS:
            return _with_mails(report, read_enclosed(head))
        return _junk_report(report, head) if _JUNK_REPORTS in _addresses(mail, "From") else report
    except Exception:  # noqa: BLE001  # why: strangers write reports; the parsers raise many things
        return report


def _read(mail: Message, content_name: str) -> Report:
    parts = tuple(mail.walk())
    kind, status, recipients = _judge(mail, parts)
    identity = field(mail, "Message-ID")
    addresses = [address for name in _RECEIVED_FOR for address in _addresses(mail, name)]
    if kind is BounceKind.COMPLAINT:
        addresses += _mailed_from(parts)
    return Report(
        kind=kind,
        status=status,
        addresses=_bounded(addresses),
        recipients=recipients,
        name=_name(identity.encode()) if identity else content_name,
    )


def _judge(mail: Message, parts: tuple[Message, ...]) -> tuple[BounceKind, str | None, tuple[Told, ...]]:
    """Ask the readers one after the other, the standards first."""
    for part in parts:
        if part.get_content_type() == _FEEDBACK:
            return _complaint(part), None, ()
    told = _recipients(parts)
    if told is None and _AWAY.match(field(mail, "Subject")):
        return BounceKind.REPLY, None, ()
    told = _unwritten_rules(mail, parts) if told is None else told
    if told is not None:
        return *sum_up(told), told
    return (BounceKind.REPLY if _is_automatic(mail) else BounceKind.UNKNOWN), None, ()


def _complaint(part: Message) -> BounceKind:
    kinds = {keyword(block, "Feedback-Type") for block in _blocks(part)}
    return BounceKind.COMPLAINT if kinds & _COMPLAINTS else BounceKind.UNKNOWN


def _recipients(parts: tuple[Message, ...]) -> tuple[Told, ...] | None:
    """Read the recipients of a delivery status notification; None when it is none."""
    for part in parts:
        if part.get_content_type() in _STATUSES:
            return read_recipients(_blocks(part), _words(parts))
    return None


def _unwritten_rules(mail: Message, parts: tuple[Message, ...]) -> tuple[Told, ...] | None:
    """Recognise what servers wrote before there was a standard, and some still do, in a few parts at most."""
    temporary, permanent = all_failures(mail) if len(parts) <= _MAX_PARTS else (set(), set())
    if not (temporary or permanent):
        return None
    kind, status = judge_failure(None, _words(parts)) if permanent else (BounceKind.SOFT, None)
    names = sorted(address.decode("utf-8", "replace") for address in permanent or temporary)
    return tuple(Told.of(kind, status, name) for name in names[:_MAX_ADDRESSES])


def _is_automatic(mail: Message) -> bool:
    """Tell whether no person wrote this. Source: RFC 3834, sections 2 and 5."""
    submitted = keyword(mail, "Auto-Submitted").partition(";")[0]
    precedence = field(mail, "Precedence").lower()
    return (
        submitted not in {"", "no"}
        or precedence in {"bulk", "list", "junk", "auto_reply"}
        or field(mail, "Return-Path") == "<>"
    )


def _mailed_from(parts: tuple[Message, ...]) -> Iterator[str]:
    """Give the envelope sender of the mail complained about, where the feedback names it.

    Feedback goes to an address that the provider was told once, so the report's own recipient
    says nothing. Like all addresses of a report these are claims, held to their signature.
    """
    for part in parts:
        if part.get_content_type() == _FEEDBACK:
            for block in _blocks(part):
                yield from _addresses(block, "Original-Mail-From")


def _junk_report(report: Report, head: bytes) -> Report:
    """Read a complaint as Microsoft wrote it before RFC 5965: the mail, with a mark of its own."""
    marked = tuple(one for one in read_enclosed(head) if one.is_complained_of)
    return _with_mails(replace(report, kind=BounceKind.COMPLAINT), marked) if marked else report


def _with_mails(report: Report, mails: tuple[Enclosed, ...]) -> Report:
    """Add the mails; one that is complained about names its envelope sender, too."""
    returned = [address for mail in mails for address in mail.returned_to]
    more = returned if report.kind is BounceKind.COMPLAINT else []
    return replace(report, addresses=_bounded([*report.addresses, *more]), mails=mails)


def _bounded(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))[:_MAX_ADDRESSES]


def _blocks(part: Message) -> Iterable[Message]:
    """Return the groups of fields in a part; of a part of a type nobody knows the first."""
    text = _content(part).decode("utf-8", "replace").replace("\r\n", "\n").strip()
    groups = _NO_LINE.split(text, _MAX_BLOCKS)[: _MAX_BLOCKS if part.get_content_type() in _STATUSES else 1]
    return [HeaderParser(policy=compat32).parsestr(group) for group in groups]


def _addresses(mail: Message, name: str) -> list[str]:
    fields = [str(value) for value in mail.get_all(name, [])][:_MAX_ADDRESSES]
    return [address for _, address in getaddresses(fields) if address]


def _words(parts: tuple[Message, ...]) -> str:
    """Return the text that a server wrote for people."""
    text = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    return "" if text is None else _content(text)[:_MAX_WORDS].decode("utf-8", "replace")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=20).hexdigest()
