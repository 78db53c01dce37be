"""Times of sessions: proposed, answered, agreed on, moved. Until everybody who has to agree did, what was agreed on before stands."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from plugin.domain.sessions import (
    MAX_OPEN,
    OF_PERSONS,
    CancelReason,
    Participant,
    Session,
    SessionState,
    best,
    check_minutes,
    check_times,
    chosen,
    is_late,
    step,
)
from plugin.domain.strikes import StrikeKind
from plugin.errors import Conflict, Invalid
from plugin.services import scheduling
from plugin.services.meetings import kits, no_shows, sessions
from plugin.services.messages.telling import tell, unsay
from plugin.services.pairs import signs
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import About

# ---------------------------------------------------------------------------------------------------------------------- proposing


def propose(
    unit: UnitOfWork, mentorship_id: int, *, by: int, times: Sequence[datetime], minutes: int, words: sessions.Words | None = None, kit_id: int | None = None
) -> Session:
    """Propose one time or several for a session; the others of the mentorship are told, each in their own zone.

    Raises :class:`NotFound` for a mentorship that ``by`` is not in, :class:`Invalid` for times that cannot be, :class:`Conflict` for a mentorship that has
    ended or has too many sessions ahead, for members who are kept apart, and for a time at which ``by`` has another session.
    """
    one = sessions.meeting(unit, mentorship_id, by)
    if kit_id is not None:
        kits.attached(unit, kit_id, one.program_id)
    found = _checked(unit, one.program_id, times, minutes)
    if unit.sessions.count_open(one.id) >= MAX_OPEN:
        raise Conflict("{most} sessions are ahead already: hold or call off one of them first", code="too_many_sessions", field="mentorship", most=MAX_OPEN)
    made = Session(
        id=unit.new_id(),
        mentorship_id=one.id,
        program_id=one.program_id,
        state=SessionState.PROPOSED,
        minutes=minutes,
        times=found,
        people=tuple(
            Participant(member_id=each, mentor=each == one.mentor_id, asks=each == by, can=found if each == by else None) for each in sorted(one.people)
        ),
        size=len(one.people),
        words=sessions.sealed(unit, words or sessions.Words()),
        created_at=unit.now,
        kit_id=kit_id,
    )
    _check_free(unit, found, minutes, [by], but=0)
    unit.sessions.put(made)
    _wait_for_answers(unit, made, by)
    signs.moved(unit, one.id)
    unit.record("session.proposed", actor=str(by), session=str(made.id), times=len(found))
    return made


def _checked(unit: UnitOfWork, program_id: int | None, times: Sequence[datetime], minutes: int) -> tuple[datetime, ...]:
    check_minutes(minutes)
    found = check_times(times, now=unit.now)
    program = None if program_id is None else unit.programs.get(program_id)
    # A day's grace: the last day of a program ends later in the west.
    if program is not None and program.ends_on is not None and found[-1].date() > program.ends_on + timedelta(days=1):
        raise Invalid("the program ends on {ends_on}: propose times before that", field="times", ends_on=program.ends_on)
    return found


def _check_free(unit: UnitOfWork, times: Iterable[datetime], minutes: int, member_ids: Sequence[int], *, but: int) -> None:
    if not _free(unit, times, minutes, member_ids, but=but):
        raise Conflict("at that time there is another session: choose another time, or move that one first", code="overlap", field="times")


def _wait_for_answers(unit: UnitOfWork, session: Session, by: int) -> None:
    last = session.times[-1]
    kind = "session.proposed" if session.state is SessionState.PROPOSED else "session.moving"
    topic = sessions.words_of(unit, session).topic
    for other in session.others(by):
        about: dict[str, str | int] = {"who": by, "times": ",".join(one.isoformat() for one in session.times), "minutes": session.minutes, "topic": topic}
        about |= {"old": "" if session.starts_at is None else session.starts_at.isoformat(), "path": sessions.page(session)}
        tell(unit, other, kind, key=f"session:{session.id}:{session.revision}:{kind}:{other}", about=about, until=last)
    if session.state is SessionState.PROPOSED:
        scheduling.schedule(unit, "session.lapse", key=f"session:{session.id}:lapse", at=last, about={"session": session.id})


def _free(unit: UnitOfWork, times: Iterable[datetime], minutes: int, member_ids: Sequence[int], *, but: int) -> bool:
    busy = unit.sessions.busy(member_ids, but=but)
    return not any(one.overlaps(at, minutes) for one in busy for at in times)


def _coming(session: Session, at: datetime) -> list[int]:
    """Who said that they can at a proposed time: who did not need not be free."""
    return [one.member_id for one in session.people if one.can is not None and at in one.can]


# ---------------------------------------------------------------------------------------------------------------------- answering


def answer(unit: UnitOfWork, session_id: int, *, by: int, can: Sequence[datetime]) -> Session:
    """Say which of the proposed times suit; none is an answer too.

    Between two the earliest time that suits is agreed on at once. Among more, the one that suits most is agreed on once everybody has answered, or earlier by
    whoever proposed (:func:`settle_on`). Raises :class:`Conflict` where nothing is proposed or the time is taken by another session.
    """
    session = sessions.ahead(unit, session_id, by)
    sessions.meeting(unit, session.mentorship_id, by)
    mine = session.of(by)
    if not session.times or mine is None:
        raise Conflict("no times are proposed for this session", code="illegal_transition", field="session")
    if mine.asks:
        raise Conflict("these times are your own proposal: the others answer", code="own_proposal", field="session")
    wanted = tuple(sorted({one for one in session.times if any(one == each for each in can)}))
    if len(wanted) < len(set(can)):
        raise Invalid("one of these times was not proposed", field="times")
    if wanted and min(wanted) <= unit.now:
        raise Invalid("one of these times is over: choose another", field="times")
    _check_free(unit, wanted, session.minutes, [by], but=session.id)
    session = replace(session, people=tuple(replace(one, can=wanted) if one.member_id == by else one for one in session.people))
    if (at := chosen(session)) is not None:
        return _confirm(unit, session, at, by)
    unit.sessions.put(session)
    if all(one.can is not None for one in session.people):
        _nothing_suits(unit, session, by)
    unit.record("session.answered", actor=str(by), session=str(session.id), can=len(wanted))
    return session


def settle_on(unit: UnitOfWork, session_id: int, *, by: int) -> Session:
    """Agree on the time that suits most of those who have answered, without waiting for the others. For whoever proposed, and the mentor."""
    session = sessions.ahead(unit, session_id, by)
    mine = session.of(by)
    at = best(session) if session.times else None
    if mine is None or not (mine.asks or mine.mentor):
        raise Conflict("whoever proposed the times settles on one, or the mentor", code="not_yours", field="session")
    if at is None or at <= unit.now:
        raise Conflict("nobody else has said yet that one of these times suits", code="no_answer", field="session")
    return _confirm(unit, session, at, by)


def _nothing_suits(unit: UnitOfWork, session: Session, by: int) -> None:
    asking = session.asking
    if session.starts_at is not None:
        # A move that suits nobody is over; the time that was agreed on stands.
        session = _off_the_table(session)
        unit.sessions.put(session)
    if asking is not None:
        about: About = {"who": by, "old": "" if session.starts_at is None else session.starts_at.isoformat()}
        role = "kept" if session.starts_at is not None else ""
        key = f"session:{session.id}:{session.revision}:unsuited:{unit.now.isoformat()}:{asking}"
        tell(unit, asking, "session.unsuited", key=key, about={**about, "role": role})


def _off_the_table(session: Session) -> Session:
    return replace(session, times=(), people=tuple(replace(one, asks=False, can=None) for one in session.people))


def _confirm(unit: UnitOfWork, session: Session, at: datetime, by: int) -> Session:
    _check_free(unit, [at], session.minutes, _coming(session, at), but=session.id)
    moved = session.starts_at is not None
    state = session.state if moved else step(session, SessionState.CONFIRMED)
    done = replace(_off_the_table(session), state=state, starts_at=at, revision=session.revision + 1)
    unit.sessions.put(done)
    sessions.clear(unit, done, why="the session has another time")
    key = f"session:{done.id}"
    event = sessions.put_event(unit, done)
    for each in done.member_ids:
        about: dict[str, str | int] = {
            "who": sessions.other_of(done, each),
            "at": at.isoformat(),
            "minutes": done.minutes,
            "role": "moved" if moved else "",
            "event": key,
            "path": sessions.page(done),
        }
        tell(unit, each, "session.confirmed", key=f"session:{done.id}:{done.revision}:confirmed:{each}", about=about, until=event.ends_at)
    sessions.remind(unit, done)
    kits.plan(unit, done)
    signs.moved(unit, done.mentorship_id)
    unit.record("session.confirmed", actor=str(by), session=str(done.id), moved=moved)
    return done


# ---------------------------------------------------------------------------------------------------------------------- moving, calling off


def move(unit: UnitOfWork, session_id: int, *, by: int, times: Sequence[datetime], minutes: int | None = None) -> Session:
    """Propose other times, for a session that waits for an answer or one whose time is agreed on; that time stands until the others agree to another."""
    session = sessions.ahead(unit, session_id, by)
    length = session.minutes if minutes is None else minutes
    if session.starts_at is not None and length != session.minutes:
        raise Invalid("a session that is agreed on keeps its length: call it off and propose another", field="minutes")
    sessions.meeting(unit, session.mentorship_id, by)
    found = _checked(unit, session.program_id, times, length)
    _check_free(unit, found, length, [by], but=session.id)
    people = tuple(
        replace(one, asks=one.member_id == by, can=found if one.member_id == by else None)  # those who had answered answer anew
        for one in session.people
    )
    changed = replace(session, times=found, minutes=length, people=people, revision=session.revision + 1)
    unit.sessions.put(changed)
    unsay(unit, f"session:{session.id}:{session.revision}:session.", why="other times were proposed")
    _wait_for_answers(unit, changed, by)
    signs.moved(unit, session.mentorship_id)
    unit.record("session.moving", actor=str(by), session=str(session.id), times=len(found))
    return changed


def cancel(unit: UnitOfWork, session_id: int, *, by: int, reason: CancelReason = CancelReason.OTHER) -> Session:
    """Call a session off. Within three hours of its beginning it is called off late; the ladder says what follows.

    In a group the mentor, or whoever proposed the times, calls it off for all; for anybody else it goes on without them, and nothing follows. Raises
    :class:`Conflict` for one that has begun.
    """
    session = sessions.ahead(unit, session_id, by)
    if reason not in OF_PERSONS:
        raise Invalid("the reason is one of: {choices}", field="reason", choices=", ".join(sorted(one.value for one in OF_PERSONS)))
    mine = session.of(by)
    if len(session.people) > 2 and mine is not None and not mine.mentor and not (mine.asks and session.starts_at is None):
        for mentor in (one.member_id for one in session.people if one.mentor):
            about: dict[str, str | int] = {"who": by, "at": (session.starts_at or session.times[0]).isoformat()}
            tell(unit, mentor, "session.without", key=f"session:{session.id}:without:{by}", about=about)
        unit.record("session.without", actor=str(by), session=str(session.id))
        return go_on_without(unit, session, by)
    late = session.starts_at is not None and is_late(session.starts_at, unit.now)
    done = sessions.call_off(unit, session, reason, by=by, late=late)
    for other in done.others(by):
        at = session.starts_at or session.times[0]
        about = {"who": by, "at": at.isoformat(), "event": f"session:{done.id}", "role": _late(done, other) if late else ""}
        tell(unit, other, "session.cancelled", key=f"session:{done.id}:cancelled:{other}", about=about)
    if late:
        no_shows.strike(unit, done, member_id=by, kind=StrikeKind.LATE_CANCEL, waited=done.others(by))
    unit.record("session.cancelled", actor=str(by), session=str(done.id), late=late)
    return done


def go_on_without(unit: UnitOfWork, session: Session, member_id: int) -> Session:
    """A session of several that is ahead goes on without one of them. Times that were theirs are on the table no more.

    It raises nothing: nobody is kept from leaving. A time at which somebody who could has another session by now is not agreed on.
    """
    rest = tuple(one for one in session.people if one.member_id != member_id)
    left = replace(session, people=rest)
    if session.asking == member_id and session.state is SessionState.PROPOSED:
        return sessions.call_off(unit, left, CancelReason.MEMBER_LEFT)
    if session.asking == member_id:
        left = _off_the_table(left)
    unit.sessions.put(left)
    if left.starts_at is not None:
        sessions.put_event(unit, left)
    elif (at := chosen(left)) is not None and at > unit.now and _free(unit, [at], left.minutes, _coming(left, at), but=left.id):
        return _confirm(unit, left, at, left.member_ids[0])
    return left


@scheduling.job("session.lapse")
def lapse(unit: UnitOfWork, about: scheduling.About) -> None:
    """The last of the proposed times has come without an answer."""
    session = unit.sessions.get(int(about["session"]))
    if session is None or session.state is not SessionState.PROPOSED or session.times[-1] > unit.now:
        return
    asking = session.asking
    done = replace(_off_the_table(session), state=step(session, SessionState.LAPSED), settled_at=unit.now)
    unit.sessions.put(done)
    sessions.clear(unit, done, why="its times have passed")
    if asking is not None:
        times = ",".join(at.isoformat() for at in session.times)
        tell(unit, asking, "session.lapsed", key=f"session:{done.id}:lapsed", about={"who": sessions.other_of(done, asking), "times": times})
    unit.record("session.lapsed", actor="system", session=str(done.id))


def _late(session: Session, member_id: int) -> str:
    """By which words somebody hears that a session was called off at the last moment: what mentees get for it is nothing to a mentor."""
    return "late_mentor" if session.is_mentor(member_id) else "late"
