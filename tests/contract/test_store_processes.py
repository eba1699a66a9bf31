"""What the store promises to programs that run beside each other on one file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from digest.store import open_store

URL = "sqlite:///var/digest.db"
WRITER = """
import sys
from pathlib import Path
from store_cast import NOW, content
from digest.store import open_store

store = open_store(sys.argv[1], home=Path(sys.argv[2]))
first = int(sys.argv[3])
for number in range(first, first + 50):
    with store.writing() as tx:
        tx.articles.list(limit=1)
        tx.articles.put([content(number, "world")], NOW)
store.close()
"""


def test_two_programs_write_to_one_file_and_both_succeed(tmp_path: Path) -> None:
    """The web page saves an edit while the worker books deliveries; neither may see 'locked'."""
    store = open_store(URL, home=tmp_path)
    store.migrate()
    commands = [[sys.executable, "-c", WRITER, URL, str(tmp_path), first] for first in ("1", "1001")]
    tests = str(Path(__file__).parent.parent)
    running = [subprocess.Popen(command, cwd=tests) for command in commands]

    assert [process.wait(timeout=60) for process in running] == [0, 0]
    assert store.check() == ()
    with store.reading() as tx:
        assert len(tx.articles.list(limit=200)) == 100
    store.close()
