"""The home that our own sender is measured in: its names, its relay, how long sending took."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

Signing = Literal["unsigned", "ed25519", "rsa"]

DIGEST = "daily"
DOMAIN = "news.example.org"
EDITION = 1  #: the number of the approved edition
CONNECTIONS = 64
PROOF = "proof"  #: the folder of the edition's .eml, .html and .txt, as for a reader of everything


def point_at(root: Path, port: int, signing: Signing, *, connections: int = 16) -> None:
    """Write the configuration: the relay's port, who signs, and how many connections may be open."""
    keys = [f"{{domain: {DOMAIN}, selector: {signing}, key_file: keys/dkim-{DOMAIN}-{signing}.pem}}"]
    (root / "config" / "digest.yaml").write_text(
        "database: sqlite:///var/digest.db\n"
        'site: {base_url: "https://news.example.org", postal_address: "14 Quay Street, Vellmouth"}\n'
        f'relays: [{{name: main, url: "smtp://127.0.0.1:{port}", tls: none, connections: {connections}}}]\n'
        f"delivery: {{max_lateness: 52w, dkim: [{', '.join(keys if signing != 'unsigned' else [])}]}}\n",
        encoding="utf-8",
    )


def sending_seconds(root: Path) -> float:
    """Tell how long sending took: from the frozen audience to the last end on the books."""
    with closing(sqlite3.connect(root / "var" / "digest.db")) as database:
        begun = "SELECT min(at) FROM edition_log WHERE edition_id = ? AND after = 'sending'"
        ended = "SELECT max(changed_at) FROM deliveries WHERE edition_id = ?"
        first, last = (database.execute(query, [EDITION]).fetchone()[0] for query in (begun, ended))
    return float(last - first) / 1e6
