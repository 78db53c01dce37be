"""Reads statements for the installation that they are bound to."""

import re
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

from plugin.store.dispatch import MARK
from plugin.store.tables import metadata

ACROSS = frozenset({"installations", "lanes", "tokens", "inbox"})
"""Tables that the dispatcher may look at across installations; the policies of PostgreSQL have the same list."""

_NAMES = "|".join(sorted(metadata.tables, key=len, reverse=True))
_TABLE = re.compile(rf'\b(?:FROM|JOIN|UPDATE|INTO)\s+"?({_NAMES})"?(?![\w.])', re.IGNORECASE)
_MORE = re.compile(rf'\bFROM\s+(?:"?\w+"?\s*,\s*)+"?({_NAMES})"?(?![\w.])', re.IGNORECASE)
_FREE = re.compile(
    r"\s*(PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|CREATE|ALTER|DROP|GRANT|SHOW"
    r"|SELECT set_config|SELECT pg_advisory_xact_lock|SELECT current_|SELECT rolsuper)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def tables_of(statement: str) -> frozenset[str]:
    """The tables of ours that a statement reads or writes."""
    return frozenset(name.lower() for name in (*_TABLE.findall(statement), *_MORE.findall(statement)))


@lru_cache(maxsize=4096)
def unbound_tables(statement: str) -> frozenset[str]:
    """The tables whose rows a statement does not narrow down to one installation."""
    if _FREE.match(statement):
        return frozenset()
    return frozenset(name for name in tables_of(statement) if not _is_bound(statement, name))


def _is_bound(statement: str, name: str) -> bool:
    inserted = re.search(rf'\bINTO\s+"?{name}"?\s*\(([^)]*)\)', statement, re.IGNORECASE)
    if inserted:
        return "installation_id" in inserted.group(1)
    where = statement[statement.upper().find("WHERE") :] if "WHERE" in statement.upper() else ""
    # A table that is read twice, as in a subquery or the two sides of a UNION, is bound twice.
    read: int = sum(one.lower() == name for one in (*_TABLE.findall(statement), *_MORE.findall(statement)))
    bound = re.findall(rf'"?\b{name}"?\.installation_id\s*(?:=|IN\b)', where, re.IGNORECASE)
    return len(bound) >= read


class Guard:
    """Gathers statements that are neither bound to an installation nor on the dispatcher's closed list."""

    def __init__(self) -> None:
        self.unbound: list[str] = []
        self.marked: set[str] = set()
        self.seen = 0

    def listen(self) -> None:
        """Read every statement of every engine from now on."""
        event.listen(Engine, "before_cursor_execute", self._read)

    def stop(self) -> None:
        """Read no more."""
        event.remove(Engine, "before_cursor_execute", self._read)

    def _read(
        self, _connection: Connection, _cursor: DBAPICursor, statement: str, _parameters: object, context: ExecutionContext | None, _executemany: bool
    ) -> None:
        options: Mapping[str, object] = context.execution_options if context is not None else {}
        self.seen += 1
        if options.get("mentorgraph") == MARK["mentorgraph"]:
            self.marked |= tables_of(statement)
            if not tables_of(statement) <= ACROSS:
                self.unbound.append(f"across installations, but not on the list: {statement}")
        elif unbound_tables(statement):
            self.unbound.append(statement)
