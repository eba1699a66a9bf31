"""An SMTP server on loopback that keeps what it is given as files: for the demo and for tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from digest.errors import TransportError


@dataclass(frozen=True, kw_only=True, slots=True)
class Mishap:
    """What goes wrong for one recipient."""

    when: Literal["rcpt", "dot"]
    reply: str | None  #: '550 5.1.1 no such user'; None drops the connection without a word
    keep: bool = False  #: whether the message is kept all the same


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A message as it came in."""

    path: Path
    sender: str
    recipients: tuple[str, ...]
    content: bytes  #: dots undone, else as received


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxRules:
    """How the mailbox behaves; by default it takes everything in clear."""

    mishaps: Mapping[str, Mishap] | None = None  #: by recipient
    refuse_sender: str | None = None  #: the reply to MAIL, such as '550 5.7.1 not you'
    tls: ssl.SSLContext | None = None  #: certificate and key
    implicit: bool = False  #: TLS from the first byte; else STARTTLS when tls is given
    login: tuple[str, str] | None = None  #: user and password that are asked for


class Mailbox:
    """A mailbox on 127.0.0.1 that runs in a thread of its own while the context is open.

    Args:
        folder: Where messages go: 000001.eml as received and 000001.json with its envelope.
            It is made when it is missing; numbers go on from what is there.
        port: 0 takes a free port.
        rules: How it behaves.

    Raises:
        TransportError: The port is taken.
    """

    host = "127.0.0.1"

    def __init__(self, folder: Path, *, port: int = 0, rules: MailboxRules | None = None) -> None:
        self.folder = folder
        self.port = port
        self._rules = rules or MailboxRules()
        self._shelf = _Shelf(folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mailbox", daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        """Listen; `port` is the real one from now on."""
        self._shelf.open()
        self._thread.start()
        try:
            self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        except OSError as error:
            self._stop()
            raise TransportError(
                f"the mailbox cannot listen on port {self.port}: {error.strerror}",
                permanent=True,
                hint="port 0 takes a free one",
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Stop listening, drop the connections and end the thread."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result()
        self._stop()

    def messages(self) -> tuple[Received, ...]:
        """Return what has come in, in order of arrival."""
        return tuple(_read(path) for path in sorted(self.folder.glob("*.eml")))

    async def _listen(self) -> asyncio.Server:
        context = self._rules.tls if self._rules.implicit else None
        return await self._loop.create_server(self._protocol, self.host, self.port, ssl=context)

    def _protocol(self) -> SMTP:
        login = self._rules.login
        return SMTP(
            _Handler(self._shelf, self._rules),
            hostname="mailbox.example.org",
            ident="digest mailbox",
            enable_SMTPUTF8=True,
            tls_context=None if self._rules.implicit else self._rules.tls,
            auth_require_tls=False,
            authenticator=None if login is None else _Gate(login),
            loop=self._loop,
        )

    async def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Gate:
    """Lets one user in."""

    def __init__(self, login: tuple[str, str]) -> None:
        self._login = login

    def __call__(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        known = tuple(part.encode() for part in self._login)
        given = (data.login, data.password) if isinstance(data, LoginPassword) else ()
        return AuthResult(success=given == known, handled=False)


class _Handler:
    """Answers one connection's commands. The method names are aiosmtpd's."""

    def __init__(self, shelf: _Shelf, rules: MailboxRules) -> None:
        self._shelf = shelf
        self._rules = rules

    async def handle_MAIL(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        # aiosmtpd could ask for the login itself, but warns of doing so in clear, even on loopback.
        if self._rules.login is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self._rules.refuse_sender is not None:
            return self._rules.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        mishap = (self._rules.mishaps or {}).get(address)
        if mishap is not None and mishap.when == "rcpt":
            return await _go_wrong(server, mishap)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        known = self._rules.mishaps or {}
        mishap = next((known[name] for name in envelope.rcpt_tos if name in known), None)
        if mishap is None or mishap.keep:
            self._shelf.keep(envelope)
        if mishap is not None:
            return await _go_wrong(server, mishap)
        return f"250 2.0.0 kept as {self._shelf.last:06}"


async def _go_wrong(server: SMTP, mishap: Mishap) -> str:
    """Answer as the mishap says; a 421 and a mishap without words end the connection."""
    transport = cast("asyncio.Transport", server.transport)
    if mishap.reply is None:
        transport.abort()
        raise asyncio.CancelledError
    if mishap.reply.startswith("421"):
        # Later, so that the words leave first.
        asyncio.get_running_loop().call_later(0.05, transport.close)
    return mishap.reply


class _Shelf:
    """The numbered files; used by the mailbox's thread alone once it is open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.last = 0

    def open(self) -> None:
        """Make the folder, or find the last number in it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        numbers = (int(path.stem) for path in self._folder.glob("*.eml") if path.stem.isdecimal())
        self.last = max(numbers, default=0)

    def keep(self, envelope: Envelope) -> None:
        """Keep a message under the next number; the .eml appears whole, after its envelope."""
        self.last += 1
        stem = self._folder / f"{self.last:06}"
        about = {"sender": envelope.mail_from, "recipients": envelope.rcpt_tos}
        stem.with_suffix(".json").write_text(json.dumps(about, ensure_ascii=False), "utf-8")
        part = stem.with_suffix(".part")
        part.write_bytes(envelope.original_content or b"")
        part.rename(stem.with_suffix(".eml"))


def _read(path: Path) -> Received:
    about: dict[str, object] = {}
    with contextlib.suppress(OSError, ValueError):
        about = json.loads(path.with_suffix(".json").read_text("utf-8"))
    recipients = about.get("recipients")
    return Received(
        path=path,
        sender=str(about.get("sender") or ""),
        recipients=tuple(map(str, recipients)) if isinstance(recipients, list) else (),
        content=path.read_bytes(),
    )
