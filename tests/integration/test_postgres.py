"""What is different on a PostgreSQL server: others at work at the same time, and a server that goes away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import make_url, update

from digest.errors import Refused, StoreError
from digest.model import MOVED, ArticleContent, EditionState, SubscriptionState
from digest.store import NewSubscriber, Put, Store, Transaction, open_store, server
from digest.store.articles import Articles
from digest.store.tables import articles
from postgres import own_server
from store_cast import HOUR, NOW, add_edition, content, edition, frozen_edition

TESTS = str(Path(__file__).parent.parent)
IN_REVIEW = [EditionState.REVIEW]
CLAIMER = """
import json, sys
from datetime import timedelta
from pathlib import Path
from store_cast import HOUR, NOW
from digest.store import open_store

store = open_store(sys.argv[1], home=Path(sys.argv[2]))
taken = []
while True:
    with store.writing() as tx:
        mine = tx.deliveries.claim(int(sys.argv[3]), sys.argv[4], now=NOW, limit=7, lease=HOUR)
    if not mine:
        break
    taken += [one.id for one in mine]
print(json.dumps(taken))
store.close()
"""


@pytest.fixture
def open_it(postgres_tables: str, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Open the same empty, migrated database as often as asked."""
    opened: list[Store] = []

    def one_more() -> Store:
        opened.append(open_store(postgres_tables, home=tmp_path))
        return opened[-1]

    yield one_more
    for store in opened:
        store.close()


@pytest.fixture
def store(open_it: Callable[[], Store]) -> Store:
    """Give an empty, migrated store on the server."""
    return open_it()


