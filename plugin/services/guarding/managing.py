"""Who may define forms, see figures, decide on applications and take exports: the community's admins, and managers of a program for theirs."""

from typing import Protocol, TypeVar

from plugin.domain.people import Office, Principal, Scope
from plugin.domain.programs import Program, ProgramState
from plugin.errors import Forbidden, NotFound
from plugin.store.unit_of_work import UnitOfWork


class OfProgram(Protocol):
    """Something of a program, or with ``None`` of the whole community."""

    @property
    def program_id(self) -> int | None:
        """The program."""
        ...


T = TypeVar("T", bound=OfProgram)


def may_manage(unit: UnitOfWork, principal: Principal, program_id: int | None) -> bool:
    """Whether the caller may run the program, or with ``None`` whatever concerns the whole community."""
    if principal.may(Scope.PROGRAMS):
        return True
    if program_id is None or principal.member_id is None or not principal.manages:
        return False
    return unit.managers.manages(principal.member_id, program_id)


def require_manager(unit: UnitOfWork, principal: Principal, program_id: int | None) -> None:
    """Raise :class:`Forbidden` unless the caller manages the program, or with ``None`` the community; :class:`NotFound` for a program there is not."""
    if not may_manage(unit, principal, program_id):
        raise _not_theirs()
    if program_id is not None and unit.programs.get(program_id) is None:
        raise NotFound("there is no such program", field="program")


def managed_program(unit: UnitOfWork, principal: Principal, program_id: int) -> Program:
    """A program, for who manages it. Raises what :func:`require_manager` raises."""
    require_manager(unit, principal, program_id)
    found = unit.programs.get(program_id)
    assert found is not None  # noqa: S101 - required above
    return found


def managed(unit: UnitOfWork, principal: Principal, found: T | None, missing: NotFound) -> T:
    """What was looked up by its id, for who manages its program. Raises :class:`Forbidden`, or ``missing`` where there is nothing.

    Who may not manage every program is told the same of an id that names nothing as of one of another program: they do not learn what is there.
    """
    if found is None:
        raise missing if principal.may(Scope.PROGRAMS) else _not_theirs()
    require_manager(unit, principal, found.program_id)
    return found


def _not_theirs() -> Forbidden:
    return Forbidden("this is for managers of the program")


def may_see(unit: UnitOfWork, principal: Principal, program: Program) -> bool:
    """Whether the caller may know of a program: of a draft, who manages it."""
    return program.state is not ProgramState.DRAFT or may_manage(unit, principal, program.id)


def visible(unit: UnitOfWork, principal: Principal, program_id: int) -> Program:
    """A program that the caller may know of: a draft is there for who manages it, and for everybody else it is not. Raises :class:`NotFound`."""
    found = unit.programs.get(program_id)
    if found is None or not may_see(unit, principal, found):
        raise NotFound("there is no such program", field="program")
    return found


def managers_of(unit: UnitOfWork, program_id: int) -> list[int]:
    """Who looks after a program: its managers who still take part, or else the community's admins."""
    found = unit.members.many(unit.managers.of(program_id))
    there = sorted(member.id for member in found.values() if member.takes_part)
    return there or admins_of(unit)


def admins_of(unit: UnitOfWork) -> list[int]:
    """Admins of the community who take part, as the host said or by invitation; for telling them, not for letting them in."""
    found = {one.id: one for one in unit.members.admins()} | unit.members.many(unit.staff.holders(Office.ADMIN))
    return sorted(one.id for one in found.values() if one.takes_part)
