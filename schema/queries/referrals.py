"""Who came to a program by whom."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.recruiting import referring
from schema.context import Info
from schema.ids import parse_number
from schema.types.referrals import Referral


@strawberry.type
class ReferralQueries:
    """For managers of a program."""

    @strawberry.field(description="Who came to a program by whom. For managers.")
    async def referrals(self, info: Info, program: strawberry.ID) -> list[Referral]:
        """Who referred whom."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await referring.of_program(info.context.runtime, principal, number)
        return [Referral(at=one.at, member_number=one.member_id, referrer_number=one.referrer_id) for one in found]
