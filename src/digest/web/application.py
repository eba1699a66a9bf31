"""The application: routes, checks and answers put together."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from digest import __version__
from digest.actions.app import App
from digest.actions.making.comparing import Comparisons
from digest.actions.staff.refused_tries import RefusedTries
from digest.actions.upkeep.dns_answers import DnsAnswers
from digest.web import errors
from digest.web.guard import may_bring_files
from digest.web.headers import BoundedBodies, SecurityHeaders
from digest.web.heads import HeadsOfPages
from digest.web.kept import KeptPages
from digest.web.pace import Pace
from digest.web.routers import all_routes
from digest.web.watching import Watcher


def create_app(current: Callable[[], App]) -> FastAPI:
    """Make the web application of an installation.

    Args:
        current: Gives the installation under the settings in force; asked for each request.
    """
    application = FastAPI(
        title="Digest Builder",
        version=__version__,
        openapi_url=None,  # the API's own module serves it
        docs_url=None,  # it would load from a foreign host
        redoc_url=None,
        redirect_slashes=False,
        routes=list(all_routes()),
    )
    application.state.current = current
    application.state.watcher = Watcher(current)
    application.state.dns = DnsAnswers()
    application.state.comparisons = Comparisons()
    application.state.pace = Pace()
    application.state.refused = RefusedTries()
    application.state.kept = KeptPages()
    errors.install(application)
    application.add_middleware(BoundedBodies, may_bring_files=may_bring_files)
    application.add_middleware(SecurityHeaders)
    application.add_middleware(HeadsOfPages)
    return application
