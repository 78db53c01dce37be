"""Taking part in programs: applying, being let in, pausing, leaving."""

from dataclasses import replace

from plugin.domain import recruiting
from plugin.domain.enrolments import MAX_NOTE, Enrolment, EnrolmentState, check_places, move
from plugin.domain.people import Principal
from plugin.domain.programs import TAKING_IN, Program, Role
from plugin.domain.recruiting import WAITING, Invitation, InvitationState
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services import scheduling
from plugin.services.guarding import safeguarding
from plugin.services.guarding.managing import managed, managers_of, require_manager, visible
from plugin.services.messages.telling import tell, unsay
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

DEFAULT_ROOM = {Role.MENTOR: 2, Role.MENTEE: 1}
"""For how many people there is room with who says nothing of it."""


async def apply(
    runtime: Runtime,
    principal: Principal,
    *,
    program_id: int,
    role: Role,
    capacity: int | None,
    minimum: int,
    track: str,
    adult: bool,
    age: int | None = None,
    guardian: str = "",
) -> Enrolment:
    """Ask to take part, for oneself. Raises :class:`Conflict`, :class:`Forbidden`, :class:`Invalid` or :class:`NotFound`."""
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Enrolment:
        visible(unit, principal, program_id)
        return enrol(
            unit,
            program_id=program_id,
            member_id=member_id,
            role=role,
            capacity=capacity,
            minimum=minimum,
            track=track,
            adult=adult,
            age=age,
            guardian=guardian,
        )

    return await runtime.database.write(principal.installation_id, work)


def taking_in(unit: UnitOfWork, program_id: int) -> Program:
    """A program that its managers can ask members to join. Raises :class:`NotFound`, and :class:`Conflict` for one that takes nobody in."""
    program = unit.programs.get(program_id)
    if program is None:
        raise NotFound("there is no such program", field="program")
    if program.state not in TAKING_IN:
        raise Conflict("a program that is {state} takes nobody in: open it for enrolment first", code="not_taking_in", field="program", state=program.state)
    return program


def member_of(principal: Principal) -> int:
    """The member behind a token. Raises :class:`Forbidden` for a service."""
    if principal.member_id is None:
        raise Forbidden("a service takes part in nothing: use a member's token")
    return principal.member_id


def enrol(
    unit: UnitOfWork,
    *,
    program_id: int,
    member_id: int,
    role: Role,
    capacity: int | None = None,
    minimum: int = 0,
    track: str = "",
    adult: bool = False,
    age: int | None = None,
    guardian: str = "",
) -> Enrolment:
    """Let a member ask to take part; where nobody has to look at it first, they are in at once. Who is under age always waits for a manager's look.

    Raises :class:`Conflict` for a program that takes nobody in, for who is in already, and for a second role where one is allowed; :class:`Forbidden` for one
    to which members are invited; :class:`Invalid` for who did not say that they are of age, or where the community admits who is younger,
    how old they are and who their guardian is.
    """
    program = unit.programs.get(program_id)
    member = unit.members.get(member_id)
    if program is None:
        raise NotFound("there is no such program", field="program")
    if member is None or not member.takes_part:
        raise NotFound("this member takes no part in the community at the moment", field="member")
    if program.state not in TAKING_IN:
        raise Conflict("a program that is {state} takes nobody in", code="not_taking_in", field="program", state=program.state)
    grown = safeguarding.of_age(unit, member_id, role=role, adult=adult, age=age, guardian=guardian)
    known = unit.enrolments.find(program_id, member_id, role)
    invited = known is not None and known.state is EnrolmentState.INVITED
    if not program.open and not invited:
        raise Forbidden("members are invited to this program")
    if known is not None and known.state in {EnrolmentState.APPLIED, EnrolmentState.APPROVED}:
        raise Conflict("you take part in this role already, or your application waits", code="already_enrolled", field="role")
    other = Role.MENTEE if role is Role.MENTOR else Role.MENTOR
    second = unit.enrolments.find(program_id, member_id, other)
    if not program.both_roles and second is not None and second.state in {EnrolmentState.APPLIED, EnrolmentState.APPROVED}:
        raise Conflict(
            "in this program one is either mentor or mentee, and you are {other}: leave that role first", code="two_roles", field="role", other=other
        )
    room = DEFAULT_ROOM[role] if capacity is None else capacity
    check_places(room, minimum)
    if len(track) > 80:
        raise Invalid("a track's name has at most 80 characters", field="track")
    state = EnrolmentState.APPLIED if not grown or (program.needs_approval(role) and not invited) else EnrolmentState.APPROVED
    made = Enrolment(
        id=known.id if known else unit.new_id(),
        program_id=program_id,
        member_id=member_id,
        role=role,
        state=state if known is None else move(known, state),
        capacity=room,
        minimum=minimum,
        track=track.strip(),
        enrolled_at=unit.now,
        adult=grown,
    )
    unit.enrolments.put(made)
    unit.change("member", member_id)
    invitation_answered(unit, made, InvitationState.ACCEPTED)
    if state is EnrolmentState.APPLIED:
        for manager in managers_of(unit, program_id):
            about: dict[str, str | int] = {"program": program.name, "applicant": member_id, "path": f"/console/programs/{program_id}/people/{made.id}"}
            tell(unit, manager, "enrolment.waits", key=f"enrolment:{made.id}:waits:{unit.now.date()}:{manager}", about=about)
    else:
        _welcome(unit, program, made)
    unit.record("enrolment.made", actor=str(member_id), enrolment=str(made.id), state=made.state.value)
    return made


