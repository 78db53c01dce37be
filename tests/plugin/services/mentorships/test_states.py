"""Whatever managers, members and time do, in any order: state machines go along their own steps, nothing is orphaned, and what is refused changes nothing.

Programs, enrolments, requests, mentorships and surveys are walked together here, because each can pull the rug from under another. Rounds have a walk of
their own in ``test_round_life``, sessions in ``test_sessions``.
"""

import inspect
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain import enrolments, requests
from plugin.domain import programs as programs_domain
from plugin.domain.enrolments import EnrolmentState
from plugin.domain.mentorships import EndReason
from plugin.domain.people import Principal
from plugin.domain.programs import PAIRING, ProgramState, Role
from plugin.domain.requests import OPEN, DeclineReason, RequestState
from plugin.errors import PluginError
from plugin.services.departures import leaving
from plugin.services.departures.erasure import erase_member
from plugin.services.mentorships import answering, mentoring, requesting
from plugin.services.programs import programming
from plugin.services.recruiting import enrolling, inviting
from plugin.services.safety import keeping_apart
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World

NAMES = ("ann", "ben", "cleo", "mia", "noah")
EXAMPLES = count(1)
Snapshot = dict[tuple[str, int], str]
NEXT: Mapping[str, Mapping[str, frozenset[str]]] = {
    "program": {str(one): frozenset(map(str, to)) for one, to in programs_domain.NEXT.items()},
    "enrolment": {str(one): frozenset(map(str, to)) for one, to in enrolments.NEXT.items()},
    "request": {str(one): frozenset(map(str, to)) for one, to in requests.NEXT.items()},
    "mentorship": {"runs": frozenset({"ended"}), "ended": frozenset()},
    "survey": {"due": frozenset({"asked", "closed"}), "asked": frozenset({"answered", "closed"}), "answered": frozenset(), "closed": frozenset()},
}
FIRST = {
    "program": {"draft"},
    "enrolment": {"invited", "applied", "approved"},
    "request": {"queued", "pending"},
    "mentorship": {"runs"},
    "survey": {"due"},
}


def reachable(kind: str, before: str | None, after: str) -> bool:
    """Whether one command can have led there: several steps of one thing are possible, as when a request is made and asked at once."""
    seen, left = set(), list(FIRST[kind] if before is None else [before])
    while left:
        state = left.pop()
        if state not in seen:
            seen.add(state)
            left += NEXT[kind][state]
    return after in seen


