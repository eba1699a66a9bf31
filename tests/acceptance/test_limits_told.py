"""A limit that is used up in the middle of an edition: the command says which, and when it goes on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands import AT, SYSTEM, Ran
from digest.deliver.mailbox import Mailbox

RELAY = ", tls: none, per_hour: 1}]\n"
DOMAIN = ", tls: none}]\ndelivery: {domains: [{name: example.org, per_hour: 1}]}\n"


def sent_until_told(home: Path, edition: int, *, json_: bool) -> tuple[list[dict[str, Any]], str, int]:
    """Send until an event tells of a limit, then ask it to stop; return events, output and status."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    command = [sys.executable, "-m", "digest", "send", str(edition), "--late", "--events"]
    sender = subprocess.Popen(
        command + ["--json"] * json_,
        env={**env, "DIGEST_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    events: list[dict[str, Any]] = []
    assert sender.stderr is not None
    for line in sender.stderr:
        events.append(json.loads(line))
        if events[-1]["used_up"]:
            sender.send_signal(signal.SIGTERM)
            break
    out, _ = sender.communicate(timeout=60)
    return events, out, sender.returncode


@pytest.mark.parametrize(("settings", "limit"), [(RELAY, "relay main"), (DOMAIN, "domain example.org")])
def test_limit_that_is_used_up_is_named_with_its_end(
    digest: Callable[..., Ran], articles: Path, home: Path, tmp_path: Path, settings: str, limit: str
) -> None:
    """Without it an operator sees a command that does nothing, and looks for a fault at the relay."""
    assert digest("ingest", articles).code == 0
    for name in ("sam", "olu"):
        digest("subscribers", "add", f"{name}@example.org", "-d", "daily", "--consent", "form")
    with Mailbox(tmp_path / "mail") as running:
        text = SYSTEM.format(port=running.port).replace(", tls: none}]\n", settings)
        (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")
        edition = int(digest("build", "daily", "--at", AT, "--json").data["edition"])
        before = datetime.now(UTC)
        events, out, status = sent_until_told(home, edition, json_=True)
        _, words, _ = sent_until_told(home, edition, json_=False)

    (told,) = events[-1]["used_up"]
    assert (told["limit"], told["most"], told["seconds"]) == (limit, 1, 3600)
    hour = timedelta(hours=1)
    assert (
        before + hour
        < datetime.fromisoformat(told["again_at"])
        < datetime.now(UTC) + hour + timedelta(seconds=30)
    )
    said = json.loads(out)
    assert (said["sent"], said["open"], status) == (1, 1, 143)
    assert [one["limit"] for one in said["used_up"]] == [limit]
    moment = r"20\d\d-\d\d-\d\d \d\d:\d\d UTC"
    words = " ".join(words.split())
    assert re.search(rf"the limit of {re.escape(limit)}, 1 an hour, is used up until {moment}", words)
    assert "The same command goes on with those still open, once a limit has room again;" in words
