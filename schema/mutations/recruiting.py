"""Recruiting: announcing, asking in waves, answering, referring."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import strawberry

from plugin.domain import recruiting as domain
from plugin.domain.people import Principal, Scope
from plugin.domain.programs import Role as DomainRole
from plugin.errors import Invalid
from plugin.services.recruiting import announcing, asking, inviting, prospecting, referring
from plugin.services.recruiting.announcing import Announced
from plugin.services.recruiting.inviting import Named
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.program import Role
from schema.types.recruiting import (
    Announcement,
    Invitation,
    ReferralLink,
    Wave,
    announcement_type,
    invitation_type,
    link_type,
    wave_type,
)

_READ_AT_MOST = 200


@strawberry.input
class AnnounceProgramInput:
    """Which program, in which space of the host, and what the announcement begins with."""

    program: strawberry.ID
    space: str
    intro: str = ""


@strawberry.input
class ProgramIdInput:
    """Which program."""

    program: strawberry.ID


@strawberry.type
class AnnouncementPayload:
    """The announcement as it is now."""

    announcement: Announcement | None
    user_errors: list[UserError]


@strawberry.input
class InviteWaveInput:
    """Whom to ask: these members, or the best prospects; now or later."""

    program: strawberry.ID
    role: Role = strawberry.field(default=DomainRole.MENTOR)  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    members: list[strawberry.ID] | None = strawberry.field(default=None, description="Members by name; else the best prospects are taken.")
    size: int | None = strawberry.field(default=None, description="How many prospects to ask, at most 50; 10 unless said otherwise.")
    need: str = strawberry.field(default="", description="What prospects should know about.")
    words: str = strawberry.field(default="", description="A word of yours to all of them.")
    due_at: datetime | None = strawberry.field(default=None, description="When to ask; now unless said otherwise.")
    until: int | None = strawberry.field(default=None, description="Nobody is asked if the program has so many free places by then.")


@strawberry.input
class WaveInput:
    """Which wave."""

    id: strawberry.ID


@strawberry.type
class WavePayload:
    """The wave as it is now."""

    wave: Wave | None
    user_errors: list[UserError]


@strawberry.input
class AnswerInvitationInput:
    """Which invitation, and the answer."""

    id: strawberry.ID
    accept: bool
    adult: bool = strawberry.field(default=False, description="With a yes: that one is of age.")
    age: int | None = strawberry.field(default=None, description="With a yes: who is not of age says how old they are.")
    guardian: str = strawberry.field(default="", description="Who is not of age says who their parent or guardian is, and how to reach them.")
    capacity: int | None = None


@strawberry.input
class InvitationInput:
    """Which invitation."""

    id: strawberry.ID


@strawberry.type
class InvitationPayload:
    """The invitation as it is now."""

    invitation: Invitation | None
    user_errors: list[UserError]


@strawberry.input
class CreateReferralLinkInput:
    """Where the link leads, and whether who opens it may see who it is from."""

    program: strawberry.ID
    role: Role | None = None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    named: bool = False


@strawberry.input
class ReferralLinkInput:
    """Which link."""

    id: strawberry.ID


@strawberry.type
class ReferralLinkPayload:
    """The link as it is now."""

    link: ReferralLink | None
    user_errors: list[UserError]


# ---------------------------------------------------------------------------------------------------------------------- announcing


async def _announcement(info: Info, program: strawberry.ID, act: Callable[[Principal, int], Awaitable[Announced]]) -> AnnouncementPayload:
    principal = info.context.require(Scope.READ)

    async def work() -> Announcement:
        return announcement_type(await act(principal, parse_number(program, type_name="Program", installation_id=principal.installation_id)))

    found, errors = await attempt(work, own_fields=True)
    return AnnouncementPayload(announcement=found, user_errors=errors)


async def announce_program(info: Info, input: AnnounceProgramInput) -> AnnouncementPayload:  # noqa: A002 - the Relay convention
    """Announce a program, or change its announcement."""

    async def act(principal: Principal, number: int) -> Announced:
        return await announcing.announce(info.context.runtime, principal, number, space_id=plain(input.space, "space"), intro=plain(input.intro, "intro"))

    return await _announcement(info, input.program, act)


async def stop_announcement(info: Info, input: ProgramIdInput) -> AnnouncementPayload:  # noqa: A002 - the Relay convention
    """Leave the topic as it is."""
    return await _announcement(info, input.program, lambda principal, number: announcing.stop(info.context.runtime, principal, number))


# ---------------------------------------------------------------------------------------------------------------------- waves


async def invite_wave(info: Info, input: InviteWaveInput) -> WavePayload:  # noqa: A002 - the Relay convention
    """Ask members to take part, together."""
    principal = info.context.require(Scope.READ)

    async def work() -> Wave:
        number = parse_number(input.program, type_name="Program", installation_id=principal.installation_id)
        people = await _people(info, principal, number, input)
        wave, made = await asking.plan(
            info.context.runtime,
            principal,
            number,
            role=input.role,
            people=people,
            words=plain(input.words, "words"),
            due_at=input.due_at,
            until=input.until,
        )
        counts: dict[domain.InvitationState, int] = {}
        for one in made:
            counts[one.state] = counts.get(one.state, 0) + 1
        return wave_type(wave, counts, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return WavePayload(wave=found, user_errors=errors)


async def _people(info: Info, principal: Principal, number: int, given: InviteWaveInput) -> list[Named]:
    runtime, graphs = info.context.runtime, info.context.graphs
    if given.due_at is not None and given.due_at.tzinfo is None:
        raise Invalid("say the time with its zone, such as 2026-12-01T10:00:00Z", field="dueAt")
    if given.members is not None:
        wanted = [parse_number(one, type_name="Member", installation_id=principal.installation_id) for one in given.members[:_READ_AT_MOST]]
        found = {one.member_id: one for one in await prospecting.find(runtime, graphs, principal, number, need="", first=prospecting.MOST)}
        return [Named(member_id=one, found=found.get(one)) for one in wanted]
    size = 10 if given.size is None else given.size
    best = await prospecting.find(runtime, graphs, principal, number, need=plain(given.need, "need"), first=size)
    if not best:
        raise Invalid("nobody who could be asked was found: name members, or ask for another need", code="nobody", field="need")
    return [Named(member_id=one.member_id, found=one) for one in best]


async def _wave(info: Info, id: strawberry.ID, act: Callable[[Principal, int], Awaitable[domain.Wave]]) -> WavePayload:  # noqa: A002 - the Relay convention
    principal = info.context.require(Scope.READ)

    async def work() -> Wave:
        done = await act(principal, parse_number(id, type_name="Wave", installation_id=principal.installation_id))
        counts = next((counts for one, counts in await asking.waves(info.context.runtime, principal, done.program_id) if one.id == done.id), {})
        return wave_type(done, counts, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return WavePayload(wave=found, user_errors=errors)


async def send_wave(info: Info, input: WaveInput) -> WavePayload:  # noqa: A002 - the Relay convention
    """Send a planned wave now."""
    return await _wave(info, input.id, lambda principal, number: asking.send(info.context.runtime, principal, number))


async def cancel_wave(info: Info, input: WaveInput) -> WavePayload:  # noqa: A002 - the Relay convention
    """Take a planned wave back."""
    return await _wave(info, input.id, lambda principal, number: asking.cancel(info.context.runtime, principal, number))


# ---------------------------------------------------------------------------------------------------------------------- answering


async def _invitation(info: Info, id: strawberry.ID, act: Callable[[Principal, int], Awaitable[domain.Invitation]]) -> InvitationPayload:  # noqa: A002
    principal = info.context.require(Scope.ME)

    async def work() -> Invitation:
        done = await act(principal, parse_number(id, type_name="Invitation", installation_id=principal.installation_id))
        return invitation_type(done, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return InvitationPayload(invitation=found, user_errors=errors)


async def answer_invitation(info: Info, input: AnswerInvitationInput) -> InvitationPayload:  # noqa: A002 - the Relay convention
    """Say yes or no."""

    async def act(principal: Principal, number: int) -> domain.Invitation:
        said = plain(input.guardian, "guardian")
        return await inviting.answer(
            info.context.runtime, principal, number, accept=input.accept, adult=input.adult, age=input.age, guardian=said, capacity=input.capacity
        )

    return await _invitation(info, input.id, act)


async def see_invitation(info: Info, input: InvitationInput) -> InvitationPayload:  # noqa: A002 - the Relay convention
    """Say that it was seen."""
    return await _invitation(info, input.id, lambda principal, number: inviting.see(info.context.runtime, principal, number))


# ---------------------------------------------------------------------------------------------------------------------- referring


async def create_referral_link(info: Info, input: CreateReferralLinkInput) -> ReferralLinkPayload:  # noqa: A002 - the Relay convention
    """Make a link to refer others by."""
    principal = info.context.require(Scope.ME)

    async def work() -> ReferralLink:
        number = parse_number(input.program, type_name="Program", installation_id=principal.installation_id)
        made = await referring.make(info.context.runtime, principal, number, role=input.role, named=input.named)
        return link_type(made, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return ReferralLinkPayload(link=found, user_errors=errors)


async def revoke_referral_link(info: Info, input: ReferralLinkInput) -> ReferralLinkPayload:  # noqa: A002 - the Relay convention
    """Take a link back."""
    principal = info.context.require(Scope.ME)

    async def work() -> ReferralLink:
        number = parse_number(input.id, type_name="ReferralLink", installation_id=principal.installation_id)
        return link_type(await referring.revoke(info.context.runtime, principal, number), installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return ReferralLinkPayload(link=found, user_errors=errors)


@strawberry.type
class RecruitingMutations:
    """Recruiting."""

    announce_program = strawberry.field(
        resolver=announce_program, description="Announce a program in a space of the host, or change what its announcement begins with; for managers."
    )
    stop_announcement = strawberry.field(resolver=stop_announcement, description="Leave a program's topic as it is from now on; for managers.")
    invite_wave = strawberry.field(resolver=invite_wave, description="Ask members to take part, together, now or later; nobody is asked twice. For managers.")
    send_wave = strawberry.field(resolver=send_wave, description="Send a planned wave now; for managers.")
    cancel_wave = strawberry.field(resolver=cancel_wave, description="Take a planned wave back; nobody in it was asked. For managers.")
    see_invitation = strawberry.field(resolver=see_invitation, description="Say that one looked at an invitation.")
    answer_invitation = strawberry.field(resolver=answer_invitation, description="Say yes or no to an invitation; with a yes one takes part at once.")
    create_referral_link = strawberry.field(resolver=create_referral_link, description="Make a link by which one refers others to a program.")
    revoke_referral_link = strawberry.field(resolver=revoke_referral_link, description="Take a link back: it leads nowhere from now on.")
