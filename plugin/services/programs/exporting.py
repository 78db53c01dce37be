"""A program's tables for other programs to open: everything that its managers may see, as CSV or Parquet, one table or all of them in one archive.

A table is registered by the module whose rows it shows::

    @exporting.table("enrolments", "Who takes part, and as what.")
    def enrolments(unit: UnitOfWork, program: Program, principal: Principal) -> Table: ...

What members answered in confidence is in no table, unless they agreed to be named; figures that tell of many are in ``results`` and ``figures``.
"""

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from plugin.domain.people import Principal
from plugin.domain.programs import Program
from plugin.errors import Invalid
from plugin.services.guarding.managing import managed_program
from plugin.services.programs.tabular import WRITERS, Table
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

Maker = Callable[[UnitOfWork, Program, Principal], Table]
TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet", "zip": "application/zip"}
LARGEST = 30_000_000
"""Bytes of a file: what one answer of the API can carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A table that there is."""

    name: str
    about: str
    make: Maker


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file with its content."""

    name: str
    content_type: str
    content: bytes
    rows: int


TABLES: dict[str, Kind] = {}


def table(name: str, about: str) -> Callable[[Maker], Maker]:
    """Register how a table is made. Raises :class:`ValueError` for a name that is taken: a mistake of ours, seen at the start."""

    def register(make: Maker) -> Maker:
        if name in TABLES:
            raise ValueError(f"two tables are called {name!r}")
        TABLES[name] = Kind(name=name, about=about, make=make)
        return make

    return register


async def export(runtime: Runtime, principal: Principal, program_id: int, *, name: str | None, form: str) -> File:
    """A table of a program as ``csv`` or ``parquet``, or with ``None`` all of them in one archive; who took it is put on record.

    Raises :class:`Invalid` for a table or a format that there is not, and for a file that would be too large;
    :class:`~plugin.errors.Misconfigured` for Parquet without pyarrow.
    """
    if form not in WRITERS:
        raise Invalid("the format is one of: {choices}", field="format", choices=", ".join(WRITERS))
    if name is not None and name not in TABLES:
        raise Invalid("the table is one of: {choices}", field="table", choices=", ".join(sorted(TABLES)))

    def work(unit: UnitOfWork) -> tuple[Program, list[Table]]:
        program = managed_program(unit, principal, program_id)
        made = [kind.make(unit, program, principal) for kind in TABLES.values() if name in {None, kind.name}]
        unit.record("export.made", actor=principal.actor, program=str(program_id), table=name or "all", rows=sum(len(one.rows) for one in made))
        return program, made

    program, made = await runtime.database.write(principal.installation_id, work)
    found = _file(program, made, form=form, whole=name is None)
    if len(found.content) > LARGEST:
        raise Invalid("this file would have {count:,} bytes: take one table at a time, or parquet", code="too_large", field="table", count=len(found.content))
    return found


def _file(program: Program, made: Iterable[Table], *, form: str, whole: bool) -> File:
    written = {f"{one.name}.{form}": WRITERS[form](one) for one in made}
    rows = sum(len(one.rows) for one in made)
    if not whole:
        ((name, content),) = written.items()
        return File(name=name, content_type=TYPES[form], content=content, rows=rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            # A fixed time: the same rows give the same file.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return File(name=f"program-{program.id}-{form}.zip", content_type=TYPES["zip"], content=out.getvalue(), rows=rows)


class Names(dict[int | None, str]):
    """Names by id, empty for whoever is gone."""

    def __missing__(self, key: int | None) -> str:
        return ""


def names(unit: UnitOfWork, member_ids: Iterable[int | None]) -> Names:
    """Names of members for a table; whoever is no longer a member has none."""
    found = unit.members.many({one for one in member_ids if one is not None})
    return Names({one.id: one.username for one in found.values()})
