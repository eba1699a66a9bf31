"""Where routes are: in modules of `pages` and `api`, found by the name of their router."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from fastapi import APIRouter, Depends
from starlette.routing import BaseRoute

from digest.web import api, pages
from digest.web.guard import note_form


@cache
def all_routes() -> tuple[BaseRoute, ...]:
    """Return every page and every call of the API, in the order in which they are tried.

    They know no application, and are the same for all of a process: FastAPI reads what each of them asks for
    when the first request comes, which takes half a second.
    """
    every = APIRouter(
        dependencies=[Depends(note_form)],
        generate_unique_id_function=lambda route: route.name,
    )
    for package in (pages, api):
        for router in routers_of(package):
            every.include_router(router)
    return tuple(every.routes)


def routers_of(package: ModuleType) -> Iterator[APIRouter]:
    """Find the routers of all modules of a package, in the order of their names."""
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        found = importlib.import_module(f"{package.__name__}.{module.name}")
        router = getattr(found, "router", None)
        if isinstance(router, APIRouter):
            yield router
