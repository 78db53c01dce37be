"""What pairs agreed on and work towards, and kits to choose from."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.meetings import kits
from plugin.services.pairs import agreeing, goals, pairing
from schema.context import Info
from schema.ids import parse_number
from schema.types.pairing import Agreement, Milestone, PairItem, SessionKit, agreement, pair_item, session_kit


@strawberry.type
class PairingQueries:
    """Agreements, goals, milestones and kits."""

    @strawberry.field(description="All versions of a mentorship's agreement, the first one first; for who is in it, and without terms for managers.")
    async def agreements(self, info: Info, mentorship: strawberry.ID) -> list[Agreement]:
        """The versions."""
        principal = info.context.require(Scope.READ)
        number = parse_number(mentorship, type_name="Mentorship", installation_id=principal.installation_id)
        found = await agreeing.of_mentorship(info.context.runtime, principal, number)
        return [agreement(one, installation_id=principal.installation_id) for one in found]

    @strawberry.field(description="Goals and actions of a mentorship that the viewer is in.")
    async def pair_items(self, info: Info, mentorship: strawberry.ID) -> list[PairItem]:
        """Goals and actions."""
        principal = info.context.require(Scope.ME)
        number = parse_number(mentorship, type_name="Mentorship", installation_id=principal.installation_id)
        found = await goals.of_mentorship(info.context.runtime, principal, number)
        return [pair_item(one, installation_id=principal.installation_id) for one in found]

    @strawberry.field(description="The milestones of a mentorship; for who is in it, and for managers.")
    async def milestones(self, info: Info, mentorship: strawberry.ID) -> list[Milestone]:
        """The milestones in their order."""
        principal = info.context.require(Scope.READ)
        number = parse_number(mentorship, type_name="Mentorship", installation_id=principal.installation_id)
        return [Milestone(name=name, reached_at=at) for name, at in await pairing.way(info.context.runtime, principal, number)]

    @strawberry.field(description="Session kits to choose from: those that come with the product, and a program's own.")
    async def session_kits(self, info: Info, program: strawberry.ID | None = None) -> list[SessionKit]:
        """Kits in the viewer's language."""
        principal = info.context.require(Scope.READ)
        number = None if program is None else parse_number(program, type_name="Program", installation_id=principal.installation_id)
        locale = await kits.locale_of(info.context.runtime, principal)
        found = await kits.page(info.context.runtime, principal, number)
        return [session_kit(one, installation_id=principal.installation_id, locale=locale) for one in found]
