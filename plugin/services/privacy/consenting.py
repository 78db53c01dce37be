"""What members agree to and refuse."""

from plugin.domain.members import Consent, Member
from plugin.domain.people import Principal
from plugin.errors import Invalid, NotFound
from plugin.services.hosts.handlers.members import decide
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


async def set_consent(runtime: Runtime, principal: Principal, kind: Consent, *, given: bool) -> Member:
    """A member agrees to or refuses something; it takes effect at once, in suggestions made earlier too."""
    member_id = principal.member_id
    if member_id is None:
        raise Invalid("only a member can decide this: use a member's token", code="not_a_member")

    def work(unit: UnitOfWork) -> Member:
        member = unit.members.get(member_id)
        if member is None:
            raise NotFound("there is no such member")
        decide(member, kind, given=given, source="self", unit=unit)
        return member

    member = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return member
