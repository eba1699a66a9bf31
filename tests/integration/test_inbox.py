"""Mail becomes articles when its sender may send them, once, and the rest is left where it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from commands import furnish
from digest.actions.app import App
from digest.actions.content import inbox
from digest.actions.content.inbox import Fate, read_mailbox, read_maildir
from digest.bootstrap import open_app
from digest.clock import system_clock
from digest.errors import NotFound, TransportError
from digest.schedule.current import Current
from digest.schedule.inbox import Inbox
from scripted_imap import PASSWORD, USER, ScriptedImap
from service_cast import Running, until

SENDERS = "senders: [ada@quay.example, '@wire.example']"


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def letter(
    sender: str = "Ada <ADA@quay.example>", number: int = 1, body: str = "The ferry sails.", top: str = ""
) -> bytes:
    return (
        f"{top}From: {sender}\r\nSubject: Ferry {number}\r\nMessage-ID: <{number}@quay.example>\r\n"
        f"Content-Type: text/plain\r\n\r\n{body}\r\n"
    ).encode()


def home_with(root: Path, way: str) -> Path:
    furnish(root)
    (root / "keys" / "imap").write_text(PASSWORD, encoding="utf-8")
    with (root / "config" / "digest.yaml").open("a", encoding="utf-8") as file:
        file.write(
            f"collect: {{every: 1s, inbox: {{{SENDERS}, {way}}}}}\nlimits: {{document_bytes: 400000}}\n"
        )
    return root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a Maildir."""
    root = home_with(tmp_path / "home", "maildir: mail")
    for name in ("new", "cur", "tmp"):
        (root / "mail" / name).mkdir(parents=True)
    return root


def put(home: Path, *letters: bytes) -> None:
    for number, content in enumerate(letters):
        part = home / "mail" / f"{number:03}.host"
        part.write_bytes(content)
        part.rename(home / "mail" / "new" / part.name)  # whole at once, as a Maildir gets its mails


def titles(app: App) -> list[str]:
    with app.store.reading() as tx:
        now = app.clock()
        found = tx.articles.many(tx.articles.latest(since=now - timedelta(days=1), until=now, limit=99))
    return sorted(article.title for article in found)


def test_mail_of_who_may_send_becomes_articles_once(home: Path) -> None:
    """The rest is looked at once, too, and stays readable for a person."""
    put(
        home,
        letter(),
        letter("desk@wire.example", 2),
        letter("desk@news.wire.example", 3),
        letter("Ada <ada@quay.example>, eve@x.example", 4),
        letter('"ada@quay.example" <eve@x.example>', 5),
        letter(number=6, body=""),
        letter(number=1),
        letter(number=1, body="The ferry is blue."),
        b"\0\1\2" * 2_000,
        letter(number=9, body="x" * 400_001),
    )
    (home / "mail" / "new" / ".hidden").write_bytes(b"")
    with open_app(home) as app:
        fates = [one.fate for one in read_maildir(app)]
        again = list(read_maildir(app))
        known = titles(app)

    assert fates == [
        Fate.NEW,
        Fate.NEW,
        *[Fate.STRANGER] * 3,
        Fate.FAILED,
        Fate.SAME,
        Fate.REVISED,
        Fate.FAILED,
        Fate.FAILED,
    ]
    assert again == []
    assert known == ["Ferry 1", "Ferry 2"]
    assert (home / "mail" / "cur" / "000.host:2,S").read_bytes() == letter()
    assert len(list((home / "mail" / "cur").iterdir())) == 10


AUTH = "Authentication-Results: mx.quay.example"
DKIM = f"{AUTH}; dkim=pass header.d=quay.example\r\n"
CAME = "Received: from quay.example by mx.quay.example\r\n"
ESMTP = "Received: from quay.example (a [192.0.2.1])\r\n\tby mx.quay.example (Postfix) with ESMTPS id 1\r\n"
LMTP = "Received: from mx.quay.example ([127.0.0.1])\r\n\tby box with LMTP\r\n\tid eb0iM3VxCWujNwAAg+zDdQ\r\n"
FALSE = "Received: from x.example (by y with LMTP [192.0.2.1])\r\n\tby mx.quay.example with ESMTP id 1\r\n"


