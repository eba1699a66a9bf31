"""What was signed is what arrives, byte for byte, whatever readers and editors are called and write."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import compat32

import pytest

from digest.deliver import Address, Mail, Personal, compile_message
from digest.model import Delivery, DeliveryState
from dkim_cast import records, signer
from dkim_verifier import take_apart, verify
from fault_relay import FaultRelay
from hostile_texts import hostile_texts
from sending_cast import MemoryLedger, reader, readers, route, send

try:
    import dkim as second_verifier  # no part of our locks: whoever has it gets its opinion, too
except ImportError:
    second_verifier = None

SLOT = "\ufdd0{}\ufdd1".format
FRAGMENTS = [
    "=?utf-8?q?=0D=0ABcc:x@y?=",
    "=?utf-8?B?DQpCY2M6eEB5?=",
    "=?",
    "\r\nBcc: eve@example.org\r\n\r\nbody",
    "\r\n.\r\nMAIL FROM:<eve@example.org>\r\n",
    "\n.\n",
    "\r.\r",
    "\n..",
    "\nFrom eve@example.org",
    "\r",
    "\n",
    "\t",
    "\x00",
    "\x85",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ud83d",
    "e\u0301",
    "日本語の見出し",
    "المرفأ",
    "שלום",
    "🎉👩‍👩‍👧",
    "ÅåØøÆæ",
    '"',
    "\\",
    "<eve@example.org>",
    "a" * 90,
    "w" * 1_200,
    " ",
    "word",
    ".",
    "=",
    "=0D=0A.=0D=0A",
]


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was made up for one reader."""

    subject: str
    title: str
    sender: str
    name: str
    text: str
    html: str
    greeting: str
    has_reply_to: bool


#: The table of fields in docs/reference/deliver.md, in its order.
FIELDS = [
    "DKIM-Signature",
    "DKIM-Signature",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Precedence",
    "MIME-Version",
    "Content-Type",
]


def invented(count: int) -> list[Made]:
    """Make up so many messages."""
    texts = hostile_texts("messages", FRAGMENTS, most=8)
    return [
        Made(
            subject=next(texts),
            title=next(texts),
            sender=next(texts),
            name=next(texts),
            text=next(texts),
            html=next(texts),
            greeting=next(texts),
            has_reply_to=number % 2 == 0,
        )
        for number in range(count)
    ]


def message(number: int, one: Made) -> bytes:
    """Compile, sign and stamp one reader's message."""
    mail = Mail(
        html=f"<p>{one.html}</p>\n{SLOT('greeting')}\n.\n",
        text=f"{one.text}\n.\n{SLOT('greeting')}\n",
        subject=f"s{one.subject}",
        sender=Address(email="brief@news.example.org", display=one.sender),
        date=datetime(2026, 11, 22, 6, 0, tzinfo=UTC),
        list_title=one.title,
        list_label="morgen.news.example.org",
        seed=f"morgen/{number}",
        reply_to=Address(email="ada@example.org", display=one.name) if one.has_reply_to else None,
    )
    personal = Personal(
        recipient=Address(email=reader(number), display=one.name),
        message_id=f"<e7.{number}@news.example.org>",
        unsubscribe_url=f"https://news.example.org/u/{number}",
        values={"greeting": one.greeting},
    )
    return compile_message(mail, [signer("ed25519"), signer("rsa")]).stamp(personal)


def send_all(count: int, connections: int, judge: Callable[[bytes], bool]) -> None:
    """Send made-up messages and look at every byte that came."""
    made_up = invented(count)
    signed: dict[str, bytes] = {}

    def stamp(delivery: Delivery) -> bytes:
        signed[reader(delivery.id)] = message(delivery.id, made_up[delivery.id - 1])
        return signed[reader(delivery.id)]

    ledger = MemoryLedger(readers(count))
    with FaultRelay() as relay:
        done = send(
            ledger,
            route(relay.port, connections=connections),
            stamp=stamp,
            sender_of=lambda one: f"b+{one.id}@example.org",
            block=500,
            lasts_s=600,
        )
    assert done.sent == count
    assert set(ledger.states()) == {DeliveryState.SENT}
    assert relay.taken == Counter(readers(count))
    published = records(signer("rsa"), signer("ed25519"))
    for recipient, raw in relay.bodies:
        came = undotted(raw)
        assert came == signed[recipient], "what was signed is not what came"
        assert_sound(came, recipient, has_reply_to=b"\r\nReply-To:" in came.partition(b"\r\n\r\n")[0])
        assert verify(came, published) == ["pass", "pass"]
        assert judge(came)


def undotted(raw: bytes) -> bytes:
    """Undo the doubling of dots. Source: RFC 5321 section 4.5.2."""
    lines = raw.split(b"\r\n")
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)


def assert_sound(came: bytes, recipient: str, *, has_reply_to: bool) -> None:
    """Whole lines, no line too long, exactly our fields, and its own reader's address."""
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|[\x00\x80-\xff]", came)
    assert max(map(len, came.split(b"\r\n"))) <= 998
    wanted = [name for name in FIELDS if name != "Reply-To" or has_reply_to]
    assert [name for name, _ in take_apart(came)[0]] == [name.lower() for name in wanted]
    parsed = BytesParser(policy=compat32).parsebytes(came)
    assert parsed.keys() == wanted
    assert not parsed.defects
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    addresses = re.findall(r"[\w.+-]+@[\w.-]+", str(parsed["To"]).rpartition("<")[2] or str(parsed["To"]))
    assert addresses == [recipient]
    number = recipient.removeprefix("reader").partition("@")[0]
    assert parsed["Message-ID"] == f"<e7.{number}@news.example.org>"
    assert f"/u/{number}>" in str(parsed["List-Unsubscribe"])


def anything(_came: bytes) -> bool:
    """Ask nobody else."""
    return True


def by_dkimpy(came: bytes) -> bool:
    """Ask dkimpy about the RSA signature, the second one."""
    if second_verifier is None:
        return True
    published = records(signer("rsa"))

    def record(name: bytes, **_: object) -> bytes:
        return published[name.decode().rstrip(".")].encode()

    return bool(second_verifier.DKIM(came).verify(idx=1, dnsfunc=record))


@pytest.mark.parametrize("connections", [1, 4])
def test_what_was_signed_is_what_arrives(connections: int) -> None:
    """One byte changed on the way, and every signature is void; one line too many, and it is another mail."""
    send_all(150, connections, anything)


@pytest.mark.slow
@pytest.mark.repeats
@pytest.mark.timeout(900)
def test_ten_thousand_messages_arrive_as_they_were_signed() -> None:
    """Over eight connections, all different, all hostile."""
    send_all(10_000, 8, by_dkimpy)
