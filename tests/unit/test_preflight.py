"""What is looked at before an edition goes out: each rule, on a mail that keeps it and one that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.model import (
    Article,
    Edition,
    EditionSection,
    Finding,
    Image,
    LinkAnswer,
    Source,
    Summary,
    SummarySentence,
)
from digest.preflight import RULES, Proof, check, ratio
from digest.render.findings import find
from digest.render.values import Body
from digest.settings import PreflightSettings
from digest.slots import slot
from store_cast import NOW, content, edition

LINK = "https://harbour.example/1"
FIELDS = (
    ("From", "Brief <brief@news.example.org>"),
    ("To", "reader@example.org"),
    ("Subject", "Bridge opens"),
    ("Date", "Thu, 19 Nov 2026 07:00:00 +0100"),
    ("Message-ID", "<e1@news.example.org>"),
    ("List-ID", "Daily <daily.news.example.org>"),
    ("List-Unsubscribe", "<https://news.example.org/unsubscribe/x>"),
    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
)
HTML = (
    f'<a href="{LINK}">Bridge 1 opens</a><img src="https://news.example.org/bridge.jpg" alt="A bridge">'
    '<a href="https://news.example.org/unsubscribe/x">Unsubscribe</a><a href="#s1">World</a>'
)
#: Those of the shipped theme.
COLOURS = {"paper": "#ffffff", "ink": "#191713", "muted": "#6c665b", "hairline": "#dedad1"}


def stored(number: int) -> Article:
    """Make the stored article of an item; it says 'The mayor cut ribbon N.' and 'Boats waited.'."""
    told = content(number)
    return Article(
        **{name: getattr(told, name) for name in ("title", "paragraphs", "html", "url", "source")},
        language="en",
        id=number,
        revision=1,
        origin=Source(key="harbour-wire", title="Harbour Wire"),
        collected_at=NOW,
    )


def proof(**changes: object) -> Proof:
    """Make a mail that nothing is found against, and change it."""
    good = Proof(
        edition=edition(1),
        html=HTML,
        subject="Bridge opens",
        preheader="Boats waited",
        fields=FIELDS,
        light=COLOURS,
        dark={"paper": "#161512", "ink": "#f1ede4"},
        articles={1: stored(1)},
        home="https://news.example.org",
    )
    return replace(good, **changes)


def written(**changes: object) -> Proof:
    """Make a mail whose one item is changed."""
    made = edition(1)
    item = replace(made.items[0], **changes)
    return proof(edition=replace(made, sections=(replace(made.sections[0], items=(item,)),)))


def says(*sentences: str) -> Summary:
    """Make a summary that an editor wrote."""
    told = tuple(SummarySentence(text=text, start=0, end=0) for text in sentences)
    return Summary(method="editor", sentences=told)


def answered(state: str) -> dict[str, LinkAnswer]:
    """Let the item's link have answered."""
    return {LINK: LinkAnswer(state=state, said="404 (Not Found)", at=NOW)}


def linked(address: str) -> Proof:
    """Make a mail with one more link, in no item."""
    return proof(html=f'{HTML}<a href="{address}">More</a>')


def without(name: str) -> Proof:
    """Make a mail without a field of its header."""
    return proof(fields=tuple(pair for pair in FIELDS if pair[0] != name))


def sections(*titles: str, empty: bool = False) -> Edition:
    """Make an edition whose sections have these titles."""
    made = edition(*range(1, len(titles) + 1))
    return replace(
        made,
        sections=tuple(
            EditionSection(key=f"k{place}", title=title, items=() if empty else (made.items[place],))
            for place, title in enumerate(titles)
        ),
    )


