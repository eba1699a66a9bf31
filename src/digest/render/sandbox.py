"""Jinja's sandbox, which remembers what it has decided about attributes."""

from __future__ import annotations

from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

_MOST = 10_000  #: answers; templates as they come ask for some hundred


class Sandbox(ImmutableSandboxedEnvironment):
    """Refuses what Jinja's immutable sandbox refuses, and asks it once for each type and name.

    Jinja decides by the name and by what the object is an instance of, at every access; a large page has
    thousands of them, and that took a quarter of the time of filling it.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # why Any: Jinja's options
        super().__init__(**options)
        self._decided: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(  # why Any: Jinja's signature
        self,
        obj: Any,  # noqa: ANN401
        attr: str,
        value: Any,  # noqa: ANN401
    ) -> bool:
        """Tell whether a template may read an attribute."""
        key = (type(obj), attr)
        found = self._decided.get(key)
        if found is None:
            if len(self._decided) >= _MOST:
                self._decided.clear()
            found = self._decided[key] = super().is_safe_attribute(obj, attr, value)
        return found
