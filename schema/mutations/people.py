"""Offices, managers of programs, and tokens: given and taken back."""

import strawberry

from plugin.domain.people import Scope
from plugin.errors import NotFound
from plugin.services.developers import tokens
from plugin.services.identity import staffing
from plugin.services.knowledge import reading
from plugin.services.programs import programming
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import UNKNOWN, parse_number
from schema.inputs import plain
from schema.types.people import AccessToken, Office, OfficeHolder, TokenScope, access_token, office_holder
from schema.types.program import Program
from schema.types.program import program as program_type


@strawberry.input(description="Which member, and which office.")
class OfficeInput:
    """An office of a member."""

    member: strawberry.ID
    office: Office  # type: ignore[valid-type]  # strawberry.enum returns the enum itself


@strawberry.type
class OfficePayload:
    """Who holds which office now."""

    holders: list[OfficeHolder] | None
    user_errors: list[UserError]


@strawberry.type
class InviteToOfficePayload:
    """Where to accept: good once, for seven days."""

    url: str | None
    user_errors: list[UserError]


@strawberry.input(description="Which program, and which member.")
class ProgramManagerInput:
    """A manager of a program."""

    program: strawberry.ID
    member: strawberry.ID


@strawberry.type
class ProgramManagerPayload:
    """The program; its managers are part of it."""

    program: Program | None
    user_errors: list[UserError]


@strawberry.input(description="What a service is called and what it may do.")
class CreateServiceTokenInput:
    """A service's token."""

    name: str
    scopes: list[TokenScope]  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    days: int = strawberry.field(default=90, description="How long it is good for: 1 to 730 days.")


@strawberry.type
class CreateServiceTokenPayload:
    """The token, this once."""

    token: str | None
    access_token: AccessToken | None
    user_errors: list[UserError]


@strawberry.input(description="What a token of one's own is called and what it may do.")
class CreateTokenInput:
    """A member's token."""

    name: str
    scopes: list[TokenScope]  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    days: int = strawberry.field(default=90, description="How long it is good for: 1 to 730 days.")


@strawberry.type
class CreateTokenPayload:
    """The token, this once."""

    token: str | None
    access_token: AccessToken | None
    user_errors: list[UserError]


@strawberry.type
class RevokeTokenPayload:
    """What was revoked."""

    revoked_id: strawberry.ID | None
    user_errors: list[UserError]


async def _set_office(info: Info, input: OfficeInput, *, holds: bool) -> OfficePayload:  # noqa: A002 - the Relay convention
    principal = info.context.require(Scope.ADMIN)

    async def work() -> list[OfficeHolder]:
        number = parse_number(input.member, type_name="Member", installation_id=principal.installation_id)
        await staffing.set_office(info.context.runtime, principal, number, input.office, holds=holds)
        return [office_holder(one, installation_id=principal.installation_id) for one in await staffing.holders(info.context.runtime, principal)]

    found, errors = await attempt(work)
    return OfficePayload(holders=found, user_errors=errors)


async def grant_office(info: Info, input: OfficeInput) -> OfficePayload:  # noqa: A002 - the Relay convention
    """Give a member an office."""
    return await _set_office(info, input, holds=True)


async def withdraw_office(info: Info, input: OfficeInput) -> OfficePayload:  # noqa: A002 - the Relay convention
    """Take an office back."""
    return await _set_office(info, input, holds=False)


async def invite_to_office(
    info: Info,
    office: Office,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
) -> InviteToOfficePayload:
    """Make an address by which somebody accepts an office."""
    principal = info.context.require(Scope.ADMIN)
    url, errors = await attempt(lambda: staffing.invite_as_admin(info.context.runtime, principal, office))
    return InviteToOfficePayload(url=url, user_errors=errors)


