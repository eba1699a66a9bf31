"""Articles that other programs push: taken with a token, once, and each answered for."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from commands import furnish
from digest.bootstrap import open_app
from digest.schedule.current import Current
from digest.schedule.pages import Pages
from digest.schedule.pushing import Pushing
from service_cast import Running

TOKEN = "c0ffee" * 8
TEXT = "The ferry sails again from Monday, says the harbour master of the town. " * 9
ONE = {"title": "Ferry back", "text": TEXT, "url": "https://quay.example/ferry"}
PAGE = (
    f"<html><head><title>Crane moves</title></head><body><article><h1>Crane moves</h1><p>{TEXT}</p></article>"
)
Answer = tuple[int, dict[str, str], Any]
Ask = Callable[..., Answer]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that takes pushes, and knows one source."""
    root = tmp_path / "home"
    furnish(root)
    (root / "keys" / "push.token").write_text(TOKEN + "\n", "utf-8")
    with (root / "config" / "digest.yaml").open("a", encoding="utf-8") as file:
        file.write("collect: {push: {token_file: keys/push.token, per_minute: 20}}\n")
        file.write("limits: {document_bytes: 100000}\n")
    (root / "config" / "sources.yaml").write_text(
        "- {name: quay, title: Quay Times, section: port}\n", "utf-8"
    )
    return root


@pytest.fixture
def port(home: Path) -> Iterator[int]:
    """Where the service takes articles."""
    with (
        open_app(home, json_logs=True) as app,  # as services do
        Pages("127.0.0.1:0", {}, {"/articles": Pushing(Current(app))}) as pages,
    ):
        yield pages.port


@pytest.fixture
def ask(port: int) -> Ask:
    """Post and read the answer."""

    def post(body: object, kind: str = "application/json", *, query: str = "", **fields: str) -> Answer:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        heads = {"Content-Type": kind, "Authorization": f"Bearer {TOKEN}", **fields}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", f"/articles{query}", sent, {key: one for key, one in heads.items() if one})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), json.loads(answer.read())

    return post


def test_an_article_is_new_once(ask: Ask) -> None:
    """A program that hears no answer sends again; readers must not get it twice."""
    first = ask(ONE)
    again = ask([ONE, ONE])
    changed = ask({**ONE, "text": TEXT + "It is blue."})

    assert (first[0], again[0], changed[0]) == (201, 200, 200)
    assert first[2]["articles"][0]["title"] == "Ferry back"
    number = first[2]["articles"][0]["id"]
    assert again[2]["articles"] == [{"id": number, "title": "Ferry back", "outcome": "same"}] * 2
    assert changed[2]["articles"][0]["outcome"] == "revised"


def test_a_page_and_a_text_are_taken_under_their_address_and_source(ask: Ask, home: Path) -> None:
    """What stands at an address is one article, whoever pushes it."""
    page = ask(
        PAGE.encode("cp1252"),
        "text/html; charset=windows-1252",
        query="?url=https://quay.example/c&source=quay",
    )
    note = ask(f"A note from the pier\n\n{TEXT}".encode(), "text/plain")
    with open_app(home) as app, app.store.reading() as tx:
        stored = tx.articles.get(page[2]["articles"][0]["id"])

    assert (page[0], note[0]) == (201, 201)
    assert (stored.url, stored.origin.title) == ("https://quay.example/c", "Quay Times")
    assert "port" in [tag.name for tag in stored.tags]


