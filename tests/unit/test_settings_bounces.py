"""What operators say of the ways that reports come in, and what is refused before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from digest.errors import SettingsError
from digest.settings import BounceSettings, is_loopback, load_settings

SYSTEM = """\
site: {base_url: "https://news.example.org", postal_address: 1 Example Street}
relays: [{name: main, url: "smtp://127.0.0.1:2525"}]
delivery: {bounce_domain: bounces.news.example.org, bounces: %s}
"""
PASSWORD = "DIGEST_DELIVERY__BOUNCES__IMAP__PASSWORD"


def loaded(home: Path, written: str, environ: Mapping[str, str] | None = None) -> BounceSettings:
    """Read a home whose reports come in as written."""
    (home / "config" / "digest.yaml").write_text(SYSTEM % written, encoding="utf-8")
    return load_settings(home, environ or {}).system.delivery.bounces


def test_the_password_comes_from_its_file_or_a_variable_and_stays_hidden(home: Path) -> None:
    """The mailbox of the reports names every reader."""
    (home / "keys" / "imap").write_text("canary\n")
    written = "{imap: {url: 'imaps://imap.example.org', user: olu, password_file: keys/%s}}"
    by_file = loaded(home, written % "imap")
    by_variable = loaded(home, written % "none", {PASSWORD: "canary"})

    for found in (by_file, by_variable):
        assert found.imap.password is not None
        assert found.imap.password.get_secret_value() == "canary"
        assert "canary" not in repr(found)
        assert found.are_taken_in


def test_a_password_in_the_file_is_refused_with_the_ways_out(home: Path) -> None:
    """The same rule as for a relay."""
    with pytest.raises(SettingsError) as caught:
        loaded(home, "{imap: {url: 'imaps://imap.example.org', user: olu, password: canary}}")

    hints = [fault.hint for fault in caught.value.faults if fault.key.endswith("imap.password")]
    assert hints == [f"name a file in password_file, or set {PASSWORD}"]
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("{imap: {url: 'imaps://imap.example.org'}}", "imap.user"),
        ("{imap: {url: 'imaps://imap.example.org', user: olu}}", "imap.password_file"),
        ("{imap: {url: 'https://imap.example.org', user: o, password_file: keys/x}}", "imap.password_file"),
        ("{imap: {ca_file: keys/none.pem}}", "imap.ca_file"),
        ('{imap: {folder: "IN\\x85BOX"}}', "imap.folder"),
        ("{imap: {done: Inbox}}", "imap.done"),
        ("{imap: {folder: Büro, done: Büro}}", "imap.done"),
        ('{imap: {done: "a\\r\\nb"}}', "imap.done"),
        ("{listen: {url: 'lmtp://192.0.2.1:24'}}", "listen.url"),
        ("{listen: {url: 'smtp://mail.example.org:25'}}", "listen.url"),
        ("{listen: {url: 'lmtp://0.0.0.0:24'}}", "listen.url"),
        ("{listen: {url: 'lmtp://127.0.0.1'}}", "listen.url"),
        ("{listen: {url: 'smtp+unix:var/x'}}", "listen.url"),
        ("{listen: {public: perhaps}}", "listen.public"),
    ],
)
def test_what_cannot_work_or_is_not_safe_is_a_fault(home: Path, written: str, key: str) -> None:
    """Told by `digest check`, and not by the first report that is lost."""
    with pytest.raises(SettingsError) as caught:
        loaded(home, written)

    assert f"delivery.bounces.{key}" in [fault.key for fault in caught.value.faults]


@pytest.mark.parametrize(
    "url",
    ["lmtp://127.0.0.1:24", "smtp://[::1]:2525", "lmtp://localhost:24", "lmtp+unix:var/lmtp.sock"],
)
def test_this_machine_needs_no_more_words(home: Path, url: str) -> None:
    """The usual way is a mail server beside the program."""
    assert loaded(home, f"{{listen: {{url: '{url}'}}}}").listen.url == url


def test_the_network_is_listened_to_on_purpose_only(home: Path) -> None:
    """Whoever opens a port to others has said so."""
    found = loaded(home, "{listen: {url: 'smtp://0.0.0.0:25', public: true, accept: [fbl@example.org]}}")

    assert (found.listen.public, found.listen.accept) == (True, ("fbl@example.org",))


def test_a_listener_needs_a_domain_or_an_address_that_it_takes_mail_for(home: Path) -> None:
    """Without one it could take nothing, or everything."""
    text = SYSTEM.replace("bounce_domain: bounces.news.example.org, ", "")
    ways = "{listen: {url: 'lmtp://[::1]:24', accept: [fbl@example.org]}}"
    (home / "config" / "digest.yaml").write_text(text % ways, encoding="utf-8")
    assert load_settings(home, {}).system.delivery.bounces.are_taken_in
    (home / "config" / "digest.yaml").write_text(
        text % "{listen: {url: 'lmtp://[::1]:24'}}", encoding="utf-8"
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(home, {})

    assert [fault.key for fault in caught.value.faults] == ["delivery.bounce_domain"]


def test_nothing_is_open_unless_it_is_written(home: Path) -> None:
    """A home of the last version goes on as it was."""
    assert not loaded(home, "{}").are_taken_in


def test_a_host_is_this_machine_by_its_address() -> None:
    """A name could mean another machine tomorrow; one name cannot."""
    assert [is_loopback(host) for host in ("127.8.0.1", "::1", "LocalHost")] == [True] * 3
    assert not any(is_loopback(host) for host in ("192.0.2.1", "::", "localhost.example.org", "", "10.0.0.1"))
