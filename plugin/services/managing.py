"""Who may define forms, see figures, decide on applications and take exports: the community's admins, and managers of a program for theirs."""

from plugin.domain.people import Principal, Scope
from plugin.errors import Forbidden, NotFound
from plugin.store.unit_of_work import UnitOfWork


def require_manager(unit: UnitOfWork, principal: Principal, program_id: int | None) -> None:
    """Raise :class:`Forbidden` unless the caller manages the program, or with ``None`` the community; :class:`NotFound` for a program there is not."""
    manages = program_id is not None and principal.member_id is not None and unit.managers.manages(principal.member_id, program_id)
    if not principal.may(Scope.PROGRAMS) and not manages:
        raise Forbidden("this is for managers of the program")
    if program_id is not None and unit.programs.get(program_id) is None:
        raise NotFound("there is no such program", field="program")


def managers_of(unit: UnitOfWork, program_id: int) -> list[int]:
    """Who looks after a program: its managers who still take part, or else the community's admins."""
    found = unit.members.many(unit.managers.of(program_id))
    there = sorted(member.id for member in found.values() if member.takes_part)
    return there or [member.id for member in unit.members.admins() if member.takes_part]
