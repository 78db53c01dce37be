"""What a member sees of programs and of the people in them."""

from dataclasses import replace

import pytest

from plugin.domain.programs import Plan, ProgramState, Role
from plugin.services.mentorships import requesting
from plugin.services.programs import belonging, programming
from tests.conftest import FixedClock
from tests.plugin.services.taking_part import crowd_of
from tests.plugin.support import World


async def test_who_waits_for_an_answer_is_offered_nobody_else(world: World) -> None:
    crowd = await crowd_of(world)
    for name, role in (("ann", Role.MENTOR), ("ben", Role.MENTOR), ("mia", Role.MENTEE)):
        await crowd.join(name, role)
    mia, program = crowd.people["mia"], crowd.program.id
    assert await belonging.askable(world.runtime, mia) == {crowd.id("ann"): program, crowd.id("ben"): program}
    await requesting.ask(world.runtime, mia, program_id=program, mentor_ids=[crowd.id("ann")], note="", goal="To learn")
    assert await belonging.askable(world.runtime, mia) == {}


async def test_a_members_own_programs_show_however_many_are_newer(world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(belonging, "MOST", 1)
    crowd = await crowd_of(world)
    await crowd.join("mia", Role.MENTEE)
    for name in ("Summer", "Autumn"):
        clock.move(days=1)
        made = await programming.create_program(world.runtime, crowd.admin, plan=Plan(name=name, purpose="To learn"))
        await replace(crowd, program=made).move(ProgramState.ENROLLING)
    shown = await belonging.programs(world.runtime, crowd.people["mia"])
    assert [(program.name, [one.role for one in parts]) for program, parts in shown] == [("Spring", [Role.MENTEE]), ("Autumn", [])]
