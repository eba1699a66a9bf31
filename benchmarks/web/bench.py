"""Serving two homes, opening their pages in turns, and judging what was measured."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path

import load
from house import NOW
from load import Ask, Got
from places import Place, Tour, come_back, tour

from digest.bootstrap import open_app

RATE = 20  #: requests a second
AT_ONCE = 8  #: of the top rates
P95, GROWTH, ARCHIVE, LEAVE = 4.0, 1.3, 0.8, 0.5  #: the bars
_WARM = 4  #: requests before any is measured
_TURNS = 4  #: of the top rates


@dataclass(frozen=True, kw_only=True)
class Site:
    """A home that is served."""

    port: int
    pid: int
    tour: Tour

    def ask(self, path: str) -> Ask:
        """Return the request for a page by who is signed in."""
        is_outside = path == "/sign-in"  # whoever is signed in is sent on
        cookie = "" if is_outside else f"session={self.tour.session}"
        return Ask(port=self.port, path=path, cookie=cookie)


@dataclass(kw_only=True)
class Measured:
    """What one page, or what it is held against, took."""

    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0  #: seconds of the server's processor
    size: int = 0

    def add(self, got: Sequence[Got], cpu: float) -> None:
        """Take in a turn."""
        self.seconds += [one.seconds for one in got]
        self.cpu += cpu
        self.size = got[-1].size

    @property
    def median(self) -> float:
        """Milliseconds."""
        return statistics.median(self.seconds) * 1_000

    @property
    def p95(self) -> float:
        """Milliseconds."""
        return statistics.quantiles(self.seconds, n=20)[-1] * 1_000

    @property
    def work(self) -> float:
        """Milliseconds of the server's processor a request."""
        return self.cpu / len(self.seconds) * 1_000


@contextmanager
def served(homes: Sequence[Path]) -> Iterator[list[Site]]:
    """Serve homes, each in a process of its own, while the context is open."""
    with ExitStack() as stack:
        yield [stack.enter_context(_served(home)) for home in homes]


@contextmanager
def _served(home: Path) -> Iterator[Site]:
    with open_app(home, clock=lambda: NOW) as app:
        planned = tour(app)
    command = [sys.executable, str(Path(__file__).with_name("serve.py")), str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None  # noqa: S101, PT018
        try:
            yield Site(port=int(process.stdout.readline()), pid=process.pid, tour=planned)
        finally:
            process.stdin.close()
            process.wait()


def put_back(home: Path) -> None:
    """Undo what was measured in a home."""
    with open_app(home, clock=lambda: NOW) as app:
        come_back(app)


def measure(outside: Pool, sites: Sequence[Site], only: tuple[str, ...], turns: int) -> bool:
    """Measure every page, print a line each, and say whether one missed a bar."""
    large, tenth = sites
    print(
        f"{'page; times in ms':<48}{'bytes':>9}{'median':>8}{'p95':>8}{'work':>8}{'bare p95':>9}{'x bare':>8}"
        f"{'growth':>8}{'of work':>8}"
    )
    wrong = []
    for place, small in zip(large.tour.places, tenth.tour.places, strict=True):
        if only and not place.route.startswith(only):
            continue
        page, bare, before = _opened(outside, (large, tenth), (place, small), turns)
        ratio, growth = page.p95 / bare.p95, page.median / before.median
        missed = [name for name, bad in (("p95", ratio > P95), ("growth", growth > GROWTH)) if bad]
        wrong += [f"{place.route} {' '.join(missed)}"] * bool(missed)
        print(
            f"{place.route:<48}{page.size:>9,}{page.median:>8.1f}{page.p95:>8.1f}{page.work:>8.1f}"
            f"{bare.p95:>9.1f}{ratio:>8.2f}{growth:>8.2f}"
            f"{page.work / max(before.work, 0.1):>8.2f}  {' '.join(missed)}",
            flush=True,
        )
    print(f"bars: p95 at most {P95:g} x bare, growth at most {GROWTH:g}: {'; '.join(wrong) or 'all met'}")
    return bool(wrong)


def _opened(
    outside: Pool, sites: tuple[Site, Site], places: tuple[Place, Place], turns: int
) -> tuple[Measured, Measured, Measured]:
    large, tenth = sites
    page = outside.apply(load.steady, ([large.ask(places[0].path)] * _WARM, RATE))[-1]
    bare = _bare(outside, large, places[0].kind, page.size)
    asked = [(large, large.ask(places[0].path)), (large, bare), (tenth, tenth.ask(places[1].path))]
    found = (Measured(), Measured(), Measured())
    for _, ask in asked[1:]:
        outside.apply(load.steady, ([ask] * _WARM, RATE))
    for _ in range(turns):
        for measured, (site, ask) in zip(found, asked, strict=True):
            begun = _cpu(site.pid)
            got = outside.apply(load.steady, ([ask] * RATE, RATE))
            measured.add(got, _cpu(site.pid) - begun)
    return found


def _bare(outside: Pool, site: Site, kind: str, size: int) -> Ask:
    """Find the request for a bare page that is as large, from above."""
    few, many = (
        outside.apply(load.steady, ([site.ask(f"/bare/{kind}?rows={rows}")], RATE))[0].size
        for rows in (0, 1_000)
    )
    rows = max(0, round((size - few) / (many - few) * 1_000))
    return site.ask(f"/bare/{kind}?rows={rows}")


def rates(outside: Pool, site: Site) -> bool:
    """Measure the top rates against those of bare routes, and say whether one missed its bar."""
    leavers = [
        Ask(port=site.port, path=path, form="List-Unsubscribe=One-Click") for path in site.tour.leavers
    ]
    each = len(leavers) // _TURNS
    archive = Ask(port=site.port, path="/archive/morning/5")
    page = outside.apply(load.steady, ([archive] * _WARM, RATE))[-1]
    bare = _bare(outside, site, "public", page.size)
    word = Ask(port=site.port, path="/bare/word")
    found: dict[str, list[float]] = {"leave": [], "word": [], "archive": [], "bare": []}
    for turn in range(_TURNS):
        found["leave"].append(outside.apply(load.most, (leavers[turn * each : (turn + 1) * each], AT_ONCE)))
        for name, ask in (("word", word), ("archive", archive), ("bare", bare)):
            found[name].append(outside.apply(load.most, ([ask] * 500, AT_ONCE)))
    missed = False
    for name, against, bar in (("leave", "word", LEAVE), ("archive", "bare", ARCHIVE)):
        mine, others = statistics.median(found[name]), statistics.median(found[against])
        missed |= mine / others < bar
        print(f"{name}: {mine:.0f}/s, bare {others:.0f}/s: {mine / others:.2f} (bar: {bar:g})", flush=True)
    return missed


def _cpu(pid: int) -> float:
    """Return how long a process has used a processor, in seconds (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
