"""A home with a long life behind it: articles, editions, readers, their mail, and records of it all."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

import editions
import people
from texts import BATCH, batches

from digest.actions.app import App
from digest.actions.making.build import build
from digest.actions.staff.accounts import add_user
from digest.actions.upkeep.homes import make_home
from digest.bootstrap import open_app
from digest.model.accounts import ALL, Grant, Role
from digest.paths import Home, resource

NOW = datetime.fromisoformat("2026-11-19T07:00:00+01:00")  #: the time of every clock here
ARTICLES, EDITIONS, READERS = 100_000, 1_000, 1_000_000  #: at scale 1; as many mails as readers
DESK = "ada@example.org"
_MADE = "made"  #: the file that says that a home is whole
_SYSTEM = """\
database: sqlite:///var/digest.db
site: {base_url: "https://news.example.org", postal_address: "Estuary Digest, 14 Quay Street, Vellmouth"}
relays:
  - {name: mailbox, url: "smtp://127.0.0.1:2525", tls: none}
"""
_BARE = Path(__file__).parent / "templates"


def made(folder: Path, scale: float) -> Path:
    """Return a home of so much of the full size, made now unless it is there."""
    root = folder / f"home-{scale:g}"
    if (root / _MADE).exists():
        shutil.copytree(_BARE, root / "templates" / "web", dirs_exist_ok=True)
        return root
    shutil.rmtree(root, ignore_errors=True)
    began = time.perf_counter()
    _furnish(root)
    with open_app(root, clock=lambda: NOW) as app:
        _fill(app, scale)
    (root / _MADE).touch()
    size = (root / "var" / "digest.db").stat().st_size / 1e6
    print(f"made {root.name}: {size:,.0f} MB in {time.perf_counter() - began:.0f} s", flush=True)
    return root


def _furnish(root: Path) -> None:
    home, seeds = Home(root=root), resource("seeds", None)
    (home.config / "digests").mkdir(parents=True)
    shutil.copyfile(seeds / "sources.yaml", home.config / "sources.yaml")
    (home.config / "digest.yaml").write_text(_SYSTEM, "utf-8")
    for key in ("morning", "weekend"):
        text = (seeds / "digests" / f"{key}.yaml").read_text("utf-8")
        text = (
            text.replace("review: {mode: none}", "review: {mode: required}")
            + f"archive: public\neditors: [{DESK}]\n"
        )
        (home.config / "digests" / f"{key}.yaml").write_text(text, "utf-8")
    make_home(home, shipped_config=home.config)
    shutil.copytree(_BARE, root / "templates" / "web")


def _fill(app: App, scale: float) -> None:
    """Store everything; what is there of it at a tenth is the newest tenth."""
    count, readers = round(ARTICLES * scale), round(READERS * scale)
    keys = tuple(source.key for source in app.sources)
    for batch in batches(count, NOW, keys):
        with app.store.writing() as tx:
            tx.articles.put(batch, batch[-1].published or NOW)
    assert count % BATCH == 0  # noqa: S101  # why: editions count on it that numbers have no gaps
    add_user(
        app, DESK, "Ada Venn", password=None, grants=[Grant(digest=ALL, role=Role.ADMIN)], by="benchmark"
    )
    for place in range(11):
        grants = [Grant(digest="morning", role=Role.EDITOR)]
        add_user(
            app, f"p{place}@example.org", f"Person {place}", password=None, grants=grants, by="benchmark"
        )
    with app.store.writing() as tx:
        people.fill(tx.people.connection, readers, NOW)
    build(app, "morning", at=NOW.replace(day=NOW.day - 1))
    with app.store.writing() as tx:
        last = editions.fill(tx.people.connection, round(EDITIONS * scale), count, NOW)
        people.mail(tx.people.connection, last, readers, NOW)
        people.records(tx.people.connection, last, readers, NOW)
    build(app, "morning", at=NOW)
    with app.store.writing() as tx:
        tx.people.connection.exec_driver_sql("ANALYZE")
