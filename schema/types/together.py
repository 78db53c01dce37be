"""Reports, stories and events of programs as GraphQL shows them."""

from datetime import datetime

import strawberry

from plugin.domain import program_events as happening
from plugin.domain import reports as reporting
from plugin.services import hosting
from plugin.services import reporting as report_service
from plugin.services.sharing import SeenStory
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member
from schema.types.member import member_by_number as _member

ReportKind = strawberry.enum(reporting.ReportKind, name="ReportKind", description="What a report is about.")
ReportState = strawberry.enum(reporting.ReportState, name="ReportState", description="The life of a report.")
EventState = strawberry.enum(happening.EventState, name="EventState", description="The life of an event.")
EventAnswer = strawberry.enum(happening.Answer, name="EventAnswer", description="Whether somebody comes to an event.")


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


@strawberry.type(description="What a pair would tell the community about its mentorship; published once everybody in it agreed.")
class Story:
    """A story."""

    id: strawberry.ID
    words: str
    state: str = strawberry.field(description="asked, published, declined or withdrawn.")
    created_at: datetime
    agreed: bool | None = strawberry.field(description="The viewer's own answer; null before it.")
    author_number: strawberry.Private[int]

    @strawberry.field(description="Who wrote it.")
    async def author(self, info: Info) -> Member | None:
        """The author."""
        return await _member(info, self.author_number)


def story(seen: SeenStory, *, installation_id: int) -> Story:
    """A story as GraphQL shows it to somebody in it."""
    return Story(
        id=strawberry.ID(str(GlobalId("Story", installation_id, str(seen.story.id)))),
        words=seen.words,
        state=seen.story.state,
        created_at=seen.story.created_at,
        agreed=seen.agreed,
        author_number=seen.story.author_id,
    )


@strawberry.type(description="Somebody's answer to an event; for managers.")
class EventGuest:
    """A guest."""

    answer: EventAnswer  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    number: strawberry.Private[int]

    @strawberry.field(description="Who.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await _member(info, self.number)


@strawberry.type(description="An event of a program; for who takes part in it and who manages it.")
class ProgramEvent:
    """An event."""

    id: strawberry.ID
    state: EventState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    title: str
    description: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None = strawberry.field(description="For how many there is room; null for as many as come.")
    going: int
    waiting: int
    mine: EventAnswer | None = strawberry.field(description="The viewer's answer.")  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    guests: list[EventGuest] = strawberry.field(description="Who answered what; for managers.")
    number: strawberry.Private[int]

    @strawberry.field(description="The event as a calendar file (RFC 5545), for who goes.")
    async def ics(self, info: Info) -> str | None:
        """The file."""
        principal = info.context.loaders.principal
        return None if principal.member_id is None else await hosting.ics(info.context.runtime, principal, self.number)


def program_event(seen: hosting.Seen, *, installation_id: int) -> ProgramEvent:
    """An event as GraphQL shows it."""
    one = seen.event
    return ProgramEvent(
        id=strawberry.ID(str(GlobalId("ProgramEvent", installation_id, str(one.id)))),
        state=one.state,
        title=one.plan.title,
        description=one.plan.description,
        place=one.plan.place,
        starts_at=one.plan.starts_at,
        ends_at=one.ends_at,
        capacity=one.plan.capacity,
        going=seen.going,
        waiting=seen.waiting,
        mine=seen.mine,
        guests=[EventGuest(answer=answer, number=member_id) for member_id, answer in seen.people],
        number=one.id,
    )
