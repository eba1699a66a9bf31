"""The linter: what the compiler lets through or dies of."""

from __future__ import annotations

import pytest

from digest.render.lint import lint

BODY = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"


def messages(part: str) -> str:
    fault = lint(BODY.format(part))
    return fault.message if fault else ""


@pytest.mark.parametrize(
    "part",
    [
        "<mj-text>plain</mj-text>",
        '<mj-text padding="0 2px"><p style="margin:0">a<br/>b<br>c</p></mj-text>',
        '<mj-raw><!-- <script> in a comment --><meta name="x" content="y"/></mj-raw>',
        '<mj-text><a href="https://example.org/?a=1&amp;b=2">k</a></mj-text>',
        '<mj-text><img src="https://e.org/i.png" alt="a > b"/></mj-text>',
        '<mj-text><a href="\ufdd0browser_url\ufdd1">k</a><a href="#s1">c</a></mj-text>',
        '<mj-text><img src="file:///home/media/i.jpg" alt=""/></mj-text>',
        "<mj-text>5 &lt; 6, onclick= and &lt;script&gt; as words</mj-text>",
    ],
)
def test_sound_parts_pass(part: str) -> None:
    """A linter that cries wolf is switched off."""
    assert messages(part) == ""


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("<mj-bogus>a</mj-bogus>", "unknown component <mj-bogus>; it is not allowed here"),
        ('<mj-include path="x"/>', "unknown component <mj-include>; parts belong into Jinja's include"),
        ('<mj-text paddin="0">a</mj-text>', "<mj-text> knows no attribute 'paddin'"),
        ("<mj-text>a</mj-section>", "</mj-section> closes <mj-text>"),
        ("<mj-text><p>a</mj-text>", "</mj-text> closes <p>"),
        ("<mj-text><script>x</script></mj-text>", "<script> does not belong into a mail"),
        ('<mj-text><p onclick="x()">a</p></mj-text>', "<p> has a script in an attribute"),
        (
            '<mj-text><a href="javascript:x">a</a></mj-text>',
            "<a> points at an address that does not belong into a mail",
        ),
        (
            '<mj-text><a href="file:///etc/passwd">a</a></mj-text>',
            "<a> points at an address that does not belong into a mail",
        ),
        (
            '<mj-text><p style="margin:0;\npadding:0">a</p></mj-text>',
            "<p> breaks the line within an attribute, which the compiler spells out as letters",
        ),
    ],
)
def test_faults_are_named(part: str, expected: str) -> None:
    """The compiler is silent about each of these, or spoils them."""
    assert messages(part) == expected


def test_an_unclosed_tag_names_the_line_it_was_opened_on() -> None:
    """The end of the file is where nobody looks."""
    fault = lint("<mjml>\n<mj-body>\n</mjml>")
    assert fault is not None
    assert (fault.line, fault.message) == (3, "</mjml> closes <mj-body>")
    last = lint("<mjml>\n<mj-body>\n")
    assert last is not None
    assert (last.line, last.message) == (2, "<mj-body> is never closed")
    stray = lint("</mjml>")
    assert stray is not None
    assert stray.message == "</mjml> closes nothing"


@pytest.mark.parametrize("text", ["<mj-text>5 < 6</mj-text>", "<mj-text><![CDATA[x]]></mj-text>", "<?xml?>"])
def test_a_stray_sign_is_named_with_its_line(text: str) -> None:
    """The compiler only says that it cannot parse, not where."""
    assert messages(text) == "a '<' that begins no tag; write &lt;"
    fault = lint("<mjml/>\n<")
    assert fault is not None
    assert fault.line == 2


def test_depth_is_bounded_before_the_compiler_dies_of_it() -> None:
    """Nine thousand nested elements end the compiler's process."""
    assert messages(f"<mj-text>{'<div>' * 95}{'</div>' * 95}</mj-text>") == ""
    assert (
        messages(f"<mj-text>{'<div>' * 9_000}{'</div>' * 9_000}</mj-text>")
        == "elements nested deeper than 100"
    )
