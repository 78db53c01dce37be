"""Programs: made and moved through their life."""

from dataclasses import replace

from plugin.domain.people import Principal
from plugin.domain.programs import NEXT, Program, ProgramState
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


async def create_program(runtime: Runtime, principal: Principal, *, name: str, purpose: str) -> Program:
    """Make a program, as a draft. Raises :class:`Invalid`."""
    plain = " ".join(name.split())
    if not 3 <= len(plain) <= 120:
        raise Invalid("a program's name has 3 to 120 characters", field="name")
    if len(purpose) > 4_000:
        raise Invalid("a purpose has at most 4000 characters", field="purpose")

    def work(unit: UnitOfWork) -> Program:
        program = Program(id=unit.new_id(), name=plain, purpose=purpose.strip(), state=ProgramState.DRAFT, created_at=unit.now)
        unit.programs.put(program)
        unit.record("program.created", actor=_actor(principal), program=str(program.id))
        return program

    return await runtime.database.write(principal.installation_id, work)


async def move_program(runtime: Runtime, principal: Principal, program_id: int, state: ProgramState) -> Program:
    """Move a program to its next state. Raises :class:`Conflict` that names the states it can go to."""

    def work(unit: UnitOfWork) -> Program:
        program = unit.programs.get(program_id)
        if program is None:
            raise NotFound("there is no such program")
        if state not in NEXT[program.state]:
            possible = ", ".join(sorted(one.value for one in NEXT[program.state])) or "nowhere: it has ended"
            raise Conflict(f"a program that is {program.state.value} can go to: {possible}", code="illegal_transition", field="state")
        moved = replace(program, state=state)
        unit.programs.put(moved)
        unit.record("program.moved", actor=_actor(principal), program=str(program_id), state=state.value)
        return moved

    return await runtime.database.write(principal.installation_id, work)


def _actor(principal: Principal) -> str:
    return f"token:{principal.token_id}"
