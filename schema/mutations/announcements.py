"""Announcing programs in spaces of the host."""

from collections.abc import Awaitable, Callable

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.services.recruiting import announcing
from plugin.services.recruiting.announcing import Announced
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.announcements import Announcement, announcement_type


@strawberry.input
class AnnounceProgramInput:
    """Which program, in which space of the host, and what the announcement begins with."""

    program: strawberry.ID
    space: str
    intro: str = ""


@strawberry.input
class ProgramIdInput:
    """Which program."""

    program: strawberry.ID


@strawberry.type
class AnnouncementPayload:
    """The announcement as it is now."""

    announcement: Announcement | None
    user_errors: list[UserError]


async def _announcement(info: Info, program: strawberry.ID, act: Callable[[Principal, int], Awaitable[Announced]]) -> AnnouncementPayload:
    principal = info.context.require(Scope.READ)

    async def work() -> Announcement:
        return announcement_type(await act(principal, parse_number(program, type_name="Program", installation_id=principal.installation_id)))

    found, errors = await attempt(work, own_fields=True)
    return AnnouncementPayload(announcement=found, user_errors=errors)


async def announce_program(info: Info, input: AnnounceProgramInput) -> AnnouncementPayload:  # noqa: A002 - the Relay convention
    """Announce a program, or change its announcement."""

    async def act(principal: Principal, number: int) -> Announced:
        return await announcing.announce(info.context.runtime, principal, number, space_id=plain(input.space, "space"), intro=plain(input.intro, "intro"))

    return await _announcement(info, input.program, act)


async def stop_announcement(info: Info, input: ProgramIdInput) -> AnnouncementPayload:  # noqa: A002 - the Relay convention
    """Leave the topic as it is."""
    return await _announcement(info, input.program, lambda principal, number: announcing.stop(info.context.runtime, principal, number))


@strawberry.type
class AnnouncementMutations:
    """Announcing."""

    announce_program = strawberry.field(
        resolver=announce_program, description="Announce a program in a space of the host, or change what its announcement begins with; for managers."
    )
    stop_announcement = strawberry.field(resolver=stop_announcement, description="Leave a program's topic as it is from now on; for managers.")