def test_processes_share_the_deliveries_without_overlap(
    store: Store, postgres_tables: str, tmp_path: Path
) -> None:
    """Two workers with one recipient would be two mails; a recipient whom nobody takes would be none."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 150)
    words = [sys.executable, "-c", CLAIMER, postgres_tables, str(tmp_path), str(edition_id)]
    running = [
        subprocess.Popen([*words, f"worker {number}"], cwd=TESTS, stdout=subprocess.PIPE)
        for number in range(3)
    ]
    taken = [json.loads(process.communicate(timeout=60)[0]) for process in running]

    assert sorted(number for mine in taken for number in mine) == list(range(1, 151))


def test_a_claim_passes_over_what_another_is_taking(open_it: Callable[[], Store]) -> None:
    """Who waited instead would stand still for every slow commit of every other worker."""
    first, second = open_it(), open_it()
    with first.writing() as tx:
        edition_id = frozen_edition(tx, 5)
    with first.writing() as one, second.writing() as two:
        mine = one.deliveries.claim(edition_id, "one", now=NOW, limit=2, lease=HOUR)
        theirs = two.deliveries.claim(edition_id, "two", now=NOW, limit=9, lease=HOUR)

    assert [each.id for each in mine] == [1, 2]
    assert [each.id for each in theirs] == [3, 4, 5]


def test_who_moves_while_a_claim_is_under_way_is_claimed_anew(
    open_it: Callable[[], Store], waits: Callable[[], None]
) -> None:
    """The claim has read the old address, and the one who moves does not see yet that it is claimed."""
    first, second = open_it(), open_it()
    with first.writing() as tx:
        edition_id = frozen_edition(tx, 2)
    with ThreadPoolExecutor(1) as other:
        with first.writing() as tx:
            sam, _ = tx.deliveries.claim(edition_id, "w", now=NOW, limit=9, lease=HOUR)
            number = sam.subscriber.id
            moving = other.submit(in_block, second, lambda tx: tx.people.move(number, "moved@example.net"))
            waits()
        moving.result(timeout=60)

    with first.reading() as tx:
        assert tx.deliveries.barred_of(edition_id, "w") == {sam.id: MOVED}


def test_two_who_ingest_the_same_articles_at_the_same_moment_both_succeed(
    open_it: Callable[[], Store], waits: Callable[[], None]
) -> None:
    """Two feeds have the same stories, in another order each."""
    first, second = open_it(), open_it()
    with ThreadPoolExecutor(1) as other:
        with first.writing() as tx:
            mine = tx.articles.put([content(1, "world"), content(2, "sea")], NOW)
            putting = other.submit(put, second, [content(2, "sea"), content(1, "world"), content(3)])
            waits()
        theirs = putting.result(timeout=60)

    assert [each.outcome for each in mine] == ["new", "new"]
    assert [each.outcome for each in theirs] == ["same", "same", "new"]
    with first.reading() as tx:
        assert [article.url for article in tx.articles.list()] == [
            "https://harbour.example/3",
            "https://harbour.example/2",
            "https://harbour.example/1",
        ]


def test_a_confirmation_outlives_a_sign_up_at_the_same_moment(
    open_it: Callable[[], Store], waits: Callable[[], None]
) -> None:
    """The evidence of consent would be gone, and with it the reader."""
    first, second = open_it(), open_it()
    with first.writing() as tx:
        sam = tx.people.put(NewSubscriber(email="sam@readers.example.org"), at=NOW).id

    def sign_up(tx: Transaction) -> None:
        tx.people.subscribe(sam, "daily", state=SubscriptionState.PENDING, at=NOW, consent="form")

    with ThreadPoolExecutor(1) as other:
        with first.writing() as tx:
            tx.people.subscribe(sam, "daily", state=SubscriptionState.CONFIRMED, at=NOW, consent="link")
            signing = other.submit(in_block, second, sign_up)
            waits()
        signing.result(timeout=60)

    with first.reading() as tx:
        (choice,) = tx.people.subscriptions(sam)
    assert (choice.state, choice.consent) == (SubscriptionState.CONFIRMED, "link")


def test_content_that_changes_at_the_same_moment_is_not_approved(
    open_it: Callable[[], Store], waits: Callable[[], None]
) -> None:
    """What was approved is what somebody saw."""
    first, second = open_it(), open_it()
    with first.writing() as tx:
        edition_id = add_edition(tx, state=EditionState.REVIEW)
        stored = tx.editions.get(edition_id)
    assert stored is not None
    seen = stored.content_hash

    def approve(tx: Transaction) -> None:
        tx.editions.set_state(
            edition_id,
            EditionState.APPROVED,
            expect=IN_REVIEW,
            by="ada",
            at=NOW,
            content_hash=seen,
        )

    with ThreadPoolExecutor(1) as other:
        with first.writing() as tx:
            tx.editions.replace(
                edition_id, edition(), content_hash="other", expect=IN_REVIEW, by="olu", at=NOW
            )
            approving = other.submit(in_block, second, approve)
            waits()
        with pytest.raises(Refused, match="was changed by someone else"):
            approving.result(timeout=60)


def test_of_two_builders_at_the_same_moment_one_learns_of_the_other(
    open_it: Callable[[], Store], waits: Callable[[], None]
) -> None:
    """Two editions for one morning would be two mails to everybody."""
    first, second = open_it(), open_it()
    with ThreadPoolExecutor(1) as other:
        with first.writing() as tx:
            add_edition(tx)
            building: Future[None] = other.submit(in_block, second, lambda tx: add_edition(tx) and None)
            waits()
        with pytest.raises(Refused, match="of daily has edition 1"):
            building.result(timeout=60)


def test_a_row_that_another_holds_is_not_waited_for_without_end(
    open_it: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that hangs would take all others with it."""
    first = open_it()
    monkeypatch.setitem(server._SESSION, "lock_timeout", "50ms")
    second = open_it()
    with (  # noqa: PT012
        first.writing() as tx,
        pytest.raises(StoreError, match=r"lock timeout .another program holds it for too long"),
    ):
        tx.people.suppress("eve@elsewhere.example.net", "by hand", at=NOW)
        with second.writing() as other:
            other.people.suppress("sam@readers.example.org", "by hand", at=NOW)


