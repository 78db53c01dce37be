"""Somebody leaves the community, or a program: what runs with them ends sanely, and whoever stays behind hears of it."""

from dataclasses import replace

from plugin.domain.enrolments import Enrolment, EnrolmentState, move
from plugin.domain.mentorships import EndReason, Mentorship
from plugin.domain.people import Principal
from plugin.domain.programs import Role
from plugin.domain.recruiting import InvitationState
from plugin.domain.sessions import OPEN, CancelReason, Session
from plugin.errors import Conflict
from plugin.services.meetings import attending, hosting, proposing, sessions
from plugin.services.mentorships import mentoring, requesting
from plugin.services.pairs import sharing
from plugin.services.questions import forms
from plugin.services.recruiting.enrolling import invitation_answered, own
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts.programs import MENTOR_LEFT, MENTOR_STOPPED


def leave_everything(unit: UnitOfWork, member_id: int) -> None:
    """Take a member out of sessions, mentorships and requests, each left in a state that makes sense without them. Done before their rows are erased."""
    mine = unit.mentorships.of_member(member_id)
    every = unit.sessions.of_member(member_id)
    for session in every:
        if session.state in OPEN:
            _leave_session(unit, session, member_id)
    for one in mine:
        if one.runs:
            _leave_mentorship(unit, one, member_id)
    requesting.without_mentor(unit, member_id, why=MENTOR_LEFT)
    requesting.without_mentee(unit, member_id)
    # A group goes on with what it agreed on; what was said to, or with, its mentor alone ends with the mentor.
    pairs = [one.id for one in mine if one.group_id is None or one.mentor_id == member_id]
    forms.forget_words_about(unit, member_id, pairs, [one.id for one in every])
    unit.sessions.forget_words(member_id)
    unit.agreements.forget_words(pairs)
    unit.pair_items.forget_words(pairs)
    for session in every:
        sessions.forget_event(unit, session)
    hosting.leave_all(unit, member_id)
    sharing.leave_all(unit, member_id)


def _leave_session(unit: UnitOfWork, session: Session, member_id: int) -> None:
    begun = session.starts_at is not None and session.starts_at <= unit.now
    if begun:
        # By what has been said so far; afterwards nobody could tell what it was about.
        if len(session.people) <= 2:
            attending.settle(unit, session)
    elif len(session.people) <= 2:
        sessions.call_off(unit, session, CancelReason.MEMBER_LEFT)
    else:
        proposing.go_on_without(unit, session, member_id)


def _leave_mentorship(unit: UnitOfWork, one: Mentorship, member_id: int) -> None:
    """A group goes on as long as its mentor and somebody else are in it; a pair ends."""
    if one.mentor_id == member_id or len(one.mentee_ids) < 2:
        mentoring.end(unit, one.id, reason=EndReason.MEMBER_LEFT, by="system")


async def leave_program(runtime: Runtime, principal: Principal, enrolment_id: int) -> Enrolment:
    """Leave a program, for oneself; requests to, or of, who leaves end.

    Raises :class:`NotFound` for somebody else's enrolment, and :class:`Conflict` while mentorships run: they are ended first, so that nobody is left without a
    word.
    """

    def work(unit: UnitOfWork) -> Enrolment:
        one = own(unit, principal, enrolment_id)
        as_mentor = one.role is Role.MENTOR
        running = [m for m in unit.mentorships.running(one.program_id) if (m.mentor_id == one.member_id if as_mentor else one.member_id in m.mentee_ids)]
        if running:
            raise Conflict(
                "you have mentorships in this program ({count}): end them first, so that the other side hears of it", code="still_running", count=len(running)
            )
        done = replace(one, state=move(one, EnrolmentState.WITHDRAWN), paused=False, left_at=unit.now)
        unit.enrolments.put(done)
        if one.state is EnrolmentState.INVITED:
            invitation_answered(unit, one, InvitationState.DECLINED)
        if as_mentor:
            requesting.without_mentor(unit, one.member_id, why=MENTOR_STOPPED, program_id=one.program_id)
        else:
            requesting.without_mentee(unit, one.member_id, program_id=one.program_id)
        unit.change("member", one.member_id)
        unit.record("enrolment.withdrawn", actor=str(one.member_id), enrolment=str(one.id))
        return done

    return await runtime.database.write(principal.installation_id, work)
