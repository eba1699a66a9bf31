"""What routes of the API take: a token with a right, and that said in the schema."""

from __future__ import annotations

from fastapi import Depends
from fastapi.params import Depends as Dependency
from fastapi.security import HTTPBearer

from digest.model.accounts import Right
from digest.web.guard import needs, needs_over_all, signed_in

#: Says in the schema how to show a token; the guard reads it.
BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of `digest tokens new`, shown as `Authorization: Bearer digest_...`.",
)


def scope(right: Right, *, over_all: bool = False) -> list[Dependency]:
    """Return the dependencies of a route that takes a right.

    Args:
        right: Over the digest in the path, or over any digest without one.
        over_all: It must be a right over the installation itself.
    """
    return [Depends(BEARER), Depends(needs_over_all(right) if over_all else needs(right))]


def any_scope() -> list[Dependency]:
    """Return the dependencies of a route that takes any token that holds."""
    return [Depends(BEARER), Depends(signed_in)]
