"""Every way that a report can come in leads to the same consequences."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from digest.actions.app import App
from digest.actions.mailing.bounces import take
from digest.actions.mailing.intake import fetch, listener
from reports_cast import REPORTS, add_reader, consequences, furnish_home, opened, recipient_of, report
from scripted_imap import PASSWORD, USER, ScriptedImap

HandOver = Callable[[bytes], None]
NOBODY: tuple[list[tuple[str, str | None]], list[str], list[str]] = ([], [], ["confirmed"])
SUPPRESSED = "mail comes back: "
#: What two reports of a kind, about two editions, lead to. By hand from the table in deliver.md.
EXPECTED = {
    "no-such-user": ("hard", "5.1.1"),
    "no-way-to-domain": ("hard", "5.4.4"),
    "disabled-original-to": ("hard", "5.2.1"),
    "words-without-code": ("hard", "5.0.0"),
    "exim-unrouteable": ("hard", "5.0.0"),
    "exim-full": ("soft", "5.0.0"),
    "exchange": ("hard", "5.1.10"),
    "qmail": ("hard", "5.1.1"),
    "mailbox-full": ("soft", "5.2.2"),
    "too-big": ("soft", "5.2.3"),
    "given-up-after-days": ("soft", "4.4.1"),
    "delayed": ("soft", "4.2.0"),
    "code-without-words": ("soft", "5.0.0"),
    "policy": ("refused", "5.7.1"),
    "sender-not-authenticated": ("refused", "5.7.515"),
    "complaint": ("complaint", None),
    "global": ("hard", "5.1.1"),
    "global-base64": ("hard", "5.1.1"),
    "global-quoted": ("soft", "4.4.1"),
}
NO_REPORTS = {"not-spam", "delivered", "vacation", "abwesend", "person", "broken"}
NOT_OURS = {"forged-token", "address-in-text-only", "global-forged"}


@contextmanager
def by_file(folder: Path) -> Iterator[tuple[App, HandOver]]:
    """Files that somebody names."""

    def hand_over(message: bytes) -> None:
        (folder / "one.eml").write_bytes(message)
        assert len(list(take(app, [folder / "one.eml"]))) == 1

    with opened(furnish_home(folder / "home")) as app:
        yield app, hand_over


@contextmanager
def by_maildir(folder: Path) -> Iterator[tuple[App, HandOver]]:
    """A folder that a mail server delivers into."""
    for name in ("cur", "new"):
        (folder / "box" / name).mkdir(parents=True)

    def hand_over(message: bytes) -> None:
        (folder / "box" / "new" / "1.host").write_bytes(message)
        assert len(list(take(app, [folder / "box"]))) == 1

    with opened(furnish_home(folder / "home")) as app:
        yield app, hand_over


@contextmanager
def by_imap(folder: Path) -> Iterator[tuple[App, HandOver]]:
    """A mailbox elsewhere."""

    def hand_over(message: bytes) -> None:
        server.put(message)
        assert len(list(fetch(app))) == 1

    (folder / "secret").write_text(PASSWORD, encoding="utf-8")
    with ScriptedImap() as server:
        url, secret = f"imap://127.0.0.1:{server.port}", folder / "secret"
        ways = f"{{imap: {{url: '{url}', user: '{USER}', password_file: '{secret}', done: delete}}}}"
        with opened(furnish_home(folder / "home", ways)) as app:
            yield app, hand_over


@contextmanager
def by_listener(folder: Path, client: type[smtplib.SMTP]) -> Iterator[tuple[App, HandOver]]:
    """A mail server that hands over; what it may not hand over at all must not count either way."""
    scheme = "lmtp" if client is smtplib.LMTP else "smtp"

    def hand_over(message: bytes) -> None:
        recipient = recipient_of(message)
        try:
            smtp.sendmail("", recipient, message)
        except smtplib.SMTPRecipientsRefused as refused:
            if refused.recipients[recipient][0] != 550:
                raise

    ways = f"{{listen: {{url: '{scheme}://127.0.0.1:1', accept: [fbl@news.example.org]}}}}"
    with opened(furnish_home(folder / "home", ways)) as app:
        running = listener(app)
        running.url = f"{scheme}://127.0.0.1:0"
        with running:
            host, port = running.url.rpartition("/")[2].split(":")
            with client(host, int(port), local_hostname="localhost") as smtp:
                yield app, hand_over


WAYS: dict[str, Callable[[Path], object]] = {
    "file": by_file,
    "maildir": by_maildir,
    "imap": by_imap,
    "lmtp": lambda folder: by_listener(folder, smtplib.LMTP),
    "smtp": lambda folder: by_listener(folder, smtplib.SMTP),
}


@pytest.fixture(scope="module", params=WAYS)
def way(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[App, HandOver]]:
    """Open a home that takes reports in one way."""
    with ExitStack() as stack:
        yield stack.enter_context(WAYS[request.param](tmp_path_factory.mktemp("way")))


def expected(name: str) -> tuple[list[tuple[str, str | None]], list[str], list[str]]:
    """Say what two editions that came back so lead to."""
    if name in NO_REPORTS | NOT_OURS:
        return NOBODY
    kind, status = EXPECTED[name]
    reasons = {"hard": [f"{SUPPRESSED}{status}"], "complaint": ["complaint"]}.get(kind, [])
    return [(kind, status)] * 2, reasons, ["ended" if kind == "complaint" else "confirmed"]


@pytest.mark.parametrize("name", sorted(path.stem for path in REPORTS.iterdir()))
def test_a_report_leads_to_the_same_however_it_comes_in(way: tuple[App, HandOver], name: str) -> None:
    """An operator changes the way that mail comes in, and not what it means; each counts once."""
    app, hand_over = way
    reader = add_reader(app, "jörg" if name.startswith("global") else "sam")
    for number, address in enumerate(reader.addresses):
        for _ in range(2):
            hand_over(report(name, address, f"{reader.id}-{number}"))

    assert consequences(app, reader) == expected(name)
