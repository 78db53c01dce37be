"""Surveys are asked once, reminded of once, and only as long as they make sense."""

import pytest

from plugin.domain.forms import FormPurpose
from plugin.domain.forms.templates import template
from plugin.domain.mentorships import Mentorship
from plugin.domain.programs import Role
from plugin.domain.surveys import Survey, SurveyKind
from plugin.errors import Invalid
from plugin.services.meetings import attending
from plugin.services.mentorships import mentoring
from plugin.services.questions import forms, surveying
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World


@pytest.fixture
async def crowd(world: World) -> Crowd:
    """A pair in a program with all forms."""
    found = await crowd_of(world)
    await found.join("ann", Role.MENTOR)
    await found.join("mia", Role.MENTEE)

    def define(unit: UnitOfWork) -> None:
        for purpose in (FormPurpose.PULSE, FormPurpose.CLOSING, FormPurpose.NPS):
            forms.define(unit, name=purpose.value, purpose=purpose, questions=template(purpose)[1])

    await world.database.write(world.installation_id, define)
    return found


async def begin(crowd: Crowd) -> Mentorship:
    def work(unit: UnitOfWork) -> Mentorship:
        return mentoring.begin(unit, program_id=crowd.program.id, mentor_id=crowd.id("ann"), mentee_ids=[crowd.id("mia")], source="admin", by="test")

    return await crowd.world.database.write(crowd.world.installation_id, work)


async def surveys(crowd: Crowd, name: str, kind: SurveyKind) -> list[Survey]:
    found = await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.surveys.of_member(crowd.id(name)))
    return sorted((one for one in found if one.kind is kind), key=lambda one: one.due_at)


async def test_a_pulse_at_thirty_days_and_every_sixty_after_with_one_reminder(crowd: Crowd, clock: FixedClock) -> None:
    await begin(crowd)
    clock.move(days=29)
    await crowd.due()
    assert "survey.asked" not in await crowd.told("mia")
    clock.move(days=1, seconds=1)
    await crowd.due()
    assert (await crowd.told("mia")).count("survey.asked") == 1
    assert (await crowd.told("ann")).count("survey.asked") == 1
    for _ in range(3):
        clock.move(days=4, seconds=1)
        await crowd.due()
    assert (await crowd.told("mia")).count("survey.reminded") == 1
    clock.move(days=10)
    await crowd.due()
    first, second = await surveys(crowd, "mia", SurveyKind.PULSE)
    assert first.closed_at is not None
    assert (second.due_at - first.due_at).days == 60
    assert second.asked_at is None


async def test_whoever_answered_is_not_reminded(crowd: Crowd, clock: FixedClock) -> None:
    await begin(crowd)
    clock.move(days=30, seconds=1)
    await crowd.due()
    first = (await surveys(crowd, "mia", SurveyKind.PULSE))[0]
    await crowd.world.database.write(crowd.world.installation_id, lambda unit: surveying.answered(unit, first))
    clock.move(days=5)
    await crowd.due()
    assert "survey.reminded" not in await crowd.told("mia")


async def test_the_end_closes_pulses_and_asks_both_to_look_back(crowd: Crowd, clock: FixedClock) -> None:
    made = await begin(crowd)
    clock.move(days=10)
    await crowd.world.database.write(crowd.world.installation_id, lambda unit: mentoring.end(unit, made.id, reason="completed", by="test"))
    await crowd.due()
    assert [one.closed_at is not None for one in await surveys(crowd, "mia", SurveyKind.PULSE)] == [True]
    assert len(await surveys(crowd, "ann", SurveyKind.CLOSING)) == 1
    clock.move(days=4, seconds=1)
    await crowd.due()
    assert [one.asked_at is not None for one in await surveys(crowd, "mia", SurveyKind.NPS)] == [True]


async def test_without_a_form_nobody_is_asked(world: World, clock: FixedClock) -> None:
    """The forms that a program begins with can be closed."""

    def close(unit: UnitOfWork) -> None:
        for form in unit.forms.of_program(None):
            forms.edit(unit, form.id, version=form.version, opened=False)

    crowd = await crowd_of(world)
    await crowd.join("ann", Role.MENTOR)
    await crowd.join("mia", Role.MENTEE)
    await world.database.write(world.installation_id, close)
    await begin(crowd)
    clock.move(days=31)
    await crowd.due()
    assert "survey.asked" not in await crowd.told("mia")


async def test_the_same_is_asked_once_and_about_something(crowd: Crowd) -> None:
    def work(unit: UnitOfWork) -> list[bool]:
        me = crowd.id("mia")
        return [surveying.ask(unit, kind="nps", member_id=me, about=f"program:{crowd.program.id}", due=unit.now) for _ in range(2)]

    assert await crowd.world.database.write(crowd.world.installation_id, work) == [True, False]
    with pytest.raises(Invalid):
        await crowd.world.database.write(
            crowd.world.installation_id, lambda unit: surveying.ask(unit, kind="nps", member_id=crowd.id("mia"), about="nothing", due=unit.now)
        )


async def test_what_is_asked_after_a_session_and_later_speaks_the_communitys_language(small_world: World) -> None:
    def made(unit: UnitOfWork) -> dict[FormPurpose, tuple[str, ...]]:
        unit.update_installation(locale="de")
        forms.begin_surveys(unit)
        attending._form(unit, None)
        found = {}
        for purpose in (*forms.SURVEYS, FormPurpose.SESSION):
            (form,) = unit.forms.of_program(None, purpose=purpose)
            found[purpose] = (form.name, *(question.label for question in form.questions))
        return found

    found = await small_world.database.write(small_world.installation_id, made)
    assert found[FormPurpose.SESSION][:2] == ("Nach einem Treffen", "Wie nützlich war dieses Treffen?")
    for purpose, texts in found.items():
        name, questions = template(purpose)
        assert not {name, *(question.label for question in questions)} & set(texts), "every question is said in it, none is left in English"
