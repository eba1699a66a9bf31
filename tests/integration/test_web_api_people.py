"""People at the desk and tokens by the API: nobody and nothing gets further than its own roles and scopes."""

from __future__ import annotations

from datetime import timedelta

from api_cast import ADMIN, MORNING, Program
from digest.actions.staff.accounts import find_user
from digest.actions.staff.programs import user_of_token
from digest.clock import aware
from digest.model.accounts import ALL, Grant, Right, Role

EDITOR_OF_DAILY = {"role": "editor", "digest": "daily"}


def test_somebody_is_added_given_roles_disabled_and_enabled(api: Program) -> None:
    """As at the page of people; the link to choose a password is in the answer, and all is on record."""
    wish = {"email": "olu@example.org", "name": "Olu Idris", "roles": [EDITOR_OF_DAILY]}
    added = api.do("POST", "/users", wish)
    assert added["invitation"].startswith("https://news.example.org/invitation/")
    path = f"/users/{added['id']}"
    assert api.get(path)["roles"] == [EDITOR_OF_DAILY]
    assert api.do("PUT", f"{path}/roles", {"roles": []})["roles"] == []
    assert api.do("POST", f"{path}/disable")["active"] is False
    assert api.ask("POST", f"{path}/invitation").status_code == 409
    assert api.do("POST", f"{path}/enable")["active"] is True
    assert api.do("POST", f"{path}/invitation")["email"] == "olu@example.org"
    assert api.ask("DELETE", f"{path}/codes").status_code == 409  # none are asked for
    assert {one["email"] for one in api.get("/users")["items"]} == {ADMIN, "olu@example.org"}
    assert api.ask("POST", "/users", wish).status_code == 409
    assert api.ask("GET", "/users/999").status_code == 404
    events = [line["event"] for line in api.get(f"/history?by={ADMIN}&limit=4")["items"]]
    assert events == ["user", "user", "role", "user"]


def test_the_last_admin_stays(api: Program) -> None:
    """Or nobody could give roles any more."""
    number = api.get("/token")["person"]["id"]
    assert api.ask("POST", f"/users/{number}/disable").status_code == 409
    assert api.ask("PUT", f"/users/{number}/roles", {"roles": []}).status_code == 409


def test_an_admin_of_one_digest_gives_roles_over_that_one_alone(api: Program) -> None:
    """Neither over all nor over another; what others gave stays; links for passwords are not theirs."""
    token = api.token_of(Role.ADMIN, digest="daily")
    for over in (ALL, "weekly"):
        wish = {"email": "e@example.org", "name": "E", "roles": [{"role": "admin", "digest": over}]}
        assert api.ask("POST", "/users", wish, token=token).status_code == 409
    number = find_user(api.app, ADMIN).id
    given = api.ask("PUT", f"/users/{number}/roles", {"roles": [EDITOR_OF_DAILY]}, token=token)
    assert given.status_code == 200
    grants = set(find_user(api.app, ADMIN).grants)
    assert grants == {Grant(digest=ALL, role=Role.ADMIN), Grant(digest="daily", role=Role.EDITOR)}
    for deed in ("disable", "enable", "invitation"):
        assert api.ask("POST", f"/users/{number}/{deed}", token=token).status_code == 403
    assert api.ask("GET", "/tokens", token=token).status_code == 403


def test_a_token_says_what_it_may_and_revokes_itself(api: Program) -> None:
    """A program that finds its token in wrong hands need not wait for a person; any scope does."""
    token = api.token_of(Role.EDITOR, Right.EDIT, digest="daily")
    shown = api.ask("GET", "/token", token=token).json()
    assert (shown["scopes"], shown["person"]["roles"]) == (["edit"], [EDITOR_OF_DAILY])
    assert api.ask("DELETE", "/token", token=token).json()["revoked"] is True
    assert api.ask("GET", "/token", token=token).status_code == 401


def test_a_token_makes_none_that_can_do_more_or_holds_longer(api: Program) -> None:
    """Whoever gets hold of a narrow one, or of one that ends tomorrow, wins nothing by it."""
    reads = api.token_of(Role.ADMIN, Right.READ)
    for scopes in (["edit"], ["read", "admin"]):
        refused = api.ask("POST", "/tokens", {"name": "more", "scopes": scopes}, token=reads)
        assert refused.status_code == 409
        assert "this token may not" in refused.json()["error"]
    for days in (None, 3_650):
        wish = {"name": "longer", "scopes": ["read"], "days": days}
        made = api.ask("POST", "/tokens", wish, token=reads).json()
        found = user_of_token(api.app, made["token"])
        assert found is not None
        assert found[1].expires_at == aware(MORNING) + timedelta(days=1)  # that of the one that was shown
        assert made["scopes"] == ["read"]
    assert api.ask("POST", "/tokens", {"name": "", "scopes": ["read"]}, token=reads).status_code == 422
    assert api.ask("POST", "/tokens", {"name": "none", "scopes": []}, token=reads).status_code == 422


def test_an_admin_of_all_sees_and_ends_everybodys_tokens(api: Program) -> None:
    """Without the secrets: those stand nowhere."""
    token = api.token_of(Role.EDITOR)
    number = api.ask("GET", "/token", token=token).json()["id"]
    listed = api.get("/tokens")["items"]
    assert number in [one["id"] for one in listed]
    assert token not in str(listed)
    assert api.do("DELETE", f"/tokens/{number}")["revoked"] is True
    assert api.ask("GET", "/token", token=token).status_code == 401
    assert api.ask("DELETE", f"/tokens/{number}").status_code == 404


def test_the_record_shows_each_operator_their_own_digests(api: Program) -> None:
    """By person, digest and day; what belongs to no digest is for operators of all."""
    api.do("PUT", "/digests/daily/pause")
    api.do("PUT", "/digests/weekly/pause")
    token = api.token_of(Role.OPERATOR, digest="weekly")
    seen = api.ask("GET", "/history", token=token).json()["items"]
    assert {line["digest"] for line in seen} == {"weekly"}
    assert api.ask("GET", "/history?digest=daily", token=token).json()["items"] == []
    assert [line["event"] for line in api.get("/history?digest=daily&day=2026-11-19&limit=1")["items"]] == [
        "pause"
    ]
    assert api.get("/history?day=2026-11-18")["items"] == []
    assert api.ask("GET", "/history?day=0001-01-01").status_code == 422
    first = api.get("/history?limit=1")
    second = api.get(f"/history?limit=1&cursor={first['next']}")
    assert first["items"][0]["id"] > second["items"][0]["id"]
