"""The tree of errors is drawn, and every leaf is on the page."""

from __future__ import annotations

import re
from pathlib import Path

from digest import errors

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"


def _names() -> set[str]:
    found = {"DigestError"}
    todo = [errors.DigestError]
    while todo:
        for child in todo.pop().__subclasses__():
            if child.__module__ == "digest.errors":
                found.add(child.__name__)
                todo.append(child)
    return found


def test_every_error_is_in_the_drawing_and_on_the_page() -> None:
    """An operator who reads a name must find it."""
    drawn = set(re.findall(r"^(?:│   )?(?:[├└]── )?([A-Z]\w+)", errors.__doc__ or "", flags=re.MULTILINE))
    listed = set(re.findall(r"^\| `(\w+)`", PAGE.read_text("utf-8"), flags=re.MULTILINE))

    assert _names() <= drawn
    assert _names() == listed


def test_an_error_tells_place_thing_and_way_out() -> None:
    """One line holds all three."""
    error = errors.NotFound("no digest 'x'", where="config/digests/x.yaml", hint="known: daily")

    assert str(error) == "config/digests/x.yaml: no digest 'x' (known: daily)"


def test_a_fault_reads_as_a_line_of_a_compiler() -> None:
    """Editors jump to file and line."""
    fault = errors.Fault(
        file="a.yaml", line=3, key="zone", expected="a zone", found="'x'", hint="did you mean 'y'?"
    )

    assert str(fault) == "a.yaml:3: zone: expected a zone, found 'x' (did you mean 'y'?)"
