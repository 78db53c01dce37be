"""A program's surveys, figures, advice and tables, from what members did to what managers see."""

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from pyarrow import parquet

from plugin.domain.designs import Side
from plugin.domain.forms import AnswersRefused, FormPurpose
from plugin.domain.health import Measure
from plugin.domain.mentorships import Mentorship
from plugin.domain.people import SERVICE_SCOPES, Principal, Scope
from plugin.domain.programs import Goal, Role
from plugin.domain.rounds import Outcome, Pair, PairState, Part, Round, RoundKind, RoundState
from plugin.domain.sessions import Session, SessionState
from plugin.domain.surveys import SurveyKind
from plugin.domain.templates import TEMPLATES
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.departures import leaving
from plugin.services.mentorships import answering, mentoring
from plugin.services.privacy import auditing
from plugin.services.programs import evaluating, program_tables, programming
from plugin.services.programs.program_facts import CohortBy
from plugin.services.questions import forms, questioning
from plugin.services.recruiting import enrolling
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World

PULSE = {"heard": 5, "open": 4, "drifting": 1, "agreed": 5, "forward": 4, "idle": 2}
"""Turned round, the items are 5, 4, 5, 5, 4, 4."""
QUALITY = 27 / 6


@dataclass
class Program:
    """Three mentors with two mentees each."""

    crowd: Crowd
    pairs: list[Mentorship] = field(default_factory=list)

    @property
    def everybody(self) -> list[str]:
        return sorted(self.crowd.people)

    @property
    def id(self) -> int:
        return self.crowd.program.id

    async def answer(self, name: str, kind: SurveyKind, answers: Mapping[str, object], *, named: bool = False) -> None:
        (found,) = [one for one in await answering.mine(self.crowd.world.runtime, self.crowd.people[name]) if one.survey.kind is kind]
        await answering.answer(self.crowd.world.runtime, self.crowd.people[name], found.survey.id, answers=answers, named=named)

    async def evaluation(self) -> evaluating.Evaluation:
        return await evaluating.evaluation(self.crowd.world.runtime, self.crowd.admin, self.id)


