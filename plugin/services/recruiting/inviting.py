"""Asking a member to take part: each once for a program, with the reason why them, and with an end."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from plugin.domain.enrolments import Enrolment, EnrolmentState, check_places
from plugin.domain.enrolments import move as move_enrolment
from plugin.domain.people import Principal
from plugin.domain.programs import Program, Role
from plugin.domain.recruiting import ANSWER_WITHIN, WAITING, Evidence, Invitation, InvitationState, check_words, move
from plugin.errors import Conflict, NotFound
from plugin.services import scheduling
from plugin.services.guarding.managing import require_manager
from plugin.services.messages import reaching
from plugin.services.messages.telling import tell
from plugin.services.recruiting import prospecting
from plugin.services.recruiting.enrolling import DEFAULT_ROOM, enrol, invitation_ended, member_of
from plugin.services.recruiting.prospecting import Found
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import language_of, translate
from plugin.texts.recruiting import FOUND_BY

PURPOSE = "invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A member whom a manager wants to ask, with what speaks for them, if they were found and not named."""

    member_id: int
    found: Found | None = None


# ---------------------------------------------------------------------------------------------------------------------- asking


def planned(unit: UnitOfWork, program: Program, one: Named, *, role: Role, wave_id: int | None, words: str) -> Invitation:
    """An invitation that the member knows nothing of yet."""
    known = unit.invitations.find(program.id, one.member_id)
    found = one.found
    return Invitation(
        id=known.id if known else unit.new_id(),
        program_id=program.id,
        member_id=one.member_id,
        role=role,
        state=InvitationState.PLANNED if known is None else move(known, InvitationState.PLANNED),
        created_at=unit.now,
        wave_id=wave_id,
        score=found.score if found else 0.0,
        evidence=found.evidence if found else (),
        post_ids=found.post_ids if found else (),
        words=unit.seal(words.encode(), purpose=PURPOSE),
    )


def ask(unit: UnitOfWork, program: Program, one: Invitation) -> Invitation:
    """Ask the member whom an invitation was planned for."""
    until = unit.now + ANSWER_WITHIN
    asked = replace(one, state=move(one, InvitationState.INVITED), invited_at=unit.now, expires_at=until)
    unit.invitations.put(asked)
    # An invitation is an enrolment that waits for the member's word.
    unit.enrolments.put(
        Enrolment(
            id=unit.new_id(),
            program_id=program.id,
            member_id=one.member_id,
            role=one.role,
            state=EnrolmentState.INVITED,
            capacity=DEFAULT_ROOM[one.role],
            enrolled_at=unit.now,
        )
    )
    member = unit.members.get(one.member_id)
    words = unit.unseal(one.words, purpose=PURPOSE).decode() if one.words else ""
    benefits = program.mentor_benefits if one.role is Role.MENTOR else program.mentee_benefits
    about: dict[str, str | int] = {
        "program": program.name,
        "purpose": program.purpose or program.name,
        "benefits": benefits or "–",
        "why": "" if member is None else why_of(one.evidence, language=language_of(reaching.reach_of(unit, member).locale)),
        "words": words,
        "until": until.isoformat(),
        "path": f"/enrol/{unit.installation_id}/i{one.id}",
    }
    tell(unit, one.member_id, "invitation.sent", key=f"invitation:{one.id}:sent", about=about, until=until)
    scheduling.schedule(unit, "invitation.expire", key=f"invitation:{one.id}:expire", at=until, about={"invitation": one.id})
    return asked


def why_of(evidence: Iterable[Evidence], *, language: str) -> str:
    """Why somebody is asked, in their language: the two strongest figures."""
    known = [one for one in evidence if one.criterion in FOUND_BY and (one.count or one.criterion == "topic")]
    return " ".join(translate(FOUND_BY[one.criterion], language=language, number=one.count).format(count=one.count) for one in known[:2])


async def invite(runtime: Runtime, principal: Principal, *, program_id: int, member_id: int, role: Role, reason: str) -> Enrolment:
    """Ask one member to take part, as a manager; they are in as soon as they say yes. Raises :class:`Conflict` for who was asked, or takes part, already."""
    plain = check_words(reason)

    def work(unit: UnitOfWork) -> Enrolment:
        require_manager(unit, principal, program_id)
        program = unit.programs.get(program_id)
        if program is None:
            raise NotFound("there is no such program", field="program")
        why = prospecting.why_not(unit, program_id, member_id)
        member = unit.members.get(member_id)
        if member is None or not member.takes_part:
            raise NotFound("there is no such member who takes part", field="member")
        if why:
            raise Conflict("this member {why}", code="not_askable", field="member", why=why)
        made = planned(unit, program, Named(member_id=member_id), role=role, wave_id=None, words=plain)
        unit.invitations.put(made)
        asked = ask(unit, program, made)
        unit.record("invitation.sent", actor=principal.actor, invitation=str(asked.id))
        return one_of(unit, asked)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


