"""Surveys: asked when they are due, reminded of once, answered in private, read together.

What is to be asked stands in rows of its own, and a job for each row does what is due next: asks, reminds, closes. The job and the row change in one
transaction, so nobody is asked twice, however often a process ends in the middle.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from plugin.domain.mentorships import Mentorship
from plugin.domain.surveys import NEXT_PULSE, OPEN_FOR, REMIND_AFTER, Survey, SurveyKind, parse_about, pulse_at
from plugin.domain.surveys import about as about_text
from plugin.errors import Invalid
from plugin.services import scheduling
from plugin.services.messages.telling import tell, unsay
from plugin.services.questions import forms
from plugin.store.unit_of_work import UnitOfWork

JOB = "survey.next"
_SUBJECTS = frozenset({"session", "mentorship", "program"})


# ---------------------------------------------------------------------------------------------------------------------- asking


def ask(unit: UnitOfWork, *, kind: SurveyKind | str, member_id: int, about: str, due: datetime, program_id: int | None = None, number: int = 1) -> bool:
    """Have a member asked when it is due. Returns ``False`` if the same was asked before: of the pulses of a mentorship, ``number`` tells which.

    ``about`` names a session, a mentorship or a program, as ``session:7``. Raises :class:`Invalid` for anything else.
    """
    found = parse_about(about)
    if found is None or found[0] not in _SUBJECTS:
        raise Invalid("a survey is about a session, a mentorship or a program", field="about")
    chosen = SurveyKind(kind)
    key = f"{chosen.value}:{about}:{member_id}:{number}"
    if unit.surveys.by_key(key) is not None:
        return False
    survey = Survey(id=unit.new_id(), key=key, kind=chosen, member_id=member_id, program_id=program_id, about=about, due_at=due)
    unit.surveys.put(survey)
    _next(unit, survey, due, number)
    return True


def _next(unit: UnitOfWork, survey: Survey, at: datetime, number: int) -> None:
    scheduling.schedule(unit, JOB, key=f"survey:{survey.id}", at=at, about={"survey": survey.id, "number": number})


def schedule_for(unit: UnitOfWork, mentorship_id: int) -> None:
    """Have both sides of a new mentorship asked how it goes: after 30 days, then every 60 as long as it runs."""
    one = unit.mentorships.get(mentorship_id)
    for member_id in () if one is None else one.people:
        _ask_pulse(unit, one, member_id, 1)


def _ask_pulse(unit: UnitOfWork, one: Mentorship | None, member_id: int, number: int) -> None:
    if one is not None:
        name, due = about_text("mentorship", one.id), pulse_at(one.began_at, number)
        ask(unit, kind=SurveyKind.PULSE, member_id=member_id, about=name, due=due, program_id=one.program_id, number=number)


def closing_for(unit: UnitOfWork, mentorship_id: int) -> None:
    """Have both sides of a mentorship that has ended look back, and say once in a program whether they would recommend it. Pulses that wait are closed."""
    one = unit.mentorships.get(mentorship_id)
    if one is None:
        return
    name = about_text("mentorship", mentorship_id)
    for survey in unit.surveys.unasked_about(name):
        if survey.kind is SurveyKind.PULSE:
            _close(unit, survey)
    for member_id in one.people:
        ask(unit, kind=SurveyKind.CLOSING, member_id=member_id, about=name, due=unit.now, program_id=one.program_id)
        if one.program_id is not None:
            # Not together with the look back: two questions at once are one too many.
            program = about_text("program", one.program_id)
            ask(unit, kind=SurveyKind.NPS, member_id=member_id, about=program, due=unit.now + REMIND_AFTER, program_id=one.program_id)


def answered(unit: UnitOfWork, survey: Survey) -> None:
    """A survey was answered: nobody is reminded of it, and what was not sent about it is not sent."""
    unit.surveys.put(replace(survey, answered_at=unit.now))
    scheduling.cancel(unit, f"survey:{survey.id}")
    unsay(unit, f"survey:{survey.id}:", why="it was answered")


def _close(unit: UnitOfWork, survey: Survey) -> None:
    unit.surveys.put(replace(survey, closed_at=unit.now))
    scheduling.cancel(unit, f"survey:{survey.id}")
    unsay(unit, f"survey:{survey.id}:", why="there is nothing more to ask")


# ---------------------------------------------------------------------------------------------------------------------- what is due


@scheduling.job(JOB)
def run(unit: UnitOfWork, about: scheduling.About) -> None:
    """Do what is due next for a survey: ask, remind once, close."""
    survey = unit.surveys.get(int(about["survey"]))
    if survey is None or survey.answered_at is not None or survey.closed_at is not None:
        return
    number = int(about["number"])
    if survey.due_at <= unit.now - OPEN_FOR:
        _close(unit, survey)
        _following_pulse(unit, survey, number)
        return
    if not _sensible(unit, survey):
        _close(unit, survey)
        return
    if survey.asked_at is None:
        _tell(unit, survey, "survey.asked")
        unit.surveys.put(replace(survey, asked_at=unit.now))
        _following_pulse(unit, survey, number)
        _next(unit, survey, unit.now + REMIND_AFTER, number)
    elif survey.reminded_at is None:
        _tell(unit, survey, "survey.reminded")
        unit.surveys.put(replace(survey, reminded_at=unit.now))
        _next(unit, survey, survey.due_at + OPEN_FOR, number)


def _following_pulse(unit: UnitOfWork, survey: Survey, number: int) -> None:
    if survey.kind is SurveyKind.PULSE:
        one = mentorship_of(unit, survey)
        if one is not None and one.runs and pulse_at(one.began_at, number + 1) > unit.now - NEXT_PULSE:
            _ask_pulse(unit, one, survey.member_id, number + 1)


def _tell(unit: UnitOfWork, survey: Survey, kind: str) -> None:
    # Who has several mentorships is to see which one is asked about.
    program = None if survey.program_id is None else unit.programs.get(survey.program_id)
    name = unit.community.name if program is None else program.name
    about: Mapping[str, str | int] = {
        "role": survey.kind.value,
        "other": _other(unit, survey),
        "program": name,
        "at": _happened(unit, survey).isoformat(),
        "asked": (survey.asked_at or unit.now).isoformat(),
        "days": (unit.now - _happened(unit, survey)).days,
        "path": f"/my/surveys/{survey.id}",
    }
    tell(unit, survey.member_id, kind, key=f"survey:{survey.id}:{kind}", about=about, until=survey.due_at + OPEN_FOR)


def _happened(unit: UnitOfWork, survey: Survey) -> datetime:
    """When what a survey is about began, or ended for a look back: whoever is asked twice is to see what about."""
    found = parse_about(survey.about)
    if found is not None and survey.kind is SurveyKind.SESSION:
        session = unit.sessions.get(found[1])
        return (session.starts_at if session is not None else None) or survey.due_at
    one = mentorship_of(unit, survey) if survey.kind is SurveyKind.PULSE else None
    return survey.due_at if one is None else one.began_at


def mentorship_of(unit: UnitOfWork, survey: Survey) -> Mentorship | None:
    """The mentorship that a survey is about, or whose session it is about; ``None`` for one about a program, and for what is gone."""
    kind, number = parse_about(survey.about) or ("", 0)
    if kind == "session":
        session = unit.sessions.get(number)
        return None if session is None else unit.mentorships.get(session.mentorship_id)
    return unit.mentorships.get(number) if kind == "mentorship" else None


def _other(unit: UnitOfWork, survey: Survey) -> int:
    """Somebody else of the mentorship or session that a survey is about, the mentor first; 0 for nobody."""
    one = mentorship_of(unit, survey)
    return next((person for person in (() if one is None else one.people) if person != survey.member_id), 0)


def _sensible(unit: UnitOfWork, survey: Survey) -> bool:
    """Whether there is still something to ask, somebody to ask, and a form to ask by."""
    member = unit.members.get(survey.member_id)
    if member is None or not member.takes_part or forms.form_of(unit, survey.program_id, survey.kind.value) is None:
        return False
    if survey.kind is SurveyKind.PULSE:
        one = mentorship_of(unit, survey)
        return one is not None and one.runs
    return True