@pytest.fixture
async def program(world: World, clock: FixedClock) -> Program:
    crowd = await crowd_of(world)
    for name in ("ann", "ben", "cas"):
        await crowd.join(name, Role.MENTOR)
    for number in range(6):
        await crowd.join(f"mia{number}", Role.MENTEE)
    made = Program(crowd)

    def begin(unit: UnitOfWork) -> list[Mentorship]:
        mentors = [crowd.id(name) for name in ("ann", "ben", "cas")]
        mentees = [crowd.id(f"mia{number}") for number in range(5)]
        return [
            mentoring.begin(unit, program_id=made.id, mentor_id=mentors[number // 2], mentee_ids=[one], source="admin", by="test")
            for number, one in enumerate(mentees)
        ]

    made.pairs = await world.database.write(world.installation_id, begin)
    clock.move(days=30, seconds=1)
    await crowd.due()
    return made


async def test_a_programs_surveys_are_asked_without_anybody_making_forms(program: Program) -> None:
    waiting = await answering.mine(program.crowd.world.runtime, program.crowd.people["mia0"])
    assert [(one.survey.kind, one.form.purpose) for one in waiting] == [(SurveyKind.PULSE, FormPurpose.PULSE)]
    assert [program.crowd.name(one) for one in waiting[0].others] == ["ann"]
    assert len(await answering.mine(program.crowd.world.runtime, program.crowd.people["ann"])) == 2
    assert await answering.mine(program.crowd.world.runtime, program.crowd.people["mia5"]) == []


async def test_figures_move_in_fives_and_never_tell_what_one_said(program: Program) -> None:
    for number in range(4):
        await program.answer(f"mia{number}", SurveyKind.PULSE, PULSE)
    assert (await program.evaluation()).health.quality is None
    await program.answer("mia4", SurveyKind.PULSE, PULSE | {"heard": 2})
    found = (await program.evaluation()).health
    assert found.quality is not None
    assert found.quality.value == pytest.approx((4 * QUALITY + 24 / 6) / 5)
    assert (found.quality.n, found.answered) == (5, 5)
    (form,) = [one for one in await evaluating.survey_forms(program.crowd.world.runtime, program.crowd.admin, program.id) if one.purpose is FormPurpose.PULSE]
    _, results = await evaluating.results(program.crowd.world.runtime, program.crowd.admin, form.id, program_id=program.id)
    assert (results.answers, results.held_back) == (5, 0)
    quality = next(one for one in results.factors if one.factor == "quality")
    assert quality.mean is not None
    assert quality.mean.value == pytest.approx((4 * 14 / 3 + 11 / 3) / 5)
    heard = next(one for one in results.questions if one.question.key == "heard")
    assert [cell.count for cell in heard.cells if cell.key in {"2", "5"}] == [None, None], "one and four would point at people"


async def test_a_survey_is_answered_once_by_whom_it_was_put_to(program: Program, clock: FixedClock) -> None:
    runtime, people = program.crowd.world.runtime, program.crowd.people
    (mine,) = await answering.mine(runtime, people["mia0"])
    for stranger in ("ann", "mia1"):
        with pytest.raises(NotFound):
            await answering.answer(runtime, people[stranger], mine.survey.id, answers=PULSE, named=False)
    with pytest.raises(Forbidden):
        await answering.mine(runtime, program.crowd.admin)
    with pytest.raises(AnswersRefused):
        await answering.answer(runtime, people["mia0"], mine.survey.id, answers={"heard": 9}, named=False)
    await answering.answer(runtime, people["mia0"], mine.survey.id, answers=PULSE, named=False)
    with pytest.raises(Conflict, match="already"):
        await answering.answer(runtime, people["mia0"], mine.survey.id, answers=PULSE, named=False)
    (late,) = await answering.mine(runtime, people["mia1"])
    clock.move(days=22)
    assert await answering.mine(runtime, people["mia1"]) == []
    with pytest.raises(Conflict, match="closed"):
        await answering.answer(runtime, people["mia1"], late.survey.id, answers=PULSE, named=False)


@pytest.mark.slow
async def test_managers_read_by_name_only_what_was_released_and_the_member_sees_that(program: Program) -> None:
    world, people = program.crowd.world, program.crowd.people
    await program.answer("mia0", SurveyKind.PULSE, PULSE | {"note": "zqcanarynamed"}, named=True)
    await program.answer("mia1", SurveyKind.PULSE, PULSE | {"note": "zqcanarysecret"})
    form = next(one for one in await evaluating.survey_forms(world.runtime, program.crowd.admin, program.id) if one.purpose is FormPurpose.PULSE)
    shown = await questioning.answers(world.runtime, program.crowd.admin, form.id, after=None, limit=10)
    assert [one.member_id for one in shown] == [program.crowd.id("mia0")]
    taken = await program_tables.export(world.runtime, program.crowd.admin, program.id, name="answers", form="csv")
    assert b"zqcanarynamed" in taken.content
    whole = await program_tables.export(world.runtime, program.crowd.admin, program.id, name=None, form="csv")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert {one.removesuffix(".csv") for one in archive.namelist()} == set(program_tables.TABLES)
        assert not [one for one in archive.namelist() if b"zqcanarysecret" in archive.read(one)]
    assert [one.what for one in await auditing.who_saw(world.runtime, people["mia0"])] == ["answers"]
    assert await auditing.who_saw(world.runtime, people["mia1"]) == []


async def test_figures_are_those_of_the_rows(program: Program, clock: FixedClock) -> None:
    runtime = program.crowd.world.runtime
    found = (await program.evaluation()).health
    assert (found.mentors, found.mentees, found.matched, found.waiting, found.places) == (3, 6, 5, 1, 1)
    assert found.match_rate is not None
    assert found.match_rate.value == pytest.approx(5 / 6)
    assert found.match_rate.low is not None
    assert found.match_rate.high is not None
    assert 0 < found.match_rate.low < found.match_rate.value < found.match_rate.high <= 1
    assert (found.active, tuple(sorted(found.stalled))) == (0, tuple(sorted(one.id for one in program.pairs))), "thirty days without a sign"
    advice = {one.rule.name: one for one in (await program.evaluation()).advice}
    assert advice["pairs.stalled"].mentorships == found.stalled
    world = program.crowd.world
    await world.database.write(world.installation_id, lambda unit: mentoring.end(unit, program.pairs[4].id, reason="not_a_fit", by="test"))
    (enrolled,) = [one for one in await enrolling.mine(runtime, program.crowd.people["mia4"]) if one.program_id == program.id]
    clock.move(days=1)
    await leaving.leave_program(runtime, program.crowd.people["mia4"], enrolled.id)
    clock.move(days=1)
    after = (await program.evaluation()).health
    assert (after.mentees, after.ended) == (5, {"not_a_fit": 1})
    weeks = await evaluating.history(runtime, program.crowd.admin, program.id, weeks=3)
    assert [one.mentees for one in weeks] == [6, 6, 6, 5], "whoever left is counted until then"
    # Whoever comes back is counted again.
    await program.crowd.apply("mia4", Role.MENTEE)
    assert (await program.evaluation()).health.mentees == 6


async def test_goals_are_measured_and_judged(program: Program) -> None:
    goals = (
        Goal(text="Five find a mentor", measure="matched", target=5),
        Goal(text="All find a mentor", measure="match_rate", target=1.0),
        Goal(text="They meet soon", measure="days_to_first_session", target=3),
    )
    await programming.change_program(program.crowd.world.runtime, program.crowd.admin, program.id, changes={"goals": goals})
    found = (await program.evaluation()).health.goals
    assert [(one.value is None, one.met) for one in found] == [(False, True), (False, False), (True, False)]
    for wrong in (Goal(text="So so", measure="happiness", target=1), Goal(text="So so", measure="nps"), Goal(text="So so", measure="nps", target=float("nan"))):
        with pytest.raises(Invalid):
            await programming.change_program(program.crowd.world.runtime, program.crowd.admin, program.id, changes={"goals": (wrong,)})


def test_every_goal_of_a_template_can_be_measured() -> None:
    assert {goal.measure for plan in TEMPLATES.values() for goal in plan.goals} <= set(Measure)


@pytest.mark.slow
async def test_cohorts_are_compared(program: Program, clock: FixedClock) -> None:
    clock.move(days=31)
    await program.crowd.join("new", Role.MENTEE)
    found = await evaluating.cohorts(program.crowd.world.runtime, program.crowd.admin, program.id, by=CohortBy.MONTH)
    assert [(one.mentees, None if one.match_rate is None else round(one.match_rate.value, 3)) for one in found] == [(6, 0.833), (1, 0.0)]
    assert found[0].match_difference is not None
    assert found[0].match_difference.value == pytest.approx(5 / 6)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_every_table_opens_and_holds_the_rows(program: Program, form: str) -> None:
    runtime, admin = program.crowd.world.runtime, program.crowd.admin
    for number in range(5):
        await program.answer(f"mia{number}", SurveyKind.PULSE, PULSE)
    read: dict[str, int] = {}
    for name in program_tables.TABLES:
        made = await program_tables.export(runtime, admin, program.id, name=name, form=form)
        if form == "csv":
            found = list(csv.DictReader(io.StringIO(made.content.decode("utf-8-sig"))))
            read[name] = len(found)
        else:
            read[name] = parquet.read_table(io.BytesIO(made.content)).num_rows
        assert read[name] == made.rows
    assert {name: read[name] for name in ("program", "enrolments", "mentorships", "requests", "surveys")} == {
        "program": 1,
        "enrolments": 9,
        "mentorships": 5,
        "requests": 0,
        "surveys": 20,
    }
    assert read["results"] > 0
    assert read["figures"] > 0


@pytest.mark.slow
async def test_the_same_rows_give_the_same_file(program: Program) -> None:
    runtime, admin = program.crowd.world.runtime, program.crowd.admin
    made = [await program_tables.export(runtime, admin, program.id, name=None, form="csv") for _ in range(2)]
    assert made[0].content == made[1].content


@pytest.mark.slow
async def test_only_managers_see_any_of_it(program: Program) -> None:
    runtime, ann = program.crowd.world.runtime, program.crowd.people["ann"]
    form = (await evaluating.survey_forms(runtime, program.crowd.admin, program.id))[0]

    async def all_of_it(principal: Principal) -> None:
        await evaluating.evaluation(runtime, principal, program.id)
        await evaluating.history(runtime, principal, program.id, weeks=2)
        await evaluating.cohorts(runtime, principal, program.id, by=CohortBy.TRACK)
        await evaluating.results(runtime, principal, form.id, program_id=program.id)
        await evaluating.chart(runtime, principal, program.id, names=["active"], weeks=2)
        await program_tables.export(runtime, principal, program.id, name="enrolments", form="csv")

    with pytest.raises(Forbidden):
        await all_of_it(ann)
    admin = replace(program.crowd.admin, scopes=SERVICE_SCOPES | {Scope.ADMIN})
    await programming.set_manager(runtime, admin, program.id, program.crowd.id("ann"), manages=True)
    await all_of_it(ann)
    await programming.set_manager(runtime, admin, program.id, program.crowd.id("ann"), manages=False)
    with pytest.raises(Forbidden):
        await all_of_it(ann)


@pytest.mark.slow
@pytest.mark.parametrize(("table", "form"), [("nothing", "csv"), ("enrolments", "xlsx")])
async def test_a_table_or_format_that_there_is_not(program: Program, table: str, form: str) -> None:
    with pytest.raises(Invalid, match="one of"):
        await program_tables.export(program.crowd.world.runtime, program.crowd.admin, program.id, name=table, form=form)


@pytest.mark.slow
async def test_answers_teach_how_well_two_get_on(program: Program) -> None:
    """Of pairs that a round made: of others there are no fits to learn about."""
    world = program.crowd.world
    ann, mia = program.crowd.id("ann"), program.crowd.id("mia0")

    def matched(unit: UnitOfWork) -> None:
        one = Round(id=unit.new_id(), program_id=program.id, kind=RoundKind.PAIRS, name="One", state=RoundState.PUBLISHED, design={}, created_at=unit.now)
        part = Part(criterion="zone", side=Side.MENTEE, fit=0.9, contribution=0.9)
        unit.rounds.put(one)
        pair = Pair(round_id=one.id, mentor_id=ann, mentee_id=mia, score=0.9, parts=(part,), state=PairState.BEGUN)
        unit.rounds.keep(one.id, Outcome(pairs=(pair,), people=(), waiting=(), others=(), figures={}))

    await world.database.write(world.installation_id, matched)
    await program.answer("mia0", SurveyKind.PULSE, PULSE)
    await program.answer("mia1", SurveyKind.PULSE, PULSE)
    (lesson,) = await world.database.read(world.installation_id, lambda unit: unit.lessons.of_program(program.id))
    assert (lesson.kind, lesson.mentor_id, lesson.mentee_id, lesson.fits) == ("rating", ann, mia, {"zone": 0.9})
    assert lesson.rating == pytest.approx(QUALITY)


@pytest.mark.slow
async def test_sessions_are_in_the_figures_and_a_sign_of_life(program: Program, clock: FixedClock) -> None:
    world = program.crowd.world

    def meet(unit: UnitOfWork) -> None:
        for number, state in enumerate((SessionState.HELD, SessionState.MISSED, SessionState.CANCELLED)):
            at = program.pairs[number].began_at + timedelta(days=10)
            one = program.pairs[number]
            unit.sessions.put(
                Session(id=unit.new_id(), mentorship_id=one.id, program_id=program.id, state=state, minutes=30, starts_at=at, created_at=at - timedelta(days=1))
            )

    await world.database.write(world.installation_id, meet)
    found = (await program.evaluation()).health
    assert (found.sessions_held, found.sessions_missed, found.active, len(found.stalled)) == (1, 1, 1, 4)
    taken = await program_tables.export(world.runtime, program.crowd.admin, program.id, name="sessions", form="csv")
    assert taken.rows == 3


@pytest.mark.slow
async def test_a_chart_names_what_can_be_drawn(program: Program) -> None:
    runtime, admin = program.crowd.world.runtime, program.crowd.admin
    assert "<polyline" in await evaluating.chart(runtime, admin, program.id, names=["mentees", "match_rate"], weeks=4)
    with pytest.raises(Invalid, match="match_rate"):
        await evaluating.chart(runtime, admin, program.id, names=["beauty"], weeks=4)
    with pytest.raises(Invalid, match="weeks"):
        await evaluating.history(runtime, admin, program.id, weeks=0)


@pytest.mark.slow
async def test_the_newest_form_of_a_program_asks_and_old_answers_stay_in_the_figures(program: Program, clock: FixedClock) -> None:
    for number in range(5):
        await program.answer(f"mia{number}", SurveyKind.PULSE, PULSE)
    world = program.crowd.world

    def own(unit: UnitOfWork) -> int:
        form = forms.form_of(unit, None, "pulse")
        assert form is not None
        return forms.define(unit, name="Our pulse", purpose=FormPurpose.PULSE, questions=form.questions[:3], program_id=program.id).id

    number = await world.database.write(world.installation_id, own)
    clock.move(days=60)
    await program.crowd.due()
    (mine,) = await answering.mine(world.runtime, program.crowd.people["mia0"])
    assert mine.form.id == number
    found = (await program.evaluation()).health
    assert found.quality is not None
    assert found.at - program.pairs[0].began_at > timedelta(days=89)
