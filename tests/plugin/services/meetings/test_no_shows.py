"""The ladder: said once, a warning, a break after the fourth; appeal, pardon, expiry, and who was let down comes first."""

from datetime import timedelta

import pytest

from plugin.domain.programs import ProgramState
from plugin.domain.sessions import Session
from plugin.domain.strikes import PRIORITY_FOR, StrikeKind, StrikeState
from plugin.errors import Conflict, Forbidden, NotFound
from plugin.services.departures import erasure
from plugin.services.meetings import no_shows, proposing
from plugin.services.programs import programming
from plugin.services.recruiting import enrolling
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.meetings.support import Meeting, pair_of, tomorrow
from tests.plugin.support import World


@pytest.fixture
async def pair(small_world: World) -> Meeting:
    return await pair_of(small_world)


async def missed(pair: Meeting, clock: FixedClock) -> Session:
    """Mia does not come, and says nothing."""
    made = await pair.agreed(tomorrow(clock))
    clock.now = tomorrow(clock, 17) + timedelta(minutes=10)
    await pair.say(made, "ann", "mia", held=False)
    clock.move(days=2, hours=1)
    await pair.crowd.due()
    return await pair.get(made)


async def paused(pair: Meeting) -> bool:
    found = await pair.do(lambda unit: unit.enrolments.of_member(pair.id("mia")))
    return found[0].paused


async def standing(pair: Meeting) -> int:
    return await pair.do(lambda unit: no_shows.standing(unit, pair.id("mia"), pair.crowd.program.id))


async def test_the_rungs_and_the_break(pair: Meeting, clock: FixedClock) -> None:
    told = []
    for _ in range(4):
        assert not await paused(pair)
        await missed(pair, clock)
        told.append([kind for kind in await pair.crowd.told("mia") if kind.startswith("strike.")][-1])
    assert told == ["strike.first", "strike.second", "strike.third", "strike.break"]
    assert await paused(pair)
    enrolment = (await pair.do(lambda unit: unit.enrolments.of_member(pair.id("mia"))))[0]
    with pytest.raises(Conflict, match="break until"):
        await enrolling.change(pair.world.runtime, pair.crowd.people["mia"], enrolment.id, paused=False)
    clock.move(days=30)
    await pair.crowd.due()
    assert not await paused(pair)
    assert "strike.resumed" in await pair.crowd.told("mia")
    # What was is forgotten after half a year.
    clock.move(days=151)
    assert await standing(pair) == 0


async def test_who_waited_comes_first_for_a_while(pair: Meeting, clock: FixedClock) -> None:
    await missed(pair, clock)
    assert "session.waited" in await pair.crowd.told("ann")
    assert await pair.do(lambda unit: no_shows.priority(unit, pair.crowd.program.id)) == {pair.id("ann"): 1}
    # Managers see who comes first for it, and nobody else does.
    runtime, program = pair.crowd.world.runtime, pair.crowd.program.id
    (shown,) = await no_shows.let_down(runtime, pair.crowd.admin, program)
    assert (shown.member_id, shown.times, shown.until) == (pair.id("ann"), 1, clock() + PRIORITY_FOR)
    with pytest.raises(Forbidden):
        await no_shows.let_down(runtime, pair.crowd.people["ann"], program)
    # What mentees get for it is nothing to a mentor.
    (said,) = [one for one in await pair.crowd.said("ann") if one.startswith("We are sorry that you waited")]
    assert "come first" not in said
    clock.move(days=90)
    assert await pair.do(lambda unit: no_shows.priority(unit, pair.crowd.program.id)) == {}


async def test_calling_off_late_counts_and_early_does_not(pair: Meeting, clock: FixedClock) -> None:
    at = tomorrow(clock)
    made = await pair.agreed(at)
    clock.now = at - timedelta(hours=3)
    await pair.do(lambda unit: proposing.cancel(unit, made.id, by=pair.id("mia")))
    assert await standing(pair) == 0
    made = await pair.agreed(at)
    clock.now = at - timedelta(hours=3) + timedelta(seconds=1)
    done = await pair.do(lambda unit: proposing.cancel(unit, made.id, by=pair.id("mia")))
    assert done.late
    strikes = await pair.do(lambda unit: unit.strikes.of_member(pair.id("mia")))
    assert [one.kind for one in strikes] == [StrikeKind.LATE_CANCEL]
    assert await pair.do(lambda unit: no_shows.priority(unit, pair.crowd.program.id)) == {pair.id("ann"): 1}


