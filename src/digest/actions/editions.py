"""Look at editions: find, list and render them, and name their content."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from digest.actions.app import App
from digest.actions.presses import press_of
from digest.errors import NotFound
from digest.render import Rendered
from digest.store import StoredEdition


def find(app: App, edition_id: int) -> StoredEdition:
    """Return a stored edition.

    Raises:
        NotFound: There is none with this number.
    """
    with app.store.reading() as tx:
        stored = tx.editions.get(edition_id)
    if stored is None:
        raise NotFound(f"no edition {edition_id}", hint="`digest editions list` shows those there are")
    return stored


def listing(
    app: App,
    digest_key: str | None,
    *,
    limit: int,
    before: int | None = None,
    among: Collection[str] | None = None,
) -> tuple[StoredEdition, ...]:
    """List editions of one digest, or of all, the newest first; bounds as the store's list has them."""
    with app.store.reading() as tx:
        return tx.editions.list(digest_key, limit=limit, before=before, among=among)


def render(app: App, stored: StoredEdition) -> Rendered:
    """Render a stored edition with the templates of now.

    Raises:
        Refused: The edition was skipped, so there is nothing to render.
        TemplateError: The theme is broken.
    """
    return press_of(app, stored).rendered


def another(stored: StoredEdition) -> str:
    """Say how to get an edition in the place of one that has ended."""
    # The slot's own minute only shows the one that has ended.
    key = stored.edition.digest
    return (
        f"`digest build {key} --at TIME` makes another, for any other minute than {stored.edition.slot.key}"
    )


def content_hash(rendered: Rendered) -> str:
    """Name the very content that is approved: subject, preheader, HTML and text with their slots."""
    body = rendered.stencil.assemble(())
    parts = (rendered.subject, rendered.preheader, body.html, body.text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
