"""A program with mentors and mentees for rounds: members who come from the host, enrolled and placed in time zones that decide who fits whom."""

from dataclasses import dataclass

from plugin.domain.designs import Criterion, CriterionKind, Design
from plugin.domain.enrolments import Enrolment
from plugin.domain.people import SERVICE_SCOPES, Principal
from plugin.domain.programs import Program, ProgramState, Role
from plugin.domain.rounds import Round, RoundState
from plugin.services.matching import round_lane, round_reading, rounds
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.services.stories import HOST, person, tell
from tests.plugin.support import World

ZONES = {"london": "Europe/London", "berlin": "Europe/Berlin", "delhi": "Asia/Kolkata", "tokyo": "Asia/Tokyo", "lima": "America/Lima"}
DESIGN = Design(criteria=(Criterion(key="zone", kind=CriterionKind.TIMEZONE, label="Time zones"),))


@dataclass
class Matching:
    """A program of a community."""

    world: World
    program_id: int
    manager: Principal
    ids: dict[str, int]

    def name(self, member_id: int) -> str:
        return next(name for name, number in self.ids.items() if number == member_id)

    async def read_state(self, round_id: int) -> Round:
        return await round_reading.find(self.world.runtime, self.manager, round_id)

    async def work(self, *, apart: bool = False) -> None:
        """Do all that the worker's lane has to do."""
        while await round_lane.work(self.world.runtime, self.world.graphs, self.world.installation_id, apart_always=apart, beat_every=0.05):
            pass

    async def computed(self, design: Design = DESIGN, *, name: str = "First round") -> Round:
        made = await rounds.draft(self.world.runtime, self.manager, program_id=self.program_id, name=name, design=design)
        await rounds.compute(self.world.runtime, self.manager, made.id)
        await self.work()
        done = await self.read_state(made.id)
        assert done.state is RoundState.COMPUTED, done.failure
        return done

    async def pairs(self, round_id: int) -> dict[str, str]:
        """Mentor's name by mentee's."""
        found = await round_reading.pair_page(self.world.runtime, self.manager, round_id, after=None, limit=1000)
        return {self.name(pair.mentee_id): self.name(pair.mentor_id) for pair in found}

    async def begun(self) -> set[tuple[str, str]]:
        """(mentor, mentee) of the mentorships that run."""

        def read(unit: UnitOfWork) -> set[tuple[int, int]]:
            return {(one.mentor_id or 0, mentee) for one in unit.mentorships.running(self.program_id) for mentee in one.mentee_ids}

        return {(self.name(mentor), self.name(mentee)) for mentor, mentee in await self.world.database.read(self.world.installation_id, read)}

    async def enrol(self, name: str, role: Role, *, zone: str = "", capacity: int = 1, minimum: int = 0, track: str = "") -> int:
        """Somebody of the host who is enrolled, in the zone that their name says."""
        number = str(len(self.ids) + 1)
        await tell(self.world, person(number, username=name, timezone=ZONES[zone or name.partition("_")[0]], source=HOST))

        def write(unit: UnitOfWork) -> int:
            found = unit.members.by_host(number)
            assert found is not None
            put_enrolment(unit, self.program_id, found.id, role, capacity=capacity, minimum=minimum, track=track)
            return found.id

        self.ids[name] = await self.world.database.write(self.world.installation_id, write)
        return self.ids[name]


def put_enrolment(unit: UnitOfWork, program_id: int, member_id: int, role: Role, *, capacity: int = 1, minimum: int = 0, track: str = "") -> None:
    made = Enrolment(
        id=unit.new_id(),
        program_id=program_id,
        member_id=member_id,
        role=role,
        capacity=capacity,
        minimum=minimum,
        track=track,
        enrolled_at=unit.now,
    )
    unit.enrolments.put(made)


async def program_of(world: World, *, mentors: tuple[str, ...] = ("london_m", "tokyo_m"), mentees: tuple[str, ...] = ("berlin", "delhi", "lima")) -> Matching:
    """A program in which everybody's name says where they live."""

    def write(unit: UnitOfWork) -> int:
        made = Program(id=unit.new_id(), name="Spring", purpose="", state=ProgramState.MATCHING, created_at=unit.now)
        unit.programs.put(made)
        return made.id

    made = await world.database.write(world.installation_id, write)
    manager = Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=1)
    found = Matching(world, made, manager, {})
    for name in mentors:
        await found.enrol(name, Role.MENTOR)
    for name in mentees:
        await found.enrol(name, Role.MENTEE)
    return found
