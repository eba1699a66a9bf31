"""A relay on loopback that does what its script says: an independent peer for our own sender."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

TLS = Path(__file__).parent / "fixtures" / "tls"
DROP = "<drop>"  #: ends the connection without a word
HANG = "<hang>"  #: says nothing until the test ends

_ANSWERS = {
    "greet": "220 scripted",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "dot": "250 2.0.0 queued as 4711",
    "rset": "250 2.0.0 ok",
    "auth": "235 2.7.0 welcome",
    "starttls": "220 go on",
    "quit": "221 bye",
}


def server_context() -> ssl.SSLContext:
    """Return the certificate of 127.0.0.1, ready to serve."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "relay.pem", TLS / "relay.key")
    return context


def _listening(socket_file: Path | None, port: int) -> socket.socket:
    if socket_file is None:
        return socket.create_server(("127.0.0.1", port))
    return socket.create_server(str(socket_file), family=socket.AF_UNIX)


class ScriptedRelay:
    """Listens while the context is open, one thread a connection.

    Args:
        script: What to answer instead of yes, by phase: greet, ehlo, starttls, auth, mail, rcpt,
            data, body (DROP: in the middle of it), dot, rset. A phase with an address,
            such as 'rcpt sam@example.org', holds for that recipient only.
            Words that begin with <pause 0.1> come after so many seconds.
        offers: What EHLO announces.
        implicit: TLS from the first byte.
        once: What the script says happens once, by phase or phase and address; then all is well.
        port: Where to listen; 0 takes a free one.
        context: The certificate; None takes that of 127.0.0.1.
        socket_file: Listen there instead of on a port.

    After a 334 to AUTH the next lines are answered as the phases 'challenge 1', 'challenge 2' ...
    say.
    """

    def __init__(
        self,
        script: Mapping[str, str] | None = None,
        *,
        offers: tuple[str, ...] = ("SIZE 1000000", "8BITMIME", "ENHANCEDSTATUSCODES"),
        implicit: bool = False,
        once: bool = False,
        port: int = 0,
        context: ssl.SSLContext | None = None,
        socket_file: Path | None = None,
    ) -> None:
        self.script = dict(script or {})
        self.once = once
        self.on_command: Callable[[str], object] = lambda _: None  #: told each command
        self.on_taken: Callable[[str], object] = lambda _: (
            None
        )  #: told whose mail is taken, before the answer
        self.on_dot: Callable[[], object] = lambda: None  #: called when a final dot has come
        self.offers = offers
        self.implicit = implicit
        self.context = context or server_context()
        self.after_tls: dict[str, str] = {}  #: joins the script once STARTTLS is done
        self.commands: list[str] = []  #: as received, of all connections
        self.recipients: list[str] = []  #: of bodies that were taken
        self.bodies: list[bytes] = []  #: as received, dots still doubled, without the final one
        self.connections = 0
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = _listening(socket_file, port)
        self._listener.settimeout(0.05)
        self.port: int = 0 if socket_file else self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                self.connections += 1
                self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), sock:
            sock.settimeout(5)
            if self.implicit:
                with self.context.wrap_socket(sock, server_side=True) as secure:
                    _Talk(self, secure).run()
            else:
                _Talk(self, sock).run()


class _Talk:
    """One connection."""

    def __init__(self, relay: ScriptedRelay, sock: socket.socket) -> None:
        self.relay = relay
        self.sock = sock
        self.buffer = b""
        self.recipient = ""

    def run(self) -> None:
        self.answer("greet")
        try:
            while True:
                self.command(self.line().decode("utf-8", "replace"))
        finally:
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.close()

    def command(self, line: str) -> None:
        self.relay.commands.append(line)
        self.relay.on_command(line)
        verb = line.split(" ", maxsplit=1)[0].lower()
        if verb in {"ehlo", "helo", "lhlo"}:
            lines = ["scripted", *self.relay.offers]
            offers = "\r\n".join(f"250-{line}" for line in lines[:-1]) + "\r\n" if lines[1:] else ""
            own = self.relay.script.get(verb) or self.relay.script.get("ehlo")
            self.say(own or f"{offers}250 {lines[-1]}")
        elif verb == "rcpt":
            self.recipient = line[line.index("<") + 1 : line.index(">")]
            self.answer("rcpt")
        elif verb == "data":
            if self.answer("data").startswith("354"):
                self.body()
        elif verb == "auth":
            self.login()
        else:
            self.answer(verb)
            if verb == "starttls":
                self.sock = self.relay.context.wrap_socket(self.sock, server_side=True)
                self.buffer = b""
                self.relay.script |= self.relay.after_tls
            if verb == "quit":
                raise EOFError

    def login(self) -> None:
        said, turn = self.answer("auth"), 0
        while said.startswith("334"):
            self.relay.commands.append(self.line().decode())
            turn += 1
            said = self.answer(f"challenge {turn}")

    def body(self) -> None:
        body = b""
        while (line := self.line()) != b".":
            body += line + b"\r\n"
            if self.scripted("body") == DROP:
                raise EOFError
        self.relay.on_dot()
        self.relay.bodies.append(body)
        words = self.words("dot")
        if "250" in words:
            self.relay.recipients.append(self.recipient)
            if words.startswith("<pause "):
                self.relay._over.wait(float(words[len("<pause ") :].partition(">")[0]))
                words = words.partition(">")[2]
            self.relay.on_taken(self.recipient)
        self.say(words)

    def scripted(self, phase: str) -> str | None:
        """Return what the script has for this phase and recipient, or for this phase."""
        for name in (f"{phase} {self.recipient}", phase):
            if name in self.relay.script:
                words = self.relay.script[name]
                if self.relay.once:
                    self.relay.script.pop(name, None)
                return words
        return None

    def words(self, phase: str) -> str:
        """Return what to answer."""
        return self.scripted(phase) or _ANSWERS.get(phase, "250 ok")

    def answer(self, phase: str) -> str:
        words = self.words(phase)
        self.say(words)
        return words.rpartition(">")[2] if words.startswith("<pause") else words

    def say(self, words: str) -> None:
        if words.startswith("<pause "):
            seconds, _, words = words.removeprefix("<pause ").partition(">")
            self.relay._over.wait(float(seconds))
        if words == HANG:
            self.relay._over.wait(20)
            raise EOFError
        if words == DROP:
            raise EOFError
        self.sock.sendall(words.encode() + b"\r\n")
        if words.startswith("421"):
            raise EOFError

    def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            data = self.sock.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line
