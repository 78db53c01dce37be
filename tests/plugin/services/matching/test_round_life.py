"""The life of a round under commands in any order, held against a model of it."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from plugin.app import open_database
from plugin.domain.rounds import PairState, Round, RoundState
from plugin.errors import Conflict, PluginError
from plugin.services.departures.erasure import erase_member
from plugin.services.matching import round_reading, rounds
from plugin.services.runtime import Runtime
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.matching.support import DESIGN, Matching, program_of

T = TypeVar("T")
OPEN = {RoundState.DRAFT, RoundState.COMPUTED, RoundState.ADJUSTED}
DONE = {RoundState.COMPUTED, RoundState.ADJUSTED}


class Life(RuleBasedStateMachine):
    """Commands on one round; ``state`` is what the round must be."""

    runner: asyncio.Runner
    program: Matching
    number = 0

    def __init__(self) -> None:
        super().__init__()
        self.program = self.run(self.make())
        made = self.run(rounds.draft(self.runtime, self.program.manager, program_id=self.program.program_id, name="A life", design=DESIGN))
        self.round_id, self.state, self.before = made.id, RoundState.DRAFT, RoundState.DRAFT
        self.pins: dict[tuple[str, str], str] = {}
        self.asked: dict[tuple[str, str], str] = {}
        self.gone: set[str] = set()

    async def make(self) -> Matching:
        raise NotImplementedError

    @property
    def runtime(self) -> Runtime:
        return self.program.world.runtime

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.runner.run(work)

    def expect(self, work: Coroutine[object, object, Round], *, allowed: bool) -> bool:
        """Whether a command was taken; one that the state does not allow must be refused by name, and one that it does only for what stands in its way."""
        refused: PluginError | None = None
        try:
            self.run(work)
        except PluginError as error:
            refused = error
        if not allowed:
            assert isinstance(refused, Conflict)
            assert refused.code == "illegal_transition"
        else:
            assert refused is None or refused.code in {"contradiction", "unknown_member", "empty_side", "nobody_waits", "no_places"}
        return refused is None

    @rule()
    def compute(self) -> None:
        if self.expect(rounds.compute(self.runtime, self.program.manager, self.round_id), allowed=self.state in OPEN):
            self.before, self.state, self.asked = self.state, RoundState.COMPUTING, dict(self.pins)

    @rule(
        mentor=st.sampled_from(["london_m", "tokyo_m"]), mentee=st.sampled_from(["berlin", "delhi", "lima"]), what=st.sampled_from(["pin", "forbid", "release"])
    )
    def adjust(self, mentor: str, mentee: str, what: str) -> None:
        pair = [(self.program.ids[mentor], self.program.ids[mentee])]
        sent = rounds.adjust(self.runtime, self.program.manager, self.round_id, **{what: pair})
        if self.expect(sent, allowed=self.state in DONE):
            self.before, self.state, self.asked = self.state, RoundState.COMPUTING, dict(self.pins)
            if what == "release":
                self.asked.pop((mentor, mentee), None)
            else:
                self.asked[mentor, mentee] = what

    @rule()
    def stop(self) -> None:
        if self.expect(rounds.stop(self.runtime, self.program.manager, self.round_id), allowed=self.state is RoundState.COMPUTING):
            self.state = self.before

    @rule()
    def edit(self) -> None:
        if self.expect(rounds.edit(self.runtime, self.program.manager, self.round_id, name="Another name"), allowed=self.state in OPEN):
            self.state = RoundState.DRAFT

    @rule()
    def publish(self) -> None:
        if self.expect(rounds.publish(self.runtime, self.program.manager, self.round_id), allowed=self.state in DONE):
            self.state = RoundState.PUBLISHED

    @rule()
    def cancel(self) -> None:
        if self.expect(rounds.cancel(self.runtime, self.program.manager, self.round_id), allowed=self.state in OPEN | {RoundState.COMPUTING}):
            self.state = RoundState.CANCELLED

    @rule()
    def work(self) -> None:
        self.run(self.program.work())
        if self.state is RoundState.COMPUTING:
            now = self.run(self.program.read_state(self.round_id))
            if now.failure:
                self.state = self.before
            else:
                self.pins = self.asked
                self.state = RoundState.ADJUSTED if self.pins else RoundState.COMPUTED

    @precondition(lambda self: len(self.gone) < 2)
    @rule(name=st.sampled_from(["berlin", "lima", "tokyo_m"]))
    def leave(self, name: str) -> None:
        if name in self.gone:
            return
        self.gone.add(name)
        number = str(list(self.program.ids).index(name) + 1)
        self.run(self.program.world.database.write(self.program.world.installation_id, lambda unit: erase_member(number, unit, why="self")))
        for pins in (self.pins, self.asked):
            for pair in [pair for pair in pins if name in pair]:
                del pins[pair]

    @invariant()
    def it_is_what_it_must_be(self) -> None:
        now = self.run(self.program.read_state(self.round_id))
        assert now.state is self.state
        found = self.run(round_reading.pair_page(self.runtime, self.program.manager, self.round_id, after=None, limit=100))
        names = {(self.program.name(pair.mentor_id), self.program.name(pair.mentee_id)) for pair in found}
        assert not {name for pair in names for name in pair} & self.gone
        assert len({mentee for _, mentee in names}) == len({mentor for mentor, _ in names}) == len(names)
        if self.state in DONE:
            assert {pair for pair, what in self.pins.items() if what == "pin"} <= names
            assert not {pair for pair, what in self.pins.items() if what == "forbid"} & names
        if self.state in {RoundState.DRAFT, RoundState.CANCELLED}:
            assert not names or self.state is RoundState.DRAFT is self.before
        if self.state is not RoundState.PUBLISHED:
            assert self.run(self.program.begun()) == set()
            assert all(pair.state is PairState.PROPOSED for pair in found)

    def teardown(self) -> None:
        """A published round is handed over whole, whatever happened before."""
        self.run(self.program.work())
        if self.state is RoundState.PUBLISHED:
            found = self.run(round_reading.pair_page(self.runtime, self.program.manager, self.round_id, after=None, limit=100))
            names = {(self.program.name(pair.mentor_id), self.program.name(pair.mentee_id)) for pair in found if pair.state is PairState.BEGUN}
            assert all(pair.state is not PairState.PROPOSED for pair in found)
            assert names <= self.run(self.program.begun())


@pytest.mark.slow  # a community for each example
def test_a_round_lives_by_its_rules(sqlite_settings: Settings, vault: Vault) -> None:
    clock = FixedClock()
    with asyncio.Runner() as runner:
        database: Database = open_database(sqlite_settings, vault=vault, clock=clock)

        class OnThis(Life):
            async def make(self) -> Matching:
                Life.number += 1
                world = await make_world(sqlite_settings, database, vault, clock, base_url=f"https://{Life.number}.example.org")
                return await program_of(world)

        OnThis.runner = runner
        try:
            run_state_machine_as_test(OnThis, settings=hypothesis_settings(max_examples=25, stateful_step_count=15))
        finally:
            runner.run(database.close())
