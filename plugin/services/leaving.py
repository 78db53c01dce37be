"""Somebody leaves the community: what runs with them ends sanely, and whoever stays behind hears of it. Done before their rows are erased."""

from dataclasses import replace

from plugin.domain.mentorships import EndReason, Mentorship
from plugin.domain.requests import RequestState
from plugin.domain.sessions import OPEN, CancelReason, Session
from plugin.services import attending, forms, hosting, mentoring, proposing, requesting, sessions, sharing
from plugin.store.unit_of_work import UnitOfWork


def leave_everything(unit: UnitOfWork, member_id: int) -> None:
    """Take a member out of sessions, mentorships and requests, each left in a state that makes sense without them."""
    mine = unit.mentorships.of_member(member_id)
    every = unit.sessions.of_member(member_id)
    for session in every:
        if session.state in OPEN:
            _leave_session(unit, session, member_id)
    for one in mine:
        if one.runs:
            _leave_mentorship(unit, one, member_id)
    _leave_requests(unit, member_id)
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


def _leave_requests(unit: UnitOfWork, member_id: int) -> None:
    """Whoever waits for this mentor's answer need not wait any longer: the next one on their list is asked."""
    for one in unit.requests.of_mentor(member_id, states=[RequestState.QUEUED, RequestState.PENDING]):
        waiting = one.state is RequestState.PENDING
        unit.requests.put(replace(one, state=RequestState.WITHDRAWN if not waiting else RequestState.EXPIRED, answered_at=unit.now))
        requesting.close(unit, one)
        if waiting:
            requesting.go_on(unit, one)
