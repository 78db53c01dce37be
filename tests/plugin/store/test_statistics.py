"""SQLite looks rows up by the indexes that were made for it, and reads no community whole for a few of its rows."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Index

from plugin.settings import Settings
from plugin.store.tables import metadata

ALL = sorted((one for table in metadata.sorted_tables for one in table.indexes if len(one.expressions) > 1), key=lambda index: str(index.name))
OPEN = [one for one in ALL if one.dialect_options["sqlite"]["where"] is not None]
"""Those that have only what waits, by when it is due."""


@pytest.mark.parametrize("index", [one for one in ALL if one not in OPEN], ids=lambda index: str(index.name))
def test_an_index_is_taken_by_its_first_columns(sqlite_settings: Settings, index: Index) -> None:
    first, second, *_ = (str(getattr(one, "name", one)) for one in index.expressions)
    assert index.table is not None
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
        asked = f'EXPLAIN QUERY PLAN SELECT * FROM "{index.table.name}" WHERE "{first}" = 1 AND {second} = ?'
        ((_, _, _, plan),) = raw.execute(asked, (2,)).fetchall()
    assert "AND " in plan, plan


@pytest.mark.parametrize("index", OPEN, ids=lambda index: str(index.name))
def test_what_waits_is_found_in_the_order_in_which_it_is_due(sqlite_settings: Settings, index: Index) -> None:
    assert index.table is not None
    due, waits = str(index.expressions[1].name), index.dialect_options["sqlite"]["where"]  # type: ignore[union-attr]  # a column
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
        asked = f'EXPLAIN QUERY PLAN SELECT * FROM "{index.table.name}" WHERE installation_id = 1 AND {waits} AND {due} <= 2 ORDER BY {due} LIMIT 9'
        ((_, _, _, plan),) = raw.execute(asked).fetchall()
    assert f"USING INDEX {index.name} (installation_id=? AND {due}<?)" in plan
