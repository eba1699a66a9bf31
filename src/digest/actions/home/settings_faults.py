"""Faults of settings that show once they are used: keys, themes, and sources that rules name."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path

from digest.actions.home.dkim import dkim_faults
from digest.errors import DigestError, Fault
from digest.model import DRAFTED, Edition, EditionSection, Image, Item, Slot, Summary, SummarySentence
from digest.paths import Home, template_folders
from digest.render import Look, Renderer
from digest.settings import DigestSettings, LoadedSettings
from digest.settings.document import parse_document, read_document
from digest.settings.unlisted import unlisted_sources


def settings_faults(
    settings: LoadedSettings,
    root: Path,
    digests: Iterable[DigestSettings],
    *,
    renderer: Renderer | None = None,
    text: str | None = None,
) -> tuple[Fault, ...]:
    """Look for faults that show once the settings are used: keys, themes, and sources that rules name.

    Args:
        settings: That would be in force.
        root: The home.
        digests: Whose themes are tried, and whose rules are read.
        renderer: One that is at work already; None: one is made for this.
        text: Of their file, which does not say it yet; None: their files say it.
    """
    digests = tuple(digests)
    folders = template_folders(root)
    lent = closing(Renderer(folders)) if renderer is None else nullcontext(renderer)
    with lent as used:
        themes = _themes(settings, folders, digests, used)
    return (*dkim_faults(settings, root), *_unlisted(settings, root, digests, text), *themes)


def fault_of(error: DigestError, expected: str) -> Fault:
    """Report an error as a fault; a place such as 'parts.j2:16' becomes file and line."""
    file, colon, line = (error.where or "").rpartition(":")
    is_line = bool(colon) and line.isdecimal()
    return Fault(
        file=file if is_line else error.where or "",
        line=int(line) if is_line else None,
        key="",
        expected=expected,
        found=error.message,
        hint=error.hint,
    )


def _unlisted(
    settings: LoadedSettings, root: Path, digests: Iterable[DigestSettings], text: str | None
) -> list[Fault]:
    listed = [source.key for source in settings.sources]
    faults: list[Fault] = []
    for digest in digests:
        if not any(rule.sources for rule in digest.tag_rules):
            continue  # reading a file with its places takes a while
        file = Home(root=root).config / "digests" / f"{digest.key}.yaml"
        document = read_document(file) if text is None else parse_document(text, str(file))
        faults += unlisted_sources(digest, listed, document)
    return faults


def _themes(
    settings: LoadedSettings, folders: tuple[Path, ...], digests: Iterable[DigestSettings], renderer: Renderer
) -> list[Fault]:
    """Lay a sample edition out for each digest; what stops it would stop the real one."""
    faults = []
    for digest in digests:
        look = Look(digest=digest, site=settings.system.site, folders=folders)
        try:
            renderer.render(_sample(digest), look)
        except DigestError as error:
            faults.append(fault_of(error, "a template that renders"))
    return faults


def _sample(digest: DigestSettings) -> Edition:
    """Make an edition that uses every part of a theme: lead, story, brief, picture, quiet section."""
    text = "The ferry sails again."
    sentences = (SummarySentence(text=text, start=0, end=len(text)),)
    items = tuple(
        Item(
            article_id=rank,
            revision=1,
            rank=rank,
            title=f"Headline {rank}",
            url="https://news.example.org/1",
            source="Example",
            minutes=1,
            summary=Summary(method="whole" if rank % 2 else DRAFTED, sentences=sentences),
            language="en",
            image=Image(url="media:sample", alt="A ferry", caption="The ferry") if rank < 3 else None,
            also=("Another",),
        )
        for rank in range(1, 7)
    )
    sections = (("first", "First"), ("second", "Second"))
    return Edition(
        digest=digest.key,
        number=1,
        slot=Slot(local=datetime(2026, 1, 1, 7, tzinfo=digest.timezone)),
        language=digest.language,
        subject="Headline",
        preheader="Headline",
        sections=tuple(EditionSection(key=key, title=title, items=items) for key, title in sections),
        quiet=("Quiet",),
        left_over=1,
    )
