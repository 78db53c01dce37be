"""What a member sees of the programs of their community and of the people in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.members import Member
from plugin.domain.mentorships import Mentorship
from plugin.domain.people import Principal
from plugin.domain.programs import PAIRING, Program, ProgramState, Role
from plugin.domain.requests import RequestState
from plugin.errors import NotFound
from plugin.services.guarding import safeguarding
from plugin.services.identity.access import require_member
from plugin.services.runtime import Runtime
from plugin.services.suggestions import approaching
from plugin.store.unit_of_work import UnitOfWork

HIDDEN = frozenset({ProgramState.DRAFT, ProgramState.ARCHIVED})
"""States in which a program shows to those alone who have a part in it."""
MOST = 200
"""Programs in one state that are shown to somebody who could join them, the newest."""


@dataclass(frozen=True, kw_only=True)
class Mentor:
    """Somebody who mentors in a program. ``room`` is for how many more."""

    member: Member
    room: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """A program as one member sees it: their parts in it, and whom they could ask if they are a mentee there."""

    program: Program
    parts: Sequence[Enrolment]
    mentors: Sequence[Mentor]


async def place(runtime: Runtime, principal: Principal, program_id: int) -> Place:
    """A program for a member. Raises :class:`NotFound` for one that is not shown to them."""
    member_id = require_member(principal)

    def work(unit: UnitOfWork) -> Place:
        program = unit.programs.get(program_id)
        parts = [one for one in unit.enrolments.of_member(member_id) if one.program_id == program_id]
        if program is None or (program.state in HIDDEN and not parts):
            raise NotFound("there is no such program")
        mentee = any(one.role is Role.MENTEE and one.state is EnrolmentState.APPROVED for one in parts)
        return Place(program=program, parts=parts, mentors=_mentors(unit, program, member_id) if mentee and program.state in PAIRING else ())

    return await runtime.database.read(principal.installation_id, work)


def _mentors(unit: UnitOfWork, program: Program, member_id: int) -> list[Mentor]:
    """Mentors of a program with room, without those whom the member mentors with already, or one of the two blocked.

    There are none for who is under age: managers bring them together with somebody.
    """
    if safeguarding.is_minor(unit, member_id):
        return []
    apart = safeguarding.apart_from(unit, member_id)
    mine = {one.mentor_id for one in unit.mentorships.running(program.id) if member_id in one.mentee_ids}
    held = approaching.held_by_mentor(unit, program.id)
    offered = [one for one in unit.enrolments.of_program(program.id) if one.role is Role.MENTOR and not one.paused]
    people = unit.members.many(one.member_id for one in offered)
    found = []
    for each in offered:
        person, room = people.get(each.member_id), each.capacity - held.get(each.member_id, 0)
        there = person is not None and person.takes_part and room > 0 and each.member_id not in mine | apart | {member_id}
        if person is not None and there:
            found.append(Mentor(member=person, room=room))
    return sorted(found, key=lambda one: (one.member.name or one.member.username).casefold())


async def askable(runtime: Runtime, principal: Principal) -> dict[int, int]:
    """Whom a member can ask now: mentor -> the program in which. Nobody in a program where their requests wait for an answer, or where they have a mentor."""
    member_id = require_member(principal)

    def work(unit: UnitOfWork) -> dict[int, int]:
        found: dict[int, int] = {}
        for program in approaching.open_to(unit, member_id):
            for one in _mentors(unit, program, member_id):
                found.setdefault(one.member.id, program.id)
        return found

    return await runtime.database.read(principal.installation_id, work)


async def programs(runtime: Runtime, principal: Principal) -> list[tuple[Program, Sequence[Enrolment]]]:
    """The programs that a member takes part in or can join, their own first."""
    member_id = require_member(principal)

    def work(unit: UnitOfWork) -> list[tuple[Program, Sequence[Enrolment]]]:
        parts: dict[int, list[Enrolment]] = {}
        for one in unit.enrolments.of_member(member_id):
            parts.setdefault(one.program_id, []).append(one)
        own = unit.programs.many(parts)
        newest = [one for state in PAIRING for one in unit.programs.page(after=None, limit=MOST, state=state) if one.id not in own]
        shown = [*sorted(own.values(), key=lambda one: -one.id), *sorted(newest, key=lambda one: -one.id)]
        return [(one, tuple(parts.get(one.id, ()))) for one in shown]

    return await runtime.database.read(principal.installation_id, work)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How much waits for a member: requests to answer, invitations, and notices they have not read."""

    requests: int
    invitations: int
    unread: int


async def waiting(runtime: Runtime, principal: Principal) -> Waiting:
    """For the member's first page."""
    member_id = require_member(principal)

    def work(unit: UnitOfWork) -> Waiting:
        received = unit.requests.of_mentor(member_id, states=(RequestState.PENDING,))
        return Waiting(
            requests=sum(one.asked_at is not None for one in received),
            invitations=sum(one.state is EnrolmentState.INVITED for one in unit.enrolments.of_member(member_id)),
            unread=len(unit.notices.of_member(member_id, after=None, limit=100, unread=True)),
        )

    return await runtime.database.read(principal.installation_id, work)


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A mentorship with its program. ``suspended`` says whether it waits for a report to be looked into."""

    mentorship: Mentorship
    program: Program | None
    suspended: bool


async def mentorship(runtime: Runtime, principal: Principal, mentorship_id: int) -> Relation:
    """A mentorship that the member is or was in. Raises :class:`NotFound` for anybody else's."""
    member_id = require_member(principal)

    def work(unit: UnitOfWork) -> Relation:
        one = unit.mentorships.get(mentorship_id)
        if one is None or member_id not in one.people:
            raise NotFound("there is no such mentorship")
        program = None if one.program_id is None else unit.programs.get(one.program_id)
        return Relation(mentorship=one, program=program, suspended=unit.reports.suspends(one.id, one.people))

    return await runtime.database.read(principal.installation_id, work)


async def mentorships(runtime: Runtime, principal: Principal) -> list[tuple[Mentorship, Program | None]]:
    """A member's mentorships with their programs, those that run first."""
    member_id = require_member(principal)

    def work(unit: UnitOfWork) -> list[tuple[Mentorship, Program | None]]:
        found = unit.mentorships.of_member(member_id)
        named = unit.programs.many(one.program_id for one in found if one.program_id is not None)
        return sorted(((one, named.get(one.program_id or 0)) for one in found), key=lambda each: (not each[0].runs, -each[0].began_at.timestamp()))

    return await runtime.database.read(principal.installation_id, work)
