"""Mails to sign, who signs them, and what must break a signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from digest.deliver import Address, Mail, Personal, Signer, compile_message
from digest.deliver.compose import dkim_keys
from digest.deliver.compose.dkim_keys import dns_record, load_key, new_key
from dkim_verifier import verify

SLOT = "\ufdd0{}\ufdd1".format
URL = "https://news.example.org/u/" + "t" * 80
MAIL = Mail(
    html=f"<p>God morgen, {SLOT('greeting')}!</p>\n  <p>Two  spaces</p> \n"
    f'<a href="{SLOT("unsubscribe_url")}">Meld av</a>\n\n',
    text=f"God morgen, {SLOT('greeting')}!\n\n.\nMeld av: {SLOT('unsubscribe_url')}\nÆrlig talt\n\n\n",
    subject="Morgenbrevet: brua åpner",
    sender=Address(email="brief@news.example.org", display="Morgenbrevet"),
    date=datetime(2026, 11, 22, 6, 0, tzinfo=UTC),
    list_title="Morgenbrevet",
    list_label="morgen.news.example.org",
    seed="morgen/7",
)
SAM = Personal(
    recipient=Address(email="sam@example.org", display="Sam Å"),
    message_id="<e7.abc234@news.example.org>",
    unsubscribe_url=URL,
    values={"greeting": "Sam <b>", "unsubscribe_url": URL},
)


@cache
def signer(kind: dkim_keys.KeyKind) -> Signer:
    """Make a signer whose selector is the kind of its key, once a run."""
    return Signer(domain="news.example.org", selector=kind, key=load_key(new_key(kind)))


def records(*signers: Signer) -> dict[str, str]:
    """Publish the signers' keys."""
    published = {}
    for one in signers:
        assert isinstance(one.key, dkim_keys.RsaKey | dkim_keys.Ed25519Key)
        name, text = dns_record(one.selector, one.domain, one.key)
        published[name] = text
    return published


def signed(mail: Mail = MAIL, personal: Personal = SAM) -> bytes:
    """Make a message with both signatures."""
    return compile_message(mail, [signer("rsa"), signer("ed25519")]).stamp(personal)


def verdicts(message: bytes) -> list[str]:
    """Judge a message against both keys."""
    return verify(message, records(signer("rsa"), signer("ed25519")))


TAMPERED = [
    (b"From: Morgenbrevet", b"From: Abendbrevet"),
    (b"brief@news", b"grief@news"),
    (b"To: =?utf-8?B?U2FtIMOF?=", b"To: Eve"),
    (b"Subject: =?utf-8?B?", b"Subject: now =?utf-8?B?"),
    (b"06:00:00 +0000", b"06:00:01 +0000"),
    (b"<e7.abc234@", b"<e7.abc235@"),
    (b"morgen.news.example.org>", b"abend.news.example.org>"),
    (b"List-Unsubscribe: <https://news", b"List-Unsubscribe: <https://evil"),
    (b"List-Unsubscribe: ", b"X-List-Unsubscribe: "),
    (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=One-Clack"),
    (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
    (b"Auto-Submitted: auto-generated\r\n", b""),
    (b"MIME-Version: 1.0\r\n", b""),
    (b"multipart/alternative;", b"multipart/mixed;"),
    (b'boundary="=_', b'boundary="=-'),
    (b"God morgen,", b"God kveld,"),
    (b"Meld av</a>", b"Meld paa</a>"),
    (b"--\r\n", b"--\r\nP.S.\r\n"),
    (b"\r\nDate:", b"\r\nSubject: other\r\nDate:"),
]


MAILS = {
    "long subject": replace(MAIL, subject="The ferry quay reopens before winter " * 12),
    "long words": replace(MAIL, subject="x" * 400, list_title="y" * 300),
    "beyond ASCII": replace(MAIL, subject="港の評議会が冬の前に古い " * 15, list_title="Портова рада"),
    "quoted names": replace(
        MAIL, sender=Address(email="brief@eu.news.example.org", display='The "Brief", Ltd.')
    ),
    "all fields": replace(
        MAIL, reply_to=Address(email="ada@example.org", display="Ada"), feedback_id="7:a:b"
    ),
    "base64": replace(
        MAIL, html="Портова рада у вівторок " * 300 + MAIL.html, text="港の評議会" * 300 + MAIL.text
    ),
    "one line": replace(MAIL, html="<p>x</p>  " * 9_000 + SLOT("greeting"), text=SLOT("greeting")),
    "slot a line": replace(MAIL, text=f"{SLOT('greeting')}\n" * 40, html=f"{SLOT('unsubscribe_url')}\n" * 40),
    "blank": replace(MAIL, text=f"\n\n \n{SLOT('greeting')}\n\n", html="\n \t \n\n"),
}
