"""Programs and mentorships."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from plugin.domain.programs import Program, ProgramState
from plugin.store.repositories.base import Repository
from plugin.store.tables import mentorships, programs


class Programs(Repository):
    """Mentorship programs of the community."""

    def put(self, program: Program) -> None:
        """Insert or replace a program."""
        values = {
            "program_id": program.id,
            "name": program.name,
            "purpose": program.purpose,
            "state": program.state.value,
            "created_at": program.created_at,
        }
        self._put(programs, [values])

    def get(self, program_id: int) -> Program | None:
        """The program with this id."""
        row = self._one(self._select(programs).where(programs.c.program_id == program_id))
        return None if row is None else _program(row)

    def page(self, *, after: int | None, limit: int, state: ProgramState | None) -> list[Program]:
        """Programs, the newest first."""
        statement = self._select(programs)
        if after is not None:
            statement = statement.where(programs.c.program_id < after)
        if state is not None:
            statement = statement.where(programs.c.state == state.value)
        return [_program(row) for row in self._rows(statement.order_by(programs.c.program_id.desc()).limit(limit))]


def _program(row: Row[*tuple[Any, ...]]) -> Program:
    return Program(id=row.program_id, name=row.name, purpose=row.purpose, state=ProgramState(row.state), created_at=row.created_at)


class Mentorships(Repository):
    """Who mentors whom."""

    def all(self) -> list[tuple[int, int, datetime, datetime | None]]:
        """Mentor, mentee, beginning and end of every mentorship whose two people are still members."""
        columns = mentorships.c.mentor_id, mentorships.c.mentee_id, mentorships.c.began_at, mentorships.c.ended_at
        both = mentorships.c.mentor_id.is_not(None), mentorships.c.mentee_id.is_not(None)
        return [(row[0], row[1], row[2], row[3]) for row in self._rows(self._select(mentorships, *columns).where(*both))]
