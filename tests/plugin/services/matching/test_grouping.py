"""Groups from draft to running ones, on both databases."""

import asyncio
from dataclasses import replace

import pytest

from mentorgraph.host import AddToGroup, Capability, CreateGroup, DirectMessage
from plugin.domain.designs import GroupDesign
from plugin.domain.enrolments import EnrolmentState
from plugin.domain.groups import Group, GroupState
from plugin.domain.members import Consent
from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.domain.programs import Role
from plugin.domain.reports import Report, ReportKind
from plugin.domain.rounds import RoundState
from plugin.errors import Conflict, Forbidden, Invalid
from plugin.graph.grouping import Impossible
from plugin.services.departures.erasure import erase_member
from plugin.services.hosts.handlers.members import decide
from plugin.services.matching import group_lane, group_reading, grouping, round_looking, round_reading, rounds
from plugin.services.matching.group_inputs import Task
from plugin.services.matching.group_lane import Formed, form
from plugin.services.matching.group_words import explain
from plugin.services.messages import delivering, outgoing
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.matching.support import Matching, program_of
from tests.plugin.support import World

NAMES = tuple(f"{zone}_{number}" for zone in ("berlin", "lima") for number in range(4))
DESIGN = GroupDesign(smallest=3, largest=5, mentors=1)


@pytest.fixture
async def program(world: World) -> Matching:
    return await program_of(world, mentors=("london_m", "tokyo_m"), mentees=NAMES)


async def formed(program: Matching, design: GroupDesign = DESIGN) -> int:
    made = await rounds.draft(program.world.runtime, program.manager, program_id=program.program_id, name="Circles", design=design)
    await rounds.compute(program.world.runtime, program.manager, made.id)
    await program.work()
    done = await program.read_state(made.id)
    assert done.state is RoundState.COMPUTED, done.failure
    return made.id


async def groups_of(program: Matching, round_id: int) -> list[Group]:
    return await group_reading.of_round(program.world.runtime, program.manager, round_id)


async def published(program: Matching) -> list[Group]:
    number = await formed(program)
    await rounds.publish(program.world.runtime, program.manager, number)
    await program.work()
    return await groups_of(program, number)


async def test_groups_are_formed_explained_and_published_into_the_host(program: Matching) -> None:
    running = await published(program)
    assert [group.state for group in running] == [GroupState.RUNNING, GroupState.RUNNING]
    assert {program.name(one) for group in running for one in group.members} == set(NAMES)
    assert all(3 <= len(group.members) <= 5 and len(group.mentors) == 1 for group in running)
    assert len(await program.begun()) == len(NAMES)
    await outgoing.send_due(program.world.runtime, program.world.installation_id)
    sent = [message for message in program.world.client.sent.values() if isinstance(message, CreateGroup)]
    assert {frozenset(message.member_usernames) for message in sent} == {frozenset(program.name(seat.member_id) for seat in group.seats) for group in running}
    viewer = Principal(installation_id=program.world.installation_id, member_id=running[0].members[0], scopes=MEMBER_SCOPES, token_id=2)
    assert [group.id for group in await group_reading.mine(program.world.runtime, viewer)] == [running[0].id]
    with pytest.raises(Forbidden):
        await group_reading.of_round(program.world.runtime, viewer, running[0].round_id or 0)


@pytest.mark.slow
async def test_the_same_design_and_seed_give_the_same_groups(program: Matching) -> None:
    first, second = [await groups_of(program, await formed(program)) for _ in range(2)]
    assert [set(group.members) for group in first] == [set(group.members) for group in second]


@pytest.mark.parametrize(
    ("capabilities", "kind", "note"),
    [(frozenset({Capability.DIRECT_MESSAGES}), DirectMessage, "this host has no groups"), (frozenset(), None, "tell the members yourself")],
)
async def test_hosts_without_groups_degrade_in_words(
    program: Matching, clock: FixedClock, capabilities: frozenset[Capability], kind: type | None, note: str
) -> None:
    def agree(unit: UnitOfWork) -> None:
        for member in unit.members.all():
            decide(member, Consent.MESSAGES, given=True, source="self", unit=unit)

    program.world.host.capabilities = capabilities
    await program.world.database.write(program.world.installation_id, agree)
    running = await published(program)
    assert all(note in group.note for group in running)
    for _ in range(24):
        await delivering.deliver_due(program.world.runtime, program.world.installation_id)
        await outgoing.send_due(program.world.runtime, program.world.installation_id)
        clock.move(hours=1)
    sent = [one for one in program.world.client.sent.values() if isinstance(one, DirectMessage) and one.title.startswith("Welcome to")]
    assert {type(message) for message in program.world.client.sent.values()} <= {kind}
    told = [frozenset(one.to) for one in sent]
    groups = [frozenset(program.name(seat.member_id) for seat in group.seats) for group in running]
    # Lima, Berlin and Tokyo are never awake at the same time, so there each is told alone.
    apart = {group for group in groups if "tokyo_m" in group and any(name.startswith("lima") for name in group)}
    wanted = [one for group in groups for one in ([frozenset({name}) for name in group] if group in apart else [group])]
    assert sorted(told, key=sorted) == sorted(wanted if kind else [], key=sorted)