@dataclass
class Walk:
    """One community in which commands are given at random."""

    crowd: Crowd
    clock: FixedClock
    erased: set[str] = field(default_factory=set)

    @property
    def world(self) -> World:
        return self.crowd.world

    def who(self, number: int) -> tuple[str, Principal]:
        name = NAMES[number % len(NAMES)]
        return name, self.crowd.people[name]

    def mentor(self, number: int) -> str:
        """Mostly somebody who can be a mentor in the running program."""
        return NAMES[number % len(NAMES)] if number == 5 else NAMES[number % 3]

    def mentee(self, number: int) -> str:
        return NAMES[number % len(NAMES)] if number == 5 else NAMES[3 + number % 2]

    async def busy(self, number: int, count: Callable[[Principal], Awaitable[object]]) -> Principal:
        """Mostly somebody for whom there is something to do."""
        found = [one for name, one in sorted(self.crowd.people.items()) if name in NAMES and await count(one)]
        return found[number % len(found)] if found and number != 5 else self.who(number)[1]

    async def rows(self) -> Snapshot:
        def read(unit: UnitOfWork) -> Snapshot:
            number = self.crowd.program.id
            program = unit.programs.get(number)
            assert program is not None
            found: Snapshot = {("program", number): str(program.state)}
            found |= {("enrolment", one.id): str(state) for state in EnrolmentState for one in unit.enrolments.of_program(number, state=state)}
            found |= {("request", one.id): str(one.state) for one in unit.requests.of_program(number)}
            found |= {("mentorship", one.id): "runs" if one.runs else "ended" for one in unit.mentorships.of_program(number)}
            for one in unit.surveys.of_program(number):
                state = "answered" if one.answered_at else "closed" if one.closed_at else "asked" if one.asked_at else "due"
                found["survey", one.id] = state
            return found

        return await self.world.database.read(self.world.installation_id, read)

    async def step(self, what: str, one: int, other: int) -> bool:
        """Give a command and look at everything: refused ones change nothing, others move along the steps there are. Returns whether it was taken."""
        before = await self.rows()
        refused: PluginError | None = None
        try:
            found = COMMANDS[what](self, one, other)
            if inspect.isawaitable(found):
                await found
        except PluginError as error:
            refused = error
        after = await self.rows()
        if refused is not None:
            assert refused.message
            assert "\n" not in refused.message, refused.message
            assert after == before, f"{what} was refused and changed something"
        for (kind, number), state in after.items():
            earlier = before.get((kind, number))
            assert state == earlier or reachable(kind, earlier, state), f"{what}: {kind} went from {earlier} to {state}"
        await self.world.database.read(self.world.installation_id, self.whole)
        return refused is None

    def whole(self, unit: UnitOfWork) -> None:
        """Nothing that is alive refers to anybody or anything that is not."""
        number = self.crowd.program.id
        program = unit.programs.get(number)
        assert program is not None
        there = unit.members.ids()
        running = unit.mentorships.running(number)
        assert not running or program.state in PAIRING | {ProgramState.DRAFT}, f"{len(running)} pairs run in a program that is {program.state.value}"
        for pair in running:
            assert pair.mentor_id in there
            assert pair.mentee_ids
            assert set(pair.mentee_ids) <= there
            assert not unit.blocks.between(pair.mentor_id, pair.mentee_ids[0])
        for pair in unit.mentorships.of_program(number):
            assert pair.runs == (pair.end_reason is None)
        for asked in unit.requests.open_of_program(number):
            assert {asked.mentor_id, asked.mentee_id} <= there
        for survey in unit.surveys.of_program(number):
            assert survey.member_id in there
        for state in EnrolmentState:
            for enrolled in unit.enrolments.of_program(number, state=state):
                assert enrolled.member_id in there
                assert (enrolled.left_at is None) or enrolled.state is EnrolmentState.WITHDRAWN

    # -------------------------------------------------------------------------------------------------------------------- commands

    async def write(self, work: Callable[[UnitOfWork], object]) -> None:
        await self.world.database.write(self.world.installation_id, work)

    def move(self, one: int, other: int) -> Awaitable[object]:
        state = list(ProgramState)[one % len(ProgramState)]
        return programming.move_program(self.world.runtime, self.crowd.admin, self.crowd.program.id, state, end_pairs=bool(other % 2))

    def apply(self, one: int, other: int) -> Awaitable[object]:
        return self.crowd.apply(self.who(one)[0], (Role.MENTOR, Role.MENTEE)[other % 2], capacity=1 + other % 2)

    def invite(self, one: int, other: int) -> Awaitable[object]:
        role, member = (Role.MENTOR, Role.MENTEE)[other % 2], self.crowd.id(self.who(one)[0])
        return inviting.invite(self.world.runtime, self.crowd.admin, program_id=self.crowd.program.id, member_id=member, role=role, reason="")

    async def decide(self, one: int, other: int) -> None:
        waiting = [number for (kind, number), state in (await self.rows()).items() if kind == "enrolment" and (state == "applied" or other == 0)]
        await enrolling.decide(self.world.runtime, self.crowd.admin, waiting[one % len(waiting)] if waiting else 1, approve=bool(other % 3), note="")

    async def mine(self, one: int) -> int:
        found = await enrolling.mine(self.world.runtime, self.who(one)[1])
        return next((each.id for each in found if each.program_id == self.crowd.program.id), 1)

    async def withdraw(self, one: int, _other: int) -> None:
        await leaving.leave_program(self.world.runtime, self.who(one)[1], await self.mine(one))

    async def change(self, one: int, other: int) -> None:
        await enrolling.change(self.world.runtime, self.who(one)[1], await self.mine(one), capacity=other - 1, paused=bool(other % 2))

    def ask(self, one: int, other: int) -> Awaitable[object]:
        mentors = [self.crowd.id(NAMES[(other + number) % 3]) for number in range(1 + other % 3)]
        me = self.crowd.people[self.mentee(one)]
        return requesting.ask(self.world.runtime, me, program_id=self.crowd.program.id, mentor_ids=mentors, note="", goal="To grow")

    async def received(self, who: Principal) -> int:
        return sum(one.state is RequestState.PENDING for one, _ in (await requesting.mine(self.world.runtime, who))[1])

    async def answer(self, one: int, other: int) -> None:
        me = await self.busy(one, self.received)
        _, received = await requesting.mine(self.world.runtime, me)
        number = received[-1][0].id if received else 1
        if other % 2:
            await requesting.accept(self.world.runtime, me, number)
        else:
            await requesting.decline(self.world.runtime, me, number, reason=list(DeclineReason)[other % len(DeclineReason)])

    async def asked(self, who: Principal) -> list[int]:
        return [one.id for one, _ in (await requesting.mine(self.world.runtime, who))[0] if one.state in OPEN]

    async def take_back(self, one: int, _other: int) -> None:
        me = await self.busy(one, self.asked)
        await requesting.withdraw(self.world.runtime, me, next(iter(await self.asked(me)), 1))

    def begin(self, one: int, other: int) -> Awaitable[object]:
        mentor, mentee = self.crowd.id(self.mentor(one)), self.crowd.id(self.mentee(other))
        return self.write(
            lambda unit: mentoring.begin(unit, program_id=self.crowd.program.id, mentor_id=mentor, mentee_ids=[mentee], source="admin", by="test")
        )

    async def mentored(self, who: Principal) -> int:
        return sum(one.runs for one in await mentoring.mine(self.world.runtime, who))

    async def leave(self, one: int, other: int) -> None:
        me = await self.busy(one, self.mentored)
        mine = [each.id for each in await mentoring.mine(self.world.runtime, me)]
        await mentoring.leave(self.world.runtime, me, mine[-1] if mine else 1, reason=list(EndReason)[other % len(EndReason)])

    def block(self, one: int, other: int) -> Awaitable[object]:
        # Not too often, or soon nobody can be brought together any more.
        other = one if other < 4 else other
        return keeping_apart.block(self.world.runtime, self.who(one)[1], self.crowd.id(self.who(other)[0]))

    async def waiting(self, who: Principal) -> int:
        return len(await answering.mine(self.world.runtime, who))

    async def survey(self, one: int, other: int) -> None:
        me = await self.busy(one, self.waiting)
        found = await answering.mine(self.world.runtime, me)
        answers = {each.key: 3 for each in found[0].form.questions if each.kind.value == "scale"} if found and other else {}
        await answering.answer(self.world.runtime, me, found[0].survey.id if found else 1, answers=answers, named=False)

    async def wait(self, one: int, other: int) -> None:
        self.clock.move(days=(0.5, 2.1, 16, 45)[(one + other) % 4])
        await self.crowd.due()

    async def erase(self, one: int, other: int) -> None:
        name, _ = self.who(one)
        if other != 3 or name in self.erased or len(self.erased) > 1:
            return
        self.erased.add(name)
        number = self.crowd.id(name)

        def work(unit: UnitOfWork) -> None:
            found = unit.members.get(number)
            assert found is not None
            assert erase_member(found.host_user_id, unit, why="self")

        await self.write(work)

    async def manager(self, one: int, other: int) -> None:
        """Somebody manages the program, or does so no more; managers may leave the community like anybody."""
        member = self.crowd.id(self.who(one)[0])

        def work(unit: UnitOfWork) -> None:
            if other % 2 and unit.members.get(member) is not None:
                unit.managers.add(self.crowd.program.id, member, at=unit.now)
            else:
                unit.managers.remove(self.crowd.program.id, member)

        await self.write(work)


