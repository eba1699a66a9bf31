"""Logging in over real sockets: the ways that are known, refusals, and secrets that stay unsaid."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from pathlib import Path

import pytest

from dialling import call, failure
from digest.deliver.mailbox import Mailbox, MailboxRules
from digest.deliver.smtp.login import Login
from scripted_relay import DROP, ScriptedRelay


def coded(words: str | bytes) -> str:
    """Write words the way AUTH carries them."""
    return base64.b64encode(words.encode() if isinstance(words, str) else words).decode("ascii")


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """Make the file of a token in the home."""
    path = tmp_path / "token"
    path.write_text("canary-token-1\n")
    return path


@pytest.mark.parametrize(
    ("offer", "commands"),
    [
        ("AUTH PLAIN LOGIN", [f"AUTH PLAIN {coded(chr(0) + 'olu' + chr(0) + 'pässword')}"]),
        ("AUTH=PLAIN", [f"AUTH PLAIN {coded(chr(0) + 'olu' + chr(0) + 'pässword')}"]),
        ("AUTH CRAM-MD5 login", ["AUTH LOGIN", coded("olu"), coded("pässword")]),
    ],
)
def test_a_password_goes_by_plain_and_else_by_login(offer: str, commands: list[str]) -> None:
    """RFC 4616: NUL, user, NUL, password in UTF-8; LOGIN is asked for each."""
    script = (
        {}
        if "PLAIN" in offer
        else {"auth": "334 VXNlcm5hbWU6", "challenge 1": "334 UGFzc3dvcmQ6", "challenge 2": "235 in"}
    )
    with ScriptedRelay(script, offers=(offer,)) as relay:
        call(relay, user="olu", password="pässword").smtp.close()

    assert relay.commands[1:] == commands


def test_the_mailbox_lets_us_in_by_both(tmp_path: Path) -> None:
    """A server that shares no line with our login."""
    with Mailbox(tmp_path, rules=MailboxRules(login=("olu", "s3cret"))) as box:
        call(box.port, user="olu", password="s3cret").smtp.close()
        assert failure(box.port, user="olu", password="wrong").code == 535


def test_a_token_goes_by_xoauth2(tmp_path: Path, token: Path) -> None:
    """user=, auth=Bearer, each with a control-A behind it, and one more at the end."""
    with ScriptedRelay(offers=("AUTH PLAIN XOAUTH2",)) as relay:
        call(relay, tmp_path, user="olu@example.org", token_file=token.name).smtp.close()

    expected = b"user=olu@example.org\x01auth=Bearer canary-token-1\x01\x01"
    assert relay.commands[1:] == [f"AUTH XOAUTH2 {coded(expected)}"]


def test_a_renewed_token_is_taken_by_the_next_connection(tmp_path: Path, token: Path) -> None:
    """They are good for an hour, and an edition may take longer."""
    with ScriptedRelay(offers=("AUTH XOAUTH2",)) as relay:
        call(relay, tmp_path, user="olu", token_file="token").smtp.close()
        token.write_text("token-2\n")
        call(relay, tmp_path, user="olu", token_file="token").smtp.close()

    assert b"token-2" in base64.b64decode(relay.commands[-1].split()[2])


def test_a_long_token_waits_to_be_asked_for(tmp_path: Path, token: Path) -> None:
    """RFC 4954 section 4: AUTH itself keeps to 512 octets; what follows a 334 may be longer."""
    token.write_text("x" * 2_000)
    with ScriptedRelay({"auth": "334 ", "challenge 1": "235 in"}, offers=("AUTH XOAUTH2",)) as relay:
        call(relay, tmp_path, user="olu", token_file="token").smtp.close()

    assert relay.commands[1] == "AUTH XOAUTH2"
    assert base64.b64decode(relay.commands[2]).endswith(b"x" * 2_000 + b"\x01\x01")


@pytest.mark.usefixtures("token")
def test_the_words_of_a_refused_token_are_asked_for(tmp_path: Path) -> None:
    """The relay tells a status in a challenge, and the refusal only after an empty line."""
    told = coded(json.dumps({"status": "401", "schemes": "bearer", "scope": "https://mail.example/"}))
    script = {"auth": f"334 {told}", "challenge 1": "535 5.7.8 not accepted"}
    with ScriptedRelay(script, offers=("AUTH XOAUTH2",)) as relay:
        error = failure(relay, tmp_path, user="olu", token_file="token")

    assert relay.commands[-1] == ""
    assert (error.permanent, error.code) == (True, 535)
    assert "535 5.7.8 not accepted (status 401)" in str(error)
    assert "token_file" in (error.hint or "")


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("challenge", ["%%%", coded("[1]"), coded("{"), coded('{"status": null}'), ""])
def test_a_challenge_that_makes_no_sense_tells_no_status(tmp_path: Path, challenge: str) -> None:
    """It is the relay's, and may hold anything."""
    script = {"auth": f"334 {challenge}", "challenge 1": "535 no"}
    with ScriptedRelay(script, offers=("AUTH XOAUTH2",)) as relay:
        error = failure(relay, tmp_path, user="olu", token_file="token")

    assert error.message.endswith("535 no")


