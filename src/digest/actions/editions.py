"""Look at stored editions: find and list them."""

from __future__ import annotations

from collections.abc import Collection

from digest.actions.app import App
from digest.errors import NotFound
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


def another(stored: StoredEdition) -> str:
    """Say how to get an edition in the place of one that has ended."""
    # The slot's own minute only shows the one that has ended.
    key = stored.edition.digest
    return (
        f"`digest build {key} --at TIME` makes another, for any other minute than {stored.edition.slot.key}"
    )
