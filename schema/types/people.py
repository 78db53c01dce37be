"""Offices and tokens as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain.people import Office as DomainOffice
from plugin.domain.people import Scope
from plugin.services.developers.tokens import Token
from plugin.services.identity.staffing import Holder
from schema.ids import GlobalId
from schema.types.member import Member
from schema.types.member import member as member_type

Office = strawberry.enum(DomainOffice, name="Office", description="What a member is in charge of in the whole community.")
TokenScope = strawberry.enum(Scope, name="TokenScope", description="What a token may do.")


@strawberry.type(description="A member in an office.")
class OfficeHolder:
    """Who is in charge of what."""

    member: Member
    office: Office  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    since: datetime | None = strawberry.field(description="When it was granted; null where the host says who its admins are.")


def office_holder(found: Holder, *, installation_id: int) -> OfficeHolder:
    """A holder as GraphQL shows it."""
    return OfficeHolder(member=member_type(found.member, installation_id=installation_id), office=found.office, since=found.since)


@strawberry.type(description="A token, without the token itself: that is shown once, when it is made.")
class AccessToken:
    """What is known of a token."""

    id: strawberry.ID
    name: str
    scopes: list[TokenScope]  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    kind: str = strawberry.field(description="`api` for a token that somebody made, `session` for a browser, `widget` for a page of the community.")
    created_at: datetime
    expires_at: datetime | None


def access_token(found: Token, *, installation_id: int) -> AccessToken:
    """A token as GraphQL shows it."""
    return AccessToken(
        id=strawberry.ID(str(GlobalId("AccessToken", installation_id, str(found.id)))),
        name=found.name,
        scopes=sorted(found.scopes),
        kind=found.audience,
        created_at=found.created_at,
        expires_at=found.expires_at,
    )
