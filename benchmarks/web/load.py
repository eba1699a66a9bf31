"""Requests at a steady rate, or as many as go; in a process of its own, over connections that stay open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

OK = 200


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request."""

    port: int
    path: str
    cookie: str = ""
    form: str = ""  #: what a POST sends; '' is a GET


@dataclass(frozen=True, kw_only=True)
class Got:
    """Its answer."""

    seconds: float  #: until the whole of it was there
    size: int  #: bytes of the body


class _Connections:
    """Connections to one port that stay open; as many as are in use at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, ask: Ask) -> Got:
        begun = time.perf_counter()
        if self._free:
            reader, writer = self._free.pop()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(_bytes(ask))
        head = await reader.readuntil(b"\r\n\r\n")
        status, fields = _read(head)
        size = int(fields["content-length"])
        body = await reader.readexactly(size)
        seconds = time.perf_counter() - begun
        if status != OK:
            raise AssertionError(f"{ask.path} answers {status}: {body[:500]!r}")
        self._free.append((reader, writer))
        return Got(seconds=seconds, size=size)

    async def close(self) -> None:
        for _, writer in self._free:
            writer.close()
            await writer.wait_closed()


def steady(asks: Sequence[Ask], rate: float) -> list[Got]:
    """Send requests so many a second, whether answers come or not."""
    return asyncio.run(_steady(asks, rate))


def most(asks: Sequence[Ask], at_once: int) -> float:
    """Send requests, so many at once, as fast as they are answered; returns how many a second were."""
    return asyncio.run(_most(asks, at_once))


async def _steady(asks: Sequence[Ask], rate: float) -> list[Got]:
    connections = _Connections(asks[0].port)
    begun = time.perf_counter() + 0.05

    async def one(place: int, ask: Ask) -> Got:
        await asyncio.sleep(max(0.0, begun + place / rate - time.perf_counter()))
        return await connections.send(ask)

    try:
        return await asyncio.gather(*(one(place, ask) for place, ask in enumerate(asks)))
    finally:
        await connections.close()


async def _most(asks: Sequence[Ask], at_once: int) -> float:
    connections = _Connections(asks[0].port)
    waiting = iter(asks)
    begun = time.perf_counter()

    async def work() -> None:
        for ask in waiting:
            await connections.send(ask)

    await asyncio.gather(*(work() for _ in range(at_once)))
    seconds = time.perf_counter() - begun
    await connections.close()
    return len(asks) / seconds


def _bytes(ask: Ask) -> bytes:
    fields = [f"{'POST' if ask.form else 'GET'} {ask.path} HTTP/1.1", "Host: 127.0.0.1"]
    if ask.cookie:
        fields.append(f"Cookie: {ask.cookie}")
    if ask.form:
        fields += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(ask.form)}"]
    return "\r\n".join([*fields, "", ask.form]).encode()


def _read(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}
