"""What the bearer of a token has a right to at this moment.

A token carries scopes; those of an office (:data:`~plugin.domain.people.OFFICE_SCOPES`) count while its member holds the office. Who is an admin the host says,
and it is asked again when its word is older than :data:`ADMIN_FOR`: what happens meanwhile is that an admin who was dismissed keeps the rights for a quarter of
an hour at most. A host that does not answer has not said yes. Where a host cannot say who its admins are, they are invited
(:mod:`plugin.services.identity.staffing`).
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from mentorgraph.host import Capability, HostError
from plugin.domain.members import Member
from plugin.domain.people import OFFICE_SCOPES, RIGHTS, Office, Principal, Scope
from plugin.errors import Unauthenticated
from plugin.services.hosts import handlers
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

ADMIN_FOR = timedelta(minutes=15)
"""How long the host's word is taken that a member is an admin of the community."""
ASK_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we know of a member's offices without asking anybody."""

    member: Member
    granted: frozenset[Office]
    host: str


def known(unit: UnitOfWork, member_id: int) -> Known | None:
    """What is known of a member; ``None`` for somebody who does not take part."""
    member = unit.members.get(member_id)
    if member is None or not member.takes_part:
        return None
    return Known(member=member, granted=unit.staff.of(member_id), host=unit.community.host)


def says_admins(runtime: Runtime, host: str) -> bool:
    """Whether the host says who its admins are."""
    return Capability.ADMINS in runtime.host(host).capabilities


async def is_admin(runtime: Runtime, installation_id: int, found: Known, *, fresh: bool = False) -> bool | None:
    """Whether a member is an admin of the community; ``None`` if the host was asked and did not answer. With ``fresh`` it is asked in any case."""
    if not says_admins(runtime, found.host):
        return Office.ADMIN in found.granted
    member = found.member
    if not fresh and (not member.admin or (member.read_at is not None and runtime.clock() - member.read_at < ADMIN_FOR)):
        return member.admin

    async def ask() -> bool:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                said = await (await runtime.client(installation_id)).read("member", member.host_user_id)
        except (HostError, TimeoutError):
            return False
        await runtime.database.write(installation_id, lambda unit: handlers.apply(said, unit))
        return True

    if not await runtime.asked_admins.ask((installation_id, member.id), ask, now=fresh):
        return None
    again = await runtime.database.read(installation_id, lambda unit: known(unit, member.id))
    if again is None:
        raise Unauthenticated("the community says that this member does not take part any more")
    return again.member.admin


async def settled(runtime: Runtime, principal: Principal, found: Known | None = None) -> Principal:
    """The principal with what its bearer has a right to now, of what the token carries. ``found`` is what was read of the member already."""
    if principal.member_id is None:
        return principal
    member_id, carried = principal.member_id, principal.scopes & OFFICE_SCOPES
    everybodys = replace(principal, scopes=principal.scopes - OFFICE_SCOPES, manages=Scope.PROGRAMS in carried)
    if not carried:
        return everybodys
    found = found or await runtime.database.read(principal.installation_id, lambda unit: known(unit, member_id))
    if found is None:
        raise Unauthenticated("this member does not take part any more")
    offices = found.granted - {Office.ADMIN}
    admin = await is_admin(runtime, principal.installation_id, found) if carried & RIGHTS[Office.ADMIN] else False
    if admin:
        offices |= {Office.ADMIN}
    rights = frozenset[Scope]().union(*(RIGHTS[one] for one in offices))
    return replace(everybodys, scopes=everybodys.scopes | (carried & rights), unsure=admin is None)
