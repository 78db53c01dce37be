"""Units of work: whole or not at all, on both databases."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from plugin.domain.content import Topic
from plugin.domain.members import Member, Standing
from plugin.errors import Misconfigured, NotFound, Unavailable
from plugin.settings import Settings
from plugin.store import postgres_intake, sqlite_intake
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.engines import sqlite_connection, sqlite_engine, unavailable
from plugin.store.repositories.outbox import Outgoing
from plugin.store.sqlite import SqliteDatabase
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.support import community, create
from tests.statements import ACROSS, Guard, tables_of, unbound_tables


class Boom(Exception):
    """What a test lets go wrong."""


def member(unit: UnitOfWork, host_id: str, **values: object) -> Member:
    made = Member(id=unit.new_id(), host_user_id=host_id, username=f"user{host_id}", standing=Standing.MEMBER, **values)  # type: ignore[arg-type]
    unit.members.put(made)
    return made


def usernames(unit: UnitOfWork) -> list[str]:
    return sorted(one.username for one in unit.members.all())


async def test_a_unit_that_raises_leaves_nothing(database: Database) -> None:
    one = await community(database)

    def work(unit: UnitOfWork) -> None:
        member(unit, "1")
        unit.flush_rows()
        unit.record("something", actor="operator")
        unit.change("member", 1)
        raise Boom

    with pytest.raises(Boom):
        await database.write(one, work)
    assert await database.read(one, usernames) == []
    assert await database.read(one, lambda unit: unit.revision) == 0
    assert await database.read(one, lambda unit: unit.changes.since(-1)) == []


def spoil(unit: UnitOfWork) -> None:
    """Change much, then fail."""
    member(unit, "2")
    unit.topics.put(Topic(id="5", title="inside"))
    unit.memory["spaces"] = {}
    unit.change("member", "undone")
    unit.wake("outbox")
    raise Boom


async def test_a_part_is_undone_alone_with_the_memory_of_it(database: Database) -> None:
    one = await community(database)

    def work(unit: UnitOfWork) -> tuple[bool, bool, str]:
        member(unit, "1")
        unit.topics.put(Topic(id="5", title="before"))
        unit.change("member", "kept")
        with pytest.raises(Boom), unit.savepoint():
            spoil(unit)
        title = unit.topics.get("5")
        assert title is not None
        return unit.members.by_host("2") is None, "spaces" in unit.memory, title.title

    assert await database.write(one, work) == (True, False, "before")
    assert await database.read(one, usernames) == ["user1"]
    assert [subject for _, _, subject in await database.read(one, lambda unit: unit.changes.since(0))] == ["kept"]
    lanes = {row["lane"]: row["due_at"] for row in await database.read(one, lambda unit: unit.lanes.all())}
    assert lanes["outbox"] == lanes["suggest"], "the wake of the undone part went with it"


async def test_a_part_that_breaks_a_rule_of_the_database_is_undone_alone(database: Database) -> None:
    one = await community(database)

    def work(unit: UnitOfWork) -> None:
        member(unit, "1")
        with pytest.raises(IntegrityError), unit.savepoint():
            unit.badges.grant(4711, "1", grant_id="", name="nobody", at=unit.now)
        member(unit, "2")

    await database.write(one, work)
    assert await database.read(one, usernames) == ["user1", "user2"]


async def test_a_read_cannot_write(database: Database) -> None:
    one = await community(database)
    with pytest.raises((Unavailable, DBAPIError)):
        await database.read(one, lambda unit: unit.tags.put("x"))


def write_on_the_quiet(unit: UnitOfWork) -> None:
    """What work that is said to read only must not do."""
    member(unit, "2")
    unit.flush_rows()


async def test_a_glance_sees_what_was_committed_and_cannot_write(database: Database) -> None:
    one = await community(database)
    assert await database.glance(one, usernames) == []
    await database.write(one, lambda unit: member(unit, "1"))
    assert await database.glance(one, usernames) == ["user1"]
    with pytest.raises(Boom):
        await database.glance(one, spoil)
    with pytest.raises((DBAPIError, Unavailable)):
        await database.glance(one, write_on_the_quiet)
    assert await database.glance(one, usernames) == ["user1"]


async def test_ids_of_one_moment_do_not_repeat(database: Database, clock: FixedClock) -> None:
    one = await community(database)
    made = await database.write(one, lambda unit: [unit.new_id() for _ in range(6_000)])
    assert len(set(made)) == 6_000
    clock.move(seconds=1)
    later = await database.write(one, lambda unit: unit.new_id())
    assert later > max(made)
    assert later < 2**63


async def test_a_member_is_found_by_a_name_with_any_letters(database: Database) -> None:
    one = await community(database)

    def work(unit: UnitOfWork) -> None:
        for name in ("Élodie", "Maya_B", "mayaXb"):
            unit.members.put(replace(member(unit, name), username=name))

    await database.write(one, work)
    for name, found in (("Élodie", "Élodie"), ("MAYA_b", "Maya_B")):
        same = await database.read(one, lambda unit, name=name: unit.members.by_username(name))  # type: ignore[misc]
        page = await database.read(one, lambda unit, name=name: unit.members.page(after=None, limit=9, query=name[:5]))  # type: ignore[misc]
        assert same is not None
        assert (same.username, [card.username for card in page]) == (found, [found])


async def test_an_unknown_installation_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.read(12, lambda unit: unit.community)


async def test_removing_an_installation_leaves_no_row_of_it_and_all_of_the_other(database: Database) -> None:
    one, other = await community(database), await community(database, base_url="https://other.example.org")
    for each in (one, other):

        def work(unit: UnitOfWork) -> None:
            member(unit, "1")
            unit.tags.put("x")
            unit.record("a", actor="b")

        await database.write(each, work)
    await database.manage(lambda installations: installations.remove(one))
    with pytest.raises(NotFound):
        await database.read(one, lambda unit: unit.community)
    assert await database.read(one, usernames) == []
    assert await database.read(other, usernames) == ["user1"]
    assert await database.dispatch(lambda found: found.installation_ids()) == [other]


async def test_concurrent_units_that_make_the_same_member_both_succeed(database: Database) -> None:
    one = await community(database)

    def work(unit: UnitOfWork) -> None:
        known = unit.members.by_host("1")
        if known is None:
            member(unit, "1")
        unit.record("seen", actor="1")

    await asyncio.gather(*(database.write(one, work) for _ in range(8)))
    assert await database.read(one, usernames) == ["user1"]
    assert await database.read(one, lambda unit: unit.audit_broken_at()) is None


async def test_what_a_unit_reads_holds_until_it_has_written(database: Database) -> None:
    one = await community(database)
    await database.write(one, lambda unit: unit.topics.put(Topic(id="1", title="0")))

    def count(unit: UnitOfWork) -> None:
        topic = unit.topics.get("1")
        assert topic is not None
        unit.topics.put(replace(topic, title=str(int(topic.title) + 1)))

    await asyncio.gather(*(database.write(one, count) for _ in range(24)))
    assert (await database.read(one, lambda unit: unit.topics.all()))[0].title == "24"


async def test_a_message_is_taken_back_or_sent_and_never_both(database: Database) -> None:
    """What was unsaid before anybody tried it can be said again: it must not be on its way meanwhile."""
    one = await community(database)
    for number in range(12):
        await database.write(one, lambda unit, n=number: unit.outbox.put(_message(unit, n)))  # type: ignore[misc]
    for message in await database.read(one, lambda unit: unit.outbox.due(now=unit.now, limit=99)):

        def take(unit: UnitOfWork, message: Outgoing = message) -> bool:
            if unit.outbox.waits(message.id):
                unit.outbox.attempt(message.id, next_at=unit.now)
                return True
            return False

        def take_back(unit: UnitOfWork, message: Outgoing = message) -> set[str]:
            return unit.outbox.take_back([message.key], why="no longer so")

        taken, fresh = await asyncio.gather(database.write(one, take), database.write(one, take_back))
        assert taken is (not fresh)


def _message(unit: UnitOfWork, number: int) -> Outgoing:
    given = {"kind": "suggestions", "member_id": None, "body": b"x", "state": "pending", "attempts": 0, "created_at": unit.now, "next_at": unit.now}
    return Outgoing(id=unit.new_id(), key=f"suggestions:{number}", **given)  # type: ignore[arg-type]  # as above


async def test_every_change_has_its_own_revision(database: Database) -> None:
    one = await community(database)
    await asyncio.gather(*(database.write(one, lambda unit, n=n: unit.change("member", n)) for n in range(12)))  # type: ignore[misc]
    log = await database.read(one, lambda unit: unit.changes.since(0))
    assert sorted(revision for revision, _, _ in log) == list(range(1, 13))
    assert await database.read(one, lambda unit: unit.revision) == 12


async def test_the_audit_chain_shows_what_was_altered_or_removed(database: Database, settings: Settings) -> None:
    one = await community(database)
    for number in range(4):
        await database.write(one, lambda unit, n=number: unit.record(f"step {n}", actor="operator", n=n))  # type: ignore[misc]
    assert await database.read(one, lambda unit: unit.audit_broken_at()) is None
    if not settings.embedded:
        return
    with sqlite3.connect(settings.sqlite_path) as raw:
        raw.execute("UPDATE audit SET actor = 'somebody' WHERE number = 3")
    assert await database.read(one, lambda unit: unit.audit_broken_at()) == 3
    with sqlite3.connect(settings.sqlite_path) as raw:
        raw.execute("UPDATE audit SET actor = 'operator' WHERE number = 3")
        raw.execute("DELETE FROM audit WHERE number = 2")
    assert await database.read(one, lambda unit: unit.audit_broken_at()) == 3
    raw.close()


# ---------------------------------------------------------------------------------------------------------------------- the guard itself


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT members.name FROM members WHERE members.member_id = ?", {"members"}),
        ("SELECT members.installation_id FROM members", {"members"}),
        ("SELECT a FROM members, posts WHERE members.installation_id = ? AND posts.author_id = members.member_id", {"posts"}),
        ("UPDATE members SET name=? WHERE members.member_id = ?", {"members"}),
        ("DELETE FROM members", {"members"}),
        ("INSERT INTO tags (name) VALUES (?)", {"tags"}),
        ("INSERT INTO tags (installation_id, name) VALUES (?, ?)", set()),
        ("UPDATE members SET name=? WHERE members.installation_id = ?", set()),
        ("SELECT x FROM topics WHERE topics.installation_id = ? AND topics.topic_id IN (SELECT y FROM posts WHERE posts.post_id = ?)", {"posts"}),
        ("SELECT x FROM posts WHERE posts.installation_id = ? UNION SELECT x FROM posts WHERE posts.live", {"posts"}),
        ("SELECT x FROM posts WHERE posts.installation_id = ? AND posts.a IN (SELECT y FROM posts WHERE posts.post_id = ?)", {"posts"}),
        ("PRAGMA foreign_keys=ON", set()),
    ],
)
def test_the_guard_sees_what_is_not_bound(statement: str, tables: set[str]) -> None:
    assert unbound_tables(statement) == tables


@pytest.mark.parametrize("statement", [sqlite_intake._multiplied(2), sqlite_intake._looking(), sqlite_intake._woken()])
def test_what_goes_past_the_guard_on_sqlite_is_bound(statement: str) -> None:
    assert tables_of(statement)
    assert unbound_tables(statement) == set()


@pytest.mark.parametrize("statement", [postgres_intake.inserting()[0], postgres_intake.looking()])
def test_what_goes_past_the_guard_on_postgres_names_a_community_for_each_row(statement: str) -> None:
    assert tables_of(statement) <= ACROSS
    assert statement.count("installation_id") > len(tables_of(statement))


async def test_statements_across_installations_look_at_four_tables(database: Database, guard: Guard, clock: FixedClock) -> None:
    await community(database)
    guard.marked.clear()
    before = guard.seen
    await database.dispatch(lambda found: found.claim(now=clock(), lease=timedelta(1), holder="x", limit=1))
    await database.dispatch(lambda found: (found.installation_ids(), found.installation_of_token(b"x"), found.find_installation("fake", "x")))
    assert guard.seen > before
    assert guard.marked == ACROSS - {"inbox"}
    assert tables_of("INSERT INTO inbox (installation_id) VALUES (1)") <= ACROSS


# ---------------------------------------------------------------------------------------------------------------------- SQLite in trouble


async def test_a_locked_database_is_unavailable_and_recovers(sqlite_database: Database, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await community(sqlite_database)
    writer = sqlite_database._writer_engine  # type: ignore[attr-defined]
    with writer.begin() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(sqlite_settings.sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable) as failure:
        await sqlite_database.write(one, lambda unit: unit.tags.put("x"))
    assert failure.value.code == "database_locked"
    other.execute("ROLLBACK")
    other.close()
    await sqlite_database.write(one, lambda unit: unit.tags.put("x"))


async def test_a_glance_that_fails_is_left_to_a_thread(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await community(sqlite_database)
    await sqlite_database.write(one, lambda unit: member(unit, "1"))
    monkeypatch.setattr(sqlite_database, "_glances", sqlite_engine(tmp_path / "not there.db", read_only=True))
    assert await sqlite_database.glance(one, usernames) == ["user1"]


def test_a_read_only_file_is_named(sqlite_settings: Settings) -> None:
    engine = sqlite_engine(sqlite_settings.sqlite_path, read_only=True)
    with pytest.raises(DBAPIError) as failure, engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE x (y)")
    assert unavailable(failure.value).code == "database_read_only"
    engine.dispose()


def test_a_missing_file_or_folder_says_what_to_do(tmp_path: Path, vault: Vault, clock: FixedClock) -> None:
    for path, word in ((tmp_path / "no" / "x.db", "create it"), (tmp_path / "x.db", "mentorgraph migrate")):
        with pytest.raises(Misconfigured, match=word):
            SqliteDatabase(path, vault=vault, clock=clock)


async def test_a_database_without_tables_says_what_to_do(tmp_path: Path, vault: Vault, clock: FixedClock) -> None:
    path = tmp_path / "x.db"
    sqlite3.connect(path).close()
    path.touch()
    database = SqliteDatabase(path, vault=vault, clock=clock)
    with pytest.raises(Misconfigured, match="mentorgraph migrate"):
        await database.check()
    await database.close()


async def test_a_closed_database_refuses_at_once(sqlite_settings: Settings, vault: Vault, clock: FixedClock) -> None:
    database = SqliteDatabase(sqlite_settings.sqlite_path, vault=vault, clock=clock)
    await database.close()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(database.write(1, lambda _unit: None), 2)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(database.read(1, lambda _unit: None), 2)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(database.glance(1, lambda _unit: None), 2)


async def test_what_was_erased_leaves_the_log_after_a_while(
    sqlite_settings: Settings, vault: Vault, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.store.sqlite.TIDY_SECONDS", 0.05)
    database = SqliteDatabase(sqlite_settings.sqlite_path, vault=vault, clock=clock)
    one = await database.manage(create)
    await database.write(one, lambda unit: unit.tags.put("plantedtagname"))
    await database.write(one, lambda unit: unit.tags.remove("plantedtagname"))
    log = sqlite_settings.sqlite_path.with_name("mentorgraph.db-wal")
    for _ in range(100):
        if log.stat().st_size == 0:
            break
        await asyncio.sleep(0.02)
    assert log.stat().st_size == 0
    assert b"plantedtagname" not in sqlite_settings.sqlite_path.read_bytes()
    await database.close()


async def test_who_was_erased_leaves_the_log_at_once_or_when_no_reader_is_in_the_way_any_more(
    sqlite_settings: Settings, vault: Vault, clock: FixedClock
) -> None:
    database = SqliteDatabase(sqlite_settings.sqlite_path, vault=vault, clock=clock)
    log = sqlite_settings.sqlite_path.with_name("mentorgraph.db-wal")
    one = await database.manage(create)

    def erase(unit: UnitOfWork) -> None:
        unit.tags.remove("plantedtagname")
        unit.erased = True

    async def cut() -> bool:
        for _ in range(150):
            if log.stat().st_size == 0:
                break
            await asyncio.sleep(0.02)
        return log.stat().st_size == 0 and b"plantedtagname" not in sqlite_settings.sqlite_path.read_bytes()

    await database.write(one, lambda unit: unit.tags.put("plantedtagname"))
    await database.write(one, erase)
    assert await cut()
    await database.write(one, lambda unit: unit.tags.put("plantedtagname"))
    with contextlib.closing(sqlite_connection(sqlite_settings.sqlite_path, read_only=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tags").fetchall()
        await database.write(one, erase)
        await asyncio.sleep(0.3)
        assert log.stat().st_size > 0
        reader.execute("COMMIT")
        assert await cut()
    await database.close()


async def test_two_event_loops_share_one_writer(sqlite_database: Database) -> None:
    one = await community(sqlite_database)
    done: list[str] = []

    def elsewhere(work: Callable[[UnitOfWork], None]) -> None:
        async def go() -> None:
            for number in range(20):
                await sqlite_database.write(one, partial(put_tag, name=f"thread{number}"))
            done.append("yes")

        asyncio.run(go())

    def put_tag(unit: UnitOfWork, *, name: str) -> None:
        unit.tags.put(name)

    thread = threading.Thread(target=elsewhere, args=(put_tag,))
    thread.start()
    for number in range(20):
        await sqlite_database.write(one, partial(put_tag, name=f"here{number}"))
    await asyncio.to_thread(thread.join)
    assert done == ["yes"]
