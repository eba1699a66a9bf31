"""What the store promises about people at the desk, their sessions and tokens, on every back end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.errors import StoreError
from digest.model.accounts import ALL, ApiToken, Grant, Right, Role, Session, User
from digest.store import Store
from store_cast import NOW

ADA = User(
    id=0,
    email="ada@example.org",
    name="Ada Okafor",
    zone="Europe/Berlin",
    grants=(Grant(digest="daily", role=Role.EDITOR), Grant(digest="weekly", role=Role.APPROVER)),
)
OLU = User(id=0, email="olu@example.org", name="Olu", grants=(Grant(digest=ALL, role=Role.ADMIN),))
MINUTE = timedelta(minutes=1)
KEY, OTHER = bytes(32), bytes([1]) * 32


def add(store: Store, user: User) -> User:
    """Add somebody in a transaction of its own."""
    with store.writing() as tx:
        return tx.accounts.add(user, at=NOW)


def test_people_come_back_as_they_were_added(store: Store) -> None:
    """With their grants, by address and by number, and in order of addresses."""
    olu, ada = add(store, OLU), add(store, ADA)

    with store.reading() as tx:
        assert tx.accounts.exists()
        assert tx.accounts.find("ada@example.org") == ada == replace(ADA, id=ada.id, created_at=NOW)
        assert tx.accounts.get(olu.id) == olu
        assert tx.accounts.list() == (ada, olu)
        assert tx.accounts.find("eve@example.org") is None


def test_an_address_is_one_person(store: Store) -> None:
    """Two accounts of one name would have two passwords."""
    add(store, ADA)
    with pytest.raises(StoreError):
        add(store, ADA)


def test_profile_grants_and_rest_change_apart(store: Store) -> None:
    """Who writes one of them leaves the others alone."""
    ada = add(store, ADA)
    with store.writing() as tx:
        tx.accounts.set_profile(replace(ada, name="Ada", single_keys=False, is_active=False))
        tx.accounts.set_grants(ada.id, (Grant(digest="daily", role=Role.OPERATOR),) * 2)
    with store.reading() as tx:
        changed = tx.accounts.get(ada.id)

    assert changed == replace(
        ada, name="Ada", single_keys=False, grants=(Grant(digest="daily", role=Role.OPERATOR),)
    )


def test_admins_are_those_who_can_sign_in_and_do_everything(store: Store) -> None:
    """An admin of one digest, and one who is disabled, could not mend the installation."""
    olu = add(store, OLU)
    add(store, replace(ADA, grants=(Grant(digest="daily", role=Role.ADMIN),)))
    gone = add(store, replace(OLU, email="gone@example.org"))
    with store.writing() as tx:
        tx.accounts.set_active(gone.id, is_active=False)

        assert tx.accounts.lock_admins() == {olu.id}


def test_a_time_step_is_used_once(store: Store) -> None:
    """Neither the same code nor an older one signs in again."""
    ada = add(store, ADA)
    with store.writing() as tx:
        tx.accounts.set_totp(ada.id, "secret", used=10, codes=())

        used = [tx.accounts.use_totp(ada.id, step) for step in (10, 11, 11, 9, 12)]

    assert used == [False, True, False, False, True]


def test_a_recovery_code_is_used_once_by_who_has_it(store: Store) -> None:
    """New ones replace the old; none are left without a second step."""
    ada, olu = add(store, ADA), add(store, OLU)
    with store.writing() as tx:
        tx.accounts.set_totp(ada.id, "old", used=1, codes=[OTHER])
        tx.accounts.set_totp(ada.id, "secret", used=2, codes=[KEY])

        assert not tx.accounts.use_recovery_code(olu.id, KEY)
        assert not tx.accounts.use_recovery_code(ada.id, OTHER)
        assert tx.accounts.recovery_codes_left(ada.id) == 1
        assert tx.accounts.use_recovery_code(ada.id, KEY)
        assert not tx.accounts.use_recovery_code(ada.id, KEY)
        assert tx.accounts.recovery_codes_left(ada.id) == 0


def test_sessions_are_found_by_their_key(store: Store) -> None:
    """Any other opens nothing."""
    ada = add(store, ADA)
    with store.writing() as tx:
        session = tx.accounts.open_session(KEY, ada.id, agent="Firefox", stays=True, at=NOW)
        tx.accounts.see_session(session.id, NOW + MINUTE)
    with store.reading() as tx:
        assert tx.accounts.find_session(OTHER) is None
        assert tx.accounts.find_session(KEY) == replace(session, seen_at=NOW + MINUTE)
    assert session == Session(
        id=session.id, user_id=ada.id, agent="Firefox", stays=True, created_at=NOW, seen_at=NOW
    )


def test_sessions_end_one_by_one_or_all_at_once(store: Store) -> None:
    """Nobody ends those of somebody else."""
    ada, olu = add(store, ADA), add(store, OLU)
    with store.writing() as tx:
        first, second, third = (
            tx.accounts.open_session(
                bytes([number]) * 32, ada.id, agent="x", stays=False, at=NOW + number * MINUTE
            ).id
            for number in range(3)
        )

        assert [one.id for one in tx.accounts.sessions(ada.id)] == [third, second, first]
        assert not tx.accounts.end_session(first, user_id=olu.id)
        assert tx.accounts.end_session(first, user_id=ada.id)
        assert tx.accounts.end_sessions(ada.id) == 2
        assert tx.accounts.sessions(ada.id) == ()


def test_what_nobody_can_go_on_with_is_forgotten(store: Store) -> None:
    """Unused for long, unless it is to stay, or old: either is enough, at the very moment."""
    ada = add(store, ADA)
    with store.writing() as tx:
        for number, (made, seen) in enumerate([(0, 5), (1, 3), (1, 4), (1, 2)]):
            key, at = bytes([number]) * 32, NOW + made * MINUTE
            one = tx.accounts.open_session(key, ada.id, agent=str(number), stays=number == 3, at=at)
            tx.accounts.see_session(one.id, NOW + seen * MINUTE)
        tx.accounts.forget_sessions(unused_since=NOW + 3 * MINUTE, older_than=NOW)

        assert [one.agent for one in tx.accounts.sessions(ada.id)] == ["2", "3"]


def test_tokens_are_found_listed_and_revoked(store: Store) -> None:
    """With their scopes and times."""
    ada, olu = add(store, ADA), add(store, OLU)
    with store.writing() as tx:
        mine = tx.accounts.put_token(
            KEY, ada.id, name="CI", scopes={Right.READ, Right.EDIT}, at=NOW, until=NOW + MINUTE
        )
        other = tx.accounts.put_token(OTHER, olu.id, name="x", scopes={Right.READ}, at=NOW, until=None)
        tx.accounts.see_token(other.id, NOW)
    with store.reading() as tx:
        assert mine == ApiToken(
            id=mine.id,
            user_id=ada.id,
            name="CI",
            scopes=frozenset({Right.READ, Right.EDIT}),
            created_at=NOW,
            expires_at=NOW + MINUTE,
        )
        assert tx.accounts.find_token(KEY) == mine == tx.accounts.token(mine.id)
        assert tx.accounts.tokens() == (replace(other, used_at=NOW), mine)
        assert tx.accounts.tokens(ada.id) == (mine,)
    with store.writing() as tx:
        assert tx.accounts.revoke_token(mine.id)
        assert not tx.accounts.revoke_token(mine.id)
        assert tx.accounts.find_token(KEY) is None
        assert tx.accounts.tokens() == (replace(other, used_at=NOW),)


def tries(store: Store, key: str, count: int, minutes: int = 0) -> int:
    """Try so often at a moment, three at once and then one in ten minutes; return how many were counted."""
    counted = 0
    for _ in range(count):
        with store.writing() as tx:
            at = NOW + minutes * MINUTE
            counted += tx.accounts.count_try(key, burst=3, interval=10 * MINUTE, now=at) is None
    return counted


def test_a_burst_of_tries_then_one_after_the_other(store: Store) -> None:
    """Three at 0:00; the next at 0:10 and 0:20; after half an hour of rest three again."""
    assert tries(store, "a", 9) == 3
    assert tries(store, "b", 1) == 1
    assert [tries(store, "a", 2, minutes) for minutes in (9, 10, 19, 20, 49)] == [0, 1, 0, 1, 2]


def test_who_comes_too_early_is_told_when_to_come(store: Store) -> None:
    """Three tries at 0:00 are paid until 0:30; the fourth fits in when a third of it has passed."""
    tries(store, "a", 3)
    with store.writing() as tx:
        next_at = tx.accounts.count_try("a", burst=3, interval=10 * MINUTE, now=NOW + MINUTE)

    assert next_at == NOW + 10 * MINUTE


def test_a_try_that_was_right_is_taken_back(store: Store) -> None:
    """Who signs in ten times a day is no attacker."""
    assert tries(store, "a", 3) == 3
    with store.writing() as tx:
        tx.accounts.return_try("a", interval=10 * MINUTE)
        tx.accounts.return_try("nobody", interval=10 * MINUTE)
    assert tries(store, "a", 2) == 1


def test_a_clock_that_went_back_locks_nobody_out(store: Store) -> None:
    """What was paid by the later time is forgiven; clocks that differ a little forgive nothing."""
    tries(store, "a", 3, minutes=10_000)
    tries(store, "b", 3, minutes=1)

    assert (tries(store, "a", 9), tries(store, "b", 9)) == (3, 0)


def test_rows_that_hold_nobody_back_are_removed(store: Store) -> None:
    """A million names that were tried once must not stay."""
    tries(store, "old", 1)
    tries(store, "new", 1, minutes=1)
    with store.writing() as tx:
        tx.accounts.forget_tries(before=NOW + 10 * MINUTE)

    assert tries(store, "new", 3, minutes=1) == 2
    assert tries(store, "old", 4, minutes=1) == 3


def test_tries_at_once_are_all_counted(store: Store) -> None:
    """Of eight that guess in the same moment three may."""
    start = threading.Barrier(8)

    def guess(_: int) -> int:
        start.wait()
        return tries(store, "a", 1)

    with ThreadPoolExecutor(8) as pool:
        counted = sum(pool.map(guess, range(8)))

    assert counted == 3


def test_of_two_who_choose_a_first_password_at_once_one_has_it(store: Store) -> None:
    """An invitation that two people hold is good once, however close together they press."""
    ada = add(store, ADA)
    start = threading.Barrier(2)

    def choose(word: str) -> bool:
        start.wait()
        with store.writing() as tx:
            return tx.accounts.replace_password(ada.id, word, before=None)

    with ThreadPoolExecutor(2) as pool:
        taken = dict(zip("ab", pool.map(choose, "ab"), strict=True))
    with store.reading() as tx:
        kept = tx.accounts.secrets(ada.id)

    assert sorted(taken.values()) == [False, True]
    assert kept is not None
    assert kept.password is not None
    assert taken[kept.password]


def test_a_password_is_replaced_only_where_it_is_the_one_that_was_seen(store: Store) -> None:
    """Who was disabled meanwhile, or has chosen another one, keeps what they have."""
    ada = add(store, ADA)
    with store.writing() as tx:
        assert tx.accounts.replace_password(ada.id, "one", before=None)
        assert not tx.accounts.replace_password(ada.id, "two", before="none")
        assert tx.accounts.replace_password(ada.id, "two", before="one")
        tx.accounts.set_active(ada.id, is_active=False)
        assert not tx.accounts.replace_password(ada.id, "three", before="two")
