"""What managers see of programs."""

from dataclasses import replace

from plugin.domain.programs import Plan, Role
from plugin.services.programs import programming, viewing
from plugin.services.programs.viewing import ProgramFigures
from tests.conftest import FixedClock
from tests.plugin.services.taking_part import crowd_of
from tests.plugin.support import World


async def test_who_manages_an_old_program_finds_it_among_many(world: World, clock: FixedClock) -> None:
    crowd = await crowd_of(world)
    old = crowd.program.id
    ann = replace(await crowd.member("ann"), manages=True)
    clock.move(days=1)
    await programming.create_program(world.runtime, crowd.admin, plan=Plan(name="Autumn", purpose="To learn"))
    await world.database.write(world.installation_id, lambda unit: unit.managers.add(old, crowd.id("ann"), at=unit.now))
    assert [one.id for one, _ in await viewing.programs(world.runtime, ann, limit=1)] == [old]
    assert [one.name for one, _ in await viewing.programs(world.runtime, crowd.admin, limit=1)] == ["Autumn"]


async def test_figures_count_who_is_in_a_program_and_who_waits(world: World) -> None:
    crowd = await crowd_of(world)
    for name, role in (("ann", Role.MENTOR), ("mia", Role.MENTEE), ("noah", Role.MENTEE)):
        await crowd.join(name, role)
    await crowd.member("ben")
    await crowd.apply("ben", Role.MENTOR)
    program, figures, _ = await viewing.program(world.runtime, crowd.admin, crowd.program.id)
    assert program.id == crowd.program.id
    assert figures == ProgramFigures(mentors=1, mentees=2, waiting=1, pairs=0)
