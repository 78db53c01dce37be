"""A program and members who take part in it, for tests of requests and mentorships."""

from dataclasses import dataclass, field

from plugin.domain.enrolments import Enrolment
from plugin.domain.notices import Reach
from plugin.domain.people import MEMBER_SCOPES, SERVICE_SCOPES, Principal
from plugin.domain.programs import Plan, Program, ProgramState, Role
from plugin.services import scheduling
from plugin.services.messages import delivering
from plugin.services.programs import programming
from plugin.services.recruiting import enrolling
from plugin.store.repositories.telling import Notice
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.services.stories import HOST, person, tell
from tests.plugin.support import World


@dataclass
class Crowd:
    """Members of a community, and one program."""

    world: World
    program: Program
    admin: Principal
    people: dict[str, Principal] = field(default_factory=dict)

    async def member(self, name: str, **values: object) -> Principal:
        """Somebody from the host."""
        number = str(len(self.people) + 1)
        await tell(self.world, person(number, username=name, source=HOST, **values))

        def find(unit: UnitOfWork) -> int:
            found = unit.members.by_host(number)
            assert found is not None
            return found.id

        member_id = await self.world.database.read(self.world.installation_id, find)
        self.people[name] = Principal(installation_id=self.world.installation_id, member_id=member_id, scopes=MEMBER_SCOPES, token_id=int(number))
        return self.people[name]

    def id(self, name: str) -> int:
        """The member's id."""
        found = self.people[name].member_id
        assert found is not None
        return found

    def name(self, member_id: int) -> str:
        """The member's name."""
        return next(name for name, one in self.people.items() if one.member_id == member_id)

    async def apply(self, name: str, role: Role, *, capacity: int | None = None) -> Enrolment:
        """A member asks to take part."""
        return await enrolling.apply(
            self.world.runtime, self.people[name], program_id=self.program.id, role=role, capacity=capacity, minimum=0, track="", adult=True
        )

    async def join(self, name: str, role: Role, *, capacity: int | None = None) -> Enrolment:
        """A member of the host takes part."""
        if name not in self.people:
            await self.member(name)
        one = await self.apply(name, role, capacity=capacity)
        if one.state.value == "applied":
            one = await enrolling.decide(self.world.runtime, self.admin, one.id, approve=True, note="")
        return one

    async def move(self, *states: ProgramState) -> None:
        """The program goes on."""
        for state in states:
            self.program = await programming.move_program(self.world.runtime, self.admin, self.program.id, state)

    async def due(self) -> int:
        """What is due now is done."""
        done = 0
        while count := await scheduling.run_due(self.world.runtime, self.world.installation_id):
            done += count
        return done

    async def told(self, name: str) -> list[str]:
        """The kinds of what a member was told, in order."""

        def read(unit: UnitOfWork) -> list[Notice]:
            return unit.notices.of_member(self.id(name), after=None, limit=200)

        found = await self.world.database.read(self.world.installation_id, read)
        return [one.kind for one in sorted(found, key=lambda one: one.id)]

    async def said(self, name: str, locale: str = "en") -> list[str]:
        """What a member was told, in words and in order."""

        def read(unit: UnitOfWork) -> list[str]:
            found = sorted(unit.notices.of_member(self.id(name), after=None, limit=200), key=lambda one: one.id)
            shown = [delivering.words_of(unit, one, Reach(timezone="UTC", locale=locale)) for one in found]
            return [f"{one.title}: {one.text}" for one in shown]

        return await self.world.database.read(self.world.installation_id, read)


async def crowd_of(world: World, *, open_: bool = True, both_roles: bool = False, approve_mentors: bool = True) -> Crowd:
    """A community with a program that takes members in."""
    admin = Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=1)
    plan = Plan(name="Spring", purpose="To learn", open=open_, both_roles=both_roles, approve_mentors=approve_mentors)
    made = await programming.create_program(world.runtime, admin, plan=plan)
    crowd = Crowd(world, made, admin)
    await crowd.move(ProgramState.ENROLLING)
    return crowd
