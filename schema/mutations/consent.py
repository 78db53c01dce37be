"""Agreeing and refusing, each in one step."""

import strawberry

from plugin.domain.members import Consent
from plugin.domain.people import Scope
from plugin.services.identity import access
from plugin.services.privacy import consenting
from schema.context import Info
from schema.errors import UserError, attempt
from schema.types.viewer import Consents, load_consents


@strawberry.type
class ConsentPayload:
    """What is decided now."""

    consents: Consents | None
    user_errors: list[UserError]


async def _decide(info: Info, kind: Consent, *, given: bool) -> ConsentPayload:
    principal = info.context.require(Scope.ME)
    _, errors = await attempt(lambda: consenting.set_consent(info.context.runtime, principal, kind, given=given))
    return ConsentPayload(consents=None if errors else await load_consents(info), user_errors=errors)


async def opt_out_of_suggestions(info: Info) -> ConsentPayload:
    """Leave expert suggestions: the member is suggested to nobody from now on, and taken out of suggestions made earlier."""
    return await _decide(info, Consent.EXPERT, given=False)


async def opt_in_to_suggestions(info: Info) -> ConsentPayload:
    """Come back to expert suggestions."""
    return await _decide(info, Consent.EXPERT, given=True)


async def opt_out_of_messages(info: Info) -> ConsentPayload:
    """Get no more messages."""
    return await _decide(info, Consent.MESSAGES, given=False)


async def opt_in_to_messages(info: Info) -> ConsentPayload:
    """Get suggestions as messages in the host."""
    return await _decide(info, Consent.MESSAGES, given=True)


async def opt_out_of_invitations(info: Info) -> ConsentPayload:
    """Be asked to take part in nothing."""
    return await _decide(info, Consent.INVITATIONS, given=False)


async def opt_in_to_invitations(info: Info) -> ConsentPayload:
    """Let managers ask again."""
    return await _decide(info, Consent.INVITATIONS, given=True)


async def opt_out_of_thanks(info: Info) -> ConsentPayload:
    """Be thanked in private only."""
    return await _decide(info, Consent.THANKS, given=False)


async def opt_in_to_thanks(info: Info) -> ConsentPayload:
    """Agree to be thanked in public by name."""
    return await _decide(info, Consent.THANKS, given=True)


@strawberry.type
class SignOutEverywherePayload:
    """How many tokens were revoked."""

    revoked: int
    user_errors: list[UserError]


async def sign_out_everywhere(info: Info) -> SignOutEverywherePayload:
    """Revoke every token of the member."""
    principal = info.context.require(Scope.ME)
    count, errors = await attempt(lambda: access.sign_out(info.context.runtime, principal))
    return SignOutEverywherePayload(revoked=count or 0, user_errors=errors)


@strawberry.type
class ConsentMutations:
    """What one agrees to."""

    opt_out_of_suggestions = strawberry.field(resolver=opt_out_of_suggestions, description="Be suggested to nobody, at once.")
    opt_in_to_suggestions = strawberry.field(resolver=opt_in_to_suggestions, description="Come back to expert suggestions.")
    opt_out_of_messages = strawberry.field(resolver=opt_out_of_messages, description="Get no more messages.")
    opt_in_to_messages = strawberry.field(resolver=opt_in_to_messages, description="Get suggestions as messages in the host.")
    opt_out_of_invitations = strawberry.field(resolver=opt_out_of_invitations, description="Be asked to take part in nothing; what waits stays open.")
    opt_in_to_invitations = strawberry.field(resolver=opt_in_to_invitations, description="Let managers of programs ask again.")
    opt_out_of_thanks = strawberry.field(resolver=opt_out_of_thanks, description="Be thanked in private only.")
    opt_in_to_thanks = strawberry.field(resolver=opt_in_to_thanks, description="Agree to be thanked in public by name.")
    sign_out_everywhere = strawberry.field(resolver=sign_out_everywhere, description="Revoke every token of the member.")
