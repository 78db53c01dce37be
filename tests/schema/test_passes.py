"""Who a token stands for is remembered, and forgotten with the commit that changes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.community import InstallationState
from plugin.domain.people import Scope
from plugin.errors import Unauthenticated
from plugin.services.identity import access
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.schema.world import World


async def test_it_is_looked_up_once(world: World) -> None:
    token = await world.token("cat")
    first = await access.principal_of(world.parts.runtime, token)
    before = world.database.reads
    assert await access.principal_of(world.parts.runtime, token) == first
    assert world.database.reads == before


async def test_it_expires_all_the_same(world: World, clock: FixedClock) -> None:
    token = await world.token("cat", lifetime=timedelta(seconds=30))
    await access.principal_of(world.parts.runtime, token)
    clock.move(seconds=31)
    with pytest.raises(Unauthenticated):
        await access.principal_of(world.parts.runtime, token)


async def test_a_revocation_is_known_in_every_process(both: World) -> None:
    """The commit is made behind the back of the process that remembers."""
    token = await both.token("cat")
    cat = await both.member_id("cat")
    await access.principal_of(both.parts.runtime, token)
    await both.write(lambda unit: unit.tokens.revoke_of(cat))
    with pytest.raises(Unauthenticated):
        await access.principal_of(both.parts.runtime, token)


async def test_tokens_of_a_community_that_was_disconnected_are_good_for_nothing(both: World) -> None:
    """Until it is connected again; nobody can sign in or be asked for meanwhile."""
    tokens = [await both.token("cat"), await both.token(), await both.token("ann", audience="session"), await both.token("ben", audience="widget")]

    async def good() -> int:
        found = 0
        for token in tokens:
            try:
                await access.principal_of(both.parts.runtime, token)
            except Unauthenticated:
                continue
            found += 1
        return found

    assert await good() == 4
    await both.write(lambda unit: unit.update_installation(state=InstallationState.DISCONNECTED.value))
    assert await good() == 0
    await both.write(lambda unit: unit.update_installation(state=InstallationState.ACTIVE.value))
    assert await good() == 4


async def test_an_office_is_looked_at_every_time(world: World) -> None:
    """What an admin may do rests on the host's word, which may be older than the last commit."""

    def promote(unit: UnitOfWork) -> None:
        cat = unit.members.by_username("cat")
        assert cat is not None
        unit.members.put(replace(cat, admin=True, read_at=unit.now))

    await world.write(promote)
    token = await world.token("cat", scopes=[Scope.READ, Scope.ME, Scope.PROGRAMS])
    assert (await access.principal_of(world.parts.runtime, token)).may(Scope.PROGRAMS)
    before = world.database.reads
    assert (await access.principal_of(world.parts.runtime, token)).may(Scope.PROGRAMS)
    assert world.database.reads > before
