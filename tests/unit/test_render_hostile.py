"""Hostile text costs nothing but itself."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Edition, Image, SummarySentence
from digest.render import Look, Renderer
from golden import stage
from golden.cases import load_edition, load_look, read_case
from golden.stage import headlines, with_first

renderer = stage.renderer
facts = stage.facts
edition = stage.edition
look = stage.look


HOSTILE = [
    "a < b & c > d",
    "-- ]]> --> <!-- x -->",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "</mj-text></mj-column><script>alert(1)</script>",
    '" onerror="alert(1)" \' x=\'',
    "bell\x07 null\x00 vt\x0b unit\x1f",
    "longword" * 1_250,
    "\u202egnp.exe\u202c \u2066x",
    "\ufdd0unsubscribe_url\ufdd1 \ufffe \U0001ffff",
    "lone \ud800 surrogate \udfff",
    "&lt;b&gt; &#x00000a0; &nbsp",
    "back\\slash \\u{fdd0} \\n",
    "<!--cut:footer--><mj-raw>",
    "<![CDATA[x]]> <?xml?> <!DOCTYPE x>",
    "\n\n\t tabs \r\n and lines",
    "\u0007",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_costs_nothing_but_itself(
    renderer: Renderer, edition: Edition, look: Look, text: str
) -> None:
    """Any of these has broken a template engine, a compiler or a mail program."""
    image = Image(url="media:x", alt=text, caption=text)
    sentence = SummarySentence(text=text, start=0, end=len(text))
    lead = edition.items[0]
    hostile = with_first(
        edition,
        title=text,
        source=text,
        url=f"https://example.org/{text}",
        language=text,
        also=(text,) * 4,
        image=image,
        summary=replace(lead.summary, sentences=(sentence, sentence)),
    )
    hostile = replace(hostile, subject=text, preheader=text, intro=text, outro=text, quiet=(text,))
    stencil = renderer.render(hostile, look).stencil
    body = stencil.assemble(())

    assert body.items == 18
    assert headlines(body)[1:] == [item.title for item in edition.items[1:]]
    assert "<script" not in body.html
    assert ' onerror="' not in body.html
    assert "49" not in headlines(body)[0]
    assert body.html.count("\ufdd0unsubscribe_url\ufdd1") == 1
    for part in (body.html, body.text, body.subject):
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff\ufffe]", part)
        part.encode()


ANY_TEXT = st.text(alphabet=st.characters(codec=None), max_size=60) | st.text(
    alphabet="<>&\"'{}%#-!/=\\ a;x", max_size=60
)


@given(texts=st.lists(ANY_TEXT, min_size=6, max_size=6))
def test_no_text_whatever_stops_an_edition(renderer: Renderer, texts: list[str]) -> None:
    """What the list of hostile texts forgot."""
    facts = read_case("kakou")
    title, source, summary, alt, url, language = texts
    lead = facts["edition"]["sections"][0]["items"][0]
    lead |= {"title": title, "source": source, "summary": [summary], "url": url, "language": language}
    lead |= {"image": {"url": "media:x", "alt": alt, "caption": alt}, "also": [source, title, alt]}
    body = renderer.render(load_edition(facts["edition"]), load_look(facts)).stencil.assemble(())

    assert body.items == 7
    assert body.html.count("<h3") == 6
    assert body.html.count("\ufdd0unsubscribe_url\ufdd1") == 1
    assert "\\u{fdd0" not in body.html


def test_a_story_without_a_web_address_is_no_link(renderer: Renderer, edition: Edition, look: Look) -> None:
    """A link to nowhere is worse than a headline in ink."""
    rendered = renderer.render(with_first(edition, url="javascript:alert(1)"), look)
    body = rendered.stencil.assemble(())

    assert "javascript" not in body.html + body.text
    assert [finding.place for finding in rendered.findings] == [f"The Harbour: {edition.items[0].title}"]
