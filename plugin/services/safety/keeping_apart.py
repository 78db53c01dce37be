"""Keeping members apart who must not be brought together."""

from plugin.domain.members import Member
from plugin.domain.mentorships import EndReason, Mentorship
from plugin.domain.needs import NeedState
from plugin.domain.people import Principal
from plugin.domain.requests import OPEN
from plugin.domain.sessions import OPEN as AHEAD
from plugin.errors import Invalid, NotFound
from plugin.services.guarding import safeguarding
from plugin.services.matching import group_telling
from plugin.services.meetings import proposing
from plugin.services.mentorships import mentoring, requesting
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


async def block(runtime: Runtime, principal: Principal, other_id: int) -> list[int]:
    """Never be brought together with a member again. What runs between the two ends at once, and the other side is not told of it. Returns whom one blocked."""
    me = member_of(principal)
    if other_id == me:
        raise Invalid("you cannot block yourself", field="member")

    def work(unit: UnitOfWork) -> list[int]:
        # One's own account may be erased at this very moment.
        if len(unit.members.many([me, other_id])) < 2:
            raise NotFound("there is no such member", field="member")
        keep_apart(unit, me, other_id)
        return unit.blocks.of(me)

    return await runtime.database.write(principal.installation_id, work)


def keep_apart(unit: UnitOfWork, member_id: int, other_id: int) -> None:
    """Keep two members apart, as the first one wished, and :func:`separate` them."""
    unit.blocks.put(member_id, other_id, at=unit.now)
    separate(unit, member_id, other_id)


def separate_unscreened(unit: UnitOfWork, member_id: int) -> None:
    """End what a member has together with whom they may not be brought together any more, because one of the two is under age."""
    known = safeguarding.safeguards(unit)
    for other_id in sorted(one for one in _company(unit, member_id) if known.apart(member_id, one)):
        separate(unit, member_id, other_id)


def _company(unit: UnitOfWork, member_id: int) -> set[int]:
    """With whom a member has anything."""
    found = {person for one in unit.mentorships.of_member(member_id) if one.runs for person in one.people}
    found |= {seat.member_id for group in unit.our_groups.of_member(member_id) for seat in group.seats}
    asked = unit.requests.of_mentee(member_id, states=tuple(OPEN)) + unit.requests.of_mentor(member_id, states=tuple(OPEN))
    return (found | {person for one in asked for person in (one.mentor_id, one.mentee_id)} | unit.suggestions.company(member_id)) - {member_id}


def separate(unit: UnitOfWork, member_id: int, other_id: int) -> None:
    """End what two members have together, close requests between them, take back suggestions of one to the other, and let groups go on without the first.

    Where the first one leads a group, it goes on without the other.
    """
    for one in unit.mentorships.of_member(member_id):
        if one.runs and other_id in one.people:
            _part(unit, one, member_id, other_id)
    for group in unit.our_groups.of_member(member_id):
        if any(seat.member_id == other_id for seat in group.seats):
            group_telling.leave(unit, group, other_id if member_id in group.mentors else member_id)
    for asked in unit.requests.of_mentee(member_id, states=tuple(OPEN)) + unit.requests.of_mentor(member_id, states=tuple(OPEN)):
        if other_id in {asked.mentor_id, asked.mentee_id}:
            requesting.end_between(unit, asked)
    named = unit.suggestions.part(member_id, other_id)
    unit.needs.set_state(set(named), NeedState.STALE)
    if named:
        unit.wake("suggest")
    unit.change("member", member_id)
    unit.change("member", other_id)


def _part(unit: UnitOfWork, one: Mentorship, member_id: int, other_id: int) -> None:
    """A pair ends. A group goes on without the one who wished it, or without the other if it is the mentor who did."""
    goes = other_id if member_id == one.mentor_id else member_id
    if one.group_id is None or len(one.mentee_ids) < 2:
        mentoring.end(unit, one.id, reason=EndReason.SAFETY, by="safety")
        return
    for session in unit.sessions.of_mentorship(one.id, states=AHEAD):
        if session.of(goes) is not None and (session.starts_at is None or session.starts_at > unit.now):
            proposing.go_on_without(unit, session, goes)
    unit.mentorships.leave(one.id, goes)


async def mine(runtime: Runtime, principal: Principal) -> list[Member]:
    """Whom one blocked and who is a member still, by name. Nobody else sees it, the blocked ones least of all."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> list[Member]:
        return sorted(unit.members.many(unit.blocks.of(me)).values(), key=lambda one: (one.name or one.username).casefold())

    return await runtime.database.read(principal.installation_id, work)


async def unblock(runtime: Runtime, principal: Principal, other_id: int) -> list[int]:
    """Take it back. Returns whom one blocks still."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> list[int]:
        unit.blocks.remove(me, other_id)
        unit.change("member", me)
        return unit.blocks.of(me)

    return await runtime.database.write(principal.installation_id, work)