async def test_somebody_is_moved_and_stays_where_they_were_pinned(program: Matching) -> None:
    number = await formed(program)
    one, other = await groups_of(program, number)
    moved, companion = one.members[0], other.members[0]
    described = [str(text) for _, text in explain(one, manager=True)]
    assert "members: 4 (3 to 5 were asked for)" in described
    for member in (moved, companion):
        await grouping.move(program.world.runtime, program.manager, member_id=member, group_id=other.id, pin=True)
    after = await groups_of(program, number)
    assert moved in after[1].members
    assert [len(group.members) for group in after] == [3, 5]
    assert "members: 5 (3 to 5 were asked for)" in [str(text) for _, text in explain(after[1], manager=True)]
    assert (await program.read_state(number)).state is RoundState.ADJUSTED
    await rounds.compute(program.world.runtime, program.manager, number)
    await program.work()
    again = await groups_of(program, number)
    assert any({moved, companion} <= set(group.members) for group in again)


async def test_moves_that_cannot_be_are_refused(program: Matching) -> None:
    number = await formed(program, replace(DESIGN, largest=4, smallest=4))
    one, other = await groups_of(program, number)
    with pytest.raises(Conflict) as raised:
        await grouping.move(program.world.runtime, program.manager, member_id=one.members[0], group_id=other.id, pin=False)
    assert raised.value.code == "full"
    with pytest.raises(Invalid):
        await grouping.move(program.world.runtime, program.manager, member_id=12345, group_id=other.id, pin=False)
    assert await groups_of(program, number) == [one, other]


async def test_newcomers_are_placed_into_running_groups_and_the_host_lets_them_in(program: Matching) -> None:
    running = await published(program)
    await outgoing.send_due(program.world.runtime, program.world.installation_id)
    newcomer = await program.enrol("lima_9", Role.MENTEE)
    changed = await grouping.place(program.world.runtime, program.manager, program.program_id)
    (group,) = changed
    assert newcomer in group.members
    before = next(each for each in running if each.id == group.id)
    assert set(group.members) == {*before.members, newcomer}
    # Who is placed has the group's mentor too, and is in what the mentor and the others have together.
    assert (program.name(group.mentors[0]), "lima_9") in await program.begun()
    assert len(group.mentors) == 1
    await outgoing.send_due(program.world.runtime, program.world.installation_id)
    added = [message for message in program.world.client.sent.values() if isinstance(message, AddToGroup)]
    assert [message.usernames for message in added] == [("lima_9",)]


async def test_newcomers_before_the_host_was_asked_are_in_the_first_request(program: Matching) -> None:
    await published(program)
    await program.enrol("lima_9", Role.MENTEE)
    await grouping.place(program.world.runtime, program.manager, program.program_id, DESIGN)
    await outgoing.send_due(program.world.runtime, program.world.installation_id)
    created = [message for message in program.world.client.sent.values() if isinstance(message, CreateGroup)]
    assert len(created) == len(program.world.client.sent) == 2
    assert sum("lima_9" in message.member_usernames for message in created) == 1


async def test_groups_that_shrank_are_merged(program: Matching) -> None:
    running = await published(program)
    smaller = min(running, key=lambda group: len(group.members))

    def leave(unit: UnitOfWork) -> None:
        for member in smaller.members[1:]:
            found = unit.members.get(member)
            assert found is not None
            erase_member(found.host_user_id, unit, why="self")

    await program.world.database.write(program.world.installation_id, leave)
    changed = await grouping.merge(program.world.runtime, program.manager, program.program_id, replace(DESIGN, largest=8))
    states = {group.id: group.state for group in changed}
    assert GroupState.MERGED in states.values()
    left = [group for group in await groups_of(program, running[0].round_id or 0) if group.state is GroupState.RUNNING]
    assert smaller.members[0] in {member for group in left for member in group.members}
    assert all(group.mentors for group in left)
    mentor = next(program.name(group.mentors[0]) for group in left if smaller.members[0] in group.members)
    assert [one for one in await program.begun() if one[1] == program.name(smaller.members[0])] == [(mentor, program.name(smaller.members[0]))]


