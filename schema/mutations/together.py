"""Reporting, telling the community how it went, and events of programs."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.domain.program_events import EventPlan
from plugin.services import hosting, reporting, sharing
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.together import ProgramEvent, Report, ReportKind, ReportState, Story
from schema.types.together import program_event as event_type
from schema.types.together import report as report_type
from schema.types.together import story as story_type


@strawberry.input
class ReportMemberInput:
    """Whom, and what happened. Those who look after safety read it, nobody else."""

    member: strawberry.ID
    kind: ReportKind  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    words: str
    mentorship: strawberry.ID | None = None
    block: bool = strawberry.field(default=False, description="Whether the two are to be kept apart at once, whatever comes of it.")


@strawberry.input
class ReportInput:
    """Which report."""

    id: strawberry.ID


@strawberry.input
class DecideReportInput:
    """What becomes of a report."""

    id: strawberry.ID
    state: ReportState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    end: bool = strawberry.field(default=False, description="Whether what the two have together ends.")
    apart: bool = strawberry.field(default=False, description="Whether the two are kept apart for good; it ends what they have together.")


@strawberry.type
class ReportPayload:
    """The report as it is now."""

    report: Report | None
    user_errors: list[UserError]


@strawberry.input
class ShareStoryInput:
    """What one would tell the community about a mentorship, and where."""

    mentorship: strawberry.ID
    words: str
    space: str = strawberry.field(description="The id of a space of the host that every member may read.")


@strawberry.input
class AnswerStoryInput:
    """Whether it may be told."""

    id: strawberry.ID
    agreed: bool


@strawberry.input
class StoryInput:
    """Which story."""

    id: strawberry.ID


@strawberry.type
class StoryPayload:
    """The story as it is now."""

    story: Story | None
    user_errors: list[UserError]


@strawberry.input
class PlanEventInput:
    """An event of a program."""

    program: strawberry.ID
    title: str
    starts_at: datetime
    minutes: int = 60
    description: str = ""
    place: str = strawberry.field(default="", description="A link or a place.")
    capacity: int | None = None
    space: str = strawberry.field(default="", description="The id of a space of the host where it is announced; empty for nowhere.")


@strawberry.input
class ChangeEventInput:
    """What is different from now on; what is left out stays."""

    id: strawberry.ID
    title: str | None = None
    starts_at: datetime | None = None
    minutes: int | None = None
    description: str | None = None
    place: str | None = None
    capacity: int | None = None


@strawberry.input
class EventInput:
    """Which event."""

    id: strawberry.ID


@strawberry.input
class AnswerEventInput:
    """Whether one comes."""

    id: strawberry.ID
    going: bool


@strawberry.type
class EventPayload:
    """The event as it is now."""

    event: ProgramEvent | None
    user_errors: list[UserError]


def _number(principal: Principal, given: strawberry.ID, type_name: str) -> int:
    return parse_number(given, type_name=type_name, installation_id=principal.installation_id)


async def _report(principal: Principal, work: Callable[[], Awaitable[reporting.Seen]]) -> ReportPayload:
    found, errors = await attempt(work)
    return ReportPayload(report=None if found is None else report_type(found, installation_id=principal.installation_id), user_errors=errors)


async def report_member(info: Info, input: ReportMemberInput) -> ReportPayload:  # noqa: A002 - the Relay convention
    """Report a member."""
    principal = info.context.require(Scope.ME)

    async def work() -> reporting.Seen:
        about = _number(principal, input.member, "Member")
        mentorship = None if input.mentorship is None else _number(principal, input.mentorship, "Mentorship")
        words = plain(input.words, "words")
        return await reporting.report(info.context.runtime, principal, about, kind=input.kind, words=words, mentorship_id=mentorship, block=input.block)

    return await _report(principal, work)


async def withdraw_report(info: Info, input: ReportInput) -> ReportPayload:  # noqa: A002 - the Relay convention
    """Take one's own report back."""
    principal = info.context.require(Scope.ME)

    async def work() -> reporting.Seen:
        return await reporting.withdraw(info.context.runtime, principal, _number(principal, input.id, "Report"))

    return await _report(principal, work)


async def decide_report(info: Info, input: DecideReportInput) -> ReportPayload:  # noqa: A002 - the Relay convention
    """Look into a report, uphold or dismiss it."""
    principal = info.context.require(Scope.SAFETY)

    async def work() -> reporting.Seen:
        number = _number(principal, input.id, "Report")
        return await reporting.decide(info.context.runtime, principal, number, state=input.state, end=input.end, apart=input.apart)

    return await _report(principal, work)


async def _story(principal: Principal, work: Callable[[], Awaitable[sharing.SeenStory]]) -> StoryPayload:
    found, errors = await attempt(work)
    return StoryPayload(story=None if found is None else story_type(found, installation_id=principal.installation_id), user_errors=errors)


