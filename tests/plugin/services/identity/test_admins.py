"""Admin rights are the host's to say, asked again, and not knowing means no; and members see who read about them."""

import asyncio
from dataclasses import replace

import pytest

from mentorgraph.host import HostUnreachable
from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES, SERVICE_SCOPES, Principal, Scope
from plugin.errors import Forbidden, Unauthenticated
from plugin.services.departures.erasure import erase_member
from plugin.services.guarding import seeing
from plugin.services.identity.access import require_admin
from plugin.services.identity.rights import ADMIN_FOR, settled
from plugin.services.privacy import auditing
from plugin.store.tables import audit
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.stories import HOST, person, tell
from tests.plugin.support import World


async def principal_of(world: World, host_id: str) -> Principal:
    def find(unit: UnitOfWork) -> int:
        found = unit.members.by_host(host_id)
        assert found is not None
        return found.id

    member_id = await world.database.read(world.installation_id, find)
    return Principal(installation_id=world.installation_id, member_id=member_id, scopes=MEMBER_SCOPES | OFFICE_SCOPES, token_id=1)


async def admitted(world: World, principal: Principal, *, fresh: bool = False) -> Principal:
    """As a request goes: what the token carries, what its bearer has a right to, what is asked for."""
    return await require_admin(world.runtime, await settled(world.runtime, principal), fresh=fresh)


@pytest.fixture
async def admin(world: World) -> Principal:
    """Member 7, whom the host calls an admin, and member 8, whom it does not."""
    world.picture.members = {"7": person("7", admin=True, source=HOST), "8": person("8", source=HOST)}
    await tell(world, *world.picture.members.values())
    return await principal_of(world, "7")


async def test_the_host_is_asked_again_after_a_quarter_of_an_hour(world: World, admin: Principal, clock: FixedClock) -> None:
    await admitted(world, admin)
    asked = len(world.client.reads)
    clock.now += ADMIN_FOR * 0.9
    await admitted(world, admin)
    assert len(world.client.reads) == asked
    clock.now += ADMIN_FOR * 0.2
    await admitted(world, admin)
    assert len(world.client.reads) == asked + 1
    world.picture.members["7"] = person("7", admin=False, source=HOST)
    await admitted(world, admin)
    clock.now += ADMIN_FOR
    with pytest.raises(Forbidden):
        await admitted(world, admin)


async def test_what_matters_is_asked_for_at_once(world: World, admin: Principal) -> None:
    world.picture.members["7"] = person("7", admin=False, source=HOST)
    with pytest.raises(Forbidden):
        await admitted(world, admin, fresh=True)


async def test_not_knowing_means_no(world: World, admin: Principal, clock: FixedClock) -> None:
    world.client.failures.append(HostUnreachable("away", reason="timeout"))
    with pytest.raises(Forbidden) as failure:
        await admitted(world, admin, fresh=True)
    assert failure.value.code == "admin_unknown"
    await admitted(world, admin, fresh=True)


async def test_an_admin_who_is_gone_from_the_host_is_none(world: World, admin: Principal) -> None:
    del world.picture.members["7"]
    with pytest.raises((Forbidden, Unauthenticated)):
        await admitted(world, admin, fresh=True)


async def test_others_are_no_admins(world: World, admin: Principal) -> None:
    service = replace(admin, member_id=None, scopes=SERVICE_SCOPES)
    for other in (await principal_of(world, "8"), service, replace(admin, scopes=MEMBER_SCOPES)):
        with pytest.raises(Forbidden):
            await admitted(world, other)
    with pytest.raises(Unauthenticated):
        await require_admin(world.runtime, None)
    entrusted = replace(service, scopes=SERVICE_SCOPES | {Scope.ADMIN})
    await admitted(world, entrusted)
    with pytest.raises(Forbidden):
        await admitted(world, entrusted, fresh=True)


