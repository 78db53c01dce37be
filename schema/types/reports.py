"""Reports as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain import reports as reporting
from plugin.services.safety import reporting as report_service
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member
from schema.types.member import member_by_number as _member

ReportKind = strawberry.enum(reporting.ReportKind, name="ReportKind", description="What a report is about.")

ReportState = strawberry.enum(reporting.ReportState, name="ReportState", description="The life of a report.")


@strawberry.type(description="A report to those who look after safety; seen by them and by who wrote it.")
class Report:
    """A report."""

    id: strawberry.ID
    kind: ReportKind  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    state: ReportState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    words: str
    at: datetime
    closed_at: datetime | None
    mentorship: strawberry.ID | None
    reporter_number: strawberry.Private[int]
    about_number: strawberry.Private[int]

    @strawberry.field(description="Who reported.")
    async def reporter(self, info: Info) -> Member | None:
        """The reporter."""
        return await _member(info, self.reporter_number)

    @strawberry.field(description="Who was reported.")
    async def about(self, info: Info) -> Member | None:
        """The one it is about."""
        return await _member(info, self.about_number)


def report(seen: report_service.Seen, *, installation_id: int) -> Report:
    """A report as GraphQL shows it."""
    one = seen.report
    return Report(
        id=strawberry.ID(str(GlobalId("Report", installation_id, str(one.id)))),
        kind=one.kind,
        state=one.state,
        words=seen.words,
        at=one.at,
        closed_at=one.closed_at,
        mentorship=None if one.mentorship_id is None else strawberry.ID(str(GlobalId("Mentorship", installation_id, str(one.mentorship_id)))),
        reporter_number=one.reporter_id,
        about_number=one.about_id,
    )
