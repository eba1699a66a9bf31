"""How fast an edition leaves: `python benchmarks/delivery.py [--recipients 50000] [--rounds 3]`.

Our own sender, the limit (Postfix's smtp-source) and peers send the same mail of about 35 kB to a fresh
smtp-sink on this machine, in turns, round by round. Ratios are taken within a round, so that noise meets
all of them alike. `--only ours,source` lets only some run. `--fetch` gets the peers' libraries into a cache
folder first; without them their rows are left out. `--memory` compares what 10,000 and 1,000,000
recipients take instead.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PEERS = Path(__file__).parent / "peers"
sys.path.insert(0, str(PEERS))

from contenders import CONTENDERS, Course, Measured, fetch, missing, ours  # noqa: E402

MAX_CPU_US = 150
MAX_RSS_MB = 200
Round = dict[str, Measured]  #: by contender


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A promise about our own sender, shown in the row of the one it is held against."""

    row: str
    text: str
    value: Callable[[Round], float]
    least: float | None = None
    most: float | None = None

    def verdict(self, rounds: Sequence[Round]) -> str:
        """Hold the median of all rounds against the bar; '' when somebody was not there."""
        try:
            value = median(map(self.value, rounds))
        except KeyError:
            return ""
        is_met = (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
        bound = f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}"
        figure = f"{value:.2f}" if value < 100 else f"{value:,.0f}"
        return f"{self.text} {figure} ({bound}: {'ok' if is_met else 'MISSED'})"


def times(one: str, other: str) -> Callable[[Round], float]:
    """Make the ratio of two rates of the same round."""
    return lambda done: done[one].rate / done[other].rate


BARS = (
    Bar(row="ours", text="x source", value=times("ours", "source"), least=1.0),
    Bar(row="ed25519", text="x source", value=times("ed25519", "source"), least=0.9),
    Bar(row="rsa", text="x source", value=times("rsa", "source"), least=0.4),
    Bar(row="ours", text="cpu us", value=lambda done: done["ours"].cpu_us, most=MAX_CPU_US),
    Bar(row="ours", text="RSS MB", value=lambda done: done["ours"].process.rss_mb, most=MAX_RSS_MB),
    Bar(row="nodemailer", text="ours is x", value=times("ours", "nodemailer"), least=6),
    Bar(row="django", text="ours is x", value=times("ours", "django"), least=20),
)


def main() -> None:
    """Measure and print."""
    args = parse()
    if args.fetch:
        fetch()
    sink = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/lib/postfix/sbin")
    lacking = missing()
    if sink is None:
        raise SystemExit(f"smtp-sink is missing, and nothing can be measured without it. {lacking['source']}")
    wanted = [name for name in (args.only.split(",") if args.only else CONTENDERS) if name not in lacking]
    for name, way in lacking.items():
        print(f"left out: {name}. {way}")
    if args.memory:
        compare_memory(sink, args.memory_recipients, args.connections)
        return
    with furnished(sink, args.recipients, args.connections) as course:
        rounds = [measure(course, wanted, args.recipients, number) for number in range(args.rounds)]
    show(rounds, wanted, args.recipients)
    show_limits(rounds)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recipients", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64, help="of our own sender")
    parser.add_argument("--only", metavar="NAMES", help=f"of {','.join(CONTENDERS)}")
    parser.add_argument("--fetch", action="store_true", help="get nodemailer and Django first")
    parser.add_argument("--memory", action="store_true", help="compare two sizes of audience; slow")
    parser.add_argument("--memory-recipients", type=int, nargs=2, default=[10_000, 1_000_000])
    args = parser.parse_args()
    unknown = [name for name in (args.only or "").split(",") if name and name not in CONTENDERS]
    if unknown:
        parser.error(f"--only: no {unknown[0]}; there are {', '.join(CONTENDERS)}")
    return args


@contextmanager
def furnished(sink: str, recipients: int, connections: int) -> Iterator[Course]:
    """Make the home that all runs are copies of."""
    with tempfile.TemporaryDirectory(prefix="digest-delivery-") as work:
        home = Path(work) / "home"
        subprocess.run([sys.executable, str(PEERS / "furnish.py"), str(home), str(recipients)], check=True)
        yield Course(sink=sink, home=home, work=Path(work), connections=connections)


def measure(course: Course, names: Sequence[str], recipients: int, number: int) -> Round:
    """Let everyone run once; every other round from the last to the first."""
    done = {}
    for name in names if number % 2 == 0 else reversed(names):
        contender = CONTENDERS[name]
        done[name] = contender.run(course, max(100, round(recipients * contender.share)))
        line = f"  round {number + 1}: {contender.title} {done[name].rate:,.0f}/s"
        print(line, file=sys.stderr, flush=True)
    return done


def show(rounds: Sequence[Round], names: Sequence[str], recipients: int) -> None:
    """Print a row for each contender: medians, the range of the rates, and the bars."""
    print(f"{recipients:,} recipients ({len(rounds)} rounds; peers send a tenth or a fifth of it)")
    print(
        f"{'':24}{'msg/s':>7} {'min-max':>14} {'x source':>9} {'CPU us':>7} {'sink us':>8}"
        f" {'RSS MB':>7} {'wall s':>7}"
    )
    for name in names:
        runs = [done[name] for done in rounds]
        rates = [run.rate for run in runs]
        ratio = median(map(times(name, "source"), rounds)) if "source" in names else float("nan")
        print(
            f"{CONTENDERS[name].title:24}{median(rates):7,.0f} {min(rates):6,.0f}-{max(rates):<7,.0f}"
            f"{ratio:9.2f} {median(run.cpu_us for run in runs):7,.0f}"
            f" {median(run.sink_us for run in runs):8,.0f} {max(run.process.rss_mb for run in runs):7,.0f}"
            f" {median(run.process.wall_s for run in runs):7.1f}"
            f"   {'; '.join(filter(None, (bar.verdict(rounds) for bar in BARS if bar.row == name)))}"
        )


def show_limits(rounds: Sequence[Round]) -> None:
    """Print what this machine could do at most: a bar beyond it says nothing of the sender."""
    print("\nif no processor ever waited (sender and sink share them, the sink can use one):")
    for name in ("ours", "ed25519", "rsa"):
        with suppress(KeyError):
            most = median(done[name].most / done["source"].rate for done in rounds)
            reached = median(done[name].rate / done[name].most for done in rounds)
            print(f"  {CONTENDERS[name].title}: {most:.2f} x source; reached {reached:.0%} of it")
    with suppress(KeyError):
        least_us = min(run.sink_us for done in rounds for run in done.values())
        alone = median(1e6 / least_us / done["django"].rate for done in rounds)
        print(f"  any sender, however fast: {alone:.1f} x Django, as the sink takes no more")


def compare_memory(sink: str, sizes: Sequence[int], connections: int) -> None:
    """Print the peak of our own sender for two sizes of audience."""
    peaks = []
    for size in sizes:
        with furnished(sink, size, connections) as course:
            run = ours("unsigned")(course, size)
        peaks.append(run.process.rss_mb)
        print(f"{size:10,} recipients: {peaks[-1]:6.0f} MB, {run.rate:7,.0f}/s", flush=True)
    print(f"{peaks[1] / peaks[0]:.2f} x the memory for {sizes[1] / sizes[0]:.0f} x the recipients")


if __name__ == "__main__":
    main()
