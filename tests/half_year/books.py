"""The books of the half year: the database by plain SQL, and which messages say the same."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.half_year.places import Message

MICROS = 1_000_000


def duplicates(messages: Iterable[Message]) -> list[tuple[Message, Message]]:
    """Messages with the same words to the same member, each beside the first of them, however long ago that was."""
    seen: dict[tuple[str, str, str], Message] = {}
    found = []
    for one in messages:
        first = seen.setdefault((one.to, one.title, one.text), one)
        if first is not one:
            found.append((first, one))
    return found


class Books:
    """The database as it is after the half year, read by plain SQL."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Rows of a statement."""
        with closing(sqlite3.connect(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement, values)]

    def count(self, statement: str, *values: object) -> int:
        """The one number of a statement."""
        return int(next(iter(self.rows(statement, *values)[0].values())))
