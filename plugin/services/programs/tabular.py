"""Tables written as files that other programs open: CSV and Parquet."""

import csv
import importlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from plugin.errors import Misconfigured

Value = str | int | float | bool | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet may run, in half and in full width (OWASP, "CSV Injection")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column and what its values are."""

    name: str
    kind: type


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a name for its file."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def columns(**kinds: type) -> tuple[Column, ...]:
    """Columns in the order of writing."""
    return tuple(Column(name=name, kind=kind) for name, kind in kinds.items())


def safe(text: str) -> str:
    """A text that a spreadsheet shows and does not run: an apostrophe comes before what looks like a formula, also behind blanks."""
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    # Numbers are no text of anybody's: a minus in front of one is a minus.
    return safe(value.replace("\x00", "")) if isinstance(value, str) else repr(value)


def write_csv(table: Table) -> bytes:
    """A table as CSV (RFC 4180) in UTF-8 with its mark, which spreadsheets need to tell it from older codings."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _arrow(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise Misconfigured("Parquet needs pyarrow: install mentorgraph with its extra, as in pip install 'mentorgraph[parquet]', or take csv") from None


def write_parquet(table: Table) -> bytes:
    """A table as Parquet, with the types of its columns. Raises :class:`Misconfigured` without pyarrow."""
    arrow, parquet = _arrow("pyarrow"), _arrow("pyarrow.parquet")
    kinds = {str: arrow.string(), int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_(), datetime: arrow.timestamp("us", tz="UTC")}
    schema = arrow.schema([(column.name, kinds[column.kind]) for column in table.columns])
    by_column = zip(*table.rows, strict=True) if table.rows else ((),) * len(table.columns)
    arrays = [_array(arrow, list(values), kinds[column.kind]) for column, values in zip(table.columns, by_column, strict=True)]
    out = io.BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _array(arrow: ModuleType, values: Sequence[Value], kind: object) -> object:
    clean = [value.encode("utf-8", errors="replace").decode() if isinstance(value, str) else value for value in values]
    return arrow.array(clean, type=kind)


WRITERS = {"csv": write_csv, "parquet": write_parquet}
"""How tables are written, by the name of the format."""


def rows(found: Iterable[Sequence[Value]]) -> tuple[tuple[Value, ...], ...]:
    """Rows as a table keeps them."""
    return tuple(tuple(one) for one in found)
