"""What managers and members see of groups."""

from plugin.domain.designs import GroupDesign
from plugin.domain.groups import Group, GroupState
from plugin.domain.people import Principal, Scope
from plugin.errors import NotFound
from plugin.graph import grouping
from plugin.graph.grouping import Left
from plugin.services.guarding.managing import managed, may_manage, require_manager
from plugin.services.matching import group_inputs, round_reading
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


async def of_round(runtime: Runtime, principal: Principal, round_id: int) -> list[Group]:
    """The groups of a round, for who manages its program."""

    def work(unit: UnitOfWork) -> list[Group]:
        round_reading.found(principal, round_id, unit)
        return unit.our_groups.of_round(round_id)

    return await runtime.database.read(principal.installation_id, work)


async def running(runtime: Runtime, principal: Principal, program_id: int) -> list[Group]:
    """The running groups of a program, for who manages it."""

    def work(unit: UnitOfWork) -> list[Group]:
        require_manager(unit, principal, program_id)
        return group_inputs.running_of(unit, program_id)

    return await runtime.database.read(principal.installation_id, work)


async def design_of_running(runtime: Runtime, principal: Principal, program_id: int) -> GroupDesign:
    """What was asked of the newest of a program's groups that run, for who manages it."""

    def work(unit: UnitOfWork) -> GroupDesign:
        require_manager(unit, principal, program_id)
        return group_inputs.newest_design(unit, group_inputs.running_of(unit, program_id))

    return await runtime.database.read(principal.installation_id, work)


async def left_over(runtime: Runtime, principal: Principal, program_id: int, design: GroupDesign | None = None) -> tuple[Left, ...]:
    """Who is in no group that runs, and why no group takes them, for who manages the program."""

    def work(unit: UnitOfWork) -> tuple[Left, ...]:
        require_manager(unit, principal, program_id)
        groups = group_inputs.running_of(unit, program_id)
        task = group_inputs.of_running(unit, program_id, groups, design)
        return grouping.left_over(task.people, task.design, [group_inputs.as_grouping(group) for group in group_inputs.present(groups, task)])

    return await runtime.database.read(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[Group]:
    """The running groups that the viewer is in."""
    member_id = principal.member_id
    if member_id is None:
        return []
    return await runtime.database.read(principal.installation_id, lambda unit: unit.our_groups.of_member(member_id))


async def visible(runtime: Runtime, principal: Principal, group_id: int) -> Group | None:
    """A group for who manages its program, and a running one for who is in it; ``None`` for anybody else."""

    def work(unit: UnitOfWork) -> Group | None:
        group = unit.our_groups.get(group_id)
        if group is None:
            return None
        if group.state is GroupState.RUNNING and principal.may(Scope.ME) and principal.member_id in {seat.member_id for seat in group.seats}:
            return group
        return group if may_manage(unit, principal, group.program_id) else None

    return await runtime.database.read(principal.installation_id, work)


def found(unit: UnitOfWork, principal: Principal, group_id: int) -> Group:
    """A group, for who manages its program. Raises :class:`NotFound`."""
    return managed(unit, principal, unit.our_groups.get(group_id), NotFound("there is no such group"))
