"""The program's side of its workers: a few of them, shared between threads."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, EnumType
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar, cast

from digest.errors import DigestError

__all__ = ["Limits", "Shared", "WorkerLost", "Workers"]

_NURSERY = Path(__file__).with_name("nursery.py")
_KEPT = ("PATH", "LD_LIBRARY_PATH", "TZ")  #: variables that an interpreter may need to start
_HEAD = struct.Struct(">cI")
_MAX_CALL = 128_000_000  #: bytes
_START_S = 60.0  #: that importing may take on a busy machine
_GRACE_S = 5.0  #: beyond the wall clock of a call, before the nursery itself counts as hung
_PLAIN = {"datetime": {"datetime", "date", "time", "timedelta", "timezone"}, "builtins": {"set", "frozenset"}}

P = ParamSpec("P")
T = TypeVar("T")


class WorkerLost(DigestError):
    """A call has no answer: its worker was killed, or what it ran into was no expected error."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one call may use."""

    cpu_s: float = 2.0  #: computing time; the worker is killed at it
    memory_bytes: int = 512 << 20  #: address space of the worker, its libraries included
    wall_s: float = 20.0  #: by the clock, for a worker that only waits


class Shared:
    """An argument that is the same in many calls: pickled once, and unpickled once by each worker."""

    def __init__(self, value: object) -> None:
        self._data = pickle.dumps(value)

    def __reduce__(self) -> tuple[Callable[[bytes], object], tuple[bytes]]:
        """Arrive as the value itself."""
        return _unshared, (self._data,)


@lru_cache(maxsize=8)
def _unshared(data: bytes) -> object:
    return pickle.loads(data)  # noqa: S301  # why: in the worker, from the program


