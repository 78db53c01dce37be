"""What is the database's failure, and what is the fault of what was asked of it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from plugin.errors import Unavailable
from plugin.store import engines
from plugin.store.database import Database
from plugin.store.engines import away
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import SYNCHRONOUS
from tests.plugin.support import community


class Refused(Exception):
    """An error as a driver of PostgreSQL raises it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def locked() -> OperationalError:
    return OperationalError("UPDATE", None, sqlite3.OperationalError("database is locked"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (locked(), "database_locked"),
        (OperationalError("", None, sqlite3.OperationalError("database or disk is full")), "database_full"),
        (OperationalError("", None, sqlite3.OperationalError("disk I/O error")), "database_down"),
        (OperationalError("", None, sqlite3.OperationalError("too many SQL variables")), None),
        (DBAPIError("", None, Refused("57P03")), "database_down"),
        (DBAPIError("", None, Refused("57P01")), "database_down"),
        (DBAPIError("", None, Refused("53100")), "database_down"),
        (DBAPIError("", None, Refused("25006")), "database_down"),
        (DBAPIError("", None, Refused("08006")), "database_down"),
        (DBAPIError("", None, Refused("23505")), None),
        (DBAPIError("", None, Exception("anything"), connection_invalidated=True), "database_down"),
        (ValueError("nothing to do with it"), None),
    ],
)
def test_whose_fault_it_is(error: Exception, code: str | None) -> None:
    found = away(error)
    assert (found and found.code) == code


@pytest.mark.parametrize(("error", "raised"), [(locked(), Unavailable), (KeyError("a bug"), KeyError)])
async def test_a_part_of_a_transaction_ends_with_what_failed(database: Database, error: Exception, raised: type[Exception]) -> None:
    """A database that fails in the middle is not taken for a fault of what was done in it."""
    one = await community(database)

    def work(unit: UnitOfWork) -> Any:
        with unit.savepoint():
            raise error

    with pytest.raises(raised):
        await database.write(one, work)
    assert await database.read(one, lambda unit: unit.revision) >= 0


def test_what_was_committed_survives_a_power_cut_and_what_was_erased_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SYNCHRONOUS", SYNCHRONOUS)
    with closing(engines.sqlite_connection(tmp_path / "new.db")) as connection:
        said = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "secure_delete", "journal_mode", "foreign_keys")}
    assert said == {"synchronous": 2, "secure_delete": 1, "journal_mode": "wal", "foreign_keys": 1}
