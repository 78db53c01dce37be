"""What the store knows of a program, as the facts that its figures are made of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.forms import Answer, Form
from plugin.domain.forms.templates import RECOMMEND
from plugin.domain.health import Ask, Asked, Facts, Goal, Measure, Meeting, Pair, Person, Voice
from plugin.domain.mentorships import Mentorship
from plugin.domain.programs import Program
from plugin.domain.requests import Request, RequestState
from plugin.domain.sessions import Session, SessionState
from plugin.domain.surveys import Survey, SurveyKind
from plugin.graph.results import quality
from plugin.services.questions import forms
from plugin.store.unit_of_work import UnitOfWork

NEWCOMER = timedelta(days=90)
"""Whoever joined the community within this time is a newcomer."""
MAX_AUDIENCES = 20
"""Groups of the host that are looked at, the largest first."""
EVERYBODY, NEWCOMERS = "everybody", "newcomers"
"""The two audiences that every community has; the others are groups of the host."""
GOAL_REACHED = "goal_reached"
"""The key of the question of the closing survey that says whether the goal was reached."""
_REACHED = {"yes": True, "partly": False, "no": False}
"""Whoever had no goal, or another one by the end, says neither."""
_MET: Mapping[SessionState, bool | None] = {SessionState.HELD: True, SessionState.MISSED: False, SessionState.CONFIRMED: None, SessionState.UNCLEAR: None}
"""Sessions that a time was agreed on for, and whether they took place."""
_REPLIED = frozenset({RequestState.ACCEPTED, RequestState.DECLINED})


class CohortBy(StrEnum):
    """What people are compared by."""

    MONTH = "month"
    """The month in which they enrolled."""
    TRACK = "track"
    ROLE = "role"
    """Mentors beside mentees."""


def load(unit: UnitOfWork, program: Program, *, cohort_by: CohortBy = CohortBy.MONTH) -> Facts:
    """Everything that a program's figures are made of, as of now."""
    enrolled = [one for state in (EnrolmentState.APPROVED, EnrolmentState.WITHDRAWN) for one in unit.enrolments.of_program(program.id, state=state)]
    seen = {one.id: one.last_seen_at for one in unit.members.many({one.member_id for one in enrolled}).values()}
    people = tuple(
        Person(
            member_id=one.member_id,
            role=one.role.value,
            at=one.enrolled_at or program.created_at,
            left_at=one.left_at,
            seen_at=seen.get(one.member_id),
            capacity=one.capacity,
            paused=one.paused,
            cohort=_cohort(one, program, cohort_by),
        )
        for one in enrolled
        # Somebody who was asked and said no has withdrawn without ever having been in it.
        if one.state is EnrolmentState.APPROVED or one.left_at is not None
    )
    surveys = unit.surveys.of_program(program.id)
    sessions = unit.sessions.of_program(program.id)
    signs = _signs(sessions)
    return Facts(
        people=people,
        pairs=tuple(_pair(one, signs.get(one.id, ())) for one in unit.mentorships.of_program(program.id)),
        asks=tuple(_ask(one) for one in unit.requests.of_program(program.id) if one.asked_at is not None),
        meetings=tuple(_meeting(one) for one in sessions if one.starts_at is not None and one.state in _MET),
        voices=tuple(voices(unit, surveys, cohorts={one.member_id: one.cohort for one in people})),
        surveys=tuple(Asked(at=one.asked_at, answered_at=one.answered_at) for one in surveys if one.asked_at is not None),
        goals=tuple(goals(program)),
        audiences=audiences(unit),
    )


def _cohort(one: Enrolment, program: Program, by: CohortBy) -> str:
    if by is CohortBy.TRACK:
        return one.track
    return one.role.value if by is CohortBy.ROLE else f"{one.enrolled_at or program.created_at:%Y-%m}"


def _signs(sessions: Iterable[Session]) -> dict[int, list[datetime]]:
    """When a mentorship was heard of: a session was proposed, or held."""
    found: dict[int, list[datetime]] = {}
    for one in sessions:
        met = [one.starts_at] if one.state is SessionState.HELD and one.starts_at is not None else []
        found.setdefault(one.mentorship_id, []).extend([one.created_at, *met])
    return found


def _meeting(one: Session) -> Meeting:
    assert one.starts_at is not None  # noqa: S101 - the caller asked only for these
    return Meeting(id=one.id, pair_id=one.mentorship_id, at=one.starts_at, held=_MET[one.state])


def _pair(one: Mentorship, signs: Sequence[datetime]) -> Pair:
    return Pair(
        id=one.id,
        mentor_id=one.mentor_id,
        mentees=one.mentee_ids,
        began_at=one.began_at,
        ended_at=one.ended_at,
        reason="" if one.end_reason is None else one.end_reason.value,
        signs=tuple(signs),
    )


def _ask(one: Request) -> Ask:
    assert one.asked_at is not None  # noqa: S101 - the caller asked only for these
    replied = one.answered_at if one.state in _REPLIED else None
    closed = one.answered_at if one.state not in {*_REPLIED, RequestState.PENDING} else None
    return Ask(id=one.id, at=one.asked_at, replied_at=replied, closed_at=closed)


def goals(program: Program) -> Sequence[Goal]:
    """The goals of a program that can be measured."""
    known = set(Measure)
    return [Goal(name=one.text, measure=Measure(one.measure), target=one.target) for one in program.goals if one.measure in known and one.target is not None]


def voices(unit: UnitOfWork, surveys: Sequence[Survey], *, cohorts: Mapping[int, str]) -> Sequence[Voice]:
    """What was said in surveys that were answered, without who said it. The sealed texts stay closed: figures are made of choices and numbers."""
    answered = {one.id: one for one in surveys if one.answered_at is not None}
    known: dict[tuple[int, int], Form] = {}
    found = []
    for given in unit.submissions.of_surveys(answered):
        form = known.get((given.form_id, given.version))
        if form is None:
            form = known[given.form_id, given.version] = forms.get(unit, given.form_id, version=given.version)
        answers = forms.choices_of(form, given)
        found.append(_voice(answered[given.survey_id], form, answers, cohort=cohorts.get(given.member_id, "")))
    return found


def _voice(survey: Survey, form: Form, answers: Mapping[str, Answer], *, cohort: str) -> Voice:
    assert survey.answered_at is not None  # noqa: S101 - the caller chose answered ones
    points = answers.get(RECOMMEND) if survey.kind is SurveyKind.NPS else None
    return Voice(
        at=survey.answered_at,
        kind=survey.kind.value,
        quality=quality(form, answers) if survey.kind is SurveyKind.PULSE else None,
        recommend=points if isinstance(points, int) and not isinstance(points, bool) and 0 <= points <= 10 else None,
        goal_reached=_REACHED.get(str(answers.get(GOAL_REACHED))) if survey.kind is SurveyKind.CLOSING else None,
        cohort=cohort,
    )


def audiences(unit: UnitOfWork) -> dict[str, frozenset[int]]:
    """The parts of the community that are looked at: everybody, newcomers, and the host's groups."""
    everybody = unit.members.ids()
    found = {EVERYBODY: everybody, NEWCOMERS: unit.members.ids(joined_after=unit.now - NEWCOMER)}
    names = unit.groups.all()
    members: dict[str, set[int]] = {}
    for group_id, member_id in unit.groups.memberships():
        if member_id in everybody:
            members.setdefault(group_id, set()).add(member_id)
    largest = sorted(members, key=lambda group_id: (-len(members[group_id]), group_id))[:MAX_AUDIENCES]
    return found | {f"group {names[group_id]}": frozenset(members[group_id]) for group_id in largest if group_id in names}
