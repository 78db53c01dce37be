"""Reports go to those who look after safety, and to nobody else; a pair is suspended meanwhile; members who are kept apart never meet again."""

from dataclasses import replace

import pytest

from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.people import MEMBER_SCOPES, Office, Principal, Scope
from plugin.domain.programs import Role
from plugin.domain.reports import NEXT, ReportKind, ReportState
from plugin.domain.requests import RequestState
from plugin.domain.sessions import CancelReason, SessionState
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.mentorships import requesting
from plugin.services.pairs import agreeing, signs
from plugin.services.privacy import auditing
from plugin.services.safety import keeping_apart, reporting
from plugin.services.safety.reporting import Seen
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.meetings.support import Meeting, begun, pair_of, tomorrow
from tests.plugin.services.pairs.test_pairing import TERMS
from tests.plugin.services.taking_part import crowd_of
from tests.plugin.support import World


@pytest.fixture
async def pair(small_world: World) -> Meeting:
    found = await pair_of(small_world)
    await found.crowd.member("sue")
    await found.do(lambda unit: unit.staff.grant(found.id("sue"), Office.SAFETY, at=unit.now))
    found.crowd.people["sue"] = replace(found.crowd.people["sue"], scopes=MEMBER_SCOPES | {Scope.SAFETY})
    return found


async def report(pair: Meeting, name: str = "mia", about: str = "ann", *, block: bool = False, kind: ReportKind = ReportKind.PRESSURE) -> Seen:
    return await reporting.report(
        pair.world.runtime, pair.crowd.people[name], pair.id(about), kind=kind, words="He asked for money", mentorship_id=pair.one.id, block=block
    )


async def decide(pair: Meeting, one: Seen, state: ReportState, *, who: Principal | None = None, end: bool = False, apart: bool = False) -> Seen:
    return await reporting.decide(pair.world.runtime, who or pair.crowd.people["sue"], one.report.id, state=state, end=end, apart=apart)


async def test_who_looks_after_safety_reads_it_and_nobody_else(pair: Meeting) -> None:
    one = await report(pair)
    assert "report.waits" in await pair.crowd.told("sue")
    assert "report.received" in await pair.crowd.told("mia")
    for who in (pair.crowd.admin, pair.crowd.people["ann"], pair.crowd.people["mia"]):
        with pytest.raises(Forbidden):
            await reporting.page(pair.world.runtime, who, after=None, limit=10, state=None)
        with pytest.raises(Forbidden):
            await decide(pair, one, ReportState.DISMISSED, who=who)
    seen = await reporting.page(pair.world.runtime, pair.crowd.people["sue"], after=None, limit=10, state=None)
    assert [each.words for each in seen] == ["He asked for money"]
    read = await auditing.who_saw(pair.world.runtime, pair.crowd.people["mia"])
    assert [(each.by, each.what) for each in read] == [("sue", "report")]
    assert [each.words for each in await reporting.mine(pair.world.runtime, pair.crowd.people["mia"])] == ["He asked for money"]
    assert await reporting.mine(pair.world.runtime, pair.crowd.people["ann"]) == []


async def test_nobody_decides_about_what_concerns_themselves(pair: Meeting) -> None:
    one = await report(pair, "mia", "sue")
    assert "report.waits" not in await pair.crowd.told("sue")
    assert await reporting.page(pair.world.runtime, pair.crowd.people["sue"], after=None, limit=10, state=None) == []
    with pytest.raises(NotFound):
        await decide(pair, one, ReportState.DISMISSED)


async def test_a_pair_is_suspended_while_a_report_is_open(pair: Meeting, clock: FixedClock) -> None:
    made = await pair.agreed(tomorrow(clock))
    one = await report(pair)
    called_off = await pair.get(made)
    assert (called_off.state, called_off.reason) == (SessionState.CANCELLED, CancelReason.SUSPENDED.value)
    assert not await pair.do(lambda unit: unit.strikes.of_session(made.id))
    for name in ("ann", "mia"):
        assert "mentorship.suspended" in await pair.crowd.told(name)
        with pytest.raises(Conflict, match="paused"):
            await pair.propose(name, tomorrow(clock, 20))
    with pytest.raises(Conflict, match="paused"):
        await pair.do(lambda unit: agreeing.propose(unit, pair.one.id, by=pair.id("ann"), terms=TERMS))
    clock.move(days=signs.QUIET_AFTER.days)
    await pair.crowd.due()
    assert "mentorship.quiet" not in await pair.crowd.told("mia")
    await decide(pair, one, ReportState.LOOKING)
    with pytest.raises(Conflict, match="paused"):
        await pair.propose("ann", tomorrow(clock, 20))
    await decide(pair, one, ReportState.DISMISSED)
    assert {"mentorship.resumed", "report.closed"} <= set(await pair.crowd.told("mia"))
    assert "report.closed" not in await pair.crowd.told("ann")
    await pair.propose("ann", tomorrow(clock, 20))
    with pytest.raises(Conflict, match="dismissed already"):
        await decide(pair, one, ReportState.UPHELD)


