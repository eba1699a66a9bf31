"""Make a home whose edition is approved and waits for its readers: `python furnish.py FOLDER READERS`.

A process of its own, so that what it needs weighs on none of the processes that are measured.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from home import DIGEST, DOMAIN, EDITION, PROOF, point_at

from digest.actions.content.ingest import ingest
from digest.actions.editing.approving import approve
from digest.actions.home.dkim import make_dkim_key
from digest.actions.making.build import build
from digest.actions.printing.preview import preview
from digest.actions.upkeep.homes import make_home
from digest.bootstrap import open_app
from digest.paths import Home
from digest.store import Enrolment, NewSubscriber

ARTICLES = 9  #: which make mails of about 35 kB
BATCH = 20_000  #: readers a transaction
_DAILY = """\
title: The Daily Brief
language: en
zone: UTC
from: "The Daily Brief <brief@news.example.org>"
selection: {window: 24h, at_most: 40, at_least: 2, per_source: 40}
sections:
  - {title: World, tags: [world], at_most: 6, sentences: 2}
  - {title: Science, tags: [science], at_most: 6, sentences: 2}
  - {title: Money, tags: [money], at_most: 6, sentences: 2}
"""
_SYLLABLES = ("barn", "dun", "fel", "gor", "hav", "kel", "lim", "mor", "nes", "pol", "quay", "rin", "wick")


def furnish(root: Path, recipients: int) -> None:
    """Make a home whose edition is approved and waits for that many readers."""
    home = Home(root=root)
    make_home(home)
    (home.config / "digests" / f"{DIGEST}.yaml").write_text(_DAILY, encoding="utf-8")
    point_at(root, 9, "unsigned")
    for kind in ("rsa", "ed25519"):
        make_dkim_key(home, DOMAIN, kind, kind)
    now = datetime.now(UTC)
    inbox = root / "articles.json"
    inbox.write_text(json.dumps(list(_articles(now))), encoding="utf-8")
    with open_app(root) as app:
        ingest(app, [inbox])
        readers = _readers()
        for begin in range(0, recipients, BATCH):
            batch = list(islice(readers, min(BATCH, recipients - begin)))
            with app.store.writing() as tx:
                tx.people.enrol(batch, DIGEST, at=now)
        built = build(app, DIGEST, at=app.clock())
        if built.edition_id != EDITION:
            raise SystemExit(f"no edition to send: {built.state}")
        approve(app, EDITION, by="benchmark")
        preview(app, EDITION, root / PROOF)


def _readers() -> Iterator[Enrolment]:
    """Make readers without end: some with names, some of those beyond ASCII."""
    names = ("Sam Reader", "Åse Nordmann", None, "O'Neill, Pat")
    number = 0
    while True:
        person = NewSubscriber(
            email=f"reader{number}@mail{number % 40}.example.org", name=names[number % len(names)]
        )
        yield Enrolment(new=person, consent="benchmark")
        number += 1


def _articles(now: datetime) -> Iterator[dict[str, object]]:
    chance = random.Random(7)
    for number in range(ARTICLES):
        # Words of its own for each, or grouping would take them for one story.
        words = ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(60)]
        yield {
            "title": f"{' '.join(words[:6]).capitalize()} {number}",
            "text": "\n\n".join(" ".join(_sentence(chance, words) for _ in range(4)) for _ in range(5)),
            "url": f"https://wire{number}.example/articles/{number}",
            "published": (now - timedelta(hours=1, minutes=number)).isoformat(),
            "tags": [("world", "science", "money")[number % 3]],
            "source": f"wire{number % 6}",
            "language": "en",
        }


def _sentence(chance: random.Random, words: list[str]) -> str:
    picked = chance.choices(words, k=12)
    return f"{picked[0].capitalize()} {' '.join(picked[1:])} {chance.randrange(9999)}."


if __name__ == "__main__":
    furnish(Path(sys.argv[1]), int(sys.argv[2]))
