"""The community as GraphQL shows it."""

import strawberry

from plugin.domain.community import Community as DomainCommunity
from schema.ids import GlobalId
from schema.types.node import Node


@strawberry.type(description="The community behind the token.")
class Community(Node):
    """A connected community."""

    name: str
    url: str
    host: str
    locale: str
    member_count: int
    minimum_age: int = strawberry.field(description="From which age members may take part; 18 where programs are for adults.")


def community(found: DomainCommunity, *, member_count: int) -> Community:
    """A community as GraphQL shows it."""
    return Community(
        id=strawberry.ID(str(GlobalId("Community", found.id, str(found.id)))),
        name=found.name,
        url=found.base_url,
        host=found.host,
        locale=found.locale,
        member_count=member_count,
        minimum_age=found.policy.minimum_age,
    )
