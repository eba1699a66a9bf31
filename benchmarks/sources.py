"""Measure a round of many sources, some of them dead, silent or dripping.

    python benchmarks/sources.py --sources 1000 --items 10

A server of a process of its own gives a feed for each source. Of every ten one is bad, in turn: nobody
listens, no answer comes, or a byte a second. Prints the time of a first round, in which all is new, of a
second one, in which most is unchanged, how late the last good source was read, the memory of all processes,
and the ratio of each to its bar: 60 seconds and 300 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from digest.actions.content.rounds import Hosts, Round, Visited, Way
from digest.actions.upkeep.homes import make_home
from digest.bootstrap import open_app
from digest.paths import Home

BAR_S, BAR_MB = 60.0, 300.0
NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
WORDS = [
    "the",
    "harbour",
    "ferry",
    "council",
    "storm",
    "market",
    "school",
    "river",
    "museum",
    "vote",
    "coast",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sources", type=int, default=1_000)
    parser.add_argument("--items", type=int, default=10)
    parser.add_argument("--silent", action="store_true", help="all bad sources answer nothing at all")
    arguments = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs, arguments.items), daemon=True)
    server.start()
    port: int = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "home"
        furnish(root, arguments.sources, port, silent=arguments.silent)
        measure(root, arguments.sources, arguments.items)
    server.kill()


def furnish(root: Path, sources: int, port: int, *, silent: bool) -> None:
    """Make a home with so many sources."""
    make_home(Home(root=root))
    config = root / "config"
    settings = (config / "digest.yaml").read_text(encoding="utf-8")
    settings = settings.replace("# allow_private: []", "allow_private: [127.0.0.0/8]")
    settings = settings.replace("# ports: [80, 443]", f"ports: [{port}, 1]")
    (config / "digest.yaml").write_text(settings, encoding="utf-8")
    lines = []
    for number in range(sources):
        bad = "silent" if silent else ("dead", "silent", "drip")[number // 10 % 3]
        kind = "good" if number % 10 else bad
        where = 1 if kind == "dead" else port
        url = f"http://127.0.0.1:{where}/{kind}/{number}"
        lines.append(f"- {{name: s{number}, title: Source {number}, url: '{url}'}}\n")
    (config / "sources.yaml").write_text("".join(lines), encoding="utf-8")


def measure(root: Path, sources: int, items: int) -> None:
    now = NOW
    with open_app(root, clock=lambda: now) as app:
        peak = Peak()
        hosts = Hosts()
        for name in ("first", "second"):
            ended: list[tuple[float, Visited]] = []
            begun = time.monotonic()

            def told(one: Visited, ended: list[tuple[float, Visited]] = ended, begun: float = begun) -> None:
                ended.append((time.monotonic() - begun, one))

            Round(lambda: app, Way(worker="bench", hosts=hosts, told=told, goes_on=False)).run()
            took = time.monotonic() - begun
            good = [at for at, one in ended if one.error is None]
            print(
                f"{name} round: {len(ended)} sources, {sum(one.new for _, one in ended)} new articles, "
                f"{len(ended) - len(good)} failed; {took:.1f} s, ratio {took / BAR_S:.2f}; "
                f"last good source after {max(good):.1f} s"
            )
            now += timedelta(days=2)
        mb = peak.end()
        print(f"memory of all processes at most {mb:.0f} MB, ratio {mb / BAR_MB:.2f}")
        wanted = (sources - (sources + 9) // 10) * items
        with app.store.reading() as tx:
            stored = len(tx.articles.latest(since=NOW - timedelta(days=9), until=now, limit=1_000_000))
        print(f"articles: {stored} of {wanted}")


class Peak:
    """Watches the memory of this process and of its workers, shared pages counted once."""

    def __init__(self) -> None:
        self._most_kb = 0
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._run, daemon=True)
        self._watch.start()

    def end(self) -> float:
        """Return the most there was, in MB."""
        self._over.set()
        self._watch.join()
        return self._most_kb * 1024 / 1e6

    def _run(self) -> None:
        while not self._over.wait(0.5):
            self._most_kb = max(self._most_kb, sum(pss_kb(pid) for pid in family(os.getpid())))


def family(pid: int) -> Iterator[int]:
    """Name a process and all below it, without the server."""
    yield pid
    server = {child.pid for child in multiprocessing.active_children()}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            if child not in server:
                yield from family(child)


def pss_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    match = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(match[1]) if match else 0


def serve(pipe: Connection, items: int) -> None:
    asyncio.run(_serve(pipe, items))


async def _serve(pipe: Connection, items: int) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            _, kind, number = head.split(" ")[1].split("/")
            if kind == "good":
                writer.write(answer(head, int(number), items))
                await writer.drain()
            elif kind == "silent":
                await asyncio.sleep(60)
            else:
                for byte in answer(head, int(number), items):
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(1)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1_000)
    pipe.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def answer(head: str, number: int, items: int) -> bytes:
    """Give the feed of a source; every second one has a version and says when it is unchanged."""
    tag = f'"{number}"'
    if number % 2 and f"If-None-Match: {tag}" in head:
        return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
    body = feed(number, items).encode()
    etag = f"ETag: {tag}\r\n" if number % 2 else ""
    fields = f"Content-Type: application/rss+xml\r\n{etag}Content-Length: {len(body)}"
    return f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode() + body


def feed(number: int, items: int) -> str:
    def text(seed: int) -> str:
        return " ".join(WORDS[(seed * 7 + at * (seed % 5 + 1)) % len(WORDS)] for at in range(30)).capitalize()

    entries = "".join(
        f"<item><title>Report {number}-{item} {text(number + item)[:40]}</title>"
        f"<link>https://s{number}.example.org/{item}</link><guid>{number}-{item}</guid>"
        f"<pubDate>Fri, 20 Nov 2026 0{item % 6}:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{text(number * 31 + item)}.&lt;/p&gt;"
        f"{''.join(f'&lt;p&gt;{text(number + item * 3 + part)}.&lt;/p&gt;' for part in range(5))}"
        "</description></item>"
        for item in range(items)
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>S{number}</title>{entries}</channel></rss>"
    )


if __name__ == "__main__":
    main()
