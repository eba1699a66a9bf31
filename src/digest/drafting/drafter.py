"""One endpoint, as a whole process shares it: who failed a moment ago is not asked again at once."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digest.drafting.answer import Answer, read_answer
from digest.drafting.prompt import Job, write_request
from digest.errors import DraftError
from digest.settings import SummarySettings

_PATH = "/chat/completions"


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """Whom to ask, and how."""

    endpoint: str  #: the address before /chat/completions
    model: str
    key: str | None
    temperature: float
    timeout_s: float


class Drafter:
    """Asks for summaries. Safe to share between threads; holds no connection between requests.

    Args:
        terms: Whom to ask, and how.
        nonce: Makes what fences articles off; new and random at each call.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        terms: Terms,
        *,
        nonce: Callable[[], str] = lambda: secrets.token_hex(12),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.terms = terms
        self._nonce = nonce
        self._clock = clock
        self._lock = threading.Lock()
        self._closed_until = 0.0
        self._fault = ""

    def write(self, jobs: Sequence[Job], max_words: int) -> bytes:
        """Write the request for some articles."""
        terms = self.terms
        return write_request(
            jobs,
            model=terms.model,
            temperature=terms.temperature,
            max_words=max_words,
            nonce=self._nonce(),
        )

    def ask(self, request: bytes, jobs: Sequence[Job], time_left_s: float) -> Answer:
        """Send a request and read what comes back.

        Args:
            request: As `write` made it of the jobs.
            jobs: What it asks for.
            time_left_s: Until nobody waits any more; above 0.

        Raises:
            DraftError: There is no usable answer, or the endpoint failed a moment ago and is left alone.
        """
        from digest.drafting.endpoint import post  # noqa: PLC0415 - urllib3, where most homes ask nobody

        if fault := self.fault():
            raise DraftError(fault)
        terms = self.terms
        url = terms.endpoint.rstrip("/") + _PATH
        try:
            body = post(url, request, terms.key, min(terms.timeout_s, time_left_s))
        except DraftError as error:
            self._leave_alone(error)
            raise
        return read_answer(body, [job.id for job in jobs])

    def fault(self) -> str | None:
        """Say why the endpoint is left alone just now; None when it may be asked."""
        with self._lock:
            return self._fault if self._clock() < self._closed_until else None

    def _leave_alone(self, error: DraftError) -> None:
        with self._lock:
            self._closed_until = self._clock() + error.pause_s
            self._fault = error.message


def drafter_of(told: SummarySettings) -> Drafter | None:
    """Make what asks the endpoint that an operator has named; None when there is none."""
    if told.endpoint is None or told.model is None:
        return None
    terms = Terms(
        endpoint=told.endpoint,
        model=told.model,
        key=told.key.get_secret_value() if told.key else None,
        temperature=told.temperature,
        timeout_s=told.timeout.total_seconds(),
    )
    return Drafter(terms)
