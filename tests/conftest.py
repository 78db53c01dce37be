"""What tests share: a clock that stands, settings, and both databases as they are in production."""

import asyncio
import gc
import os
import shutil
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from plugin.app import open_database
from plugin.settings import Settings
from plugin.store import engines
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.migrate import migrate_database
from tests.postgres import Broom, Postgres, running_postgres
from tests.statements import Guard

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SECRET_KEY = "a key for the tests that is long enough"
SYNCHRONOUS = engines.SYNCHRONOUS
"""What SQLite is told of its disk outside of the tests."""

# Fixtures of a function are shared by all examples of a property on purpose: each example makes its own installation.
hypothesis_settings.register_profile(
    "tests", deadline=None, derandomize=True, print_blob=False, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
hypothesis_settings.load_profile("tests")


@dataclass
class FixedClock:
    """A clock that stands until it is moved."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now

    def move(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Let time pass."""
        self.now += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def vault() -> Vault:
    return Vault([SECRET_KEY])


def make_settings(**values: object) -> Settings:
    """Settings that do not depend on the environment of whoever runs the tests."""
    return Settings.model_validate({"secret_keys": SECRET_KEY, "public_url": "https://mentors.example.org", "log_level": "error"} | values)


@cache
def _plain_settings() -> Settings:
    return make_settings()


def settings_at(database_url: str, **more: str) -> Settings:
    """Settings for a database; made of others, which takes a hundredth of the time of reading them anew."""
    return _plain_settings().model_copy(update={"database_url": database_url, **more})


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MENTORGRAPH_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """What a test says of logging ends with it: the stream that it wrote to does too."""
    yield
    structlog.reset_defaults()


# ---------------------------------------------------------------------------------------------------------------------- every statement is read


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """Reads every statement of the whole run."""
    guard = Guard()
    guard.listen()
    yield guard
    guard.stop()


@pytest.fixture(autouse=True)
def _every_statement_is_bound(guard: Guard) -> Iterator[None]:
    guard.unbound.clear()
    yield
    assert not guard.unbound, f"statements that are not bound to an installation: {guard.unbound}"


# ---------------------------------------------------------------------------------------------------------------------- databases


def pytest_collection() -> None:
    """What is imported and collected stays until the end: looking for garbage in it again and again would be a good part of every run."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is collected, among what tests make; as often as the service has it done."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 10)
    gc.enable()


LONG = 600
"""Seconds of a time-out by which a long test is known."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs PostgreSQL's server is slow: `make check` shows everything on SQLite, `make test` on both.

    Tests that may take ten minutes begin first, so that no processor waits for one of them in the end.
    """
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if parameters.get("settings") == "postgres" or "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    items.sort(key=_is_short)


def _is_short(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("timeout")
    return marker is None or not marker.args or marker.args[0] < LONG


def in_thread(work: Coroutine[Any, Any, object]) -> None:
    """Run to the end beside the event loop of the test, if there is one."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:  # noqa: BLE001 - raised again below
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


@pytest.fixture(scope="session", autouse=True)
def _no_power_is_cut() -> Iterator[None]:
    """In this process: the service that is killed again and again is another one, and waits for its disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "SYNCHRONOUS", "OFF")
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to be copied: migrating takes a hundred times as long."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    in_thread(migrate_database(make_settings(database_url=f"sqlite:///{path}")))
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A real server with migrated tables, for the whole run."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        in_thread(migrate_database(make_settings(database_url=server.service_url, migrate_url=server.owner_url)))
        yield server


@pytest.fixture(scope="session")
def broom(postgres: Postgres) -> Iterator[Broom]:
    made = Broom(postgres)
    yield made
    made.close()


@pytest.fixture
def sqlite_settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """An empty SQLite database of this version."""
    path = tmp_path / "mentorgraph.db"
    shutil.copyfile(sqlite_template, path)
    return settings_at(f"sqlite:///{path}")


@pytest.fixture
def postgres_settings(postgres: Postgres, broom: Broom) -> Settings:
    """The PostgreSQL database of this run, emptied. The service connects as a role that owns nothing."""
    broom.sweep()
    return settings_at(postgres.service_url, migrate_url=postgres.owner_url)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings for an empty database; every test that asks for it runs on both."""
    found = request.getfixturevalue(f"{request.param}_settings")
    assert isinstance(found, Settings)
    return found


async def _opened(settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Database]:
    database = open_database(settings, vault=vault, clock=clock)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def database(settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Database]:
    """An empty database; every test that asks for it runs on SQLite and on PostgreSQL."""
    async for one in _opened(settings, vault, clock):
        yield one


@pytest.fixture
async def sqlite_database(sqlite_settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Database]:
    """An empty SQLite database."""
    async for one in _opened(sqlite_settings, vault, clock):
        yield one


@pytest.fixture
async def postgres_database(postgres_settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Database]:
    """An empty PostgreSQL database."""
    async for one in _opened(postgres_settings, vault, clock):
        yield one
