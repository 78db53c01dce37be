"""What all repositories share."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Generic, Protocol, Self, TypeVar, overload

from sqlalchemy import Column, ColumnElement, Connection, Delete, Insert, Row, Select, Table, Update, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
Key = TypeVar("Key")
CHUNK = 500
"""Most values in one IN list."""


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterable[list[T]]:
    """``values`` in lists of at most ``size``."""
    found = list(values)
    return (found[at : at + size] for at in range(0, len(found), size))


@cache
def _by(column: Column[Any], columns: tuple[Column[Any], ...], *, many: bool) -> Select[*tuple[Any, ...]]:
    """Rows of one installation by one column. Made once: putting a statement together takes SQLAlchemy five times as long as running it."""
    table = column.table
    wanted = column.in_(bindparam("given", expanding=True)) if many else column == bindparam("given")
    return select(*(columns or table.c)).where(table.c.installation_id == bindparam("installation"), wanted)


@lru_cache(maxsize=4096)
def _mine_in(table: Table, installation_id: int) -> ColumnElement[bool]:
    """Rows of one installation."""
    return table.c.installation_id == installation_id


@lru_cache(maxsize=4096)
def _all_of(table: Table, installation_id: int) -> Select[*tuple[Any, ...]]:
    """Whole rows of one installation, to be narrowed down."""
    return select(*table.c).where(_mine_in(table, installation_id))


def insert_into(table: Table, *, postgres: bool) -> sqlite.Insert | postgresql.Insert:
    """An insert in the words of the database, which knows what to do about rows that are there."""
    return postgresql.insert(table) if postgres else sqlite.insert(table)


@cache
def _upsert(table: Table, given: tuple[str, ...], keep: tuple[str, ...], *, postgres: bool) -> sqlite.Insert | postgresql.Insert:
    """Insert, or replace by primary key. Made once for the same reason: to name the row that stands in the way takes longer than the rest."""
    statement = insert_into(table, postgres=postgres)
    key = {column.name for column in table.primary_key}
    values = {name: statement.excluded[name] for name in given if name not in key and name not in keep and name != "installation_id"}
    index = list(table.primary_key)
    return statement.on_conflict_do_update(index_elements=index, set_=values) if values else statement.on_conflict_do_nothing(index_elements=index)


@cache
def _addition(table: Table, unique: tuple[str, ...], *, postgres: bool) -> sqlite.Insert | postgresql.Insert:
    """Insert, unless a row of the same unique key stands in the way. Made once for the same reason."""
    return insert_into(table, postgres=postgres).on_conflict_do_nothing(index_elements=["installation_id", *unique])


@cache
def _setting(table: Table, which: tuple[str, ...], names: tuple[str, ...]) -> Update:
    """Give columns of one installation's rows values, where others have values. Made once for the same reason."""
    rows = (table.c[name] == bindparam(f"is_{name}") for name in which)
    return update(table).where(table.c.installation_id == bindparam("installation"), *rows).values({name: bindparam(f"to_{name}") for name in names})


class Repository:
    """Statements over one table or a few, each bound to the installation."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        self._connection = connection
        self.installation_id = installation_id

    @property
    def _postgres(self) -> bool:
        return self._connection.dialect.name == "postgresql"

    def _mine(self, table: Table) -> ColumnElement[bool]:
        return _mine_in(table, self.installation_id)

    def _select(self, table: Table, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
        return select(*columns).where(self._mine(table)) if columns else _all_of(table, self.installation_id)

    def _update(self, table: Table) -> Update:
        return update(table).where(self._mine(table))

    def _delete(self, table: Table) -> Delete:
        return delete(table).where(self._mine(table))

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        return insert_into(table, postgres=self._postgres)

    def _where(self, column: Column[Any], value: object, *columns: Column[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Rows in which a column has this value."""
        return self._connection.execute(_by(column, columns, many=False), {"installation": self.installation_id, "given": value}).all()

    def _among(self, column: Column[Any], values: Iterable[Any], *columns: Column[Any]) -> Iterator[Row[*tuple[Any, ...]]]:
        """Rows in which a column has one of these values."""
        for part in chunks(sorted(set(values))):
            yield from self._connection.execute(_by(column, columns, many=True), {"installation": self.installation_id, "given": part}).all()

    def _rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(statement).all()

    def _one(self, statement: Select[*tuple[Any, ...]]) -> Row[*tuple[Any, ...]] | None:
        return self._connection.execute(statement).one_or_none()

    def _run(self, statement: Insert | Update | Delete, rows: Sequence[Mapping[str, object]] | None = None) -> int:
        return self._connection.execute(statement, rows).rowcount if rows is not None else self._connection.execute(statement).rowcount

    def _assign(self, table: Table, which: Mapping[str, object], **values: object) -> int:
        """Give columns these values in the rows in which others have those of ``which``; returns how many rows there were."""
        given = {"installation": self.installation_id, **{f"is_{name}": value for name, value in which.items()}}
        given |= {f"to_{name}": value for name, value in values.items()}
        return self._connection.execute(_setting(table, tuple(which), tuple(values)), given).rowcount

    def _add(self, table: Table, row: Mapping[str, object], *, unique: Sequence[str]) -> bool:
        """Insert a row unless there is one with the same values in the columns ``unique``; ``False`` if there is."""
        statement = _addition(table, tuple(unique), postgres=self._postgres)
        return self._run(statement, [{"installation_id": self.installation_id, **row}]) > 0

    def _put(self, table: Table, rows: Sequence[Mapping[str, object]], *, keep: Sequence[str] = ()) -> None:
        """Insert or replace rows by primary key; columns in ``keep`` stay as they are in rows that exist."""
        if not rows:
            return
        statement = _upsert(table, tuple(rows[0]), tuple(keep), postgres=self._postgres)
        self._connection.execute(statement, [{"installation_id": self.installation_id, **row} for row in rows])


class Scoped(Protocol):
    """A transaction of one installation."""

    _connection: Connection
    installation_id: int


R = TypeVar("R")


class repository(Generic[R]):  # noqa: N801 - it is used as a declaration
    """Declares a repository of a unit of work; it is made when it is first asked for, and again after it was forgotten."""

    def __init__(self, make: Callable[[Connection, int], R]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, unit: None, owner: type) -> Self: ...
    @overload
    def __get__(self, unit: Scoped, owner: type) -> R: ...
    def __get__(self, unit: Scoped | None, owner: type) -> R | Self:
        if unit is None:
            return self
        # No __set__: from now on the instance's own attribute is found first.
        made = self._make(unit._connection, unit.installation_id)  # noqa: SLF001 - it is the unit's part
        unit.__dict__[self._name] = made
        return made