async def share_story(info: Info, input: ShareStoryInput) -> StoryPayload:  # noqa: A002 - the Relay convention
    """Propose to tell the community how it went."""
    principal = info.context.require(Scope.ME)

    async def work() -> sharing.SeenStory:
        number = _number(principal, input.mentorship, "Mentorship")
        return await sharing.propose(info.context.runtime, principal, number, words=plain(input.words, "words"), space_id=plain(input.space, "space"))

    return await _story(principal, work)


async def answer_story(info: Info, input: AnswerStoryInput) -> StoryPayload:  # noqa: A002 - the Relay convention
    """Say whether it may be told."""
    principal = info.context.require(Scope.ME)

    async def work() -> sharing.SeenStory:
        return await sharing.say(info.context.runtime, principal, _number(principal, input.id, "Story"), agreed=input.agreed)

    return await _story(principal, work)


async def withdraw_story(info: Info, input: StoryInput) -> StoryPayload:  # noqa: A002 - the Relay convention
    """Take one's agreement back."""
    principal = info.context.require(Scope.ME)

    async def work() -> sharing.SeenStory:
        return await sharing.take_back(info.context.runtime, principal, _number(principal, input.id, "Story"))

    return await _story(principal, work)


async def _event(principal: Principal, work: Callable[[], Awaitable[hosting.Seen]]) -> EventPayload:
    found, errors = await attempt(work)
    return EventPayload(event=None if found is None else event_type(found, installation_id=principal.installation_id), user_errors=errors)


async def plan_event(info: Info, input: PlanEventInput) -> EventPayload:  # noqa: A002 - the Relay convention
    """Plan an event of a program."""
    principal = info.context.require(Scope.READ)

    async def work() -> hosting.Seen:
        said = EventPlan(
            title=plain(input.title, "title"),
            starts_at=input.starts_at,
            minutes=input.minutes,
            description=plain(input.description, "description"),
            place=plain(input.place, "place"),
            capacity=input.capacity,
            space_id=plain(input.space, "space"),
        )
        return await hosting.plan(info.context.runtime, principal, _number(principal, input.program, "Program"), said=said)

    return await _event(principal, work)


async def change_event(info: Info, input: ChangeEventInput) -> EventPayload:  # noqa: A002 - the Relay convention
    """Change an event."""
    principal = info.context.require(Scope.READ)

    async def work() -> hosting.Seen:
        given: dict[str, object] = {name: getattr(input, name) for name in ("title", "starts_at", "minutes", "description", "place", "capacity")}
        changes = {name: plain(value, name) if isinstance(value, str) else value for name, value in given.items() if value is not None}
        return await hosting.change(info.context.runtime, principal, _number(principal, input.id, "ProgramEvent"), changes=changes)

    return await _event(principal, work)


async def cancel_event(info: Info, input: EventInput) -> EventPayload:  # noqa: A002 - the Relay convention
    """Call an event off."""
    principal = info.context.require(Scope.READ)

    async def work() -> hosting.Seen:
        return await hosting.cancel(info.context.runtime, principal, _number(principal, input.id, "ProgramEvent"))

    return await _event(principal, work)


async def answer_event(info: Info, input: AnswerEventInput) -> EventPayload:  # noqa: A002 - the Relay convention
    """Say whether one comes."""
    principal = info.context.require(Scope.ME)

    async def work() -> hosting.Seen:
        return await hosting.answer(info.context.runtime, principal, _number(principal, input.id, "ProgramEvent"), going=input.going)

    return await _event(principal, work)


@strawberry.type
class TogetherMutations:
    """Reports, stories and events."""

    report_member = strawberry.field(resolver=report_member, description="Report a member to those who look after safety; what the two have is suspended.")
    withdraw_report = strawberry.field(resolver=withdraw_report, description="Take one's own report back.")
    decide_report = strawberry.field(resolver=decide_report, description="Look into a report, uphold or dismiss it; for those who look after safety.")
    share_story = strawberry.field(resolver=share_story, description="Propose to tell the community how a mentorship went; everybody in it is asked.")
    answer_story = strawberry.field(resolver=answer_story, description="Say whether a story may be told; it is published when all agreed.")
    withdraw_story = strawberry.field(resolver=withdraw_story, description="Take one's agreement to a story back, also once it is out.")
    plan_event = strawberry.field(resolver=plan_event, description="Plan an event of a program; for its managers.")
    change_event = strawberry.field(resolver=change_event, description="Change an event of a program; for its managers.")
    cancel_event = strawberry.field(resolver=cancel_event, description="Call an event of a program off; for its managers.")
    answer_event = strawberry.field(resolver=answer_event, description="Say whether one comes to an event; where all places are taken one waits for one.")
