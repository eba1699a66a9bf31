"""Look over the layout of an edition before people do: what would embarrass, what must not go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.model import Edition, Finding, Item, fingerprint, item_anchor
from digest.render.addresses import link_address
from digest.render.choice import SUBJECT_CHARS
from digest.render.typography import columns
from digest.render.values import Body
from digest.slots import slot

PREHEADER_CHARS = (40, 130)  #: fewer leave room for the mail's own first words, more are cut


def find(edition: Edition, body: Body, *, size: int, limit: int, notes: Sequence[str]) -> Iterator[Finding]:
    """List what a person should know; not weighed yet.

    Args:
        edition: As it was laid out.
        body: The whole edition's mail.
        size: Bytes of its HTML with slots filled.
        limit: Bytes that it may have.
        notes: What was shortened to make it fit.
    """
    yield from _of_size(body, size, limit, notes)
    yield from _of_headers(body)
    yield from _of_items(edition)
    if slot("unsubscribe_url") not in body.html:
        yield _of_html("unsubscribe", body, "no link to unsubscribe", "see the theme's footer")
    if not body.items:
        yield Finding(
            rule="empty",
            place="edition",
            anchor="edition",
            content=fingerprint(),
            message="it holds no story",
            hint="take an article in, or cancel it",
        )


def _of_size(body: Body, size: int, limit: int, notes: Sequence[str]) -> Iterator[Finding]:
    if size > limit:
        hint = "mail programs cut what is larger, and the unsubscribe link with it: drop items"
        yield _of_html("size", body, f"{size:,} bytes, more than {limit:,}", hint)
    if notes:
        message = f"shortened to {size:,} bytes: {'; '.join(notes)}"
        yield _of_html("shortened", body, message, "lower at_most, or sentences, in the digest's sections")


def _of_html(rule: str, body: Body, message: str, hint: str) -> Finding:
    return Finding(
        rule=rule, place="html", anchor="html", content=fingerprint(body.html), message=message, hint=hint
    )


def _of_headers(body: Body) -> Iterator[Finding]:
    width = columns(body.subject)
    if not body.subject:
        yield _of_line("subject_missing", "subject", "", "it is empty", "write one")
    elif width > SUBJECT_CHARS:
        message = f"{width} letters wide, more than {SUBJECT_CHARS}"
        yield _of_line("subject_length", "subject", body.subject, message, "phones show about 40")
    width, (least, most) = columns(body.preheader), PREHEADER_CHARS
    if not least <= width <= most:
        message = f"{width} letters wide, best between {least} and {most}"
        hint = "continue the subject in one sentence"
        yield _of_line("preheader_length", "preheader", body.preheader, message, hint)


def _of_line(rule: str, line: str, text: str, message: str, hint: str) -> Finding:
    return Finding(rule=rule, place=line, anchor=line, content=fingerprint(text), message=message, hint=hint)


def item_place(section: str, item: Item) -> str:
    """Name an item for people: by the title of its section, and its headline."""
    return f"{section}: {item.title}"[:120]


def _of_items(edition: Edition) -> Iterator[Finding]:
    for section in edition.sections:
        for item in section.items:
            yield from _of_item(item, item_place(section.title, item))


def _of_item(item: Item, place: str) -> Iterator[Finding]:
    anchor = item_anchor(item.article_id)
    if not link_address(item.url):
        yield Finding(
            rule="link_missing",
            place=place,
            anchor=anchor,
            content=fingerprint(item.url or ""),
            message="no address to read on at; the headline is no link",
            hint="drop the item, or take another source's article of the story",
        )
    if item.image is not None and not item.image.alt.strip() and not item.is_decoration:
        yield Finding(
            rule="alt_text",
            place=place,
            anchor=anchor,
            content=fingerprint(item.image.url, item.image.alt),
            message="its picture has no description for who cannot see it",
            hint="say what it shows, call it decoration, or take it away",
        )
