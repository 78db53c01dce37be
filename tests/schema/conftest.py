"""A filled community for each test."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from plugin.settings import Settings
from tests.conftest import FixedClock, in_thread, make_settings, settings_at
from tests.schema.world import ORIGIN, START, World, fill, world_of


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(now=START)


@pytest.fixture(scope="session")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the community in it, to be copied."""
    path = tmp_path_factory.mktemp("filled") / "filled.db"
    shutil.copyfile(sqlite_template, path)

    async def make() -> None:
        async with world_of(make_settings(database_url=f"sqlite:///{path}", public_url=ORIGIN), FixedClock(now=START)) as world:
            await fill(world)

    in_thread(make())
    with closing(sqlite3.connect(path)) as connection:
        # What is still in the log beside the file would not be copied.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
async def world(filled: Path, tmp_path: Path, clock: FixedClock) -> AsyncIterator[World]:
    path = tmp_path / "world.db"
    shutil.copyfile(filled, path)
    async with world_of(settings_at(f"sqlite:///{path}", public_url=ORIGIN), clock) as made:
        yield made


@pytest.fixture
async def both(settings: Settings, clock: FixedClock) -> AsyncIterator[World]:
    """The community on SQLite and on PostgreSQL."""
    async with world_of(settings, clock) as made:
        await fill(made)
        yield made
