"""Who wrote a page: whom its byline shows, and nobody where it shows none."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from digest.collect import Context, Document, Format, Unreadable, extract

TEXT = "The ferry sails again from Monday, says the harbour master, who saw to the repair of its engine. " * 3
ADA = "<p class=byline>By <a href=/people/ada>Ada Brandt</a></p>"


def author_of(body: str, *, linked: object = None, host: str = "quay-times.example") -> str | None:
    """Read a page of the Quay Times with a headline, what is given, and a text."""
    said = {"@type": "NewsArticle", "headline": "Ferry back", "author": linked}
    script = f'<script type="application/ld+json">{json.dumps(said)}</script>' if linked else ""
    page = (
        f"<html lang=en><head><title>Ferry back</title>{script}"
        "<meta property=og:site_name content='The Quay Times'></head>"
        f"<body><h1>Ferry back</h1>{body}<p>{TEXT}</p><p>{TEXT}</p></body></html>"
    )
    document = Document(
        name="ferry", format=Format.HTML, data=page.encode(), url=f"https://www.{host}/2026/ferry"
    )
    found = extract(document, Context())[0]
    assert not isinstance(found, Unreadable)
    return found.byline


def person(name: str) -> dict[str, str]:
    return {"@type": "Person", "name": name}


@pytest.mark.parametrize(
    "told",
    [
        person("quay times"),
        person("QuayTimes"),
        person("quay-times.example"),
        person("Admin"),
        person("qtadmin"),
        person("Super User"),
        person("Web Desk"),
        person("Our Staff Reporter"),
        person("Editorial Team"),
        person("Die Redaktion"),
        person("user 12"),
        person("ada@quay.example"),
        person("ad\u200bmin"),
        {"@type": "Organization", "name": "Quay Times"},
        "Guest Author",
    ],
    ids=str,
)
def test_the_site_itself_its_desk_and_placeholders_are_no_authors(told: object) -> None:
    """Systems fill the field where nobody is named; 'by Admin' under a headline helps no reader."""
    assert author_of("", linked=told) is None
    assert author_of(ADA, linked=told) == "Ada Brandt"


@pytest.mark.parametrize(
    ("told", "byline"),
    [
        (person("Reuters"), "Reuters"),
        (person("Quay Times Staff"), "Quay Times Staff"),
        ({"@type": "Organization", "name": "Centre for Tides and Harbours"}, "Centre for Tides and Harbours"),
        (person("Santiago Ramón y Cajal"), "Santiago Ramón y Cajal"),
        (person("Di Stefano"), "Di Stefano"),
        (person("Sean O&#8217;Neil"), "Sean O’Neil"),
        (person("<a href='https://quay.example/ada' rel='author'>Ada Brandt</a>"), "Ada Brandt"),
        (person("Ada Brandt ada@quay.example"), "Ada Brandt"),
        ([person("Ada Brandt"), person("Sam Okoro")], "Ada Brandt, Sam Okoro"),
    ],
    ids=str,
)
def test_whoever_else_is_named_is_the_author(told: object, byline: str) -> None:
    """An agency and a paper's staff are named where nobody else is; names stay in one piece."""
    assert author_of("", linked=told) == byline


@pytest.mark.parametrize(
    "body",
    [
        "<div class=statement-author><div><h4 class=author>The Harbour Board</h4></div></div>",
        "<blockquote>It floats. <cite class=author>Bea Carrow</cite></blockquote>",
        "<div class=pull-quote><span class=author>Bea Carrow</span></div>",
        "<figure><img src=/f.jpg><span class=author>Bea Carrow</span></figure>",
        "<p class=photo-author>Bea Carrow</p>",
        "<span class=comment-author>Bea Carrow</span>",
        "<article class='comment even'><span class=author>Bea Carrow</span><p>Nice.</p></article>",
        "<div itemprop=comment itemscope><span itemprop=author>Bea Carrow</span></div>",
        "<div itemprop=review itemscope><span itemprop=author>Bea Carrow</span></div>",
        "<footer><a rel=author href=/about>Bea Carrow</a></footer>",
        "<div class=site><footer class=site-footer><a rel=author href=/about>Bea Carrow</a></footer></div>",
        "<div class=pullquote-wrap><span class=author>Bea Carrow</span></div>",
        "<div class='card article__quote'><span class=author>Bea Carrow</span></div>",
        "<div class=wp-caption><span class=author>Bea Carrow</span></div>",
        "<div id=quote><span class=author>Bea Carrow</span></div>",
        "<p>Foto: Bea Carrow</p>",
        "<a href=/people/all>Read more</a>",
        "<p class=byline-title>Chief Harbour Economist</p>",
    ],
)
def test_who_is_quoted_remarks_or_took_the_picture_did_not_write_the_article(body: str) -> None:
    """They are marked as authors, too: of their words and pictures."""
    assert author_of(body) is None
    assert author_of(body + ADA) == "Ada Brandt"


