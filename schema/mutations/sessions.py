"""Sessions: proposing, answering, moving, calling off, and saying whether they took place; and the ladder for who lets others wait."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.services.meetings import meeting, no_shows
from plugin.services.meetings.meeting import Seen
from plugin.services.meetings.sessions import Words
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.types.sessions import CancelReason, Session, Strike
from schema.types.sessions import session as session_type
from schema.types.sessions import strike as strike_type


@strawberry.input
class ProposeSessionInput:
    """When to meet, how long, and what about."""

    mentorship: strawberry.ID
    times: list[datetime] = strawberry.field(description="One to five times, with their zone; the others choose.")
    minutes: int = 60
    topic: str = ""
    place: str = strawberry.field(default="", description="A link or a place.")
    note: str = ""
    kit: strawberry.ID | None = strawberry.field(default=None, description="A session kit: its preparation is sent before, its follow-up after.")


@strawberry.input
class AnswerSessionInput:
    """Which of the proposed times suit; none is an answer too."""

    id: strawberry.ID
    times: list[datetime]


@strawberry.input
class SessionInput:
    """Which session."""

    id: strawberry.ID


@strawberry.input
class MoveSessionInput:
    """Other times for a session. What is agreed on stands until the others agree to another time."""

    id: strawberry.ID
    times: list[datetime]
    minutes: int | None = None


@strawberry.input
class DescribeSessionInput:
    """What is written about a session; what is left out stays."""

    id: strawberry.ID
    topic: str | None = None
    place: str | None = None
    note: str | None = None


@strawberry.input
class CancelSessionInput:
    """Which session, and why."""

    id: strawberry.ID
    reason: CancelReason = CancelReason.OTHER  # type: ignore[valid-type]  # strawberry.enum returns the enum itself


@strawberry.input
class ReportSessionInput:
    """Whether a session took place, and who was not there, oneself included."""

    id: strawberry.ID
    held: bool
    missing: list[strawberry.ID] = strawberry.field(default_factory=list)


@strawberry.input
class LogSessionInput:
    """A session that took place without an appointment."""

    mentorship: strawberry.ID
    starts_at: datetime
    minutes: int = 60
    topic: str = ""
    note: str = ""


@strawberry.input
class DecideSessionInput:
    """A manager's word on a session that is unclear."""

    id: strawberry.ID
    held: bool


@strawberry.type
class SessionPayload:
    """The session as it is now."""

    session: Session | None
    user_errors: list[UserError]


@strawberry.input
class AppealStrikeInput:
    """Which strike, and how it was."""

    id: strawberry.ID
    words: str


@strawberry.input
class DecideStrikeInput:
    """Which strike, and whether it is pardoned or upheld."""

    id: strawberry.ID
    pardon: bool


@strawberry.type
class StrikePayload:
    """The strike as it is now."""

    strike: Strike | None
    user_errors: list[UserError]


async def _payload(principal: Principal, work: Callable[[], Awaitable[Seen]]) -> SessionPayload:
    found, errors = await attempt(work)
    shown = None if found is None else session_type(found, installation_id=principal.installation_id, viewer=principal.member_id)
    return SessionPayload(session=shown, user_errors=errors)


