"""A served community on a host in memory, on both databases."""

import pytest

from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import FixedClock
from tests.plugin.support import FakeClient, FakeHost, Picture, World, community, make_runtime


async def make_world(settings: Settings, database: Database, vault: Vault, clock: FixedClock, *, base_url: str = "https://forum.example.org") -> World:
    host = FakeHost(FakeClient(Picture(), clock))
    made = await community(database, base_url=base_url)
    return World(make_runtime(settings, database, vault, clock, host), host, made)


@pytest.fixture
async def world(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> World:
    return await make_world(settings, database, vault, clock)


@pytest.fixture
async def small_world(sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock) -> World:
    """The same on SQLite alone."""
    return await make_world(sqlite_settings, sqlite_database, vault, clock)
