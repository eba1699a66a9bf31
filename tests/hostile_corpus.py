"""Documents that attack whoever reads them, by name: pages, feeds, JSON, Markdown and text.

Those of `hostile_families.py` are made by rule; `CORPUS` holds both.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from hostile_families import FAMILIES

MB = 1_000_000
HEADLINE = "A quiet day at the lock"
HEAD = f"<html><head><title>{HEADLINE}</title></head>"
PAGE = f"{HEAD}<body><article><h1>{HEADLINE}</h1>{{}}</article></body></html>"
PARAGRAPH = (
    "<p>The keeper of the lock counted nine boats before noon and none after it, which he wrote down.</p>"
)
RSS = '<?xml version="1.0"?>{}<rss version="2.0"><channel><title>T</title>{}</channel></rss>'
ITEM = "<item><title>{}</title><description>{}</description></item>"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8)
)

HOSTILE: dict[str, tuple[str, str | bytes]] = {
    "empty": ("a.html", ""),
    "white space": ("a.txt", " \n\t\r\n" * 1000),
    "null bytes": ("a.txt", b"\0" * 5000),
    "random bytes": ("a.html", bytes(range(256)) * 400),
    "pdf": ("a.txt", b"%PDF-1.7 ..."),
    "png as html": ("a.html", b"\x89PNG\r\n\x1a\n" + bytes(5000)),
    "gzip": ("a.json", b"\x1f\x8b\x08" + bytes(range(256))),
    "utf-16 with mark": ("a.txt", "A headline\n\nSome text here.".encode("utf-16")),
    "utf-16 cut in half": ("a.txt", "A headline\n\nSome text.".encode("utf-16")[:-1]),
    "utf-16 without mark": ("a.txt", "A headline\n\nSome text.".encode("utf-16-le")),
    "broken utf-8": ("a.txt", b"A headline\n\nText \xff\xfe\xc3 and more of it."),
    "overlong utf-8": ("a.txt", b"A headline\n\nText \xc0\xaf and more."),
    "dangerous codec declared": ("a.html", b"<meta charset='unicode_escape'><title>T</title><p>\\x41</p>"),
    "unknown codec declared": ("a.html", "<meta charset='x-nonsense'>" + PAGE.format(PARAGRAPH)),
    "utf-7 declared": ("a.html", b"<meta charset='utf-7'><title>T</title>+ADw-script+AD4-"),
    "deep divs": ("a.html", PAGE.format("<div>" * 100_000)),
    "deep unclosed formatting": ("a.html", PAGE.format("<b><i>" * 20_000 + "x")),
    "misnested formatting": ("a.html", PAGE.format("<b><i><p></b></i></p>" * 5_000)),
    "deep lists": ("a.html", PAGE.format("<ul><li>" * 20_000)),
    "million tables": ("a.html", "<table>" * 700_000),
    "many paragraphs": ("a.html", PAGE.format("<p>x</p>" * 250_000)),
    "five megabytes of text": ("a.html", PAGE.format("<p>" + "word " * 900_000 + "</p>")),
    "five megabytes of one word": ("a.html", PAGE.format("<p>" + "x" * 4_900_000 + "</p>")),
    "five megabytes of less-than": ("a.html", "<" * 4 * MB),
    "five megabytes of ampersands": ("a.html", PAGE.format("<p>" + "&" * 4 * MB + "</p>")),
    "more bytes than allowed": ("a.txt", "x" * (5 * MB + 1)),
    "unclosed comment": ("a.html", PAGE.format("<!-- " + "x" * 10_000)),
    "unclosed attribute": ("a.html", PAGE.format("<a href='" + "<p>x" * 10_000)),
    "thousands of attributes": ("a.html", PAGE.format("<p " + "a=1 " * 100_000 + ">x</p>")),
    "scripts and handlers": (
        "a.html",
        PAGE.format("<p onclick='x()'>Text of a page.<script>x()</script></p>"),
    ),
    "svg tricks": (
        "a.html",
        PAGE.format("<svg><style><img src=x onerror=alert(1)></style></svg>" + PARAGRAPH),
    ),
    "deep json-ld": ("a.html", '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + PAGE),
    "json-ld of odd types": (
        "a.html",
        '<script type="application/ld+json">{"@type":["NewsArticle",1],"author":[[1]],"headline":{"a":1},'
        '"image":[null],"keywords":5,"datePublished":7}</script>' + PAGE.format(PARAGRAPH),
    ),
    "meta bomb": ("a.html", "<meta name=author content=" + "x" * MB + ">" + PAGE.format(PARAGRAPH)),
    "broken base": ("a.html", "<base href='http://[::1'>" + PAGE.format("<p><a href='x'>Some</a> text.</p>")),
    "javascript everywhere": (
        "a.html",
        "<link rel=canonical href='javascript:x'><meta property=og:image content='javascript:y'>"
        + PAGE.format("<p><a href='javascript:z'>Some</a> text is here.</p>"),
    ),
    "billion laughs": ("a.xml", RSS.format(LAUGHS + "]>", ITEM.format("&i;", "x"))),
    "billion laughs in utf-16": (
        "a.xml",
        RSS.format(LAUGHS + "]>", ITEM.format("&i;", "x")).encode("utf-16"),
    ),
    "external entity": (
        "a.xml",
        RSS.format('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>', ITEM.format("A", "&x;")),
    ),
    "quadratic entity": ("a.xml", RSS.format(f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>', "&a;" * 50_000)),
    "external dtd": (
        "a.xml",
        RSS.format('<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">', ITEM.format("A", "B")),
    ),
    "feed of many items": ("a.xml", RSS.format("", "<item/>" * 600_000)),
    "feed of deep elements": ("a.xml", RSS.format("", "<item><a>" * 50_000)),
    "feed that ends early": ("a.xml", RSS.format("", ITEM.format("A title", "A text"))[:-40]),
    "feed with deep content": ("a.xml", RSS.format("", ITEM.format("T", "&lt;div&gt;" * 50_000))),
    "feed with bare ampersands": ("a.xml", RSS.format("", ITEM.format("A & B", "C & D and E"))),
    "feed of nothing": ("a.xml", "<rss>"),
    "xml that is no feed": ("a.xml", "<?xml version='1.0'?><invoice><total>1</total></invoice>"),
    "atom with odd links": (
        "a.xml",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title><link href='http://[x'/></entry></feed>",
    ),
    "deep json": ("a.json", "[" * 200_000),
    "deep json objects": ("a.json", '{"a":' * 200_000),
    "json of a long number": ("a.json", '{"title":"T","text":"x","id":' + "9" * 10_000 + "}"),
    "json of infinities": ("a.json", '{"title": NaN, "text": Infinity}'),
    "json of wrong types": (
        "a.json",
        json.dumps(
            [{"title": ["a"], "text": {"b": 1}, "tags": 5, "image": [[]], "author": {"name": 1}}, 5, None]
        ),
    ),
    "json of surrogates": ("a.json", '{"title": "\\ud800 T", "text": "\\udfff text \\u0000"}'),
    "json with a huge list": ("a.json", json.dumps([{"title": "T", "text": "x"}] * 100_000)),
    "json that is cut": ("a.json", '{"title": "T", "text": "x'),
    "json html bomb": ("a.json", json.dumps({"title": "T", "html": "<div>" * 200_000})),
    "json misnest bomb": ("a.json", json.dumps({"title": "T", "html": "<p><b a=1></p>" * 20_000 + "text"})),
    "json lines with bad ones": (
        "a.jsonl",
        '{"title":"A","text":"b"}\n{bad\n[]\n\n5\n{"title":"C","text":"d"}',
    ),
    "yaml aliases": ("a.md", "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntitle: T\n---\nText."),
    "yaml deep flow": ("a.md", "---\na: " + "[" * 5_000 + "\n---\nText."),
    "yaml deep blocks": ("a.md", "---\n" + "\n".join(" " * n + "a:" for n in range(150)) + "\n---\nText."),
    "yaml python tag": ("a.md", "---\ntitle: !!python/object/apply:os.system ['true']\n---\nText."),
    "yaml unclosed": ("a.md", "---\ntitle: 'T\n---\nText."),
    "yaml list": ("a.md", "---\n- a\n- b\n---\nText."),
    "yaml never ends": ("a.md", "---\ntitle: T\n" + "a: b\n" * 50_000),
    "markdown quotes": ("a.md", "# T\n\n" + ">" * 50_000 + " x"),
    "markdown brackets": ("a.md", "# T\n\n" + "[" * 50_000 + "x"),
    "markdown stars": ("a.md", "# T\n\n" + "*a **a " * 20_000),
    "markdown links": ("a.md", "# T\n\n" + "[a](<b" * 30_000),
    "markdown backticks": ("a.md", "# T\n\n" + "".join("a" + "`" * n for n in range(700))),
    "markdown of five megabytes": ("a.md", "# T\n\n" + "word " * 900_000),
    "markdown raw html": ("a.md", "# T\n\n<script>alert(1)</script>\n\n<img src=x onerror=y>\n\nText here."),
    "controls": ("a.txt", "A \x1b[31mred\x1b[0m headline\n\nText\x00 with \x08controls\x7f in it."),
    "bidi": ("a.txt", "A \u202eheadline\n\nText \u2066with\u2069 tricks."),
    "marks": ("a.txt", "A headline\n\nT" + "\u0301\u0316" * 500_000),
    "header in title": ("a.txt", "=?utf-8?q?=0D=0ABcc:x@y?=\n\nText of the letter."),
    "mjml in title": ("a.txt", "</mj-text><mj-raw>{{ 7*7 }} {% raw %}\n\nText with {{ config }}."),
    "long first line": ("a.txt", "x" * MB),
    "long lines": ("a.txt", "T\n\n" + ("By " + "a " * 70 + "\n\n") * 10_000),
    "dates that trick": ("a.txt", "T\n\n" + ("1" * 60 + "\n\n") * 2_000 + "Text."),
    "dashes": ("a.txt", "T\n\n" + "- " * 70 + "\n\n" + "| " * 70 + "\n\nText here."),
    "trail of separators": ("a.txt", "Home " + "/ > » " * 20_000 + "\n\nT\n\nText."),
    "million short lines": ("a.txt", "T\n" + "a\n" * 1_000_000),
    "lists of articles": ("a.txt", "T\n\n" + "Related articles\n" * 19_000 + "word " * 100),
    "capitals": ("a.txt", "T\n\n" + "Aa Bb Cc " * 50_000),
    "different capitals": ("a.txt", "T\n\n" + " ".join(f"Nnn{n:x} Mmm{n:x} said." for n in range(20_000))),
    "title of a megabyte": ("a.json", json.dumps({"title": "word " * 200_000, "text": "Text."})),
    "tags by the thousand": (
        "a.json",
        json.dumps({"title": "T", "text": "x.", "tags": ["a" * 500] * 50_000}),
    ),
    "odd addresses": (
        "a.json",
        json.dumps({"title": "T", "text": "x.", "url": "https://a@b:99999/\r\nX: y", "image": "//[::1"}),
    ),
}

CORPUS: dict[str, Callable[[], tuple[str, str | bytes]]] = {
    **{name: (lambda case=case: case) for name, case in HOSTILE.items()},
    **FAMILIES,
}
