"""Applications of developers: approved, refused or disabled by an admin."""

import strawberry

from plugin.domain import applications as domain
from plugin.services.developers import applications
from plugin.services.identity import access
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.types import applications as types


@strawberry.input
class DecideApplicationInput:
    """Which one, and what it is to be."""

    application: strawberry.ID
    state: types.ApplicationState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself


@strawberry.type
class DecideApplicationPayload:
    """The application as it is now."""

    application: types.Application | None
    user_errors: list[UserError]


async def decide_application(info: Info, input: DecideApplicationInput) -> DecideApplicationPayload:  # noqa: A002 - the Relay convention
    """Approve, refuse or disable."""
    # Before anything that was sent is looked at.
    principal = await access.require_admin(info.context.runtime, info.context.principal)

    async def work() -> domain.Application:
        return await applications.decide(info.context.runtime, principal, number_of(principal, input.application, "Application"), input.state)

    found, errors = await attempt(work)
    shown = None if found is None else types.application(found, installation_id=principal.installation_id)
    return DecideApplicationPayload(application=shown, user_errors=errors)


@strawberry.type
class ApplicationMutations:
    """For admins in person: the host is asked whether they are that still."""

    decide_application = strawberry.field(
        resolver=decide_application,
        description="Approve or refuse an application, or disable an approved one: what it holds ends at once. For admins in person.",
    )
