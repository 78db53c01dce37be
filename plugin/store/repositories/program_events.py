"""Events of programs and who comes to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from plugin.domain.program_events import Answer, EventPlan, EventState, ProgramEvent
from plugin.store.repositories.base import Repository
from plugin.store.tables import event_people, program_events

_PLAN = ("title", "description", "place", "starts_at", "minutes", "capacity", "space_id")


class ProgramEvents(Repository):
    """Events, and the answers of members in the order in which they were given."""

    def put(self, event: ProgramEvent) -> None:
        """Insert or replace."""
        values: dict[str, object] = {name: getattr(event.plan, name) for name in _PLAN}
        values |= {"event_id": event.id, "program_id": event.program_id, "state": event.state.value}
        self._put(program_events, [values | {"revision": event.revision, "created_at": event.created_at}])

    def get(self, event_id: int) -> ProgramEvent | None:
        """The event with this id."""
        row = self._one(self._select(program_events).where(program_events.c.event_id == event_id))
        return None if row is None else _event(row)

    def of_program(self, program_id: int, *, after: int | None, limit: int) -> list[ProgramEvent]:
        """A page of a program's events, the newest first."""
        statement = self._select(program_events).where(program_events.c.program_id == program_id)
        if after is not None:
            statement = statement.where(program_events.c.event_id < after)
        return [_event(row) for row in self._rows(statement.order_by(program_events.c.event_id.desc()).limit(limit))]

    def answer(self, event_id: int, member_id: int, answer: Answer, *, at: datetime) -> None:
        """A member's answer in place of an earlier one."""
        self._put(event_people, [{"event_id": event_id, "member_id": member_id, "answer": answer.value, "at": at}])

    def answers(self, event_id: int) -> dict[int, Answer]:
        """Everybody's answer, the earliest first."""
        rows = self._rows(self._select(event_people).where(event_people.c.event_id == event_id).order_by(event_people.c.at, event_people.c.member_id))
        return {row.member_id: Answer(row.answer) for row in rows}

    def going_of(self, member_id: int) -> list[int]:
        """The events that a member goes to or waits for."""
        which = event_people.c.member_id == member_id, event_people.c.answer != Answer.NOT_GOING.value
        return [row[0] for row in self._rows(self._select(event_people, event_people.c.event_id).where(*which))]


def _event(row: Row[*tuple[Any, ...]]) -> ProgramEvent:
    plan = EventPlan(**{name: getattr(row, name) for name in _PLAN})
    return ProgramEvent(id=row.event_id, program_id=row.program_id, state=EventState(row.state), plan=plan, revision=row.revision, created_at=row.created_at)
