"""Who is measured: ours, the limit, and the peers; and what of them is not here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from home import EDITION, PROOF, Signing, point_at, sending_seconds
from running import Weighed, running_sink, weigh

_HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "digest-builder" / "peers"
_NODEMAILER = CACHE / "node_modules" / "nodemailer"
_DJANGO = CACHE / "django"
_PROCESSORS = len(os.sched_getaffinity(0))
_CONNECTIONS = 16  #: of smtp-source and nodemailer, which gain nothing by more
#: The commands that fetch the peers' libraries into the cache; none of them is a dependency of ours.
FETCH = {
    "nodemailer": ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(CACHE), "nodemailer"],
    "django": [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(_DJANGO), "django"],
}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run of one contender."""

    sent: int
    seconds: float  #: of sending alone
    process: Weighed
    sink_s: float  #: processor time of the sink

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.sent / self.seconds

    @property
    def cpu_us(self) -> float:
        """Processor time of the whole process, in microseconds a message."""
        return self.process.cpu_s / self.sent * 1e6

    @property
    def sink_us(self) -> float:
        """Processor time of the sink, in microseconds a message."""
        return self.sink_s / self.sent * 1e6

    @property
    def most(self) -> float:
        """Messages a second if no processor ever waited: sender and sink share them, the sink uses one.

        What the sender takes before and after sending is left out, as if it had been busy all that time.
        """
        sending_s = self.process.cpu_s - (self.process.wall_s - self.seconds)
        busy_s = max((sending_s + self.sink_s) / _PROCESSORS, self.sink_s)
        return self.sent / busy_s


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One way to send the edition."""

    title: str
    run: Callable[[Course, int], Measured]  #: takes the number of messages
    share: float = 1.0  #: of the messages; slow ones send fewer and start as often


@dataclass(frozen=True, kw_only=True)
class Course:
    """What all contenders run on."""

    sink: str  #: the program
    home: Path  #: furnished, copied for each run
    work: Path  #: for the copies
    connections: int  #: of our own sender

    @property
    def proof(self) -> Path:
        """The folder of the edition as files."""
        return self.home / PROOF


def _source(course: Course, count: int) -> Measured:
    size = (course.proof / "edition.eml").stat().st_size
    with running_sink(course.sink) as sink:
        # -d keeps the connections, which makes it quicker by a fifth.
        options = ["-d", "-s", str(_CONNECTIONS), "-l", str(size), "-m", str(count)]
        ran = weigh(["smtp-source", *options, f"127.0.0.1:{sink.port}"])
        return Measured(sent=sink.accepted(), seconds=ran.wall_s, process=ran, sink_s=sink.cpu_s())


def ours(signing: Signing) -> Callable[[Course, int], Measured]:
    """Make the run of our own sender: the command, in a copy of the home."""

    def run(course: Course, count: int) -> Measured:
        root = course.work / "run"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(course.home, root)
        with running_sink(course.sink) as sink:
            point_at(root, sink.port, signing, connections=course.connections)
            command = [sys.executable, "-m", "digest", "send", str(EDITION), "--json"]
            ran = weigh(command, {"DIGEST_HOME": str(root)})
            books = json.loads(ran.out)
            if not books["sent"] == sink.accepted() == count:
                raise SystemExit(f"the sink took {sink.accepted()} of {count}, the books say {books}")
            sink_s = sink.cpu_s()
        return Measured(sent=count, seconds=sending_seconds(root), process=ran, sink_s=sink_s)

    return run


def _peer(command: Callable[[Course, int, int], list[str]]) -> Callable[[Course, int], Measured]:
    """Make the run of a peer that prints its own seconds; the command takes the port and the count."""

    def run(course: Course, count: int) -> Measured:
        with running_sink(course.sink) as sink:
            ran = weigh(command(course, sink.port, count))
            if sink.accepted() != count:
                raise SystemExit(f"the sink took {sink.accepted()} of {count}")
            sink_s = sink.cpu_s()
        return Measured(sent=count, seconds=json.loads(ran.out)["seconds"], process=ran, sink_s=sink_s)

    return run


def _nodemailer(course: Course, port: int, count: int) -> list[str]:
    script, proof = str(_HERE / "pool.mjs"), str(course.proof)
    return ["node", script, str(_NODEMAILER), str(port), str(count), proof, str(_CONNECTIONS)]


def _django(course: Course, port: int, count: int) -> list[str]:
    script = str(_HERE / "django_mail.py")
    return [sys.executable, script, str(_DJANGO), str(port), str(count), str(course.proof)]


def _plain(course: Course, port: int, count: int) -> list[str]:
    return [sys.executable, str(_HERE / "plain.py"), str(port), str(count), str(course.proof)]


CONTENDERS = {
    "source": Contender(title=f"smtp-source -s {_CONNECTIONS}", run=_source),
    "ours": Contender(title="ours, unsigned", run=ours("unsigned")),
    "ed25519": Contender(title="ours, Ed25519", run=ours("ed25519")),
    "rsa": Contender(title="ours, RSA-2048", run=ours("rsa")),
    "nodemailer": Contender(title=f"nodemailer pool, {_CONNECTIONS}", run=_peer(_nodemailer), share=0.2),
    "django": Contender(title="Django, 1 connection", run=_peer(_django), share=0.1),
    "plain": Contender(title="smtplib + EmailMessage", run=_peer(_plain), share=0.1),
}


def missing() -> dict[str, str]:
    """Say what is not here: by contender, how to get it."""
    postfix = "Debian's postfix has it: apt-get install --no-install-recommends postfix (starts no daemon)"
    lacks = {
        "source": None if shutil.which("smtp-source") else postfix,
        "nodemailer": None if shutil.which("node") else "node is missing: https://nodejs.org",
        "django": None if _DJANGO.is_dir() else " ".join(FETCH["django"]),
    }
    if lacks["nodemailer"] is None and not _NODEMAILER.is_dir():
        lacks["nodemailer"] = " ".join(FETCH["nodemailer"])
    return {name: way for name, way in lacks.items() if way}


def fetch() -> None:
    """Fetch the peers' libraries into the cache folder, outside of the checkout."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for command in FETCH.values():
        subprocess.run(command, check=True)
