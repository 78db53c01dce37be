"""Migrations: twice, at the same time, and equal to the tables that the code has."""

import ast
import asyncio
import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from plugin.errors import Misconfigured, PluginError
from plugin.settings import Settings
from plugin.store.engines import postgres_engine, sqlite_engine
from plugin.store.migrate import check_revision, expected_revision, migrate_database
from plugin.store.tables import metadata
from tests.conftest import make_settings
from tests.postgres import OWNER, Postgres


def difference(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False}), metadata))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index:sqlalchemy.exc.SAWarning")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index:UserWarning")
async def test_the_migrated_tables_are_those_of_the_code(settings: Settings) -> None:
    if settings.embedded:
        engine = sqlite_engine(settings.sqlite_path)
        with engine.begin() as connection:
            assert difference(connection) == []
        engine.dispose()
    else:
        engine_pg = postgres_engine(settings.migrate_url)
        async with engine_pg.begin() as opened:
            assert await opened.run_sync(difference) == []
        await engine_pg.dispose()


async def test_migrating_again_changes_nothing(settings: Settings) -> None:
    for _ in range(2):
        await migrate_database(settings)


def test_two_at_once_on_a_new_file(tmp_path: Path) -> None:
    settings = make_settings(database_url=f"sqlite:///{tmp_path / 'new.db'}")
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(migrate_database(settings))
        except BaseException as error:  # noqa: BLE001 - looked at below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with sqlite3.connect(settings.sqlite_path) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(expected_revision(),)]
    raw.close()


async def test_two_at_once_on_a_new_postgres(postgres: Postgres) -> None:
    admin = await asyncpg.connect(postgres.admin_url)
    await admin.execute(f"CREATE DATABASE brand_new OWNER {OWNER}")
    try:
        settings = make_settings(
            database_url=postgres.service_url.replace("/mentorgraph?", "/brand_new?"), migrate_url=postgres.owner_url.replace("/mentorgraph?", "/brand_new?")
        )
        await asyncio.gather(*(migrate_database(settings) for _ in range(3)))
        service = await asyncpg.connect(settings.database_url)
        assert await service.fetchval("SELECT version_num FROM alembic_version") == expected_revision()
        assert await service.fetchval("SELECT count(*) FROM installations") == 0
        await service.close()
    finally:
        await admin.execute("DROP DATABASE brand_new WITH (FORCE)")
        await admin.close()


@pytest.mark.parametrize("place", ["missing/x.db", "."])
async def test_a_place_that_cannot_be_says_what_to_do(tmp_path: Path, place: str) -> None:
    with pytest.raises(PluginError) as failure:
        await migrate_database(make_settings(database_url=f"sqlite:///{tmp_path / place}"))
    assert str(tmp_path) in failure.value.message or "MENTORGRAPH_DATABASE_URL" in failure.value.message


async def test_a_weak_role_may_not_migrate(postgres: Postgres) -> None:
    admin = await asyncpg.connect(postgres.admin_url)
    await admin.execute(f"CREATE DATABASE not_ours OWNER {OWNER}")
    try:
        with pytest.raises(Misconfigured, match="must own the tables"):
            await migrate_database(make_settings(database_url=postgres.service_url.replace("/mentorgraph?", "/not_ours?")))
    finally:
        await admin.execute("DROP DATABASE not_ours WITH (FORCE)")
        await admin.close()


@pytest.mark.parametrize("found", [None, "0000", "0001", "1001", "9999"])
def test_tables_that_are_older_or_of_another_generation_are_not_worked_on(found: str | None) -> None:
    with pytest.raises(Misconfigured, match="run `mentorgraph migrate`" if found is None or found[0] == "0" else "install the newer Mentorgraph"):
        check_revision(found)


def test_tables_of_this_version_and_of_later_ones_of_the_generation_are_worked_on() -> None:
    for found in (expected_revision(), f"{int(expected_revision()) + 1:04}", "0999"):
        check_revision(found)


@pytest.mark.parametrize("found", ["0999", "1001"])
async def test_a_database_of_a_later_version_is_left_as_it_is(sqlite_settings: Settings, found: str) -> None:
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (found,))
        raw.commit()
    if found < "1":
        assert await migrate_database(sqlite_settings) == found
    else:
        with pytest.raises(Misconfigured, match="install the newer Mentorgraph"):
            await migrate_database(sqlite_settings)
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (found,)


ADDING = {"create_table", "create_index", "add_column", "execute", "get_bind", "get_context", "f", "bulk_insert"}


@pytest.mark.parametrize("path", sorted(Path("migrations/versions").glob("*.py")), ids=lambda path: path.stem)
def test_a_migration_only_adds(path: Path) -> None:
    """Otherwise an old process could not serve on beside a new one. Statements that are executed protect the tables that were added."""
    (upgrade,) = [one for one in ast.parse(path.read_text()).body if isinstance(one, ast.FunctionDef) and one.name == "upgrade"]
    calls = [one for one in ast.walk(upgrade) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and ast.unparse(one.func.value) == "op"]
    assert {one.func.attr for one in calls if isinstance(one.func, ast.Attribute)} <= ADDING
    for one in calls:
        if isinstance(one.func, ast.Attribute) and one.func.attr == "add_column":
            told = {word.arg: ast.unparse(word.value) for word in one.args[1].keywords} if isinstance(one.args[1], ast.Call) else {}
            assert "server_default" in told or told.get("nullable") == "True", "a process that does not know the column writes rows without it"
        if isinstance(one.func, ast.Attribute) and one.func.attr == "execute":
            assert not re.search(r"\b(drop|rename|alter column|delete|truncate)\b", ast.unparse(one), re.IGNORECASE)
