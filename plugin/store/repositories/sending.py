"""What is sent once and waits for its time: messages to the host, and mails."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import Column, Table, Update, bindparam, func, update

from plugin.store.repositories.base import Repository, chunks


@cache
def _trying(table: Table, number: Column[Any]) -> Update:
    """Count a try. Made once, as it is run for everything that is sent."""
    which = table.c.installation_id == bindparam("installation"), number == bindparam("one")
    return update(table).where(*which).values(attempts=table.c.attempts + 1, next_at=bindparam("later"))


class Sending(Repository):
    """What waits to be sent, under keys by which nothing is sent twice. Its content is gone once it was sent or given up."""

    _table: ClassVar[Table]
    _number: ClassVar[Column[Any]]
    """The column by which one is named."""

    def next_at(self) -> datetime | None:
        """When the next one falls due."""
        row = self._one(self._select(self._table, func.min(self._table.c.next_at)).where(self._table.c.state == "pending"))
        return None if row is None else row[0]

    def attempt(self, number: int, *, next_at: datetime) -> None:
        """Count a try before it is made, so that a crash in the middle shows as a try whose end is unknown."""
        self._connection.execute(_trying(self._table, self._number), {"installation": self.installation_id, "one": number, "later": next_at})

    def drop(self, number: int, *, why: str) -> None:
        """Give one up and erase its content, because it is no longer wanted."""
        self._set(number, state="dropped", body=None, error=why)

    def take_back(self, keys: Iterable[str], *, why: str) -> set[str]:
        """Unsay what was not sent yet; returns the keys of those that nobody ever tried to send, which can be used again.

        One that was tried may be there already: it is not tried again, and its key stays used. What was given up loses its content.
        """
        table, fresh = self._table, set[str]()
        for part in chunks(keys):
            waiting = table.c.key.in_(part), table.c.state == "pending"
            fresh |= set(self._connection.execute(self._delete(table).where(*waiting, table.c.attempts == 0).returning(table.c.key)).scalars())
            self._run(self._update(table).where(*waiting).values(state="dropped", body=None, error=why))
            self._run(self._update(table).where(table.c.key.in_(part), table.c.state == "dead").values(body=None))
        return fresh

    def _set(self, number: int, **values: object) -> None:
        self._assign(self._table, {self._number.name: number}, **values)
