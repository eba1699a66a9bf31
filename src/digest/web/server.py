"""Serves the application in a thread of its own, beside whatever else the process does."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from digest.actions.app import App
from digest.errors import Refused
from digest.garbage import spared
from digest.log import get_logger
from digest.web.application import create_app
from digest.web.patience import Patience

_BACKLOG = 512
_GRACE_S = 5  #: open requests have so long to end
_JOIN_S = 10.0
_SILENT_S = 30  #: a connection may go without the head of a request so long

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it warns of what strangers send

log = get_logger()


@contextmanager
def serving(current: Callable[[], App], listen: str) -> Iterator[int]:
    """Serve the web application while the context is open; gives the port, 0 when it listens nowhere.

    Args:
        current: Gives the installation under the settings in force.
        listen: HOST:PORT, port 0 for a free one; or none.

    Raises:
        Refused: Nobody can listen there.
    """
    if listen == "none":
        yield 0
        return
    with closing(listening(listen)) as sock, spared():
        application = create_app(current)
        server = uvicorn.Server(_config(current, application))
        thread = threading.Thread(target=server.run, args=([sock],), name="web", daemon=True)
        thread.start()
        port: int = sock.getsockname()[1]
        log.info("web_started", port=port)
        try:
            yield port
        finally:
            server.should_exit = True
            application.state.watcher.close()
            application.state.comparisons.close()
            thread.join(_JOIN_S)


def _config(current: Callable[[], App], application: FastAPI) -> uvicorn.Config:
    believed = current().system.web.proxies
    return uvicorn.Config(
        application,
        http=Patience,
        access_log=False,  # it would write addresses with their tokens
        log_config=None,
        log_level="error",  # what it warns of is what strangers send
        lifespan="off",
        server_header=False,
        proxy_headers=bool(believed),
        forwarded_allow_ips=list(believed),
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=_SILENT_S,
        limit_concurrency=1_000,
    )


def listening(listen: str) -> socket.socket:
    """Return a socket that is listened on.

    Args:
        listen: HOST:PORT, port 0 for a free one.

    Raises:
        Refused: Nobody can listen there.
    """
    parts = urlsplit(f"//{listen}")
    host, port = parts.hostname or "", parts.port or 0
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # By its protocol asyncio knows that answers must not wait for more to send: 40 ms each, on open lines.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(_BACKLOG)
    except OSError as error:
        with suppress(OSError):
            sock.close()
        raise Refused(
            f"the web application cannot listen: {error.strerror or error}",
            where=f"web.listen {listen}",
            hint="another process may be there; --web names another place, or none",
        ) from error
    return sock
