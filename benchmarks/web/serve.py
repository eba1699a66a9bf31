"""The real server for one home, in a process of its own, with bare routes beside its pages.

    python benchmarks/web/serve.py HOME

Prints its port and serves until its input ends. A bare route renders rows from memory by a template, behind
the same checks and in the same frame as a page of its kind.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from house import NOW

from digest.actions.app import App
from digest.bootstrap import open_app
from digest.model.accounts import Right
from digest.web import create_app, server
from digest.web.frame import show
from digest.web.guard import anyone, needs

MOST_ROWS = 5_000
router = APIRouter(prefix="/bare", include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a row of a bare page shows."""

    number: int
    title: str
    size: int
    text: str


ROWS = tuple(
    Line(number=number, title=f"Row {number:04}", size=1_000 + number, text="A line from memory. " * 7)
    for number in range(MOST_ROWS)
)


@router.get("/desk", dependencies=[Depends(needs(Right.READ))])
def desk(request: Request, rows: int) -> HTMLResponse:
    """Answer with a page of the desk."""
    return show(request, "bare_desk.html", rows=ROWS[:rows])


@router.get("/part", dependencies=[Depends(needs(Right.READ))])
def part(request: Request, rows: int) -> HTMLResponse:
    """Answer with a part of a page of the desk."""
    return show(request, "bare_part.html", rows=ROWS[:rows])


@router.get("/public", dependencies=[Depends(anyone)])
def public(request: Request, rows: int) -> HTMLResponse:
    """Answer with a page for everybody."""
    return show(request, "bare_public.html", rows=ROWS[:rows])


@router.get("/shared", dependencies=[Depends(anyone)])
def shared(request: Request, rows: int) -> HTMLResponse:
    """Answer with rows for everybody, without a frame."""
    return show(request, "bare_part.html", rows=ROWS[:rows])


@router.get("/word", dependencies=[Depends(anyone)])
def word(request: Request) -> HTMLResponse:
    """Answer with a word, as leaving by one click does."""
    return show(request, "bare_word.html", word="unsubscribed")


def _with_bare(current: Callable[[], App]) -> FastAPI:
    application = create_app(current)
    application.include_router(router)
    return application


def main() -> None:
    """Serve until standard input ends."""
    server.create_app = _with_bare
    with (
        open_app(Path(sys.argv[1]), clock=lambda: NOW) as app,
        server.serving(lambda: app, "127.0.0.1:0") as port,
    ):
        print(port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
