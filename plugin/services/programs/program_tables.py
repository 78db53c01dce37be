"""The tables of a program that can be exported."""

from datetime import datetime, timedelta

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.forms import FormPurpose
from plugin.domain.forms.answers import plain_answer
from plugin.domain.health import Figure
from plugin.domain.people import Principal
from plugin.domain.programs import Program
from plugin.graph import health as figures
from plugin.graph import results as aggregates
from plugin.services.guarding import seeing
from plugin.services.programs import evaluating
from plugin.services.programs.exporting import TABLES, export, names, table
from plugin.services.programs.program_facts import load
from plugin.services.programs.tabular import Table, Value, columns, rows
from plugin.services.questions import forms
from plugin.services.questions.questioning import PRIVATE
from plugin.store.repositories.forms import Submission
from plugin.store.unit_of_work import UnitOfWork

__all__ = ["TABLES", "export"]

WEEKS = 52
"""How far back the figures over time go."""


@table("program", "What the program is and what it wants to reach, one goal a row.")
def program(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """The program and its goals."""
    progress = {each.goal.name: each for each in evaluating.evaluate(unit, one).health.goals}
    made: list[tuple[Value, ...]] = []
    for goal in one.goals:
        found = progress.get(goal.text)
        value, met = (None, None) if found is None else (found.value, found.met)
        made.append((str(one.id), one.name, one.state.value, one.format.value, goal.text, goal.measure, goal.target, value, met))
    return Table(
        name="program",
        columns=columns(program=str, name=str, state=str, format=str, goal=str, measure=str, target=float, value=float, met=bool),
        rows=rows(made or [(str(one.id), one.name, one.state.value, one.format.value, "", "", None, None, None)]),
    )


@table("enrolments", "Who takes part, and as what.")
def enrolments(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """Every enrolment in any state."""
    found = [each for state in EnrolmentState for each in unit.enrolments.of_program(one.id, state=state)]
    called = names(unit, [each.member_id for each in found])
    return Table(
        name="enrolments",
        columns=columns(member=str, role=str, state=str, track=str, capacity=int, minimum=int, paused=bool, enrolled_at=datetime, left_at=datetime),
        rows=rows(
            (
                called[each.member_id],
                each.role.value,
                each.state.value,
                each.track,
                each.capacity,
                each.minimum,
                each.paused,
                each.enrolled_at,
                each.left_at,
            )
            for each in sorted(found, key=lambda each: each.id)
        ),
    )


@table("mentorships", "Who mentors whom, one mentee a row.")
def mentorships(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """Every mentorship, with a row for each mentee."""
    found = unit.mentorships.of_program(one.id)
    called = names(unit, [person for each in found for person in each.people])
    return Table(
        name="mentorships",
        columns=columns(mentorship=str, mentor=str, mentee=str, source=str, began_at=datetime, ended_at=datetime, reason=str),
        rows=rows(
            (
                str(each.id),
                called[each.mentor_id],
                called[mentee],
                each.source,
                each.began_at,
                each.ended_at,
                each.end_reason.value if each.end_reason else "",
            )
            for each in found
            for mentee in each.mentee_ids or (None,)
        ),
    )


@table("requests", "Requests for mentorship and what became of them, without what was written.")
def requests(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """Every request. Notes and goals are between the two."""
    found = unit.requests.of_program(one.id)
    called = names(unit, [person for each in found for person in (each.mentee_id, each.mentor_id)])
    return Table(
        name="requests",
        columns=columns(request=str, mentee=str, mentor=str, choice=int, state=str, reason=str, asked_at=datetime, answered_at=datetime),
        rows=rows(
            (str(each.id), called[each.mentee_id], called[each.mentor_id], each.rank, each.state.value, each.reason, each.asked_at, each.answered_at)
            for each in found
        ),
    )


@table("sessions", "Sessions and whether they took place, without what was written.")
def sessions(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """Every session."""
    return Table(
        name="sessions",
        columns=columns(session=str, mentorship=str, state=str, minutes=int, starts_at=datetime, settled_at=datetime, reason=str, late=bool, people=int),
        rows=rows(
            (
                str(each.id),
                str(each.mentorship_id),
                each.state.value,
                each.minutes,
                each.starts_at,
                each.settled_at,
                each.reason,
                each.late,
                each.size,
            )
            for each in unit.sessions.of_program(one.id)
        ),
    )


@table("surveys", "What was asked of whom and when, not what was answered.")
def surveys(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """Every survey."""
    found = unit.surveys.of_program(one.id)
    called = names(unit, [each.member_id for each in found])
    return Table(
        name="surveys",
        columns=columns(survey=str, kind=str, member=str, about=str, due_at=datetime, asked_at=datetime, reminded_at=datetime, answered=bool, closed=bool),
        rows=rows(
            (
                str(each.id),
                each.kind.value,
                called[each.member_id],
                each.about,
                each.due_at,
                each.asked_at,
                each.reminded_at,
                each.answered_at is not None,
                each.closed_at is not None,
            )
            for each in found
        ),
    )


@table("answers", "Applications, and answers to surveys whose writers agreed to be named; one answer a row.")
def answers(unit: UnitOfWork, one: Program, principal: Principal) -> Table:
    """Every answer that managers may read with its name."""
    found = _readable(unit, one)
    called = names(unit, [each.member_id for each in found])
    made: list[tuple[Value, ...]] = []
    for each in found:
        sheet = forms.sheet(unit, each)
        about = called[each.member_id], sheet.form.name, sheet.form.purpose.value, sheet.form.version
        made += [(*about, line.question.key, line.question.label, str(plain_answer(line.answer)), each.at) for line in sheet.lines]
    seeing.saw(unit, principal, {each.member_id for each in found}, what="answers")
    return Table(
        name="answers",
        columns=columns(member=str, form=str, purpose=str, version=int, key=str, question=str, answer=str, at=datetime),
        rows=rows(made),
    )


def _readable(unit: UnitOfWork, one: Program) -> list[Submission]:
    known = {each.id: each for owner in (one.id, None) for each in unit.forms.of_program(owner)}
    found = unit.submissions.of_forms(known, program_id=one.id)
    return [each for each in found if each.named or known[each.form_id].purpose.value not in PRIVATE]


@table("results", "What the answers to each survey say together; cells that would point at people are empty.")
def results(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """The figures of every survey."""
    made: list[tuple[Value, ...]] = []
    for purpose in (FormPurpose.SESSION, FormPurpose.PULSE, FormPurpose.CLOSING, FormPurpose.NPS):
        form = forms.form_of(unit, one.id, purpose.value)
        if form is None:
            continue
        found = aggregates.results(form, evaluating.sheets(unit, form, program_id=one.id), seed=evaluating.SEED)
        for each in found.questions:
            about = purpose.value, each.question.key, each.question.label
            made.append((*about, "mean", "", *_figure(each.mean)))
            made += [(*about, "count", cell.label, _number(cell.count), None, None, each.answers) for cell in each.cells]
        for factor in found.factors:
            about = purpose.value, factor.factor, ""
            made += [(*about, "factor", "", *_figure(factor.mean)), (*about, "alpha", "", *_figure(factor.alpha))]
        made.append((purpose.value, "", "", "nps", "", *_figure(found.nps)))
    kept = [row for row in made if row[5] is not None or row[3] == "count"]
    return Table(
        name="results",
        columns=columns(survey=str, key=str, question=str, figure=str, choice=str, value=float, low=float, high=float, n=int),
        rows=rows(kept),
    )


def _figure(found: Figure | None) -> tuple[Value, Value, Value, Value]:
    return (None, None, None, None) if found is None else (found.value, found.low, found.high, found.n)


def _number(count: int | None) -> float | None:
    return None if count is None else float(count)


@table("figures", "The program's figures, week by week.")
def weekly(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """The figures over time, one a row."""
    since = max(one.created_at, unit.now - timedelta(weeks=WEEKS))
    made = [
        (moment.at, name, value)
        for moment in figures.over_time(load(unit, one), since=since, now=unit.now)
        for name, read in evaluating.CHARTED.items()
        if (value := read(moment)) is not None
    ]
    return Table(name="figures", columns=columns(at=datetime, figure=str, value=float), rows=rows((at, name, float(value)) for at, name, value in made))


@table("rounds", "Every pair of every matching round, with its score and what became of it.")
def rounds(unit: UnitOfWork, one: Program, principal: Principal) -> Table:  # noqa: ARG001 - one shape for all
    """The pairs of rounds."""
    found = [(each, pair) for each in unit.rounds.page(one.id, after=None, limit=1_000) for pair in unit.rounds.pairs(each.id)]
    called = names(unit, [person for _, pair in found for person in (pair.mentor_id, pair.mentee_id)])
    return Table(
        name="rounds",
        columns=columns(round=str, name=str, state=str, mentor=str, mentee=str, score=float, pinned=bool, became=str, note=str),
        rows=rows(
            (str(each.id), each.name, each.state.value, called[pair.mentor_id], called[pair.mentee_id], pair.score, pair.pinned, pair.state.value, pair.note)
            for each, pair in found
        ),
    )
