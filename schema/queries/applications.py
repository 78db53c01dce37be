"""Applications of developers, for admins of the community."""

import strawberry

from plugin.services.developers import applications
from plugin.services.identity import access
from schema.context import Info
from schema.types import applications as types


@strawberry.type
class ApplicationQueries:
    """What admins read about applications."""

    @strawberry.field(description="Applications that developers registered, the newest first; for admins of the community.")
    async def applications(self, info: Info) -> list[types.Application]:
        """All of them."""
        principal = await access.require_admin(info.context.runtime, info.context.principal)
        found = await applications.listing(info.context.runtime, principal)
        return [types.application(one, installation_id=principal.installation_id) for one in found]
