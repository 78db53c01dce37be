"""Reading what one was told, how one wants to be told, and what waits."""

from datetime import datetime

import strawberry

from plugin.domain.people import Scope
from plugin.services import scheduling
from plugin.services.messages import calendars, mailing, reviewing, wishing
from schema.context import Info
from schema.inputs import plain
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.notices import (
    HeldNotice,
    Job,
    MailAddress,
    MessageKind,
    MessageSettings,
    Notice,
    NoticeText,
    held_notice,
    job,
    message_kind,
    message_settings,
    notice,
    notice_text,
)


@strawberry.type
class NoticeQueries:
    """What can be read about messages."""

    @strawberry.field(description="What the viewer was told, newest first, whether it was sent or only listed.")
    async def my_notices(self, info: Info, first: int | None = None, after: str | None = None, unread: bool = False) -> Connection[Notice]:  # noqa: FBT001 - an argument of the field
        """A page of notices."""
        principal = info.context.require(Scope.ME)
        size, place = page_size(first), decode_cursor(after, "notice", 1)
        rows = await wishing.notices(info.context.runtime, principal, after=None if place is None else place[0], limit=size + 1, unread=unread)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: notice(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("notice", row[0].id),
        )

    @strawberry.field(description="How the viewer wants to be told.")
    async def message_settings(self, info: Info) -> MessageSettings:
        """Channels, frequencies, hours."""
        return message_settings(await wishing.wishes(info.context.runtime, info.context.require(Scope.ME)))

    @strawberry.field(description="The digest that the viewer would get now; null if there is nothing to tell.")
    async def digest_preview(self, info: Info) -> NoticeText | None:
        """The digest."""
        found = await wishing.digest_preview(info.context.runtime, info.context.require(Scope.ME))
        return None if found is None else notice_text(found)

    @strawberry.field(description="The viewer's own e-mail address, if they gave one.")
    async def mail_address(self, info: Info) -> MailAddress | None:
        """The address."""
        found = await mailing.address_of(info.context.runtime, info.context.require(Scope.ME))
        return None if found is None else MailAddress(address=found[0], confirmed_at=found[1], stopped=found[2])

    @strawberry.field(description="Since when the viewer's calendar has a private address; null if it has none.")
    async def calendar_since(self, info: Info) -> datetime | None:
        """The address itself is shown only when it is made."""
        return await calendars.feed_since(info.context.runtime, info.context.require(Scope.ME))

    @strawberry.field(description="Every kind of notice, and which ones wait for a manager; managers only.")
    async def message_kinds(self, info: Info) -> list[MessageKind]:
        """All kinds."""
        return [message_kind(one) for one in await reviewing.kinds(info.context.runtime, info.context.require(Scope.PROGRAMS))]

    @strawberry.field(description="How a kind of notice reads, with examples for what it is about; managers only.")
    async def message_preview(self, info: Info, kind: str, role: str = "", locale: str = "en") -> NoticeText:
        """A preview."""
        principal = info.context.require(Scope.PROGRAMS)
        return notice_text(await reviewing.preview(info.context.runtime, principal, kind=plain(kind, "kind"), role=role, locale=locale))

    @strawberry.field(description="Notices that wait for a manager, oldest first; managers only.")
    async def held_notices(self, info: Info, kind: str | None = None, first: int | None = None, after: str | None = None) -> Connection[HeldNotice]:
        """A page of held notices."""
        principal = info.context.require(Scope.PROGRAMS)
        size, place = page_size(first), decode_cursor(after, "held", 1)
        named = None if kind is None else plain(kind, "kind")
        rows = await reviewing.held(info.context.runtime, principal, kind=named, after=None if place is None else place[0], limit=size + 1)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: held_notice(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("held", row[0].id),
        )

    @strawberry.field(description="Work for later, soonest first; `state` is waiting, done or dead. Admins only.")
    async def jobs(self, info: Info, state: str | None = None, first: int | None = None) -> list[Job]:
        """Jobs."""
        principal = info.context.require(Scope.PROGRAMS)
        named = None if state is None else plain(state, "state")
        return [job(one) for one in await scheduling.page(info.context.runtime, principal, state=named, after=None, limit=page_size(first))]
