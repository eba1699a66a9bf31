"""Where routes are: in modules of `pages` and `api`, found by the name of their router."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from fastapi import APIRouter


def routers_of(package: ModuleType) -> Iterator[APIRouter]:
    """Find the routers of all modules of a package, in the order of their names."""
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        found = importlib.import_module(f"{package.__name__}.{module.name}")
        router = getattr(found, "router", None)
        if isinstance(router, APIRouter):
            yield router
