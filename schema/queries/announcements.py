"""Where a program is announced, and how that would look."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.recruiting import announcing
from schema.context import Info
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.announcements import Announcement, HostMessagePreview, announcement_type, preview_type


@strawberry.type
class AnnouncementQueries:
    """Where a program is announced any member may know; the rest is for its managers."""

    @strawberry.field(description="A program's topic in the community; null for a program that is not announced.")
    async def announcement(self, info: Info, program: strawberry.ID) -> Announcement | None:
        """Where a program is announced."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await announcing.announced(info.context.runtime, principal, number)
        return None if found is None else announcement_type(found)

    @strawberry.field(description="The announcement as the host would get it; nothing is sent. For managers.")
    async def announcement_preview(self, info: Info, program: strawberry.ID, space: str, intro: str = "") -> HostMessagePreview:
        """What would be posted."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await announcing.preview(info.context.runtime, principal, number, space_id=plain(space, "space"), intro=plain(intro, "intro"))
        return preview_type(found)
