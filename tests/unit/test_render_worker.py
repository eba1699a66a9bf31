"""The worker's answers; the process around it is tested with the compiler."""

from __future__ import annotations

import pytest

from digest.render import mjml_worker

PAGE = b"<mjml><mj-body></mj-body></mjml>"


def test_a_document_is_answered_with_html() -> None:
    """'+' says that the bytes after it are HTML."""
    mark, answer, is_sound = mjml_worker._compile(PAGE)
    assert (mark, is_sound) == (b"+", True)
    assert answer.startswith(b"<!doctype html>")


def test_a_wrong_document_is_answered_with_its_fault() -> None:
    """The worker lives on: wrong MJML is its daily bread."""
    mark, answer, is_sound = mjml_worker._compile(b"<mjml>")
    assert (mark, is_sound) == (b"-", True)
    assert b"unexpected end of stream" in answer


def test_bytes_that_are_no_text_are_a_fault() -> None:
    """A torn frame must not end the worker."""
    assert mjml_worker._compile(b"\xff\xfe")[0] == b"-"


def test_a_panic_is_answered_and_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler's panics are no Exception, and nobody knows its state after one."""

    class PanicError(BaseException):
        pass

    def panic(*_: object, **__: object) -> str:
        raise PanicError("not yet implemented")

    monkeypatch.setattr(mjml_worker.mjml, "mjml2html", panic)
    assert mjml_worker._compile(PAGE) == (b"-", b"PanicError: not yet implemented", False)
