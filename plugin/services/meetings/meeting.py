"""What members and managers do with sessions: each call in one transaction, and what the asker may see of what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.domain.free_times import Fit
from plugin.domain.kits import Kit
from plugin.domain.people import Principal
from plugin.domain.sessions import CancelReason, Session, SessionState, Statement
from plugin.errors import Conflict, NotFound
from plugin.services.guarding.managing import managed, may_manage, require_manager
from plugin.services.meetings import attending, free_times, kits, proposing, sessions
from plugin.services.meetings.sessions import Words
from plugin.services.messages import calendars
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

MOST = 200
"""Most sessions in one list of a member's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A session as somebody may see it: its own people see what was written, managers who said what, and both that once it is settled."""

    session: Session
    words: Words
    said: tuple[Statement, ...] = ()
    fits: tuple[tuple[datetime, list[Fit]], ...] = ()
    kit: Kit | None = None


def _seen(unit: UnitOfWork, session: Session, *, mine: bool) -> Seen:
    settled = session.settled_at is not None
    fits = free_times.fits(unit, session.times, session.minutes, session.member_ids, session.program_id, but=session.id) if mine and session.times else []
    return Seen(
        session=session,
        words=sessions.words_of(unit, session) if mine else Words(),
        said=tuple(unit.sessions.said(session.id)) if settled or not mine else (),
        fits=tuple(fits),
        kit=None if session.kit_id is None else kits.get(unit, session.kit_id),
    )


async def _act(runtime: Runtime, principal: Principal, work: Callable[[UnitOfWork, int], Session]) -> Seen:
    me = member_of(principal)
    return await runtime.database.write(principal.installation_id, lambda unit: _seen(unit, work(unit, me), mine=True))


async def propose(
    runtime: Runtime, principal: Principal, mentorship_id: int, *, times: Sequence[datetime], minutes: int, words: Words, kit_id: int | None = None
) -> Seen:
    """See :func:`plugin.services.meetings.proposing.propose`."""
    return await _act(
        runtime,
        principal,
        lambda unit, me: proposing.propose(unit, mentorship_id, by=me, times=times, minutes=minutes, words=words, kit_id=kit_id),
    )


async def answer(runtime: Runtime, principal: Principal, session_id: int, *, can: Sequence[datetime]) -> Seen:
    """See :func:`plugin.services.meetings.proposing.answer`."""
    return await _act(runtime, principal, lambda unit, me: proposing.answer(unit, session_id, by=me, can=can))


async def settle_on(runtime: Runtime, principal: Principal, session_id: int) -> Seen:
    """See :func:`plugin.services.meetings.proposing.settle_on`."""
    return await _act(runtime, principal, lambda unit, me: proposing.settle_on(unit, session_id, by=me))


async def move(runtime: Runtime, principal: Principal, session_id: int, *, times: Sequence[datetime], minutes: int | None) -> Seen:
    """See :func:`plugin.services.meetings.proposing.move`."""
    return await _act(runtime, principal, lambda unit, me: proposing.move(unit, session_id, by=me, times=times, minutes=minutes))


async def describe(runtime: Runtime, principal: Principal, session_id: int, *, topic: str | None, place: str | None, note: str | None) -> Seen:
    """See :func:`plugin.services.meetings.sessions.describe`."""
    return await _act(runtime, principal, lambda unit, me: sessions.describe(unit, session_id, by=me, topic=topic, place=place, note=note))


async def attach(runtime: Runtime, principal: Principal, session_id: int, *, kit_id: int | None) -> Seen:
    """See :func:`plugin.services.meetings.kits.attach`."""
    return await _act(runtime, principal, lambda unit, me: kits.attach(unit, sessions.ahead(unit, session_id, me), kit_id))


async def cancel(runtime: Runtime, principal: Principal, session_id: int, *, reason: CancelReason) -> Seen:
    """See :func:`plugin.services.meetings.proposing.cancel`."""
    return await _act(runtime, principal, lambda unit, me: proposing.cancel(unit, session_id, by=me, reason=reason))


async def say(runtime: Runtime, principal: Principal, session_id: int, *, held: bool, missing: Sequence[int]) -> Seen:
    """See :func:`plugin.services.meetings.attending.say`."""
    return await _act(runtime, principal, lambda unit, me: attending.say(unit, session_id, by=me, held=held, missing=missing))


async def write_down(runtime: Runtime, principal: Principal, mentorship_id: int, *, starts_at: datetime, minutes: int, words: Words) -> Seen:
    """See :func:`plugin.services.meetings.attending.write_down`."""
    return await _act(
        runtime,
        principal,
        lambda unit, me: attending.write_down(unit, mentorship_id, by=me, starts_at=starts_at, minutes=minutes, words=words),
    )


async def decide(runtime: Runtime, principal: Principal, session_id: int, *, held: bool) -> Seen:
    """A manager's word on a session that is unclear; not on one's own."""

    def work(unit: UnitOfWork) -> Seen:
        session = managed(unit, principal, unit.sessions.get(session_id), NotFound("there is no such session", field="session"))
        if session.of(principal.member_id) is not None:
            raise Conflict("somebody else decides about this: it is your own session", code="own", field="session")
        return _seen(unit, attending.decide(unit, session, held=held, by=principal.actor), mine=False)

    return await runtime.database.write(principal.installation_id, work)


# ---------------------------------------------------------------------------------------------------------------------- reading


async def find(runtime: Runtime, principal: Principal, session_id: int) -> Seen | None:
    """A session for who is in it, or who manages its program; ``None`` for anybody else."""

    def work(unit: UnitOfWork) -> Seen | None:
        session = unit.sessions.get(session_id)
        if session is None:
            return None
        if session.of(principal.member_id) is not None:
            return _seen(unit, session, mine=True)
        return _seen(unit, session, mine=False) if may_manage(unit, principal, session.program_id) else None

    return await runtime.database.read(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal, *, states: Sequence[SessionState] | None, mentorship_id: int | None) -> list[Seen]:
    """One's own sessions, the newest 200 of them in the order in which they were made."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> list[Seen]:
        found = unit.sessions.of_member(me, states=tuple(SessionState) if states is None else states)
        wanted = [one for one in found if mentorship_id is None or one.mentorship_id == mentorship_id]
        return [_seen(unit, one, mine=True) for one in wanted[-MOST:]]

    return await runtime.database.read(principal.installation_id, work)


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int, state: SessionState | None) -> list[Seen]:
    """Sessions of a program for its managers, without what was written about them."""

    def work(unit: UnitOfWork) -> list[Seen]:
        require_manager(unit, principal, program_id)
        found = unit.sessions.of_program(program_id, after=after, limit=limit, state=state)
        return [_seen(unit, one, mine=one.of(principal.member_id) is not None) for one in found]

    return await runtime.database.read(principal.installation_id, work)


async def ics(runtime: Runtime, principal: Principal, session_id: int) -> str | None:
    """The calendar file of one of the member's sessions; ``None`` before a time is agreed on."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> str | None:
        session = sessions.mine(unit, session_id, me)
        return None if session.starts_at is None else calendars.event_file(unit, f"session:{session_id}", member_id=me).decode()

    return await runtime.database.read(principal.installation_id, work)
