"""Readers with letters beyond ASCII before the @ get their mail where a relay offers SMTPUTF8 (RFC 6531)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from commands import AT, SYSTEM, furnish, run_here
from crashing import ARTICLES
from digest.actions.readers.letters import post
from digest.bootstrap import open_app
from digest.model import Letter, LetterKind
from scripted_relay import ScriptedRelay

JUERGEN = "jürgen@example.org"
WIDE = ("8BITMIME", "SMTPUTF8")


def opened(root: Path, *ports: int) -> Path:
    """Make a home with relays at these ports."""
    furnish(root)
    relays = ", ".join(
        f'{{name: r{at}, url: "smtp://127.0.0.1:{port}", tls: none}}' for at, port in enumerate(ports)
    )
    text = "\n".join([*SYSTEM.format(port=9).splitlines()[:-1], f"relays: [{relays}]"])
    (root / "config" / "digest.yaml").write_text(
        f"{text}\ndelivery: {{max_lateness: 520w}}\n", encoding="utf-8"
    )
    return root


def test_edition_reaches_them_by_the_relay_that_offers_it(tmp_path: Path) -> None:
    """From the list to the wire: the address stands in the header as it is, and is not encoded."""
    with ScriptedRelay(offers=("8BITMIME",)) as plain, ScriptedRelay(offers=WIDE) as able:
        root = opened(tmp_path / "home", plain.port, able.port)
        for args in (
            ("ingest", ARTICLES),
            ("subscribers", "add", JUERGEN, "-d", "daily", "--consent", "form"),
            ("build", "daily", "--at", AT),
            ("editions", "approve", "1"),
        ):
            assert run_here(*args, home=root).code == 0, args
        sent = run_here("send", "1", "--json", home=root)

        assert (sent.code, sent.data["sent"], sent.data["failed"]) == (0, 1, 0)
        assert (plain.recipients, able.recipients) == ([], [JUERGEN])
        (body,) = able.bodies
    assert f"To: {JUERGEN}\r\n".encode() in body


def test_letter_reaches_them_too(tmp_path: Path) -> None:
    """Who signs up has to confirm first."""
    now = datetime.now(UTC)
    with ScriptedRelay(offers=WIDE) as able, open_app(opened(tmp_path / "home", able.port)) as app:
        with app.store.writing() as tx:
            tx.letters.add(
                Letter(
                    uid="", kind=LetterKind.CONFIRM, email=JUERGEN, digest="daily", consent="c", made_at=now
                )
            )

        assert post(app) == 1
        (body,) = able.bodies
    assert able.recipients == [JUERGEN]
    assert f"To: {JUERGEN}\r\n".encode() in body
