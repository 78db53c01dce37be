"""What managers see of programs, and of who asks to take part in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.forms import Form
from plugin.domain.members import Member
from plugin.domain.people import Principal, Scope
from plugin.domain.programs import Program, Role
from plugin.domain.screening import Minor
from plugin.errors import NotFound
from plugin.services.guarding import safeguarding
from plugin.services.guarding.managing import managed_program, managers_of
from plugin.services.guarding.seeing import saw
from plugin.services.questions import forms
from plugin.services.recruiting import enrolling
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ProgramFigures:
    """How many take part in a program, wait for an answer, and meet."""

    mentors: int = 0
    mentees: int = 0
    waiting: int = 0
    pairs: int = 0


def _figures(unit: UnitOfWork, program_id: int) -> ProgramFigures:
    counted = unit.enrolments.counts(program_id)
    return ProgramFigures(
        mentors=counted.get((Role.MENTOR, EnrolmentState.APPROVED), 0),
        mentees=counted.get((Role.MENTEE, EnrolmentState.APPROVED), 0),
        waiting=sum(counted.get((role, EnrolmentState.APPLIED), 0) for role in Role),
        pairs=len(unit.mentorships.running(program_id)),
    )


async def programs(runtime: Runtime, principal: Principal, *, limit: int) -> list[tuple[Program, ProgramFigures]]:
    """The newest programs that the caller manages, with figures; all of the community for its admins."""

    def work(unit: UnitOfWork) -> list[tuple[Program, ProgramFigures]]:
        if principal.may(Scope.PROGRAMS):
            found = unit.programs.page(after=None, limit=limit, state=None)
        else:
            mine = [] if principal.member_id is None else unit.managers.by(principal.member_id)[:limit]
            known = unit.programs.many(mine)
            found = [known[one] for one in mine if one in known]
        return [(one, _figures(unit, one.id)) for one in found]

    return await runtime.database.read(principal.installation_id, work)


async def managed(runtime: Runtime, principal: Principal, program_id: int) -> Program:
    """A program, for who manages it. Raises :class:`NotFound` or :class:`Forbidden`."""
    return await runtime.database.read(principal.installation_id, lambda unit: managed_program(unit, principal, program_id))


async def program(runtime: Runtime, principal: Principal, program_id: int) -> tuple[Program, ProgramFigures, list[Member]]:
    """A program, its figures and who looks after it. Raises :class:`NotFound` or :class:`Forbidden`."""

    def work(unit: UnitOfWork) -> tuple[Program, ProgramFigures, list[Member]]:
        found = managed_program(unit, principal, program_id)
        return found, _figures(unit, program_id), list(unit.members.many(managers_of(unit, program_id)).values())

    return await runtime.database.read(principal.installation_id, work)


@dataclass(frozen=True, kw_only=True)
class Application:
    """An enrolment with what its member answered about the program."""

    enrolment: Enrolment
    member: Member | None
    sheets: Sequence[forms.Sheet]
    minor: Minor | None
    """What they said of their age, if they are under age."""


async def application(runtime: Runtime, principal: Principal, program_id: int, enrolment_id: int) -> Application:
    """One application; that its answers were read is written down for the member to see."""

    def work(unit: UnitOfWork) -> Application:
        one = enrolling.managed_enrolment(unit, principal, enrolment_id)
        if one.program_id != program_id:
            raise NotFound("there is no such enrolment")
        known: dict[tuple[int, int | None], Form] = {}
        about = f"program:{program_id}"
        sheets = [forms.sheet(unit, each, known=known) for each in unit.submissions.of_member(one.member_id) if each.about == about]
        if sheets:
            saw(unit, principal, [one.member_id], what="answers")
        return Application(enrolment=one, member=unit.members.get(one.member_id), sheets=sheets, minor=safeguarding.minor(unit, one.member_id))

    return await runtime.database.write(principal.installation_id, work)
