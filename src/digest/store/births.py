"""When a file was made, where the file system keeps that."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD: a relative path counts from the working folder
_BIRTH = 0x800  # STATX_BTIME
_SIZE, _MASK_AT, _BIRTH_AT = 256, 0, 80  # of struct statx, the same on every machine


def born_ns(path: Path) -> int | None:
    """Tell when a file was made, in nanoseconds since 1970; None where nobody keeps that.

    No copy and no restore can set it, and a number that is used again for another file comes with
    another birth. The file is not opened: closing it would take SQLite's locks away.

    Raises:
        OSError: There is no such file.
    """
    seconds: float | None = getattr(path.stat(), "st_birthtime", None)
    if seconds is not None:
        return int(seconds * 1_000_000_000)
    return _statx(path) if sys.platform == "linux" else None


def _statx(path: Path) -> int | None:
    """Ask Linux, for which `os.stat` leaves the birth out."""
    call = getattr(ctypes.CDLL(None), "statx", None)
    buffer = ctypes.create_string_buffer(_SIZE)
    if call is None or call(_HERE, os.fsencode(path), 0, _BIRTH, buffer) != 0:
        return None
    (known,) = struct.unpack_from("=I", buffer, _MASK_AT)
    if not known & _BIRTH:
        return None
    whole, rest = struct.unpack_from("=qI", buffer, _BIRTH_AT)
    return int(whole) * 1_000_000_000 + int(rest)