@pytest.mark.parametrize(
    ("body", "byline"),
    [
        (
            "<div class=byline><div>By ADA BRANDT and SAM OKORO</div><p class=byline-title>Desk</div>",
            "ADA BRANDT, SAM OKORO",
        ),
        ("<p class=author>Ada Brandt <span class=job-title>Harbour Economist</span></p>", "Ada Brandt"),
        ("<p class=author>Ada Brandt <time>4 March</time></p>", "Ada Brandt"),
        ("<p class=byline>By <a href=/p/1>Ada Brandt</a> and Sam Okoro</p>", "Ada Brandt, Sam Okoro"),
        ("<p class=byline>By <a href=/p/1>Ada Brandt</a>, <a>Get author RSS feed</a></p>", "Ada Brandt"),
        ("<div class=author>About Ada Brandt</div>", "Ada Brandt"),
        ("<span class=author-name>quay8090</span>", "quay8090"),
        ("<p itemprop=author>Harbour desk: <b itemprop=name>Ada Brandt</b></p>", "Ada Brandt"),
        ("<p itemprop=author content='Ada Brandt'>A. B.</p>", "Ada Brandt"),
        (
            "<meta name=twitter:label1 content=author><meta name=twitter:data1 content='Ada Brandt'>",
            "Ada Brandt",
        ),
    ],
)
def test_a_byline_is_read_without_what_its_author_does(body: str, byline: str) -> None:
    """Jobs, dates and links of the same element are no second author."""
    assert author_of(body) == byline


@pytest.mark.parametrize(
    "around",
    [
        "footer class=entry-footer",
        "div class='post format-quote'",
        "div class=has-caption",
        "div id=quotes-app",
        "div class=quote-post",
        "div class=post><footer",
    ],
)
def test_a_byline_stands_in_what_is_called_like_a_quotation_or_a_foot(around: str) -> None:
    """Themes name the kind of an entry in its class, and put who wrote it below the text."""
    assert author_of(f"<p>{TEXT}</p><{around}><span class=author>Ada Brandt</span>") == "Ada Brandt"


def test_links_of_authors_that_show_more_of_them_than_the_metadata_count() -> None:
    """Many systems put the first author alone into JSON-LD."""
    ada, sam = "<a rel=author>Ada Brandt</a>", "<a rel=author>Sam Okoro</a>"
    row = f"<p>By <span>{ada}, </span><span>{sam}</span> 4 March</p>"
    others = f"<ul><li>Nine boats, {ada}</li><li>A crane, {sam}</li></ul>"

    assert author_of(row, linked=person("Ada Brandt")) == "Ada Brandt, Sam Okoro"
    assert author_of(row, linked=person("Olu Sand")) == "Olu Sand"
    assert author_of(others, linked=person("Ada Brandt")) == "Ada Brandt"


@pytest.mark.parametrize("tag", ["section", "aside", "div class=team", "div class=authors", "p"])
@pytest.mark.parametrize("box", ["<ul><li>{}</li><li>{}</li></ul>", "<p>{}</p><p>{}</p>", "{}, {}"])
def test_a_box_of_everybody_who_writes_there_is_no_byline(tag: str, box: str) -> None:
    """Such a box names the author of the article, too, and stands below its text or beside it."""
    links = box.format("<a rel=author>Ada Brandt</a>", "<a rel=author>Sam Okoro</a>")
    body = f"<p>{TEXT}</p><{tag}><h3>Our writers</h3>{links}</{tag.split(maxsplit=1)[0]}>"

    assert author_of(body, linked=person("Ada Brandt")) == "Ada Brandt"
    assert author_of(f"<aside>{links}</aside>", linked=person("Ada Brandt")) == "Ada Brandt"
    assert author_of(f"<p class=related>{links}</p>", linked=person("Ada Brandt")) == "Ada Brandt"


def test_a_row_within_the_article_counts_wherever_it_stands() -> None:
    """Some sign below the text."""
    links = "<p><a rel=author>Ada Brandt</a> and <a rel=author>Sam Okoro</a></p>"
    body = f"<article><p>{TEXT}</p>{links}</article>"

    assert author_of(body, linked=person("Ada Brandt")) == "Ada Brandt, Sam Okoro"


def test_a_login_counts_only_where_the_page_shows_it_and_nobody_better() -> None:
    """Readers know the person of a byline, not the account that typed the page in."""
    assert author_of("", linked=person("webquay")) is None
    assert author_of("<p>Entered by webquay today</p>", linked=person("webquay")) == "webquay"
    assert author_of(ADA, linked=person("webquay")) == "Ada Brandt"
    assert author_of("<p class=author>The Harbour</p>", linked=person("webquay")) is None


