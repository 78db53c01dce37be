"""Who is in charge of what: granted by admins, or accepted by invitation.

Where the host says who its admins are, nobody becomes one here. Whoever looks after safety is granted that by an admin, and admins do not look after it by
being admins: they may not grant it to themselves as long as somebody else is there to do so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.domain.members import Member
from plugin.domain.people import Office, Principal, Scope
from plugin.errors import Conflict, Forbidden, NotFound
from plugin.services.guarding.managing import admins_of
from plugin.services.identity import rights
from plugin.services.identity.access import require_admin, require_member
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest
from plugin.store.unit_of_work import UnitOfWork

INVITED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A member in an office. ``since`` is missing where the host says so."""

    member: Member
    office: Office
    since: datetime | None


async def holders(runtime: Runtime, principal: Principal | None) -> list[Holder]:
    """Everybody who holds an office in the community, for its admins. Raises :class:`Forbidden`."""
    asking = await require_admin(runtime, principal)

    def work(unit: UnitOfWork) -> list[Holder]:
        granted = {office: unit.staff.holders(office) for office in Office}
        host_says = rights.says_admins(runtime, unit.community.host)
        if host_says:
            granted[Office.ADMIN] = {}
        people = unit.members.many({member for found in granted.values() for member in found})
        found = [Holder(member=people[member], office=office, since=since) for office in Office for member, since in granted[office].items()]
        said = unit.members.admins() if host_says else []
        return [Holder(member=one, office=Office.ADMIN, since=None) for one in said if one.takes_part] + found

    return await runtime.database.read(asking.installation_id, work)


async def invite(runtime: Runtime, installation_id: int, office: Office, *, by: str) -> str:
    """An address that gives an office to the first member who signs in there and accepts; good once, for :data:`INVITED_FOR`. ``by`` is for the audit log.

    Raises :class:`Conflict` for admins where the host says who they are.
    """

    def work(unit: UnitOfWork) -> str:
        _refuse_what_the_host_says(runtime, unit, office)
        token = new_secret()
        unit.staff.prune(now=unit.now)
        unit.staff.invite(token_digest(token), office, expires_at=unit.now + INVITED_FOR)
        unit.record("office.invited", actor=by, office=office.value)
        return token

    token = await runtime.database.write(installation_id, work)
    return f"{runtime.settings.public_url}/join/{installation_id}/{token}"


async def invite_as_admin(runtime: Runtime, principal: Principal | None, office: Office) -> str:
    """:func:`invite`, for admins of the community."""
    asking = await require_admin(runtime, principal, fresh=True)
    return await invite(runtime, asking.installation_id, office, by=str(asking.member_id))


async def invitation(runtime: Runtime, installation_id: int, token: str) -> tuple[Office, str]:
    """What an invitation is for, and the community's name. Raises :class:`NotFound` for one that is unknown, used or expired."""
    return await runtime.database.read(installation_id, lambda unit: (_invited(unit, token_digest(token)), unit.community.name))


def _invited(unit: UnitOfWork, digest: bytes) -> Office:
    office = unit.staff.invited(digest, now=unit.now)
    if office is None:
        raise NotFound("this invitation was used already or has expired: ask for a new one", code="invitation_over")
    return office


async def accept(runtime: Runtime, principal: Principal, token: str) -> Office:
    """Take an invitation up, which uses it up.

    Raises :class:`NotFound` as :func:`invitation` does, and :class:`Forbidden` for an admin who would look after safety, as :func:`set_office` does: the
    invitation may be of their own making.
    """
    member_id = require_member(principal)

    def work(unit: UnitOfWork) -> Office:
        digest = token_digest(token)
        office = _invited(unit, digest)
        if office is Office.SAFETY and member_id in admins_of(unit):
            _refuse_oneself(unit, member_id)
        unit.staff.use(digest)
        unit.staff.grant(member_id, office, at=unit.now)
        unit.record("office.accepted", actor=str(member_id), office=office.value, member=str(member_id))
        return office

    return await runtime.database.write(principal.installation_id, work)


async def set_office(runtime: Runtime, principal: Principal | None, member_id: int, office: Office, *, holds: bool) -> None:
    """Grant a member an office, or take it back; for admins of the community.

    Raises :class:`Conflict` for what the host says, and for the last admin leaving; :class:`Forbidden` for an admin who would look after safety alone.
    """
    asking = await require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> None:
        _refuse_what_the_host_says(runtime, unit, office)
        member = unit.members.get(member_id)
        if member is None or (holds and not member.takes_part):
            raise NotFound("there is no such member who takes part", field="member")
        there = unit.staff.holders(office)
        if holds:
            if office is Office.SAFETY and member_id == asking.member_id:
                _refuse_oneself(unit, member_id)
            unit.staff.grant(member_id, office, at=unit.now)
        else:
            if office is Office.ADMIN and set(there) == {member_id}:
                raise Conflict("a community needs an admin: make somebody else one first", code="last_admin", field="member")
            unit.staff.withdraw(member_id, office)
        if holds != (member_id in there):
            unit.record("office.granted" if holds else "office.withdrawn", actor=str(asking.member_id), office=office.value, member=str(member_id))

    await runtime.database.write(asking.installation_id, work)


def _refuse_oneself(unit: UnitOfWork, member_id: int) -> None:
    """Raise :class:`Forbidden` if an admin or somebody who looks after safety is there besides this member, who could grant it instead."""
    if {*admins_of(unit), *safety_staff(unit)} - {member_id}:
        raise Forbidden("who looks after safety is granted it by somebody else: ask another admin")


def _refuse_what_the_host_says(runtime: Runtime, unit: UnitOfWork, office: Office) -> None:
    if office is Office.ADMIN and rights.says_admins(runtime, unit.community.host):
        raise Conflict("{title} says who its admins are: make them one there", code="host_says", field="office", title=runtime.host(unit.community.host).title)


def safety_staff(unit: UnitOfWork) -> list[int]:
    """Members who look after safety and take part, for those who have something to tell them."""
    people = unit.members.many(unit.staff.holders(Office.SAFETY))
    return sorted(one.id for one in people.values() if one.takes_part)


def require_safety(principal: Principal) -> int:
    """The id of the member who asks, if they look after safety. Raises :class:`Forbidden`."""
    if not principal.may(Scope.SAFETY):
        raise Forbidden("this is for those who look after safety in the community")
    return require_member(principal)
