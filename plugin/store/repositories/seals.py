"""Everything that is sealed, so that it can be moved to a new key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, and_, func, tuple_

from plugin.store.repositories.base import Repository
from plugin.store.tables import metadata

SEALED: Sequence[tuple[Table, Column[bytes]]] = tuple((table, column) for table in metadata.sorted_tables for column in table.c if column.info.get("sealed"))
"""Every column of seals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A seal and where it is."""

    table: Table
    column: Column[bytes]
    key: tuple[object, ...]
    seal: bytes


def _key_of(table: Table) -> list[Column[object]]:
    return [column for column in table.primary_key if column.name != "installation_id"]


def _other(column: Column[bytes], starts: tuple[bytes, bytes]) -> ColumnElement[bool]:
    """Seals that do not begin as those of a key do. An empty one stands for nothing."""
    begins = [func.substr(column, 1, len(start), type_=LargeBinary()) != start for start in starts]
    return and_(column.is_not(None), func.length(column) > 0, *begins)


class Seals(Repository):
    """Seals in every table."""

    def others(self, table: Table, column: Column[bytes], *, starts: tuple[bytes, bytes], after: tuple[object, ...] | None, limit: int) -> list[Held]:
        """Seals of a column that are not of the key whose seals begin with ``starts``, in the order of their rows, those behind ``after``.

        A table of one row for each installation has no order, and none behind it.
        """
        key = _key_of(table)
        statement = self._select(table, *key, column).where(_other(column, starts)).order_by(*key).limit(limit)
        if after:
            statement = statement.where(tuple_(*key) > tuple_(*after))
        return [Held(table=table, column=column, key=tuple(row[:-1]), seal=bytes(row[-1])) for row in self._rows(statement)]

    def count_others(self, *, starts: tuple[bytes, bytes]) -> int:
        """How many seals are not of that key."""
        return sum(self._rows(self._select(table, func.count()).select_from(table).where(_other(column, starts)))[0][0] for table, column in SEALED)

    def move(self, one: Held, *, reseal: Callable[[bytes], bytes]) -> bool:
        """Put a seal in the place of one, unless somebody changed it meanwhile. Raises what ``reseal`` raises."""
        row = [column == value for column, value in zip(_key_of(one.table), one.key, strict=True)]
        statement = self._update(one.table).where(*row, one.column == one.seal).values({one.column.name: reseal(one.seal)})
        return self._run(statement) == 1
