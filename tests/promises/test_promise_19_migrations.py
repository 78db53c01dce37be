"""Promise 19: migrations run twice, at the same time, after one was killed in the middle, and while others read and write.

Several migrators at once on a new database: ``tests/plugin/store/test_migrate.py``.
"""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from plugin.store.engines import sqlite_engine
from plugin.store.migrate import expected_revision, migrate_database
from tests import forked
from tests.conftest import SECRET_KEY, make_settings
from tests.plugin.store.test_migrate import difference

DYING = """
import os, signal, sys
from itertools import count
from sqlalchemy import Engine, event
from plugin.cli.main import main

passed, last = count(1), int(sys.argv.pop())

@event.listens_for(Engine, "after_cursor_execute")
def _die(*_given):
    if next(passed) == last:
        os.kill(os.getpid(), signal.SIGKILL)

main(["migrate"])
"""


async def migrate_and_die(database_url: str, after: int) -> int:
    environment = {"MENTORGRAPH_DATABASE_URL": database_url, "MENTORGRAPH_SECRET_KEYS": SECRET_KEY}
    return await forked.start("-c", DYING, str(after), environment=environment).wait()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index:sqlalchemy.exc.SAWarning")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index:UserWarning")
@pytest.mark.parametrize("after", [3, 25, 90])
async def test_promise_19_killed_in_the_middle_and_run_again(tmp_path: Path, after: int) -> None:
    settings = make_settings(database_url=f"sqlite:///{tmp_path / 'new.db'}")
    assert await migrate_and_die(settings.database_url, after) == -signal.SIGKILL
    await asyncio.gather(*(asyncio.to_thread(asyncio.run, migrate_database(settings)) for _ in range(2)))
    engine = sqlite_engine(settings.sqlite_path)
    with engine.begin() as connection:
        assert difference(connection) == []
    engine.dispose()
    with closing(sqlite3.connect(settings.sqlite_path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(expected_revision(),)]
