"""SQLite looks rows up by the indexes that were made for it, and reads no community whole for a few of its rows."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Index

from plugin.settings import Settings
from plugin.store.tables import metadata

# Those that hold for some rows only are for statements that name the state in so many words.
INDEXES = [one for table in metadata.sorted_tables for one in table.indexes if len(one.expressions) > 1 and one.dialect_options["sqlite"]["where"] is None]


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: str(index.name))
def test_an_index_is_taken_by_its_first_columns(sqlite_settings: Settings, index: Index) -> None:
    first, second, *_ = (str(getattr(one, "name", one)) for one in index.expressions)
    assert index.table is not None
    with closing(sqlite3.connect(sqlite_settings.sqlite_path)) as raw:
        asked = f'EXPLAIN QUERY PLAN SELECT * FROM "{index.table.name}" WHERE "{first}" = 1 AND {second} = ?'
        ((_, _, _, plan),) = raw.execute(asked, (2,)).fetchall()
    assert "AND " in plan, plan