class Workers:
    """At most so many worker processes, started when first needed. Safe to share between threads.

    Args:
        preload: Modules to import before the first call, by name.
        limits: Of every call.
        most: Processes at once; further calls wait for their turn.
    """

    def __init__(self, *, preload: tuple[str, ...] = (), limits: Limits | None = None, most: int = 2) -> None:
        self._preload = preload
        self._limits = limits or Limits()
        self._turn = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[_Nursery] = []
        self._generation = 0

    def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a worker; by position only.

        Args:
            function: A top-level function of the package, found by its name.
            args: What can be pickled; for what is the same in many calls see `Shared`.
            kwargs: None may be given.

        Raises:
            WorkerLost: It was killed for what it used, or died, or failed by surprise.
            DigestError: The function raised it.
        """
        if kwargs:
            raise TypeError("a worker takes arguments by position only")
        frame = pickle.dumps((function, args))
        if len(frame) > _MAX_CALL:
            raise WorkerLost(f"more than {_MAX_CALL:,} bytes")
        with self._turn:
            mark, body = self._ask(frame)
        if mark != b"+":
            raise WorkerLost(body.decode(errors="replace"))
        is_well, value = _read_answer(body)
        if is_well:
            return cast("T", value)
        raise value if isinstance(value, DigestError) else WorkerLost("its worker's answer makes no sense")

    def close(self) -> None:
        """End the workers that are idle, and the others with their calls; a further call starts new ones."""
        with self._lock:
            self._generation += 1
            idle, self._idle = self._idle, []
        for nursery in idle:
            nursery.close()

    def _ask(self, frame: bytes, *, is_last: bool = False) -> tuple[bytes, bytes]:
        """Have a call answered: by a new nursery when its own has died, perhaps long before it was asked."""
        with self._lock:
            generation = self._generation
            nursery = self._idle.pop() if self._idle and not is_last else None
        nursery = nursery or _Nursery(self._preload, self._limits)
        answer, is_fit = None, False
        try:
            answer = nursery.ask(frame)
            is_fit = True
        except (OSError, EOFError) as error:
            if is_last or isinstance(error, TimeoutError):  # one that hangs has had its time
                answer = b"-", f"its worker could not be run{nursery.said()}".encode()
        finally:
            with self._lock:
                is_fit = is_fit and generation == self._generation
                if is_fit:
                    self._idle.append(nursery)
            if not is_fit:
                nursery.close()
        return answer or self._ask(frame, is_last=True)


class _Nursery:
    """One process of `nursery.py`, with the worker that it forks."""

    def __init__(self, preload: tuple[str, ...], limits: Limits) -> None:
        self._wall_s = limits.wall_s + _GRACE_S
        self._orders: bytes | None = pickle.dumps(
            {
                "path": sys.path,
                "preload": (__name__, *preload),
                "cpu_s": limits.cpu_s,
                "memory_bytes": limits.memory_bytes,
                "wall_s": limits.wall_s,
            }
        )
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_NURSERY)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            start_new_session=True,  # so that Ctrl-C at the terminal is for the program alone
        )
        self.close = weakref.finalize(self, _end, self._process)

    def ask(self, frame: bytes) -> tuple[bytes, bytes]:
        """Send a call and read its answer.

        Raises:
            OSError, EOFError, TimeoutError: The nursery is gone or hangs.
        """
        if self._orders is not None:
            orders, self._orders = self._orders, None
            self._exchange(orders, _START_S)
        return self._exchange(frame, self._wall_s)

    def said(self) -> str:
        """Return the last line that a dead nursery wrote."""
        _kill(self._process)
        lines = cast("IO[bytes]", self._process.stderr).read(65_536).decode(errors="replace").split("\n")
        told = [line.strip() for line in lines if line.strip()]
        return f": {told[-1][:200]}" if told else ""

    def _exchange(self, frame: bytes, limit_s: float) -> tuple[bytes, bytes]:
        deadline = time.monotonic() + limit_s
        outgoing = cast("IO[bytes]", self._process.stdin).fileno()
        view = memoryview(struct.pack(">I", len(frame)) + frame)
        while view:
            view = view[os.write(outgoing, view) :]
        mark, size = _HEAD.unpack(self._read(_HEAD.size, deadline))
        return mark, self._read(size, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        file = cast("IO[bytes]", self._process.stdout).fileno()
        ready = select.poll()
        ready.register(file, select.POLLIN)
        data = bytearray()
        while len(data) < size:
            if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            piece = os.read(file, min(size - len(data), 1 << 20))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with the worker that it forked
    process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _read_answer(body: bytes) -> tuple[object, Any]:
    """Read what a worker made of a call: whether it went well, and the value or the error.

    Raises:
        WorkerLost: It is no such answer.
    """
    try:
        is_well, value = _Careful(io.BytesIO(body)).load()
    except WorkerLost:
        raise
    except Exception as error:  # why: pickle raises many things
        raise WorkerLost(f"its worker's answer cannot be read: {type(error).__name__}") from error
    return is_well, value


class _Careful(pickle.Unpickler):
    """Takes values of this package and a few plain ones: what comes back has read foreign input."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  # why: pickle's own signature
        """Find a class by name; nothing else can be named.

        Raises:
            WorkerLost: The answer names anything else.
        """
        if name in _PLAIN.get(module, ()):
            return super().find_class(module, name)
        if (module, name) == ("builtins", "getattr"):
            return _member  # Python 3.11.0 to 3.11.3 writes members of enumerations so
        if "." not in name and _is_ours(module):  # a dotted name walks through what a module imports
            found = super().find_class(module, name)
            if isinstance(found, type) and _is_ours(found.__module__):
                return found
        raise WorkerLost(f"its worker answered with {module}.{name}")


def _is_ours(module: str) -> bool:
    return module.startswith("digest.") or module.partition(".")[0] == "pathlib"


def _member(kind: object, name: str) -> Enum:
    """Do what an answer may do with `getattr`: name a member of an enumeration.

    Raises:
        WorkerLost: It is none.
    """
    if isinstance(kind, EnumType) and name in kind.__members__:
        return cast("Enum", kind[name])
    raise WorkerLost(f"its worker answered with {name} of what is no enumeration")
