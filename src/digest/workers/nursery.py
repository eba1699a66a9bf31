"""Fork workers and relay frames to them: the process between the program and what reads foreign input.

Run by path, by `digest.workers.pool`. It imports once what the workers need, so that a worker that was
killed is replaced within milliseconds, and it never looks into a frame itself. A frame in is four bytes
of length and a pickled call; a frame out is '+' and a pickled answer, or '-' and why there is none.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn, TypedDict

_HEAD = struct.Struct(">cI")
_SIZE = struct.Struct(">I")
_MAX_ANSWER = 64_000_000  #: bytes
_MAX_CALLS = 2_000  #: of one worker, which then makes place for a fresh one


class Orders(TypedDict):
    """The first frame: what to import and the bounds of each worker."""

    path: list[str]
    preload: tuple[str, ...]
    cpu_s: float
    memory_bytes: int
    wall_s: float


def main() -> int:
    """Answer frames until standard input ends."""
    incoming, outgoing = os.dup(0), os.dup(1)
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(silence, stream)
    orders: Orders = pickle.loads(read_frame(incoming) or b"")  # noqa: S301  # why: the program's own
    sys.path[:] = orders["path"]
    for name in orders["preload"]:
        importlib.import_module(name)
    gc.freeze()  # what is shared with the workers is not copied by their collector
    write(outgoing, _HEAD.pack(b"+", 0))
    worker: Worker | None = None
    while (frame := read_frame(incoming)) is not None:
        worker = worker or Worker(orders, (incoming, outgoing))
        mark, body = worker.ask(frame)
        if mark != b"+":  # '*' is an answer, and the last one of its worker
            worker.end()
            worker = None
        write(outgoing, _HEAD.pack(b"-" if mark == b"-" else b"+", len(body)), body)
    return 0


class Worker:
    """One forked process, which ends with its pipe."""

    def __init__(self, orders: Orders, not_its_own: tuple[int, ...]) -> None:
        self._limit_s = orders["wall_s"]
        its_in, self._out = os.pipe()
        self._in, its_out = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            for file in (*not_its_own, self._out, self._in):
                os.close(file)
            serve(its_in, its_out, orders)
        os.close(its_in)
        os.close(its_out)

    def ask(self, frame: bytes) -> tuple[bytes, bytes]:
        """Hand over a call and wait for its answer, or for what became of the worker."""
        deadline = time.monotonic() + self._limit_s
        try:
            write(self._out, _SIZE.pack(len(frame)), frame)
            mark, size = _HEAD.unpack(self._read(_HEAD.size, deadline))
            if size > _MAX_ANSWER:
                return b"-", b"it makes more of itself than is allowed"
            return mark, self._read(size, deadline)
        except TimeoutError:
            return b"-", f"it took longer than {self._limit_s:g} seconds".encode()
        except (OSError, EOFError):
            return b"-", self._last_words()

    def end(self) -> None:
        """Kill the worker and close its pipes."""
        self._reap(kill=True)
        os.close(self._in)
        os.close(self._out)

    def _read(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        ready = select.poll()
        ready.register(self._in, select.POLLIN)
        while len(data) < size:
            if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            piece = os.read(self._in, min(size - len(data), 1 << 20))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    def _last_words(self) -> bytes:
        status = os.waitstatus_to_exitcode(self._reap(kill=False))
        if status in {-signal.SIGPROF, -signal.SIGXCPU}:
            return b"it took more computing time than is allowed"
        name = signal.Signals(-status).name if status < 0 else f"status {status}"
        return f"the process that read it ended with {name}".encode()

    def _reap(self, *, kill: bool) -> int:
        pid, self._pid = self._pid, 0
        if not pid:
            return 0
        if kill:
            os.kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]


def serve(incoming: int, outgoing: int, orders: Orders) -> NoReturn:
    """Answer calls in a worker, and leave the process with the last one."""
    os.dup2(0, 2)  # what libraries warn of is nobody's to read, and must not fill the nursery's pipe
    _bound(resource.RLIMIT_AS, orders["memory_bytes"])
    _bound(resource.RLIMIT_CORE, 0)
    left = _MAX_CALLS
    while left and (frame := read_frame(incoming)) is not None:
        left -= 1
        signal.setitimer(signal.ITIMER_PROF, orders["cpu_s"])  # kills, also within native code
        mark, body = answer(frame)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if mark == b"+" and (not left or _is_fat(orders["memory_bytes"])):
            mark, left = b"*", 0
        write(outgoing, _HEAD.pack(mark, len(body)), body)
    os._exit(0)


def answer(frame: bytes) -> tuple[bytes, bytes]:
    """Make one call; what it raises on purpose is an answer, what surprises it is none."""
    try:
        function: Callable[..., Any]  # why: any function of the package, with what it takes and gives
        function, arguments = pickle.loads(frame)  # noqa: S301  # why: the program's own
        try:
            return b"+", pickle.dumps((True, function(*arguments)))
        except Exception as error:
            if type(error).__module__ != "digest.errors":
                raise
            return b"+", pickle.dumps((False, error))
    except MemoryError:
        return b"-", b"it needs more memory than is allowed"
    except BaseException as error:  # noqa: BLE001  # why: the top of a worker, which goes on
        return b"-", f"reading it failed with {type(error).__name__}".encode(errors="replace")


def _is_fat(limit_bytes: int) -> bool:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit * 2 > limit_bytes


def _bound(kind: int, limit: int) -> None:
    _, hard = resource.getrlimit(kind)
    soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (soft, hard))


def read_frame(file: int) -> bytes | None:
    """Read one frame; None when the writer has gone."""
    head = _exactly(file, _SIZE.size)
    return None if head is None else _exactly(file, _SIZE.unpack(head)[0])


def _exactly(file: int, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        piece = os.read(file, min(size - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


def write(file: int, *parts: bytes) -> None:
    """Write everything."""
    for part in parts:
        view = memoryview(part)
        while view:
            view = view[os.write(file, view) :]


if __name__ == "__main__":
    sys.exit(main())
