"""The life of groups under commands in any order: moved by hand, published, filled, merged, left."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from plugin.app import open_database
from plugin.domain.designs import GroupDesign
from plugin.domain.groups import Group, GroupState
from plugin.domain.programs import Role
from plugin.errors import PluginError
from plugin.services.departures.erasure import erase_member
from plugin.services.matching import group_reading, grouping, rounds
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.matching.support import Matching, program_of
from tests.plugin.services.meetings.support import community_of

NAMES = tuple(f"{zone}_{number}" for zone in ("berlin", "lima") for number in range(3))
DESIGN = GroupDesign(smallest=2, largest=4, mentors=1)
NEXT = {
    GroupState.DRAFT: {GroupState.RUNNING, GroupState.REFUSED},
    GroupState.RUNNING: {GroupState.MERGED},
    GroupState.MERGED: set[GroupState](),
    GroupState.REFUSED: set[GroupState](),
}
REFUSALS = frozenset({"illegal_transition", "full", "unknown_member", "empty_side"})
"""What may stand in the way of a command, by name."""


class Life(RuleBasedStateMachine):
    """Commands on the groups of one round."""

    runner: asyncio.Runner
    program: Matching
    taken: Counter[str]
    """How often each command was taken, over all examples."""

    def __init__(self) -> None:
        super().__init__()
        self.run(self.make())
        self.round_id = self.run(self._formed())
        assert self.groups()
        self.before: dict[int, GroupState] = {}
        self.gone: set[int] = set()
        self.newcomers: set[int] = set()

    async def make(self) -> None:
        raise NotImplementedError

    async def _formed(self) -> int:
        made = await rounds.draft(self.program.world.runtime, self.program.manager, program_id=self.program.program_id, name="Circles", design=DESIGN)
        await rounds.compute(self.program.world.runtime, self.program.manager, made.id)
        await self.program.work()
        return made.id

    def run(self, work: Coroutine[object, object, Any]) -> Any:
        return self.runner.run(work)

    def groups(self) -> list[Group]:
        found: list[Group] = self.run(group_reading.of_round(self.program.world.runtime, self.program.manager, self.round_id))
        return found

    def give(self, what: str, work: Coroutine[object, object, object]) -> None:
        """Give a command; one that is refused says why in one line, and changes nothing."""
        before, error = self.groups(), None
        try:
            self.run(work)
        except PluginError as raised:
            error = raised
        if error is not None:
            assert error.code in REFUSALS, (error.code, error.message)
            assert "\n" not in error.message
            assert self.groups() == before
        self.taken[what] += error is None

    @rule(name=st.sampled_from(NAMES), number=st.integers(0, 2), pin=st.booleans())
    def move(self, name: str, number: int, pin: bool) -> None:
        found = self.groups()
        member, group = self.program.ids[name], found[number % len(found)]
        self.give("move", grouping.move(self.program.world.runtime, self.program.manager, member_id=member, group_id=group.id, pin=pin))

    @rule()
    def publish(self) -> None:
        self.give("publish", rounds.publish(self.program.world.runtime, self.program.manager, self.round_id))
        self.run(self.program.work())

    @precondition(lambda self: len(self.newcomers) < 2)
    @rule()
    def newcomer(self) -> None:
        self.newcomers.add(self.run(self.program.enrol(f"lima_{10 + len(self.newcomers)}", Role.MENTEE)))

    @rule()
    def place(self) -> None:
        self.give("place", grouping.place(self.program.world.runtime, self.program.manager, self.program.program_id, DESIGN))

    @rule(largest=st.sampled_from([4, 8]))
    def merge(self, largest: int) -> None:
        self.give("merge", grouping.merge(self.program.world.runtime, self.program.manager, self.program.program_id, replace(DESIGN, largest=largest)))

    @precondition(lambda self: len(self.gone) < 4)
    @rule(name=st.sampled_from((*NAMES, "london_m")))
    def leave(self, name: str) -> None:
        member = self.program.ids[name]
        if member in self.gone:
            return
        self.gone.add(member)

        def erase(unit: UnitOfWork) -> None:
            found = unit.members.get(member)
            assert found is not None
            erase_member(found.host_user_id, unit, why="self")

        self.run(self.program.world.database.write(self.program.world.installation_id, erase))

    @invariant()
    def everything_is_in_order(self) -> None:
        found = self.groups()
        assert self.before.keys() <= {group.id for group in found}, "nothing is lost"
        for group in found:
            earlier = self.before.get(group.id, group.state)
            assert group.state is earlier or group.state in NEXT[earlier], f"{earlier} became {group.state}"
            assert not {seat.member_id for seat in group.seats} & self.gone, "who left sits nowhere"
            assert group.state is not GroupState.MERGED or not group.seats
        alive = [group for group in found if group.state in {GroupState.DRAFT, GroupState.RUNNING}]
        seats = Counter(member for group in alive for member in group.members)
        assert all(count == 1 for count in seats.values()), "nobody sits in two groups"
        self.before = {group.id: group.state for group in found}


@pytest.mark.slow  # a community and a solved round for each example
def test_groups_live_by_their_rules(sqlite_settings: Settings, vault: Vault) -> None:
    with asyncio.Runner() as runner:
        clock = FixedClock()
        database = open_database(sqlite_settings, vault=vault, clock=clock)

        class OnThis(Life):
            async def make(self) -> None:
                world = await community_of(sqlite_settings, database, vault, clock)
                self.program = await program_of(world, mentors=("london_m", "tokyo_m"), mentees=NAMES)

        OnThis.runner, OnThis.taken = runner, Counter()
        try:
            run_state_machine_as_test(OnThis, settings=hypothesis_settings(max_examples=8, stateful_step_count=12))
            assert {"move", "publish", "place", "merge"} <= (+OnThis.taken).keys(), OnThis.taken
        finally:
            runner.run(database.close())