def invitation_answered(unit: UnitOfWork, one: Enrolment, to: InvitationState) -> None:
    """Taking part, or leaving before one did, answers an invitation in this role."""
    asked = unit.invitations.find(one.program_id, one.member_id)
    if asked is not None and asked.state in WAITING and asked.role is one.role:
        invitation_ended(unit, asked, to)


def invitation_ended(unit: UnitOfWork, one: Invitation, to: InvitationState) -> Invitation:
    """An invitation was answered or has run out: nothing more is due for it."""
    done = replace(one, state=recruiting.move(one, to), answered_at=None if to is InvitationState.EXPIRED else unit.now)
    unit.invitations.put(done)
    scheduling.cancel_about(unit, f"invitation:{one.id}:")
    unsay(unit, f"invitation:{one.id}:", why="it was answered or has ended")
    return done


def _welcome(unit: UnitOfWork, program: Program, one: Enrolment) -> None:
    about: dict[str, str | int] = {"program": program.name, "role": one.role.value}
    tell(unit, one.member_id, "enrolment.approved", key=f"enrolment:{one.id}:approved:{unit.now.date()}", about=about)


async def decide(runtime: Runtime, principal: Principal, enrolment_id: int, *, approve: bool, note: str) -> Enrolment:
    """Say yes or no to an application, as a manager of the program."""
    if len(note) > MAX_NOTE:
        raise Invalid("a note has at most {most} characters", field="note", most=MAX_NOTE)

    def work(unit: UnitOfWork) -> Enrolment:
        one = managed_enrolment(unit, principal, enrolment_id)
        if approve:
            safeguarding.check_consent(unit, one.member_id)
        done = replace(one, state=move(one, EnrolmentState.APPROVED if approve else EnrolmentState.DECLINED), note=note.strip())
        unit.enrolments.put(done)
        unit.change("member", one.member_id)
        program = unit.programs.get(one.program_id)
        if program is not None and approve:
            _welcome(unit, program, done)
        elif program is not None:
            key = f"enrolment:{one.id}:declined:{unit.now.date()}"
            tell(unit, one.member_id, "enrolment.declined", key=key, about={"program": program.name})
        unit.record("enrolment.decided", actor=principal.actor, enrolment=str(one.id), approved=approve)
        return done

    return await runtime.database.write(principal.installation_id, work)


def managed_enrolment(unit: UnitOfWork, principal: Principal, enrolment_id: int) -> Enrolment:
    """An enrolment, for who manages its program. Raises :class:`NotFound` or :class:`Forbidden`."""
    return managed(unit, principal, unit.enrolments.get(enrolment_id), NotFound("there is no such enrolment", field="enrolment"))


async def change(
    runtime: Runtime, principal: Principal, enrolment_id: int, *, capacity: int | None = None, minimum: int | None = None, paused: bool | None = None
) -> Enrolment:
    """Change one's own room, or pause; what runs goes on."""

    def work(unit: UnitOfWork) -> Enrolment:
        one = own(unit, principal, enrolment_id)
        resting = next((each for each in unit.strikes.on_break(one.member_id) if each.enrolment_id == one.id), None)
        if resting is not None and paused is False:
            raise Conflict("you are on a break until {until}: appeal, or write to the managers", code="on_break", field="paused", until=resting.until.date())
        new = replace(
            one,
            capacity=one.capacity if capacity is None else capacity,
            minimum=one.minimum if minimum is None else minimum,
            paused=one.paused if paused is None else paused,
        )
        check_places(new.capacity, new.minimum)
        unit.enrolments.put(new)
        unit.change("member", one.member_id)
        return new

    return await runtime.database.write(principal.installation_id, work)


def own(unit: UnitOfWork, principal: Principal, enrolment_id: int) -> Enrolment:
    """One's own enrolment. The answer for somebody else's is the one for one that there is not."""
    one = unit.enrolments.get(enrolment_id)
    if one is None or one.member_id != member_of(principal):
        raise NotFound("there is no such enrolment", field="enrolment")
    return one


async def page(
    runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int, state: EnrolmentState | None, role: Role | None
) -> list[Enrolment]:
    """Enrolments of a program, for its managers."""

    def work(unit: UnitOfWork) -> list[Enrolment]:
        require_manager(unit, principal, program_id)
        return unit.enrolments.page(program_id, after=after, limit=limit, state=state, role=role)

    return await runtime.database.read(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[Enrolment]:
    """One's own enrolments."""
    member_id = member_of(principal)
    return await runtime.database.read(principal.installation_id, lambda unit: unit.enrolments.of_member(member_id))
