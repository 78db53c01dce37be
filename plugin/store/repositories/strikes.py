"""The ladder for who lets others wait: strikes, who was let down, and breaks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from plugin.domain.strikes import Break, LetDown, Strike, StrikeKind, StrikeState
from plugin.store.repositories.base import Repository
from plugin.store.tables import breaks, let_downs, strikes


class Strikes(Repository):
    """Strikes of members, and what follows from them. Appeals are sealed."""

    def put(self, strike: Strike) -> None:
        """Insert or replace a strike."""
        plain = ("member_id", "program_id", "session_id", "at", "expires_at", "words", "decided_at")
        values: dict[str, object] = {name: getattr(strike, name) for name in plain}
        self._put(strikes, [values | {"strike_id": strike.id, "kind": strike.kind.value, "state": strike.state.value}])

    def get(self, strike_id: int) -> Strike | None:
        """The strike with this id."""
        row = self._one(self._select(strikes).where(strikes.c.strike_id == strike_id))
        return None if row is None else _strike(row)

    def of_session(self, session_id: int) -> list[Strike]:
        """Strikes that a session led to."""
        return [_strike(row) for row in self._rows(self._select(strikes).where(strikes.c.session_id == session_id).order_by(strikes.c.strike_id))]

    def of_member(self, member_id: int) -> list[Strike]:
        """A member's strikes, the oldest first."""
        return [_strike(row) for row in self._rows(self._select(strikes).where(strikes.c.member_id == member_id).order_by(strikes.c.strike_id))]

    def of_program(self, program_id: int, *, after: int | None, limit: int, state: StrikeState | None) -> list[Strike]:
        """A page of a program's strikes, the newest first."""
        statement = self._select(strikes).where(strikes.c.program_id == program_id)
        if after is not None:
            statement = statement.where(strikes.c.strike_id < after)
        if state is not None:
            statement = statement.where(strikes.c.state == state.value)
        return [_strike(row) for row in self._rows(statement.order_by(strikes.c.strike_id.desc()).limit(limit))]

    # ------------------------------------------------------------------------------------------------------------- those who waited

    def let_down(self, session_id: int, member_ids: Iterable[int], *, program_id: int | None, until: datetime) -> None:
        """Remember who was there in vain."""
        self._put(let_downs, [{"session_id": session_id, "member_id": one, "program_id": program_id, "until": until} for one in sorted(set(member_ids))])

    def prune(self, *, now: datetime) -> int:
        """Forget who was let down where it gives no priority any more; returns how many."""
        return self._run(self._delete(let_downs).where(let_downs.c.until <= now))

    def waited(self, program_id: int | None, *, now: datetime) -> dict[int, int]:
        """How often each member was let down in a program, or with ``None`` anywhere, as far as it still gives priority."""
        statement = self._select(let_downs, let_downs.c.member_id).where(let_downs.c.until > now)
        if program_id is not None:
            statement = statement.where(let_downs.c.program_id == program_id)
        found: dict[int, int] = {}
        for row in self._rows(statement):
            found[row[0]] = found.get(row[0], 0) + 1
        return found

    def let_downs(self, program_id: int, *, now: datetime, limit: int) -> list[LetDown]:
        """Who was let down in a program, as far as it still gives priority: most often first."""
        times, until = func.count().label("times"), func.max(let_downs.c.until).label("until")
        mine = let_downs.c.program_id == program_id, let_downs.c.until > now
        statement = self._select(let_downs, let_downs.c.member_id, times, until).where(*mine).group_by(let_downs.c.member_id)
        rows = self._rows(statement.order_by(times.desc(), until.desc(), let_downs.c.member_id).limit(limit))
        return [LetDown(member_id=row.member_id, times=int(row.times), until=row.until) for row in rows]

    # ------------------------------------------------------------------------------------------------------------- taking a break

    def pause(self, one: Break) -> None:
        """Remember that an enrolment is paused by the ladder."""
        values = {name: getattr(one, name) for name in ("enrolment_id", "member_id", "program_id", "since", "until")}
        self._put(breaks, [values])

    def resume(self, enrolment_id: int) -> bool:
        """Forget that; returns whether there was anything."""
        return self._run(self._delete(breaks).where(breaks.c.enrolment_id == enrolment_id)) > 0

    def on_break(self, member_id: int) -> list[Break]:
        """A member's enrolments that are paused by the ladder."""
        rows = self._rows(self._select(breaks).where(breaks.c.member_id == member_id).order_by(breaks.c.enrolment_id))
        return [Break(enrolment_id=row.enrolment_id, member_id=row.member_id, program_id=row.program_id, since=row.since, until=row.until) for row in rows]


def _strike(row: Row[*tuple[Any, ...]]) -> Strike:
    return Strike(
        id=row.strike_id,
        member_id=row.member_id,
        program_id=row.program_id,
        session_id=row.session_id,
        kind=StrikeKind(row.kind),
        state=StrikeState(row.state),
        at=row.at,
        expires_at=row.expires_at,
        words=row.words,
        decided_at=row.decided_at,
    )
