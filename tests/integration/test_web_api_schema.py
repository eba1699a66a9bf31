"""The schema of the API against the API: what it says is so, and nothing that fits it breaks anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api_cast import furnish_for_programs
from commands import run_here, unmeasured
from digest import __version__

TESTS = Path(__file__).parent.parent
Schema = dict[str, Any]  # why Any: JSON of any shape
PAGE = TESTS.parent / "docs" / "reference" / "api.md"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """What `digest api openapi` prints."""
    root = tmp_path_factory.mktemp("schema") / "home"
    assert run_here("init", home=root).code == 0
    found: Schema = run_here("api", "openapi", home=root).data
    return found


def test_the_command_prints_the_schema_of_this_version(
    schema: Schema,
) -> None:
    """Tools that make clients take it from there."""
    assert str(schema["openapi"]).startswith("3.1")
    assert schema["info"]["version"] == __version__
    ids = [one["operationId"] for ways in schema["paths"].values() for one in ways.values()]
    assert len(ids) == len(set(ids))
    for ways in schema["paths"].values():
        for one in ways.values():
            assert one["security"] == [{"token": []}]
            assert one["description"].endswith(".")


def test_the_page_of_the_reference_names_every_operation_with_its_scope(
    schema: Schema,
) -> None:
    """A line is a method, a path, a scope, and the first sentence of the schema; nothing else is there."""
    lines = {line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")}
    wanted = {
        f"| `{method.upper()} {path.removeprefix('/api/v1')}` | {one['x-scope']} | {one['description']} |"
        for path, ways in schema["paths"].items()
        for method, one in ways.items()
    }
    assert sorted(wanted - lines) == []
    assert sorted(lines - wanted) == []


def test_the_schema_is_for_people_to_read(schema: dict[str, Any]) -> None:
    """Names without our modules in them; each thing that is sent is described, and bodies have an example."""
    shapes = schema["components"]["schemas"]
    assert [name for name in shapes if "__" in name] == []
    bare, without = [], set()
    for path, ways in schema["paths"].items():
        for method, one in ways.items():
            bare += [(method, path, part["name"]) for part in one.get("parameters", []) if not _told(part)]
            assert one["responses"]["200"]["description"] != "Successful Response"
            content = one.get("requestBody", {}).get("content", {})
            for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(content)):
                bare += [
                    (name, field) for field, part in shapes[name]["properties"].items() if not _told(part)
                ]
                if not name.startswith("Body_") and "examples" not in shapes[name]:
                    without.add(name)
    assert bare == []
    assert without == set()


def _told(part: dict[str, Any]) -> bool:
    return bool(part.get("description") or part.get("schema", {}).get("description") or "const" in part)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.timeout(900)
def test_nothing_that_the_schema_allows_breaks_the_api(tmp_path: Path) -> None:
    """schemathesis makes requests of all kinds: no answer is a 5xx, and each is what the schema says."""
    home = furnish_for_programs(tmp_path / "home")
    # A process of its own: schemathesis brings warnings of its own, and here they are errors.
    done = subprocess.run(
        [sys.executable, TESTS / "schema_campaign.py", home],
        capture_output=True,
        text=True,
        env={**unmeasured(), "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=850,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-3_000:]
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["operations"] >= 115
    assert counts["requests"] >= 5 * counts["operations"]
