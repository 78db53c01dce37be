"""Requests: choices in order, three days each, and what both sides hear."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.mentorships import Mentorship
from plugin.domain.programs import ProgramState, Role
from plugin.domain.requests import OPEN, DeclineReason, Request, RequestState
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services.departures import leaving
from plugin.services.departures.erasure import erase_member
from plugin.services.mentorships import mentoring, requesting
from plugin.services.pairs import signs
from plugin.services.programs import programming
from plugin.services.recruiting import enrolling
from plugin.services.safety import keeping_apart
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World


@pytest.fixture
async def crowd(world: World) -> Crowd:
    """Three mentors and two mentees in a program."""
    found = await crowd_of(world)
    for name in ("ann", "ben", "cleo"):
        await found.join(name, Role.MENTOR, capacity=1)
    for name in ("mia", "noah"):
        await found.join(name, Role.MENTEE)
    return found


async def ask(crowd: Crowd, mentee: str, *mentors: str, goal: str = "To grow") -> list[Request]:
    return await requesting.ask(
        crowd.world.runtime, crowd.people[mentee], program_id=crowd.program.id, mentor_ids=[crowd.id(name) for name in mentors], note="Hello", goal=goal
    )


async def chain(crowd: Crowd, chain_id: int) -> list[str]:
    found = await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.requests.chain(chain_id))
    return [one.state.value for one in found]


async def running(crowd: Crowd) -> list[Mentorship]:
    return await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.mentorships.running(crowd.program.id))


async def test_a_yes_begins_the_mentorship_and_both_hear_of_it(crowd: Crowd) -> None:
    first, second = await ask(crowd, "mia", "ann", "ben")
    assert (first.state, second.state) == (RequestState.PENDING, RequestState.QUEUED)
    assert "request.received" in await crowd.told("ann")
    made = await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id, message="Gladly")
    assert (made.mentor_id, made.mentee_ids, made.source) == (crowd.id("ann"), (crowd.id("mia"),), "request")
    assert await chain(crowd, first.chain_id) == ["accepted", "withdrawn"]
    assert "request.accepted" in await crowd.told("mia")
    assert "mentorship.begun" not in await crowd.told("mia"), "it would say the same"
    assert "mentorship.begun" in await crowd.told("ann")
    assert "request.received" not in await crowd.told("ben")
    with pytest.raises(Conflict, match="accepted already"):
        await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id)


async def test_who_begins_again_with_the_same_mentor_is_not_introduced_again(crowd: Crowd) -> None:
    def begin(unit: UnitOfWork) -> Mentorship:
        people = {"mentor_id": crowd.id("ann"), "mentee_ids": [crowd.id("mia")]}
        return mentoring.begin(unit, program_id=crowd.program.id, source="admin", by="test", **people)  # type: ignore[arg-type]  # as named

    write = partial(crowd.world.database.write, crowd.world.installation_id)
    first = await write(begin)
    await write(lambda unit: mentoring.end(unit, first.id, reason="completed", by="test"))
    await write(begin)
    told = await crowd.told("mia")
    assert (told.count("introduction.pair"), told.count("mentorship.begun")) == (1, 2)


async def test_a_no_asks_the_next_and_after_the_last_the_mentee_is_told(crowd: Crowd) -> None:
    first, second = await ask(crowd, "mia", "ann", "ben")
    await requesting.decline(crowd.world.runtime, crowd.people["ann"], first.id, reason=DeclineReason.NO_TIME, message="Sorry")
    assert await chain(crowd, first.chain_id) == ["declined", "pending"]
    await requesting.decline(crowd.world.runtime, crowd.people["ben"], second.id, reason=DeclineReason.NOT_MY_FIELD)
    assert (await crowd.told("mia")).count("request.declined") == 2
    asked, _ = await requesting.mine(crowd.world.runtime, crowd.people["mia"])
    assert asked[0][1].message == "Sorry"
    await ask(crowd, "mia", "cleo")


async def test_three_days_then_the_next_is_asked(crowd: Crowd, clock: FixedClock) -> None:
    first, _ = await ask(crowd, "mia", "ann", "ben")
    clock.move(days=2, seconds=1)
    await crowd.due()
    assert (await crowd.told("ann")).count("request.reminder") == 1
    clock.move(days=1)
    await crowd.due()
    assert await chain(crowd, first.chain_id) == ["expired", "pending"]
    clock.move(days=3, seconds=1)
    await crowd.due()
    assert await chain(crowd, first.chain_id) == ["expired", "expired"]
    assert (await crowd.told("mia")).count("request.expired") == 2
    clock.move(days=30)
    await crowd.due()
    assert await running(crowd) == []
    # What nobody has got by then is of no use any more.
    assert not {"request.received", "request.reminder"} & set(await crowd.told("ann"))


async def test_who_has_no_room_is_passed_over(crowd: Crowd) -> None:
    first = (await ask(crowd, "noah", "ann"))[0]
    second = (await ask(crowd, "mia", "ann", "ben"))[0]
    await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id)
    with pytest.raises(Conflict, match="places"):
        await requesting.accept(crowd.world.runtime, crowd.people["ann"], second.id)
    # What could not be done is not half done: the request waits on.
    assert await chain(crowd, second.chain_id) == ["pending", "queued"]
    await requesting.decline(crowd.world.runtime, crowd.people["ann"], second.id, reason=DeclineReason.FULL)
    assert await chain(crowd, second.chain_id) == ["declined", "pending"]


async def test_a_request_is_taken_back_with_all_that_follows(crowd: Crowd) -> None:
    first, _ = await ask(crowd, "mia", "ann", "ben")
    with pytest.raises(NotFound):
        await requesting.withdraw(crowd.world.runtime, crowd.people["noah"], first.id)
    await requesting.withdraw(crowd.world.runtime, crowd.people["mia"], first.id)
    assert await chain(crowd, first.chain_id) == ["withdrawn", "withdrawn"]
    with pytest.raises(Conflict, match="withdrawn"):
        await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mentee", "mentors", "goal", "kind", "words"),
    [
        ("mia", (), "To grow", Invalid, "one to 5 mentors"),
        ("mia", ("ann", "ann"), "To grow", Invalid, "each once"),
        ("mia", ("ann",), "x", Invalid, "would like to reach"),
        ("mia", ("mia",), "To grow", Invalid, "yourself"),
        ("mia", ("noah",), "To grow", NotFound, "does not mentor"),
        ("ann", ("ben",), "To grow", Conflict, "take part"),
    ],
)
async def test_what_cannot_be_asked(crowd: Crowd, mentee: str, mentors: tuple[str, ...], goal: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        await ask(crowd, mentee, *mentors, goal=goal)
    asked, received = await requesting.mine(crowd.world.runtime, crowd.people[mentee])
    assert (asked, received) == ([], [])


async def test_one_asks_once_at_a_time(crowd: Crowd) -> None:
    await ask(crowd, "mia", "ann")
    with pytest.raises(Conflict, match="asked already"):
        await ask(crowd, "mia", "ben")


async def test_who_blocked_somebody_seems_not_to_be_there(crowd: Crowd) -> None:
    await keeping_apart.block(crowd.world.runtime, crowd.people["ann"], crowd.id("mia"))
    with pytest.raises(NotFound, match="does not mentor"):
        await ask(crowd, "mia", "ann")
    await keeping_apart.unblock(crowd.world.runtime, crowd.people["ann"], crowd.id("mia"))
    assert (await ask(crowd, "mia", "ann"))[0].state is RequestState.PENDING


async def test_a_block_ends_what_runs_and_the_other_side_is_not_told(crowd: Crowd) -> None:
    first = (await ask(crowd, "mia", "ann"))[0]
    await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id)
    await keeping_apart.block(crowd.world.runtime, crowd.people["mia"], crowd.id("ann"))
    assert await running(crowd) == []
    assert "mentorship.ended" not in await crowd.told("ann")


async def test_a_quiet_pair_is_asked_three_times_and_not_after_the_end(crowd: Crowd, clock: FixedClock) -> None:
    first = (await ask(crowd, "mia", "ann"))[0]
    made = await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id)
    for _ in range(6):
        clock.move(days=21, seconds=1)
        await crowd.due()
    assert (await crowd.told("mia")).count("mentorship.quiet") == signs.NUDGES
    await crowd.world.database.write(crowd.world.installation_id, lambda unit: signs.moved(unit, made.id))
    await crowd.world.database.write(crowd.world.installation_id, lambda unit: mentoring.end(unit, made.id, reason="completed", by="test"))
    clock.move(days=60)
    await crowd.due()
    assert (await crowd.told("mia")).count("mentorship.quiet") == signs.NUDGES


async def test_who_is_erased_leaves_a_former_member_behind(crowd: Crowd) -> None:
    first, second = await ask(crowd, "mia", "ann", "ben")
    made = await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id)
    await crowd.world.database.write(crowd.world.installation_id, lambda unit: unit.personal.erase(crowd.id("mia")))

    def left(unit: UnitOfWork) -> tuple[Mentorship | None, Request | None, Request | None]:
        return unit.mentorships.get(made.id), unit.requests.get(first.id), unit.requests.get(second.id)

    mentorship, *requests = await crowd.world.database.read(crowd.world.installation_id, left)
    assert mentorship is not None
    assert (mentorship.mentor_id, mentorship.mentee_ids) == (crowd.id("ann"), ())
    assert requests == [None, None]
    await crowd.due()


async def test_when_the_mentor_leaves_the_mentee_is_told_so_and_the_next_is_asked(crowd: Crowd, clock: FixedClock) -> None:
    runtime, here = crowd.world.runtime, crowd.world.installation_id
    first, *_rest = await ask(crowd, "mia", "ann", "ben", "cleo")
    ann = await crowd.world.database.read(here, lambda unit: unit.members.get(crowd.id("ann")))
    assert ann is not None
    await crowd.world.database.write(here, lambda unit: erase_member(ann.host_user_id, unit, why="self"))
    assert await chain(crowd, first.chain_id) == ["pending", "queued"], "what was asked of who was erased is erased"
    assert sorted(await crowd.told("mia")) == ["enrolment.approved", "request.ended"]
    said = next(one for one in await crowd.said("mia") if one.startswith("Your request has ended"))
    assert "is no longer a member of the community" in said
    assert "three days" not in said
    assert said.endswith("The next one on your list is asked now.")
    # Who leaves the program only is no longer waited for either, in the reader's language.
    (ben,) = await enrolling.mine(runtime, crowd.people["ben"])
    await leaving.leave_program(runtime, crowd.people["ben"], ben.id)
    assert await chain(crowd, first.chain_id) == ["withdrawn", "pending"]
    said = next(one for one in await crowd.said("mia", "de") if "in diesem Programm nicht mehr" in one)
    assert said.endswith("Jetzt wird gefragt, wer als Nächstes auf deiner Liste steht.")
    assert "request.received" in await crowd.told("cleo")
    # And who looks for nobody any more keeps nobody waiting.
    (mia,) = await enrolling.mine(runtime, crowd.people["mia"])
    await leaving.leave_program(runtime, crowd.people["mia"], mia.id)
    assert await chain(crowd, first.chain_id) == ["withdrawn", "withdrawn"]
    clock.move(days=4)
    await crowd.due()
    assert "request.reminder" not in await crowd.told("cleo")
    assert "request.expired" not in await crowd.told("mia")


async def test_requests_end_with_the_program_and_who_waited_hears_of_it(crowd: Crowd, clock: FixedClock) -> None:
    first, _ = await ask(crowd, "mia", "ann", "ben")
    await crowd.move(ProgramState.MATCHING, ProgramState.ACTIVE, ProgramState.COMPLETED)
    assert await chain(crowd, first.chain_id) == ["withdrawn", "withdrawn"]
    assert any("brings nobody together any more" in one for one in await crowd.said("mia"))
    assert "request.received" not in await crowd.told("ben")
    clock.move(days=4)
    await crowd.due()
    assert not [one for one in await crowd.told("ann") if one.startswith("request")], "what was not sent yet is not sent"
    with pytest.raises(Conflict, match="was withdrawn"):
        await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id)


@pytest.mark.slow
async def test_a_program_with_pairs_alive_ends_by_choice_only(crowd: Crowd) -> None:
    first = (await ask(crowd, "mia", "ann"))[0]
    await requesting.accept(crowd.world.runtime, crowd.people["ann"], first.id)
    await crowd.move(ProgramState.MATCHING, ProgramState.ACTIVE)
    with pytest.raises(Conflict, match="mentorships of it that are alive: 1"):
        await crowd.move(ProgramState.COMPLETED)
    done = await programming.move_program(crowd.world.runtime, crowd.admin, crowd.program.id, ProgramState.COMPLETED, end_pairs=True)
    assert done.state is ProgramState.COMPLETED
    assert await running(crowd) == []
    assert "mentorship.over" in await crowd.told("mia")


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "accept", "decline", "withdraw", "wait", "end", "pause"]), st.integers(0, 2), st.integers(0, 1)), max_size=25
)


@pytest.mark.slow
@settings(max_examples=15)
@given(STEPS)
async def test_whatever_happens_nobody_has_more_than_there_is_room_for(small_world: World, clock: FixedClock, steps: list[tuple[str, int, int]]) -> None:
    crowd = await crowd_of(small_world)
    mentors, mentees = ("ann", "ben", "cleo"), ("mia", "noah")
    offset = len(await small_world.database.read(small_world.installation_id, lambda unit: unit.members.all()))
    crowd.people = {f"before{number}": crowd.admin for number in range(offset)}
    for name in mentors:
        await crowd.join(name, Role.MENTOR, capacity=1)
    for name in mentees:
        await crowd.join(name, Role.MENTEE)
    for what, mentor, mentee in steps:
        await _step(crowd, clock, what, mentors[mentor], mentees[mentee], mentors)
        for one in await running(crowd):
            assert len(one.mentee_ids) == 1
        alive = await running(crowd)
        assert len({one.mentor_id for one in alive}) == len(alive)
        assert len({one.mentee_ids for one in alive}) == len(alive)
        for name in mentees:
            me = crowd.id(name)
            asked = await small_world.database.read(small_world.installation_id, lambda unit, me=me: unit.requests.of_mentee(me))  # type: ignore[misc]  # bound
            open_ = [one for one in asked if one.state in OPEN]
            assert len({one.chain_id for one in open_}) <= 1
            assert sum(one.state is RequestState.PENDING for one in open_) <= 1
            assert all(one.mentorship_id is not None for one in asked if one.state is RequestState.ACCEPTED)


async def _step(crowd: Crowd, clock: FixedClock, what: str, mentor: str, mentee: str, mentors: tuple[str, ...]) -> None:
    runtime = crowd.world.runtime
    try:
        if what == "ask":
            await ask(crowd, mentee, mentor, *(name for name in mentors if name != mentor))
        elif what == "wait":
            clock.now += timedelta(days=1, hours=13)
            await crowd.due()
        elif what == "end":
            for one in await running(crowd):
                await crowd.world.database.write(crowd.world.installation_id, lambda unit, one=one: mentoring.end(unit, one.id, reason="no_time", by="test"))  # type: ignore[misc]  # bound in the loop
        elif what == "pause":
            for part in await enrolling.mine(runtime, crowd.people[mentor]):
                await enrolling.change(runtime, crowd.people[mentor], part.id, paused=not part.paused)
        elif what == "withdraw":
            asked, _ = await requesting.mine(runtime, crowd.people[mentee])
            await requesting.withdraw(runtime, crowd.people[mentee], asked[-1][0].id if asked else 1)
        else:
            _, received = await requesting.mine(runtime, crowd.people[mentor])
            number = received[-1][0].id if received else 1
            if what == "accept":
                await requesting.accept(runtime, crowd.people[mentor], number)
            else:
                await requesting.decline(runtime, crowd.people[mentor], number, reason=DeclineReason.OTHER)
    except (Conflict, Invalid, NotFound):
        # Refused with a reason; what must hold is looked at after every step.
        return
