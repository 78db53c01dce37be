"""Row-level security with a role that owns nothing, and what else only PostgreSQL does."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from plugin.domain.content import Topic
from plugin.errors import Misconfigured, Unavailable
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.dispatch import Claim
from plugin.store.intake import Arrival
from plugin.store.migrate import migrate_database
from plugin.store.postgres import PostgresDatabase
from plugin.store.tables import metadata
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock, make_settings
from tests.plugin.store.test_database import member
from tests.plugin.store.test_lanes import wake_all
from tests.plugin.support import community
from tests.postgres import OWNER, SERVICE, Postgres
from tests.statements import ACROSS

pytestmark = pytest.mark.usefixtures("postgres_settings")


@pytest.fixture
async def two(postgres_database: Database) -> tuple[int, int]:
    """Two communities, each with one row in several tables."""
    made = await community(postgres_database), await community(postgres_database, base_url="https://other.example.org")
    for one in made:

        def fill(unit: UnitOfWork) -> None:
            member(unit, "1")
            unit.tags.put("x")
            unit.record("a", actor="b")

        await postgres_database.write(one, fill)
    return made


async def seen(connection: asyncpg.Connection, table: str) -> set[int]:
    return {row["installation_id"] for row in await connection.fetch(f'SELECT installation_id FROM "{table}"')}


async def test_the_weak_role_sees_nothing_unless_it_says_whose(postgres: Postgres, two: tuple[int, int]) -> None:
    connection = await asyncpg.connect(postgres.service_url)
    for table in metadata.tables:
        assert await seen(connection, table) == set(), table
    async with connection.transaction():
        await connection.execute("SELECT set_config('mentorgraph.installation', $1, true)", str(two[0]))
        for table in ("installations", "members", "tags", "audit", "lanes"):
            assert await seen(connection, table) == {two[0]}, table
    assert await seen(connection, "members") == set(), "the setting ended with its transaction"
    await connection.close()


async def test_the_weak_role_writes_nothing_for_another(postgres: Postgres, two: tuple[int, int]) -> None:
    connection = await asyncpg.connect(postgres.service_url)
    for statement in (
        f"INSERT INTO tags (installation_id, name) VALUES ({two[1]}, 'y')",
        f"UPDATE tags SET installation_id = {two[1]}",
    ):
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SELECT set_config('mentorgraph.installation', $1, true)", str(two[0]))
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(statement)
        await transaction.rollback()
    async with connection.transaction():
        await connection.execute("SELECT set_config('mentorgraph.installation', $1, true)", str(two[0]))
        assert await connection.execute(f"DELETE FROM tags WHERE installation_id = {two[1]}") == "DELETE 0"
    await connection.close()


async def test_the_dispatcher_sees_its_four_tables_only(postgres: Postgres, two: tuple[int, int]) -> None:
    connection = await asyncpg.connect(postgres.service_url)
    async with connection.transaction():
        await connection.execute("SELECT set_config('mentorgraph.dispatcher', 'on', true)")
        for table in metadata.tables:
            rows = await seen(connection, table)
            assert table in ACROSS or not rows, table
        assert await seen(connection, "installations") == set(two)
    await connection.close()


async def test_every_table_is_protected_even_from_its_owner(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.admin_url)
    rows = await connection.fetch(
        "SELECT relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relkind = 'r' AND relname = ANY($1)",
        list(metadata.tables),
    )
    await connection.close()
    assert {(row["relname"], row["relrowsecurity"], row["relforcerowsecurity"], row["owner"]) for row in rows} == {
        (name, True, True, OWNER) for name in metadata.tables
    }


async def test_the_weak_role_changes_no_table(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.service_url)
    for statement in (
        "ALTER TABLE members DISABLE ROW LEVEL SECURITY",
        "DROP POLICY one_community ON members",
        "TRUNCATE members",
        "CREATE TABLE x (y int)",
        "UPDATE alembic_version SET version_num = 'x'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_a_pooled_connection_carries_nothing_over(postgres_settings: Settings, vault: Vault, clock: FixedClock, two: tuple[int, int]) -> None:
    database = PostgresDatabase(postgres_settings.database_url, vault=vault, clock=clock)
    counts = [await database.read(one, lambda unit: unit.members.count()) for one in (*two, 12, *two)]
    assert counts == [1, 1, 0, 1, 1]
    assert database._engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    async with database._engine.connect() as connection:
        assert (await connection.exec_driver_sql("SHOW mentorgraph.installation")).scalar() in {None, ""}
    await database.close()


async def test_a_role_that_no_policy_binds_is_refused(postgres: Postgres, vault: Vault, clock: FixedClock) -> None:
    database = PostgresDatabase(postgres.admin_url, vault=vault, clock=clock)
    with pytest.raises(Misconfigured, match="superuser"):
        await database.check()
    await database.close()
    settings = make_settings(database_url=postgres.service_url, migrate_url=postgres.owner_url, service_role="postgres")
    with pytest.raises(Misconfigured, match="superuser"):
        await migrate_database(settings)
    with pytest.raises(Misconfigured, match="CREATE ROLE nobody_there"):
        await migrate_database(settings.model_copy(update={"service_role": "nobody_there"}))


async def test_the_role_that_gets_rights_is_the_one_the_service_connects_as(postgres: Postgres) -> None:
    settings = make_settings(database_url=postgres.service_url, migrate_url=postgres.owner_url)
    assert settings.granted_role == SERVICE
    assert make_settings(database_url=postgres.owner_url).granted_role == ""
    assert make_settings(database_url=postgres.owner_url, migrate_url=postgres.owner_url).granted_role == ""
    assert make_settings(database_url=postgres.service_url, service_role="x").granted_role == "x"


async def test_a_server_that_went_away_is_unavailable_and_comes_back(postgres_database: Database, postgres: Postgres, two: tuple[int, int]) -> None:
    admin = await asyncpg.connect(postgres.admin_url)

    def cut(unit: UnitOfWork) -> None:
        unit.tags.put("z")

    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", SERVICE)
    await postgres_database.write(two[0], cut)
    await admin.close()


async def test_a_server_that_takes_no_more_connections_is_unavailable(postgres: Postgres, vault: Vault, clock: FixedClock, two: tuple[int, int]) -> None:
    """It says so by an error of its own, which is none of the connection's: so do servers that start or stop."""
    database = PostgresDatabase(postgres.service_url, vault=vault, clock=clock)
    admin = await asyncpg.connect(postgres.admin_url)
    try:
        await admin.execute(f"ALTER ROLE {SERVICE} CONNECTION LIMIT 0")
        with pytest.raises(Unavailable):
            await database.read(two[0], lambda unit: unit.revision)
        with pytest.raises(Unavailable):
            await database.put(Arrival(two[0], "1", "ping", b"d", b"body", "trace", clock()))
        await admin.execute(f"ALTER ROLE {SERVICE} CONNECTION LIMIT -1")
        assert await database.read(two[0], lambda unit: unit.revision) >= 0
    finally:
        await admin.execute(f"ALTER ROLE {SERVICE} CONNECTION LIMIT -1")
        await admin.close()
        await database.close()