async def _set_manager(info: Info, input: ProgramManagerInput, *, manages: bool) -> ProgramManagerPayload:  # noqa: A002 - the Relay convention
    principal = info.context.require(Scope.ADMIN)

    async def work() -> Program:
        program = parse_number(input.program, type_name="Program", installation_id=principal.installation_id)
        member = parse_number(input.member, type_name="Member", installation_id=principal.installation_id)
        await programming.set_manager(info.context.runtime, principal, program, member, manages=manages)
        found = await reading.program(info.context.runtime, principal, program)
        if found is None:
            raise NotFound(UNKNOWN)
        return program_type(found, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return ProgramManagerPayload(program=found, user_errors=errors)


async def grant_program_manager(info: Info, input: ProgramManagerInput) -> ProgramManagerPayload:  # noqa: A002 - the Relay convention
    """Let a member manage a program."""
    return await _set_manager(info, input, manages=True)


async def withdraw_program_manager(info: Info, input: ProgramManagerInput) -> ProgramManagerPayload:  # noqa: A002 - the Relay convention
    """Let a member manage a program no more."""
    return await _set_manager(info, input, manages=False)


async def create_service_token(info: Info, input: CreateServiceTokenInput) -> CreateServiceTokenPayload:  # noqa: A002 - the Relay convention
    """Make a token for a service."""
    principal = info.context.require(Scope.ADMIN)
    made, errors = await attempt(
        lambda: tokens.create_for_service(info.context.runtime, principal, name=plain(input.name, "name"), scopes=frozenset(input.scopes), days=input.days)
    )
    if made is None:
        return CreateServiceTokenPayload(token=None, access_token=None, user_errors=errors)
    return CreateServiceTokenPayload(token=made[0], access_token=access_token(made[1], installation_id=principal.installation_id), user_errors=[])


async def create_token(info: Info, input: CreateTokenInput) -> CreateTokenPayload:  # noqa: A002 - the Relay convention
    """Make a token that acts for the viewer."""
    principal = info.context.require(Scope.ME)
    made, errors = await attempt(
        lambda: tokens.create_for_member(info.context.runtime, principal, name=plain(input.name, "name"), scopes=frozenset(input.scopes), days=input.days)
    )
    if made is None:
        return CreateTokenPayload(token=None, access_token=None, user_errors=errors)
    return CreateTokenPayload(token=made[0], access_token=access_token(made[1], installation_id=principal.installation_id), user_errors=[])


async def revoke_service_token(info: Info, id: strawberry.ID) -> RevokeTokenPayload:  # noqa: A002 - the field's own name
    """Revoke a service's token."""
    principal = info.context.require(Scope.ADMIN)

    async def work() -> strawberry.ID:
        number = parse_number(id, type_name="AccessToken", installation_id=principal.installation_id)
        await tokens.revoke_of_service(info.context.runtime, principal, number)
        return id

    found, errors = await attempt(work)
    return RevokeTokenPayload(revoked_id=found, user_errors=errors)


async def revoke_token(info: Info, id: strawberry.ID) -> RevokeTokenPayload:  # noqa: A002 - the field's own name
    """Revoke one of one's own tokens."""
    principal = info.context.require(Scope.ME)

    async def work() -> strawberry.ID:
        number = parse_number(id, type_name="AccessToken", installation_id=principal.installation_id)
        await tokens.revoke_of_member(info.context.runtime, principal, number)
        return id

    found, errors = await attempt(work)
    return RevokeTokenPayload(revoked_id=found, user_errors=errors)


@strawberry.type
class PeopleMutations:
    """Rights, given and taken back."""

    grant_office = strawberry.field(resolver=grant_office, description="Give a member an office; for admins, and never what the host says itself.")
    withdraw_office = strawberry.field(resolver=withdraw_office, description="Take an office back; for admins.")
    invite_to_office = strawberry.field(resolver=invite_to_office, description="An address by which whoever signs in accepts an office; for admins.")
    grant_program_manager = strawberry.field(resolver=grant_program_manager, description="Let a member manage a program; for admins.")
    withdraw_program_manager = strawberry.field(resolver=withdraw_program_manager, description="Let a member manage a program no more; for admins.")
    create_service_token = strawberry.field(resolver=create_service_token, description="Make a token for a service; for admins.")
    create_token = strawberry.field(resolver=create_token, description="Make a token that acts for the viewer; by a session alone: a token makes no tokens.")
    revoke_service_token = strawberry.field(resolver=revoke_service_token, description="Revoke a service's token at once; for admins.")
    revoke_token = strawberry.field(resolver=revoke_token, description="Revoke one of one's own tokens at once.")
