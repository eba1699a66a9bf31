"""Tokens of programs: what is refused, and what one person may not do to another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.actions.app import App
from digest.actions.staff.accounts import add_user
from digest.actions.staff.programs import MOST, new_token, revoke_token, tokens
from digest.errors import NotFound, Refused
from digest.model.accounts import Grant, Right, Role, User
from newsroom import newsroom


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation."""
    with newsroom(tmp_path / "home") as room:
        yield room.app


def person(app: App, name: str, role: Role) -> User:
    """Add somebody."""
    grants = [Grant(digest="*", role=role)]
    return add_user(app, f"{name}@example.org", name, password=None, grants=grants, by="test")


def make(app: App, user: User, *scopes: Right, name: str = "backup", days: int | None = None) -> int:
    """Make a token; return its number."""
    return new_token(app, user, name, scopes=scopes, days=days, by="test")[0].id


def test_a_token_has_a_name_and_at_least_one_right(app: App) -> None:
    """Or nobody knows what it is for, and it is good for nothing."""
    ada = person(app, "ada", Role.ADMIN)
    for name, scopes in (("  \n", [Right.READ]), ("backup", [])):
        with pytest.raises(Refused, match="a name and at least one right"):
            make(app, ada, *scopes, name=name)
    assert tokens(app) == ()


def test_a_token_can_do_no_more_than_its_person(app: App) -> None:
    """An editor who leaves a token behind leaves no administrator behind."""
    tom = person(app, "tom", Role.EDITOR)
    with pytest.raises(Refused, match="may not operate"):
        make(app, tom, Right.READ, Right.OPERATE)


@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_a_token_holds_for_a_day_to_ten_years(app: App, days: int) -> None:
    """What ends before it begins would be a riddle; what never ends is asked for by leaving it out."""
    ada = person(app, "ada", Role.ADMIN)
    with pytest.raises(Refused, match="1 to 3,650 days"):
        make(app, ada, Right.READ, days=days)


def test_nobody_piles_up_tokens_without_end(app: App) -> None:
    """Room comes by revoking one that nobody uses."""
    ada, tom = person(app, "ada", Role.ADMIN), person(app, "tom", Role.EDITOR)
    made = [make(app, ada, Right.READ) for _ in range(MOST)]
    with pytest.raises(Refused, match=f"has {MOST} tokens"):
        make(app, ada, Right.READ)
    make(app, tom, Right.READ)
    revoke_token(app, made[0], by="ada")
    make(app, ada, Right.READ)

    assert len(tokens(app, ada)) == MOST


def test_a_person_revokes_their_own_only(app: App) -> None:
    """To others it is as if there were none: numbers tell nothing."""
    ada, tom = person(app, "ada", Role.ADMIN), person(app, "tom", Role.EDITOR)
    number = make(app, ada, Right.READ)
    for theirs in (number, 999):
        with pytest.raises(NotFound, match=f"no token {theirs}"):
            revoke_token(app, theirs, user=tom, by="tom")
    assert revoke_token(app, number, user=ada, by="ada").name == "backup"
