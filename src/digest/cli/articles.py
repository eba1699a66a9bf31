"""Commands on stored articles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digest.cli.options import DigestOption, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from digest.actions.content.articles import Line
    from digest.model import Article

_DAYS = ["%Y-%m-%d"]
ArticleArgument = Annotated[int, typer.Argument(metavar="ARTICLE", help="The article's number.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="Stored articles: list, find, show, tag, drop, pin, ban.", no_args_is_help=True)
    group.command("list", epilog="Example: digest articles list --tag world --limit 20")(list_articles)
    group.command("find", epilog="Example: digest articles find harbour ferr --tag world --limit 20")(find)
    group.command("show", epilog="Example: digest articles show 17")(show)
    group.command("tag", epilog="Example: digest articles tag 17 --add diplomacy --remove sport")(tag)
    group.command("drop", epilog="Example: digest articles drop 17")(drop)
    group.command("pin", epilog="Example: digest articles pin 17 --digest daily")(pin)
    group.command("ban", epilog="Example: digest articles ban 17 --digest daily")(ban)
    group.command("unpin", epilog="Example: digest articles unpin 17 --digest daily")(unpin)
    app.add_typer(group, name="articles")


def list_articles(
    tag: Annotated[str | None, typer.Option(help="Only those with this tag.")] = None,
    source: Annotated[str | None, typer.Option(help="Only those of this source, by key.")] = None,
    text: Annotated[str | None, typer.Option(help="Only those with these words in the title.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 50,
    before: Annotated[int | None, typer.Option(metavar="ARTICLE", help="Go on below this number.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List articles, the newest number first, with the story each belongs to."""
    from digest.actions.content.articles import Filter
    from digest.actions.content.articles import listing as run
    from digest.bootstrap import open_app

    wanted = Filter(tag=tag, source=source, text=text, limit=limit, before_id=before)
    with open_app(home_path(home)) as opened:
        lines = run(opened, wanted)
    if json:
        print_json([_line_fields(line) for line in lines])
    else:
        head = ("No.", "Title", "Source", "Published", "Tags")
        print_table("", head, [_line_row(line.article) for line in lines])


def find(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS", help="All of them stand in the article; the last may be a beginning."
        ),
    ],
    tag: Annotated[list[str] | None, typer.Option(help="Only those with this tag; several: any.")] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Only those of this source, by key; several: any.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAYS, help="Only from this day on, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAYS, help="Only before this day, UTC.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at the most.")] = 30,
    after: Annotated[int | None, typer.Option(metavar="ARTICLE", help="Go on below this number.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Find articles by the words of their title and text, the last stored first; accents do not count."""
    from digest.actions.content.article_search import Wanted
    from digest.actions.content.article_search import search as run
    from digest.bootstrap import open_app

    wanted = Wanted(
        words=" ".join(words),
        tags=tuple(tag or ()),
        sources=tuple(source or ()),
        since=since and since.replace(tzinfo=UTC),
        until=until and until.replace(tzinfo=UTC) - timedelta(microseconds=1),
        limit=limit,
        after=after,
    )
    with open_app(home_path(home)) as opened:
        page = run(opened, wanted)
    if json:
        hits = [
            _fields(hit.article) | {"snippet": "".join(piece.text for piece in hit.snippet)}
            for hit in page.hits
        ]
        print_json({"articles": hits, "after": page.after})
        return
    rows = [
        (hit.article.id, hit.article.title, hit.article.origin.title, "".join(p.text for p in hit.snippet))
        for hit in page.hits
    ]
    print_table("", ("No.", "Title", "Source", "Where it says so"), rows)
    if page.after is not None:
        say(f"there are more: --after {page.after}", "dim")


def show(article: ArticleArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show one article whole, with why it carries its tags."""
    from digest.actions.content.articles import get
    from digest.actions.content.tag_reasons import tag_reasons
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = get(opened, article)
        reasons = tag_reasons(found, opened.sources)
    if json:
        print_json({**_fields(found), "tag_reasons": reasons, "text": found.text})
        return
    say(found.title, "bold")
    for name, value in _fields(found).items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        say(f"{name + ':':<14}{'unknown' if shown in (None, '') else shown}", "dim")
    for one in reasons:
        kind = f", {one.kind}" if one.kind else ""
        say(f"  {one.name} ({one.origin}{kind}): {one.why}", "dim")
    say("\n" + found.text)


def tag(
    article: ArticleArgument,
    add: Annotated[list[str] | None, typer.Option(metavar="TAG", help="A tag to add; may repeat.")] = None,
    remove: Annotated[list[str] | None, typer.Option(metavar="TAG", help="A tag to take off.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Add or take off tags; what an editor says outlives later revisions."""
    from digest.actions.content.articles import retag
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = retag(opened, article, add=add or (), remove=remove or ())
    names = [one.name for one in found.tags]
    if json:
        print_json({"article": article, "tags": names})
    else:
        say(f"{article} now carries: {', '.join(names) or 'no tags'}")


def drop(article: ArticleArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Drop an article for good: no edition takes it, and it does not come back."""
    from digest.actions.content.articles import drop as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        run(opened, article)
    _done({"article": article, "dropped": True}, f"{article} is dropped", json=json)


def pin(
    article: ArticleArgument, digest: DigestOption, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Take an article into the digest's next edition, whatever its rank and age."""
    _mark(article, digest, "pin", home_path(home), json=json)


def ban(
    article: ArticleArgument, digest: DigestOption, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Keep an article out of the digest's editions."""
    _mark(article, digest, "ban", home_path(home), json=json)


def unpin(
    article: ArticleArgument, digest: DigestOption, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Take back a pin or a ban."""
    _mark(article, digest, None, home_path(home), json=json)


def _mark(article: int, digest: str, kind: Literal["pin", "ban"] | None, home: Path, *, json: bool) -> None:
    from digest.actions.content.articles import mark
    from digest.bootstrap import open_app

    with open_app(home) as opened:
        mark(opened, article, digest, kind, by=whoami())
    words = {"pin": "pinned in", "ban": "banned from", None: "left to its rank in"}
    _done(
        {"article": article, "digest": digest, "mark": kind},
        f"{article} is {words[kind]} {digest}",
        json=json,
    )


def _done(value: dict[str, object], words: str, *, json: bool) -> None:
    if json:
        print_json(value)
    else:
        say(words)


def _line_fields(line: Line) -> dict[str, object]:
    article = line.article
    return {
        "id": article.id,
        "title": article.title,
        "source": article.origin.key,
        "section": article.section,
        "story": line.story,
        "copy_of": line.copy_of,
        "tags": [{"name": one.name, "origin": one.origin} for one in article.tags],
        "published": article.published,
    }


def _line_row(article: Article) -> tuple[object, ...]:
    published = f"{article.published:%Y-%m-%d %H:%M}" if article.published else "undated"
    tags = ", ".join(one.name for one in article.tags)
    return article.id, article.title, article.origin.title, published, tags


def _fields(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "revision": article.revision,
        "title": article.title,
        "source": article.origin.key,
        "url": article.url,
        "byline": article.byline,
        "published": article.published,
        "collected": article.collected_at,
        "language": article.language,
        "section": article.section,
        "tags": [one.name for one in article.tags],
        "image": article.image.url if article.image else None,
        "words": article.word_count,
    }
