"""Applications of developers, as GraphQL shows them to admins."""

from datetime import datetime

import strawberry

from plugin.domain import applications as domain
from schema.ids import GlobalId

ApplicationState = strawberry.enum(domain.ApplicationState, description="Where an application is on its way; only an approved one can do anything.")


@strawberry.type(description="An application of a developer's, without its secret.")
class Application:
    """For admins of the community."""

    id: strawberry.ID
    client_id: str
    name: str
    redirect_uris: list[str]
    grants: list[str]
    scopes: list[str]
    state: ApplicationState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    created_at: datetime
    decided_at: datetime | None


def application(one: domain.Application, *, installation_id: int) -> Application:
    """An application as GraphQL shows it."""
    return Application(
        id=strawberry.ID(str(GlobalId("Application", installation_id, str(one.id)))),
        client_id=one.client_id,
        name=one.name,
        redirect_uris=list(one.redirect_uris),
        grants=sorted(one.grants),
        scopes=sorted(one.scopes),
        state=one.state,
        created_at=one.created_at,
        decided_at=one.decided_at,
    )
