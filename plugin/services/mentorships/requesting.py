"""Requests for mentorship: a mentee asks mentors in the order of their choice; each has three days, then the next is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import orjson

from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.mentorships import Mentorship
from plugin.domain.people import Principal
from plugin.domain.programs import PAIRING, Role
from plugin.domain.requests import ANSWER_WITHIN, MAX_CHOICES, MAX_GOAL, MAX_NOTE, OPEN, REMIND_AFTER, DeclineReason, Request, RequestState, move
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services import scheduling
from plugin.services.guarding import safeguarding
from plugin.services.guarding.managing import visible
from plugin.services.meetings import no_shows
from plugin.services.mentorships import adapting, mentoring
from plugin.services.messages.telling import tell, unsay
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts.programs import NEXT_ASKED, NOBODY_LEFT, PROGRAM_ENDED

T = TypeVar("T")
PURPOSE = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was written in a request."""

    note: str = ""
    goal: str = ""
    message: str = ""


def said(unit: UnitOfWork, request: Request) -> Said:
    """What was written in a request, for who may read it."""
    return Said(**orjson.loads(unit.unseal(request.words, purpose=PURPOSE)))


def _sealed(unit: UnitOfWork, words: Said) -> bytes:
    return unit.seal(orjson.dumps({"note": words.note, "goal": words.goal, "message": words.message}), purpose=PURPOSE)


# ---------------------------------------------------------------------------------------------------------------------- asking


async def ask(runtime: Runtime, principal: Principal, *, program_id: int, mentor_ids: Sequence[int], note: str, goal: str) -> list[Request]:
    """Ask up to five mentors of a program, in this order. Raises :class:`Invalid`, :class:`Conflict` or :class:`NotFound`; nothing is asked then."""
    mentee_id = member_of(principal)
    words = Said(note=note.strip(), goal=goal.strip())
    if not 1 <= len(mentor_ids) <= MAX_CHOICES or len(set(mentor_ids)) < len(mentor_ids):
        raise Invalid("choose one to {most} mentors, each once", field="mentors", most=MAX_CHOICES)
    if len(words.note) > MAX_NOTE or not 3 <= len(words.goal) <= MAX_GOAL:
        raise Invalid("say in 3 to {most} characters what you would like to reach; a note has at most {longest}", field="goal", most=MAX_GOAL, longest=MAX_NOTE)

    def work(unit: UnitOfWork) -> list[Request]:
        program = visible(unit, principal, program_id)
        if program.state not in PAIRING:
            raise Conflict("in a program that is {state} nobody is asked", code="illegal_transition", field="program", state=program.state)
        enrolled = {(one.member_id, one.role): one for one in unit.enrolments.of_program(program_id)}
        _check_mentee(unit, enrolled, program_id, mentee_id)
        for mentor_id in mentor_ids:
            _check_mentor(unit, enrolled, program_id, mentor_id, mentee_id)
        chain = unit.new_id()
        made = [
            Request(
                id=unit.new_id(),
                program_id=program_id,
                mentee_id=mentee_id,
                mentor_id=mentor_id,
                state=RequestState.QUEUED,
                chain_id=chain,
                rank=rank,
                words=_sealed(unit, words),
                created_at=unit.now,
            )
            for rank, mentor_id in enumerate(mentor_ids, 1)
        ]
        for one in made:
            unit.requests.put(one)
        _ask_next(unit, chain)
        unit.record("request.made", actor=str(mentee_id), chain=str(chain), choices=len(made))
        return unit.requests.chain(chain)

    return await _told(runtime, principal, work)


