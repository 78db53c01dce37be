"""Whom mentees would like to have, in their order."""

from collections.abc import Sequence

from plugin.domain.people import Principal
from plugin.domain.programs import Role
from plugin.errors import Invalid, NotFound
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

MAX_RANKED = 20
"""Mentors that a mentee can name."""


async def rank_mentors(runtime: Runtime, principal: Principal, program_id: int, mentors: Sequence[int]) -> int:
    """A mentee says whom they would like to have, the dearest first; rounds by choices go by it. Returns how many were named."""
    member_id = principal.member_id
    if member_id is None:
        raise Invalid("only a member can choose mentors: use a member's token", code="not_a_member")
    if len(mentors) > MAX_RANKED or len(set(mentors)) < len(mentors):
        raise Invalid("name at most {most} mentors, each once", field="mentors", most=MAX_RANKED)

    def work(unit: UnitOfWork) -> int:
        enrolled = unit.enrolments.of_program(program_id)
        if not any(one.member_id == member_id and one.role is Role.MENTEE for one in enrolled):
            raise NotFound("there is no program in which you are a mentee by this id", field="program")
        there = {one.member_id for one in enrolled if one.role is Role.MENTOR}
        if not there.issuperset(mentors):
            raise NotFound("somebody you named is no mentor of this program", field="mentors")
        unit.rounds.rank_mentors(program_id, member_id, mentors)
        return len(mentors)

    return await runtime.database.write(principal.installation_id, work)


async def ranked(runtime: Runtime, principal: Principal, program_id: int) -> list[int]:
    """Whom the member would like to have as a mentor in a program, the dearest first."""

    def work(unit: UnitOfWork) -> list[int]:
        mine = {mentor: rank for (mentee, mentor), rank in unit.rounds.ranks(program_id).items() if mentee == principal.member_id}
        return sorted(mine, key=mine.__getitem__)

    return await runtime.database.read(principal.installation_id, work)
