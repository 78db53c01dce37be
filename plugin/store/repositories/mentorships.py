"""Mentorships, and pairs that must not be brought together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from plugin.domain.mentorships import EndReason, Mentorship
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import blocks, mentees, mentorships


class Mentorships(Repository):
    """Who mentors whom."""

    def put(self, mentorship: Mentorship) -> None:
        """Insert a mentorship with the places of its mentees, or replace all but the places."""
        values: dict[str, object] = {
            name: getattr(mentorship, name) for name in ("program_id", "mentor_id", "group_id", "source", "begun_by", "began_at", "ended_at")
        }
        values |= {"mentorship_id": mentorship.id, "end_reason": mentorship.end_reason.value if mentorship.end_reason else ""}
        is_new = self._one(self._select(mentorships, mentorships.c.mentorship_id).where(mentorships.c.mentorship_id == mentorship.id)) is None
        self._put(mentorships, [values])
        if is_new:
            self.add_mentees(mentorship.id, mentorship.mentee_ids)

    def add_mentees(self, mentorship_id: int, member_ids: Sequence[int]) -> None:
        """Give members places in a mentorship."""
        taken = self._rows(self._select(mentees, func.max(mentees.c.seat)).where(mentees.c.mentorship_id == mentorship_id))[0][0]
        first = 0 if taken is None else taken + 1
        self._put(mentees, [{"mentorship_id": mentorship_id, "seat": first + number, "member_id": member_id} for number, member_id in enumerate(member_ids)])

    def leave(self, mentorship_id: int, member_id: int) -> None:
        """A mentee's place is taken no more; it stays empty."""
        mine = mentees.c.mentorship_id == mentorship_id, mentees.c.member_id == member_id
        self._run(self._update(mentees).where(*mine).values(member_id=None))

    def get(self, mentorship_id: int) -> Mentorship | None:
        """The mentorship with this id."""
        return next(iter(self._found(mentorships.c.mentorship_id == mentorship_id)), None)

    def running(self, program_id: int | None) -> list[Mentorship]:
        """Mentorships of a program that have not ended; with ``None`` of the whole community."""
        still = mentorships.c.ended_at.is_(None)
        return self._found(still if program_id is None else and_(mentorships.c.program_id == program_id, still))

    def of_program(self, program_id: int) -> list[Mentorship]:
        """All mentorships of a program."""
        return self._found(mentorships.c.program_id == program_id)

    def of_member(self, member_id: int) -> list[Mentorship]:
        """All mentorships that a member is or was in, the oldest first."""
        in_it = self._select(mentees, mentees.c.mentorship_id).where(mentees.c.member_id == member_id).scalar_subquery()
        return self._found(or_(mentorships.c.mentor_id == member_id, mentorships.c.mentorship_id.in_(in_it)))

    def ever(self, program_id: int | None) -> set[tuple[int, int]]:
        """(mentor, mentee) of all mentorships that have been; with ``None`` in the whole community."""
        found = self._found(None if program_id is None else mentorships.c.program_id == program_id)
        return {(one.mentor_id, mentee) for one in found if one.mentor_id is not None for mentee in one.mentee_ids}

    def all(self) -> list[tuple[int, int, datetime, datetime | None]]:
        """Mentor, mentee, beginning and end of every mentorship whose two people are still members."""
        return [(one.mentor_id, mentee, one.began_at, one.ended_at) for one in self._found(None) if one.mentor_id is not None for mentee in one.mentee_ids]

    def loads(self, mentor_ids: Iterable[int] | None = None) -> dict[int, int]:
        """How many mentees each mentor has now, in all programs together; of everybody, or of these."""
        count = func.count(mentees.c.seat)
        statement = (
            select(mentorships.c.mentor_id, count)
            .join(mentees, and_(mentees.c.installation_id == mentorships.c.installation_id, mentees.c.mentorship_id == mentorships.c.mentorship_id))
            .where(self._mine(mentorships), self._mine(mentees), mentorships.c.ended_at.is_(None), mentorships.c.mentor_id.is_not(None))
            .group_by(mentorships.c.mentor_id)
        )
        parts = [statement] if mentor_ids is None else [statement.where(mentorships.c.mentor_id.in_(part)) for part in chunks(sorted(set(mentor_ids)))]
        return {int(row[0]): int(row[1]) for one in parts for row in self._connection.execute(one).all()}

    def _found(self, which: ColumnElement[bool] | None) -> list[Mentorship]:
        statement = self._select(mentorships).order_by(mentorships.c.mentorship_id)
        rows = self._rows(statement if which is None else statement.where(which))
        seats: dict[int, list[int]] = {}
        for part in chunks([row.mentorship_id for row in rows]):
            places = self._select(mentees).where(mentees.c.mentorship_id.in_(part), mentees.c.member_id.is_not(None)).order_by(mentees.c.seat)
            for row in self._rows(places):
                seats.setdefault(row.mentorship_id, []).append(row.member_id)
        return [_mentorship(row, seats.get(row.mentorship_id, [])) for row in rows]


def _mentorship(row: Row[*tuple[Any, ...]], seats: Sequence[int]) -> Mentorship:
    return Mentorship(
        id=row.mentorship_id,
        program_id=row.program_id,
        mentor_id=row.mentor_id,
        mentee_ids=tuple(seats),
        began_at=row.began_at,
        ended_at=row.ended_at,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
        group_id=row.group_id,
        source=row.source,
        begun_by=row.begun_by,
    )


class Blocks(Repository):
    """Pairs that must not be brought together."""

    def put(self, member_id: int, other_id: int, *, at: datetime | None = None) -> None:
        """Keep two members apart; only the first one sees it."""
        self._put(blocks, [{"member_id": member_id, "other_id": other_id, "at": at or datetime.fromisoformat("1970-01-01T00:00:00+00:00")}])

    def remove(self, member_id: int, other_id: int) -> bool:
        """Take it back; returns whether there was one."""
        return self._run(self._delete(blocks).where(blocks.c.member_id == member_id, blocks.c.other_id == other_id)) > 0

    def of(self, member_id: int) -> list[int]:
        """Whom a member blocked."""
        return [row[0] for row in self._rows(self._select(blocks, blocks.c.other_id).where(blocks.c.member_id == member_id).order_by(blocks.c.other_id))]

    def between(self, one: int, other: int) -> bool:
        """Whether either blocked the other."""
        columns = blocks.c
        either = or_(and_(columns.member_id == one, columns.other_id == other), and_(columns.member_id == other, columns.other_id == one))
        return bool(self._rows(self._select(blocks, columns.member_id).where(either).limit(1)))

    def apart_from(self, member_id: int) -> set[int]:
        """Everybody who is kept apart from a member, whoever of them wished it."""
        either = or_(blocks.c.member_id == member_id, blocks.c.other_id == member_id)
        rows = self._rows(self._select(blocks, blocks.c.member_id, blocks.c.other_id).where(either))
        return {row.other_id if row.member_id == member_id else row.member_id for row in rows}

    def within(self, people: Iterable[int]) -> bool:
        """Whether one of these blocked another."""
        everybody = sorted(set(people))
        both = blocks.c.member_id.in_(everybody), blocks.c.other_id.in_(everybody)
        return bool(self._rows(self._select(blocks, blocks.c.member_id).where(*both).limit(1)))

    def pairs(self) -> set[frozenset[int]]:
        """All of them."""
        return {frozenset(row) for row in self._rows(self._select(blocks, blocks.c.member_id, blocks.c.other_id))}
