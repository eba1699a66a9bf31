"""Shipped files and the reference page know every key, and no other."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from pages import FILES, rows

from digest.settings import load_settings
from digest.settings.document import MAX_BYTES, MAX_DEPTH, MAX_VALUES, read_document
from digest.settings.shapes import walk

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "settings.md"
KEY = re.compile(r"^[ #-]*([a-z_]+):(?: |$)", re.MULTILINE)  #: in use or commented out
LINE = re.compile(r"^ *(?:# )?(?:- )?[a-z_]+:(?: |$)")  #: the same, without the examples of entries


def written_out(text: str) -> str:
    """Take the comment signs off the keys that are commented out, so that the file has them all."""
    return re.sub(r"^( *)# ([a-z_]+: (?:\S+|\[[0-9, ]+\]))$", r"\1\2", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", FILES)
def test_shipped_files_show_every_key(name: str) -> None:
    """An operator finds a key in the file, not in the program."""
    keys = set(KEY.findall((ROOT / name).read_text(encoding="utf-8")))
    wanted = {str(path[-1]) for path in walk(FILES[name])}

    assert wanted - keys == set()


@pytest.mark.parametrize("name", ["config/digest.yaml", "config/digests/daily.yaml"])
def test_commented_keys_stand_in_their_group_with_their_default(name: str, tmp_path: Path) -> None:
    """Taking the comment sign away must give a file that means the same."""
    text = (ROOT / name).read_text(encoding="utf-8")
    path = tmp_path / "written.yaml"
    path.write_text(written_out(text), encoding="utf-8")
    document = read_document(path)
    before = read_document(ROOT / name).data()

    assert document.faults == ()
    model = FILES[name]
    extra = {"key": "daily"} if name.endswith("daily.yaml") else {}
    every = document.data()
    for relay in every.get("relays", ()):
        assert relay.pop("password") is None
    assert model.model_validate(every | extra) == model.model_validate(before | extra)
    assert _paths(every) >= {
        tuple(step for step in path if step != 0)
        for path in walk(model)
        if path[-1] != "password" and not {"dkim", "domains", "warm_up", "webhooks"} & set(path[:-1])
    }


@pytest.mark.parametrize("name", FILES)
def test_each_key_has_its_meaning_above_it(name: str) -> None:
    """A key without a word is a riddle."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for above, line in pairwise(lines)
        if LINE.match(line) and (LINE.match(above) or not above.lstrip().startswith("#"))
    ]

    assert bare == []


def test_the_shipped_configuration_loads(tmp_path: Path) -> None:
    """`digest init` copies it; the first `digest check` must find nothing."""
    (tmp_path / "config").symlink_to(ROOT / "config")
    loaded = load_settings(tmp_path, {})

    assert set(loaded.digests) == {"daily"}
    assert loaded.sources == ()
    assert loaded.system.relays[0].name == "main"


@pytest.mark.parametrize("name", FILES)
def test_the_reference_page_tells_every_key_with_its_value_and_default(name: str) -> None:
    """A page that drifts is worse than none."""
    page = PAGE.read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
    sections = re.split(r"^## ", page, flags=re.MULTILINE)
    heading = {"config/digests/daily.yaml": "config/digests/KEY.yaml"}.get(name, name)
    section = next(text for text in sections if text.startswith(f"`{heading}`"))
    there = [row for row in told if f"| `{row[0]}` | {row[1]} | {row[2]} |" in section]

    assert there == list(rows(FILES[name]))


def test_the_reference_page_tells_the_bounds() -> None:
    """Somebody with a big file looks there."""
    page = PAGE.read_text(encoding="utf-8")

    assert f"{MAX_BYTES} bytes, {MAX_VALUES} values" in page
    assert f"{MAX_DEPTH} levels" in page


def _paths(value: object, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if isinstance(value, dict):
        below = [_paths(item, (*path, key)) for key, item in value.items()]
        return {path}.union(*below)
    if isinstance(value, list):
        return {path}.union(*(_paths(item, path) for item in value))
    return {path}