@pytest.mark.parametrize(
    ("body", "byline"),
    [
        ("<p class=byline>By Maria</p>", "Maria"),
        ("<p>By <a href=/u/7>Maria</a></p>", "Maria"),
        ("<span class=author>Maria</span>", "Maria"),
        ("<p>Maria, 27 November</p>", "Maria"),
        ("<nav><a href=/maria>Maria</a></nav>", None),
    ],
)
def test_a_login_that_is_a_name_counts_where_a_byline_writes_it_large(body: str, byline: str | None) -> None:
    """Menus and sentences begin with capitals, too."""
    assert author_of(body, linked=person("maria")) == byline


def test_agencies_are_no_logins_though_they_are_written_small() -> None:
    """They are named where no person is, shown or not."""
    assert author_of("", linked=person("dpa")) == "dpa"
    assert author_of(ADA, linked=person("dpa")) == "Ada Brandt"


def test_a_name_that_is_the_host_s_counts_where_a_byline_shows_it() -> None:
    """Who writes alone may be called by one name, as the site is."""
    sites = {"host": "heidi.blog.example"}

    assert author_of("", linked=person("Heidi"), **sites) is None
    assert author_of("<p>Heidi</p>", linked=person("Heidi"), **sites) is None
    assert author_of("<p>By Heidi</p>", linked=person("Heidi"), **sites) == "Heidi"
    assert author_of("<span class=author>Heidi</span>", **sites) == "Heidi"
    assert author_of("<span class=author>heidi</span>", **sites) is None
    assert author_of("<p>By quay</p>", linked=person("quay"), host="quay.example") is None


def test_a_person_s_site_may_be_called_like_that_person() -> None:
    """Only single words are compared with parts of the site's name and its host."""
    assert author_of("", linked=person("Ada Brandt"), host="ada-brandt.example") == "Ada Brandt"
    assert author_of("", linked=person("Quay"), host="quay.example") is None


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By Ada Brandt", "Ada Brandt"),
        ("By Staff", None),
        ("By Quay Times", None),
        ("by ハーバー新聞社 ／ 2026.03.04", "ハーバー新聞社"),
        ("홍길동 기자 gildong@quay.example", "홍길동"),
        ("文・山田太郎", "山田太郎"),
        ("来源：海港报 作者：张三、李四", "张三, 李四"),
        ("국제 정치", None),
        ("정치부 기자", None),
        ("文・編集部", None),
        ("作者：佚名", None),
        ("来源：本站 作者：本站", None),
    ],
)
def test_a_line_by_the_headline_names_the_author(line: str, byline: str | None) -> None:
    """Scripts without capitals need a word that says so."""
    assert author_of(f"<p>{line}</p>") == byline


def test_korean_papers_sign_at_the_end() -> None:
    """There the line stands below the text; one far from it belongs to another article."""
    text = "".join(
        f"<p>배는 오늘도 항구를 떠나지 않았고 바람은 밤까지 계속 강하게 불었다고 한다 {n}. {TEXT}</p>"
        for n in range(4)
    )
    page = "<html lang=ko><title>배</title><body><h1>배는 쉰다</h1>{}<footer><p>저작권</p>{}</footer>"
    signed = "<p>칼럼니스트 김철수 kim@quay.example</p>"
    far = "<p>하나</p><p>둘</p><p>셋</p><p>넷</p><p>박영희 기자</p>"
    bylines = [
        extract(
            Document(name="k", format=Format.HTML, data=html.encode(), url="https://k.example/1"), Context()
        )[0]
        for html in (page.format(text + signed, far), page.format(text, far))
    ]

    assert [one.byline for one in bylines if not isinstance(one, Unreadable)] == ["김철수", None]


@pytest.mark.parametrize(
    "body",
    [
        f"<p class=author>{'By Ada and ' * 1_000}</p>",
        f"<p class=author>{'a' * 10_000}</p>",
        f"<p class=byline>{'By ' * 5_000}</p>",
        f"<p rel=author>{'<' * 1_000}{'&lt;' * 2_000}</p>",
        "<a rel=author>Ada Brandt</a>, " * 4_000,
        "<div class=author>" * 150 + "<b>x y </b>" * 6_000 + "</div>" * 150,
        "<div class=comments>" + "<p class=author>Bea Carrow</p>" * 9_000 + "</div>",
        f"<div class={'a-b_' * 20_000}quotex><p class=author>Bea Carrow</p></div>",
        f"<p>{'가' * 79}기</p>" * 2_000,
        f"<p>{'作者 ' * 26}</p>" * 2_000,
    ],
    ids=range(10),
)
def test_hostile_bylines_cost_no_time(
    body: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """A page has two seconds, and most of them are for its text."""
    with within(1.5):
        author_of(body, linked=[person("Ada Brandt"), person("x " * 10_000), person("webquay")])
        author_of(body, linked=person("webquay"))


def test_a_byline_cannot_turn_the_text_around_it() -> None:
    """Controls of direction and invisible signs neither come through nor hide a placeholder."""
    assert author_of("", linked=person("Ada \u202eBrandt\u2066")) == "Ada Brandt"
    assert author_of("", linked=person("\u202eadmin")) is None
