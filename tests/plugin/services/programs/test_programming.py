"""Programs as admins make them: from templates, of every format, copied, with approval by role; and what cannot be."""

from dataclasses import replace
from datetime import date

import pytest

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.people import SERVICE_SCOPES, Principal, Scope
from plugin.domain.programs import Format, Goal, Plan, ProgramState, Role
from plugin.domain.templates import TEMPLATES
from plugin.errors import Conflict, Forbidden, Invalid
from plugin.services.departures.erasure import erase_member
from plugin.services.guarding.managing import managers_of
from plugin.services.programs import program_words, programming
from plugin.services.recruiting import enrolling
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.services.taking_part import crowd_of
from tests.plugin.support import World


@pytest.fixture
def admin(small_world: World) -> Principal:
    return Principal(installation_id=small_world.installation_id, member_id=None, scopes=SERVICE_SCOPES | {Scope.ADMIN}, token_id=1)


async def test_every_format_and_template_makes_a_program(small_world: World, admin: Principal) -> None:
    for name in TEMPLATES:
        made = await programming.create_program(small_world.runtime, admin, plan=await program_words.template(small_world.runtime, admin, name))
        assert (made.state, made.template) == (ProgramState.DRAFT, name)
        assert made.goals
        assert made.mentor_benefits
    for format_ in Format:
        plan = Plan(name="One", format=format_, both_roles=format_ is Format.PEER)
        assert (await programming.create_program(small_world.runtime, admin, plan=plan)).format is format_
    with pytest.raises(Invalid, match="newcomers"):
        await program_words.template(small_world.runtime, admin, "nothing")


async def test_a_template_begins_in_the_language_of_the_community_and_is_read_in_the_readers(small_world: World, admin: Principal) -> None:
    runtime, here = small_world.runtime, small_world.installation_id
    await small_world.database.write(here, lambda unit: unit.update_installation(locale="de"))
    for name, source in TEMPLATES.items():
        plan = await program_words.template(runtime, admin, name)
        for text, english in zip(_texts(plan), _texts(source), strict=True):
            assert text != english, "every text of a template is translated"
            assert program_words.spoken(text, language="en") == english
            assert program_words.spoken(english, language="de") == text
    assert program_words.spoken("What a manager wrote", language="de") == "What a manager wrote"


def _texts(plan: Plan) -> list[str]:
    words = (plan.name, plan.purpose, plan.audience, plan.needs, plan.mentor_benefits, plan.mentee_benefits, plan.code_of_conduct)
    return [*words, *(goal.text for goal in plan.goals)]


async def test_a_copy_has_what_was_said_and_neither_people_nor_dates(small_world: World, admin: Principal) -> None:
    crowd = await crowd_of(small_world)
    await crowd.join("ann", Role.MENTOR)
    changes = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 6, 1), "purpose": "To grow", "open": False}
    await programming.change_program(small_world.runtime, admin, crowd.program.id, changes=changes)
    copy = await programming.duplicate_program(small_world.runtime, admin, crowd.program.id, name="Autumn")
    assert (copy.name, copy.purpose, copy.open, copy.state, copy.starts_on, copy.ends_on) == ("Autumn", "To grow", False, ProgramState.DRAFT, None, None)
    assert await enrolling.page(small_world.runtime, admin, copy.id, after=None, limit=10, state=None, role=None) == []


async def test_each_role_is_looked_at_as_the_program_says(small_world: World, admin: Principal) -> None:
    crowd = await crowd_of(small_world)
    for mentors, mentees in ((True, False), (False, True)):
        await programming.change_program(small_world.runtime, admin, crowd.program.id, changes={"approve_mentors": mentors, "approve_mentees": mentees})
        for role, looked_at in ((Role.MENTOR, mentors), (Role.MENTEE, mentees)):
            name = f"{role.value}{mentors}"
            await crowd.member(name)
            assert (await crowd.apply(name, role)).state is (EnrolmentState.APPLIED if looked_at else EnrolmentState.APPROVED)


async def test_to_a_closed_program_one_is_invited(small_world: World) -> None:
    crowd = await crowd_of(small_world, open_=False)
    await crowd.member("ann")
    with pytest.raises(Forbidden, match="invited"):
        await crowd.apply("ann", Role.MENTOR)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Plan(name="Spring", starts_on=date(2027, 6, 1), ends_on=date(2027, 6, 1)), "ends_on"),
        (Plan(name="Spring", starts_on=date(2027, 6, 1), ends_on=date(2027, 1, 1)), "ends_on"),
        (Plan(name="  x "), "name"),
        (Plan(name="Spring", purpose="x" * 5_000), "purpose"),
        (Plan(name="Spring", format=Format.PEER), "both_roles"),
        (Plan(name="Spring", goals=(Goal(text="Grow", measure="love", target=1),)), "goals"),
        (Plan(name="Spring", goals=(Goal(text="Grow", target=1),)), "goals"),
        (Plan(name="Spring", goals=(Goal(text="Grow"),) * 13), "goals"),
    ],
)
async def test_what_no_program_can_be_is_said_and_nothing_is_made(small_world: World, admin: Principal, plan: Plan, field: str) -> None:
    with pytest.raises(Invalid) as error:
        await programming.create_program(small_world.runtime, admin, plan=plan)
    assert error.value.field == field
    assert await small_world.database.read(small_world.installation_id, lambda unit: unit.programs.page(after=None, limit=10, state=None)) == []


async def test_dates_that_change_cannot_cross(small_world: World, admin: Principal) -> None:
    made = await programming.create_program(small_world.runtime, admin, plan=Plan(name="Spring", starts_on=date(2027, 1, 1), ends_on=date(2027, 6, 1)))
    with pytest.raises(Invalid, match="later end"):
        await programming.change_program(small_world.runtime, admin, made.id, changes={"starts_on": date(2027, 7, 1)})


async def test_when_the_manager_leaves_admins_look_after_the_program(small_world: World, admin: Principal) -> None:
    crowd = await crowd_of(small_world)
    await crowd.member("chief", admin=True)
    await crowd.member("ann")
    await programming.set_manager(small_world.runtime, admin, crowd.program.id, crowd.id("ann"), manages=True)

    async def looks_after() -> list[int]:
        return await small_world.database.read(small_world.installation_id, lambda unit: managers_of(unit, crowd.program.id))

    assert await looks_after() == [crowd.id("ann")]

    def go(unit: UnitOfWork) -> None:
        found = unit.members.get(crowd.id("ann"))
        assert found is not None
        erase_member(found.host_user_id, unit, why="host")

    await small_world.database.write(small_world.installation_id, go)
    assert await looks_after() == [crowd.id("chief")]
    # Applications go to them.
    await crowd.member("ben")
    await crowd.apply("ben", Role.MENTOR)
    assert "enrolment.waits" in await crowd.told("chief")


async def test_what_is_over_is_not_changed(small_world: World, admin: Principal) -> None:
    crowd = await crowd_of(small_world)
    await crowd.move(ProgramState.ARCHIVED)
    with pytest.raises(Conflict, match="archived"):
        await programming.change_program(small_world.runtime, admin, crowd.program.id, changes={"name": "Summer"})
    with pytest.raises(Conflict, match="nowhere"):
        await programming.move_program(small_world.runtime, admin, crowd.program.id, ProgramState.ACTIVE)
    with pytest.raises(Forbidden):
        await programming.change_program(small_world.runtime, replace(admin, scopes=frozenset({Scope.READ})), crowd.program.id, changes={"name": "Summer"})
