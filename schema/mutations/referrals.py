"""Links by which members refer others to programs."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.recruiting import referring
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.types.program import Role
from schema.types.referrals import ReferralLink, link_type


@strawberry.input
class CreateReferralLinkInput:
    """Where the link leads, and whether who opens it may see who it is from."""

    program: strawberry.ID
    role: Role | None = None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    named: bool = False


@strawberry.input
class ReferralLinkInput:
    """Which link."""

    id: strawberry.ID


@strawberry.type
class ReferralLinkPayload:
    """The link as it is now."""

    link: ReferralLink | None
    user_errors: list[UserError]


async def create_referral_link(info: Info, input: CreateReferralLinkInput) -> ReferralLinkPayload:  # noqa: A002 - the Relay convention
    """Make a link to refer others by."""
    principal = info.context.require(Scope.ME)

    async def work() -> ReferralLink:
        number = parse_number(input.program, type_name="Program", installation_id=principal.installation_id)
        made = await referring.make(info.context.runtime, principal, number, role=input.role, named=input.named)
        return link_type(made, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return ReferralLinkPayload(link=found, user_errors=errors)


async def revoke_referral_link(info: Info, input: ReferralLinkInput) -> ReferralLinkPayload:  # noqa: A002 - the Relay convention
    """Take a link back."""
    principal = info.context.require(Scope.ME)

    async def work() -> ReferralLink:
        number = parse_number(input.id, type_name="ReferralLink", installation_id=principal.installation_id)
        return link_type(await referring.revoke(info.context.runtime, principal, number), installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return ReferralLinkPayload(link=found, user_errors=errors)


@strawberry.type
class ReferralMutations:
    """Referring."""

    create_referral_link = strawberry.field(resolver=create_referral_link, description="Make a link by which one refers others to a program.")
    revoke_referral_link = strawberry.field(resolver=revoke_referral_link, description="Take a link back: it leads nowhere from now on.")
