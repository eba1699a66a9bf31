"""The sandbox that remembers answers as Jinja's own does, whatever was asked before."""

from __future__ import annotations

import types
from itertools import product

import pytest
from jinja2 import Environment, exceptions
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.render import Sandbox


def _generator() -> types.GeneratorType[int, None, None]:
    yield 1


class _Plain:
    """Anything of ours."""

    append = "a field of that name"


_OBJECTS = (
    [],
    {},
    set(),
    "",
    1,
    _Plain(),
    _Plain,
    _Plain.__init__,
    _generator(),
    (lambda: 0).__code__,
    object(),
)
_NAMES = (
    *("append", "clear", "update", "pop", "title", "mro", "gi_frame", "gi_code", "co_code"),
    *("__class__", "__init__", "_private", "f_globals", "func_globals", ""),
)


def test_it_answers_as_jinja_does_in_any_order() -> None:
    """What one object may show says nothing of another kind of object."""
    plain = ImmutableSandboxedEnvironment()
    for pairs in (list(product(_OBJECTS, _NAMES)), list(product(reversed(_OBJECTS), reversed(_NAMES)))):
        sandbox = Sandbox()
        for _ in range(2):
            for thing, name in pairs:
                expected = plain.is_safe_attribute(thing, name, None)
                assert sandbox.is_safe_attribute(thing, name, None) == expected, (thing, name)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ things.append(1) }}",
        "{{ things['append'](1) }}",
        "{{ f.__globals__.os }}",
    ],
)
def test_ways_out_stay_shut_when_they_are_tried_again(text: str) -> None:
    """A refusal is remembered as one."""
    environment: Environment = Sandbox()
    for _ in range(2):
        with pytest.raises(exceptions.SecurityError):
            environment.from_string(text).render(things=[], f=_generator)


def test_names_that_come_without_end_do_not_fill_the_memory() -> None:
    """A key of somebody's making is asked for as an attribute, too."""
    sandbox = Sandbox()
    for number in range(25_000):
        sandbox.is_safe_attribute("", f"name{number}", None)

    assert len(sandbox._decided) <= 10_000
    assert not sandbox.is_safe_attribute("", "__class__", None)
