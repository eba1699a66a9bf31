"""Look over a rendered edition before people do: what would embarrass, what must not go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.model import Edition, Item
from digest.render.addresses import link_address
from digest.render.choice import SUBJECT_CHARS
from digest.render.typography import columns
from digest.render.values import Body, Finding
from digest.slots import slot


def find(edition: Edition, body: Body, *, size: int, limit: int, notes: Sequence[str]) -> tuple[Finding, ...]:
    """List what a person should know, the blocks first.

    Args:
        edition: As it was laid out.
        body: The whole edition's mail.
        size: Bytes of its HTML with slots filled.
        limit: Bytes that it may have.
        notes: What was shortened to make it fit.
    """
    found = [*_of_size(size, limit, notes), *_of_headers(body), *_of_items(edition)]
    if slot("unsubscribe_url") not in body.html:
        found.append(
            Finding(
                level="block", place="html", message="no link to unsubscribe", hint="see the theme's footer"
            )
        )
    if not body.items:
        found.append(Finding(level="block", place="edition", message="it holds no story"))
    return tuple(sorted(found, key=lambda finding: finding.level != "block"))


def _of_size(size: int, limit: int, notes: Sequence[str]) -> Iterator[Finding]:
    if size > limit:
        yield Finding(
            level="block",
            place="html",
            message=f"{size:,} bytes, more than {limit:,}",
            hint="mail programs cut what is larger, and the unsubscribe link with it",
        )
    if notes:
        yield Finding(
            level="warn",
            place="html",
            message=f"shortened to {size:,} bytes: {'; '.join(notes)}",
            hint="lower at_most, or sentences, in the digest's sections",
        )


def _of_headers(body: Body) -> Iterator[Finding]:
    if not body.subject:
        yield Finding(level="block", place="subject", message="it is empty")
    elif columns(body.subject) > SUBJECT_CHARS:
        yield Finding(
            level="warn",
            place="subject",
            message=f"{columns(body.subject)} letters wide, more than {SUBJECT_CHARS}",
            hint="phones show about 40",
        )
    if not 40 <= columns(body.preheader) <= 130:
        yield Finding(
            level="warn",
            place="preheader",
            message=f"{columns(body.preheader)} letters wide, best between 40 and 130",
            hint="continue the subject in one sentence",
        )


def item_findings(edition: Edition) -> Iterator[tuple[int, str]]:
    """Say what is found against single items, each with its article, in the order of the edition."""
    for item in edition.items:
        for message in _of_item(item):
            yield item.article_id, message


def _of_items(edition: Edition) -> Iterator[Finding]:
    for section in edition.sections:
        for item in section.items:
            place = f"{section.title}: {item.title}"[:120]
            for message in _of_item(item):
                yield Finding(level="warn", place=place, message=message)


def _of_item(item: Item) -> Iterator[str]:
    if not link_address(item.url):
        yield "no address to read on at; the headline is no link"
    if item.image is not None and not item.image.alt.strip():
        yield "its picture has no description for who cannot see it"