async def propose_session(info: Info, input: ProposeSessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Propose times to meet."""
    principal = info.context.require(Scope.ME)

    async def work() -> Seen:
        words = Words(topic=plain(input.topic, "topic"), place=plain(input.place, "place"), note=plain(input.note, "note"))
        number = number_of(principal, input.mentorship, "Mentorship")
        kit = None if input.kit is None else number_of(principal, input.kit, "SessionKit")
        return await meeting.propose(info.context.runtime, principal, number, times=input.times[:50], minutes=input.minutes, words=words, kit_id=kit)

    return await _payload(principal, work)


async def answer_session(info: Info, input: AnswerSessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Say which of the proposed times suit."""
    principal = info.context.require(Scope.ME)

    async def work() -> Seen:
        return await meeting.answer(info.context.runtime, principal, number_of(principal, input.id, "Session"), can=input.times[:50])

    return await _payload(principal, work)


async def settle_session(info: Info, input: SessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Agree on the time that suits most."""
    principal = info.context.require(Scope.ME)

    async def work() -> Seen:
        return await meeting.settle_on(info.context.runtime, principal, number_of(principal, input.id, "Session"))

    return await _payload(principal, work)


async def move_session(info: Info, input: MoveSessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Propose other times."""
    principal = info.context.require(Scope.ME)

    async def work() -> Seen:
        return await meeting.move(info.context.runtime, principal, number_of(principal, input.id, "Session"), times=input.times[:50], minutes=input.minutes)

    return await _payload(principal, work)


async def describe_session(info: Info, input: DescribeSessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Change what is written about a session."""
    principal = info.context.require(Scope.ME)

    async def work() -> Seen:
        topic, place, note = (
            None if text is None else plain(text, name) for name, text in (("topic", input.topic), ("place", input.place), ("note", input.note))
        )
        return await meeting.describe(info.context.runtime, principal, number_of(principal, input.id, "Session"), topic=topic, place=place, note=note)

    return await _payload(principal, work)


async def cancel_session(info: Info, input: CancelSessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Call a session off."""
    principal = info.context.require(Scope.ME)

    async def work() -> Seen:
        return await meeting.cancel(info.context.runtime, principal, number_of(principal, input.id, "Session"), reason=input.reason)

    return await _payload(principal, work)


async def report_session(info: Info, input: ReportSessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Say whether a session took place."""
    principal = info.context.require(Scope.ME)

    async def work() -> Seen:
        missing = [number_of(principal, one, "Member") for one in input.missing[:100]]
        return await meeting.say(info.context.runtime, principal, number_of(principal, input.id, "Session"), held=input.held, missing=missing)

    return await _payload(principal, work)


async def log_session(info: Info, input: LogSessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Write down a session that took place without an appointment."""
    principal = info.context.require(Scope.ME)

    async def work() -> Seen:
        words = Words(topic=plain(input.topic, "topic"), note=plain(input.note, "note"))
        number = number_of(principal, input.mentorship, "Mentorship")
        return await meeting.write_down(info.context.runtime, principal, number, starts_at=input.starts_at, minutes=input.minutes, words=words)

    return await _payload(principal, work)


async def decide_session(info: Info, input: DecideSessionInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """A manager's word on a session that is unclear."""
    principal = info.context.require(Scope.READ)

    async def work() -> Seen:
        return await meeting.decide(info.context.runtime, principal, number_of(principal, input.id, "Session"), held=input.held)

    return await _payload(principal, work)


async def appeal_strike(info: Info, input: AppealStrikeInput) -> StrikePayload:  # noqa: A002 - the Relay convention
    """Say that it was otherwise."""
    principal = info.context.require(Scope.ME)

    async def work() -> Strike:
        words = plain(input.words, "words")
        done = await no_shows.appeal(info.context.runtime, principal, number_of(principal, input.id, "Strike"), words=words)
        return strike_type(done, words.strip(), installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return StrikePayload(strike=found, user_errors=errors)


async def decide_strike(info: Info, input: DecideStrikeInput) -> StrikePayload:  # noqa: A002 - the Relay convention
    """Pardon, or uphold what was appealed."""
    principal = info.context.require(Scope.READ)

    async def work() -> Strike:
        done, words = await no_shows.decide(info.context.runtime, principal, number_of(principal, input.id, "Strike"), pardon=input.pardon)
        return strike_type(done, words, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return StrikePayload(strike=found, user_errors=errors)


@strawberry.type
class SessionMutations:
    """Sessions."""

    propose_session = strawberry.field(resolver=propose_session, description="Propose one to five times for a session of a mentorship that one is in.")
    answer_session = strawberry.field(
        resolver=answer_session, description="Say which of the proposed times suit. Between two, the earliest of them is agreed on at once."
    )
    settle_session = strawberry.field(
        resolver=settle_session, description="In a group: agree on the time that suits most of those who have answered; for who proposed, and the mentor."
    )
    move_session = strawberry.field(resolver=move_session, description="Propose other times; what is agreed on stands until the others agree to another.")
    describe_session = strawberry.field(resolver=describe_session, description="Change topic, place or note of a session that is ahead.")
    cancel_session = strawberry.field(
        resolver=cancel_session, description="Call a session off; in a group, only the mentor does so for all. Less than three hours before, it is late."
    )
    report_session = strawberry.field(resolver=report_session, description="Say whether a session took place, and who was not there.")
    log_session = strawberry.field(resolver=log_session, description="Write down a session that took place without an appointment.")
    decide_session = strawberry.field(resolver=decide_session, description="Decide about a session that is unclear; for managers.")
    appeal_strike = strawberry.field(resolver=appeal_strike, description="Say that it was otherwise; it does not count until a manager has decided.")
    decide_strike = strawberry.field(resolver=decide_strike, description="Pardon a strike, or uphold one that was appealed; for managers.")