def test_a_statement_that_takes_too_long_ends_and_the_next_block_works(
    open_it: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server cannot do in minutes it will not do in hours."""
    monkeypatch.setitem(server._SESSION, "statement_timeout", "50ms")
    store = open_it()
    with pytest.raises(StoreError, match="statement timeout"), store.writing() as tx:
        tx.people.connection.exec_driver_sql("SELECT pg_sleep(60)")
    with store.reading() as tx:
        assert tx.articles.list() == ()


def test_a_block_that_stands_still_is_ended_and_the_next_one_works(
    open_it: Callable[[], Store], postgres_tables: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was stopped holds rows that the others wait for."""
    monkeypatch.setitem(server._SESSION, "idle_in_transaction_session_timeout", "20ms")
    store = open_it()
    with pytest.raises(StoreError, match=r"postgresql://postgres@"), store.writing() as tx:  # noqa: PT012
        tx.articles.put([content(1)], NOW)
        number = tx.articles.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        until(postgres_tables, f"SELECT {number} NOT IN (SELECT pid FROM pg_stat_activity)")  # noqa: S608
        tx.articles.put([content(2)], NOW)
    with store.reading() as tx:
        assert tx.articles.list() == ()


def test_two_in_each_others_way_are_told_apart_and_one_goes_on(
    open_it: Callable[[], Store], waits: Callable[[], None]
) -> None:
    """The server ends one of two that wait for each other; nothing of it is stored."""
    first, second = open_it(), open_it()
    with first.writing() as tx:
        tx.articles.put([content(1), content(2)], NOW)

    def later(tx: Transaction) -> None:
        touch(tx.articles, 2)
        touch(tx.articles, 1)

    with ThreadPoolExecutor(1) as other:
        with pytest.raises(StoreError, match=r"deadlock detected .two programs"), first.writing() as tx:  # noqa: PT012
            tx.articles.connection.exec_driver_sql("SET LOCAL deadlock_timeout = '10ms'")
            touch(tx.articles, 1)
            running = other.submit(in_block, second, later)
            waits()
            touch(tx.articles, 2)
        running.result(timeout=60)


def test_a_serialization_failure_says_to_run_it_again(open_it: Callable[[], Store]) -> None:
    """Nothing is retried behind a block's back: only its caller knows what it has read."""
    first, second = open_it(), open_it()
    with first.writing() as tx:
        tx.articles.put([content(1)], NOW)
    with pytest.raises(StoreError, match=r"could not serialize .* run it again"), first.writing() as one:  # noqa: PT012
        one.articles.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        one.articles.list()
        in_block(second, lambda tx: touch(tx.articles, 1))
        touch(one.articles, 1)


def test_a_server_set_up_for_other_isolation_changes_nothing(postgres_bare: str, tmp_path: Path) -> None:
    """Blocks are written for statements that see what they have waited for."""
    name = make_url(postgres_bare).database
    with psycopg.connect(postgres_bare) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    store = open_store(postgres_bare, home=tmp_path)
    with store.writing() as tx:
        found = tx.articles.connection.exec_driver_sql("SHOW transaction_isolation").scalar_one()
    store.close()
    with psycopg.connect(postgres_bare) as connection:
        connection.execute(f"ALTER DATABASE {name} RESET default_transaction_isolation")

    assert found == "read committed"


@pytest.mark.parametrize(
    ("chosen", "kept"), [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")]
)
def test_a_commit_is_on_disk_and_other_servers_are_waited_for_as_the_operator_chose(
    postgres_bare: str, tmp_path: Path, chosen: str, kept: str
) -> None:
    """A permit for a final dot must outlive a crash of the server; `local` waits for no standby."""
    name = make_url(postgres_bare).database
    with psycopg.connect(postgres_bare) as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = {chosen}")
    store = open_store(postgres_bare, home=tmp_path)
    found = []
    for _ in range(2):  # the second one has the first one's connection
        with store.writing() as tx:
            found.append(tx.articles.connection.exec_driver_sql("SHOW synchronous_commit").scalar_one())
    store.close()
    with psycopg.connect(postgres_bare) as connection:
        connection.execute(f"ALTER DATABASE {name} RESET synchronous_commit")

    assert found == [kept, kept]


@pytest.mark.slow
@pytest.mark.usefixtures("postgres_server")
def test_a_restart_of_the_server_costs_the_open_block_alone(tmp_path: Path) -> None:
    """Servers are updated while editions go out; every pooled connection is dead afterwards."""
    with own_server() as own:
        store = open_store(own.url, home=tmp_path)
        store.migrate()
        with store.reading(), store.reading():
            pass  # two connections wait in the pool
        with pytest.raises(StoreError, match="postgresql://postgres@"), store.writing() as tx:  # noqa: PT012
            tx.articles.put([content(1)], NOW)
            own.stop()
            own.start()
            tx.articles.put([content(2)], NOW)
        with store.reading() as first, store.reading() as second:
            assert first.articles.list() == second.articles.list() == ()
        own.stop()
        with pytest.raises(StoreError, match="the server must run and accept this user"), store.reading():
            pass
        own.start()
        with store.reading(), store.reading():
            pass
        own.stop()
        own.start()
        with store.reading() as first, store.writing() as second:
            assert first.articles.list() == second.articles.list() == ()
        store.close()


@pytest.mark.parametrize("password", ["p@ss/w:rd", "100%41 #?&=", "gehe\u00eemnis'\"\\", "a+b c"])
def test_unusual_passwords_work_and_are_never_shown(
    postgres_bare: str, tmp_path: Path, password: str
) -> None:
    """Generators of passwords love signs that mean something in an address."""
    place = make_url(postgres_bare)
    if not str(place.query.get("host", "")).startswith("/"):
        pytest.skip("only the session's own server is known to ask for passwords")
    with psycopg.connect(postgres_bare) as connection:
        connection.execute("DROP ROLE IF EXISTS locked")
        spelled = psycopg.sql.Literal(password)
        connection.execute(psycopg.sql.SQL("CREATE ROLE locked LOGIN PASSWORD {}").format(spelled))
    address = f"postgresql://locked:%s@/{place.database}?host={place.query['host']}"

    open_store(address % quote(password, safe=""), home=tmp_path).close()
    with pytest.raises(StoreError, match="look at user and password") as caught:
        open_store(address % quote(password + "x", safe=""), home=tmp_path)
    assert password not in str(caught.value)
    assert quote(password, safe="") not in str(caught.value)


def test_what_is_missing_on_the_server_is_named_with_the_way_out(postgres_bare: str, tmp_path: Path) -> None:
    """The first day with a server is a day of refusals."""
    place = make_url(postgres_bare)
    nowhere = place.set(database="nowhere").render_as_string()
    with pytest.raises(StoreError, match=r'database "nowhere" does not exist .make it first'):
        open_store(nowhere, home=tmp_path)
    nobody = place.set(username="stranger").render_as_string()
    with pytest.raises(StoreError, match=r'role "stranger" does not exist .make the user on the server'):
        open_store(nobody, home=tmp_path)


def test_a_user_without_rights_is_told_whom_to_ask(postgres_bare: str, tmp_path: Path) -> None:
    """Since PostgreSQL 15 a new user may not make tables in somebody else's database."""
    with psycopg.connect(postgres_bare) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
    url = make_url(postgres_bare).set(username="guest").render_as_string()
    store = open_store(url, home=tmp_path)
    with pytest.raises(StoreError, match=r"permission denied for schema public .let this user own"):
        store.migrate()
    store.close()


def test_a_database_in_another_encoding_is_a_fault(
    postgres_server: str, postgres_bare: str, tmp_path: Path
) -> None:
    """The first name with a letter from elsewhere would stop an import."""
    name = f"{make_url(postgres_bare).database}_latin"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    store = open_store(make_url(postgres_bare).set(database=name).render_as_string(), home=tmp_path)
    store.migrate()
    found = store.check()
    store.close()
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")

    assert found == ("the database keeps text as LATIN1; make one with ENCODING 'UTF8' TEMPLATE template0",)


def test_text_that_the_server_does_not_hold_is_a_store_error(store: Store) -> None:
    """A file takes U+0000, a server does not; neither may end in a traceback."""
    for name in ("nul \0", "half \ud83d"):
        with pytest.raises(StoreError), store.writing() as tx:
            tx.people.put(NewSubscriber(email="sam@readers.example.org", name=name), at=NOW)


@pytest.fixture
def waits(postgres_tables: str) -> Callable[[], None]:
    """Return once somebody in the database waits for a lock."""
    waiting = "wait_event_type = 'Lock' AND datname = current_database()"
    return lambda: until(postgres_tables, f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {waiting})")  # noqa: S608


def until(url: str, question: str) -> None:
    """Ask until the answer is yes."""
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(100_000):
            if connection.execute(question).fetchone() == (True,):
                return
    raise AssertionError(question)


def in_block(store: Store, act: Callable[[Transaction], None]) -> None:
    """Do something in a writing block."""
    with store.writing() as tx:
        act(tx)


def put(store: Store, contents: Sequence[ArticleContent]) -> tuple[Put, ...]:
    """Store articles in a block."""
    with store.writing() as tx:
        return tx.articles.put(contents, NOW)


def touch(part: Articles, number: int) -> None:
    """Change an article and keep its row until the block ends."""
    same = update(articles).where(articles.c.id == number).values(source=articles.c.source)
    part.connection.execute(same)