CASES: list[tuple[str, str, Callable[[], Proof]]] = [
    ("unsubscribe", "headers", lambda: without("List-Unsubscribe")),
    ("one_click", "headers", lambda: without("List-Unsubscribe-Post")),
    ("headers", "headers", lambda: without("List-ID")),
    ("headers", "headers", lambda: proof(fields=(*FIELDS, FIELDS[2]))),
    ("link_broken", "html", lambda: linked("http://")),
    ("link_insecure", "html", lambda: linked("http://harbour.example/2")),
    ("link_tracker", "html", lambda: linked("https://harbour.example/2?utm_source=x&page=2")),
    ("link_credential", "html", lambda: linked("https://ada:secret@harbour.example/2")),
    ("link_credential", "html", lambda: linked("https://harbour.example/2?page=1&access_token=x")),
    ("link_dead", "item-1", lambda: proof(answers=answered("dead"))),
    ("link_silent", "item-1", lambda: proof(answers=answered("silent"))),
    ("picture_insecure", "html", lambda: proof(html=f'{HTML}<img src="http://x.example/1.jpg" alt="">')),
    ("alt_text", "html", lambda: proof(html=f'{HTML}<img src="https://x.example/1.jpg">')),
    ("contrast", "theme-light", lambda: proof(light={**COLOURS, "muted": "#999999"})),
    ("contrast", "theme-dark", lambda: proof(dark={"paper": "#161512", "accent": "#444"})),
    ("placeholder", "subject", lambda: proof(subject="Hello {{ name }}")),
    ("placeholder", "preheader", lambda: proof(preheader="Hello %FIRST_NAME%")),
    ("placeholder", "intro", lambda: proof(edition=replace(edition(1), intro="See [[link]]"))),
    ("placeholder", "item-1", lambda: written(title="Lorem ipsum opens")),
    ("tk", "item-1", lambda: written(title="The bridge opens on TK")),
    ("tk", "outro", lambda: proof(edition=replace(edition(1), outro="More TKTK"))),
    ("section_empty", "section-k0", lambda: proof(edition=sections("World", empty=True))),
    ("section_doubled", "section-k0", lambda: proof(edition=sections("World", "world"))),
    ("language", "item-1", lambda: written(language="de-AT")),
    ("unsupported", "item-1", lambda: written(summary=says("The bridge cost 431 million euros."))),
]


def found(of: Proof) -> dict[str, list[str]]:
    """Name the rules that are broken, each with the places."""
    broken: dict[str, list[str]] = {}
    for one in check(of):
        broken.setdefault(one.rule, []).append(one.anchor)
    return broken


def test_nothing_is_found_against_a_good_mail() -> None:
    """Whoever is warned every morning does not read warnings."""
    assert found(proof()) == {}
    assert found(proof(answers=answered("alive"))) == {}


@pytest.mark.parametrize(
    ("rule", "place", "made"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_each_slip_is_found_where_it_is(rule: str, place: str, made: Callable[[], Proof]) -> None:
    """A finding that names the wrong place sends an editor looking in vain."""
    broken = found(made())

    assert place in broken.pop(rule)
    assert broken == {}


def test_the_same_article_twice_is_found_once_and_at_the_second() -> None:
    """Two items of one address: the headline is the same as well, and one word of it is enough."""
    made = edition(1, 2)
    first, second = made.items
    doubled = replace(second, url=f"{first.url}?utm_source=feed", title=first.title)
    twins = replace(made, sections=(replace(made.sections[0], items=(first, doubled)),))
    alike = replace(
        made, sections=(replace(made.sections[0], items=(first, replace(second, title="BRIDGE 1 opens"))),)
    )

    assert found(proof(edition=twins)) == {"item_doubled": ["item-2"]}
    assert found(proof(edition=alike)) == {"headline_doubled": ["item-2"]}


def test_what_an_article_says_itself_is_no_slip() -> None:
    """TK is a health insurer in Germany, and an airline in Turkey."""
    airline = replace(stored(1), title="Flight TK 1951 lands", paragraphs=("TK landed.", "Boats waited."))
    told = written(title="Flight TK 1951 lands")

    assert found(replace(told, articles={1: airline})) == {}


def test_sentences_of_the_article_itself_need_no_judge() -> None:
    """They stand there; what an editor has written of them is checked, and what the article says is well."""
    assert found(written(summary=says("The mayor cut ribbon 1.", "Boats waited."))) == {}
    own = written(summary=says("Boats waited.", "The bridge cost 431 million euros."))

    [one] = check(own)
    assert (one.rule, one.article_id) == ("unsupported", 1)
    assert one.message.startswith("“The bridge cost 431 million euros.” The article doesn’t say this:")


def test_an_item_whose_article_is_gone_is_not_judged_by_it() -> None:
    """Nobody can say any more what it said."""
    assert found(replace(written(summary=says("It cost 431 million.")), articles={})) == {}


def test_a_language_that_nobody_told_is_guessed_only_from_enough_words() -> None:
    """Three words could be of any language."""
    german = "Der Hafen wird für die Schiffe gesperrt, weil die Brücke nicht mehr sicher ist."
    long = says(german, "Die Stadt hat das am Montag nach der Sitzung mit den Fischern und dem Amt gesagt.")
    articles = {1: replace(stored(1), paragraphs=tuple(one.text for one in long.sentences))}

    assert found(replace(written(language=None, summary=long), articles=articles)) == {"language": ["item-1"]}
    assert found(written(language=None, summary=says("Boats waited."))) == {}


def test_when_no_link_answers_the_network_is_away_and_said_once() -> None:
    """Twenty warnings of one cable would hide the one that counts."""
    links = [f"https://harbour.example/{number}" for number in range(2, 5)]
    html = HTML + "".join(f'<a href="{link}">x</a>' for link in links)
    silent = {link: LinkAnswer(state="silent", said="cannot be reached", at=NOW) for link in (LINK, *links)}

    assert found(proof(html=html, answers=silent)) == {"link_silent": ["html"]}
    some = {**silent, LINK: LinkAnswer(state="alive", said="200 (OK)", at=NOW)}
    assert len(found(proof(html=html, answers=some))["link_silent"]) == 3


def test_a_message_that_cannot_be_written_is_not_blamed_for_each_field() -> None:
    """One reason is told elsewhere; six more would bury it."""
    assert found(proof(html="", fields=())) == {}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000", "#ffffff", 21.0),
        ("#fff", "#fff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#fff", 4.54),
    ],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, expected: float) -> None:
    """The two greys are the standard's own neighbours of 4.5."""
    assert round(ratio(one, other), 2) == expected
    assert ratio(one, other) == ratio(other, one)


