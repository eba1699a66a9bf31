"""Editions laid out once and kept while nothing of them changes; pages ask for the same again and again."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from digest.actions.app import App
from digest.actions.printing.mail import Press
from digest.errors import Refused
from digest.render import Rendered
from digest.store import StoredEdition

_CHOICES = 8  #: compiled messages that each keeps; a page asks for one or two


def press_of(app: App, stored: StoredEdition, *, version: int | None = None) -> Press:
    """Lay out a stored edition with the templates of now, ready to print.

    Args:
        app: The installation.
        stored: The edition.
        version: The number of the state that it is given in, where that is not the one it has now.

    Raises:
        Refused: The edition was skipped, so there is nothing to lay out.
        TemplateError: The theme is broken.
    """
    if not stored.edition.sections:
        raise Refused(f"edition {stored.id} was skipped: there was too little for it")
    digest = app.digest(stored.edition.digest)
    look = app.look(digest)
    stamp = app.renderer.stamp(look)
    match app.presses.get((stored.id, version)):
        case (of, Press() as kept) if of == stamp and _is_same(kept, app, stored):
            return kept
    press = Press(app, stored, app.renderer.render(stored.edition, look), choices=_CHOICES)
    app.presses.put((stored.id, version), (stamp, press))
    return press


def press_of_state(app: App, stored: StoredEdition, version: int | None) -> Press:
    """Lay an edition out as it was in a state; as it is when the state is None, or its own.

    The content is that of then; templates are those of now.

    Raises:
        Refused: The edition was skipped.
        TemplateError: The theme is broken.
    """
    if version is None:
        return press_of(app, stored)
    with app.store.reading() as tx:
        content = tx.shapes.content(stored.id, version)
        name = tx.shapes.content_hash(stored.id, version)
    if content is None or name is None or content == stored.edition:
        return press_of(app, stored)
    return press_of(app, replace(stored, edition=content, content_hash=name), version=version)


def render(app: App, stored: StoredEdition) -> Rendered:
    """Render a stored edition with the templates of now.

    Raises:
        Refused: The edition was skipped, so there is nothing to render.
        TemplateError: The theme is broken.
    """
    return press_of(app, stored).rendered


def content_hash(rendered: Rendered) -> str:
    """Name the very content that is approved: subject, preheader, HTML and text with their slots."""
    body = rendered.stencil.assemble(())
    parts = (rendered.subject, rendered.preheader, body.html, body.text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _is_same(press: Press, app: App, stored: StoredEdition) -> bool:
    """Compare all that goes into a message but its reader and the templates."""
    return (
        press.stored == stored
        and press.app.system == app.system
        and press.digest == app.digest(stored.edition.digest)
    )
