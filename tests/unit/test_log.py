"""Logs: one line an event, and never a secret."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from digest.log import configure, get_logger
from digest.log.lines import redact
from digest.log.scrubbing import REDACTED
from digest.tokens import Keyring


@pytest.fixture(autouse=True)
def _fresh_structlog() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_service_writes_json_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to the command's answer."""
    configure("info", json=True)
    get_logger().info("edition_built", edition=7, items=18)

    out, err = capsys.readouterr()
    line = json.loads(err)
    assert out == ""
    assert line.pop("at").endswith("Z")
    assert line == {"event": "edition_built", "level": "info", "edition": 7, "items": 18}


def test_a_command_is_quiet_below_warning(capsys: pytest.CaptureFixture[str]) -> None:
    """People at a terminal read the answer, not the log."""
    configure("info", json=False)
    log = get_logger()
    log.info("edition_built")
    log.warning("relay_slow", relay="main")

    assert capsys.readouterr().err == "level=warning event=relay_slow relay=main\n"


def test_debug_reaches_the_terminal_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who asks for debug wants all of it."""
    configure("debug", json=False)
    get_logger().info("step", name="pick")

    assert capsys.readouterr().err == "level=info event=step name=pick\n"


def test_what_was_chosen_last_holds_from_the_first_line_on(capsys: pytest.CaptureFixture[str]) -> None:
    """A command's choice waits for its first line, and must not come up again in a service."""
    configure("error", json=False)
    get_logger().warning("relay_slow")
    configure("info", json=True)
    get_logger().info("tick")
    configure("error", json=False)
    get_logger().warning("relay_slow")
    get_logger().error("relay_gone")

    first, second = capsys.readouterr().err.splitlines()
    assert json.loads(first)["event"] == "tick"
    assert second == "level=error event=relay_gone"


@pytest.mark.parametrize("level", ["", "loud", "INFO", "critical", "notset"])
def test_an_unknown_level_is_refused(level: str) -> None:
    """A misspelt level must not silence the log."""
    with pytest.raises(ValueError, match="debug, info, warning or error"):
        configure(level, json=True)


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "relay_password",
        "token",
        "tokens",
        "secret",
        "address",
        "email",
        "EMAIL",
        "client_secret_old",
    ],
)
def test_secrets_and_addresses_are_redacted(key: str) -> None:
    """A log is copied to more places than anybody remembers."""
    assert redact(None, "info", {"event": "x", key: "canary"}) == {"event": "x", key: REDACTED}


@pytest.mark.parametrize("key", ["emailed", "addressee", "tokenizer", "event", "relay"])
def test_other_words_stay(key: str) -> None:
    """Redaction by part of a word would blind the log."""
    assert redact(None, "info", {key: "x"}) == {key: "x"}


def test_redaction_reaches_into_values() -> None:
    """A mapping logged whole is the usual leak."""
    event = {
        "relay": {"user": "u", "password": "canary"},
        "people": [{"email": "canary"}, ("a", {"token": "canary"})],
    }

    assert redact(None, "info", event) == {
        "relay": {"user": "u", "password": REDACTED},
        "people": [{"email": REDACTED}, ["a", {"token": REDACTED}]],
    }


def test_what_is_too_deep_to_look_through_is_not_written() -> None:
    """A bound must err on the silent side."""
    value: object = {"password": "canary"}
    for _ in range(10):
        value = {"in": value}

    assert "canary" not in repr(redact(None, "info", {"event": "x", "v": value}))


def test_an_error_is_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Log collectors split at line ends."""
    configure("info", json=True)
    try:
        raise RuntimeError("first\nsecond")
    except RuntimeError:
        get_logger().exception("tick_failed")

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "RuntimeError: first\nsecond" in json.loads(lines[0])["exception"]


def test_bound_context_is_redacted_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Context travels further than the line that bound it."""
    configure("info", json=True)
    structlog.contextvars.bind_contextvars(email="canary")
    get_logger().info("x")

    assert "canary" not in capsys.readouterr().err


def test_addresses_that_errors_quote_are_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A relay's refusal repeats whom it refuses, and a traceback what it was called with."""
    configure("info", json=True)
    log = get_logger()
    try:
        raise ValueError("550 <sam@readers.example.org>: no such user")
    except ValueError:
        log.exception(
            "failed", cause="to=sam@readers.example.org", also=["postgresql://olu:pass@db/x"], at_="a"
        )
    written = capsys.readouterr().err

    assert "no such user" in written
    assert json.loads(written)["cause"] == f"to={REDACTED}"
    assert [word for word in ("sam@", "olu:", "pass@") if word in written] == []


def test_tokens_that_errors_quote_are_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever others say in whatever field; the rest of a link stays."""
    configure("info", json=True)
    token = Keyring(("key-" * 8,)).sign("unsubscribe", f"{'A' * 22}.daily")
    get_logger().error("failed", cause=f"554 https://n.example/unsubscribe/{token}", also=[token], open=7)
    line = json.loads(capsys.readouterr().err)

    assert line["cause"] == f"554 https://n.example/unsubscribe/{REDACTED}"
    assert (line["also"], line["open"]) == (f"['{REDACTED}']", 7)


def test_what_libraries_log_is_a_line_of_json_and_tells_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python writes it as bare text where nobody has said how."""
    monkeypatch.setattr(logging, "lastResort", logging.lastResort)
    configure("info", json=True)
    assert logging.lastResort is not None
    try:
        raise ValueError("sam@example.org")
    except ValueError:
        told = logging.getLogger("some.library").makeRecord(
            "some.library", logging.ERROR, "x.py", 1, "of %s", ("sam@example.org",), sys.exc_info()
        )
    logging.lastResort.handle(told)
    quiet = logging.getLogger("some.library").makeRecord(
        "some.library", logging.INFO, "x.py", 1, "a", (), None
    )
    assert quiet.levelno < logging.lastResort.level
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["library"], line["level"]) == ("library_said", "some.library", "error")
    assert "ValueError" in line["exception"]
    assert "sam@" not in str(line)


def said_by(program: str) -> str:
    """Run a few lines in an interpreter of their own; return what they wrote to standard error."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return run.stderr


def test_the_first_line_is_written_where_no_file_can_be_opened_any_more() -> None:
    """That there are too many open files may be the very thing it tells."""
    told = said_by(
        "import resource\n"
        "from digest.log import configure, get_logger\n"
        "configure('info', json=False)\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))\n"
        "get_logger().warning('out_of_files', email='reader@example.org')\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))\n"
    )
    assert told == "level=warning event=out_of_files\n"


def test_a_line_before_anything_is_set_up_tells_no_secret() -> None:
    """It goes to standard error like the others."""
    told = said_by(
        "from digest.log import get_logger\nget_logger().warning('early', password='x', relay='main')\n"
    )
    assert told == "level=warning event=early password=[redacted] relay=main\n"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("log(35, 'slow')", "level=warning event=library_said library=some.library said=slow"),
        ("warning('%d of %d', 1)", 'level=warning event=library_said library=some.library said="%d of %d"'),
    ],
)
def test_what_a_library_says_oddly_is_told_too(said: str, told: str) -> None:
    """A level of its own; values that do not fit the words."""
    program = f"configure('info', json=False)\nlogging.getLogger('some.library').{said}\n"
    assert said_by(f"import logging\nfrom digest.log import configure\n{program}") == f"{told}\n"