@pytest.mark.parametrize(
    ("top", "fate"),
    [
        (f"{AUTH}; dmarc=pass (p=reject) header.from=quay.example\r\n", Fate.NEW),
        (f"{AUTH} 1; spf=fail; dkim=pass header.d=quay.example header.s=a\r\n", Fate.NEW),
        (f"{AUTH};\r\n spf=pass smtp.mailfrom=bounce@quay.example\r\n", Fate.NEW),
        (f"{AUTH}; dkim=pass header.d=evil.example\r\n", Fate.STRANGER),
        (f"{AUTH}; dkim=pass header.d=example\r\n", Fate.STRANGER),
        (f"{AUTH}; dmarc=pass header.from=evil.example\r\n", Fate.STRANGER),
        (f"{AUTH}; dmarc=fail (dmarc=pass header.from=quay.example)\r\n", Fate.STRANGER),
        (f"{AUTH}; none\r\n{AUTH}; dmarc=pass header.from=quay.example\r\n", Fate.STRANGER),
        ("Authentication-Results: mx.evil.example; dmarc=pass header.from=quay.example\r\n", Fate.STRANGER),
        ("Authentication-Results: ;\r\n", Fate.STRANGER),
        ("", Fate.STRANGER),
        # Filters one after the other, as OpenDMARC and OpenDKIM in front of Postfix write, each its field.
        (f"{AUTH}; dmarc=none header.from=quay.example\r\n{DKIM}{CAME}", Fate.NEW),
        (f"{AUTH}; dmarc=fail header.from=quay.example\r\n{DKIM}{CAME}", Fate.STRANGER),
        (f"{AUTH}; dmarc=none\r\n{CAME}{DKIM}", Fate.STRANGER),
        (f"{AUTH}; none\r\n{CAME}{AUTH}; dmarc=pass header.from=quay.example\r\n{CAME}", Fate.STRANGER),
        (f"{CAME}{AUTH}; dmarc=none\r\n{DKIM}{CAME}", Fate.STRANGER),
        (f"{CAME}{DKIM}", Fate.NEW),
        # Dovecot writes a Received of its own above them when Postfix hands over by LMTP.
        (f"{LMTP}{AUTH}; dmarc=none header.from=quay.example\r\n{DKIM}{ESMTP}", Fate.NEW),
        (f"{LMTP.replace('LMTP', 'UTF8LMTPSA')}{LMTP}{AUTH}; dmarc=none\r\n{DKIM}{ESMTP}", Fate.NEW),
        (f"{LMTP}{AUTH}; dmarc=fail header.from=quay.example\r\n{DKIM}{ESMTP}", Fate.STRANGER),
        (f"{LMTP}{AUTH}; dmarc=none\r\n{ESMTP}{DKIM}{LMTP}{ESMTP}", Fate.STRANGER),
        (f"{ESMTP}{LMTP}{AUTH}; dmarc=none\r\n{DKIM}{ESMTP}", Fate.STRANGER),
        (f"{FALSE}{AUTH}; dmarc=none\r\n{DKIM}{ESMTP}", Fate.STRANGER),
        (f"{LMTP}{AUTH}; dmarc=none\r\n{DKIM}", Fate.STRANGER),
    ],
)
def test_a_server_that_is_named_must_vouch_for_the_sender(tmp_path: Path, top: str, fate: Fate) -> None:
    """From is written by whoever writes the mail; only words that our own server wrote count."""
    home = home_with(tmp_path / "home", "maildir: mail, authenticated_by: MX.quay.example")
    for name in ("new", "cur"):
        (home / "mail" / name).mkdir(parents=True)
    put(home, letter(top=top))
    with open_app(home) as app:
        assert [one.fate for one in read_maildir(app)] == [fate]


