"""Who is under age, and who was screened; for admins."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.safety import screening
from schema.context import Info
from schema.types import safeguarding as types


@strawberry.type
class SafeguardingQueries:
    """What admins read about safeguarding."""

    @strawberry.field(description="Members who said that they are under age, the newest first; for admins of the community.")
    async def minors(self, info: Info) -> list[types.Minor]:
        """Everybody under age."""
        principal = info.context.require(Scope.ADMIN)
        young, _screened = await screening.listing(info.context.runtime, principal)
        return [types.minor(one) for one in young]

    @strawberry.field(description="Adults who were screened, the one whose screening runs out first first; for admins of the community.")
    async def screenings(self, info: Info) -> list[types.Screening]:
        """Everybody who was screened."""
        principal = info.context.require(Scope.ADMIN)
        _young, screened = await screening.listing(info.context.runtime, principal)
        return [types.screening(one) for one in screened]
