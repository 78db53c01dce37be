"""What pairs agree on and work towards, and kits of sessions."""

from collections.abc import Awaitable, Callable
from datetime import date

import strawberry

from plugin.domain.agreements import Terms
from plugin.domain.kits import Kit, KitWords
from plugin.domain.people import Principal, Scope
from plugin.services.meetings import kits, meeting
from plugin.services.pairs import agreeing, goals
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import maybe_number_of, number_of
from schema.inputs import plain
from schema.mutations.sessions import SessionPayload
from schema.types.pairing import Agreement, PairItem, PairItemKind, PairItemState, SessionKit, agreement, pair_item, session_kit
from schema.types.sessions import session as session_type


@strawberry.input
class ProposeAgreementInput:
    """What to agree on. The program's code of conduct is part of it as it reads now."""

    mentorship: strawberry.ID
    topics: list[str]
    cadence: int = strawberry.field(description="Every how many days one meets.")
    minutes: int = 60
    starts_on: date | None = None
    ends_on: date | None = None
    note: str = ""


@strawberry.input
class AgreementInput:
    """Which version."""

    id: strawberry.ID


@strawberry.type
class AgreementPayload:
    """The version as it is now."""

    agreement: Agreement | None
    user_errors: list[UserError]


@strawberry.input
class AddPairItemInput:
    """A goal, or an action of somebody until a day."""

    mentorship: strawberry.ID
    kind: PairItemKind  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    title: str
    note: str = ""
    due_on: date | None = None
    goal: strawberry.ID | None = strawberry.field(default=None, description="The goal that an action leads to.")
    member: strawberry.ID | None = strawberry.field(default=None, description="Who does it; left out for both.")


@strawberry.input
class ChangePairItemInput:
    """What is different from now on; what is left out stays."""

    id: strawberry.ID
    title: str | None = None
    note: str | None = None
    due_on: date | None = None
    no_due: bool = strawberry.field(default=False, description="Takes the day away.")
    state: PairItemState | None = None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself


@strawberry.input
class PairItemInput:
    """Which goal or action."""

    id: strawberry.ID


@strawberry.type
class PairItemPayload:
    """The goal or action as it is now; null once it was taken away."""

    item: PairItem | None
    user_errors: list[UserError]


@strawberry.input
class SaveSessionKitInput:
    """A kit of a program: a new one, one in place of one that comes with the product (`base`), or one of its own that is changed (`id`)."""

    program: strawberry.ID
    id: strawberry.ID | None = None
    base: strawberry.ID | None = None
    title: str
    agenda: str
    purpose: str = ""
    mentor_preparation: str = ""
    mentee_preparation: str = ""
    mentor_follow_up: str = ""
    mentee_follow_up: str = ""


@strawberry.input
class RetireSessionKitInput:
    """Which kit, and whether it is offered no more."""

    id: strawberry.ID
    retired: bool = True


@strawberry.type
class SessionKitPayload:
    """The kit as it is now."""

    kit: SessionKit | None
    user_errors: list[UserError]


@strawberry.input
class AttachSessionKitInput:
    """Which session, and its kit; left out for none."""

    id: strawberry.ID
    kit: strawberry.ID | None = None


async def _agreement(principal: Principal, work: Callable[[], Awaitable[agreeing.Seen]]) -> AgreementPayload:
    found, errors = await attempt(work)
    return AgreementPayload(agreement=None if found is None else agreement(found, installation_id=principal.installation_id), user_errors=errors)


async def propose_agreement(info: Info, input: ProposeAgreementInput) -> AgreementPayload:  # noqa: A002 - the Relay convention
    """Propose what to agree on."""
    principal = info.context.require(Scope.ME)

    async def work() -> agreeing.Seen:
        terms = Terms(
            topics=tuple(plain(one, "topics") for one in input.topics[:50]),
            cadence=input.cadence,
            minutes=input.minutes,
            starts_on=input.starts_on,
            ends_on=input.ends_on,
            note=plain(input.note, "note"),
        )
        return await agreeing.act(info.context.runtime, principal, number_of(principal, input.mentorship, "Mentorship"), "propose", terms=terms)

    return await _agreement(principal, work)


async def sign_agreement(info: Info, input: AgreementInput) -> AgreementPayload:  # noqa: A002 - the Relay convention
    """Sign a version."""
    principal = info.context.require(Scope.ME)

    async def work() -> agreeing.Seen:
        return await agreeing.act(info.context.runtime, principal, number_of(principal, input.id, "Agreement"), "sign")

    return await _agreement(principal, work)


async def decline_agreement(info: Info, input: AgreementInput) -> AgreementPayload:  # noqa: A002 - the Relay convention
    """Not sign a version."""
    principal = info.context.require(Scope.ME)

    async def work() -> agreeing.Seen:
        return await agreeing.act(info.context.runtime, principal, number_of(principal, input.id, "Agreement"), "decline")

    return await _agreement(principal, work)


async def _item(principal: Principal, work: Callable[[], Awaitable[goals.Seen | None]]) -> PairItemPayload:
    found, errors = await attempt(work)
    return PairItemPayload(item=None if found is None else pair_item(found, installation_id=principal.installation_id), user_errors=errors)