async def test_a_host_that_hangs_is_asked_once_and_then_left_alone_for_a_while(world: World, admin: Principal, clock: FixedClock) -> None:
    clock.now += ADMIN_FOR
    world.client.failures += [HostUnreachable("away", reason="timeout")] * 9
    asked = len(world.client.reads)
    found = await asyncio.gather(*(settled(world.runtime, admin) for _ in range(5)))
    found.append(await settled(world.runtime, admin))
    assert len(world.client.reads) == asked + 1
    assert all(one.unsure and not one.may(Scope.ADMIN) and not one.may(Scope.PROGRAMS) and one.may(Scope.ME) for one in found)


async def test_a_token_does_what_it_carries_and_its_member_may(world: World, admin: Principal) -> None:
    assert (await settled(world.runtime, admin)).scopes == MEMBER_SCOPES | {Scope.PROGRAMS, Scope.ADMIN}
    assert (await settled(world.runtime, replace(admin, scopes=MEMBER_SCOPES))).scopes == MEMBER_SCOPES
    assert (await settled(world.runtime, replace(admin, scopes=frozenset({Scope.PROGRAMS})))).scopes == {Scope.PROGRAMS}
    plain = await settled(world.runtime, await principal_of(world, "8"))
    assert (plain.scopes, plain.manages) == (MEMBER_SCOPES, True)
    assert not (await settled(world.runtime, replace(plain, scopes=MEMBER_SCOPES))).manages


# ---------------------------------------------------------------------------------------------------------------------- who saw my data


async def test_a_member_sees_who_read_about_them(world: World, admin: Principal, clock: FixedClock) -> None:
    other = await principal_of(world, "8")
    service = replace(admin, member_id=None, token_id=44)
    assert other.member_id is not None
    ids = [other.member_id]

    async def read(principal: Principal, what: str) -> int:
        return await world.database.write(world.installation_id, lambda unit: seeing.saw(unit, principal, ids, what=what))

    assert await read(admin, "answers") == 1
    assert await read(admin, "answers") == 0, "once an hour is enough"
    assert await read(admin, "feedback") == 1
    clock.move(hours=2)
    assert await read(admin, "answers") == 1
    assert await read(service, "answers") == 1
    assert await read(other, "answers") == 0, "one's own are nobody's business"
    found = await auditing.who_saw(world.runtime, other)
    assert sorted((one.by, one.what) for one in found) == [("", "answers"), ("user7", "answers"), ("user7", "answers"), ("user7", "feedback")]
    assert await auditing.who_saw(world.runtime, admin) == []
    await world.database.write(world.installation_id, lambda unit: erase_member("7", unit, why="host"))
    assert {one.by for one in await auditing.who_saw(world.runtime, other)} == {""}
    assert await world.database.read(world.installation_id, lambda unit: unit.audit_broken_at()) is None
    with pytest.raises(Forbidden):
        await auditing.who_saw(world.runtime, service)


@pytest.mark.parametrize("change", ["actor", "detail", "removed", "moved"])
async def test_tampering_with_the_log_shows(world: World, admin: Principal, change: str) -> None:
    for _ in range(3):
        await world.database.write(world.installation_id, lambda unit: unit.record("x", actor="1", member="2"))

    def tamper(unit: UnitOfWork) -> None:
        mine = (audit.c.installation_id == unit.installation_id, audit.c.number == 2)
        if change == "removed":
            unit._connection.execute(audit.delete().where(*mine))
        elif change == "moved":
            unit._connection.execute(audit.update().where(*mine).values(number=9))
        else:
            unit._connection.execute(audit.update().where(*mine).values({change: "9" if change == "actor" else {"member": "9"}}))

    assert await world.database.read(world.installation_id, lambda unit: unit.audit_broken_at()) is None
    await world.database.write(world.installation_id, tamper)
    assert await world.database.read(world.installation_id, lambda unit: unit.audit_broken_at()) in {2, 3}
