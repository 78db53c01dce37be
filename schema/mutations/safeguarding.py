"""Safeguarding of members who are under age: screenings of adults, and guardians' consent."""

from datetime import date

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.services.safety import screening
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.types import safeguarding as types

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


@strawberry.input
class RecordScreeningInput:
    """Whom, which checks were made, and the day on which it ends."""

    member: strawberry.ID
    checks: list[types.ScreeningCheck]
    until: date


@strawberry.input
class RevokeScreeningInput:
    """Whose."""

    member: strawberry.ID


@strawberry.type
class ScreeningPayload:
    """The screening as it is now."""

    screening: types.Screening | None
    user_errors: list[UserError]


@strawberry.input
class RecordGuardianConsentInput:
    """Whose guardian, and whether they agree."""

    member: strawberry.ID
    given: bool


@strawberry.type
class GuardianConsentPayload:
    """Whether it is on record now."""

    given: bool | None
    user_errors: list[UserError]


def _member(principal: Principal, id: strawberry.ID) -> int:  # noqa: A002 - the Relay convention
    return parse_number(id, type_name="Member", installation_id=principal.installation_id)


async def record_screening(info: Info, input: RecordScreeningInput) -> ScreeningPayload:  # noqa: A002 - the Relay convention
    """Write down that an adult was screened."""
    principal = info.context.require(Scope.ADMIN)

    async def work() -> types.Screening:
        number = _member(principal, input.member)
        return types.screening(await screening.record(info.context.runtime, principal, number, checks=input.checks, until=input.until))

    found, errors = await attempt(work)
    return ScreeningPayload(screening=found, user_errors=errors)


async def revoke_screening(info: Info, input: RevokeScreeningInput) -> ScreeningPayload:  # noqa: A002 - the Relay convention
    """Take a screening back."""
    principal = info.context.require(Scope.ADMIN)

    async def work() -> types.Screening:
        return types.screening(await screening.revoke(info.context.runtime, principal, _member(principal, input.member)))

    found, errors = await attempt(work)
    return ScreeningPayload(screening=found, user_errors=errors)


async def record_guardian_consent(info: Info, input: RecordGuardianConsentInput) -> GuardianConsentPayload:  # noqa: A002 - the Relay convention
    """Write down that a guardian agreed, or no longer does."""
    principal = info.context.require(Scope.ADMIN)

    async def work() -> bool:
        done = await screening.set_consent(info.context.runtime, principal, _member(principal, input.member), given=input.given)
        return done.consented_at is not None

    found, errors = await attempt(work)
    return GuardianConsentPayload(given=found, user_errors=errors)


@strawberry.type
class SafeguardingMutations:
    """For admins in person: the host is asked whether they are that still."""

    record_screening = strawberry.field(resolver=record_screening, description="Write down that an adult passed all checks; for admins in person.")
    revoke_screening = strawberry.field(
        resolver=revoke_screening, description="Take a screening back: what they have together with anybody under age ends at once. For admins in person."
    )
    record_guardian_consent = strawberry.field(
        resolver=record_guardian_consent, description="Write down that a guardian agreed to a member's taking part, or no longer does; for admins in person."
    )
