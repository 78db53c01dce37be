"""Offices: granted by admins, accepted by invitation, and never what the host says itself."""

from dataclasses import replace

import pytest

from mentorgraph.host import Capability
from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES, Office, Principal, Scope
from plugin.errors import Conflict, Forbidden, NotFound
from plugin.services.identity import staffing
from plugin.services.identity.rights import settled
from tests.conftest import FixedClock
from tests.plugin.services.stories import HOST, person, tell
from tests.plugin.support import World


async def bearer(world: World, host_id: str) -> Principal:
    """Somebody with a session, with what they have a right to now."""
    member = await world.database.read(world.installation_id, lambda unit: unit.members.by_host(host_id))
    assert member is not None
    carried = Principal(installation_id=world.installation_id, member_id=member.id, scopes=MEMBER_SCOPES | OFFICE_SCOPES, token_id=1, audience="session")
    return await settled(world.runtime, carried)


async def number(world: World, host_id: str) -> int:
    member = await world.database.read(world.installation_id, lambda unit: unit.members.by_host(host_id))
    assert member is not None
    return member.id


@pytest.fixture
async def crew(world: World) -> World:
    """7 and 6 are admins, 8 and 9 are not."""
    world.picture.members = {key: person(key, admin=key in "67", source=HOST) for key in "6789"}
    await tell(world, *world.picture.members.values())
    return world


def silent(world: World) -> None:
    """The host does not say who its admins are."""
    world.host.capabilities = frozenset(Capability) - {Capability.ADMINS}


async def test_an_admin_grants_and_withdraws_the_care_for_safety(crew: World) -> None:
    admin = await bearer(crew, "7")
    assert not (await bearer(crew, "8")).may(Scope.SAFETY)
    await staffing.set_office(crew.runtime, admin, await number(crew, "8"), Office.SAFETY, holds=True)
    assert (await bearer(crew, "8")).may(Scope.SAFETY)
    assert not (await bearer(crew, "7")).may(Scope.SAFETY), "an admin does not look after safety by being one"
    assert sorted((one.member.host_user_id, one.office) for one in await staffing.holders(crew.runtime, admin)) == [
        ("6", Office.ADMIN),
        ("7", Office.ADMIN),
        ("8", Office.SAFETY),
    ]
    await staffing.set_office(crew.runtime, admin, await number(crew, "8"), Office.SAFETY, holds=False)
    assert not (await bearer(crew, "8")).may(Scope.SAFETY)


async def test_an_admin_does_not_make_themselves_the_one_who_reads_reports(crew: World) -> None:
    admin = await bearer(crew, "7")
    with pytest.raises(Forbidden):
        await staffing.set_office(crew.runtime, admin, await number(crew, "7"), Office.SAFETY, holds=True)


async def test_nor_by_an_invitation_of_their_own(crew: World) -> None:
    admin = await bearer(crew, "7")
    token = (await staffing.invite_as_admin(crew.runtime, admin, Office.SAFETY)).rpartition("/")[2]
    with pytest.raises(Forbidden):
        await staffing.accept(crew.runtime, admin, token)
    assert await staffing.accept(crew.runtime, await bearer(crew, "8"), token) is Office.SAFETY, "it is good still, for somebody else"


async def test_an_admin_who_is_alone_looks_after_safety_too(crew: World) -> None:
    await tell(crew, person("6", admin=False, source=HOST))
    admin = await bearer(crew, "7")
    token = (await staffing.invite_as_admin(crew.runtime, admin, Office.SAFETY)).rpartition("/")[2]
    assert await staffing.accept(crew.runtime, admin, token) is Office.SAFETY


async def test_others_grant_nothing(crew: World) -> None:
    plain = await bearer(crew, "8")
    for work in (
        staffing.set_office(crew.runtime, plain, await number(crew, "8"), Office.SAFETY, holds=True),
        staffing.invite_as_admin(crew.runtime, plain, Office.SAFETY),
        staffing.holders(crew.runtime, plain),
    ):
        with pytest.raises(Forbidden):
            await work


async def test_where_the_host_says_who_is_an_admin_nobody_is_made_one_here(crew: World) -> None:
    admin = await bearer(crew, "7")
    with pytest.raises(Conflict):
        await staffing.set_office(crew.runtime, admin, await number(crew, "8"), Office.ADMIN, holds=True)
    with pytest.raises(Conflict):
        await staffing.invite(crew.runtime, crew.installation_id, Office.ADMIN, by="operator")


async def test_where_the_host_cannot_say_admins_are_invited(crew: World, clock: FixedClock) -> None:
    silent(crew)
    assert not (await bearer(crew, "7")).may(Scope.ADMIN), "what the host once said does not count then"
    url = await staffing.invite(crew.runtime, crew.installation_id, Office.ADMIN, by="operator")
    token = url.rpartition("/")[2]
    assert await staffing.invitation(crew.runtime, crew.installation_id, token) == (Office.ADMIN, "Forum")
    assert await staffing.accept(crew.runtime, await bearer(crew, "8"), token) is Office.ADMIN
    assert (await bearer(crew, "8")).may(Scope.ADMIN)
    for later in (staffing.accept(crew.runtime, await bearer(crew, "9"), token), staffing.invitation(crew.runtime, crew.installation_id, token)):
        with pytest.raises(NotFound):
            await later
    admin = await bearer(crew, "8")
    await staffing.set_office(crew.runtime, admin, await number(crew, "9"), Office.ADMIN, holds=True)
    await staffing.set_office(crew.runtime, admin, await number(crew, "8"), Office.ADMIN, holds=False)
    with pytest.raises(Conflict):
        await staffing.set_office(crew.runtime, await bearer(crew, "9"), await number(crew, "9"), Office.ADMIN, holds=False)
    late = (await staffing.invite_as_admin(crew.runtime, await bearer(crew, "9"), Office.SAFETY)).rpartition("/")[2]
    clock.now += staffing.INVITED_FOR
    with pytest.raises(NotFound):
        await staffing.accept(crew.runtime, await bearer(crew, "7"), late)


async def test_a_token_that_carries_no_office_gets_none(crew: World) -> None:
    await staffing.set_office(crew.runtime, await bearer(crew, "7"), await number(crew, "8"), Office.SAFETY, holds=True)
    carried = replace(await bearer(crew, "8"), scopes=MEMBER_SCOPES)
    assert (await settled(crew.runtime, carried)).scopes == MEMBER_SCOPES
