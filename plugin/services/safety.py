"""Keeping members apart who must not be brought together."""

from plugin.domain.mentorships import EndReason
from plugin.domain.people import Principal
from plugin.errors import Invalid, NotFound
from plugin.services import mentoring
from plugin.services.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


async def block(runtime: Runtime, principal: Principal, other_id: int) -> list[int]:
    """Never be brought together with a member again. What runs between the two ends at once, and the other side is not told of it. Returns whom one blocked."""
    me = member_of(principal)
    if other_id == me:
        raise Invalid("you cannot block yourself", field="member")

    def work(unit: UnitOfWork) -> list[int]:
        # One's own account may be erased at this very moment.
        if len(unit.members.many([me, other_id])) < 2:
            raise NotFound("there is no such member", field="member")
        unit.blocks.put(me, other_id, at=unit.now)
        for one in unit.mentorships.of_member(me):
            if one.runs and one.group_id is None and other_id in one.people:
                mentoring.end(unit, one.id, reason=EndReason.SAFETY, by="safety")
        unit.change("member", me)
        return unit.blocks.of(me)

    return await runtime.database.write(principal.installation_id, work)


async def unblock(runtime: Runtime, principal: Principal, other_id: int) -> list[int]:
    """Take it back. Returns whom one blocks still."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> list[int]:
        unit.blocks.remove(me, other_id)
        unit.change("member", me)
        return unit.blocks.of(me)

    return await runtime.database.write(principal.installation_id, work)
