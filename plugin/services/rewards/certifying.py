"""Certificates: what a member did in a program, as a page that anybody with its address can check and as a PDF."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import orjson

from plugin.domain.mentorships import Mentorship
from plugin.domain.people import Principal
from plugin.domain.programs import Program, Role
from plugin.domain.rewards import Certificate, Facts
from plugin.domain.sessions import SessionState
from plugin.errors import Conflict, NotFound
from plugin.services.guarding.managing import managed, managed_program, require_manager
from plugin.services.messages.telling import tell
from plugin.services.runtime import Runtime
from plugin.store.crypto import token_digest
from plugin.store.unit_of_work import UnitOfWork

_CODE, _FACTS = "certificate-code", "certificate-facts"
_MISSING = NotFound("there is no such certificate: check that the address is whole")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A certificate with what it says and the path of its page."""

    certificate: Certificate
    facts: Facts
    path: str

    @property
    def valid(self) -> bool:
        """Whether it was not taken back."""
        return self.certificate.revoked_at is None


# ---------------------------------------------------------------------------------------------------------------------- issuing


def facts_of(unit: UnitOfWork, program: Program, member_id: int, role: Role) -> Facts | None:
    """What a member did in a program in a role; ``None`` for somebody who was in no mentorship of it."""
    member = unit.members.get(member_id)
    pairs = [one for one in unit.mentorships.of_member(member_id) if one.program_id == program.id and _in_role(one, member_id, role)]
    if member is None or not pairs:
        return None
    held = [one for one in unit.sessions.of_member(member_id, states=(SessionState.HELD,)) if one.mentorship_id in {each.id for each in pairs}]
    return Facts(
        name=member.name or member.username,
        program=program.name,
        community=unit.community.name,
        role=role,
        hours=round(sum(one.minutes for one in held) / 60, 1),
        sessions=len(held),
        mentorships=len(pairs),
        began_on=min(one.began_at for one in pairs).date(),
        ended_on=max(one.ended_at or unit.now for one in pairs).date(),
    )


def _in_role(one: Mentorship, member_id: int, role: Role) -> bool:
    return one.mentor_id == member_id if role is Role.MENTOR else member_id in one.mentee_ids


def issue_if_earned(unit: UnitOfWork, program: Program, member_id: int, role: Role | None) -> Certificate | None:
    """Issue a certificate for a role, or for each in which the member took part, unless there is one; the first is returned."""
    made = [_issue(unit, program, member_id, one) for one in ((role,) if role else tuple(Role))]
    return next((one for one in made if one is not None), None)


def _issue(unit: UnitOfWork, program: Program, member_id: int, role: Role) -> Certificate | None:
    if any(one.role is role for one in unit.certificates.of_member(member_id, program_id=program.id)):
        return None
    said = facts_of(unit, program, member_id, role)
    if said is None:
        return None
    code = secrets.token_urlsafe(18)
    made = Certificate(
        id=unit.new_id(),
        program_id=program.id,
        member_id=member_id,
        role=role,
        digest=token_digest(code),
        code=unit.seal(code.encode(), purpose=_CODE),
        facts=unit.seal(_dump(said), purpose=_FACTS),
        issued_at=unit.now,
    )
    unit.certificates.put(made)
    about: dict[str, str | int] = {"program": program.name, "path": _path(unit, code)}
    tell(unit, member_id, "certificate.issued", key=f"certificate:{made.id}", about=about)
    unit.record("certificate.issued", actor="system", certificate=str(made.id))
    return made


def _path(unit: UnitOfWork, code: str) -> str:
    return f"/certificate/{unit.installation_id}/{code}"


def _dump(said: Facts) -> bytes:
    values = {name: getattr(said, name) for name in ("name", "program", "community", "hours", "sessions", "mentorships")}
    return orjson.dumps(values | {"role": said.role.value, "began_on": said.began_on.isoformat(), "ended_on": said.ended_on.isoformat()})


def _load(plain: bytes) -> Facts:
    found: Mapping[str, object] = orjson.loads(plain)
    days = {name: date.fromisoformat(str(found[name])) for name in ("began_on", "ended_on")}
    return Facts(**(dict(found) | {"role": Role(str(found["role"]))} | days))  # type: ignore[arg-type]  # as _dump wrote it


async def issue(runtime: Runtime, principal: Principal, program_id: int, member_id: int, *, role: Role) -> Shown:
    """Issue a certificate by hand. Raises :class:`Conflict` for somebody who has one or was in no mentorship of the program."""

    def work(unit: UnitOfWork) -> Shown:
        program = managed_program(unit, principal, program_id)
        if unit.members.get(member_id) is None:
            raise NotFound("there is no such member", field="member")
        if any(one.role is role for one in unit.certificates.of_member(member_id, program_id=program_id)):
            raise Conflict("they have a certificate for this: there is one for each role in a program", code="has_one", field="member")
        made = _issue(unit, program, member_id, role)
        if made is None:
            raise Conflict("they were in no mentorship of this program in this role: there is nothing to certify", code="nothing_to_certify", field="member")
        return _shown(unit, made)

    return await runtime.database.write(principal.installation_id, work)


async def of_member(runtime: Runtime, principal: Principal, program_id: int, member_id: int) -> list[Shown]:
    """The certificates of a member in a program, for its managers."""

    def work(unit: UnitOfWork) -> list[Shown]:
        require_manager(unit, principal, program_id)
        return [_shown(unit, one) for one in unit.certificates.of_member(member_id, program_id=program_id)]

    return await runtime.database.read(principal.installation_id, work)


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int) -> list[Shown]:
    """All certificates of a program, the newest first, for its managers."""

    def work(unit: UnitOfWork) -> list[Shown]:
        require_manager(unit, principal, program_id)
        return [_shown(unit, one) for one in unit.certificates.page(program_id, after=after, limit=limit)]

    return await runtime.database.read(principal.installation_id, work)


async def revoke(runtime: Runtime, principal: Principal, certificate_id: int) -> Shown:
    """Take a certificate back; its page says so from now on. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork) -> Shown:
        one = managed(unit, principal, unit.certificates.get(certificate_id), NotFound("there is no such certificate", field="certificate"))
        done = replace(one, revoked_at=one.revoked_at or unit.now)
        unit.certificates.put(done)
        unit.record("certificate.revoked", actor=principal.actor, certificate=str(certificate_id))
        return _shown(unit, done)

    return await runtime.database.write(principal.installation_id, work)


# ---------------------------------------------------------------------------------------------------------------------- showing


def _shown(unit: UnitOfWork, one: Certificate) -> Shown:
    code = unit.unseal(one.code, purpose=_CODE).decode()
    return Shown(certificate=one, facts=_load(unit.unseal(one.facts, purpose=_FACTS)), path=_path(unit, code))


async def verify(runtime: Runtime, installation_id: int, code: str) -> tuple[Shown, str]:
    """The certificate with this code, and the community's language. Raises :class:`NotFound`; who was erased has none any more."""
    if not 16 <= len(code) <= 64 or not code.isascii():
        raise _MISSING

    def work(unit: UnitOfWork) -> tuple[Shown, str]:
        one = unit.certificates.by_digest(token_digest(code))
        if one is None:
            raise _MISSING
        return _shown(unit, one), unit.community.locale

    return await runtime.database.read(installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[Shown]:
    """The member's certificates, the newest first."""
    member_id = principal.member_id
    if member_id is None:
        return []
    return await runtime.database.read(principal.installation_id, lambda unit: [_shown(unit, one) for one in unit.certificates.of_member(member_id)])
