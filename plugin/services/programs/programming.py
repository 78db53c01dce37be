"""Programs: made, changed, and moved through their life."""

from dataclasses import fields, replace

from plugin.domain.people import Principal, Scope
from plugin.domain.programs import NEXT, Plan, Program, ProgramState, check
from plugin.errors import Conflict, NotFound, Remark
from plugin.services.guarding.managing import managed_program, require_manager
from plugin.services.identity.access import require
from plugin.services.mentorships import mentoring, requesting
from plugin.services.questions import forms
from plugin.services.recruiting import announcing
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

_OVER = frozenset({ProgramState.COMPLETED, ProgramState.ARCHIVED})


async def create_program(runtime: Runtime, principal: Principal, *, plan: Plan) -> Program:
    """Make a program, as a draft. Raises :class:`Invalid` that names what has to be otherwise."""
    check(plan)

    def work(unit: UnitOfWork) -> Program:
        program = _program(plan, unit)
        unit.programs.put(program)
        forms.begin_surveys(unit)
        unit.record("program.created", actor=principal.actor, program=str(program.id))
        return program

    return await runtime.database.write(principal.installation_id, work)


def _program(plan: Plan, unit: UnitOfWork) -> Program:
    values = {one.name: getattr(plan, one.name) for one in fields(plan)} | {"name": " ".join(plan.name.split()), "goals": tuple(plan.goals)}
    return Program(id=unit.new_id(), state=ProgramState.DRAFT, created_at=unit.now, **values)


async def change_program(runtime: Runtime, principal: Principal, program_id: int, *, changes: dict[str, object]) -> Program:
    """Change what an admin said of a program; what is left out stays. Raises :class:`Invalid`, or :class:`Conflict` for one that is over."""

    def work(unit: UnitOfWork) -> Program:
        program = managed_program(unit, principal, program_id)
        if program.state in _OVER:
            raise Conflict("a program that is {state} is not changed any more", code="illegal_transition", state=program.state)
        plan = Plan(**{one.name: getattr(program, one.name) for one in fields(Plan)} | changes)
        check(plan)
        changed = replace(program, **changes)  # type: ignore[arg-type]  # the names are a program's too
        changed = replace(changed, name=" ".join(changed.name.split()), goals=tuple(changed.goals))
        unit.programs.put(changed)
        announcing.follow(unit, program_id)
        unit.record("program.changed", actor=principal.actor, program=str(program_id), fields=sorted(changes))
        return changed

    return await runtime.database.write(principal.installation_id, work)


async def duplicate_program(runtime: Runtime, principal: Principal, program_id: int, *, name: str) -> Program:
    """Make a draft like a program, without its people and dates."""

    def work(unit: UnitOfWork) -> Program:
        program = managed_program(unit, principal, program_id)
        plan = Plan(**{one.name: getattr(program, one.name) for one in fields(Plan)} | {"name": name, "starts_on": None, "ends_on": None})
        check(plan)
        made = _program(plan, unit)
        unit.programs.put(made)
        unit.record("program.created", actor=principal.actor, program=str(made.id), like=str(program_id))
        return made

    return await runtime.database.write(principal.installation_id, work)


async def move_program(runtime: Runtime, principal: Principal, program_id: int, state: ProgramState, *, end_pairs: bool = False) -> Program:
    """Move a program to its next state.

    Raises :class:`Conflict` that names the states it can go to, or how many pairs are still alive in one that is to be completed; with ``end_pairs`` they are
    ended, and both sides are told.
    """

    def work(unit: UnitOfWork) -> Program:
        program = managed_program(unit, principal, program_id)
        if state not in NEXT[program.state]:
            possible = sorted(NEXT[program.state]) or Remark("nowhere: it has ended")
            raise Conflict("a program that is {state} can go to: {possible}", code="illegal_transition", field="state", state=program.state, possible=possible)
        alive = unit.mentorships.running(program_id) if state in _OVER else []
        if alive and not end_pairs:
            raise Conflict(
                "mentorships of it that are alive: {count}; end them, or say that they should end with it", code="pairs_alive", field="state", count=len(alive)
            )
        for one in alive:
            mentoring.end(unit, one.id, reason="program_ended", by=principal.actor)
        if state in _OVER:
            requesting.without_program(unit, program_id)
        moved = replace(program, state=state)
        unit.programs.put(moved)
        announcing.follow(unit, program_id)
        unit.record("program.moved", actor=principal.actor, program=str(program_id), state=state.value)
        return moved

    return await runtime.database.write(principal.installation_id, work)


async def set_manager(runtime: Runtime, principal: Principal, program_id: int, member_id: int, *, manages: bool) -> list[int]:
    """Let a member manage a program, or no more; only admins of the community grant it. Returns the managers. Raises :class:`NotFound` for who is away."""
    require(principal, Scope.ADMIN)

    def work(unit: UnitOfWork) -> list[int]:
        require_manager(unit, principal, program_id)
        member = unit.members.get(member_id)
        if member is None or (manages and not member.takes_part):
            raise NotFound("there is no such member who takes part", field="member")
        if manages:
            unit.managers.add(program_id, member_id, at=unit.now)
        else:
            unit.managers.remove(program_id, member_id)
        unit.record("program.manager", actor=principal.actor, program=str(program_id), member=str(member_id), manages=manages)
        return unit.managers.of(program_id)

    return await runtime.database.write(principal.installation_id, work)
