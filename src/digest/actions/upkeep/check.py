"""Check an installation and report every fault at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path

from digest.actions.mailing.reserve import disk_bytes, oversized
from digest.actions.upkeep.dkim import dkim_faults
from digest.actions.upkeep.doctor import NOBODY_TAKES_IT
from digest.actions.upkeep.homes import read_keyring
from digest.actions.upkeep.instance import ADOPT, notice
from digest.errors import DigestError, Fault, SettingsError
from digest.model import DRAFTED, Edition, EditionSection, Image, Item, Slot, Summary, SummarySentence
from digest.paths import Home, find_home, template_folders
from digest.render import Look, Renderer
from digest.settings import DigestSettings, LoadedSettings, database_url, load_settings, show_size
from digest.settings.document import parse_document, read_document
from digest.settings.unlisted import unlisted_sources
from digest.store import Store, open_store

NOBODY_IS_TOLD = (
    "nobody is told when an edition is held, missed or fails: set alerts.mail.to or alerts.webhooks"
    " in config/digest.yaml; until then alerts stand in the service's log only"
)


def check(root: Path) -> tuple[Fault, ...]:
    """Check configuration, keys, templates and database; empty when all is well.

    Raises:
        NotFound: There is no home.
    """
    home = find_home(root)
    faults: list[Fault] = []
    try:
        settings = load_settings(root, os.environ)
    except SettingsError as error:
        faults += error.faults
    else:
        faults += settings_faults(settings, root, settings.digests.values())
        faults += _database(settings, root)
    try:
        read_keyring(home)
    except DigestError as error:
        faults.append(_fault(error, "a signing key"))
    return tuple(faults)


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


def remarks(root: Path) -> tuple[str, ...]:
    """Say what is no fault and should be known; empty when there is nothing, or faults are in the way."""
    try:
        settings = load_settings(root, os.environ)
        return (*_unread_reports(settings, root), *_untold(settings))
    except DigestError:
        return ()


def _unread_reports(settings: LoadedSettings, root: Path) -> tuple[str, ...]:
    delivery = settings.system.delivery
    if delivery.bounce_domain is None or delivery.bounces.are_taken_in:
        return ()
    opened = open_store(database_url(settings.system, root), home=root)
    with closing(opened) as store, store.reading() as tx:
        is_quiet = not tx.bounces.list(limit=1)
    return (f"mail to {delivery.bounce_domain}: {NOBODY_TAKES_IT}",) if is_quiet else ()


def _untold(settings: LoadedSettings) -> tuple[str, ...]:
    alerts = settings.system.alerts
    runs_by_itself = any(digest.schedule for digest in settings.digests.values())
    return (NOBODY_IS_TOLD,) if runs_by_itself and not (alerts.mail.to or alerts.webhooks) else ()


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
            faults.append(_fault(error, "a template that renders"))
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


def _database(settings: LoadedSettings, root: Path) -> list[Fault]:
    try:
        with closing(open_store(database_url(settings.system, root), home=root)) as store:
            store.migrate()
            faults = [
                Fault(file="database", line=None, key="", expected="a sound database", found=found)
                for found in store.check()
            ]
            return faults + _sendable(settings, Home(root=root), store)
    except DigestError as error:
        return [_fault(error, "a database that opens")]


def _sendable(settings: LoadedSettings, home: Home, store: Store) -> list[Fault]:
    """Report what would stop sending before its first mail: a restored backup, a reserve beyond the disk."""
    expected = "the home and database that last sent"
    faults = [
        Fault(file="database", line=None, key="", expected=expected, found=found, hint=ADOPT)
        for found in notice(home, store)
    ]
    reserve = settings.system.delivery.reserve
    for folder in oversized(home, store, reserve):
        room = show_size(disk_bytes(folder))
        faults.append(
            Fault(
                file=str(home.config / "digest.yaml"),
                line=None,
                key="delivery.reserve",
                expected=f"less than the {room} that the disk of {folder} holds",
                found=show_size(reserve),
            )
        )
    return faults


def _fault(error: DigestError, expected: str) -> Fault:
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