async def test_an_appeal_holds_the_break_until_somebody_decided(pair: Meeting, clock: FixedClock) -> None:
    for _ in range(4):
        await missed(pair, clock)
    mine = await no_shows.mine(pair.world.runtime, pair.crowd.people["mia"])
    last = mine[-1][0]
    with pytest.raises(NotFound):
        await no_shows.appeal(pair.world.runtime, pair.crowd.people["ann"], last.id, words="not mine")
    await no_shows.appeal(pair.world.runtime, pair.crowd.people["mia"], last.id, words="I was in hospital")
    assert not await paused(pair)
    with pytest.raises(Conflict, match="waits for a manager"):
        await no_shows.appeal(pair.world.runtime, pair.crowd.people["mia"], last.id, words="again")
    waiting = await no_shows.page(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id, after=None, limit=10, state=StrikeState.APPEALED)
    assert [words for _, words in waiting] == ["I was in hospital"]
    with pytest.raises(Forbidden):
        await no_shows.decide(pair.world.runtime, pair.crowd.people["ann"], last.id, pardon=True)
    await no_shows.decide(pair.world.runtime, pair.crowd.admin, last.id, pardon=False)
    assert await paused(pair)
    await no_shows.decide(pair.world.runtime, pair.crowd.admin, last.id, pardon=True)
    assert not await paused(pair)
    assert await standing(pair) == 3
    with pytest.raises(Conflict, match="pardoned"):
        await no_shows.decide(pair.world.runtime, pair.crowd.admin, last.id, pardon=False)
    clock.move(days=15)
    with pytest.raises(Conflict, match="two weeks"):
        await no_shows.appeal(pair.world.runtime, pair.crowd.people["mia"], mine[0][0].id, words="too late")


async def test_a_break_does_not_end_a_pause_of_ones_own(pair: Meeting, clock: FixedClock) -> None:
    enrolment = (await pair.do(lambda unit: unit.enrolments.of_member(pair.id("mia"))))[0]
    await enrolling.change(pair.world.runtime, pair.crowd.people["mia"], enrolment.id, paused=True)
    for _ in range(4):
        await missed(pair, clock)
    clock.move(days=31)
    await pair.crowd.due()
    assert await paused(pair), "who paused by themselves comes back when they say so"


async def test_when_a_manager_leaves_the_admins_hear_of_appeals(pair: Meeting, clock: FixedClock) -> None:
    await pair.crowd.member("eve")
    await pair.crowd.member("root", admin=True)
    await pair.do(lambda unit: unit.managers.add(pair.crowd.program.id, pair.id("eve"), at=unit.now))
    await missed(pair, clock)

    def leave(unit: UnitOfWork) -> None:
        member = unit.members.get(pair.id("eve"))
        assert member is not None
        erasure.erase_member(member.host_user_id, unit, why="self")

    await pair.do(leave)
    mine = await no_shows.mine(pair.world.runtime, pair.crowd.people["mia"])
    await no_shows.appeal(pair.world.runtime, pair.crowd.people["mia"], mine[0][0].id, words="I was in hospital")
    assert "strike.appealed" in await pair.crowd.told("root")


async def test_a_program_is_archived_with_pairs_alive(pair: Meeting, clock: FixedClock) -> None:
    made = await pair.agreed(tomorrow(clock))
    with pytest.raises(Conflict, match="are alive"):
        await pair.crowd.move(ProgramState.ARCHIVED)
    await programming.move_program(pair.world.runtime, pair.crowd.admin, pair.crowd.program.id, ProgramState.ARCHIVED, end_pairs=True)
    assert (await pair.get(made)).reason == "ended"
    clock.move(days=60)
    await pair.crowd.due()
    assert not {"session.asked", "mentorship.quiet"} & set(await pair.crowd.told("mia"))
