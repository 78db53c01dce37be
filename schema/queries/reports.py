"""Reports for those who look after safety."""

import strawberry

from plugin.domain.people import Scope
from plugin.services.safety import reporting
from schema.context import Info
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.reports import Report, ReportState
from schema.types.reports import report as report_type


@strawberry.type
class ReportQueries:
    """Reports for those who look after safety."""

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
