"""Blocks: keeping somebody away from oneself."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.safety import keeping_apart
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number


@strawberry.input
class BlockMemberInput:
    """Which member."""

    member: strawberry.ID


@strawberry.type
class BlocksPayload:
    """How many members one keeps away now."""

    count: int | None
    user_errors: list[UserError]


async def block_member(info: Info, input: BlockMemberInput) -> BlocksPayload:  # noqa: A002 - the Relay convention
    """Never be brought together with a member again."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        number = parse_number(input.member, type_name="Member", installation_id=principal.installation_id)
        return len(await keeping_apart.block(info.context.runtime, principal, number))

    found, errors = await attempt(work)
    return BlocksPayload(count=found, user_errors=errors)


async def unblock_member(info: Info, input: BlockMemberInput) -> BlocksPayload:  # noqa: A002 - the Relay convention
    """Take a block back."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        number = parse_number(input.member, type_name="Member", installation_id=principal.installation_id)
        return len(await keeping_apart.unblock(info.context.runtime, principal, number))

    found, errors = await attempt(work)
    return BlocksPayload(count=found, user_errors=errors)


@strawberry.type
class BlockMutations:
    """Keeping somebody away."""

    block_member = strawberry.field(resolver=block_member, description="Never be brought together with a member again; they are not told.")
    unblock_member = strawberry.field(resolver=unblock_member, description="Take a block back.")
