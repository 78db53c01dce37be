"""Mentorships: beginning them and ending them."""

from collections.abc import Sequence
from dataclasses import replace

from plugin.domain.enrolments import Enrolment
from plugin.domain.groups import Group
from plugin.domain.mentorships import EndReason, Mentorship
from plugin.domain.people import Principal
from plugin.domain.programs import PAIRING, Role
from plugin.domain.sessions import CancelReason
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services import milestones, scheduling
from plugin.services.guarding import safeguarding
from plugin.services.meetings import sessions
from plugin.services.mentorships import adapting
from plugin.services.messages import introducing
from plugin.services.messages.telling import tell
from plugin.services.pairs import pairing, signs
from plugin.services.questions import surveying
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

ASKED = "request"
"""The source of a mentorship that a mentee asked for."""


def begin(
    unit: UnitOfWork, *, program_id: int | None, mentor_id: int, mentee_ids: Sequence[int], source: str, by: str, group_id: int | None = None
) -> Mentorship:
    """Let a mentor and one or more mentees begin, tell all of them, and see to it that they are asked how it goes.

    Raises :class:`Invalid` for nobody or oneself, :class:`NotFound` for whoever is gone, :class:`Conflict` for a program that is not open, somebody who is away
    or kept apart, a pair that runs already, and a mentor or mentee without that many places left.
    """
    if not mentee_ids or mentor_id in mentee_ids or len(set(mentee_ids)) < len(mentee_ids):
        raise Invalid("a mentorship needs a mentor and at least one other member, each once", field="mentees")
    people = unit.members.many([mentor_id, *mentee_ids])
    if len(people) <= len(mentee_ids) or not all(person.takes_part for person in people.values()):
        raise NotFound("somebody of this mentorship is no longer a member who takes part")
    if unit.blocks.within([mentor_id, *mentee_ids]):
        raise Conflict("these two are kept apart: one of them wished it", code="blocked")
    safeguarding.check_together(unit, [mentor_id, *mentee_ids])
    if unit.reports.between([mentor_id, *mentee_ids]):
        raise Conflict("something about members of this mentorship is looked into: wait until it is decided", code="suspended")
    running = unit.mentorships.running(program_id)
    if program_id is not None:
        _check_program(unit, program_id, mentor_id, mentee_ids, running, group=group_id is not None)
    if any(one.mentor_id == mentor_id and mentee in one.mentee_ids for one in running for mentee in mentee_ids):
        raise Conflict("these two have a mentorship that runs", code="already_running")
    made = Mentorship(
        id=unit.new_id(),
        program_id=program_id,
        mentor_id=mentor_id,
        mentee_ids=tuple(mentee_ids),
        group_id=group_id,
        source=source,
        begun_by=by,
        began_at=unit.now,
    )
    unit.mentorships.put(made)
    for person in made.people:
        unit.change("member", person)
    _tell_begun(unit, made, accepted=source == ASKED)
    surveying.schedule_for(unit, made.id)
    signs.moved(unit, made.id)
    milestones.reached(unit, program_id, made.people)
    pairing.went_on(unit, made.id)
    unit.record("mentorship.begun", actor=by, mentorship=str(made.id), source=source)
    return made


def _check_program(unit: UnitOfWork, program_id: int, mentor_id: int, mentee_ids: Sequence[int], running: Sequence[Mentorship], *, group: bool) -> None:
    program = unit.programs.get(program_id)
    if program is None:
        raise NotFound("there is no such program", field="program")
    if program.state not in PAIRING:
        raise Conflict("a program that is {state} begins no mentorships", code="illegal_transition", field="program", state=program.state)
    enrolled = {(one.member_id, one.role): one for one in unit.enrolments.of_program(program_id)}
    mentor = _enrolled(enrolled, mentor_id, Role.MENTOR)
    for mentee_id in mentee_ids:
        mentee = _enrolled(enrolled, mentee_id, Role.MENTEE)
        has = sum(mentee_id in one.mentee_ids for one in running)
        if not group and has >= max(mentee.capacity, 1):
            raise Conflict("this mentee has a mentor already", code="has_a_mentor")
    # The size of a group is its own: a mentor's places count mentees of their own.
    held = sum(len(one.mentee_ids) for one in running if one.mentor_id == mentor_id and one.group_id is None)
    if not group and held + len(mentee_ids) > mentor.capacity:
        raise Conflict("this mentor has {capacity} places, and all are taken", code="full", capacity=mentor.capacity)


def _enrolled(enrolled: dict[tuple[int, Role], Enrolment], member_id: int, role: Role) -> Enrolment:
    found = enrolled.get((member_id, role))
    if found is None:
        raise Conflict("somebody of this mentorship is not enrolled as a {role}", code="not_enrolled", role=role)
    if found.paused:
        raise Conflict("somebody of this mentorship is away at the moment", code="paused")
    return found


def _tell_begun(unit: UnitOfWork, made: Mentorship, *, accepted: bool) -> None:
    known = None if made.program_id is None else unit.programs.get(made.program_id)
    program = "" if known is None else known.name
    for mentee in made.mentee_ids:
        about: dict[str, str | int] = {"mentor": made.mentor_id or 0, "mentee": mentee, "program": program}
        if not accepted:
            # To who asked for it the yes says the same.
            tell(unit, mentee, "mentorship.begun", key=f"mentorship:{made.id}:begun:{mentee}", about=about | {"role": Role.MENTEE.value})
        if made.mentor_id is not None:
            tell(
                unit, made.mentor_id, "mentorship.begun", key=f"mentorship:{made.id}:begun:{made.mentor_id}:{mentee}", about=about | {"role": Role.MENTOR.value}
            )
            if (
                made.group_id is None
                and not _know_each_other(unit, made, mentee)
                and not any(safeguarding.is_minor(unit, one) for one in (made.mentor_id, mentee))
            ):
                # Of somebody under age we open no place that nobody else sees.
                said = about if program else about | {"role": "alone"}
                introducing.introduce(unit, [made.mentor_id, mentee], "introduction.pair", key=f"mentorship:{made.id}:{mentee}", about=said)


