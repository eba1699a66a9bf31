"""An IMAP server on loopback that does what its script says: an independent peer for our own reader."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from scripted_relay import DROP, HANG, server_context

USER, PASSWORD = 'olu\\the "op"', 'canary\\"word"'


@dataclass
class Kept:
    """A message in a folder."""

    uid: int
    content: bytes
    flags: set[str] = field(default_factory=set)


class ScriptedImap:
    """Listens while the context is open, one thread a connection.

    Args:
        messages: What lies in INBOX, as UIDs 11, 12 and so on.
        offers: Its capabilities.
        implicit: TLS from the first byte.
        then: Its capabilities once somebody has logged in; None: the same.
        begin: What the names of one's own folders begin with, besides INBOX.
    """

    def __init__(
        self,
        messages: Iterable[bytes] = (),
        *,
        offers: tuple[str, ...] = ("UIDPLUS", "MOVE", "AUTH=PLAIN"),
        implicit: bool = False,
        then: tuple[str, ...] | None = None,
        begin: str = "",
    ) -> None:
        self.then = then
        self.begin = begin
        self.folders: dict[str, list[Kept]] = {"INBOX": []}
        self.validity = 7
        self.offers = offers
        self.script: dict[
            str, str
        ] = {}  #: what to answer instead, by command or 'UID FETCH 12': DROP, HANG, or words
        self.before: Mapping[str, Callable[[], None]] = {}  #: what happens before a command
        self.commands: list[str] = []  #: as received, without tags, of all connections
        self.connections = 0
        self._implicit = implicit
        self._uid = 10
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]
        for message in messages:
            self.put(message)

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

    def put(self, content: bytes, folder: str = "INBOX") -> int:
        """Put a message into a folder; return its UID."""
        self._uid += 1
        self.folders[folder].append(Kept(uid=self._uid, content=content))
        return self._uid

    def states(self, folder: str = "INBOX") -> list[tuple[int, set[str]]]:
        """Return the numbers and flags of a folder's messages."""
        return [(one.uid, set(one.flags)) for one in self.folders[folder]]

    def verbs(self) -> list[str]:
        """Return the commands without what they were about, without the hellos."""
        greeting = ("CAPABILITY", "AUTHENTICATE", "LOGIN", "STARTTLS", "LOGOUT")
        return [verb for each in self.commands if (verb := verb_of(each)) not in greeting]

    def _start(self, target: Callable[..., None], *args: object) -> None:
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
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secure = server_context().wrap_socket(sock, server_side=True) if self._implicit else sock
            with secure:
                _Talk(self, secure, self._over).run()


def verb_of(line: str) -> str:
    """Return a command's name: 'SELECT', 'UID STORE'."""
    first, _, rest = line.partition(" ")
    return f"UID {rest.partition(' ')[0]}" if first == "UID" else first


