"""Reports for those who look after safety, and events of programs."""

import strawberry

from plugin.domain.people import Scope
from plugin.services import hosting, reporting
from schema.context import Info
from schema.ids import parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.together import ProgramEvent, Report, ReportState
from schema.types.together import program_event as event_type
from schema.types.together import report as report_type


@strawberry.type
class TogetherQueries:
    """Reports and events."""

    @strawberry.field(description="Reports, the newest first, for those who look after safety; without those that concern the reader. Reading is on record.")
    async def reports(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        state: ReportState | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> Connection[Report]:
        """A page of reports."""
        principal = info.context.require(Scope.SAFETY)
        size, place = page_size(first), decode_cursor(after, "report", 1)
        rows = await reporting.page(info.context.runtime, principal, after=None if place is None else place[0], limit=size + 1, state=state)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: report_type(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("report", row.report.id),
        )

    @strawberry.field(description="Events of a program, the newest first; for who takes part in it and who manages it.")
    async def program_events(self, info: Info, program: strawberry.ID, first: int | None = None, after: str | None = None) -> Connection[ProgramEvent]:
        """A page of events."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "event", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await hosting.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: event_type(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("event", row.event.id),
        )