def test_a_maildir_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The service tells people when it stays so."""
    with (
        open_app(home_with(tmp_path / "home", "maildir: mail")) as app,
        pytest.raises(NotFound, match="no Maildir"),
    ):
        list(read_maildir(app))


def test_a_mailbox_is_read_and_only_what_was_taken_is_done_with(tmp_path: Path) -> None:
    """Strangers' mail stays, marked as read; a long newsletter is read whole."""
    long = "The ferry sails again from Monday. " * 9_000
    with ScriptedImap([letter(), letter("eve@x.example", 2), letter(number=3, body=long)]) as server:
        way = f"url: 'imap://127.0.0.1:{server.port}', user: '{USER}', password_file: keys/imap, done: Taken"
        with open_app(home_with(tmp_path / "home", f"imap: {{{way}}}")) as app:
            fates = [one.fate for one in read_mailbox(app)]
            again = list(read_mailbox(app))
            with app.store.reading() as tx:
                now = app.clock()
                ids = tx.articles.latest(since=now - timedelta(days=1), until=now, limit=9)
                words = {one.title: one.word_count for one in tx.articles.many(ids)}

    assert fates == [Fate.NEW, Fate.STRANGER, Fate.NEW]
    assert again == []
    assert words == {"Ferry 1": 3, "Ferry 3": 54_000}
    assert [(kept.uid, kept.flags) for kept in server.folders["INBOX"]] == [(12, {"\\Seen"})]
    assert len(server.folders["Taken"]) == 2


def test_a_mail_that_cannot_be_moved_keeps_none_behind_it_from_being_read(tmp_path: Path) -> None:
    """The folder is in use: each becomes an article once, goes there later, and people are told."""
    with ScriptedImap([letter(number=number) for number in (1, 2)]) as server:
        way = f"url: 'imap://127.0.0.1:{server.port}', user: '{USER}', password_file: keys/imap, done: Taken"
        server.script["UID MOVE"] = "NO [INUSE] not now"
        fates = []
        with open_app(home_with(tmp_path / "home", f"imap: {{{way}}}")) as app:
            with pytest.raises(TransportError, match="not now"):
                fates.extend(one.fate for one in read_mailbox(app))
            server.script.clear()
            fates.extend(one.fate for one in read_mailbox(app))

    assert fates == [Fate.NEW, Fate.NEW, Fate.SAME, Fate.SAME]
    assert (server.folders["INBOX"], len(server.folders["Taken"])) == ([], 2)


@pytest.mark.parametrize(
    ("damaged", "rounds", "known"),
    [((), 3, ["Ferry 3", "Ferry 5"]), ((11, 12), 4, ["Ferry 3", "Ferry 5"])],
    ids=["full", "stuck"],
)
def test_a_full_mailbox_is_read_to_its_end_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: tuple[int, ...], rounds: int, known: list[str]
) -> None:
    """Whoever goes on holiday finds hundreds of newsletters, or spam in front of them.

    What the server cannot give is there again at once, and for good: it keeps nothing else from being read,
    and is left alone as ever once nothing else is there.
    """
    monkeypatch.setattr(inbox, "MAX_A_ROUND", 2)
    eve = [letter("eve@x.example", number) for number in (1, 2)]
    with ScriptedImap([*eve, letter(number=3), letter("eve@x.example", 4), letter(number=5)]) as server:
        server.script |= {f"UID FETCH {uid}": "NO [SERVERBUG] damaged" for uid in damaged}
        way = f"url: 'imap://127.0.0.1:{server.port}', user: '{USER}', password_file: keys/imap, every: 1h"
        now = system_clock()
        with open_app(home_with(tmp_path / "home", f"imap: {{{way}}}"), clock=lambda: now) as app:
            part = Inbox(Current(app), lambda: None, "imap", lambda: False)
            looks = [part.look("run") for _ in range(9)]
            found = titles(app)

    assert server.verbs().count("SELECT") == rounds
    assert looks == [now] * (rounds - 1) + [now + timedelta(hours=1)] * (10 - rounds)
    assert found == known


def test_the_service_reads_the_maildir_by_itself(home: Path) -> None:
    """Mail that comes while it runs is an article soon; what became of it stands in the history."""
    with Running(home):
        put(home, letter(), letter("eve@x.example", 2))
        until(lambda: len(list((home / "mail" / "cur").iterdir())) == 2)
    with open_app(home) as app, app.store.reading() as tx:
        lines = [line for line in tx.history.list() if line.note == "inbox, maildir"]
        assert titles(app) == ["Ferry 1"]

    assert sum((line.counts.get("new", 0) for line in lines), 0) == 1
    assert sum((line.counts.get("stranger", 0) for line in lines), 0) == 1
