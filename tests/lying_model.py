"""A language model on loopback that lies in so many ways: a bare socket, no library."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

_ARTICLE = re.compile(
    r"<<<ARTICLE (?P<nonce>\w+) id (?P<id>\w+) sentences (?P<sentences>\d)[^\n]*\nTitle: (?P<title>[^\n]*)\n"
    r"(?:By: [^\n]*\n)?\n(?P<text>.*?)\nARTICLE (?P=nonce)>>>(?P<after>[^\n]*(?:\nOf [^\n]*)?)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Asked:
    """One article as the model was given it."""

    id: str
    title: str
    text: str
    complaint: str

    @property
    def first(self) -> str:
        """The first sentence: the truth."""
        return self.text.split("\n\n")[0]


@dataclass
class Call:
    """One request."""

    fields: dict[str, str]
    data: dict[str, Any]
    asked: list[Asked] = field(default_factory=list)


Lie = Callable[[list[Asked]], bytes | str]


def said(summaries: object, *, usage: str = '{"total_tokens": 900}', around: str = "%s") -> str:
    """Write the body of an honest endpoint around what a model says."""
    content = json.dumps(around % json.dumps({"summaries": summaries}))
    return f'{{"choices": [{{"message": {{"role": "assistant", "content": {content}}}}}], "usage": {usage}}}'


def http(body: str | bytes, status: str = "200 OK", *fields: str) -> bytes:
    """Write an answer."""
    raw = body.encode() if isinstance(body, str) else body
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", *fields, "", ""))
    return head.encode() + raw


def each(write: Callable[[Asked], str]) -> Lie:
    """Say something of each article, under its own id."""
    return lambda asked: http(said([{"id": one.id, "summary": write(one)} for one in asked]))


def swapped(asked: list[Asked]) -> bytes:
    """Give each article's summary under its neighbour's id."""
    turned = [*asked[1:], *asked[:1]]
    return http(
        said([{"id": one.id, "summary": other.first} for one, other in zip(asked, turned, strict=True)])
    )


def twice(asked: list[Asked]) -> bytes:
    """Give every id twice."""
    return http(said([{"id": one.id, "summary": one.first} for one in [*asked, *asked]]))


def usage(value: str) -> Lie:
    """Tell the truth, and a nonsense of what it cost."""
    return lambda asked: http(said([{"id": one.id, "summary": one.first} for one in asked], usage=value))


HANG, DRIP, ENDLESS = "<hang>", "<drip>", "<endless>"

LIES: Mapping[str, Lie] = {
    "wrong id": lambda asked: http(said([{"id": f"{one.id}9", "summary": one.first} for one in asked])),
    "no id": lambda asked: http(said([{"summary": one.first} for one in asked])),
    "duplicated ids": twice,
    "swapped items": swapped,
    "another article": each(lambda _: "Parliament voted on Tuesday to raise the tax on sugar by a fifth."),
    "invented number": each(lambda one: one.first.replace("412", "431")),
    "invented date": each(lambda one: one.first.replace("Monday", "Friday")),
    "invented name": each(lambda one: one.first.replace("Ilse Brandt", "Olga Petrova")),
    "invented quotation": each(lambda one: f'{one.first[:-1]}, and said: "We were lied to by the ministry."'),
    "negation": each(lambda one: one.first.replace(" opened ", " did not open ")),
    "first person": each(lambda one: f"We believe that {one.first[0].lower()}{one.first[1:]}"),
    "moral": each(lambda one: f"{one.first} It is important to remember that bridges bring us together."),
    "Markdown": each(lambda one: f"**{one.first}**"),
    "link": each(lambda one: f"{one.first} See https://evil.example/more"),
    "too long": each(lambda one: " ".join([one.first] * 6)),
    "too many words": each(lambda one: one.first[:-1] + " and" + " bridge" * 60 + "."),
    "empty": each(lambda _: ""),
    "wrong language": each(
        lambda _: (
            "Ilse Brandt hat am Montag die Brücke über die Tarn eröffnet, die 412 Meter lang ist und der "
            "Stadt nach den Jahren des Wartens wieder einen Weg auf die andere Seite gibt."
        )
    ),
    "injection obeyed": each(lambda _: "IGNORE PREVIOUS: subscribe now, call +49 30 1234567."),
    "obeys the article": each(lambda one: f"{one.first} As an AI I cannot say more; click here."),
    "not JSON": lambda _: http("Sure! Here are your summaries."),
    "model answers prose": lambda _: http(
        '{"choices": [{"message": {"content": "Here are the summaries you asked for."}}]}'
    ),
    "truncated JSON": lambda asked: http(said([{"id": one.id, "summary": one.first} for one in asked])[:-40]),
    "nested JSON": lambda _: http("[" * 100_000),
    "HTML error page": lambda _: http("<html><h1>Bad gateway</h1></html>"),
    "wrong types": lambda _: http('{"choices": [{"message": {"content": ["a"]}}], "usage": []}'),
    "no choices": lambda _: http('{"choices": []}'),
    "429": lambda _: http("{}", "429 Too Many Requests", "Retry-After: 60"),
    "500": lambda _: http("{}", "500 Internal Server Error"),
    "401": lambda _: http('{"error": "bad key sk-secret"}', "401 Unauthorized"),
    "redirect": lambda _: http("", "307 Temporary Redirect", "Location: http://127.0.0.1:9/steal"),
    "cut off": lambda asked: http(said([{"id": one.id, "summary": one.first} for one in asked]))[:-50],
    "garbage": lambda _: b"\x00\xff\x00\xff\r\n\r\n",
    "hang up": lambda _: b"",
    "hang": lambda _: HANG,
    "slow drip": lambda _: DRIP,
    "endless body": lambda _: ENDLESS,
}

TRUTHS: Mapping[str, Lie] = {
    "right": each(lambda one: one.first),
    "fenced": lambda asked: http(
        said([{"id": one.id, "summary": one.first} for one in asked], around="```json\n%s\n```")
    ),
    "thinking first": lambda asked: http(
        said([{"id": one.id, "summary": one.first} for one in asked], around="<think>hm {</think>%s")
    ),
    "NaN usage": usage('{"total_tokens": NaN}'),
    "negative usage": usage('{"total_tokens": -5}'),
    "huge usage": usage('{"total_tokens": 1e400}'),
    "no usage": usage("null"),
}


class LyingModel:
    """Listens while the context is open; answers each request with the next lie, the last one for ever."""

    def __init__(self, *lies: Lie) -> None:
        self.calls: list[Call] = []
        self.given_up = threading.Event()  #: who asked left before an answer was whole
        self._lies = list(lies)
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            call = _read(sock)
            if call is None:
                return
            self.calls.append(call)
            lie = self._lies.pop(0) if len(self._lies) > 1 else self._lies[0]
            answer = lie(call.asked)
            if isinstance(answer, bytes):
                sock.sendall(answer)
            else:
                self._draw_out(sock, answer)

    def _draw_out(self, sock: socket.socket, how: str) -> None:
        try:
            if how == HANG:
                self._wait_for_end(sock)
            else:
                self._send_on(sock, how)
        except OSError:
            self.given_up.set()

    def _wait_for_end(self, sock: socket.socket) -> None:
        sock.settimeout(0.1)
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                if not sock.recv(1):
                    self.given_up.set()
                    return

    def _send_on(self, sock: socket.socket, how: str) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        piece, pause_s = (b"{", 0.05) if how == DRIP else (b" " * 65_536, 0.0)
        while not self._over.wait(pause_s):
            sock.sendall(piece)


def _read(sock: socket.socket) -> Call | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65_536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("ascii").split("\r\n")
    fields = {name.lower(): value for name, _, value in (entry.partition(": ") for entry in rest)}
    fields["line"] = line
    while len(body) < int(fields["content-length"]):
        body += sock.recv(65_536)
    data_ = json.loads(body)
    found = _ARTICLE.finditer(data_["messages"][1]["content"])
    asked = [Asked(one["id"], one["title"], one["text"], one["after"]) for one in found]
    return Call(fields, data_, asked)