COMMANDS: dict[str, Callable[[Walk, int, int], Any]] = {
    name: getattr(Walk, name)
    for name in (
        "move",
        "apply",
        "invite",
        "decide",
        "withdraw",
        "change",
        "ask",
        "answer",
        "take_back",
        "begin",
        "leave",
        "block",
        "survey",
        "wait",
        "erase",
        "manager",
    )
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(COMMANDS)), st.integers(0, 5), st.integers(0, 5)), min_size=5, max_size=45)


async def walk(world: World, clock: FixedClock, steps: Iterable[tuple[str, int, int]], *, running: bool) -> Counter[str]:
    """Give the commands; returns how often each was taken."""
    crowd = await crowd_of(world, both_roles=True)
    # Numbers of the host that no earlier example used.
    crowd.people = {f"before{number}": crowd.admin for number in range(10 * next(EXAMPLES))}
    for name in NAMES:
        await crowd.member(name)
    if running:
        for name in NAMES[:3]:
            await crowd.join(name, Role.MENTOR, capacity=2)
        for name in NAMES[3:]:
            await crowd.join(name, Role.MENTEE)
        await crowd.move(ProgramState.MATCHING, ProgramState.ACTIVE)
    walking = Walk(crowd, clock)
    taken: Counter[str] = Counter()
    for what, one, other in steps:
        taken[what] += await walking.step(what, one, other)
    return taken


@pytest.mark.slow
@settings(max_examples=8)
@given(steps=STEPS)
async def test_a_new_program_under_any_commands(small_world: World, clock: FixedClock, steps: list[tuple[str, int, int]]) -> None:
    await walk(small_world, clock, steps, running=False)


@pytest.mark.slow
@settings(max_examples=8)
@given(steps=STEPS)
async def test_a_running_program_under_any_commands(small_world: World, clock: FixedClock, steps: list[tuple[str, int, int]]) -> None:
    await walk(small_world, clock, steps, running=True)


@pytest.mark.slow
async def test_long_walks_in_which_most_commands_are_taken(small_world: World, clock: FixedClock) -> None:
    lot = np.random.default_rng(1)
    often = ["ask", "answer", "wait", "survey", "apply", "decide"]
    # Not archived and emptied at once: then nothing would be left to walk through.
    names = [name for name in [*COMMANDS, *often] if name not in {"move", "erase", "block"}]
    taken: Counter[str] = Counter()
    for running in (True, True, False):
        steps = [(names[int(lot.integers(len(names)))], int(lot.integers(6)), int(lot.integers(6))) for _ in range(80)]
        steps += [(sorted(COMMANDS)[int(lot.integers(len(COMMANDS)))], int(lot.integers(6)), int(lot.integers(6))) for _ in range(30)]
        taken += await walk(small_world, clock, steps, running=running)
    # Which ones depends on the order of ids, which differs from run to run.
    assert len(taken) >= len(COMMANDS) * 2 // 3
