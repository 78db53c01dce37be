"""Taking along, and erasing, everything that is kept about a member."""

import orjson
import strawberry
from strawberry.scalars import JSON

from plugin.domain.people import Scope
from plugin.services.privacy import personal
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain


@strawberry.type
class ExportMyDataPayload:
    """One document with everything."""

    document: JSON | None
    user_errors: list[UserError]


@strawberry.type
class ErasePayload:
    """Whether it was done."""

    erased: bool
    user_errors: list[UserError]


async def export_my_data(info: Info) -> ExportMyDataPayload:
    """Everything that is kept about the viewer."""
    principal = info.context.require(Scope.ME)
    found, errors = await attempt(lambda: personal.export_own(info.context.runtime, principal))
    return ExportMyDataPayload(document=None if found is None else orjson.loads(found), user_errors=errors)


async def erase_me(info: Info, username: str) -> ErasePayload:
    """Erase the viewer."""
    principal = info.context.require(Scope.ME)
    _, errors = await attempt(lambda: personal.erase_own(info.context.runtime, principal, username=plain(username, "username")))
    return ErasePayload(erased=not errors, user_errors=errors)


async def erase_member(info: Info, member: strawberry.ID) -> ErasePayload:
    """Erase a member."""
    principal = info.context.require(Scope.ADMIN)

    async def work() -> None:
        number = parse_number(member, type_name="Member", installation_id=principal.installation_id)
        await personal.erase_by_admin(info.context.runtime, principal, number)

    _, errors = await attempt(work)
    return ErasePayload(erased=not errors, user_errors=errors)


@strawberry.type
class PersonalMutations:
    """What is kept about somebody."""

    export_my_data = strawberry.field(
        resolver=export_my_data, description="Everything that you gave or that is about you, but for what others said in private; not for widgets."
    )
    erase_me = strawberry.field(
        resolver=erase_me, description="Erase everything about you, at once and for good; `username` is your own, as a confirmation. Not for widgets."
    )
    erase_member = strawberry.field(resolver=erase_member, description="Erase everything about a member; for admins in person.")
