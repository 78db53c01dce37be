"""Sessions for their people and for managers, and when people can meet."""

from datetime import datetime

import strawberry

from plugin.domain.people import Scope
from plugin.services.meetings import free_times, meeting, no_shows
from schema.context import Info
from schema.ids import parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.sessions import LetDown, Session, SessionState, SessionTime, Strike, StrikeState, session_time
from schema.types.sessions import session as session_type
from schema.types.sessions import strike as strike_type


@strawberry.type
class SessionQueries:
    """Sessions."""

    @strawberry.field(description="Times at which everybody of a mentorship could meet, by their free hours, their quiet hours and their other sessions.")
    async def session_times(
        self,
        info: Info,
        mentorship: strawberry.ID,
        minutes: int = 60,
        since: datetime | None = None,
        until: datetime | None = None,
        first: int | None = 5,
    ) -> list[SessionTime]:
        """Times that suit all."""
        principal = info.context.require(Scope.ME)
        number = parse_number(mentorship, type_name="Mentorship", installation_id=principal.installation_id)
        most = 5 if first is None else first
        found = await free_times.suggest(info.context.runtime, principal, number, minutes=minutes, since=since, until=until, most=most)
        return [session_time(at, fits) for at, fits in found]

    @strawberry.field(description="Sessions of a program, the oldest first; for its managers, without what was written about them.")
    async def sessions(
        self,
        info: Info,
        program: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        state: SessionState | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> Connection[Session]:
        """A page of sessions."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "session", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await meeting.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1, state=state)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: session_type(row, installation_id=principal.installation_id, viewer=principal.member_id),
            cursor=lambda row: encode_cursor("session", row.session.id),
        )

    @strawberry.field(description="Who let others wait in a program, the newest first; for its managers.")
    async def strikes(
        self,
        info: Info,
        program: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        state: StrikeState | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> Connection[Strike]:
        """A page of strikes."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "strike", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await no_shows.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1, state=state)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: strike_type(row[0], row[1], installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("strike", row[0].id),
        )

    @strawberry.field(description="Who waited in vain in a program within three months, and comes first for it with mentors and in rounds; for its managers.")
    async def waited(self, info: Info, program: strawberry.ID) -> list[LetDown]:
        """Those who were let down."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await no_shows.let_down(info.context.runtime, principal, number)
        return [LetDown(times=one.times, until=one.until, number=one.member_id) for one in found]
