"""Members refer others to a program by a link of their own: opaque, with an end, and never of use to themselves."""

import secrets
from dataclasses import dataclass, replace

from plugin.domain.enrolments import Enrolment
from plugin.domain.people import Principal
from plugin.domain.programs import TAKING_IN, Program, Role
from plugin.domain.recruiting import LINK_FOR, MAX_LINKS, Referral, ReferralLink
from plugin.errors import Conflict, NotFound
from plugin.services import milestones
from plugin.services.guarding.managing import require_manager, visible
from plugin.services.messages.telling import tell
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.crypto import token_digest
from plugin.store.unit_of_work import UnitOfWork

PURPOSE = "referral"
MARK = "r"
"""What the secret of a referral link begins with, beside addresses of programs and invitations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A link of one's own, its address, and how many came by it."""

    link: ReferralLink
    address: str
    came: int


async def make(runtime: Runtime, principal: Principal, program_id: int, *, role: Role | None, named: bool) -> Shown:
    """A new link to a program for whoever the member wants to refer; ``named`` says that those who open it may see who it is from.

    Raises :class:`Conflict` for a program that takes nobody in or to which members are invited, and for too many links at a time.
    """
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Shown:
        program, member = visible(unit, principal, program_id), unit.members.get(member_id)
        if member is None or not member.takes_part:
            raise NotFound("there is no such program", field="program")
        if program.state not in TAKING_IN:
            raise Conflict("a program that is {state} takes nobody in", code="not_taking_in", field="program", state=program.state)
        if not program.open:
            raise Conflict("members are invited to this program: name somebody to its managers instead", code="not_open", field="program")
        if sum(_leads(one, unit) for one in unit.referrals.links_of(member_id)) >= MAX_LINKS:
            raise Conflict("you have {most} links that lead somewhere: take one back first", code="too_many_links", most=MAX_LINKS)
        secret = MARK + secrets.token_urlsafe(24)
        made = ReferralLink(
            id=unit.new_id(),
            program_id=program_id,
            referrer_id=member_id,
            digest=token_digest(secret),
            secret=unit.seal(secret.encode(), purpose=PURPOSE),
            role=role,
            named=named,
            created_at=unit.now,
            expires_at=unit.now + LINK_FOR,
        )
        unit.referrals.put_link(made)
        unit.record("referral.link_made", actor=str(member_id), link=str(made.id), program=str(program_id))
        return Shown(link=made, address=_address(runtime, unit, secret), came=0)

    return await runtime.database.write(principal.installation_id, work)


def _leads(one: ReferralLink, unit: UnitOfWork) -> bool:
    return one.revoked_at is None and one.expires_at > unit.now


def _address(runtime: Runtime, unit: UnitOfWork, secret: str) -> str:
    return f"{runtime.settings.public_url}/enrol/{unit.installation_id}/{secret}"


async def revoke(runtime: Runtime, principal: Principal, link_id: int) -> Shown:
    """Take a link back: it leads nowhere from now on. Raises :class:`NotFound` for somebody else's."""
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Shown:
        one = unit.referrals.link(link_id)
        if one is None or one.referrer_id != member_id:
            raise NotFound("there is no such link", field="link")
        done = replace(one, revoked_at=one.revoked_at or unit.now)
        unit.referrals.put_link(done)
        return _shown(runtime, unit, done, unit.referrals.counts([done.id]))

    return await runtime.database.write(principal.installation_id, work)


def _shown(runtime: Runtime, unit: UnitOfWork, one: ReferralLink, came: dict[int, int]) -> Shown:
    secret = unit.unseal(one.secret, purpose=PURPOSE).decode()
    return Shown(link=one, address=_address(runtime, unit, secret), came=came.get(one.id, 0))


async def mine(runtime: Runtime, principal: Principal) -> list[Shown]:
    """The member's links, the newest first."""
    member_id = principal.member_id
    if member_id is None:
        return []

    def work(unit: UnitOfWork) -> list[Shown]:
        found = unit.referrals.links_of(member_id)
        came = unit.referrals.counts(one.id for one in found)
        return [_shown(runtime, unit, one, came) for one in found]

    return await runtime.database.read(principal.installation_id, work)


async def of_program(runtime: Runtime, principal: Principal, program_id: int) -> list[Referral]:
    """Who came to a program by whom, for its managers."""

    def work(unit: UnitOfWork) -> list[Referral]:
        require_manager(unit, principal, program_id)
        return unit.referrals.of_program(program_id)

    return await runtime.database.read(principal.installation_id, work)


# ---------------------------------------------------------------------------------------------------------------------- for those who come


def opened(unit: UnitOfWork, secret: str) -> ReferralLink:
    """The link with this secret. Raises :class:`NotFound` with one answer for a wrong, expired and revoked one."""
    gone = NotFound("this link leads nowhere any more: ask whoever gave it to you for a new one")
    if not secret.startswith(MARK) or not secret.isascii() or len(secret) > 64:
        raise gone
    one = unit.referrals.by_digest(token_digest(secret))
    referrer = None if one is None else unit.members.get(one.referrer_id)
    if one is None or not _leads(one, unit) or referrer is None or not referrer.takes_part:
        raise gone
    return one


def attribute(unit: UnitOfWork, link: ReferralLink, made: Enrolment, program: Program) -> bool:
    """Remember by whom somebody came who enrolled by a link; ``False`` for oneself and for who was in the program before or came by somebody else."""
    if made.member_id == link.referrer_id or made.program_id != link.program_id:
        return False
    if not unit.referrals.add(Referral(program_id=link.program_id, member_id=made.member_id, referrer_id=link.referrer_id, link_id=link.id, at=unit.now)):
        return False
    about: dict[str, str | int] = {"member": made.member_id, "program": program.name}
    tell(unit, link.referrer_id, "referral.enrolled", key=f"referral:{program.id}:{made.member_id}", about=about)
    milestones.reached(unit, program.id, [link.referrer_id])
    unit.record("referral.made", actor=str(made.member_id), link=str(link.id))
    return True
