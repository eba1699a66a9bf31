"""Measure what a command costs before it does anything: `python benchmarks/starting.py [--rounds 10]`.

Makes a home with an approved edition for 200 readers, and runs each command in a process of its own, in
turns. Prints the least processor time of the whole process (user and system) and the most memory.
`--against FOLDER` runs what lies there, another checkout's `src`, too, each of its runs beside one of ours,
so that noise meets both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PEERS = Path(__file__).parent / "peers"
sys.path.insert(0, str(PEERS))

from home import EDITION, point_at  # noqa: E402
from running import Weighed, running_sink, weigh  # noqa: E402

READERS = 200
COMMANDS = (
    ("--version",),
    ("--help",),
    ("doctor", "--offline"),
    ("editions", "list"),
    ("deliveries", str(EDITION)),
    ("send", str(EDITION), "--json"),
)


def main() -> None:
    """Run all commands in turns, and print the least of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--against", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    if args.against and not (args.against / "digest").is_dir():
        raise SystemExit(f"{args.against} holds no package digest: name the other checkout's src")
    sink = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/lib/postfix/sbin")
    if sink is None:
        raise SystemExit("smtp-sink is missing: Debian's postfix has it")
    sources = [Path(__file__).parents[1] / "src", *([args.against] if args.against else [])]
    ran: dict[tuple[tuple[str, ...], Path], list[Weighed]] = {}
    with tempfile.TemporaryDirectory(prefix="digest-starting-") as work:
        home = Path(work) / "home"
        subprocess.run([sys.executable, str(PEERS / "furnish.py"), str(home), str(READERS)], check=True)
        for _ in range(args.rounds + 1):  # the first writes the bytecode
            for command in COMMANDS:
                for source in sources:
                    run = _run(sink, home, Path(work) / "run", source, command)
                    ran.setdefault((command, source), []).append(run)
    for command in COMMANDS:
        figures = [_figures(ran[command, source][1:]) for source in sources]
        print(f"{' '.join(command):20}{'   against '.join(figures)}")


def _run(sink: str, home: Path, copy: Path, source: Path, command: tuple[str, ...]) -> Weighed:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)
    variables = {"DIGEST_HOME": str(copy), "PYTHONPATH": os.fspath(source.resolve())}
    with running_sink(sink) as running:
        point_at(copy, running.port, "unsigned")
        return weigh([sys.executable, "-m", "digest", *command], variables)


def _figures(runs: list[Weighed]) -> str:
    return f"{min(run.cpu_s for run in runs) * 1e3:5.0f} ms {max(run.rss_mb for run in runs):4.0f} MB"


if __name__ == "__main__":
    main()
