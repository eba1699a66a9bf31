"""A name server on loopback that answers as it is told. It writes its packets itself."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

TYPES = {15: "MX", 16: "TXT"}
NO_ERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


def packed_name(name: str) -> bytes:
    """Write a name as a row of labels."""
    labels = [label.encode("ascii") for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def packed_txt(text: str) -> bytes:
    """Write a text as strings of at most 255 bytes."""
    raw = text.encode("utf-8")
    parts = [raw[at : at + 255] for at in range(0, len(raw), 255)] or [b""]
    return b"".join(bytes([len(part)]) + part for part in parts)


@dataclass
class ScriptedDns:
    """Answers questions about TXT and MX over UDP.

    Args:
        txt: Texts by name.
        mx: Preferences and hosts by domain.
        failing: Names about which it answers SERVFAIL.
        mute: Names about which it says nothing.
    """

    txt: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mx: Mapping[str, Sequence[tuple[int, str]]] = field(default_factory=dict)
    failing: Sequence[str] = ()
    mute: Sequence[str] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            packet, peer = self._socket.recvfrom(4_096)
            if not packet:
                return
            reply = self._reply(packet)
            if reply:
                self._socket.sendto(reply, peer)

    def _reply(self, packet: bytes) -> bytes | None:
        name, end = self._name(packet)
        kind = TYPES[struct.unpack("!H", packet[end : end + 2])[0]]
        self.asked.append((kind, name))
        if name in self.mute:
            return None
        known = name in self.txt or name in self.mx
        code = SERVFAIL if name in self.failing else NO_ERROR if known else NXDOMAIN
        data = self._data(kind, name) if code == NO_ERROR else []
        head = packet[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(data), 0, 0)
        rows = [b"\xc0\x0c" + packet[end : end + 4] + struct.pack("!IH", 60, len(row)) + row for row in data]
        return head + packet[12 : end + 4] + b"".join(rows)

    def _name(self, packet: bytes) -> tuple[str, int]:
        """Read the name of the question, and where it ends."""
        labels, at = [], 12
        while packet[at]:
            labels.append(packet[at + 1 : at + 1 + packet[at]].decode("ascii"))
            at += 1 + packet[at]
        return ".".join(labels).lower(), at + 1

    def _data(self, kind: str, name: str) -> list[bytes]:
        if kind == "TXT":
            return [packed_txt(text) for text in self.txt.get(name, ())]
        return [struct.pack("!H", rank) + packed_name(host) for rank, host in self.mx.get(name, ())]