def layout(body: Body, size: int = 1_000) -> set[tuple[str, str]]:
    """Name the rules and places that the layout finds, with a limit of 1,000 bytes."""
    return {(one.rule, one.anchor) for one in find(edition(1), body, size=size, limit=1_000, notes=())}


def test_the_layout_looks_at_size_headers_and_the_way_out() -> None:
    """These need no message: they are found while it is laid out."""
    good = Body(
        html=slot("unsubscribe_url"), text="", subject="Bridge opens", preheader="word " * 10, items=1
    )

    assert layout(good) == set()
    assert layout(good, 1_001) == {("size", "html")}
    assert layout(replace(good, html="")) == {("unsubscribe", "html")}
    assert layout(replace(good, subject="")) == {("subject_missing", "subject")}
    assert layout(replace(good, subject="a" * 79)) == {("subject_length", "subject")}
    assert layout(replace(good, preheader="too short")) == {("preheader_length", "preheader")}
    assert layout(replace(good, items=0)) == {("empty", "edition")}


def test_items_without_address_or_words_for_a_picture_are_found_by_the_layout() -> None:
    """Who cannot see the picture must not be left alone with it."""
    made = edition(1)
    poor = replace(made.items[0], url="javascript:alert(1)", image=Image(url="media:x", alt=" "))
    body = Body(
        html=slot("unsubscribe_url"), text="", subject="Bridge opens", preheader="word " * 10, items=1
    )
    bare = replace(made, sections=(replace(made.sections[0], items=(poor,)),))

    assert [one.rule for one in find(bare, body, size=1, limit=2, notes=())] == ["link_missing", "alt_text"]


def test_every_rule_has_its_weight_and_its_words() -> None:
    """A rule that settings do not know could not be switched off."""
    assert list(RULES) == list(PreflightSettings.model_fields)


def test_weights_decide_what_blocks_what_warns_and_what_is_not_said() -> None:
    """The operator's word, not the program's."""
    made = [
        Finding(rule=rule, place="there", anchor="html", content="", message="so")
        for rule in ("language", "tk", "alt_text")
    ]
    weights = PreflightSettings.model_validate({"alt_text": "block", "language": "off"})

    assert [(one.rule, one.level) for one in weights.weighed(made)] == [
        ("tk", "block"),
        ("alt_text", "block"),
    ]
    assert [(one.rule, one.level) for one in PreflightSettings().weighed(made)] == [
        ("tk", "block"),
        ("language", "warn"),
        ("alt_text", "warn"),
    ]


def test_a_finding_names_its_content_so_that_another_one_is_another() -> None:
    """A waiver for one sentence must not cover the next."""
    one, other = (
        next(iter(check(written(summary=says(f"The bridge cost {price} million euros.")))))
        for price in (431, 432)
    )

    assert (one.rule, one.anchor) == (other.rule, other.anchor)
    assert one.content != other.content