async def test_who_pauses_keeps_the_place_in_a_group_when_others_come(program: Matching) -> None:
    running = await published(program)
    away = {group.members[0] for group in running} | {group.mentors[0] for group in running}

    def pause(unit: UnitOfWork) -> None:
        for member in away:
            for one in unit.enrolments.of_member(member):
                unit.enrolments.put(replace(one, paused=True))

    await program.world.database.write(program.world.installation_id, pause)
    newcomer = await program.enrol("lima_9", Role.MENTEE)
    (group,) = await grouping.place(program.world.runtime, program.manager, program.program_id, GroupDesign(smallest=3, largest=6))
    assert newcomer in group.members
    after = {seat.member_id for group in await groups_of(program, running[0].round_id or 0) for seat in group.seats}
    assert away <= after


@pytest.mark.slow
async def test_erasing_somebody_leaves_no_trace_in_groups(program: Matching) -> None:
    running = await published(program)
    gone = running[0].members[0]

    def erase(unit: UnitOfWork) -> dict[str, int]:
        found = unit.members.get(gone)
        assert found is not None
        erase_member(found.host_user_id, unit, why="self")
        return {name: len(rows) for name, rows in unit.personal.rows_of(gone).items() if rows}

    assert await program.world.database.write(program.world.installation_id, erase) == {}
    after = await groups_of(program, running[0].round_id or 0)
    assert gone not in {seat.member_id for group in after for seat in group.seats}


async def test_the_others_are_introduced_without_who_was_erased_before_it_was_sent(program: Matching, clock: FixedClock) -> None:
    """In the group that has an hour for all of it in one message to all, and in the other, where no hour suits all, each alone."""
    world = program.world

    def agree(unit: UnitOfWork) -> None:
        for member in unit.members.all():
            decide(member, Consent.MESSAGES, given=True, source="self", unit=unit)

    await world.database.write(world.installation_id, agree)
    running = await published(program)
    gone = [group.members[0] for group in running]
    left = [{program.name(seat.member_id) for seat in group.seats} - {program.name(one)} for group, one in zip(running, gone, strict=True)]

    def erase(unit: UnitOfWork) -> None:
        for member in gone:
            found = unit.members.get(member)
            assert found is not None
            erase_member(found.host_user_id, unit, why="self")

    await world.database.write(world.installation_id, erase)
    for _ in range(24):
        await delivering.deliver_due(world.runtime, world.installation_id)
        await outgoing.send_due(world.runtime, world.installation_id)
        clock.move(hours=1)
    messages = list(world.client.sent.values())
    told = [set(message.to) for message in messages if isinstance(message, DirectMessage) and message.title.startswith("Welcome to")]
    assert sorted(name for names in told for name in names) == sorted(left[0] | left[1])
    assert any(len(names) > 1 for names in told)
    asked = [set(message.member_usernames) for message in messages if isinstance(message, CreateGroup)]
    assert sorted(asked, key=sorted) == sorted(left, key=sorted)


async def together_in(program: Matching, round_id: int) -> dict[str, int]:
    return {program.name(seat.member_id): group.number for group in await groups_of(program, round_id) for seat in group.seats}


async def test_who_is_kept_together_and_apart_and_what_speaks_for_each_group(program: Matching) -> None:
    runtime, ids = program.world.runtime, program.ids
    made = await rounds.draft(runtime, program.manager, program_id=program.program_id, name="Circles", design=replace(DESIGN, smallest=4, largest=4))
    pair, parted = [ids["berlin_0"], ids["lima_0"]], [ids["berlin_1"], ids["berlin_2"]]
    waits = await grouping.adjust(runtime, program.manager, made.id, together=[pair], apart=[parted])
    assert waits.state is RoundState.DRAFT
    await rounds.compute(runtime, program.manager, made.id)
    await program.work()
    where = await together_in(program, made.id)
    assert where["berlin_0"] == where["lima_0"]
    assert where["berlin_1"] != where["berlin_2"]
    for group in await groups_of(program, made.id):
        said = {str(fact["kind"]): str(text) for fact, text in explain(group, manager=True)}
        assert said["size"] == "members: 4 (4 to 4 were asked for)"
        assert said["mentors"] == "mentors: 1 (1 to 1 were asked for)"
        assert said["apart"] == "pairs that are kept apart as was asked, one of them being here: 1"
        assert ("together" in said) == (ids["berlin_0"] in group.members)
    await grouping.adjust(runtime, program.manager, made.id, apart=[pair])
    await program.work()
    where = await together_in(program, made.id)
    assert where["berlin_0"] != where["lima_0"]
    contradicting = [[ids[name] for name in names] for names in (("berlin_1", "berlin_3"), ("berlin_2", "berlin_3"))]
    before = await groups_of(program, made.id)
    with pytest.raises(Impossible, match=r"berlin_\d apart from berlin_\d"):
        await grouping.adjust(runtime, program.manager, made.id, together=contradicting)
    assert await groups_of(program, made.id) == before


