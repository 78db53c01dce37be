"""Pairs that meet, for tests of sessions and of what follows from them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from plugin.domain.mentorships import Mentorship
from plugin.domain.notices import Reach
from plugin.domain.programs import Role
from plugin.domain.sessions import Session
from plugin.services.meetings import attending, proposing
from plugin.services.mentorships import mentoring
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import FakeClient, FakeHost, Picture, World, community, make_runtime

T = TypeVar("T")
HOUR = timedelta(hours=1)


class Meeting:
    """A mentorship of a crowd whose people meet."""

    def __init__(self, crowd: Crowd, one: Mentorship) -> None:
        self.crowd, self.one = crowd, one
        self.world = crowd.world

    async def do(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.world.database.write(self.world.installation_id, work)

    def id(self, name: str) -> int:
        return self.crowd.id(name)

    async def propose(self, name: str, *times: datetime, minutes: int = 60) -> Session:
        return await self.do(lambda unit: proposing.propose(unit, self.one.id, by=self.id(name), times=times, minutes=minutes))

    async def answer(self, session: Session, name: str, *can: datetime) -> Session:
        return await self.do(lambda unit: proposing.answer(unit, session.id, by=self.id(name), can=can))

    async def agreed(self, at: datetime, *, minutes: int = 60, by: str = "mia", other: str = "ann") -> Session:
        return await self.answer(await self.propose(by, at, minutes=minutes), other, at)

    async def say(self, session: Session, name: str, *missing: str, held: bool) -> Session:
        return await self.do(lambda unit: attending.say(unit, session.id, by=self.id(name), held=held, missing=[self.id(one) for one in missing]))

    async def get(self, session: Session) -> Session:
        found = await self.world.database.read(self.world.installation_id, lambda unit: unit.sessions.get(session.id))
        assert found is not None
        return found


async def pair_of(world: World) -> Meeting:
    """Ann mentors Mia; both can be reached at any hour."""
    crowd = await crowd_of(world)
    await crowd.join("ann", Role.MENTOR, capacity=2)
    await crowd.join("mia", Role.MENTEE)
    return await begun(crowd, "ann", "mia")


_COUNT = count()


async def community_of(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> World:
    """A community of its own, for each example of a property."""
    host = FakeHost(FakeClient(Picture(), clock))
    made = await community(database, base_url=f"https://forum{next(_COUNT)}.example.org")
    return World(make_runtime(settings, database, vault, clock, host), host, made)


async def another_pair(settings: Settings, database: Database, vault: Vault) -> Meeting:
    """Ann and Mia in a community of their own."""
    return await pair_of(await community_of(settings, database, vault, FixedClock()))


async def begun(crowd: Crowd, mentor: str, *mentees: str, group_id: int | None = None) -> Meeting:
    """A mentorship that has begun, of people without quiet hours."""
    world = crowd.world

    def work(unit: UnitOfWork) -> Mentorship:
        for name in (mentor, *mentees):
            unit.wishes.set_reach(crowd.id(name), Reach(quiet_from=0, quiet_until=0))
        return mentoring.begin(
            unit,
            program_id=crowd.program.id,
            mentor_id=crowd.id(mentor),
            mentee_ids=[crowd.id(name) for name in mentees],
            source="test",
            by="test",
            group_id=group_id,
        )

    return Meeting(crowd, await world.database.write(world.installation_id, work))


def tomorrow(clock: FixedClock, hour: int = 17) -> datetime:
    return (clock() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
