"""The page on which members enrol: by a program's own address, by an invitation, or by a referral link."""

from dataclasses import dataclass, replace
from urllib.parse import quote

from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.people import Principal
from plugin.domain.programs import TAKING_IN, Program, ProgramState, Role
from plugin.domain.recruiting import WAITING, Invitation, InvitationState, ReferralLink
from plugin.domain.recruiting import move as move_invitation
from plugin.errors import Invalid, NotFound
from plugin.services.messages import reaching
from plugin.services.questions import forms
from plugin.services.recruiting import inviting, referring
from plugin.services.recruiting.enrolling import enrol, member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import language_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the page shows. ``signed_in`` is the member's name; without it only that there is a program and what it is for.

    ``invited`` is the member's invitation, ``referrer`` who gave them the link, if that member agreed to be named.
    """

    program: Program
    community: str
    language: str
    sign_in: str
    roles: tuple[Role, ...]
    least: int
    """From which age members may take part."""
    signed_in: str = ""
    referrer: str = ""
    invited: Invitation | None = None
    enrolled: tuple[Enrolment, ...] = ()
    questions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    program_id: int
    link: ReferralLink | None = None
    invitation: Invitation | None = None


def _way(unit: UnitOfWork, token: str) -> _Way:
    """Where an address leads. Raises :class:`NotFound` with one answer for whatever leads nowhere."""
    mark, rest = token[:1], token[1:]
    if mark == referring.MARK:
        link = referring.opened(unit, token)
        return _Way(program_id=link.program_id, link=link)
    if mark in {"p", "i"} and rest.isascii() and rest.isdigit() and len(rest) < 20 and int(rest) < 2**63:
        if mark == "p":
            return _Way(program_id=int(rest))
        found = unit.invitations.get(int(rest))
        if found is not None and found.state not in {InvitationState.PLANNED, InvitationState.DROPPED}:
            return _Way(program_id=found.program_id, invitation=found)
    raise NotFound("this address leads nowhere any more: ask whoever gave it to you for a new one")


async def look(runtime: Runtime, installation_id: int, token: str, principal: Principal | None) -> Door:
    """What is behind an address, for who is signed in or for nobody. Looking at one's own invitation is remembered.

    Raises :class:`NotFound` for what leads nowhere, for somebody else's invitation and for programs that are not public.
    """
    member_id = None if principal is None or principal.installation_id != installation_id else principal.member_id
    return await runtime.database.write(installation_id, lambda unit: _door(unit, token, member_id))


def _door(unit: UnitOfWork, token: str, member_id: int | None) -> Door:
    way = _way(unit, token)
    program, invitation = unit.programs.get(way.program_id), way.invitation
    member = None if member_id is None else unit.members.get(member_id)
    if program is None or program.state is ProgramState.DRAFT or (invitation is not None and member is not None and invitation.member_id != member.id):
        raise NotFound("this address leads nowhere any more: ask whoever gave it to you for a new one")
    locale = reaching.reach_of(unit, member).locale if member else unit.community.locale
    shown = Door(
        program=program,
        community=unit.community.name,
        language=language_of(locale),
        sign_in=f"/auth/{unit.installation_id}/start?next={quote(f'/enrol/{unit.installation_id}/{token}', safe='')}",
        roles=_roles(program, way),
        least=unit.policy.minimum_age,
        referrer=_referrer(unit, way.link),
    )
    if member is None:
        return shown
    if invitation is not None and invitation.state is InvitationState.INVITED:
        invitation = replace(invitation, state=move_invitation(invitation, InvitationState.SEEN), seen_at=unit.now)
        unit.invitations.put(invitation)
    if invitation is None:
        asked = unit.invitations.find(program.id, member.id)
        invitation = asked if asked is not None and asked.state in WAITING else None
    mine = tuple(one for one in unit.enrolments.of_member(member.id) if one.program_id == program.id)
    taking_part = tuple(one for one in mine if one.state in {EnrolmentState.APPLIED, EnrolmentState.APPROVED})
    return replace(
        shown,
        signed_in=member.username,
        invited=invitation,
        enrolled=taking_part,
        questions=any(forms.form_of(unit, program.id, one.role.value) is not None for one in taking_part),
    )


def _roles(program: Program, way: _Way) -> tuple[Role, ...]:
    if program.state not in TAKING_IN:
        return ()
    if way.invitation is not None:
        return (way.invitation.role,) if way.invitation.state in WAITING else ()
    if not program.open:
        return ()
    return (way.link.role,) if way.link is not None and way.link.role is not None else (Role.MENTOR, Role.MENTEE)


def _referrer(unit: UnitOfWork, link: ReferralLink | None) -> str:
    found = None if link is None or not link.named else unit.members.get(link.referrer_id)
    return "" if found is None else found.name or found.username


async def enter(
    runtime: Runtime,
    principal: Principal,
    token: str,
    *,
    role: str,
    conduct: bool,
    adult: bool,
    age: int | None = None,
    guardian: str = "",
    decline: bool = False,
) -> Door:
    """Enrol by the page's form, or decline an invitation.

    Raises as ``enrol`` does, and :class:`Invalid` for what the form does not offer and for who does not agree to the code of conduct.
    """
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Door:
        way = _way(unit, token)
        if decline:
            asked = inviting.own(unit, way.invitation.id, member_id) if way.invitation else None
            if asked is None:
                raise Invalid("there is nothing to decline here", field="decline")
            inviting.decline(unit, asked)
            return _door(unit, token, member_id)
        if role not in set(Role):
            raise Invalid("choose whether to take part as a mentor or as a mentee", field="role")
        before = unit.enrolments.ever(way.program_id)
        made = enrol(unit, program_id=way.program_id, member_id=member_id, role=Role(role), adult=adult, age=age, guardian=guardian)
        if not conduct:
            raise Invalid("agree to the code of conduct to take part", field="conduct")
        program = unit.programs.get(way.program_id)
        if way.link is not None and program is not None and member_id not in before:
            referring.attribute(unit, way.link, made, program)
        return _door(unit, token, member_id)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done
