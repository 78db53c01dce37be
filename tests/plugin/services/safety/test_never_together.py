"""Whatever a community does, nobody is brought together with somebody they are kept apart from: over random graphs of blocks, ages and screenings and random
commands."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.mentorships import Mentorship
from plugin.domain.programs import Role
from plugin.domain.requests import OPEN
from plugin.domain.screening import Check, Screening
from plugin.domain.sessions import OPEN as AHEAD
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services import scheduling
from plugin.services.departures import erasure
from plugin.services.guarding import safeguarding
from plugin.services.hosts import choosing
from plugin.services.matching import round_inputs
from plugin.services.meetings import attending, proposing
from plugin.services.mentorships import mentoring, requesting
from plugin.services.recruiting import enrolling
from plugin.services.safety import keeping_apart, screening
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.meetings.support import community_of
from tests.plugin.services.taking_part import Crowd, crowd_of

MENTORS, MENTEES = ("ann", "ben", "cleo"), ("mia", "noah", "zoe")
EVERYBODY = (*MENTORS, *MENTEES)
ACTS = st.sampled_from(
    [
        "ask",
        "accept",
        "begin",
        "group",
        "propose",
        "answer",
        "say",
        "cancel",
        "block",
        "unblock",
        "wait",
        "erase",
        "end",
        "adult",
        "minor",
        "consent",
        "screen",
        "unscreen",
    ]
)
COMMANDS = st.lists(st.tuples(ACTS, st.sampled_from(MENTORS), st.sampled_from(MENTEES), st.integers(0, 3)), min_size=4, max_size=22)


@dataclass
class Story:
    """One community, and who is gone from it."""

    crowd: Crowd
    clock: FixedClock
    gone: set[str] = field(default_factory=set)

    async def do(self, what: str, mentor: str, mentee: str, number: int) -> None:
        """One command, refused or not."""
        runtime, people = self.crowd.world.runtime, self.crowd.people
        if {mentor, mentee} & self.gone:
            return
        if what == "ask":
            rest = [self.crowd.id(one) for one in MENTORS if one != mentor and one not in self.gone]
            chosen = [self.crowd.id(mentor), *rest[:number]]
            await requesting.ask(runtime, people[mentee], program_id=self.crowd.program.id, mentor_ids=chosen, note="", goal="To grow")
        elif what == "accept":
            _, received = await requesting.mine(runtime, people[mentor])
            waiting = [one for one, _ in received if one.state in OPEN]
            await requesting.accept(runtime, people[mentor], waiting[0].id if waiting else 1)
        elif what in {"block", "unblock"}:
            one, other = ((mentor, mentee), (mentee, mentor), (mentee, MENTEES[number % 3]), (mentor, MENTORS[number % 3]))[number]
            if one != other and other not in self.gone:
                await (keeping_apart.block if what == "block" else keeping_apart.unblock)(runtime, people[one], self.crowd.id(other))
        elif what == "adult":
            program = self.crowd.program.id
            await enrolling.apply(runtime, people[mentee], program_id=program, role=Role.MENTEE, capacity=1, minimum=0, track="", adult=False)
        elif what == "wait":
            self.clock.move(hours=9)
            await self.crowd.due()
        else:
            await self.crowd.world.database.write(self.crowd.world.installation_id, lambda unit: self.within(unit, what, mentor, mentee, number))
            if what == "erase":
                self.gone.add(mentee)

    def within(self, unit: UnitOfWork, what: str, mentor: str, mentee: str, number: int) -> None:
        """A command of one unit of work."""
        me, mate = self.crowd.id(mentor), self.crowd.id(mentee)
        if what == "erase":
            member = unit.members.get(mate)
            assert member is not None
            erasure.erase_member(member.host_user_id, unit, why="self")
            return
        if what in {"minor", "consent", "screen", "unscreen"}:
            self.safeguard(unit, what, me, mate, number)
            return
        if what in {"begin", "group"}:
            mates = [mate] if what == "begin" else [self.crowd.id(one) for one in MENTEES if one not in self.gone]
            group = unit.new_id() if what == "group" else None
            mentoring.begin(unit, program_id=self.crowd.program.id, mentor_id=me, mentee_ids=mates, source="test", by="test", group_id=group)
            return
        self.meet(unit, what, me, mate, number)

    def safeguard(self, unit: UnitOfWork, what: str, me: int, mate: int, number: int) -> None:
        """Somebody is under age, their guardian says yes or no, or an adult is screened or is no longer."""
        known, day = unit.screenings.minor(mate), timedelta(days=1)
        if what == "minor":
            safeguarding.of_age(unit, mate, role=Role.MENTEE, adult=False, age=15 + number % 3, guardian="Eva Ray, 030 1")
            screening.look(unit, {"member": mate})
        elif what == "consent" and known is not None:
            unit.screenings.declare(replace(known, consented_at=unit.now if number else None))
            keeping_apart.separate_unscreened(unit, mate)
        elif what in {"screen", "unscreen"}:
            ends = unit.now + (day if what == "screen" else -day)
            unit.screenings.put(Screening(member_id=me, checks=frozenset(Check), cleared_at=unit.now, expires_at=ends))
            scheduling.schedule(unit, safeguarding.JOB, key=f"screening:{me}:ends", at=max(ends, unit.now), about={"member": me})
            keeping_apart.separate_unscreened(unit, me)

    def meet(self, unit: UnitOfWork, what: str, me: int, mate: int, number: int) -> None:
        """What a pair does."""
        mine = [one for one in unit.mentorships.of_member(mate) if one.runs]
        if what == "propose" and mine:
            proposing.propose(unit, mine[number % len(mine)].id, by=mate, times=[unit.now + timedelta(hours=4 + number)], minutes=30)
        elif what == "end" and mine:
            mentoring.end(unit, mine[0].id, reason="no_time", by="test")
        known = unit.sessions.of_member(me)
        if known and what in {"answer", "say", "cancel"}:
            one = known[-1 - number % len(known)]
            if what == "answer":
                proposing.answer(unit, one.id, by=me, can=one.times)
            elif what == "cancel":
                proposing.cancel(unit, one.id, by=me)
            else:
                attending.say(unit, one.id, by=me, held=number % 2 == 0, missing=[mate] if number == 3 else [])


def check(unit: UnitOfWork) -> None:
    """What must hold after every step."""
    here = {one.id for one in unit.members.all()}
    apart = safeguarding.pairs(unit, here)
    running = unit.mentorships.running(None)
    for one in running:
        assert not crossing(one.people, apart), "a mentorship"
        assert len(one.people) >= 2, "nobody is left alone in what runs"
    for one in unit.mentorships.of_program(running[0].program_id) if running and running[0].program_id else []:
        for session in unit.sessions.of_mentorship(one.id, states=AHEAD):
            ahead = session.starts_at is None or session.starts_at > unit.now
            assert not ahead or not crossing(session.member_ids, apart), "a session that is ahead"
            assert set(session.member_ids) <= here, "nobody who is gone is in it"
            assert not ahead or one.runs, "what has ended has nothing ahead"
    for member in here:
        for asked in unit.requests.of_mentee(member, states=tuple(OPEN)):
            assert not crossing((asked.mentee_id, asked.mentor_id), apart), "a request"
    waiting = unit.notices.due(now=unit.now + timedelta(days=400), limit=1000)
    assert all(found is not None and found.member_id in here for found in map(unit.notices.get, waiting)), "a message to nobody"
    for part in [each for program in unit.programs.page(after=None, limit=5, state=None) for each in unit.enrolments.of_program(program.id)]:
        assert part.adult, "nobody takes part who did not say that they are of age"


def crossing(people: tuple[int, ...], apart: set[frozenset[int]]) -> bool:
    return any(pair <= set(people) for pair in apart)


@pytest.mark.slow
@settings(max_examples=10)
@given(commands=COMMANDS)
async def test_nothing_crosses_a_block_or_is_left_without_its_people(
    sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock, commands: list[tuple[str, str, str, int]]
) -> None:
    world = await community_of(sqlite_settings, sqlite_database, vault, clock)
    crowd = await crowd_of(world)
    await choosing.configure(world.runtime, world.installation_id, {"minimum_age": "14"})
    for name in MENTORS:
        await crowd.join(name, Role.MENTOR, capacity=3)
    for name in MENTEES:
        await crowd.join(name, Role.MENTEE, capacity=2)
    story = Story(crowd, clock)
    for command in commands:
        # Refused with a reason; what must hold is looked at after every step.
        with suppress(Conflict, Invalid, NotFound, Forbidden):
            await story.do(*command)
        await world.database.read(world.installation_id, check)

    def pools(unit: UnitOfWork) -> tuple[set[frozenset[int]], frozenset[frozenset[int]]]:
        everybody = [one.id for one in unit.members.all()]
        return safeguarding.pairs(unit, everybody), round_inputs.kept_apart(unit, everybody)

    apart, given_to_rounds = await world.database.read(world.installation_id, pools)
    assert apart <= given_to_rounds, "a round is told of every pair that is kept apart"


def test_a_mentorship_names_only_members() -> None:
    one = Mentorship(id=1, program_id=None, mentor_id=None, mentee_ids=(2,), began_at=FixedClock()())
    assert one.people == (2,)
