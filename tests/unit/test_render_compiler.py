"""The guarded compiler: a document can cost itself, not the program."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from digest.errors import TemplateError
from digest.render.compiler import Compiler
from digest.render.shield import shield, unshield

PAGE = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"


@pytest.fixture(scope="module")
def compiler() -> Iterator[Compiler]:
    compiler = Compiler(limit_s=20)
    yield compiler
    compiler.close()


def worker_pid(compiler: Compiler) -> int:
    process = compiler._process
    assert process is not None
    return process.pid


def test_mjml_becomes_html_in_another_process(compiler: Compiler) -> None:
    """The compiler's death must not be ours."""
    html = compiler.compile(PAGE.format("hello"), template="x")

    assert "hello" in html
    assert worker_pid(compiler) != os.getpid()


def test_one_worker_serves_many_documents(compiler: Compiler) -> None:
    """Starting a process for each edition would cost a hundred times the compile."""
    compiler.compile(PAGE.format("a"), template="x")
    first = worker_pid(compiler)
    compiler.compile(PAGE.format("b"), template="x")

    assert worker_pid(compiler) == first


def test_wrong_mjml_names_the_template_and_the_line(compiler: Compiler) -> None:
    """A byte position of a generated document helps nobody."""
    wrong = "<mjml>\n<mj-body>\n<mj-section></p></mj-section></mj-body></mjml>"

    with pytest.raises(TemplateError, match=r"email/x.j2, line 3 of its MJML: '<mj-section></p>"):
        compiler.compile(wrong, template="email/x.j2")
    assert "after" in compiler.compile(PAGE.format("after"), template="x")


def test_a_fault_without_a_place_still_names_the_template(compiler: Compiler) -> None:
    """The compiler does not always know where."""
    with pytest.raises(TemplateError, match=r"email/x.j2: the MJML does not compile"):
        compiler.compile(PAGE.format("a < b"), template="email/x.j2")


def test_a_document_that_kills_the_compiler_costs_only_itself(compiler: Compiler) -> None:
    """Depth ends the process with a signal, past every `except`."""
    deep = PAGE.format("<div>" * 30_000 + "</div>" * 30_000)

    with pytest.raises(TemplateError, match="the MJML compiler died over this document"):
        compiler.compile(deep, template="email/x.j2")
    assert "after" in compiler.compile(PAGE.format("after"), template="x")


def test_a_worker_that_was_killed_idle_is_replaced(compiler: Compiler) -> None:
    """Machines short of memory kill what sleeps."""
    compiler.compile(PAGE.format("a"), template="x")
    process = compiler._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert "again" in compiler.compile(PAGE.format("again"), template="x")


def test_a_document_that_takes_too_long_is_given_up() -> None:
    """A hanging compiler would hang the morning."""
    hasty = Compiler(limit_s=0.001)

    with pytest.raises(TemplateError, match=r"it may take 0.001 s"):
        hasty.compile(PAGE.format("x" * 3_000_000), template="x")
    hasty.close()


def test_a_document_of_great_size_is_refused_before_it_is_sent(compiler: Compiler) -> None:
    """Eight million bytes are no mail."""
    with pytest.raises(TemplateError, match="more than 8,000,000"):
        compiler.compile("x" * 8_000_001, template="x")


@pytest.mark.parametrize(
    "letters", ["a\\b", "a\u00a0b", "e\u0301\u0302", "\ufdd0email\ufdd1", "👩\u200d💻", "क्ष", "\u0378"]
)
def test_attributes_come_out_as_they_went_in(compiler: Compiler, letters: str) -> None:
    r"""Unshielded, a no-break space in an alt text is mailed as the letters \u{a0}."""
    html = compiler.compile(
        PAGE.format(f'<img alt="{letters}" src="https://e.org/i"/>{letters}'), template="x"
    )

    assert f'alt="{letters}"' in html
    assert html.count(letters) == 2


def test_shielding_is_undone_and_leaves_written_references_alone() -> None:
    """A template's own &#160; stays what it is."""
    text = "a&#160;b \u00a0 \\ é 水 &amp;#x00000a0; &#xa0;"

    assert unshield(shield(text)) == text
    assert shield(text).isascii() is False, "letters that pass are not shielded"
