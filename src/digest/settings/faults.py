"""Turn what the types complain of into faults that an operator can act on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

from pydantic import ValidationError

from digest.errors import Fault
from digest.settings.document import Document, Node
from digest.settings.fields import Settings
from digest.settings.shapes import Path, choices, find_shape, keys_of, words

_SHOWN_CHARS = 60
_WEBHOOKS = ("alerts", "webhooks")


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """An environment variable that set a value."""

    name: str
    value: str | None  #: None when it is empty


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where values came from: the file, and the variables laid over it."""

    document: Document
    variables: Mapping[Path, Variable] = field(default_factory=dict)  #: by the path they set

    def fault(self, path: Path, expected: str, found: str | None = None, hint: str | None = None) -> Fault:
        """Make the fault of a path.

        Args:
            path: Of the value, or of one that is missing.
            expected: What would have been right.
            found: What is there; None to look it up.
            hint: The way out.
        """
        dotted = ".".join(map(str, path))
        if path in self.variables:
            file, line, key = "environment", None, self.variables[path].name
        else:
            file, line, key = self.document.file, self._line(path), dotted
        return Fault(
            file=file,
            line=line,
            key=key,
            expected=expected,
            found=found if found is not None else self.show(path),
            hint=hint,
        )

    def show(self, path: Path) -> str:
        """Show what there is at a path."""
        key = str(path[-1]) if path else ""
        if path[:2] == _WEBHOOKS and key == "url":
            key = "secret"  # who knows the address of a pager can call it
        if path in self.variables:
            return show(self.variables[path].value, key)
        node, followed = self._node(path)
        return show(node.value, key) if followed == path and node else "nothing"

    def _line(self, path: Path) -> int | None:
        node, followed = self._node(path)
        return None if node is None or not followed else node.line

    def _node(self, path: Path) -> tuple[Node | None, Path]:
        node = self.document.root
        for at, step in enumerate(path):
            held = node.value if node else None
            if isinstance(held, dict) and step in held:
                node = held[str(step)]
            elif isinstance(held, tuple) and isinstance(step, int) and step < len(held):
                node = held[step]
            else:
                return node, path[:at]
        return node, path


def show(value: object, key: str = "") -> str:
    """Show a value the way a fault quotes it: short, on one line, and never a secret."""
    if value is None:
        return "nothing"
    if key in {"password", "secret"}:
        return "a secret"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a list of {len(value)}"
    if not isinstance(value, str):
        return "keys and values"
    if key in {"url", "base_url", "media_url", "database"}:
        value = re.sub(r"^.*@", "…@", value, flags=re.DOTALL)
    if key == "database":
        value = re.sub(r"\?.*$", "?…", value, flags=re.DOTALL)
    shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in value)
    return f"'{shown}'" if len(shown) <= _SHOWN_CHARS else f"'{shown[:_SHOWN_CHARS]}…'"


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that was probably meant; None when none is near."""
    folded = {name.casefold(): name for name in known}
    tidy = word.casefold().replace("-", "_")
    for candidate in (word.casefold(), tidy):
        matches = difflib.get_close_matches(candidate, folded, n=1, cutoff=0.6)
        if matches:
            return folded[matches[0]]
    return None


def suggest(word: str, known: Sequence[str]) -> str:
    """Say which known word was probably meant, else name all of them."""
    near = nearest(word, known)
    return f"did you mean '{near}'?" if near else "known are " + ", ".join(known)


def translate(model: type[Settings], error: ValidationError, origin: Origin) -> tuple[Fault, ...]:
    """Make one fault of each place that the types complain of."""
    faults: dict[Path, Fault] = {}
    for problem in error.errors(include_url=False, include_input=False):
        fault = _fault(model, problem, origin)
        if fault is not None:
            faults.setdefault(fault[0], fault[1])
    return tuple(faults.values())


def _fault(model: type[Settings], problem: Mapping[str, Any], origin: Origin) -> tuple[Path, Fault] | None:
    """Judge one problem; None when it only follows from others."""
    loc: Path = problem["loc"]
    context = problem.get("ctx", {})
    if problem["type"] == "extra_forbidden":
        return loc, unknown_key(model, loc, origin)
    if problem["type"] == "clash":
        path = (*loc, *(int(step) if step.isdigit() else step for step in context["key"].split(".")))
        return path, origin.fault(path, context["expected"], context["found"])
    # A union reports once for each alternative, below the place that the operator knows.
    shape, path = find_shape(model, loc)
    if problem["type"] == "too_short" and "minItems" in shape and _held(origin, path) >= shape["minItems"]:
        return None  # pydantic counts only the valid items
    return path, origin.fault(path, words(model, path), hint=_hint(model, path, origin))


def unknown_key(model: type[Settings], path: Path, origin: Origin) -> Fault:
    """Make the fault of a key that the group does not know; never shows its value."""
    word = str(path[-1])
    hint = suggest(word, keys_of(model, path[:-1]))
    return origin.fault(path, "a known key", f"the unknown key {show(word)}", hint)


def _held(origin: Origin, path: Path) -> int:
    shown = re.fullmatch(r"a list of (\d+)", origin.show(path))
    return int(shown[1]) if shown else 0


def _hint(model: type[Settings], path: Path, origin: Origin) -> str | None:
    written = origin.show(path).strip("'")
    known = sorted(available_timezones()) if path[-1:] == ("zone",) else choices(model, path)
    near = nearest(written, known) if written != "nothing" else None
    return f"did you mean '{near}'?" if near else None
