"""Everything that a community's rows say, with every seal opened: what whoever has the database and its keys can read."""

import sqlalchemy as sa

from plugin.errors import Invalid
from plugin.store.tables import metadata
from plugin.store.unit_of_work import UnitOfWork


def opened(unit: UnitOfWork) -> list[tuple[str, str]]:
    """Column and content, as text, of everything that is kept."""
    found = []
    for table in metadata.sorted_tables:
        for row in unit._connection.execute(sa.select(table).where(table.c.installation_id == unit.installation_id)):
            found += [(f"{table.name}.{column.name}", _text(unit, value)) for column, value in zip(table.c, row, strict=True) if value is not None]
    return found


def _text(unit: UnitOfWork, value: object) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    raw = bytes(value)
    try:
        return unit.vault._open(raw)[0].decode(errors="replace")
    except Invalid:
        return raw.decode(errors="replace")


def places_of(unit: UnitOfWork, words: set[str]) -> dict[str, set[str]]:
    """Where each word stands."""
    held = opened(unit)
    return {word: {where for where, text in held if word in text} for word in words}