def _know_each_other(unit: UnitOfWork, made: Mentorship, mentee: int) -> bool:
    """Whether these two had a mentorship before: they need not be introduced again."""
    return any(one.id != made.id and one.mentor_id == made.mentor_id and mentee in one.mentee_ids for one in unit.mentorships.of_member(mentee))


# ---------------------------------------------------------------------------------------------------------------------- ending


def end(unit: UnitOfWork, mentorship_id: int, *, reason: EndReason | str, by: str) -> Mentorship:
    """End a mentorship without blame, tell both sides, and have them look back.

    Raises :class:`NotFound`, :class:`Invalid` for a reason that there is not, :class:`Conflict` for one that has ended.
    """
    one = unit.mentorships.get(mentorship_id)
    if one is None:
        raise NotFound("there is no such mentorship", field="mentorship")
    if one.ended_at is not None:
        raise Conflict("this mentorship has ended already", code="illegal_transition", field="mentorship")
    try:
        why = EndReason(reason)
    except ValueError:
        raise Invalid("the reason is one of: {choices}", field="reason", choices=", ".join(known.value for known in EndReason)) from None
    ended = replace(one, ended_at=unit.now, end_reason=why)
    unit.mentorships.put(ended)
    scheduling.cancel_about(unit, f"mentorship:{one.id}:")
    sessions.close_all(unit, one.id, reason=CancelReason.ENDED)
    for person in one.people:
        unit.change("member", person)
        if why is not EndReason.SAFETY:
            # Whoever is to be protected is not written to about it.
            _tell_ended(unit, one, person, why)
    if one.mentor_id is not None:
        for mentee in one.mentee_ids:
            adapting.heard(unit, kind="ending", mentor_id=one.mentor_id, mentee_id=mentee, program_id=one.program_id, reason=why.value)
    surveying.closing_for(unit, one.id)
    milestones.reached(unit, one.program_id, one.people)
    unit.record("mentorship.ended", actor=by, mentorship=str(mentorship_id), reason=why.value)
    return ended


def _tell_ended(unit: UnitOfWork, one: Mentorship, person: int, why: EndReason) -> None:
    """Say that it has ended, in words that fit why: with a program there is no next round, and who left is not named."""
    program = None if one.program_id is None else unit.programs.get(one.program_id)
    about: dict[str, str | int] = {"mentor": one.mentor_id or 0, "mentee": one.mentee_ids[0] if one.mentee_ids else 0}
    about["began"] = one.began_at.isoformat()
    about["role"] = (Role.MENTOR if person == one.mentor_id else Role.MENTEE).value
    kind = "mentorship.left" if why is EndReason.MEMBER_LEFT else "mentorship.ended"
    if why is EndReason.PROGRAM_ENDED and program is not None:
        kind, about["program"] = "mentorship.over", program.name
    tell(unit, person, kind, key=f"mentorship:{one.id}:ended:{person}", about=about)


def of_group(unit: UnitOfWork, group_id: int) -> list[Mentorship]:
    """The mentorships of a group that run."""
    return [one for one in unit.mentorships.running(None) if one.group_id == group_id]


def fill_group(unit: UnitOfWork, group: Group, *, by: str) -> None:
    """Let everybody of a group be in its mentorship, which begins if there was none for want of a mentor."""
    running = of_group(unit, group.id)
    if not running:
        if group.mentors and group.members:
            begin(unit, program_id=group.program_id, mentor_id=group.mentors[0], mentee_ids=group.members, source="group", by=by, group_id=group.id)
        return
    one = running[0]
    new = [member for member in group.members if member not in one.mentee_ids]
    if not new:
        return
    unit.mentorships.add_mentees(one.id, new)
    for person in (*one.people, *new):
        unit.change("member", person)
    milestones.reached(unit, one.program_id, new)
    unit.record("mentorship.joined", actor=by, mentorship=str(one.id), members=len(new))


def close_group(unit: UnitOfWork, group_id: int, *, by: str) -> None:
    """End the mentorship of a group that became one with others."""
    for one in of_group(unit, group_id):
        end(unit, one.id, reason=EndReason.OTHER, by=by)


async def leave(runtime: Runtime, principal: Principal, mentorship_id: int, *, reason: EndReason) -> Mentorship:
    """End a mentorship that one is in, without having to justify it."""

    def work(unit: UnitOfWork) -> Mentorship:
        one = unit.mentorships.get(mentorship_id)
        if one is None or principal.member_id not in one.people:
            raise NotFound("there is no such mentorship", field="mentorship")
        return end(unit, mentorship_id, reason=reason, by=str(principal.member_id))

    return await runtime.database.write(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[Mentorship]:
    """The mentorships that one is or was in."""
    member_id = principal.member_id
    if member_id is None:
        return []
    return await runtime.database.read(principal.installation_id, lambda unit: unit.mentorships.of_member(member_id))