async def add_pair_item(info: Info, input: AddPairItemInput) -> PairItemPayload:  # noqa: A002 - the Relay convention
    """Write down a goal or an action."""
    principal = info.context.require(Scope.ME)

    async def work() -> goals.Seen:
        return await goals.write(
            info.context.runtime,
            principal,
            number_of(principal, input.mentorship, "Mentorship"),
            kind=input.kind,
            title=plain(input.title, "title"),
            note=plain(input.note, "note"),
            due_on=input.due_on,
            goal_id=maybe_number_of(principal, input.goal, "PairItem"),
            member_id=maybe_number_of(principal, input.member, "Member"),
        )

    return await _item(principal, work)


async def change_pair_item(info: Info, input: ChangePairItemInput) -> PairItemPayload:  # noqa: A002 - the Relay convention
    """Change a goal or an action."""
    principal = info.context.require(Scope.ME)

    async def work() -> goals.Seen:
        return await goals.edit(
            info.context.runtime,
            principal,
            number_of(principal, input.id, "PairItem"),
            title=None if input.title is None else plain(input.title, "title"),
            note=None if input.note is None else plain(input.note, "note"),
            due_on=input.due_on,
            clear_due=input.no_due,
            state=input.state,
        )

    return await _item(principal, work)


async def remove_pair_item(info: Info, input: PairItemInput) -> PairItemPayload:  # noqa: A002 - the Relay convention
    """Take a goal or an action away."""
    principal = info.context.require(Scope.ME)

    async def work() -> None:
        await goals.take_away(info.context.runtime, principal, number_of(principal, input.id, "PairItem"))

    return await _item(principal, work)


async def _kit(info: Info, principal: Principal, work: Callable[[], Awaitable[Kit]]) -> SessionKitPayload:
    found, errors = await attempt(work)
    locale = await kits.locale_of(info.context.runtime, principal)
    return SessionKitPayload(kit=None if found is None else session_kit(found, installation_id=principal.installation_id, locale=locale), user_errors=errors)


async def save_session_kit(info: Info, input: SaveSessionKitInput) -> SessionKitPayload:  # noqa: A002 - the Relay convention
    """Make or change a kit of a program."""
    principal = info.context.require(Scope.READ)

    async def work() -> Kit:
        said = KitWords(
            title=plain(input.title, "title"),
            purpose=plain(input.purpose, "purpose"),
            agenda=plain(input.agenda, "agenda"),
            mentor_preparation=plain(input.mentor_preparation, "mentorPreparation"),
            mentee_preparation=plain(input.mentee_preparation, "menteePreparation"),
            mentor_follow_up=plain(input.mentor_follow_up, "mentorFollowUp"),
            mentee_follow_up=plain(input.mentee_follow_up, "menteeFollowUp"),
        )
        program, own, base = (
            number_of(principal, input.program, "Program"),
            maybe_number_of(principal, input.id, "SessionKit"),
            maybe_number_of(principal, input.base, "SessionKit"),
        )
        return await kits.save(info.context.runtime, principal, program, kit_id=own, base=base, said=said)

    return await _kit(info, principal, work)


async def retire_session_kit(info: Info, input: RetireSessionKitInput) -> SessionKitPayload:  # noqa: A002 - the Relay convention
    """Offer a kit no more, or again."""
    principal = info.context.require(Scope.READ)

    async def work() -> Kit:
        return await kits.retire(info.context.runtime, principal, number_of(principal, input.id, "SessionKit"), retired=input.retired)

    return await _kit(info, principal, work)


async def attach_session_kit(info: Info, input: AttachSessionKitInput) -> SessionPayload:  # noqa: A002 - the Relay convention
    """Give a session a kit."""
    principal = info.context.require(Scope.ME)

    async def work() -> meeting.Seen:
        number, kit = number_of(principal, input.id, "Session"), maybe_number_of(principal, input.kit, "SessionKit")
        return await meeting.attach(info.context.runtime, principal, number, kit_id=kit)

    found, errors = await attempt(work)
    shown = None if found is None else session_type(found, installation_id=principal.installation_id, viewer=principal.member_id)
    return SessionPayload(session=shown, user_errors=errors)


@strawberry.type
class PairingMutations:
    """What pairs agree on and work towards."""

    propose_agreement = strawberry.field(resolver=propose_agreement, description="Propose an agreement; in force once everybody has signed it.")
    sign_agreement = strawberry.field(resolver=sign_agreement, description="Sign a version of an agreement.")
    decline_agreement = strawberry.field(resolver=decline_agreement, description="Not sign a version; whoever proposed it is told.")
    add_pair_item = strawberry.field(resolver=add_pair_item, description="Write down a goal or an action of a mentorship that one is in.")
    change_pair_item = strawberry.field(resolver=change_pair_item, description="Change a goal or an action, or its state.")
    remove_pair_item = strawberry.field(resolver=remove_pair_item, description="Take a goal with its actions away, or an action.")
    save_session_kit = strawberry.field(resolver=save_session_kit, description="Make or change a session kit of a program; for its managers.")
    retire_session_kit = strawberry.field(resolver=retire_session_kit, description="Offer a program's kit no more, or again; for its managers.")
    attach_session_kit = strawberry.field(resolver=attach_session_kit, description="Give a session that is ahead a kit, or none.")
