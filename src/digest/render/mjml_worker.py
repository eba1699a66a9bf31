"""Compile MJML frame by frame in a process of its own.

Run by path, without the rest of the package, by `digest.render.compiler`. A frame in is four
bytes of length and the MJML; a frame out is '+' or '-', four bytes of length, and the HTML or
the fault. Ends with its standard input.
"""

from __future__ import annotations

import resource
import struct
import sys

import mjml

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 10  #: for one document


def main() -> int:
    """Answer frames until standard input ends."""
    _bound(resource.RLIMIT_AS, MEMORY_BYTES)
    _bound(resource.RLIMIT_CORE, 0)
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    while len(header := incoming.read(4)) == 4:
        source = incoming.read(struct.unpack(">I", header)[0])
        used = resource.getrusage(resource.RUSAGE_SELF)
        _bound(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + CPU_SECONDS)
        mark, answer, is_sound = _compile(source)
        outgoing.write(mark + struct.pack(">I", len(answer)) + answer)
        outgoing.flush()
        if not is_sound:
            return 1
    return 0


def _compile(source: bytes) -> tuple[bytes, bytes, bool]:
    try:
        return b"+", mjml.mjml2html(source.decode(), fonts={}).encode(), True
    except ValueError as fault:
        return b"-", str(fault).encode(errors="replace"), True
    except BaseException as fault:  # noqa: BLE001  # why: the compiler's panics are no Exception
        return b"-", f"{type(fault).__name__}: {fault}".encode(errors="replace"), False


def _bound(kind: int, limit: int) -> None:
    _, hard = resource.getrlimit(kind)
    soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    sys.exit(main())
