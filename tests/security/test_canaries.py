"""Unique strings in every personal column: gone from the file after erasure, and never in a log.

The columns are read from the tables, so that a column that is added is planted as well.
"""

from datetime import datetime

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Date, LargeBinary, Text, create_engine, select
from structlog.testing import capture_logs

from plugin.services import handlers, housekeeping
from plugin.services.erasure import erase_member
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.sqlite import SqliteDatabase
from plugin.store.tables import JSON, MEMBER_COLUMNS, members, metadata
from plugin.store.types import Moment, Terms
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.stories import HOST, person
from tests.plugin.support import FakeClient, FakeHost, Picture, community, make_runtime

PERSONAL = sorted(set(MEMBER_COLUMNS) - {"members"})


def canary(table: str, column: str) -> str:
    return f"zq-{table}-{column}-canary"


CLOSED = {("mentorships", "end_reason"): "other"}
"""Columns that hold one of a few words of ours, which are read as such on the way."""


def value(table: str, column: Column[object], member_id: int, now: datetime) -> object:
    """Something for a column that the database takes; a canary where it takes words."""
    if column.name in MEMBER_COLUMNS[table]:
        return member_id
    if (table, column.name) in CLOSED:
        return CLOSED[table, column.name]
    if column.type is JSON:
        return [canary(table, column.name)]
    for kind, found in (
        (Moment, now),
        (Date, now.date()),
        (Terms, {1: 1}),
        (LargeBinary, canary(table, column.name).encode()),
        (Text, canary(table, column.name)),
        (Boolean, True),
        (BigInteger, 70_000 + len(column.name)),
    ):
        if isinstance(column.type, kind):
            return found
    return 1


def planted_words() -> set[str]:
    return {canary(name, column.name) for name in PERSONAL for column in metadata.tables[name].c if _is_planted(name, column)}


def _is_planted(table: str, column: Column[object]) -> bool:
    if column.name in MEMBER_COLUMNS[table] or (table, column.name) in CLOSED or isinstance(column.type, Terms):
        return False
    return isinstance(column.type, (Text, LargeBinary)) or column.type is JSON


def plant(settings: Settings, installation_id: int, member_id: int, now: datetime) -> None:
    """A row about the member in every table, behind the service's back."""
    engine = create_engine(f"sqlite:///{settings.sqlite_path}")
    with engine.begin() as connection:
        for name in PERSONAL:
            table = metadata.tables[name]
            row = {column.name: value(name, column, member_id, now) for column in table.c if column.name != "installation_id"}
            connection.execute(table.insert().values(installation_id=installation_id, **row))
        words = {column.name: canary("members", column.name) for column in members.c if isinstance(column.type, Text) and column.name in SPOKEN}
        mine = (members.c.installation_id == installation_id, members.c.member_id == member_id)
        connection.execute(members.update().where(*mine).values(**words))
        assert connection.execute(select(members.c.member_id).where(*mine)).scalar() == member_id
    engine.dispose()


REMEMBERED = {canary("posts", "post_id"), canary("topics", "topic_id")}
"""The host's ids of what the member wrote are remembered for 30 days, so that late deliveries do not bring it back."""
STAYS = {
    "ledger": ("currency", "decided_by", "kind", "proposed_by", "reference", "state", "words"),
    "mentorships": ("begun_by", "source"),
    "pair_items": ("kind", "state"),
}
"""What stays when the member's number is taken out of a row: closed words of ours, numbers of whoever decided, and the accounts of money that was paid."""
SPOKEN = ("username", "name", "avatar_url", "title", "bio", "location", "locale", "timezone")


def left_in_files(settings: Settings, database: Database, words: set[str]) -> set[str]:
    assert isinstance(database, SqliteDatabase)
    database._cut_log()
    path = settings.sqlite_path
    held = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    return {word for word in words if word.encode() in held}


@pytest.mark.slow
@pytest.mark.parametrize("why", ["host", "self", "admin"])
async def test_every_planted_word_is_gone_after_erasure_and_none_was_logged(
    sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    installation_id = await community(sqlite_database)
    runtime = make_runtime(sqlite_settings, sqlite_database, vault, clock, FakeHost(FakeClient(Picture(), clock)))
    await sqlite_database.write(installation_id, lambda unit: handlers.apply([person("77", source=HOST)], unit))

    def find(unit: UnitOfWork) -> int:
        found = unit.members.by_host("77")
        assert found is not None
        return found.id

    member_id = await sqlite_database.read(installation_id, find)
    plant(sqlite_settings, installation_id, member_id, clock())
    words = planted_words() | {canary("members", one) for one in SPOKEN}
    assert len(words) > 30
    assert left_in_files(sqlite_settings, sqlite_database, words) == words, "this test plants what it looks for"
    with capture_logs() as logs:
        await housekeeping.tidy(runtime, installation_id)
        await sqlite_database.write(installation_id, lambda unit: erase_member("77", unit, why=why))
    kept = {canary(table, column) for table, columns in STAYS.items() for column in columns}
    assert left_in_files(sqlite_settings, sqlite_database, words) - kept <= REMEMBERED
    clock.move(days=31)
    with capture_logs() as later:
        await housekeeping.tidy(runtime, installation_id)
    assert left_in_files(sqlite_settings, sqlite_database, words) - kept == set()
    logs += later
    said = capsys.readouterr()
    assert not [word for word in words if word in repr(logs) + said.out + said.err]
