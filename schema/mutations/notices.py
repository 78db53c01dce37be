"""Deciding how one is told; holding, releasing and dropping messages."""

from collections.abc import Awaitable, Callable

import strawberry

from plugin.domain.notices import Channel, Frequency
from plugin.domain.people import Principal, Scope
from plugin.services import scheduling
from plugin.services.messages import calendars, mailing, reviewing, wishing
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.notices import MessageChannel, MessageFrequency, MessageSettings, message_settings

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.

MOST = 500
"""Most notices that are released or dropped at once."""


@strawberry.input
class ChooseMessagesInput:
    """Channel and frequency for a group of kinds."""

    group: str
    channel: MessageChannel
    frequency: MessageFrequency = Frequency.AT_ONCE


@strawberry.input
class SetMessageHoursInput:
    """What changes; what is left out stays. Times of day are minutes after midnight; the same twice means no quiet hours."""

    timezone: str | None = None
    locale: str | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None
    digest_at: int | None = None
    weekday: int | None = None


@strawberry.input
class MarkNoticesReadInput:
    """The newest notice that was read."""

    upto: strawberry.ID


@strawberry.input
class GiveMailAddressInput:
    """An address; a code goes there."""

    address: str


@strawberry.input
class ConfirmMailAddressInput:
    """The code."""

    code: str


@strawberry.input
class HoldMessagesInput:
    """Whether notices of a kind wait for a manager."""

    kind: str
    held: bool


@strawberry.input
class HeldNoticesInput:
    """Which held notices."""

    ids: list[strawberry.ID]


@strawberry.input
class RetryJobsInput:
    """Which dead job; all of them without a key."""

    key: str | None = None


@strawberry.type
class MessageSettingsPayload:
    """What holds now."""

    settings: MessageSettings | None
    user_errors: list[UserError]


@strawberry.type
class MessagesPayload:
    """Whether it was done, and how many it was about."""

    done: bool
    count: int
    user_errors: list[UserError]


@strawberry.type
class CalendarAddressPayload:
    """The private address, shown this once."""

    url: str | None
    user_errors: list[UserError]


async def _settings(work: Callable[[], Awaitable[wishing.Wishes]]) -> MessageSettingsPayload:
    found, errors = await attempt(work)
    return MessageSettingsPayload(settings=None if found is None else message_settings(found), user_errors=errors)


async def _count(work: Callable[[], Awaitable[int | None]]) -> MessagesPayload:
    found, errors = await attempt(work)
    return MessagesPayload(done=not errors, count=found or 0, user_errors=errors)


def _ids(principal: Principal, given: list[strawberry.ID]) -> list[int]:
    return [parse_number(one, type_name="Notice", installation_id=principal.installation_id) for one in given[:MOST]]


async def choose_messages(info: Info, input: ChooseMessagesInput) -> MessageSettingsPayload:  # noqa: A002 - the Relay convention
    """Choose channel and frequency."""
    principal = info.context.require(Scope.ME)
    channel, frequency = Channel(input.channel), Frequency(input.frequency)
    return await _settings(lambda: wishing.choose(info.context.runtime, principal, group=plain(input.group, "group"), channel=channel, frequency=frequency))


async def set_message_hours(info: Info, input: SetMessageHoursInput) -> MessageSettingsPayload:  # noqa: A002 - the Relay convention
    """Change when one can be reached."""
    principal = info.context.require(Scope.ME)

    async def work() -> wishing.Wishes:
        return await wishing.set_reach(
            info.context.runtime,
            principal,
            timezone=None if input.timezone is None else plain(input.timezone, "timezone"),
            locale=None if input.locale is None else plain(input.locale, "locale"),
            quiet_from=input.quiet_from,
            quiet_until=input.quiet_until,
            digest_at=input.digest_at,
            weekday=input.weekday,
        )

    return await _settings(work)


async def mark_notices_read(info: Info, input: MarkNoticesReadInput) -> MessagesPayload:  # noqa: A002 - the Relay convention
    """Mark everything up to a notice as read."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        upto = parse_number(input.upto, type_name="Notice", installation_id=principal.installation_id)
        return await wishing.mark_read(info.context.runtime, principal, upto=upto)

    return await _count(work)


async def give_mail_address(info: Info, input: GiveMailAddressInput) -> MessagesPayload:  # noqa: A002 - the Relay convention
    """Give an address."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        await mailing.give_address(info.context.runtime, principal, address=plain(input.address, "address"))
        return 1

    return await _count(work)