def _check_mentee(unit: UnitOfWork, enrolled: dict[tuple[int, Role], Enrolment], program_id: int, mentee_id: int) -> None:
    mine = enrolled.get((mentee_id, Role.MENTEE))
    if mine is None:
        raise Conflict("take part in the program as a mentee first", code="not_enrolled", field="program")
    if mine.paused:
        raise Conflict("you have paused: go on first", code="paused", field="program")
    if safeguarding.is_minor(unit, mentee_id):
        raise Conflict("who is under age is brought together with a mentor by the managers, who know that you are looking", code="by_managers", field="mentors")
    if any(one.program_id == program_id for one in unit.requests.of_mentee(mentee_id, states=tuple(OPEN))):
        raise Conflict("you have asked already: wait for the answer, or take the request back", code="already_asked", field="mentors")
    if sum(mentee_id in one.mentee_ids for one in unit.mentorships.running(program_id)) >= max(mine.capacity, 1):
        raise Conflict("you have a mentor in this program", code="has_a_mentor", field="program")


def _check_mentor(unit: UnitOfWork, enrolled: dict[tuple[int, Role], Enrolment], program_id: int, mentor_id: int, mentee_id: int) -> None:
    if mentor_id == mentee_id:
        raise Invalid("you cannot mentor yourself", field="mentors")
    theirs = enrolled.get((mentor_id, Role.MENTOR))
    # Who blocked whom is nobody's business: the answer is the one for somebody who is not there.
    if theirs is None or safeguarding.between(unit, mentor_id, mentee_id) or unit.reports.between([mentor_id, mentee_id]):
        raise NotFound("one of these does not mentor in this program", field="mentors")
    if any(one.mentor_id == mentor_id and mentee_id in one.mentee_ids for one in unit.mentorships.running(program_id)):
        raise Conflict("one of these mentors you already", code="already_running", field="mentors")


def _ask_next(unit: UnitOfWork, chain_id: int) -> bool:
    """Ask the next mentor of a chain who is there and has room; returns whether there was one."""
    for one in unit.requests.chain(chain_id):
        if one.state is not RequestState.QUEUED:
            continue
        if not _has_room(unit, one):
            unit.requests.put(replace(one, state=move(one, RequestState.WITHDRAWN), reason=DeclineReason.FULL.value))
            continue
        until = unit.now + ANSWER_WITHIN
        unit.requests.put(replace(one, state=move(one, RequestState.PENDING), asked_at=unit.now, expires_at=until))
        words = said(unit, one)
        about: dict[str, str | int] = {"mentee": one.mentee_id, "goal": words.goal, "note": words.note, "until": until.isoformat()}
        tell(unit, one.mentor_id, "request.received", key=f"request:{one.id}:received", about=about, until=until)
        scheduling.schedule(unit, "request.expire", key=f"request:{one.id}:expire", at=until, about={"request": one.id})
        scheduling.schedule(unit, "request.remind", key=f"request:{one.id}:remind", at=unit.now + REMIND_AFTER, about={"request": one.id})
        return True
    return False


def _has_room(unit: UnitOfWork, one: Request) -> bool:
    if one.program_id is None:
        return True
    mentor, member = unit.enrolments.find(one.program_id, one.mentor_id, Role.MENTOR), unit.members.get(one.mentor_id)
    if mentor is None or mentor.state is not EnrolmentState.APPROVED or mentor.paused or member is None or not member.takes_part:
        return False
    held = sum(len(running.mentee_ids) for running in unit.mentorships.running(one.program_id) if running.mentor_id == one.mentor_id)
    return held < mentor.capacity and not safeguarding.between(unit, one.mentor_id, one.mentee_id)


# ---------------------------------------------------------------------------------------------------------------------- answering


async def accept(runtime: Runtime, principal: Principal, request_id: int, *, message: str = "") -> Mentorship:
    """Say yes: the mentorship begins. Raises :class:`Conflict` when it no longer can; the request waits on then."""
    _check_message(message)

    def work(unit: UnitOfWork) -> Mentorship:
        one = _to_me(unit, principal, request_id)
        state = move(one, RequestState.ACCEPTED)
        made = mentoring.begin(
            unit, program_id=one.program_id, mentor_id=one.mentor_id, mentee_ids=[one.mentee_id], source=mentoring.ASKED, by=f"request:{one.id}"
        )
        words = replace(said(unit, one), message=message.strip())
        unit.requests.put(replace(one, state=state, answered_at=unit.now, mentorship_id=made.id, words=_sealed(unit, words)))
        close(unit, one)
        for other in unit.requests.chain(one.chain_id):
            if other.state is RequestState.QUEUED:
                unit.requests.put(replace(other, state=move(other, RequestState.WITHDRAWN)))
        tell(unit, one.mentee_id, "request.accepted", key=f"request:{one.id}:accepted", about={"mentor": one.mentor_id})
        adapting.heard(unit, kind="accept", mentor_id=one.mentor_id, mentee_id=one.mentee_id, program_id=one.program_id)
        unit.record("request.accepted", actor=str(one.mentor_id), request=str(one.id))
        return made

    return await _told(runtime, principal, work)