async def test_transactions_that_meet_too_often_are_a_busy_database(
    postgres_database: Database, clock: FixedClock, two: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is tried again some times; then it is whoever asked who tries again, as with any database that is away."""
    tries = 0

    def work(_unit: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        raise DBAPIError("", None, asyncpg.SerializationError("met"))

    with pytest.raises(Unavailable, match="busy"):
        await postgres_database.write(two[0], work)
    assert tries > 1

    async def met(*_: object) -> int:
        raise asyncpg.DeadlockDetectedError("met")

    monkeypatch.setattr("plugin.store.postgres_intake._insert", met)
    with pytest.raises(Unavailable, match="busy"):
        await postgres_database.put(Arrival(two[0], "1", "ping", b"d", b"body", "trace", clock()))


async def test_no_server_is_unavailable(vault: Vault, clock: FixedClock) -> None:
    url = "postgresql://x@127.0.0.1:1/y"
    database = PostgresDatabase(url, vault=vault, clock=clock)
    with pytest.raises(Unavailable):
        await database.check()
    await database.close()
    with pytest.raises(Misconfigured, match="does not answer"):
        await migrate_database(make_settings(database_url=url))


async def test_eight_claimers_never_hold_one_lane_twice(postgres_settings: Settings, vault: Vault, clock: FixedClock) -> None:
    databases = [PostgresDatabase(postgres_settings.database_url, vault=vault, clock=clock) for _ in range(4)]
    ids = [await community(databases[0], base_url=f"https://{number}.example.org") for number in range(6)]
    for one in ids:
        await databases[0].write(one, wake_all)

    async def claimer(number: int) -> list[Claim]:
        found: list[Claim] = []
        database = databases[number % 4]
        empty = 0
        while empty < 3:
            claim = partial(_claim, now=clock(), holder=str(number))
            got = await database.dispatch(claim)
            empty = 0 if got else empty + 1
            found += got
        return found

    taken = [claim for claims in await asyncio.gather(*(claimer(number) for number in range(8))) for claim in claims]
    pairs = [(claim.installation_id, claim.lane) for claim in taken]
    assert len(pairs) == len(set(pairs)) == 18
    for database in databases:
        await database.close()


def _claim(dispatcher: object, *, now: object, holder: str) -> list[Claim]:
    found: list[Claim] = dispatcher.claim(now=now, lease=timedelta(minutes=1), holder=holder, limit=2)  # type: ignore[attr-defined]
    return found


async def test_work_brought_by_a_transaction_that_ends_after_the_look_is_not_lost(
    postgres_database: Database, postgres: Postgres, clock: FixedClock, two: tuple[int, int]
) -> None:
    one = two[0]
    await postgres_database.write(one, lambda unit: unit.wake("inbox"))
    # Somebody brings work to a lane that is due already, and has not ended yet.
    slow = await asyncpg.connect(postgres.service_url)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("SELECT set_config('mentorgraph.installation', $1, true)", str(one))
    await slow.execute(
        "UPDATE lanes SET due_at = CASE WHEN lanes.due_at < $1 THEN lanes.due_at ELSE $1 END WHERE lanes.installation_id = $2 AND lanes.lane = 'inbox'",
        2**60,
        one,
    )
    claims = await postgres_database.dispatch(lambda found: found.claim(now=clock(), lease=timedelta(minutes=1), holder="a", limit=9, only=["inbox"]))
    assert claims == [], "whoever brings work holds the lane until it is there to be seen"
    await transaction.commit()
    await slow.close()
    claims = await postgres_database.dispatch(lambda found: found.claim(now=clock(), lease=timedelta(minutes=1), holder="a", limit=9, only=["inbox"]))
    assert [claim.installation_id for claim in claims] == [one]


async def test_units_of_one_community_never_meet_though_processes_share_it(postgres_settings: Settings, vault: Vault, clock: FixedClock) -> None:
    databases = [PostgresDatabase(postgres_settings.database_url, vault=vault, clock=clock) for _ in range(3)]
    one = await community(databases[0])
    await databases[0].write(one, lambda unit: unit.topics.put(Topic(id="1", title="0")))

    def count(unit: UnitOfWork) -> None:
        topic = unit.topics.get("1")
        assert topic is not None
        unit.topics.put(replace(topic, title=str(int(topic.title) + 1)))

    await asyncio.gather(*(database.write(one, count) for _ in range(8) for database in databases))
    assert (await databases[0].read(one, lambda unit: unit.topics.all()))[0].title == "24"
    for database in databases:
        await database.close()


async def test_a_community_that_waits_for_itself_holds_up_no_other(postgres_database: Database, postgres: Postgres, two: tuple[int, int]) -> None:
    """Another process has the first community to itself for a while: what is to be written there waits, without the connections that others need."""
    elsewhere = await asyncpg.connect(postgres.service_url)
    await elsewhere.execute("SELECT pg_advisory_lock($1)", two[0])
    waiting = [asyncio.create_task(postgres_database.write(two[0], lambda unit: unit.tags.put("y"))) for _ in range(40)]
    await asyncio.sleep(0)
    try:
        await postgres_database.write(two[1], lambda unit: unit.tags.put("y"))
        assert await postgres_database.read(two[0], lambda unit: unit.members.count()) == 1, "whoever reads does not wait"
        assert not any(one.done() for one in waiting)
    finally:
        await elsewhere.execute("SELECT pg_advisory_unlock($1)", two[0])
        await asyncio.gather(*waiting)
        await elsewhere.close()


async def test_whoever_goes_away_while_epochs_are_asked_for_takes_no_answer_from_others(
    postgres_database: Database, two: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, asked = asyncpg.Connection.execute, [asyncio.Event(), asyncio.Event()]
    left = iter(asked)

    async def hang(connection: asyncpg.Connection, query: str) -> object:
        if query.startswith("SET mentorgraph") and (reached := next(left, None)) is not None:
            reached.set()
            await asyncio.Event().wait()
        return await execute(connection, query)

    monkeypatch.setattr(asyncpg.Connection, "execute", hang)
    leaving, other, last = [asyncio.create_task(postgres_database.epoch(one)) for one in (two[0], two[0], two[1])]
    for reached, task in zip(asked, (leaving, other), strict=True):
        await asyncio.wait_for(reached.wait(), 5)
        task.cancel()
    assert await asyncio.wait_for(last, 5) is not None
    assert await postgres_database.epoch(two[0]) is not None, "the connection says whose rows it may see"
