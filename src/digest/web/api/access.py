"""What routes of the API take: a token with a right, and that said in the schema."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency
from fastapi.security import HTTPBearer

from digest.model.accounts import ApiToken, Right
from digest.web.guard import NotSignedIn, needs, needs_over_all, signed_in

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


def shown_token(request: Request) -> ApiToken:
    """Return the token that a program shows, behind a guard that is not public.

    Raises:
        NotSignedIn: None is shown.
    """
    token: ApiToken | None = getattr(request.state, "shown", None)
    if token is None:
        raise NotSignedIn("this takes a token that holds", hint="send one: Authorization: Bearer digest_...")
    return token


ShownToken = Annotated[ApiToken, Depends(shown_token)]
