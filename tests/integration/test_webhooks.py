"""Webhooks at the desk and by command: what went there, and trying one on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from api_cast import ADMIN, program
from braking_cast import begun
from commands import furnish, run_here
from desk_cast import desk
from digest.actions.steering.braking import pull
from digest.actions.upkeep.alerts import dispatch
from digest.actions.upkeep.webhooks import send_test, webhooks
from digest.bootstrap import open_app
from digest.errors import NotFound, TooMany
from digest.model import Alert, AlertKind
from digest.model.accounts import Role
from hook_receiver import Receiver, says
from newsroom import newsroom

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
KEY = bytes(range(32))
HELD = Alert(key="held:7", kind=AlertKind.HELD, title="The Daily Brief 7 is held", text="…", digest="daily")


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def home_of(root: Path, receiver: Receiver, *kinds: str) -> Path:
    """Make a home with one webhook, or give one that is there such a one."""
    if not root.exists():
        furnish(root)
    (root / "keys" / "pager").write_text("whsec_" + base64.b64encode(KEY).decode(), encoding="utf-8")
    entry = f"{{name: pager, url: '{receiver.url}', secret_file: keys/pager, kinds: [{', '.join(kinds)}]}}"
    file = root / "config" / "digest.yaml"
    file.write_text(f"{file.read_text('utf-8')}\nalerts: {{webhooks: [{entry}]}}\n", encoding="utf-8")
    return root


def test_a_test_goes_to_one_webhook_signed_and_is_seen_on_the_page(tmp_path: Path) -> None:
    """By a press; the address may hold a secret in its path, so that only its host shows."""
    with Receiver(says(500)) as receiver:
        root = home_of(tmp_path / "home", receiver, "held")
        with desk(root, Role.OPERATOR) as here:
            assert "Nothing has gone there yet" in here.get("/webhooks")
            assert here.post("/webhooks/pager/test") == "/webhooks"
            page = html.unescape(here.get("/webhooks"))
            assert "pager didn’t take the test: answered 500." in page
            assert "A test of the webhook pager" in page
            assert "of=olu" not in page
            here.post("/webhooks/nobody/test", status=404)
            with here.app.store.reading() as tx:
                assert [
                    (line.by, line.note) for line in tx.history.of_events(("webhook test",), limit=9)
                ] == [("ada@example.org", "pager")]
                assert tx.alerts.waiting() == {"": 0}
        (call,) = receiver.calls
    assert call.data["type"] == "digest.test"
    signed = b".".join(
        (call.fields["webhook-id"].encode(), call.fields["webhook-timestamp"].encode(), call.body)
    )
    seal = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert call.fields["webhook-signature"] == f"v1,{seal}"


def test_the_newest_sends_show_with_tries_and_what_went_wrong(tmp_path: Path) -> None:
    """An alert that waits is told apart from one that arrived; a test goes nowhere by itself again."""
    clock = [NOW]
    with Receiver(says(503)) as receiver:
        with open_app(home_of(tmp_path / "home", receiver), clock=lambda: clock[0]) as app:
            with app.store.writing() as tx:
                tx.alerts.add(HELD, at=NOW)
            dispatch(app)
            (hook,) = webhooks(app)
            assert (hook.waiting, [(one.tries, one.error) for one in hook.last]) == (1, [(1, "answered 503")])
            clock[0] += timedelta(minutes=2)
            dispatch(app)
            tried = send_test(app, "pager", by="olu")
            assert (tried.sent_at, tried.error) == (clock[0], None)
            with pytest.raises(TooMany):
                send_test(app, "pager", by="olu")
            with pytest.raises(NotFound):
                send_test(app, "nobody", by="olu")
            clock[0] += timedelta(hours=1)
            dispatch(app)
            (hook,) = webhooks(app)
            assert [(one.alert.kind.value, one.tries) for one in hook.last] == [("test", 1), ("held", 2)]
            assert hook.waiting == 0
        assert len(receiver.calls) == 3


def test_the_commands_say_the_same(tmp_path: Path) -> None:
    """And fail when the receiver does."""
    with Receiver(says(204), says(410)) as receiver:
        root = home_of(tmp_path / "home", receiver, "built")
        first = run_here("webhooks", "test", "pager", "--json", home=root)
        assert (first.code, first.data["error"], first.data["tries"]) == (0, None, 1)
        listed = run_here("webhooks", "list", "--json", home=root).data
        assert [(hook["name"], hook["kinds"], len(hook["last"])) for hook in listed] == [
            ("pager", ["built"], 1)
        ]
        assert run_here("webhooks", "list", home=root).code == 0


def test_programs_see_and_do_what_the_page_does(tmp_path: Path) -> None:
    """With the right of the page, and without the path of the address, which may hold a secret."""
    with Receiver(says(500)) as receiver, program(home_of(tmp_path / "home", receiver, "held")) as api:
        (hook,) = api.get("/webhooks")["items"]
        host = receiver.url.removeprefix("http://").partition("/")[0]
        assert (hook["name"], hook["place"], hook["kinds"]) == ("pager", f"http://{host}", ["held"])
        assert (hook["waiting"], hook["last"]) == (0, [])
        tried = api.do("POST", "/webhooks/pager/test")
        assert (tried["kind"], tried["tries"], tried["error"]) == ("test", 1, "answered 500")
        assert (tried["sent_at"], tried["next_at"]) == (None, None)
        assert api.get("/webhooks")["items"][0]["last"] == [tried]
        assert api.ask("POST", "/webhooks/nobody/test").status_code == 404
        editor = api.token_of(Role.EDITOR)
        assert api.ask("GET", "/webhooks", token=editor).status_code == 403
        assert api.ask("POST", "/webhooks/pager/test", token=editor).status_code == 403
        lines = api.get("/history?limit=9")["items"]
        assert [(line["by"], line["note"]) for line in lines if line["event"] == "webhook test"] == [
            (ADMIN, "pager")
        ]
    assert [call.data["type"] for call in receiver.calls] == ["digest.test"]


def test_a_pulled_brake_is_news_for_who_names_it(tmp_path: Path) -> None:
    """Programs that follow an edition learn that it stopped."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}") as room:
        edition, clock = begun(room), room.clock
    with Receiver() as receiver, open_app(home_of(root, receiver, "braked"), clock=clock) as app:
        pull(app, edition, by="olu", note="a typo")
        dispatch(app)
        (call,) = receiver.calls
    assert call.data["type"] == "digest.braked"
    assert call.data["data"]["edition"] == edition
