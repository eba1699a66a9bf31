"""The commands that run for years: everything in one process, or its parts apart."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path
from digest.cli.output import print_json, say
from digest.cli.stopping import serving

if TYPE_CHECKING:
    from digest.actions.app import App
    from digest.schedule import Part

ListenOption = Annotated[
    str | None,
    typer.Option(
        "--listen",
        metavar="HOST:PORT|none",
        help="Where /live, /ready and /metrics are, instead of service.listen.",
    ),
]
WebOption = Annotated[
    str | None,
    typer.Option(
        "--web", metavar="HOST:PORT|none", help="Where the web application is, instead of web.listen."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    app.command(epilog="Example: digest serve --home /srv/digest")(serve)
    app.command(epilog="Example: digest web --web 127.0.0.1:8081 --listen none")(web)
    app.command(epilog="Example: digest scheduler --listen 127.0.0.1:9465")(scheduler)
    app.command(epilog="Example: digest worker --listen 127.0.0.1:9466")(worker)


def serve(
    listen: ListenOption = None,
    web: WebOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Run the service: the web application, and build, review and send on schedule; until SIGTERM or Ctrl-C.

    Writes its log as JSON lines on standard error. The first signal ends it in good order within 30
    seconds, a second one at once; either way it goes on where it stopped when it is started again.
    """
    _run(("schedule", "sending", "web"), listen, home, web=web, json=json)


def web(
    listen: ListenOption = None,
    web: WebOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Run only the web application; any number may run behind one web server."""
    _run(("web",), listen, home, web=web, json=json)


def scheduler(listen: ListenOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """Run only the half of the service that builds, reviews and tells people; any number may run."""
    _run(("schedule",), listen, home, json=json)


def worker(listen: ListenOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """Run only the half of the service that sends; any number may run."""
    _run(("sending",), listen, home, json=json)


def _run(
    parts: tuple[Part, ...], listen: str | None, home: Path | None, *, web: str | None = None, json: bool
) -> None:
    from digest.schedule import Way
    from digest.schedule import serve as run

    root = home_path(home)
    with serving() as stopped:
        if not json and sys.stdout.isatty():  # a journal holds the log, whose lines are all JSON
            say(f"{' and '.join(parts)} for {root}; Ctrl-C ends it", "bold")
        way = Way(
            parts=parts, listen=listen, stopped=stopped, web=partial(_web, web) if "web" in parts else None
        )
        left = run(root, way)
    if json:
        print_json({"stopped": True, "left": left})
    if left:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)  # a thread that does not end would keep the process for ever


def _web(listen: str | None, current: Callable[[], App]) -> AbstractContextManager[object]:
    from digest.web import serving as serving_web

    return serving_web(current, listen or current().system.web.listen)
