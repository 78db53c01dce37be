"""Sessions, and what everybody said of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func

from plugin.domain.sessions import OPEN, Participant, Session, SessionState, Statement
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import session_people, session_statements, sessions

_PLAIN = ("mentorship_id", "program_id", "minutes", "starts_at", "size", "revision", "words", "created_at", "settled_at", "reason", "late", "kit_id")


class Sessions(Repository):
    """Sessions of mentorships. What was written about them is sealed."""

    def put(self, session: Session) -> None:
        """Insert or replace a session with its people."""
        values: dict[str, object] = {name: getattr(session, name) for name in _PLAIN}
        values |= {"session_id": session.id, "state": session.state.value, "times": [one.isoformat() for one in session.times]}
        self._put(sessions, [values])
        rows = [
            {
                "session_id": session.id,
                "member_id": one.member_id,
                "mentor": one.mentor,
                "asks": one.asks,
                "cancelled": one.cancelled,
                "can": None if one.can is None else [time.isoformat() for time in one.can],
                "held": one.held,
            }
            for one in session.people
        ]
        gone = session_people.c.session_id == session.id, session_people.c.member_id.not_in([one.member_id for one in session.people])
        self._run(self._delete(session_people).where(*gone))
        self._put(session_people, rows)

    def get(self, session_id: int) -> Session | None:
        """The session with this id."""
        return next(iter(self._found(sessions.c.session_id == session_id)), None)

    def of_mentorship(self, mentorship_id: int, *, states: Iterable[SessionState] = tuple(SessionState)) -> list[Session]:
        """Sessions of a mentorship, the oldest first."""
        return self._found(sessions.c.mentorship_id == mentorship_id, sessions.c.state.in_([one.value for one in states]))

    def of_member(self, member_id: int, *, states: Iterable[SessionState] = tuple(SessionState)) -> list[Session]:
        """Sessions that a member is in, the oldest first."""
        mine = self._select(session_people, session_people.c.session_id).where(session_people.c.member_id == member_id).scalar_subquery()
        return self._found(sessions.c.session_id.in_(mine), sessions.c.state.in_([one.value for one in states]))

    def busy(self, member_ids: Iterable[int], *, but: int = 0) -> list[Session]:
        """Sessions with one of these members whose time is agreed on and not over."""
        who = self._select(session_people, session_people.c.session_id).where(session_people.c.member_id.in_(sorted(set(member_ids)))).scalar_subquery()
        return self._found(sessions.c.session_id.in_(who), sessions.c.state == SessionState.CONFIRMED.value, sessions.c.session_id != but)

    def of_program(self, program_id: int, *, after: int | None = None, limit: int | None = None, state: SessionState | None = None) -> list[Session]:
        """Sessions of a program in the order in which they were made; a page of them with ``limit``."""
        which = [sessions.c.program_id == program_id]
        if after is not None:
            which.append(sessions.c.session_id > after)
        if state is not None:
            which.append(sessions.c.state == state.value)
        return self._found(*which, limit=limit)

    def count_open(self, mentorship_id: int) -> int:
        """How many sessions of a mentorship are ahead."""
        ahead = sessions.c.mentorship_id == mentorship_id, sessions.c.state.in_([one.value for one in OPEN])
        return int(self._rows(self._select(sessions, func.count()).where(*ahead))[0][0])

    def _found(self, *which: ColumnElement[bool], limit: int | None = None) -> list[Session]:
        statement = self._select(sessions).where(*which).order_by(sessions.c.session_id)
        rows = self._rows(statement if limit is None else statement.limit(limit))
        people: dict[int, list[Participant]] = {}
        for part in chunks([row.session_id for row in rows]):
            theirs = self._select(session_people).where(session_people.c.session_id.in_(part)).order_by(session_people.c.member_id)
            for row in self._rows(theirs):
                people.setdefault(row.session_id, []).append(_participant(row))
        return [_session(row, people.get(row.session_id, [])) for row in rows]

    # ------------------------------------------------------------------------------------------------------------- what was said

    def say(self, session_id: int, member_id: int, said: Iterable[Statement]) -> None:
        """What a member says of who was there, in place of what they said before."""
        mine = session_statements.c.session_id == session_id, session_statements.c.member_id == member_id
        self._run(self._delete(session_statements).where(*mine))
        rows = [{"session_id": session_id, "member_id": member_id, "about_id": one.about, "present": one.present} for one in said]
        self._put(session_statements, rows)

    def said(self, session_id: int) -> list[Statement]:
        """What everybody said of who was there."""
        columns = session_statements.c
        rows = self._rows(self._select(session_statements).where(columns.session_id == session_id).order_by(columns.member_id, columns.about_id))
        return [Statement(by=row.member_id, about=row.about_id, present=row.present) for row in rows]

    def forget_words(self, member_id: int) -> None:
        """Forget what was written about the sessions that a member is in."""
        mine = self._select(session_people, session_people.c.session_id).where(session_people.c.member_id == member_id).scalar_subquery()
        self._run(self._update(sessions).where(sessions.c.session_id.in_(mine)).values(words=None))


def _participant(row: Row[*tuple[Any, ...]]) -> Participant:
    can = None if row.can is None else tuple(datetime.fromisoformat(one) for one in row.can)
    return Participant(member_id=row.member_id, mentor=row.mentor, asks=row.asks, cancelled=row.cancelled, can=can, held=row.held)


def _session(row: Row[*tuple[Any, ...]], people: Sequence[Participant]) -> Session:
    values = {name: getattr(row, name) for name in _PLAIN}
    times = tuple(datetime.fromisoformat(one) for one in row.times)
    return Session(id=row.session_id, state=SessionState(row.state), times=times, people=tuple(people), **values)
