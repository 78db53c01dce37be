"""Who could be asked to take part, and what is lacking."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.recruiting import prospecting
from schema.context import Info
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.prospects import Prospect, SkillShortage, prospect_type, shortage_type


@strawberry.type
class ProspectQueries:
    """For managers of a program."""

    @strawberry.field(description="Members who already help like mentors and may be asked, the best first; `need` asks for who knows about it. For managers.")
    async def prospects(self, info: Info, program: strawberry.ID, need: str = "", first: int = 10) -> list[Prospect]:
        """Whom to ask."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await prospecting.find(info.context.runtime, info.context.graphs, principal, number, need=plain(need, "need"), first=first)
        return [prospect_type(one) for one in found]

    @strawberry.field(description="What a program's mentees want more than its mentors have places for, the widest gap first. For managers.")
    async def skill_shortages(self, info: Info, program: strawberry.ID, first: int = 5) -> list[SkillShortage]:
        """What is lacking."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        return [shortage_type(one) for one in await prospecting.shortages(info.context.runtime, info.context.graphs, principal, number, first=first)]