async def decline(runtime: Runtime, principal: Principal, request_id: int, *, reason: DeclineReason, message: str = "") -> Request:
    """Say no, with a reason; the next on the mentee's list is asked."""
    _check_message(message)

    def work(unit: UnitOfWork) -> Request:
        one = _to_me(unit, principal, request_id)
        words = replace(said(unit, one), message=message.strip())
        done = replace(one, state=move(one, RequestState.DECLINED), answered_at=unit.now, reason=reason.value, words=_sealed(unit, words))
        unit.requests.put(done)
        close(unit, one)
        about: dict[str, str | int] = {"mentor": one.mentor_id, "next": _next(unit, one)}
        tell(unit, one.mentee_id, "request.declined", key=f"request:{one.id}:declined", about=about)
        adapting.heard(unit, kind="decline", mentor_id=one.mentor_id, mentee_id=one.mentee_id, program_id=one.program_id, reason=reason.value)
        unit.record("request.declined", actor=str(one.mentor_id), request=str(one.id), reason=reason.value)
        return done

    return await _told(runtime, principal, work)


async def withdraw(runtime: Runtime, principal: Principal, request_id: int) -> list[Request]:
    """Take back a request, and the choices that would follow it."""

    def work(unit: UnitOfWork) -> list[Request]:
        one = unit.requests.get(request_id)
        if one is None or one.mentee_id != member_of(principal):
            raise NotFound("there is no such request", field="request")
        move(one, RequestState.WITHDRAWN)
        for each in unit.requests.chain(one.chain_id):
            if each.state in OPEN:
                _end(unit, each, RequestState.WITHDRAWN)
        unit.record("request.withdrawn", actor=str(one.mentee_id), request=str(one.id))
        return unit.requests.chain(one.chain_id)

    return await _told(runtime, principal, work)


async def _told(runtime: Runtime, principal: Principal, work: Callable[[UnitOfWork], T]) -> T:
    """Do it, and tell whoever follows what is theirs: the other side sees it at once."""
    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


def _to_me(unit: UnitOfWork, principal: Principal, request_id: int) -> Request:
    one = unit.requests.get(request_id)
    if one is None or one.mentor_id != member_of(principal) or one.state is RequestState.QUEUED:
        raise NotFound("there is no such request", field="request")
    return one


def _check_message(message: str) -> None:
    if len(message) > MAX_NOTE:
        raise Invalid("a message has at most {most} characters", field="message", most=MAX_NOTE)


def close(unit: UnitOfWork, one: Request) -> None:
    """Nothing more is due for a request, and what was not sent about it is not sent any more."""
    scheduling.cancel_about(unit, f"request:{one.id}:")
    unsay(unit, f"request:{one.id}:re", why="the request was answered or taken back")


def _end(unit: UnitOfWork, one: Request, state: RequestState) -> None:
    unit.requests.put(replace(one, state=move(one, state), answered_at=unit.now))
    close(unit, one)


def _tell_ended(unit: UnitOfWork, one: Request, *, why: str, following: str) -> None:
    about: dict[str, str | int] = {"asked": (one.asked_at or one.created_at).isoformat(), "why": why, "next": following}
    tell(unit, one.mentee_id, "request.ended", key=f"request:{one.id}:ended", about=about)


# ---------------------------------------------------------------------------------------------------------------------- time