class _Talk:
    """One connection."""

    def __init__(self, server: ScriptedImap, sock: socket.socket, over: threading.Event) -> None:
        self.server = server
        self.sock = sock
        self.over = over
        self.buffer = b""
        self.folder: list[Kept] = []
        self.is_known = False

    def run(self) -> None:
        self.say(self.server.script.get("greet", "* OK scripted"))
        try:
            while True:
                tag, _, line = self.line().partition(" ")
                verb = verb_of(line)
                self.server.commands.append(line)
                self.server.before.get(verb, lambda: None)()
                self.answer(tag, verb, line[len(verb) :].strip())
        finally:
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.close()

    def answer(self, tag: str, verb: str, rest: str) -> None:
        scripted = self.server.script.get(f"{verb} {rest.partition(' ')[0]}") or self.server.script.get(verb)
        if scripted is not None:
            self.say(scripted if scripted.startswith(("*", "<")) else f"{tag} {scripted}")
            if not scripted.startswith("*"):
                return
        method = getattr(self, verb.lower().replace(" ", "_"))
        self.say(f"{tag} {method(rest) or 'OK done'}")
        if verb == "LOGOUT":
            raise EOFError
        if verb == "STARTTLS":
            self.sock = server_context().wrap_socket(self.sock, server_side=True)

    def capability(self, _rest: str) -> None:
        then = self.server.then if self.is_known else None
        self.say(" ".join(("* CAPABILITY IMAP4rev1", *(self.server.offers if then is None else then))))

    def starttls(self, _rest: str) -> None:
        pass

    def logout(self, _rest: str) -> None:
        self.say("* BYE bye")

    def authenticate(self, rest: str) -> str | None:
        asked = {"PLAIN": ("",), "LOGIN": ("Username:", "Password:")}[rest]
        heard = []
        for words in asked:
            self.say(f"+ {base64.b64encode(words.encode()).decode()}")
            heard.append(base64.b64decode(self.line()).decode())
        self.is_known = heard in ([f"\0{USER}\0{PASSWORD}"], [USER, PASSWORD])
        return None if self.is_known else "NO [AUTHENTICATIONFAILED] not you"

    def login(self, rest: str) -> str | None:
        self.is_known = unquoted(rest) == [USER, PASSWORD]
        return None if self.is_known else "NO [AUTHENTICATIONFAILED] not you"

    def namespace(self, _rest: str) -> None:
        self.say(f'* NAMESPACE (("{self.server.begin}" ".")) (("user." ".")) NIL')

    def list(self, rest: str) -> None:
        _, name = unquoted(rest)
        if name in self.server.folders:
            self.say(f'* LIST () "." "{name}"')

    def create(self, rest: str) -> str | None:
        (name,) = unquoted(rest)
        if name in self.server.folders:
            return "NO [ALREADYEXISTS] there"
        if not name.startswith(self.server.begin):
            return "NO Permission denied"
        self.server.folders[name] = []
        return None

    def select(self, rest: str) -> str | None:
        (name,) = unquoted(rest)
        if name not in self.server.folders:
            return "NO [NONEXISTENT] no such folder"
        self.folder = self.server.folders[name]
        self.say(f"* {len(self.folder)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.server.validity}] valid")
        return "OK [READ-WRITE] open"

    def uid_search(self, rest: str) -> None:
        span, *keys = rest.split()
        first, last = map(int, span.split(":"))
        unwanted = {{"UNSEEN": "\\Seen", "UNDELETED": "\\Deleted"}[key] for key in keys}
        found = [str(one.uid) for one in self.folder[first - 1 : last] if not one.flags & unwanted]
        self.say(" ".join(("* SEARCH", *reversed(found))))

    def uid_fetch(self, rest: str) -> None:
        match = re.fullmatch(r"(\d+) \(UID BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        assert match is not None
        for at, one in enumerate(self.folder, 1):
            if one.uid == int(match[1]):
                cut = one.content[: int(match[2])]
                self.say(f"* {at} FETCH (UID {one.uid} BODY[]<0> {{{len(cut)}}}")
                self.sock.sendall(cut)
                self.say(")")

    def uid_store(self, rest: str) -> None:
        match = re.fullmatch(r"(\d+) ([+-])FLAGS\.SILENT \(([^)]*)\)", rest)
        assert match is not None
        for one in self.of(match[1]):
            flags = set(match[3].split())
            one.flags = one.flags | flags if match[2] == "+" else one.flags - flags

    def uid_copy(self, rest: str) -> str | None:
        uid, name = rest.split(" ", 1)
        (folder,) = unquoted(name)
        if folder not in self.server.folders:
            return "NO [TRYCREATE] no such folder"
        for one in self.of(uid):
            self.server.put(one.content, folder)
            self.server.folders[folder][-1].flags = set(one.flags)
        return None

    def uid_move(self, rest: str) -> str | None:
        said = self.uid_copy(rest)
        if said is None:
            self.folder[:] = [one for one in self.folder if one.uid != int(rest.split(maxsplit=1)[0])]
        return said

    def uid_expunge(self, rest: str) -> None:
        self.folder[:] = [one for one in self.folder if one.uid != int(rest) or "\\Deleted" not in one.flags]

    def of(self, uid: str) -> list[Kept]:
        return [one for one in self.folder if one.uid == int(uid)]

    def say(self, words: str) -> None:
        if words == HANG:
            self.over.wait(20)
            raise EOFError
        if words == DROP:
            raise EOFError
        self.sock.sendall(words.encode() + b"\r\n")

    def line(self) -> str:
        while b"\r\n" not in self.buffer:
            data = self.sock.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode()


def unquoted(text: str) -> list[str]:
    """Read the quoted strings of a command. Source: RFC 3501, section 9."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return [re.sub(r"\\(.)", r"\1", each) for each in found]
