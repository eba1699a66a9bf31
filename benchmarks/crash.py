"""What becomes of an edition whose sender is killed: `python benchmarks/crash.py [--kills 200]`.

Sends an edition with the real command to a relay that writes down all it takes, kills the command with
SIGKILL at random moments (while it sends, starts, freezes, replays, stops), gives it again at once until
the books balance, and holds what the relay took against them. Exits with 1 when the promise is broken.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from crashing import Sink, prepare
from kill_campaign import Campaign, Verdict

SENDING_S = (0.3, 1.5)
SPARE = 1.3  # readers for so many times as long as the kills are expected to take


def main() -> None:
    """Run a campaign for each policy."""
    args = parse()
    policies = ("hold", "resend") if args.policy == "both" else (args.policy,)
    misses = [miss for policy in policies for miss in run(policy, args)]
    raise SystemExit(1 if misses else 0)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--policy", choices=("hold", "resend", "both"), default="both")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the moments")
    return parser.parse_args()


def run(policy: str, args: argparse.Namespace) -> list[str]:
    """Run one campaign and print it; return which bars were missed."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="digest-crash-") as work, Sink(Path(work)) as sink:
        root = prepare(
            Path(work) / "home",
            sink.port,
            readers=args.recipients,
            on_unknown=policy,
            connections=args.connections,
        )
        campaign = Campaign(
            root=root,
            sink=sink,
            chance=random.Random(args.seed),
            readers=args.recipients,
            connections=args.connections,
            sending_s=SENDING_S,
        )
        most = pace(args)
        sink.tell("pace", 0.05 * most, most)
        campaign.run(args.kills)
        if sink.seen():
            sink.tell("pace", 0, 0)
        campaign.finish()
        verdict = campaign.verdict()
    took = time.monotonic() - begun
    print(f"{policy}: {args.recipients:,} recipients, {args.connections} connections, seed {args.seed}")
    print(f"  {verdict.kills} kills in {took:.0f} s: {dict(campaign.moments)}")
    return show(verdict, policy)


def pace(args: argparse.Namespace) -> float:
    """Say how slow the relay must be, so that the readers last for all kills; two pauses a message."""
    sending_s = args.kills * sum(SENDING_S) / 2 * SPARE
    return args.connections * sending_s / args.recipients


def show(verdict: Verdict, policy: str) -> list[str]:
    """Print what was seen; return which bars were missed."""
    print(
        f"  accepted {verdict.accepted:,}, distinct {verdict.distinct:,}, lost {verdict.lost},"
        f" duplicates {verdict.duplicates} (differing {verdict.differing}, needless {verdict.needless}),"
        f" unknown {verdict.unknown} (untrue {verdict.untrue}), bound {verdict.bound:,}"
    )
    for line in (*verdict.faults, *(f"left: {name}" for name in verdict.left)):
        print(f"  {line}")
    misses = verdict.misses(policy)
    print(f"  {'ok' if not misses else 'MISSED: ' + ', '.join(misses)}", flush=True)
    return misses


if __name__ == "__main__":
    main()
