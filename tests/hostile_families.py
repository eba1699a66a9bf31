"""Hostile documents made by rule: each family is one trick in all its variants."""

from __future__ import annotations

import json
from collections.abc import Callable

Case = Callable[[], tuple[str, str | bytes]]

_TITLE = "A quiet day at the lock"
_TEXT = (
    "<p>The keeper of the lock counted nine boats before noon and none after it, which he wrote down in the "
    "book that lies beside the gate.</p>"
)
_NESTED = (
    *("div", "span", "b", "i", "a", "p", "blockquote", "font", "em", "section", "article", "details", "form"),
    *("button", "table", "td", "ul", "li", "dl", "dd", "select", "option", "svg", "math", "template"),
    *("noscript", "object", "ruby", "nobr", "center", "h1", "label", "main"),
)
_MISNESTED = (
    *(
        "<b><p></b>",
        "<a href=x><b></a>",
        "<table><b>",
        "<i><div></i></div>",
        "<svg><p><style>",
        "<form><div></form>",
    ),
    *(
        "<select><p>",
        "<table><tr><b><td>",
        "<p><b><i><u></p>",
        "<math><mi><p>",
        "<a><div></a><p></div>",
        "</p></b></i>",
    ),
)
_PAYLOADS = (
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<style><img src='</style><img src=x onerror=alert(1)//'></style>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>click</a>",
    "<a href='java\tscript:alert(1)'>click</a>",
    "<a href='&#106;avascript:alert(1)'>click</a>",
    "<a href='\x01javascript:alert(1)'>click</a>",
    "<a href='vbscript:msgbox(1)'>click</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>click</a>",
    "<a href='//user:password@evil.example/'>click</a>",
    "<a href='x' onclick=alert(1) style='position:fixed'>click</a>",
    "<p style='background:url(javascript:alert(1))'>styled</p>",
    "<base href='javascript:alert(1)//'><a href='x'>based</a>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='javascript:alert(1)'>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<textarea><p title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><p title='</title><img src=x onerror=alert(1)>'></title>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte mso 9]><img src=x onerror=alert(1)><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo '<script>alert(1)</script>' ?>",
    "<plaintext><script>alert(1)</script>",
    "<frameset onload=alert(1)>",
    '<a href="x"onmouseover=alert(1)>x</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<img src=`javascript:alert(1)`>",
    "<isindex action=javascript:alert(1) type=image>",
    "{{constructor.constructor('alert(1)')()}} {% raw %} <mj-raw>",
    "<style>@import 'javascript:alert(1)';</style>",
    '<p title="\x00<script>alert(1)</script>">null</p>',
)
_CHARSETS = (
    *("utf-7", "utf-16", "utf-16le", "utf-32", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "x-user-defined"),
    *("koi8-r", "shift_jis", "gb18030", "big5", "euc-jp", "euc-kr", "utf-8", "idna", "punycode", "rot13"),
    *("base64", "hex", "zlib", "bz2", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "cp037"),
    *("windows-1251", "windows-1258", "macintosh", "replacement"),
)
_SIGNS = {
    "controls": "".join(map(chr, range(32))) + "\x7f" + "".join(map(chr, range(0x80, 0xA0))),
    "bidi flood": "\u202e\u2066\u202a" * 100_000,
    "zero-width flood": "\u200b\u200c\u200d\u2060\ufeff" * 100_000,
    "mark flood": "a" + "\u0301\u0316\u0323" * 200_000,
    "tag characters": "\U000e0041" * 100_000,
    "noncharacters": "\ufdd0\uffff\U0001fffe" * 10_000,
    "surrogate references": "&#xD800;&#xDFFF;" * 5_000,
    "wild references": "&#0;&#x110000;&#99999999999999999999;&#x80;" * 2_000,
    "unclosed references": "&amp&lt&notanentity&" * 50_000,
    "joined emoji": "\U0001f468\u200d" * 100_000,
    "hangul fillers": "\u115f\u1160\u3164\uffa0" * 50_000,
    "long ligatures": "\ufdfa" * 100_000,
    "line separators": "\u2028\u2029\x85" * 50_000,
    "soft hyphens": "a\xad" * 200_000,
    "variation selectors": "a\ufe0f\U000e0100" * 100_000,
}
_DATES = (
    *(
        "9999-12-31T23:59:59Z",
        "10000-01-01",
        "0000-00-00",
        "-0001-01-01",
        "2026-02-30",
        "2026-01-01T25:61:61Z",
    ),
    *(
        "2026-01-01T00:00:00+99:99",
        "1e308",
        "9" * 5_000,
        "Mon, 31 Dec 9999 23:59:59 +0000",
        "1. 1. 1 " * 5_000,
    ),
    *("1-1-1-1-" * 5_000, "March " * 5_000, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
)
_MARKS = {
    "hundred thousand attributes": "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>",
    "attribute of a megabyte": "<p title='" + "x" * 1_000_000 + "'>x</p>",
    "class of many names": "<div class='" + "post-author-date " * 60_000 + "'>x</div>",
    "id of dashes": "<div id='" + "-_" * 500_000 + "'>x</div>",
    "style of a megabyte": "<p style='" + "a:b;" * 250_000 + "'>x</p>",
    "srcset of many": "<img srcset='" + "a.png 1x, " * 100_000 + "'>",
    "hundred thousand links": "<a href=/x>y</a> " * 14_000,
    "links in one paragraph": "<p>" + "<a href=/x>y</a> words " * 14_000 + "</p>",
    "long links": "".join(f"<a href='/{'x' * 9_000}{n}'>y</a>" for n in range(300)),
    "pictures in the page": "<img src='data:image/png;base64," + "A" * 3_000_000 + "'>",
    "empty paragraphs": "<p></p>" * 14_000,
    "line breaks": "line<br>" * 14_000,
    "thousand headings": "<h1>A quiet day at the lock</h1>" * 5_000,
    "thousand articles": f"<article><h2>Other</h2>{_TEXT}</article>" * 2_000,
    "a wide table": "<table>" + ("<tr>" + "<td>x</td>" * 100 + "</tr>") * 140 + "</table>",
    "a long list": "<ul>" + "<li>x</li>" * 14_000 + "</ul>",
    "comments": "<!---->" * 14_000,
    "thousands of dates": "<time datetime='2026-03-0'>x</time>" * 14_000,
    "thousands of authors": "<span class=author>By By By</span>" * 14_000,
    "words of capitals": "<p>" + "Aa Bb " * 150_000 + "</p>",
    "one line of a megabyte": "<p>" + "word " * 200_000 + "</p>",
    "one word of a megabyte": "<p>" + "w" * 1_000_000 + "</p>",
    "lines that look like credits": "".join(f"<p>By {'Ab ' * 40}{n}</p>" for n in range(7_000)),
    "lines that look like tags": "".join(f"<p>Tags {'a, ' * 40}{n}</p>" for n in range(7_000)),
    "lines that look like dates": "".join(f"<p>on 1.1.{n} {'1 ' * 40}</p>" for n in range(7_000)),
    "spans in a headline": "<h1>" + "<span>a" * 90 + "</span>" * 90 + "</h1>",
    "a headline of separators": "<h1>" + " - | : " * 30_000 + "</h1>",
    "unclosed everything": "<div><p><b><i><a href='" * 3_000,
    "slashes and equals": "<p" + "/=" * 200_000 + ">x",
    "quotes": "<p title=" + "\"'" * 200_000 + ">x",
}
_LINKED = {
    "of three megabytes": '{"@type":"NewsArticle","articleBody":"' + "x" * 3_000_000 + '"}',
    "of deep objects": '{"@graph":' * 50_000,
    "of ten thousand articles": json.dumps(
        {"@graph": [{"@type": "Article", "@id": n} for n in range(10_000)]}
    ),
    "that refers to itself": '{"@type":"Article","@id":"a","author":{"@id":"a"},"name":"x"}',
    "of many authors": json.dumps(
        {"@type": "Article", "author": [{"name": f"Aa B{n}"} for n in range(20_000)]}
    ),
    "of a long headline": json.dumps({"@type": "Article", "headline": "a - b | " * 20_000}),
    "of wild numbers": '{"@type":"Article","datePublished":' + "9" * 4_000 + "}",
    "of wrong types": '{"@type":{"a":[]},"@graph":"x","author":[[[]]],"image":{"url":[1]},"publisher":[{}]}',
    "that is broken": '{"@type":"Article","headline":"' + '\\"' * 50_000,
    "of nested lists": "[" * 90 + '{"@type":"Article"}' + "]" * 90,
}
_ITEMS = {
    "title of markup": "<item><title><![CDATA[<b>A</b> <script>alert(1)</script>]]></title>"
    "<description>x y</description></item>",
    "unclosed cdata": "<item><title><![CDATA[A title</title><description>x</description></item>",
    "cdata in cdata": "<item><title>T</title>"
    "<description><![CDATA[<![CDATA[x]]>]]]]><![CDATA[>]]></description></item>",
    "item in item": "<item><title>T</title>" * 1_000,
    "date of the year 9999": "<item><title>T</title><pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate>"
    "<description>Text.</description></item>",
    "guid of a megabyte": "<item><title>T</title><guid>"
    + "g" * 1_000_000
    + "</guid><description>Text.</description></item>",
    "content of a megabyte": "<item><title>T</title><description>"
    + "word " * 200_000
    + "</description></item>",
    "base of script": "<item xml:base='javascript:alert(1)//'><title>T</title>"
    "<link>x</link><description>Text.</description></item>",
    "names of namespaces": "<item "
    + " ".join(f"xmlns:n{n}='u{n}'" for n in range(2_000))
    + "><title>T</title></item>",
    "many attributes": "<item " + " ".join(f"a{n}='1'" for n in range(20_000)) + "><title>T</title></item>",
    "same attribute twice": "<item a='1' a='2'><title>T</title><description>Text.</description></item>",
    "five thousand items": "<item><title>T</title><description>Text.</description></item>" * 4_900,
    "media of all kinds": "<item><title>T</title>"
    + "<enclosure url='javascript:x' type='image/png' length='-1'/>" * 500
    + "</item>",
    "tags by the thousand": "<item><title>T</title>"
    + "<category>a</category>" * 20_000
    + "<description>x</description></item>",
    "nulls": "<item><title>A\x00B</title><description>Te\x00xt.</description></item>",
    "instructions": "<?xml-stylesheet href='javascript:x'?>" * 5_000 + "<item><title>T</title></item>",
    "names that do not end": "<item><" + "a" * 500_000,
    "escaped twice": "<item><title>&amp;lt;b&amp;gt;T</title>"
    "<description>&amp;lt;script&amp;gt;x</description></item>",
    "misnested content": "<item><title>T</title><description>"
    + "&lt;b&gt;&lt;p&gt;&lt;/b&gt;" * 2_000
    + "</description></item>",
    "unknown entities": "<item><title>&nbsp;&wrong;T</title><description>&copy;&wrong;x</description></item>",
}


def _page(inner: str, head: str = "") -> tuple[str, str]:
    return "a.html", (
        f"<html><head><title>{_TITLE}</title>{head}</head><body><article><h1>{_TITLE}</h1>{_TEXT}{inner}"
        "</article></body></html>"
    )


def _feed(inner: str) -> tuple[str, str]:
    return (
        "a.xml",
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{inner}</channel></rss>',
    )


def _encoded(charset: str) -> tuple[str, bytes]:
    name, page = _page("<p>@</p>", f"<meta charset='{charset}'>")
    return name, page.encode().replace(b"@", bytes(range(128, 256)) + b"\x1b$B\x1b(J~{}+ADw-\xff\xfe")


def _dated(date: str) -> tuple[str, str]:
    head = f"<meta property='article:published_time' content='{date}'>"
    linked = json.dumps({"@type": "NewsArticle", "datePublished": date})
    return _page(f"<time>{date}</time>", f"{head}<script type='application/ld+json'>{linked}</script>")


FAMILIES: dict[str, Case] = {
    **{f"nested {name}": (lambda name=name: _page(f"<{name}>" * 100_000)) for name in _NESTED},
    **{
        f"nested {name}, closed": (lambda name=name: _page(f"<{name}>x" * 150 + f"</{name}>" * 150))
        for name in _NESTED[:12]
    },
    **{
        f"misnested {part}": (lambda part=part: _page(part * (40_000 // len(part)) + "x"))
        for part in _MISNESTED
    },
    **{
        f"payload {part[:60]!r}": (lambda part=part: _page(f"{part}<p>After it all.</p>"))
        for part in _PAYLOADS
    },
    **{f"says {name}": (lambda name=name: _encoded(name)) for name in _CHARSETS},
    **{f"signs: {name}": (lambda signs=signs: _page(f"<p>{signs} x</p>")) for name, signs in _SIGNS.items()},
    **{
        f"headline of {name}": (
            lambda signs=signs: ("a.json", json.dumps({"title": f"T {signs}", "text": "x."}))
        )
        for name, signs in _SIGNS.items()
    },
    **{f"date {date[:40]!r}": (lambda date=date: _dated(date)) for date in _DATES},
    **{f"page of {name}": (lambda part=part: _page(part)) for name, part in _MARKS.items()},
    **{
        f"linked data {name}": (
            lambda data=data: _page("", f"<script type='application/ld+json'>{data}</script>")
        )
        for name, data in _LINKED.items()
    },
    **{f"feed with {name}": (lambda part=part: _feed(part)) for name, part in _ITEMS.items()},
}