def end_between(unit: UnitOfWork, one: Request) -> None:
    """A request ends because the two are kept apart; the mentee's next choice is asked, and neither is told why."""
    _end(unit, one, RequestState.WITHDRAWN)
    if one.state is RequestState.PENDING:
        _ask_next(unit, one.chain_id)


def without_mentor(unit: UnitOfWork, mentor_id: int, *, why: str, program_id: int | None = None) -> None:
    """A mentor answers no more requests, in one program or in any: whoever waits for them need not wait any longer, and the next on their list is asked.

    ``why`` is told to the mentees: a text of :mod:`plugin.texts.programs`.
    """
    for one in unit.requests.of_mentor(mentor_id, states=tuple(OPEN)):
        if program_id is None or one.program_id == program_id:
            _end(unit, one, RequestState.WITHDRAWN)
            if one.state is RequestState.PENDING:
                _tell_ended(unit, one, why=why, following=_next(unit, one))


def without_mentee(unit: UnitOfWork, mentee_id: int, *, program_id: int | None = None) -> None:
    """A mentee looks for no mentor any more, in one program or in any: nobody is asked on their behalf."""
    for one in unit.requests.of_mentee(mentee_id, states=tuple(OPEN)):
        if program_id is None or one.program_id == program_id:
            _end(unit, one, RequestState.WITHDRAWN)


def without_program(unit: UnitOfWork, program_id: int) -> None:
    """A program pairs nobody any more: requests in it end, and who waits for an answer hears of it."""
    for one in unit.requests.open_of_program(program_id):
        _end(unit, one, RequestState.WITHDRAWN)
        if one.state is RequestState.PENDING:
            _tell_ended(unit, one, why=PROGRAM_ENDED, following="")


def _next(unit: UnitOfWork, one: Request) -> str:
    """Ask the next on the list, and say whether there was one."""
    return NEXT_ASKED if _ask_next(unit, one.chain_id) else NOBODY_LEFT


@scheduling.job("request.expire")
def expire(unit: UnitOfWork, about: scheduling.About) -> None:
    """Three days are over: the next on the list is asked."""
    one = unit.requests.get(int(about["request"]))
    if one is None or one.state is not RequestState.PENDING:
        return
    _end(unit, one, RequestState.EXPIRED)
    asked = one.asked_at or one.created_at
    words: dict[str, str | int] = {"mentor": one.mentor_id, "asked": asked.isoformat(), "next": _next(unit, one)}
    tell(unit, one.mentee_id, "request.expired", key=f"request:{one.id}:expired", about=words)
    unit.record("request.expired", actor="system", request=str(one.id))


@scheduling.job("request.remind")
def remind(unit: UnitOfWork, about: scheduling.About) -> None:
    """A mentor has not answered for two days."""
    one = unit.requests.get(int(about["request"]))
    if one is None or one.state is not RequestState.PENDING or one.expires_at is None or one.expires_at <= unit.now + timedelta(hours=1):
        return
    words: dict[str, str | int] = {"mentee": one.mentee_id, "until": one.expires_at.isoformat()}
    tell(unit, one.mentor_id, "request.reminder", key=f"request:{one.id}:reminder", about=words, until=one.expires_at)


# ---------------------------------------------------------------------------------------------------------------------- reading


async def mine(runtime: Runtime, principal: Principal) -> tuple[list[tuple[Request, Said]], list[tuple[Request, Said]]]:
    """What one asked, and what one is or was asked, with the words. Choices that were not asked yet show to the mentee only."""
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> tuple[list[tuple[Request, Said]], list[tuple[Request, Said]]]:
        asked = unit.requests.of_mentee(member_id)
        received = unit.requests.of_mentor(member_id, states=tuple(state for state in RequestState if state is not RequestState.QUEUED))
        waited = no_shows.priority(unit, None)
        # Who was let down lately comes first among those who wait for an answer.
        shown = sorted((one for one in received if one.asked_at is not None), key=lambda one: (one.state in OPEN, waited.get(one.mentee_id, 0)), reverse=True)
        return [(one, said(unit, one)) for one in asked], [(one, said(unit, one)) for one in shown]

    return await runtime.database.read(principal.installation_id, work)
