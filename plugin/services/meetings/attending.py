"""After a session: everybody says whether it took place, and what they say decides; then each is asked how it was, in private."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from plugin.domain.forms import FormPurpose
from plugin.domain.sessions import (
    BEHIND,
    MISSED_AFTER,
    SAY_WITHIN,
    Outcome,
    Participant,
    Session,
    SessionState,
    Statement,
    check_minutes,
    outcome,
    refused,
    step,
)
from plugin.domain.strikes import StrikeKind
from plugin.domain.surveys import SurveyKind
from plugin.domain.surveys import about as about_text
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services import milestones, scheduling
from plugin.services.meetings import no_shows, sessions
from plugin.services.messages.telling import tell
from plugin.services.pairs import pairing, signs
from plugin.services.questions import form_words, forms, surveying
from plugin.store.unit_of_work import UnitOfWork

BEFORE = timedelta(days=1)
"""So long before the mentorship begins here two may have met already: in the talk that led to it."""


@scheduling.job("session.ask")
def ask(unit: UnitOfWork, about: scheduling.About) -> None:
    """A session is over: everybody who has not said so is asked whether it took place."""
    session = unit.sessions.get(int(about["session"]))
    if session is None or session.state is not SessionState.CONFIRMED or session.starts_at is None:
        return
    for one in session.people:
        if one.held is None:
            words: dict[str, str | int] = {
                "who": sessions.other_of(session, one.member_id),
                "at": session.starts_at.isoformat(),
                "path": sessions.page(session),
            }
            key = f"session:{session.id}:{session.revision}:asked:{one.member_id}"
            tell(unit, one.member_id, "session.asked", key=key, about=words, until=session.closes_at)


def say(unit: UnitOfWork, session_id: int, *, by: int, held: bool, missing: Sequence[int] = ()) -> Session:
    """Say whether a session took place, and who was not there, oneself included; it can be corrected until the matter is closed.

    That is once everybody has said something, or two days after the end. Raises :class:`Conflict` before the beginning, for somebody who is missing less than
    ten minutes after it, and once it is closed.
    """
    session = sessions.mine(unit, session_id, by)
    if session.state is not SessionState.CONFIRMED or session.starts_at is None:
        raise refused(session)
    if session.starts_at > unit.now:
        raise Conflict("this session has not begun: it can be called off", code="not_begun", field="session")
    away = set(missing)
    if not away <= set(session.member_ids):
        raise NotFound("somebody who is said to be missing is not in this session", field="missing")
    if held and by in away:
        raise Invalid("who was not there cannot say that it took place", field="missing")
    if held and len(session.people) - len(away) < 2 and len(session.people) >= 2:
        raise Invalid("a session takes place between two at least: say that it was not held", field="held")
    if away - {by} and session.starts_at + MISSED_AFTER > unit.now:
        raise Conflict("give them ten minutes", code="too_early", field="missing")
    changed = replace(session, people=tuple(replace(one, held=held) if one.member_id == by else one for one in session.people))
    unit.sessions.put(changed)
    unit.sessions.say(session.id, by, _statements(changed, by, held=held, away=away))
    unit.record("session.said", actor=str(by), session=str(session.id), held=held)
    if held:
        signs.moved(unit, session.mentorship_id)
        ask_feedback(unit, changed, by)
    if all(one.held is not None for one in changed.people) or len(changed.people) < 2:
        return settle(unit, changed)
    return changed


def _statements(session: Session, by: int, *, held: bool, away: set[int]) -> list[Statement]:
    """What follows about each from one's words: where it was not held, those who are not called missing are not spoken of, but for oneself."""
    said = [Statement(by, one, one not in away) for one in session.member_ids if held or one in away]
    if not held and by not in away and away:
        said.append(Statement(by, by, present=True))
    return said


def settle(unit: UnitOfWork, session: Session) -> Session:
    """Close the matter by what everybody said."""
    found = outcome(session.people, unit.sessions.said(session.id))
    done = replace(session, state=step(session, found.state), settled_at=unit.now, times=())
    unit.sessions.put(done)
    sessions.clear(unit, done, why="the matter is closed")
    _follow(unit, done, found)
    unit.record("session.settled", actor="system", session=str(done.id), state=done.state.value)
    return done


