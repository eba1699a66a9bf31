"""Reaching a relay by whichever of its addresses answers, over real sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from digest.deliver.smtp.reach import reach_file, reach_host

Address = tuple[str, int]


@pytest.fixture
def silent() -> Iterator[Address]:
    """An address that swallows what comes: a listener whose queue is full."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address: Address = listener.getsockname()
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        yield address


@pytest.fixture
def alive() -> Iterator[Address]:
    """An address that answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()


def closed() -> Address:
    """Find an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address: Address = listener.getsockname()
        return address


def name_means(monkeypatch: pytest.MonkeyPatch, *addresses: Address) -> None:
    """Let every name have these addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_a_dead_address_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch, silent: Address, alive: Address
) -> None:
    """Hosts often have an IPv6 address that leads nowhere; it may have half of the time here, not all."""
    name_means(monkeypatch, silent, alive)
    before = time.monotonic()
    with reach_host("relay", 25, 3.0) as sock:
        assert sock.getpeername() == alive
        assert sock.gettimeout() == 3.0
    assert time.monotonic() - before < 3.0


def test_all_addresses_together_have_the_time_that_one_has(
    monkeypatch: pytest.MonkeyPatch, silent: Address
) -> None:
    """Else a name with many addresses would hold the run for as many times."""
    name_means(monkeypatch, *[silent] * 4)
    before = time.monotonic()
    with pytest.raises(TimeoutError):
        reach_host("relay", 25, 1.5)

    assert 1.4 < time.monotonic() - before < 4 * 1.5


def test_an_address_that_swallows_everything_is_given_up_within_seconds(
    monkeypatch: pytest.MonkeyPatch, silent: Address
) -> None:
    """The kernel asks once in a minute after the first: a relay that is back would be found too late."""
    name_means(monkeypatch, silent)
    before = time.monotonic()
    with pytest.raises(TimeoutError):
        reach_host("relay", 25, 300.0)

    assert time.monotonic() - before < 10  # a pause is 50 seconds at most, and the promise a minute


def test_a_refusal_goes_to_the_next_address_at_once(monkeypatch: pytest.MonkeyPatch, alive: Address) -> None:
    """One of two relays is down for maintenance."""
    name_means(monkeypatch, closed(), closed(), alive)
    with reach_host("relay", 25, 5) as sock:
        assert sock.getpeername() == alive


def test_different_failures_are_all_told(monkeypatch: pytest.MonkeyPatch, silent: Address) -> None:
    """The operator must see which address is refused and which is silent; equal ones are told once."""
    name_means(monkeypatch, closed(), silent)
    with pytest.raises(TimeoutError, match=r"127.0.0.1: Connection refused; 127.0.0.1: timed out"):
        reach_host("relay", 25, 0.2)
    name_means(monkeypatch, closed(), closed())
    with pytest.raises(ConnectionRefusedError) as caught:
        reach_host("relay", 25, 0.2)
    assert caught.value.strerror == "Connection refused"


def test_a_name_without_addresses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some resolvers answer with an empty list."""
    name_means(monkeypatch)
    with pytest.raises(OSError, match="no address"):
        reach_host("relay", 25, 1)


def test_a_connection_is_kept_alive_and_writes_at_once(alive: Address) -> None:
    """A relay may be silent for ten minutes after the dot; without NODELAY each dot waits 40 ms."""
    with reach_host(*alive, 5) as sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_socket_in_the_file_system_is_reached(tmp_path: Path) -> None:
    """Delivery agents on the same machine listen there."""
    with (
        socket.create_server(str(tmp_path / "lmtp"), family=socket.AF_UNIX),
        reach_file(tmp_path / "lmtp", 3) as sock,
    ):
        assert sock.gettimeout() == 3


def test_what_is_wrong_with_a_socket_file_is_told_apart(tmp_path: Path) -> None:
    """Missing, nobody behind it, and a path that the kernel cannot hold."""
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError):
        reach_file(tmp_path / "none", 1)
    with pytest.raises(ConnectionRefusedError):
        reach_file(tmp_path / "file", 1)
    with pytest.raises(OSError, match="too long"):
        reach_file(tmp_path / ("x" * 200), 1)
