"""Invitations to programs: sent in waves by managers, seen and answered by members."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import strawberry

from plugin.domain import recruiting as domain
from plugin.domain.people import Principal, Scope
from plugin.domain.programs import Role as DomainRole
from plugin.errors import Invalid
from plugin.services.recruiting import asking, inviting, prospecting
from plugin.services.recruiting.inviting import Named
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import parse_number
from schema.inputs import plain
from schema.types.invitations import Invitation, Wave, invitation_type, wave_type
from schema.types.program import Role

_READ_AT_MOST = 200


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


@strawberry.type
class InvitationMutations:
    """Asking, and answering."""

    invite_wave = strawberry.field(resolver=invite_wave, description="Ask members to take part, together, now or later; nobody is asked twice. For managers.")
    send_wave = strawberry.field(resolver=send_wave, description="Send a planned wave now; for managers.")
    cancel_wave = strawberry.field(resolver=cancel_wave, description="Take a planned wave back; nobody in it was asked. For managers.")
    see_invitation = strawberry.field(resolver=see_invitation, description="Say that one looked at an invitation.")
    answer_invitation = strawberry.field(resolver=answer_invitation, description="Say yes or no to an invitation; with a yes one takes part at once.")
