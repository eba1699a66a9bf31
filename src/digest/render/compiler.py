"""Compile MJML to HTML in a guarded process: a document can cost itself, not the program."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import IO, cast

from digest.errors import TemplateError
from digest.render.shield import shield, unshield

_WORKER = Path(__file__).with_name("mjml_worker.py")
_KEPT = ("PATH", "LD_LIBRARY_PATH")  #: variables that an interpreter may need to start
_MAX_BYTES = 8_000_000
_SPAN = re.compile(r"position (\d+):\d+")


class Compiler:
    """Owns one worker process, started when first needed and again after it died.

    Safe to share between threads; documents are compiled one after the other.

    Args:
        limit_s: Wall-clock time that one document may take.
    """

    def __init__(self, *, limit_s: float = 30.0) -> None:
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._last_words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # why: the worker's stderr
        weakref.finalize(self, self._last_words.close)

    def compile(self, mjml: str, *, template: str) -> str:
        """Turn MJML into HTML.

        Args:
            mjml: A whole document, linted before.
            template: Name of the template it was made from, for messages.

        Raises:
            TemplateError: The MJML does not compile, or the compiler died or hung over it.
        """
        frame = shield(mjml).encode()
        if len(frame) > _MAX_BYTES:
            raise TemplateError(f"MJML of {len(frame):,} bytes, more than {_MAX_BYTES:,}", where=template)
        with self._lock:
            is_well, answer = self._ask(frame, template)
        if not is_well:
            raise _fault(answer, mjml, template)
        return unshield(answer)

    def close(self) -> None:
        """Stop the worker; the next `compile` starts another."""
        with self._lock:
            self._stop()

    def _ask(self, frame: bytes, template: str) -> tuple[bool, str]:
        process = self._running()
        watchdog = threading.Timer(self._limit_s, process.kill)
        watchdog.start()
        try:
            return _exchange(process, frame)
        except (OSError, EOFError):
            watchdog.cancel()
            status = process.wait()
            self._stop()
            raise TemplateError(
                f"the MJML compiler died over this document (status {status}{self._said()})",
                where=template,
                hint=f"it may take {self._limit_s:g} s; look for deep nesting or great size",
            ) from None
        finally:
            watchdog.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._last_words,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
            )
            weakref.finalize(self, _end, self._process)
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _end(process)

    def _said(self) -> str:
        """Return the last line that a dead worker wrote, and forget it."""
        self._last_words.seek(0)
        lines = self._last_words.read(65_536).decode(errors="replace").strip().split("\n")
        self._last_words.seek(0)
        self._last_words.truncate()
        return f": {lines[-1][:200]}" if lines[-1] else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        _shut(cast("IO[bytes]", pipe))


def _shut(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # why: closing flushes what a dead worker can no longer read
        return


def _exchange(process: subprocess.Popen[bytes], frame: bytes) -> tuple[bool, str]:
    outgoing, incoming = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    outgoing.write(struct.pack(">I", len(frame)) + frame)
    outgoing.flush()
    header = _exactly(incoming, 5)
    body = _exactly(incoming, struct.unpack(">I", header[1:])[0])
    return header[:1] == b"+", body.decode()


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _fault(message: str, mjml: str, template: str) -> TemplateError:
    found = _SPAN.search(message)
    if found is None:
        return TemplateError(f"the MJML does not compile: {message}", where=template)
    before = shield(mjml).encode()[: int(found[1])].decode(errors="replace")
    line = before.count("\n") + 1
    excerpt = mjml.split("\n")[line - 1].strip()[:120]
    return TemplateError(
        f"the MJML does not compile: {message}", where=f"{template}, line {line} of its MJML: {excerpt!r}"
    )