async def test_a_contradiction_that_the_worker_finds_is_named_and_blocks_are_not(program: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_looking, "LOOK_FOR", 0.0)
    runtime, ids, world = program.world.runtime, program.ids, program.world
    made = await rounds.draft(runtime, program.manager, program_id=program.program_id, name="Circles", design=replace(DESIGN, smallest=8, largest=8))
    await world.database.write(world.installation_id, lambda unit: unit.blocks.put(ids["lima_0"], ids["lima_1"], at=unit.now))
    await rounds.compute(runtime, program.manager, made.id)
    await program.work()
    done = await program.read_state(made.id)
    assert (done.state, done.failure) == (RoundState.DRAFT, "contradiction")
    assert (await round_reading.overview(runtime, program.manager, made.id)).causes == ()
    await grouping.adjust(runtime, program.manager, made.id, apart=[[ids["berlin_0"], ids["berlin_1"]]])
    await world.database.write(world.installation_id, lambda unit: unit.blocks.remove(ids["lima_0"], ids["lima_1"]))
    await rounds.compute(runtime, program.manager, made.id)
    await program.work()
    (cause,) = (await round_reading.overview(runtime, program.manager, made.id)).causes
    assert (cause.kind, {cause.mentor_id, cause.mentee_id}) == ("apart", {ids["berlin_0"], ids["berlin_1"]})


@pytest.mark.parametrize("what", ["withdraws", "pauses", "is kept apart"])
async def test_what_overtakes_groups_while_they_are_formed_is_in_them(program: Matching, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    database, installation, ids = program.world.database, program.world.installation_id, program.ids
    loop, left = asyncio.get_running_loop(), [True]

    def happens(unit: UnitOfWork) -> None:
        if what == "is kept apart":
            for other in NAMES[1:5]:
                unit.blocks.put(ids[NAMES[0]], ids[other], at=unit.now)
            return
        (one,) = unit.enrolments.of_member(ids[NAMES[0]])
        unit.enrolments.put(replace(one, paused=True) if what == "pauses" else replace(one, state=EnrolmentState.WITHDRAWN, left_at=unit.now))

    def slow(task: Task, cancelled: object = None, progress: object = None) -> Formed:
        groups = form(task)
        if left.pop() if left else False:
            asyncio.run_coroutine_threadsafe(database.write(installation, happens), loop).result(10)
        return groups

    monkeypatch.setattr(group_lane, "form", slow)
    where = await together_in(program, await formed(program, replace(DESIGN, largest=4)))
    if what == "is kept apart":
        assert not {where[name] for name in NAMES[1:5]} & {where[NAMES[0]]}
    else:
        assert set(where) == {*ids} - {NAMES[0]}


async def test_a_group_with_a_report_between_two_of_it_does_not_begin(program: Matching, clock: FixedClock) -> None:
    number = await formed(program, replace(DESIGN, smallest=8, largest=8, mentors=0))
    made = Report(
        id=1, reporter_id=program.ids["lima_0"], about_id=program.ids["lima_1"], mentorship_id=None, kind=ReportKind.PRESSURE, words=b"", at=clock.now
    )
    await program.world.database.write(program.world.installation_id, lambda unit: unit.reports.put(made))
    await rounds.publish(program.world.runtime, program.manager, number)
    await program.work()
    assert [group.state for group in await groups_of(program, number)] == [GroupState.REFUSED]


@pytest.mark.parametrize(
    ("design", "code"),
    [
        (GroupDesign(smallest=1), "bad_size"),
        (GroupDesign(smallest=6, largest=3), "bad_size"),
        (GroupDesign(mentors=3), "invalid"),
        (GroupDesign(diversify=("a",), cluster=("a",)), "contradiction"),
    ],
)
async def test_designs_of_which_no_groups_can_be_made_are_refused(program: Matching, design: GroupDesign, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        await rounds.draft(program.world.runtime, program.manager, program_id=program.program_id, name="Circles", design=design)
    assert raised.value.code == code