@pytest.mark.slow
async def test_an_upheld_report_ends_it_for_good(pair: Meeting) -> None:
    one = await report(pair)
    with pytest.raises(Invalid, match="upheld"):
        await decide(pair, one, ReportState.DISMISSED, end=True)
    await decide(pair, one, ReportState.UPHELD, apart=True)
    ended = await pair.do(lambda unit: unit.mentorships.get(pair.one.id))
    assert ended is not None
    assert not ended.runs
    assert await pair.do(lambda unit: unit.blocks.between(pair.id("ann"), pair.id("mia")))
    with pytest.raises(Conflict, match="kept apart"):
        await begun(pair.crowd, "ann", "mia")


async def test_who_is_kept_apart_for_good_has_nothing_left_together(pair: Meeting) -> None:
    await pair.crowd.join("noah", Role.MENTEE)
    runtime, noah = pair.world.runtime, pair.crowd.people["noah"]
    (asked,) = await requesting.ask(runtime, noah, program_id=pair.crowd.program.id, mentor_ids=[pair.id("ann")], note="", goal="To learn")

    def together(unit: UnitOfWork) -> None:
        made = Group(id=9, program_id=pair.crowd.program.id, round_id=None, number=1, name="Circle", state=GroupState.RUNNING, created_at=unit.now)
        unit.our_groups.put(made)
        unit.our_groups.seat(made.id, [Seat(member_id=pair.id(name)) for name in ("ann", "noah", "mia")], at=unit.now)

    await pair.do(together)
    one = await reporting.report(runtime, noah, pair.id("ann"), kind=ReportKind.PRESSURE, words="He asked for money", mentorship_id=None, block=False)
    await decide(pair, one, ReportState.UPHELD, apart=True)
    request, group = await pair.do(lambda unit: (unit.requests.get(asked.id), unit.our_groups.get(9)))
    assert request is not None
    assert request.state is RequestState.WITHDRAWN
    assert group is not None
    assert {seat.member_id for seat in group.seats} == {pair.id("noah"), pair.id("mia")}, "it is not the one who reported it who leaves"
    assert await keeping_apart.mine(runtime, pair.crowd.people["ann"]) == [], "nor can the other take it back"


async def test_who_is_named_nowhere_is_asked_for(small_world: World) -> None:
    pair = await pair_of(small_world)
    await pair.crowd.member("root", admin=True)
    await report(pair)
    assert await pair.crowd.told("root") == ["report.nobody"]


async def test_taking_a_report_back(pair: Meeting) -> None:
    one = await report(pair)
    with pytest.raises(NotFound):
        await reporting.withdraw(pair.world.runtime, pair.crowd.people["ann"], one.report.id)
    done = await reporting.withdraw(pair.world.runtime, pair.crowd.people["mia"], one.report.id)
    assert done.report.state is ReportState.WITHDRAWN
    assert not await pair.do(lambda unit: unit.reports.suspends(pair.one.id, pair.one.people))


def test_a_decided_report_stays_decided() -> None:
    assert all(not NEXT[state] for state in (ReportState.UPHELD, ReportState.DISMISSED, ReportState.WITHDRAWN))


async def test_a_block_takes_somebody_out_of_a_group_and_lets_it_go_on(small_world: World, clock: FixedClock) -> None:
    crowd = await crowd_of(small_world)
    await crowd.join("ann", Role.MENTOR, capacity=5)
    for name in ("mia", "noah", "zoe"):
        await crowd.join(name, Role.MENTEE)
    group = await begun(crowd, "ann", "mia", "noah", "zoe", group_id=7)
    made = await group.propose("ann", tomorrow(clock))
    await keeping_apart.block(small_world.runtime, crowd.people["mia"], crowd.id("noah"))
    left = await group.do(lambda unit: unit.mentorships.get(group.one.id))
    assert left is not None
    assert (left.runs, set(left.mentee_ids)) == (True, {crowd.id("noah"), crowd.id("zoe")})
    assert crowd.id("mia") not in (await group.get(made)).member_ids
    # Where the mentor wished it, the group goes on without the other.
    await keeping_apart.block(small_world.runtime, crowd.people["ann"], crowd.id("noah"))
    left = await group.do(lambda unit: unit.mentorships.get(group.one.id))
    assert left is not None
    assert (left.mentor_id, left.mentee_ids) == (crowd.id("ann"), (crowd.id("zoe"),))