def one_of(unit: UnitOfWork, one: Invitation) -> Enrolment:
    """The enrolment that an invitation is about. Raises :class:`NotFound`."""
    found = unit.enrolments.find(one.program_id, one.member_id, one.role)
    if found is None:
        raise NotFound("there is no such enrolment", field="enrolment")
    return found


@scheduling.job("invitation.expire")
def expire(unit: UnitOfWork, about: scheduling.About) -> None:
    """Nobody answered: the invitation ends, and the member is not asked again."""
    one = unit.invitations.get(int(about["invitation"]))
    if one is not None and one.state in WAITING:
        _end(unit, one, InvitationState.EXPIRED)


def _end(unit: UnitOfWork, one: Invitation, to: InvitationState) -> Invitation:
    done = invitation_ended(unit, one, to)
    enrolled = unit.enrolments.find(one.program_id, one.member_id, one.role)
    if enrolled is not None and enrolled.state is EnrolmentState.INVITED:
        unit.enrolments.put(replace(enrolled, state=move_enrolment(enrolled, EnrolmentState.WITHDRAWN)))
    return done


# ---------------------------------------------------------------------------------------------------------------------- answering


async def mine(runtime: Runtime, principal: Principal) -> list[Invitation]:
    """The member's invitations that wait for an answer. That they were read is remembered by :func:`see`."""
    member_id = principal.member_id
    if member_id is None:
        return []
    return await runtime.database.read(principal.installation_id, lambda unit: unit.invitations.of_member(member_id, states=WAITING))


async def see(runtime: Runtime, principal: Principal, invitation_id: int) -> Invitation:
    """The member looked at an invitation."""
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Invitation:
        one = own(unit, invitation_id, member_id)
        if one.state is not InvitationState.INVITED:
            return one
        seen = replace(one, state=move(one, InvitationState.SEEN), seen_at=unit.now)
        unit.invitations.put(seen)
        return seen

    return await runtime.database.write(principal.installation_id, work)


def own(unit: UnitOfWork, invitation_id: int, member_id: int) -> Invitation:
    """A member's own invitation. Raises :class:`NotFound` for somebody else's, and for one that is only planned."""
    one = unit.invitations.get(invitation_id)
    if one is None or one.member_id != member_id or one.state in {InvitationState.PLANNED, InvitationState.DROPPED}:
        raise NotFound("there is no such invitation", field="invitation")
    return one


def decline(unit: UnitOfWork, one: Invitation) -> Invitation:
    """The member said no, and is not asked again. Raises :class:`Conflict` for an invitation that was answered or has ended."""
    done = _end(unit, one, InvitationState.DECLINED)
    unit.record("invitation.declined", actor=str(one.member_id), invitation=str(one.id))
    return done


async def answer(
    runtime: Runtime,
    principal: Principal,
    invitation_id: int,
    *,
    accept: bool,
    adult: bool = False,
    age: int | None = None,
    guardian: str = "",
    capacity: int | None = None,
) -> Invitation:
    """Say yes or no to an invitation; with a yes one takes part at once.

    Raises :class:`Conflict` for one that was answered or has ended, and with a yes what :func:`~plugin.services.recruiting.enrolling.enrol` raises.
    """
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Invitation:
        one = own(unit, invitation_id, member_id)
        if not accept:
            return decline(unit, one)
        move(one, InvitationState.ACCEPTED)
        if capacity is not None:
            check_places(capacity, 0)
        enrol(unit, program_id=one.program_id, member_id=member_id, role=one.role, capacity=capacity, adult=adult, age=age, guardian=guardian)
        return own(unit, invitation_id, member_id)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


# ---------------------------------------------------------------------------------------------------------------------- reading


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int, state: InvitationState | None) -> list[Invitation]:
    """Invitations to a program, for its managers."""

    def work(unit: UnitOfWork) -> list[Invitation]:
        require_manager(unit, principal, program_id)
        return unit.invitations.page(program_id, after=after, limit=limit, state=state)

    return await runtime.database.read(principal.installation_id, work)