def _follow(unit: UnitOfWork, done: Session, found: Outcome) -> None:
    if done.state is SessionState.HELD:
        pairing.went_on(unit, done.mentorship_id)
        signs.moved(unit, done.mentorship_id)
        milestones.reached(unit, done.program_id, done.member_ids)
        for each in done.member_ids:
            if each not in found.absent:
                ask_feedback(unit, done, each)
    for each in sorted(found.no_shows):
        no_shows.strike(unit, done, member_id=each, kind=StrikeKind.NO_SHOW, waited=found.let_down)
    for each in sorted(found.let_down):
        about = {"at": (done.starts_at or unit.now).isoformat(), "role": "mentor" if done.is_mentor(each) else "mentee"}
        tell(unit, each, "session.waited", key=f"session:{done.id}:waited:{each}", about=about)


@scheduling.job("session.settle")
def settle_due(unit: UnitOfWork, about: scheduling.About) -> None:
    """Everybody had the time to say something."""
    session = unit.sessions.get(int(about["session"]))
    if session is None or session.state is not SessionState.CONFIRMED or session.closes_at is None or session.closes_at > unit.now:
        return
    settle(unit, session)


def decide(unit: UnitOfWork, session: Session, *, held: bool, by: str) -> Session:
    """A manager's word on a session that is unclear. Nobody is called absent by it."""
    done = replace(session, state=step(session, SessionState.HELD if held else SessionState.MISSED), settled_at=unit.now)
    unit.sessions.put(done)
    if held:
        milestones.reached(unit, done.program_id, done.member_ids)
    unit.record("session.decided", actor=by, session=str(done.id), held=held)
    return done


# ---------------------------------------------------------------------------------------------------------------------- how it was


def ask_feedback(unit: UnitOfWork, session: Session, member_id: int) -> None:
    """Have a member asked how a session was, once; the other side does not see the answer."""
    _form(unit, session.program_id)
    due = max(unit.now, session.ends_at or unit.now)
    surveying.ask(unit, kind=SurveyKind.SESSION, member_id=member_id, about=about_text("session", session.id), due=due, program_id=session.program_id)


def _form(unit: UnitOfWork, program_id: int | None) -> None:
    """See to it that there is a form to ask by. One that a manager closed stays closed: then nobody is asked."""
    owners = (None,) if program_id is None else (program_id, None)
    if not any(unit.forms.of_program(owner, purpose=FormPurpose.SESSION) for owner in owners):
        name, questions = form_words.from_template(unit, FormPurpose.SESSION)
        forms.define(unit, name=name, purpose=FormPurpose.SESSION, questions=questions)


# ---------------------------------------------------------------------------------------------------------------------- without an appointment


def write_down(unit: UnitOfWork, mentorship_id: int, *, by: int, starts_at: datetime, minutes: int, words: sessions.Words | None = None) -> Session:
    """Write down a session that took place without an appointment; the others are asked whether it did, and it counts unless they say otherwise.

    Raises :class:`Invalid` for one that is not over or was more than 60 days ago, :class:`Conflict` where another session was at that time.
    """
    one = sessions.meeting(unit, mentorship_id, by)
    check_minutes(minutes)
    if starts_at.tzinfo is None:
        raise Invalid("a time needs its zone, such as 2026-12-01T17:00:00+01:00", field="startsAt")
    made = Session(
        id=unit.new_id(),
        mentorship_id=one.id,
        program_id=one.program_id,
        state=SessionState.CONFIRMED,
        minutes=minutes,
        starts_at=starts_at,
        people=tuple(Participant(member_id=each, mentor=each == one.mentor_id) for each in sorted(one.people)),
        size=len(one.people),
        words=sessions.sealed(unit, words or sessions.Words()),
        created_at=unit.now,
    )
    if made.ends_at is None or made.ends_at > unit.now or starts_at < max(unit.now - BEHIND, one.began_at - BEFORE):
        raise Invalid("write down a session that is over, of the last 60 days and since you began", field="startsAt")
    if any(each.overlaps(starts_at, minutes) and each.state is not SessionState.CANCELLED for each in unit.sessions.of_mentorship(one.id)):
        raise Conflict("at that time there was a session of yours", code="overlap", field="startsAt")
    unit.sessions.put(made)
    sessions.put_event(unit, made)
    unit.record("session.written", actor=str(by), session=str(made.id))
    done = say(unit, made.id, by=by, held=True)
    if done.state is SessionState.CONFIRMED:
        at = unit.now
        scheduling.schedule(unit, "session.ask", key=f"session:{made.id}:ask", at=at, about={"session": made.id})
        scheduling.schedule(unit, "session.settle", key=f"session:{made.id}:settle", at=at + SAY_WITHIN, about={"session": made.id})
    return done
