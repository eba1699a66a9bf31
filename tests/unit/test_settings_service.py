"""Who is told and how the service runs: what may be written, and what is refused."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from digest.errors import SettingsError
from digest.model import AlertKind
from digest.settings import load_settings, secret_bytes

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
SYSTEM = """\
site: {base_url: "https://news.example.org", postal_address: "1 Example Street"}
relays: [{name: main, url: "smtp://127.0.0.1:2525", tls: none}]
"""


def write(home: Path, alerts: str) -> None:
    """Write a configuration of an installation, and a secret beside it."""
    (home / "config" / "digest.yaml").write_text(SYSTEM + alerts, encoding="utf-8")
    (home / "keys" / "pager.secret").write_text(f"{SECRET}\n", encoding="utf-8")


def fault(home: Path, alerts: str, environ: dict[str, str] | None = None) -> str:
    """Return the faults of a configuration as text."""
    write(home, alerts)
    with pytest.raises(SettingsError) as caught:
        load_settings(home, environ or {})
    return str(caught.value)


def test_a_webhook_takes_its_secret_from_a_file_or_a_variable(home: Path) -> None:
    """Configuration files are copied and committed; secrets are not."""
    write(
        home,
        "alerts:\n  webhooks:\n"
        "    - {name: pager, url: 'https://p.example.org/h?x', "
        "secret_file: keys/pager.secret, kinds: [held]}\n"
        "    - {name: on-call, url: 'http://127.0.0.1:8080/h'}\n",
    )
    other = "whsec_" + base64.b64encode(bytes(24)).decode()
    alerts = load_settings(home, {"DIGEST_ALERTS__WEBHOOKS__ON_CALL__SECRET": other}).system.alerts

    pager, on_call = alerts.webhooks
    assert pager.secret is not None
    assert on_call.secret is not None
    assert secret_bytes(pager.secret.get_secret_value()) == KEY
    assert secret_bytes(on_call.secret.get_secret_value()) == bytes(24)
    assert pager.kinds == (AlertKind.HELD,)
    assert SECRET not in repr(alerts)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (f"secret: {SECRET}", "no secret in this file"),
        ("", "expected a secret to sign with, found nothing"),
        ("secret_file: keys/none", "a readable file that holds the secret on one line"),
        ("secret_file: keys/short", "expected whsec_ and then base64 of 24 to 64 bytes"),
    ],
)
def test_a_secret_that_is_none_is_a_fault_that_does_not_show_it(home: Path, entry: str, said: str) -> None:
    """A signature with a guessable key is none, and `digest check` is shown around."""
    (home / "keys" / "short").write_text("whsec_aHVzaA==\n", encoding="utf-8")
    found = fault(home, f"alerts: {{webhooks: [{{name: pager, url: 'https://p.example.org/', {entry}}}]}}\n")

    assert said in found
    assert SECRET not in found
    assert "aHVzaA" not in found


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://p.example.org/", "https for what is not on this machine"),
        ("http://10.0.0.7/", "https for what is not on this machine"),
        ("https://olu:word@p.example.org/", "without user and password"),
        ("ftp://p.example.org/", "a web address such as"),
        ("https://p.example.org/a b", "a web address such as"),
    ],
)
def test_alerts_go_only_where_nobody_else_reads_them(home: Path, url: str, said: str) -> None:
    """They tell what is amiss with an installation."""
    entry = f"{{name: pager, url: '{url}', secret_file: keys/pager.secret}}"

    assert said in fault(home, f"alerts: {{webhooks: [{entry}]}}\n")


def test_two_webhooks_of_one_name_are_a_fault(home: Path) -> None:
    """Their alerts could not be told apart."""
    entry = "{name: pager, url: 'https://p.example.org/', secret_file: keys/pager.secret}"

    assert "alerts.webhooks.1.name: expected a name that no other webhook has" in fault(
        home, f"alerts: {{webhooks: [{entry}, {entry}]}}\n"
    )


def test_mail_to_operators_needs_a_sender(home: Path) -> None:
    """An alert may be about no digest at all, so there is none to borrow one from."""
    said = fault(home, "alerts: {mail: {to: [olu@newsroom.example.org]}}\n")

    assert "alerts.mail.from: expected the sender of mail to the operators, found nothing" in said


def test_an_unknown_kind_is_a_fault_with_the_nearest(home: Path) -> None:
    """A misspelt kind would silence what somebody wanted to hear."""
    said = fault(home, "alerts: {mail: {kinds: [heldd]}}\n")

    assert "one of held, missed, failed" in said
    assert "did you mean 'held'?" in said


@pytest.mark.parametrize(
    ("listen", "is_well"),
    [
        ("127.0.0.1:9464", True),
        ("localhost:1", True),
        ("'[::1]:9464'", True),
        ("none", True),
        ("0.0.0.0:9464", False),
        ("'[::]:9464'", False),
        ("metrics.example.org:9464", False),
    ],
)
def test_only_this_machine_is_told_unless_the_operator_says_so(
    home: Path, listen: str, is_well: bool
) -> None:
    """States and figures of an installation are not for strangers."""
    if is_well:
        write(home, f"service: {{listen: {listen}}}\n")
        load_settings(home, {})
    else:
        assert "this machine such as 127.0.0.1, or public: true" in fault(
            home, f"service: {{listen: {listen}}}\n"
        )
        write(home, f"service: {{listen: {listen}, public: true}}\n")
        load_settings(home, {})


def test_a_group_below_a_relay_has_variables_of_its_own(home: Path) -> None:
    """DIGEST_RELAYS__MAIN__WARM_UP alone would name no value."""
    text = SYSTEM.replace("tls: none", "tls: none, warm_up: {from: 2026-12-01, first_day: 200}")
    (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")

    (relay,) = load_settings(home, {"DIGEST_RELAYS__MAIN__WARM_UP__GROWTH": "2"}).system.relays
    assert relay.warm_up is not None
    assert relay.warm_up.growth == 2
