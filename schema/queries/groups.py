"""Reading groups."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.matching import group_reading
from schema.context import Info
from schema.types.groups import MentoringGroup
from schema.types.groups import group as group_type


@strawberry.type
class GroupQueries:
    """What can be read about groups."""

    @strawberry.field(description="The running groups that the viewer is in.")
    async def my_groups(self, info: Info) -> list[MentoringGroup]:
        """The viewer's groups."""
        principal = info.context.require(Scope.ME)
        return [group_type(one, installation_id=principal.installation_id, manager=False) for one in await group_reading.mine(info.context.runtime, principal)]
