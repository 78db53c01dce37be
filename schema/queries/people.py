"""Who is in charge of what, and which tokens there are."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.developers import tokens
from plugin.services.identity import staffing
from schema.context import Info
from schema.types.people import AccessToken, OfficeHolder, access_token, office_holder


@strawberry.type
class PeopleQueries:
    """What admins read about rights."""

    @strawberry.field(description="Who holds which office in the community; for its admins.")
    async def office_holders(self, info: Info) -> list[OfficeHolder]:
        """Everybody in an office."""
        principal = info.context.require(Scope.ADMIN)
        return [office_holder(one, installation_id=principal.installation_id) for one in await staffing.holders(info.context.runtime, principal)]

    @strawberry.field(description="Tokens of services that are good still, newest first; for admins of the community.")
    async def service_tokens(self, info: Info) -> list[AccessToken]:
        """Tokens that admins made."""
        principal = info.context.require(Scope.ADMIN)
        return [access_token(one, installation_id=principal.installation_id) for one in await tokens.of_services(info.context.runtime, principal)]
