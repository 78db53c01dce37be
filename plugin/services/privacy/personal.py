"""Everything that is kept about a member: taken along and erased by themselves, and by admins for somebody who asks them, who do not see what was confided."""

from plugin.domain.members import Member
from plugin.domain.people import Principal, Scope
from plugin.errors import Forbidden, Invalid, NotFound
from plugin.services.departures.erasure import erase_member, export_for_admin, export_member
from plugin.services.guarding.seeing import saw
from plugin.services.identity.access import require, require_admin, require_member
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


def _own(principal: Principal) -> int:
    """The member who asks for themselves, by a token that nobody else can have come by (:attr:`Principal.private`)."""
    member_id = require_member(require(principal, Scope.ME))
    if not principal.private:
        raise Forbidden("this needs a session or a token of your own: sign in on our pages")
    return member_id


def _member(unit: UnitOfWork, member_id: int) -> Member:
    found = unit.members.get(member_id)
    if found is None:
        raise NotFound("there is no such member", field="member")
    return found


async def export_own(runtime: Runtime, principal: Principal) -> bytes:
    """Everything that is kept about the member who asks, as one JSON document. Raises :class:`Forbidden` for a widget."""
    member_id = _own(principal)
    return await runtime.database.write(principal.installation_id, lambda unit: export_member(_member(unit, member_id), unit, by=principal.actor))


async def export_by_admin(runtime: Runtime, principal: Principal | None, member_id: int) -> bytes:
    """What is kept about a member, but for what they said in confidence; for admins in person. The member sees that it was taken.

    Raises :class:`Forbidden` and :class:`NotFound`.
    """
    asking = await require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> bytes:
        saw(unit, asking, [member_id], what="export")
        return export_for_admin(_member(unit, member_id), unit, by=asking.actor)

    return await runtime.database.write(asking.installation_id, work)


async def erase_own(runtime: Runtime, principal: Principal, *, username: str) -> None:
    """Erase the member who asks, at once. ``username`` is theirs, so that nobody does it by a slip. Raises :class:`Invalid` for another one."""
    member_id = _own(principal)

    def work(unit: UnitOfWork) -> None:
        member = _member(unit, member_id)
        if username.strip().casefold() != member.username.casefold():
            raise Invalid("to be erased, give your own user name", code="not_confirmed", field="username")
        erase_member(member.host_user_id, unit, why="self")

    await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)


async def erase_by_admin(runtime: Runtime, principal: Principal | None, member_id: int) -> None:
    """Erase a member, for admins in person. Raises :class:`Forbidden` and :class:`NotFound`."""
    asking = await require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> None:
        erase_member(_member(unit, member_id).host_user_id, unit, why=asking.actor)

    await runtime.database.write(asking.installation_id, work)
    runtime.bus.tell(asking.installation_id)
