"""POST /articles: other programs send articles, with a token, in the forms that files may have."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections import deque
from urllib.parse import parse_qs

from digest.actions.app import App
from digest.actions.content.pushing import Pushed, push
from digest.collect import Document, Format, guess_format
from digest.errors import DigestError, DocumentError
from digest.keyfiles import read_token
from digest.links import web_address
from digest.log import get_logger
from digest.model import Source
from digest.schedule.current import Current
from digest.schedule.pages import Asked, Page

_MINUTE_S = 60.0
_JSON = {"application/json", "application/feed+json", "application/x-ndjson", "application/jsonl"}
_TYPES = {
    *_JSON,
    *("text/html", "application/xhtml+xml", "text/plain", "text/markdown"),
    *("application/rss+xml", "application/atom+xml", "message/rfc822"),
}

log = get_logger()


class Pushing:
    """Answers pushes under the settings in force. Safe for any number of threads.

    Args:
        current: The settings in force.
    """

    def __init__(self, current: Current) -> None:
        self._current = current
        self._taken: deque[float] = deque()  # monotonic moments of the last minute
        self._lock = threading.Lock()

    def refuse(self, asked: Asked) -> Page | None:
        """Refuse who has no right, asks too often, or sends what is not read."""
        app = self._current.app
        if app.system.collect.push.token_file is None:
            return _refusal(404, "no such page")
        if not self._is_allowed(app, asked.authorization):
            return _refusal(401, "the token is missing or another one", {"WWW-Authenticate": "Bearer"})
        wait_s = self._wait_s(app.system.collect.push.per_minute)
        if wait_s:
            return _refusal(429, "too many requests in a minute", {"Retry-After": str(wait_s)})
        return _unread(asked, app.system.limits.document_bytes)

    def take(self, asked: Asked, body: bytes) -> Page:
        """Take the articles of a body in, and say what became of each."""
        app = self._current.app
        try:
            source, url = _addressee(app, asked.query)
            return _told(push(app, _document(asked, body, url), source=source))
        except DocumentError as error:
            return _refusal(422, error.message + (f"; {error.hint}" if error.hint else ""))
        except DigestError as error:
            log.warning(
                "push_failed", reason=error.message
            )  # it says too much of this machine for the sender
            return _refusal(503, "cannot be stored now", {"Retry-After": "60"})

    def _is_allowed(self, app: App, authorization: str) -> bool:
        """Compare in a time that tells nothing of the token."""
        try:
            token = read_token(app.home.root / str(app.system.collect.push.token_file))
        except (OSError, ValueError):
            return False
        scheme, _, shown = authorization.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            shown.strip().encode("utf-8", "replace"), token.encode("ascii")
        )

    def _wait_s(self, per_minute: int) -> int:
        """Count a request; return how long to wait when there were too many."""
        now = time.monotonic()
        with self._lock:
            while self._taken and self._taken[0] <= now - _MINUTE_S:
                self._taken.popleft()
            if len(self._taken) >= per_minute:
                return int(self._taken[0] + _MINUTE_S - now) + 1
            self._taken.append(now)
            return 0


def _unread(asked: Asked, limit: int) -> Page | None:
    """Refuse a body by its type or size."""
    if _kind(asked) not in _TYPES:
        return _refusal(415, f"Content-Type must be one of {', '.join(sorted(_TYPES))}")
    if asked.length is None:
        return _refusal(411, "Content-Length is missing")
    if asked.length > limit:
        return _refusal(413, f"larger than the {limit:,} bytes allowed")
    return None


def _kind(asked: Asked) -> str:
    return asked.content_type.partition(";")[0].strip().lower()


def _addressee(app: App, query: str) -> tuple[Source | None, str | None]:
    """Read whose the articles are, and where a page or text stands.

    Raises:
        DocumentError: Nobody knows the source, or the address is none of the web.
    """
    try:
        asked = parse_qs(query, max_num_fields=10)
    except ValueError as error:
        raise DocumentError("a query that cannot be read") from error
    name, written = asked.get("source", [""])[0], asked.get("url", [""])[0]
    source = next((one for one in app.sources if one.key == name), None)
    if name and source is None:
        raise DocumentError("`source` is no name of config/sources.yaml")
    url = web_address(written) if written else None
    if written and url is None:
        raise DocumentError("`url` is no web address")
    return source, url


def _document(asked: Asked, body: bytes, url: str | None) -> Document:
    kind = _kind(asked)
    form = guess_format("", body, kind)
    if kind in _JSON and form not in {Format.JSON, Format.JSON_LINES}:
        raise DocumentError("no JSON")
    charset = asked.content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    return Document(name="pushed", format=form, data=body, url=url, charset=charset or None)


def _told(pushed: tuple[Pushed, ...]) -> Page:
    """Answer 201 when something is new, 200 when all is known, 207 when some failed, 422 when all did."""
    taken = [one.put for one in pushed if one.put is not None]
    is_new = any(put.outcome == "new" for put in taken)
    good = 201 if is_new else 200
    status = good if len(taken) == len(pushed) else 207 if taken else 422
    return _page(status, {"articles": [_line(one) for one in pushed]})


def _line(one: Pushed) -> dict[str, object]:
    if one.put is None:
        return {"id": None, "title": one.title, "outcome": "failed", "reason": one.reason}
    return {"id": one.put.article_id, "title": one.title, "outcome": one.put.outcome}


def _refusal(status: int, why: str, fields: dict[str, str] | None = None) -> Page:
    return _page(status, {"error": why}, fields)


def _page(status: int, told: dict[str, object], fields: dict[str, str] | None = None) -> Page:
    return Page(status=status, body=json.dumps(told).encode() + b"\n", fields=fields or {})
