"""Standard output and error, whatever they are: a terminal of few letters, a full disk, a closed pipe."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import suppress
from typing import TextIO

# Controls but tab and line feed: what moves the cursor, recolours or renames a terminal.
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)])


def fill_closed() -> None:
    """Lead standard streams that are closed to nowhere.

    Some who start jobs close them. The next file or connection that is opened would have their number, and
    whatever is said on standard error would stand in the database, or at a relay.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def show_any_letter() -> None:
    """Write letters that the terminal does not have, or a file name that is no text, as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def mute_output() -> None:
    """Write no more to standard output, which is closed or full, so that leaving the program is quiet."""
    with suppress(OSError, ValueError):
        place = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, place)
        os.close(nowhere)


def visible(text: str) -> str:
    """Take out of a text what a terminal would obey instead of show."""
    return text.translate(_CONTROLS)


def json_text(value: object, stream: TextIO, *, indent: int | None = None) -> str:
    """Write JSON for a stream: letters as they are, or escaped where the stream has not all of them."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text