async def confirm_mail_address(info: Info, input: ConfirmMailAddressInput) -> MessagesPayload:  # noqa: A002 - the Relay convention
    """Confirm an address."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        await mailing.confirm_address(info.context.runtime, principal, code=plain(input.code, "code"))
        return 1

    return await _count(work)


async def forget_mail_address(info: Info) -> MessagesPayload:
    """Take an address back."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        await mailing.forget_address(info.context.runtime, principal)
        return 1

    return await _count(work)


async def new_calendar_address(info: Info) -> CalendarAddressPayload:
    """Give the viewer's calendar a private address."""
    principal = info.context.require(Scope.ME)
    url, errors = await attempt(lambda: calendars.new_feed(info.context.runtime, principal))
    return CalendarAddressPayload(url=url, user_errors=errors)


async def revoke_calendar_address(info: Info) -> MessagesPayload:
    """Take the private address of the viewer's calendar away."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        await calendars.revoke_feed(info.context.runtime, principal)
        return 1

    return await _count(work)


async def hold_messages(info: Info, input: HoldMessagesInput) -> MessagesPayload:  # noqa: A002 - the Relay convention
    """Have notices of a kind wait for a manager, or not."""
    principal = info.context.require(Scope.PROGRAMS)

    async def work() -> int:
        await reviewing.hold(info.context.runtime, principal, kind=plain(input.kind, "kind"), held=input.held)
        return 1

    return await _count(work)


async def release_notices(info: Info, input: HeldNoticesInput) -> MessagesPayload:  # noqa: A002 - the Relay convention
    """Let held notices go."""
    principal = info.context.require(Scope.PROGRAMS)
    return await _count(lambda: reviewing.release(info.context.runtime, principal, _ids(principal, input.ids)))


async def drop_notices(info: Info, input: HeldNoticesInput) -> MessagesPayload:  # noqa: A002 - the Relay convention
    """Give held notices up."""
    principal = info.context.require(Scope.PROGRAMS)
    return await _count(lambda: reviewing.drop(info.context.runtime, principal, _ids(principal, input.ids)))


async def retry_jobs(info: Info, input: RetryJobsInput) -> MessagesPayload:  # noqa: A002 - the Relay convention
    """Make dead jobs due again."""
    principal = info.context.require(Scope.PROGRAMS)
    return await _count(lambda: scheduling.retry(info.context.runtime, principal, key=None if input.key is None else plain(input.key, "key")))


@strawberry.type
class NoticeMutations:
    """Messages."""

    choose_messages = strawberry.field(resolver=choose_messages, description="Choose channel and frequency for a group of kinds.")
    set_message_hours = strawberry.field(resolver=set_message_hours, description="Change quiet hours, time zone, language and the hour of digests.")
    mark_notices_read = strawberry.field(resolver=mark_notices_read, description="Mark everything up to a notice as read.")
    give_mail_address = strawberry.field(resolver=give_mail_address, description="Give an e-mail address; a code goes there.")
    confirm_mail_address = strawberry.field(resolver=confirm_mail_address, description="Confirm an e-mail address by its code.")
    forget_mail_address = strawberry.field(resolver=forget_mail_address, description="Take an e-mail address back.")
    new_calendar_address = strawberry.field(resolver=new_calendar_address, description="Give one's calendar a private address; an earlier one stops working.")
    revoke_calendar_address = strawberry.field(resolver=revoke_calendar_address, description="Take the private address of one's calendar away.")
    hold_messages = strawberry.field(resolver=hold_messages, description="Have notices of a kind wait for a manager, or not; managers only.")
    release_notices = strawberry.field(resolver=release_notices, description="Let held notices go; managers only.")
    drop_notices = strawberry.field(resolver=drop_notices, description="Give held notices up; managers only.")
    retry_jobs = strawberry.field(resolver=retry_jobs, description="Make dead jobs due again; admins only.")
