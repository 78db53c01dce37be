"""What members are told, and how they want to be told."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from plugin.domain.notices import Channel, Frequency, NoticeState
from plugin.domain.notices import Reach as DomainReach
from plugin.services.messages.reviewing import HeldNotice as DomainHeld
from plugin.services.messages.reviewing import KindView
from plugin.services.messages.wishing import Told, Wishes
from plugin.services.scheduling import Planned
from plugin.texts import Shown
from schema.ids import GlobalId

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.

MessageChannel = strawberry.enum(Channel, name="MessageChannel", description="By which way a member is told.")
MessageFrequency = strawberry.enum(Frequency, name="MessageFrequency", description="How often a member is told.")
NoticeStatus = strawberry.enum(NoticeState, name="NoticeStatus", description="The life of a notice.")


@strawberry.type(description="A text in the reader's language.")
class NoticeText:
    """Title and paragraphs."""

    title: str
    paragraphs: list[str]


def notice_text(shown: Shown) -> NoticeText:
    """Words as GraphQL shows them."""
    return NoticeText(title=shown.title, paragraphs=list(shown.paragraphs))


@strawberry.type(description="Something that the viewer was told.")
class Notice:
    """One notice; nobody else sees it."""

    id: strawberry.ID
    kind: str
    group: str
    status: NoticeStatus
    text: NoticeText
    created_at: datetime
    sent_at: datetime | None
    read_at: datetime | None


def notice(told: Told, *, installation_id: int) -> Notice:
    """A notice as GraphQL shows it."""
    found, shown = told
    return Notice(
        id=strawberry.ID(str(GlobalId("Notice", installation_id, str(found.id)))),
        kind=found.kind,
        group=found.group,
        status=found.state,
        text=notice_text(shown),
        created_at=found.created_at,
        sent_at=found.sent_at,
        read_at=found.read_at,
    )


@strawberry.type(description="A notice that waits for a manager.")
class HeldNotice:
    """One notice; of private ones there is no text."""

    id: strawberry.ID
    kind: str
    member: strawberry.ID
    text: NoticeText | None
    created_at: datetime


def held_notice(found: DomainHeld, *, installation_id: int) -> HeldNotice:
    """A held notice as GraphQL shows it."""
    one, shown = found
    return HeldNotice(
        id=strawberry.ID(str(GlobalId("Notice", installation_id, str(one.id)))),
        kind=one.kind,
        member=strawberry.ID(str(GlobalId("Member", installation_id, str(one.member_id)))),
        text=None if shown is None else notice_text(shown),
        created_at=one.created_at,
    )


@strawberry.type(description="How many notices of a kind are in a state.")
class NoticeCount:
    """A state and a number."""

    status: NoticeStatus
    count: int


@strawberry.type(description="A kind of notice.")
class MessageKind:
    """What a manager can hold and preview."""

    name: str
    group: str
    roles: list[str] = strawberry.field(description="Roles that have words of their own.")
    urgent: bool
    private: bool
    held_since: datetime | None
    counts: list[NoticeCount]


def message_kind(view: KindView) -> MessageKind:
    """A kind as GraphQL shows it."""
    return MessageKind(
        name=view.kind.name,
        group=view.kind.group,
        roles=sorted(view.kind.roles),
        urgent=view.kind.urgent,
        private=view.kind.private,
        held_since=view.held_since,
        counts=[NoticeCount(status=NoticeState(state), count=count) for state, count in view.counts.items() if count],
    )


@strawberry.type(description="Channel and frequency of a group of kinds.")
class MessageChoice:
    """What holds for the viewer."""

    group: str
    title: str
    channel: MessageChannel
    frequency: MessageFrequency


@strawberry.type(description="When the viewer can be reached. Times of day are minutes after midnight in their time zone.")
class MessageHours:
    """Quiet hours and the hour of the digest."""

    timezone: str
    locale: str
    quiet_from: int
    quiet_until: int
    digest_at: int
    weekday: int = strawberry.field(description="Day of the weekly digest; 0 is Monday.")


def message_hours(reach: DomainReach) -> MessageHours:
    """Hours as GraphQL shows them."""
    return MessageHours(
        timezone=reach.timezone,
        locale=reach.locale,
        quiet_from=reach.quiet_from,
        quiet_until=reach.quiet_until,
        digest_at=reach.digest_at,
        weekday=reach.weekday,
    )


@strawberry.type(description="How the viewer wants to be told.")
class MessageSettings:
    """All of it."""

    agreed: bool = strawberry.field(description="Whether the viewer agreed to messages at all; until then everything is only listed.")
    choices: list[MessageChoice]
    hours: MessageHours


def message_settings(found: Wishes) -> MessageSettings:
    """Wishes as GraphQL shows them."""
    choices = [
        MessageChoice(group=group, title=found.titles[group], channel=choice.channel, frequency=choice.frequency) for group, choice in found.choices.items()
    ]
    return MessageSettings(agreed=found.agreed, choices=choices, hours=message_hours(found.reach))


@strawberry.type(description="The viewer's own e-mail address.")
class MailAddress:
    """As the viewer gave it."""

    address: str
    confirmed_at: datetime | None
    stopped: bool = strawberry.field(description="Whether three mails came back, so that nothing is sent there any more.")


@strawberry.type(description="Work for later.")
class Job:
    """One piece of work."""

    key: str
    kind: str
    about: JSON
    state: str
    at: datetime
    next_at: datetime
    attempts: int
    every_days: int | None
    done_at: datetime | None
    error: str


def job(found: Planned) -> Job:
    """A job as GraphQL shows it."""
    return Job(
        key=found.key,
        kind=found.kind,
        about=JSON(dict(found.about)),
        state=found.state,
        at=found.at,
        next_at=found.next_at,
        attempts=found.attempts,
        every_days=found.every_days,
        done_at=found.done_at,
        error=found.error,
    )