def test_bad_ones_cost_themselves(ask: Ask) -> None:
    """Each is answered for in its order; only when none is good the whole is refused."""
    some = ask({"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "T"}, {**ONE, "id": "1"}]})
    none = ask([{"title": "T"}, 5])

    assert some[0] == 207
    assert [one["outcome"] for one in some[2]["articles"]] == ["failed", "new"]
    assert some[2]["articles"][0]["reason"] == "no text"
    assert none[0] == 422


@pytest.mark.parametrize(
    ("shown", "status"),
    [("", 401), ("Bearer", 401), (f"Basic {TOKEN}", 401), (f"Bearer {TOKEN[:-1]}", 401), ("Bearer é", 401)],
)
def test_who_shows_another_token_gets_nowhere(ask: Ask, shown: str, status: int) -> None:
    """The answer does not say what is wrong with it, and the body is not read."""
    answer = ask(ONE, Authorization=shown)

    assert answer[0] == status
    assert answer[1]["WWW-Authenticate"] == "Bearer"
    assert TOKEN[:8] not in str(answer)


@pytest.mark.parametrize(
    ("body", "kind", "query", "status"),
    [
        (b"x" * 100_001, "text/plain", "", 413),
        (b"%PDF-1.7", "application/pdf", "", 415),
        (b"x", "", "", 415),
        (b"{", "application/json", "", 422),
        (b"<p>x", "application/json", "", 422),
        (b"[" * 90_000, "application/json", "", 422),
        (b"", "application/json", "", 422),
        (b"%PDF-1.7", "text/plain", "", 422),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss/>", "application/rss+xml", "", 422),
        (json.dumps([{"title": "T", "text": "x y z"}] * 101).encode(), "application/json", "", 422),
        (PAGE.encode(), "text/html", "?url=javascript:alert(1)", 422),
        (PAGE.encode(), "text/html", "?source=nobody", 422),
        (PAGE.encode(), "text/html", "?" + "&".join("a=1" for _ in range(50)), 422),
    ],
)
def test_what_cannot_be_taken_is_told(ask: Ask, body: bytes, kind: str, query: str, status: int) -> None:
    """In words, and without a byte of what was sent."""
    answer = ask(body, kind, query=query)

    assert answer[0] == status
    assert answer[2].get("error") or answer[2]["articles"][0]["reason"]
    assert "javascript" not in str(answer)


def test_a_body_without_a_length_is_not_waited_for(port: int) -> None:
    """Chunks would have to be counted; programs know how long an article is."""
    head = f"POST /articles HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: text/plain\r\n"
    answers = []
    for more in ("", "Transfer-Encoding: chunked\r\n", "Content-Length: -5\r\n", "Content-Length: 9x\r\n"):
        with socket.create_connection(("127.0.0.1", port), 30) as sock:
            sock.sendall(f"{head}{more}\r\n".encode())
            answers.append(sock.recv(64).split()[1])

    assert answers == [b"411"] * 4


def test_a_body_that_ends_early_changes_nothing(port: int, home: Path) -> None:
    """Half an article is none."""
    head = f"POST /articles HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: text/plain\r\n"
    with socket.create_connection(("127.0.0.1", port), 30) as sock:
        sock.sendall(f"{head}Content-Length: 900\r\n\r\nHeadline\n\n{TEXT[:100]}".encode())
        sock.shutdown(socket.SHUT_WR)
        answer = sock.recv(64)
    with open_app(home) as app, app.store.reading() as tx:
        known = tx.articles.latest(since=app.clock() - timedelta(days=1), until=app.clock(), limit=9)

    assert answer == b""
    assert known == ()


def test_what_cannot_be_stored_is_to_be_sent_again_and_stands_in_the_log(ask: Ask, home: Path) -> None:
    """The sender learns nothing of the machine; the operator learns why."""
    with closing(sqlite3.connect(home / "var" / "digest.db")) as database, database:
        database.execute("ALTER TABLE articles RENAME TO elsewhere")

    with capture_logs() as lines:
        status, fields, answer = ask(ONE)

    assert (status, answer, fields["Retry-After"]) == (503, {"error": "cannot be stored now"}, "60")
    assert [line["event"] for line in lines] == ["push_failed"]
    assert "articles" in lines[0]["reason"]


def test_who_asks_too_often_is_put_off(ask: Ask) -> None:
    """A program in a loop must not keep the database from sending."""
    answers = [ask({}) for _ in range(21)]

    assert [answer[0] for answer in answers] == [422] * 20 + [429]
    assert 1 <= int(answers[-1][1]["Retry-After"]) <= 60


def test_many_at_once_are_all_taken(ask: Ask) -> None:
    """Each on a thread of its own; the store takes them one after the other."""
    answers: list[Answer] = []

    def push(number: int) -> None:
        answers.append(ask({**ONE, "title": f"Ferry {number}", "url": f"https://quay.example/{number}"}))

    threads = [threading.Thread(target=push, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer[0] for answer in answers] == [201] * 8
    assert len({answer[2]["articles"][0]["id"] for answer in answers}) == 8


def test_without_a_token_file_there_is_no_such_page(home: Path) -> None:
    """Off by default; and a token that cannot be read lets nobody in."""
    settings = home / "config" / "digest.yaml"
    with open_app(home) as app, Pages("127.0.0.1:0", {}, {"/articles": Pushing(Current(app))}) as pages:
        (home / "keys" / "push.token").unlink()
        assert _status(pages.port) == 401
    settings.write_text(
        settings.read_text("utf-8").replace("push: {token_file: keys/push.token, ", "push: {"), "utf-8"
    )
    with open_app(home) as app, Pages("127.0.0.1:0", {}, {"/articles": Pushing(Current(app))}) as pages:
        assert _status(pages.port) == 404


def test_the_service_takes_articles_beside_its_other_pages(home: Path) -> None:
    """`service.listen` is where programs send them."""
    with Running(home) as running:
        assert _status(running.port) == 422
        assert running.get("/live")[0] == 200


def _status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(
        "POST", "/articles", b"{}", {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    )
    return connection.getresponse().status