def test_challenges_without_an_end_are_left() -> None:
    """A password exchange has one answer; an asterisk calls it off (RFC 4954 section 4)."""
    script = {"auth": "334 x"} | {f"challenge {turn}": "334 x" for turn in range(1, 20)}
    with ScriptedRelay(script, offers=("AUTH PLAIN",)) as relay:
        error = failure(relay, user="olu", password="x")

    assert "not SMTP" in str(error)
    assert relay.commands[2] == "*"
    assert len(relay.commands) < 10


def test_a_way_that_is_offered_and_not_known_is_passed_over() -> None:
    """504; after any other refusal a second try would count as a second wrong password."""
    with ScriptedRelay({"auth": "504 5.5.4 unknown"}, offers=("AUTH PLAIN LOGIN",)) as relay:
        error = failure(relay, user="olu", password="x")
        assert [each.split()[1] for each in relay.commands[1:]] == ["PLAIN", "LOGIN"]
        assert error.code == 504
        relay.commands.clear()
        relay.script["auth"] = "535 5.7.8 no"
        failure(relay, user="olu", password="x")
        assert [each.split()[1] for each in relay.commands[1:]] == ["PLAIN"]


@pytest.mark.parametrize(
    ("offers", "told"),
    [((), "none at all"), (("AUTH CRAM-MD5 GSSAPI",), "CRAM-MD5 GSSAPI"), (("AUTH XOAUTH2",), "XOAUTH2")],
)
def test_a_relay_without_a_way_that_we_know_is_told_apart(offers: tuple[str, ...], told: str) -> None:
    """The password is not at fault."""
    with ScriptedRelay(offers=offers) as relay:
        error = failure(relay, user="olu", password="canary")

    assert error.permanent
    assert error.message.endswith(f"that we know: {told}")
    assert len(relay.commands) == 1


@pytest.mark.parametrize(
    ("reply", "permanent", "way_out"),
    [
        ("535 5.7.8 no", True, "password_file"),
        ("534 5.7.9 application password", True, "made for programs"),
        ("530 5.7.0 STARTTLS first", True, "starttls"),
        ("538 5.7.11 encryption", True, "starttls"),
        ("454 4.7.0 later", False, ""),
        ("421 4.7.0 too many tries", False, ""),
        (DROP, False, ""),
        ("what?", False, ""),
    ],
)
def test_a_refused_login_says_what_to_do(reply: str, permanent: bool, way_out: str) -> None:
    """454 is the directory being away; the others want something of the operator."""
    with ScriptedRelay({"auth": reply}, offers=("AUTH PLAIN",)) as relay:
        error = failure(relay, user="olu", password="x")

    assert error.permanent is permanent
    assert error.code == (int(reply[:3]) if reply[0].isdigit() else None)
    assert str(error).startswith("relay main, auth: ")
    assert way_out in (error.hint or "")


PLAIN = coded("\0olu\0canary password")


@pytest.mark.parametrize(
    "words",
    [
        f"535 unknown command: AUTH PLAIN {PLAIN}",
        f"535-unknown command:\r\n535 AUTH PLAIN {PLAIN[:20]}",
        "535 no user with the password canary password",
        f"what? {PLAIN}",
        f"235 in\r\n500 {PLAIN}",
    ],
)
def test_what_a_relay_repeats_of_the_login_is_not_shown(words: str, caplog: pytest.LogCaptureFixture) -> None:
    """Some servers quote the line that they did not understand; errors are pasted into tickets."""
    caplog.set_level(logging.DEBUG)
    with ScriptedRelay({"auth": words}, offers=("AUTH PLAIN",)) as relay:
        error = failure(relay, user="olu", password="canary password")

    everything = "".join(traceback.format_exception(error)) + repr(error.__cause__) + caplog.text
    assert "canary" not in everything
    assert PLAIN[:20] not in everything


def test_a_status_shows_nothing_of_the_token_either(tmp_path: Path, token: Path) -> None:
    """A relay that is not ours may put there what it likes."""
    told = coded(json.dumps({"status": token.read_text().strip()}))
    with ScriptedRelay({"auth": f"334 {told}", "challenge 1": "535 no"}, offers=("AUTH XOAUTH2",)) as relay:
        error = failure(relay, tmp_path, user="olu", token_file="token")

    assert "canary" not in "".join(traceback.format_exception(error))


def test_a_missing_token_is_no_reason_to_give_up(tmp_path: Path) -> None:
    """Whatever renews it may be writing it; the next try reads it again."""
    error = failure(1, tmp_path, user="olu", token_file="token")

    assert not error.permanent
    assert str(error).startswith("relay main, auth: no token: No such file")


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("secret", [{"password": "canary"}, {"token_file": "token"}])
def test_no_secret_crosses_the_network_in_clear(tmp_path: Path, secret: dict[str, str]) -> None:
    """A token opens the mailbox as a password does."""
    error = failure(1, tmp_path, url="smtp://192.0.2.1", user="olu", **secret)

    assert error.permanent
    assert "in clear" in str(error)


def test_a_login_shows_no_secret() -> None:
    """Debuggers and error reports print it."""
    assert "canary" not in repr(Login(user="olu", secret="canary", is_token=True))
