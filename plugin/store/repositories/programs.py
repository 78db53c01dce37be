"""Programs, their managers, and who takes part."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.programs import Format, Goal, Program, ProgramState, Role
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import enrolments, program_managers, programs


class Programs(Repository):
    """Mentorship programs of the community."""

    def put(self, program: Program) -> None:
        """Insert or replace a program."""
        plain = ("name", "purpose", "created_at", "audience", "needs", "starts_on", "ends_on", "open", "approve_mentors", "approve_mentees", "both_roles")
        texts = ("mentor_benefits", "mentee_benefits", "code_of_conduct", "template")
        values: dict[str, object] = {name: getattr(program, name) for name in (*plain, *texts)}
        values |= {"program_id": program.id, "state": program.state.value, "format": program.format.value}
        values["goals"] = [{"text": goal.text, "measure": goal.measure, "target": goal.target} for goal in program.goals]
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

    def many(self, program_ids: Iterable[int]) -> dict[int, Program]:
        """Programs by id."""
        found: dict[int, Program] = {}
        for part in chunks(sorted(set(program_ids))):
            found |= {row.program_id: _program(row) for row in self._rows(self._select(programs).where(programs.c.program_id.in_(part)))}
        return found


def _program(row: Row[*tuple[Any, ...]]) -> Program:
    return Program(
        id=row.program_id,
        name=row.name,
        purpose=row.purpose,
        state=ProgramState(row.state),
        created_at=row.created_at,
        audience=row.audience,
        needs=row.needs,
        goals=tuple(Goal(text=one["text"], measure=one.get("measure", ""), target=one.get("target")) for one in row.goals),
        format=Format(row.format),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        open=row.open,
        approve_mentors=row.approve_mentors,
        approve_mentees=row.approve_mentees,
        both_roles=row.both_roles,
        mentor_benefits=row.mentor_benefits,
        mentee_benefits=row.mentee_benefits,
        code_of_conduct=row.code_of_conduct,
        template=row.template,
    )


class Managers(Repository):
    """Who manages which program."""

    def of(self, program_id: int) -> list[int]:
        """Members who manage a program."""
        statement = self._select(program_managers, program_managers.c.member_id).where(program_managers.c.program_id == program_id)
        return [row[0] for row in self._rows(statement.order_by(program_managers.c.member_id))]

    def manages(self, member_id: int, program_id: int) -> bool:
        """Whether a member manages a program."""
        columns = program_managers.c
        return bool(self._rows(self._select(program_managers, columns.member_id).where(columns.program_id == program_id, columns.member_id == member_id)))

    def by(self, member_id: int) -> list[int]:
        """Programs that a member manages, the newest first."""
        statement = self._select(program_managers, program_managers.c.program_id).where(program_managers.c.member_id == member_id)
        return [row[0] for row in self._rows(statement.order_by(program_managers.c.program_id.desc()))]

    def add(self, program_id: int, member_id: int, *, at: datetime) -> None:
        """Let a member manage a program."""
        self._put(program_managers, [{"program_id": program_id, "member_id": member_id, "granted_at": at}], keep=("granted_at",))

    def remove(self, program_id: int, member_id: int) -> bool:
        """Let them manage it no more; returns whether they did."""
        columns = program_managers.c
        return self._run(self._delete(program_managers).where(columns.program_id == program_id, columns.member_id == member_id)) > 0


class Enrolments(Repository):
    """Who takes part in programs."""

    def put(self, enrolment: Enrolment) -> None:
        """Insert or replace an enrolment."""
        plain = ("program_id", "member_id", "capacity", "minimum", "track", "paused", "note", "enrolled_at", "left_at", "adult")
        values: dict[str, object] = {name: getattr(enrolment, name) for name in plain}
        self._put(enrolments, [values | {"enrolment_id": enrolment.id, "role": enrolment.role.value, "state": enrolment.state.value}])

    def get(self, enrolment_id: int) -> Enrolment | None:
        """The enrolment with this id."""
        row = self._one(self._select(enrolments).where(enrolments.c.enrolment_id == enrolment_id))
        return None if row is None else _enrolment(row)

    def find(self, program_id: int, member_id: int, role: Role) -> Enrolment | None:
        """A member's enrolment in this role."""
        columns = enrolments.c
        row = self._one(self._select(enrolments).where(columns.program_id == program_id, columns.member_id == member_id, columns.role == role.value))
        return None if row is None else _enrolment(row)

    def of_program(self, program_id: int, *, state: EnrolmentState | str = EnrolmentState.APPROVED) -> list[Enrolment]:
        """Enrolments of a program in one state, the oldest first."""
        columns = enrolments.c
        statement = self._select(enrolments).where(columns.program_id == program_id, columns.state == EnrolmentState(state).value)
        return [_enrolment(row) for row in self._rows(statement.order_by(columns.enrolment_id))]

    def page(self, program_id: int, *, after: int | None, limit: int, state: EnrolmentState | None = None, role: Role | None = None) -> list[Enrolment]:
        """Enrolments of a program, the oldest first."""
        columns = enrolments.c
        statement = self._select(enrolments).where(columns.program_id == program_id)
        if after is not None:
            statement = statement.where(columns.enrolment_id > after)
        if state is not None:
            statement = statement.where(columns.state == state.value)
        if role is not None:
            statement = statement.where(columns.role == role.value)
        return [_enrolment(row) for row in self._rows(statement.order_by(columns.enrolment_id).limit(limit))]

    def counts(self, program_id: int) -> dict[tuple[Role, EnrolmentState], int]:
        """How many enrolments of a program are in each role and state."""
        columns = enrolments.c
        statement = self._select(enrolments, columns.role, columns.state, func.count()).where(columns.program_id == program_id)
        return {(Role(row[0]), EnrolmentState(row[1])): int(row[2]) for row in self._rows(statement.group_by(columns.role, columns.state))}

    def ever(self, program_id: int) -> set[int]:
        """Everybody who takes part in a program, applied, was asked, or did so once."""
        return {row[0] for row in self._rows(self._select(enrolments, enrolments.c.member_id).where(enrolments.c.program_id == program_id))}

    def of_member(self, member_id: int) -> list[Enrolment]:
        """A member's enrolments, the oldest first."""
        statement = self._select(enrolments).where(enrolments.c.member_id == member_id)
        return [_enrolment(row) for row in self._rows(statement.order_by(enrolments.c.enrolment_id))]


def _enrolment(row: Row[*tuple[Any, ...]]) -> Enrolment:
    return Enrolment(
        id=row.enrolment_id,
        program_id=row.program_id,
        member_id=row.member_id,
        role=Role(row.role),
        state=EnrolmentState(row.state),
        capacity=row.capacity,
        minimum=row.minimum,
        track=row.track,
        paused=row.paused,
        note=row.note,
        enrolled_at=row.enrolled_at,
        left_at=row.left_at,
        adult=row.adult,
    )
