"""Work on foreign input runs in processes that may die: the program goes on, and says what happened."""

from __future__ import annotations

import fractions
import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from digest.errors import DocumentError
from digest.markup import clean_line, sanitise
from digest.model import DeliveryState
from digest.workers import Limits, Shared, WorkerLost, Workers

MB = 1 << 20


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two workers with half a second of computing time."""
    pool = Workers(limits=Limits(cpu_s=0.5, memory_bytes=256 * MB))
    yield pool
    pool.close()


def test_a_worker_answers_with_what_the_function_gives(workers: Workers) -> None:
    """The usual case: values go in and out unchanged."""
    assert workers.run(clean_line, " a \x07 b ", 10) == "a b"


def test_an_error_raised_on_purpose_arrives_as_itself(workers: Workers) -> None:
    """Callers catch the same errors as without workers, message and all."""
    with pytest.raises(DocumentError, match="nested deeper than 100"):
        workers.run(sanitise, "<div>" * 200)


def test_a_surprise_is_a_lost_worker_that_names_it(workers: Workers) -> None:
    """A fault of the program in one document is no reason to stop at it."""
    with pytest.raises(WorkerLost, match="failed with ZeroDivisionError"):
        workers.run(divmod, 1, 0)


@pytest.mark.parametrize(
    ("function", "arguments", "reason"),
    [
        (pow, (3, 10**9), "more computing time"),
        (bytearray, (1 << 30,), "more memory"),
        (os.abort, (), "SIGABRT"),
        (os._exit, (3,), "status 3"),
        (os.kill, (0, signal.SIGKILL), "SIGKILL|could not be run"),
    ],
)
def test_what_kills_a_worker_costs_one_call(
    workers: Workers, function: object, arguments: tuple[object, ...], reason: str
) -> None:
    """Endless loops in native code, memory bombs and crashes: told in words, and the next call works."""
    with pytest.raises(WorkerLost, match=reason):
        workers.run(function, *arguments)

    assert workers.run(clean_line, "next", 10) == "next"


def test_a_worker_that_waits_is_ended_by_the_clock() -> None:
    """Waiting uses no computing time, so that bound alone would not end it."""
    pool = Workers(limits=Limits(wall_s=0.2), most=1)

    with pytest.raises(WorkerLost, match=r"longer than 0\.2 seconds"):
        pool.run(time.sleep, 600)
    pool.close()


def test_an_answer_cannot_name_what_is_not_a_plain_value(workers: Workers) -> None:
    """What comes back has read foreign input: it must not choose what this process loads."""
    with pytest.raises(WorkerLost, match="fractions"):
        workers.run(fractions.Fraction, 1)


def test_a_member_of_an_enumeration_arrives_as_itself(workers: Workers) -> None:
    """Some Pythons write it down as an attribute that is to be looked up."""
    assert workers.run(getattr, DeliveryState, "SENT") is DeliveryState.SENT


@pytest.mark.parametrize(
    ("owner", "name"), [(DeliveryState, "mro"), ("a", "join"), (DeliveryState.SENT, "encode")]
)
def test_an_answer_cannot_look_up_anything_else(workers: Workers, owner: object, name: str) -> None:
    """What belongs to an object is written down the same way, and may be anything."""
    with pytest.raises(WorkerLost, match=f"answered with {name} of what is no enumeration"):
        workers.run(getattr, owner, name)


@pytest.mark.parametrize(
    "module", ["digest.workers.pool", "pathlib"], ids=["ours", "of the standard library"]
)
def test_an_answer_cannot_walk_through_what_a_module_imports(
    workers: Workers, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """A dotted name is an attribute of an attribute: `subprocess.Popen` of a module of ours runs anything."""
    name = {"digest.workers.pool": "subprocess.Popen", "pathlib": "io.BytesIO"}[module]
    named = b"".join(pickle.SHORT_BINUNICODE + bytes([len(part)]) + part.encode() for part in (module, name))
    called = pickle.PROTO + b"\x04" + named + pickle.STACK_GLOBAL + b"(tR."
    monkeypatch.setattr(workers, "_ask", lambda _: (b"+", called))

    with pytest.raises(WorkerLost, match=f"answered with {module}.{name}"):
        workers.run(clean_line, "a", 10)


def test_an_answer_cannot_take_what_a_module_of_ours_took_from_elsewhere(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The module is named as ours, the class is not."""
    monkeypatch.setattr(workers, "_ask", lambda _: (b"+", b"cdigest.workers.pool\nEnumType\n."))

    with pytest.raises(WorkerLost, match=r"answered with digest\.workers\.pool\.EnumType"):
        workers.run(clean_line, "a", 10)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x80\x04garbage",
        b"cdigest.nowhere\nThing\n.",
        b"cdigest.workers.pool\nNothing\n.",
        b"cdigest.workers.pool\nLimits\n(I1\ntR.",
        pickle.dumps("no pair"),
        pickle.dumps((False, "no error")),
        b"(I00\ncdigest.workers.pool\nLimits\nt.",
    ],
)
def test_an_answer_that_makes_no_sense_is_a_lost_worker(
    workers: Workers, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Callers know one error for all that becomes of a worker, and any other would stop a round."""
    monkeypatch.setattr(workers, "_ask", lambda _: (b"+", answer))

    with pytest.raises(WorkerLost, match="its worker's answer"):
        workers.run(clean_line, "a", 10)


def test_a_shared_argument_arrives_as_its_value(workers: Workers) -> None:
    """What is the same for thousands of documents is unpickled once."""
    shared = Shared(" x ")

    assert workers.run(clean_line, shared, 5) == "x"


def test_threads_share_workers_and_a_killed_one_delays_no_other(workers: Workers) -> None:
    """Eight threads, one of them with a call that burns its time: all others get their answers."""
    with ThreadPoolExecutor(8) as threads:
        hostile = threads.submit(lambda: workers.run(pow, 3, 10**9))
        answers = list(threads.map(lambda n: workers.run(clean_line, f" {n} ", 9), range(40)))

        assert answers == [str(n) for n in range(40)]
        assert isinstance(hostile.exception(), WorkerLost)


def test_a_nursery_that_died_while_it_was_idle_costs_no_call() -> None:
    """A machine short of memory kills what it likes: no article is filed away as unreadable for that."""
    pool = Workers(most=1)
    first = pool.run(os.getppid)
    os.kill(first, signal.SIGKILL)

    second = pool.run(os.getppid)
    pool.close()

    assert second != first


def test_closing_ends_every_process() -> None:
    """No process outlives the program's part that started it."""
    pool = Workers(most=2)
    both = threading.Barrier(2)

    def ask() -> int:
        both.wait()
        return pool.run(os.getppid)

    with ThreadPoolExecutor(2) as threads:
        nurseries = {future.result() for future in [threads.submit(ask) for _ in range(2)]}
    pool.close()

    for pid in nurseries:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
