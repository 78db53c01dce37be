"""Surveys as members answer them: what waits for me, and answering it. The other party never sees an answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.domain.forms import Form
from plugin.domain.people import Principal
from plugin.domain.surveys import Survey, SurveyKind
from plugin.errors import Conflict, NotFound
from plugin.graph.results import quality
from plugin.services.mentorships import adapting
from plugin.services.questions import forms, surveying
from plugin.services.questions.forms import Sheet
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

USEFUL = "useful"
"""The key of the question after a session that rates it from 1 to 5."""
RATED = frozenset({SurveyKind.SESSION, SurveyKind.PULSE, SurveyKind.CLOSING})
"""Surveys that say how two get on: a program's weights learn from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A survey that waits for the member, the form that asks it, and the others whom it is about."""

    survey: Survey
    form: Form
    others: tuple[int, ...]


async def mine(runtime: Runtime, principal: Principal) -> list[Waiting]:
    """What waits for an answer of the member who asks, the one that closes first first."""
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> list[Waiting]:
        found = []
        for survey in sorted(unit.surveys.of_member(member_id), key=lambda one: (one.due_at, one.id)):
            form = _form(unit, survey) if survey.waiting and survey.closes_at > unit.now else None
            if form is not None:
                found.append(Waiting(survey=survey, form=form, others=_others(unit, survey)))
        return found

    return await runtime.database.read(principal.installation_id, work)


def _form(unit: UnitOfWork, survey: Survey) -> Form | None:
    return forms.form_of(unit, survey.program_id, survey.kind.value)


def _others(unit: UnitOfWork, survey: Survey) -> tuple[int, ...]:
    pair = surveying.mentorship_of(unit, survey)
    return () if pair is None else tuple(one for one in pair.people if one != survey.member_id)


async def answer(runtime: Runtime, principal: Principal, survey_id: int, *, answers: Mapping[str, object], named: bool) -> Sheet:
    """Answer a survey that was asked of oneself. ``named`` lets managers see the answers with the name.

    Raises :class:`NotFound` for one that was asked of somebody else, :class:`Conflict` for one that was answered or is closed, and as
    :func:`plugin.services.questions.forms.submit` does.
    """
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Sheet:
        survey = unit.surveys.get(survey_id)
        if survey is None or survey.member_id != member_id or survey.asked_at is None:
            raise NotFound("there is no such survey", field="survey")
        if survey.answered_at is not None:
            raise Conflict("you have answered this already", code="already_answered", field="survey")
        if survey.closed_at is not None or survey.closes_at <= unit.now:
            raise Conflict("this survey is closed: it was open for three weeks", code="survey_closed", field="survey")
        form = _form(unit, survey)
        if form is None:
            raise Conflict("nobody asks this any more", code="survey_closed", field="survey")
        number = forms.submit(
            unit,
            form_id=form.id,
            member_id=member_id,
            answers=answers,
            about=survey.about,
            program_id=survey.program_id,
            survey_id=survey.id,
            named=named,
        )
        surveying.answered(unit, survey)
        kept = unit.submissions.get(number)
        assert kept is not None  # noqa: S101 - it was put above
        found = forms.sheet(unit, kept)
        _teach(unit, survey, found)
        return found

    return await runtime.database.write(principal.installation_id, work)


def _teach(unit: UnitOfWork, survey: Survey, sheet: Sheet) -> None:
    """Let the program's weights learn how well the two get on."""
    pair = surveying.mentorship_of(unit, survey) if survey.kind in RATED else None
    given = {line.question.key: line.answer for line in sheet.lines}
    useful = given.get(USEFUL)
    rating = quality(sheet.form, given)
    if rating is None and isinstance(useful, int) and not isinstance(useful, bool):
        rating = float(useful)
    if pair is None or pair.mentor_id is None or rating is None:
        return
    mentees = [survey.member_id] if survey.member_id != pair.mentor_id else pair.mentee_ids
    for mentee_id in mentees:
        adapting.heard(unit, kind="rating", mentor_id=pair.mentor_id, mentee_id=mentee_id, program_id=pair.program_id, rating=rating)
