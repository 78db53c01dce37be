"""Whom a member can ask for mentorship now, and what is new for a member."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.members import Member
from plugin.domain.people import Principal
from plugin.domain.programs import PAIRING, Program, Role
from plugin.domain.recruiting import InvitationState
from plugin.domain.requests import OPEN, RequestState
from plugin.services.guarding import safeguarding
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


async def askable(runtime: Runtime, principal: Principal, member_ids: Collection[int]) -> Mapping[int, Sequence[Program]]:
    """For each of these members the programs in which the reader could ask them to mentor; none for a service.

    Left out is whoever has paused, has no place open, or is kept apart from the reader, without a word on which it is.
    """
    viewer_id = principal.member_id
    if viewer_id is None:
        return dict.fromkeys(member_ids, ())

    def work(unit: UnitOfWork) -> Mapping[int, Sequence[Program]]:
        programs = open_to(unit, viewer_id)
        found: dict[int, list[Program]] = {one: [] for one in member_ids}
        for program in programs:
            held = held_by_mentor(unit, program.id)
            for one in member_ids:
                if one != viewer_id and _has_room(unit.enrolments.find(program.id, one, Role.MENTOR), held.get(one, 0)):
                    found[one].append(program)
        return {one: () if programs and safeguarding.between(unit, viewer_id, one) else chosen for one, chosen in found.items()}

    return await runtime.database.read(principal.installation_id, work)


def open_to(unit: UnitOfWork, member_id: int) -> list[Program]:
    """The programs in which a member could ask somebody now; none for who is under age, whom managers bring together with somebody."""
    if safeguarding.is_minor(unit, member_id):
        return []
    asked = {one.program_id for one in unit.requests.of_mentee(member_id, states=tuple(OPEN))}
    mine = [one for one in unit.enrolments.of_member(member_id) if one.role is Role.MENTEE and one.program_id not in asked]
    programs = unit.programs.many(one.program_id for one in mine)
    return [
        programs[one.program_id]
        for one in mine
        if programs[one.program_id].state in PAIRING
        and _takes_part(one)
        and sum(member_id in run.mentee_ids for run in unit.mentorships.running(one.program_id)) < max(one.capacity, 1)
    ]


def _takes_part(one: Enrolment) -> bool:
    return one.state is EnrolmentState.APPROVED and not one.paused


def held_by_mentor(unit: UnitOfWork, program_id: int) -> dict[int, int]:
    """How many mentees each mentor of a program has."""
    held: dict[int, int] = {}
    for one in unit.mentorships.running(program_id):
        if one.mentor_id is not None:
            held[one.mentor_id] = held.get(one.mentor_id, 0) + len(one.mentee_ids)
    return held


def _has_room(one: Enrolment | None, held: int) -> bool:
    return one is not None and _takes_part(one) and held < one.capacity


async def member_of_host(runtime: Runtime, principal: Principal, host_user_id: str) -> Member | None:
    """The member whom the host knows by this id, if they take part."""
    found = await runtime.database.read(principal.installation_id, lambda unit: unit.members.by_host(host_user_id))
    return found if found is not None and (found.takes_part or found.id == principal.member_id) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """How many suggestions a member has and how many requests wait for their answer; ``mark`` is another one whenever anything of theirs has changed."""

    suggestions: int
    requests: int
    mark: str


async def news(runtime: Runtime, principal: Principal) -> News:
    """What a member's own pages show, in short. Raises nothing; a service has no news."""
    member_id = principal.member_id
    if member_id is None:
        return News(suggestions=0, requests=0, mark="")

    def work(unit: UnitOfWork) -> News:
        count, newest = unit.suggestions.newest(member_id)
        asked, received = unit.requests.of_mentee(member_id), unit.requests.of_mentor(member_id, states=tuple(RequestState))
        parts = (
            (count, newest),
            sorted((one.id, one.state.value) for one in (*asked, *received)),
            sorted((one.id, one.runs, one.people) for one in unit.mentorships.of_member(member_id)),
            sorted((one.id, one.state.value, one.paused, one.capacity) for one in unit.enrolments.of_member(member_id)),
            sorted((one.id, one.state.value, one.revision, len(one.times)) for one in unit.sessions.of_member(member_id)),
            sorted(one.id for one in unit.invitations.of_member(member_id, states=(InvitationState.INVITED, InvitationState.SEEN))),
            sorted(one.id for one in unit.surveys.of_member(member_id) if one.waiting),
        )
        waiting = sum(one.state is RequestState.PENDING for one in received)
        return News(suggestions=count, requests=waiting, mark=hashlib.sha256(repr(parts).encode()).hexdigest()[:16])

    return await runtime.database.read(principal.installation_id, work)
