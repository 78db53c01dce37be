"""Asking members to take part, in waves: each member once for a program, with the reason why them, and with an end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plugin.domain.enrolments import Enrolment, EnrolmentState, check_places
from plugin.domain.enrolments import move as move_enrolment
from plugin.domain.people import Principal
from plugin.domain.programs import TAKING_IN, Program, Role
from plugin.domain.recruiting import (
    ANSWER_WITHIN,
    MAX_WAVE,
    MAX_WAVES,
    WAITING,
    Evidence,
    Invitation,
    InvitationState,
    Wave,
    WaveEnd,
    WaveState,
    check_words,
    move,
    move_wave,
)
from plugin.errors import Conflict, Invalid, NotFound, Remark
from plugin.services import prospecting, reaching, scheduling
from plugin.services.enrolling import DEFAULT_ROOM, enrol, invitation_ended, member_of
from plugin.services.managing import require_manager
from plugin.services.prospecting import Found
from plugin.services.runtime import Runtime
from plugin.services.telling import tell
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import language_of, translate
from plugin.texts.recruiting import FOUND_BY

PURPOSE = "invitation"
AHEAD = timedelta(days=180)
"""How far ahead a wave can be planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A member whom a manager wants to ask, with what speaks for them, if they were found and not named."""

    member_id: int
    found: Found | None = None


# ---------------------------------------------------------------------------------------------------------------------- waves


async def plan_wave(
    runtime: Runtime,
    principal: Principal,
    program_id: int,
    *,
    role: Role,
    people: Sequence[Named],
    words: str,
    due_at: datetime | None,
    until: int | None,
) -> tuple[Wave, list[Invitation]]:
    """Plan a wave of invitations, or send it at once without ``due_at``. With ``until``, it is not sent if the program has so many free places by then.

    Raises :class:`Invalid` that names who cannot be asked and why, and :class:`Conflict` for a program that takes nobody in or has too many waves; then nobody
    is asked.
    """
    plain = check_words(words)
    if not 1 <= len(people) <= MAX_WAVE or len({one.member_id for one in people}) < len(people):
        raise Invalid("a wave is of 1 to {most} members, each once", field="members", most=MAX_WAVE)
    if until is not None and until < 1:
        raise Invalid("say from how many free places on nobody more is asked: 1 or more", field="until")

    def work(unit: UnitOfWork) -> tuple[Wave, list[Invitation]]:
        require_manager(unit, principal, program_id)
        program = _taking_in(unit, program_id)
        known = unit.waves.of_program(program_id)
        if len(known) >= MAX_WAVES:
            raise Conflict("a program has at most {most} waves: those who said nothing by now do not want to be asked", code="too_many_waves", most=MAX_WAVES)
        at = unit.now if due_at is None else due_at
        if at > unit.now + AHEAD:
            raise Invalid("a wave is planned at most {days} days ahead", field="dueAt", days=AHEAD.days)
        _check_askable(unit, program_id, people)
        wave = Wave(
            id=unit.new_id(),
            program_id=program_id,
            number=len(known) + 1,
            role=role,
            state=WaveState.PLANNED,
            due_at=at,
            created_at=unit.now,
            until=until,
        )
        unit.waves.put(wave)
        for one in people:
            unit.invitations.put(_planned(unit, program, one, role=role, wave_id=wave.id, words=plain))
        unit.record("wave.planned", actor=principal.actor, program=str(program_id), wave=wave.number, people=len(people))
        if at <= unit.now:
            wave = _send(unit, wave)
        else:
            scheduling.schedule(unit, "wave.send", key=f"wave:{wave.id}", at=at, about={"wave": wave.id})
        return wave, unit.invitations.of_wave(wave.id)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


def _taking_in(unit: UnitOfWork, program_id: int) -> Program:
    program = unit.programs.get(program_id)
    if program is None:
        raise NotFound("there is no such program", field="program")
    if program.state not in TAKING_IN:
        raise Conflict("a program that is {state} takes nobody in: open it for enrolment first", code="not_taking_in", field="program", state=program.state)
    return program


def _check_askable(unit: UnitOfWork, program_id: int, people: Sequence[Named]) -> None:
    able = prospecting.askable(unit, program_id)
    refused = [one.member_id for one in people if one.member_id not in able]
    if refused:
        known = unit.members.many(refused[:3])
        former = Remark("one")
        named = [known[one].username if one in known else former for one in refused[:3]]
        said = [Remark("{name} {why}", name=name, why=prospecting.why_not(unit, program_id, one)) for one, name in zip(refused, named, strict=False)]
        raise Invalid("{count} of these cannot be asked: {said}", code="not_askable", field="members", count=len(refused), said=said)


def _planned(unit: UnitOfWork, program: Program, one: Named, *, role: Role, wave_id: int | None, words: str) -> Invitation:
    known = unit.invitations.find(program.id, one.member_id)
    found = one.found
    return Invitation(
        id=known.id if known else unit.new_id(),
        program_id=program.id,
        member_id=one.member_id,
        role=role,
        state=InvitationState.PLANNED if known is None else move(known, InvitationState.PLANNED),
        created_at=unit.now,
        wave_id=wave_id,
        score=found.score if found else 0.0,
        evidence=found.evidence if found else (),
        post_ids=found.post_ids if found else (),
        words=unit.seal(words.encode(), purpose=PURPOSE),
    )


async def cancel_wave(runtime: Runtime, principal: Principal, wave_id: int) -> Wave:
    """Take a wave back that was not sent; nobody in it was asked. Raises :class:`Conflict` for one that was sent or taken back."""

    def work(unit: UnitOfWork) -> Wave:
        wave = _managed(unit, principal, wave_id)
        done = _cancel(unit, wave, WaveEnd.BY_HAND)
        unit.record("wave.cancelled", actor=principal.actor, wave=str(wave_id))
        return done

    return await runtime.database.write(principal.installation_id, work)


async def send_wave(runtime: Runtime, principal: Principal, wave_id: int) -> Wave:
    """Send a planned wave now."""

    def work(unit: UnitOfWork) -> Wave:
        wave = _managed(unit, principal, wave_id)
        _taking_in(unit, wave.program_id)
        scheduling.cancel(unit, f"wave:{wave_id}")
        return _send(unit, wave)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


def _managed(unit: UnitOfWork, principal: Principal, wave_id: int) -> Wave:
    wave = unit.waves.get(wave_id)
    if wave is None:
        raise NotFound("there is no such wave", field="wave")
    require_manager(unit, principal, wave.program_id)
    return wave


def _cancel(unit: UnitOfWork, wave: Wave, why: WaveEnd) -> Wave:
    done = replace(wave, state=move_wave(wave, WaveState.CANCELLED), ended=why)
    unit.waves.put(done)
    scheduling.cancel(unit, f"wave:{wave.id}")
    for one in unit.invitations.of_wave(wave.id):
        if one.state is InvitationState.PLANNED:
            unit.invitations.put(replace(one, state=move(one, InvitationState.DROPPED)))
    return done


@scheduling.job("wave.send")
def run_wave(unit: UnitOfWork, about: scheduling.About) -> None:
    """A planned wave is due."""
    wave = unit.waves.get(int(about["wave"]))
    if wave is not None and wave.state is WaveState.PLANNED:
        _send(unit, wave)


def _send(unit: UnitOfWork, wave: Wave) -> Wave:
    program = unit.programs.get(wave.program_id)
    if program is None or program.state not in TAKING_IN:
        return _cancel(unit, wave, WaveEnd.CLOSED)
    if wave.until is not None and _free(unit, wave.program_id, wave.role) >= wave.until:
        return _cancel(unit, wave, WaveEnd.ENOUGH)
    # Much may have happened since it was planned: who takes part by now, or wants no invitations, is not asked.
    left = [replace(one, state=move(one, InvitationState.DROPPED)) for one in unit.invitations.of_wave(wave.id) if one.state is InvitationState.PLANNED]
    for one in left:
        unit.invitations.put(one)
    able = prospecting.askable(unit, wave.program_id)
    asked = [_ask(unit, program, one) for one in left if one.member_id in able]
    if not asked:
        return _cancel(unit, wave, WaveEnd.NOBODY)
    sent = replace(wave, state=move_wave(wave, WaveState.SENT), sent_at=unit.now)
    unit.waves.put(sent)
    return sent


def _free(unit: UnitOfWork, program_id: int, role: Role) -> int:
    """Free places of mentors, or, for mentees, those who have no mentor."""
    running = unit.mentorships.running(program_id)
    enrolled = [one for one in unit.enrolments.of_program(program_id) if one.role is role and not one.paused]
    if role is Role.MENTEE:
        matched = {mentee for one in running for mentee in one.mentee_ids}
        return sum(one.member_id not in matched for one in enrolled)
    held = [one.mentor_id for one in running for _ in one.mentee_ids]
    return sum(max(0, one.capacity - held.count(one.member_id)) for one in enrolled)


# ---------------------------------------------------------------------------------------------------------------------- one invitation


def _ask(unit: UnitOfWork, program: Program, one: Invitation) -> Invitation:
    until = unit.now + ANSWER_WITHIN
    asked = replace(one, state=move(one, InvitationState.INVITED), invited_at=unit.now, expires_at=until)
    unit.invitations.put(asked)
    # An invitation is an enrolment that waits for the member's word.
    unit.enrolments.put(
        Enrolment(
            id=unit.new_id(),
            program_id=program.id,
            member_id=one.member_id,
            role=one.role,
            state=EnrolmentState.INVITED,
            capacity=DEFAULT_ROOM[one.role],
            enrolled_at=unit.now,
        )
    )
    member = unit.members.get(one.member_id)
    words = unit.unseal(one.words, purpose=PURPOSE).decode() if one.words else ""
    benefits = program.mentor_benefits if one.role is Role.MENTOR else program.mentee_benefits
    about: dict[str, str | int] = {
        "program": program.name,
        "purpose": program.purpose or program.name,
        "benefits": benefits or "–",
        "why": "" if member is None else why_of(one.evidence, language=language_of(reaching.reach_of(unit, member).locale)),
        "words": words,
        "until": until.isoformat(),
        "path": f"/enrol/{unit.installation_id}/i{one.id}",
    }
    tell(unit, one.member_id, "invitation.sent", key=f"invitation:{one.id}:sent", about=about, until=until)
    scheduling.schedule(unit, "invitation.expire", key=f"invitation:{one.id}:expire", at=until, about={"invitation": one.id})
    return asked


def why_of(evidence: Iterable[Evidence], *, language: str) -> str:
    """Why somebody is asked, in their language: the two strongest figures."""
    known = [one for one in evidence if one.criterion in FOUND_BY and (one.count or one.criterion == "topic")]
    return " ".join(translate(FOUND_BY[one.criterion], language=language, number=one.count).format(count=one.count) for one in known[:2])


async def invite(runtime: Runtime, principal: Principal, *, program_id: int, member_id: int, role: Role, reason: str) -> Enrolment:
    """Ask one member to take part, as a manager; they are in as soon as they say yes. Raises :class:`Conflict` for who was asked, or takes part, already."""
    plain = check_words(reason)

    def work(unit: UnitOfWork) -> Enrolment:
        require_manager(unit, principal, program_id)
        program = unit.programs.get(program_id)
        if program is None:
            raise NotFound("there is no such program", field="program")
        why = prospecting.why_not(unit, program_id, member_id)
        member = unit.members.get(member_id)
        if member is None or not member.takes_part:
            raise NotFound("there is no such member who takes part", field="member")
        if why:
            raise Conflict("this member {why}", code="not_askable", field="member", why=why)
        planned = _planned(unit, program, Named(member_id=member_id), role=role, wave_id=None, words=plain)
        unit.invitations.put(planned)
        asked = _ask(unit, program, planned)
        unit.record("invitation.sent", actor=principal.actor, invitation=str(asked.id))
        return one_of(unit, asked)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


def one_of(unit: UnitOfWork, one: Invitation) -> Enrolment:
    """The enrolment that an invitation is about. Raises :class:`NotFound`."""
    found = unit.enrolments.find(one.program_id, one.member_id, one.role)
    if found is None:
        raise NotFound("there is no such enrolment", field="enrolment")
    return found


@scheduling.job("invitation.expire")
def expire(unit: UnitOfWork, about: scheduling.About) -> None:
    """Nobody answered: the invitation ends, and the member is not asked again."""
    one = unit.invitations.get(int(about["invitation"]))
    if one is not None and one.state in WAITING:
        _end(unit, one, InvitationState.EXPIRED)


def _end(unit: UnitOfWork, one: Invitation, to: InvitationState) -> Invitation:
    done = invitation_ended(unit, one, to)
    enrolled = unit.enrolments.find(one.program_id, one.member_id, one.role)
    if enrolled is not None and enrolled.state is EnrolmentState.INVITED:
        unit.enrolments.put(replace(enrolled, state=move_enrolment(enrolled, EnrolmentState.WITHDRAWN)))
    return done


# ---------------------------------------------------------------------------------------------------------------------- answering


async def mine(runtime: Runtime, principal: Principal) -> list[Invitation]:
    """The member's invitations that wait for an answer. That they were read is remembered by :func:`see`."""
    member_id = principal.member_id
    if member_id is None:
        return []
    return await runtime.database.read(principal.installation_id, lambda unit: unit.invitations.of_member(member_id, states=WAITING))


async def see(runtime: Runtime, principal: Principal, invitation_id: int) -> Invitation:
    """The member looked at an invitation."""
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Invitation:
        one = own(unit, invitation_id, member_id)
        if one.state is not InvitationState.INVITED:
            return one
        seen = replace(one, state=move(one, InvitationState.SEEN), seen_at=unit.now)
        unit.invitations.put(seen)
        return seen

    return await runtime.database.write(principal.installation_id, work)


def own(unit: UnitOfWork, invitation_id: int, member_id: int) -> Invitation:
    """A member's own invitation. Raises :class:`NotFound` for somebody else's, and for one that is only planned."""
    one = unit.invitations.get(invitation_id)
    if one is None or one.member_id != member_id or one.state in {InvitationState.PLANNED, InvitationState.DROPPED}:
        raise NotFound("there is no such invitation", field="invitation")
    return one


def decline(unit: UnitOfWork, one: Invitation) -> Invitation:
    """The member said no, and is not asked again. Raises :class:`Conflict` for an invitation that was answered or has ended."""
    done = _end(unit, one, InvitationState.DECLINED)
    unit.record("invitation.declined", actor=str(one.member_id), invitation=str(one.id))
    return done


async def answer(runtime: Runtime, principal: Principal, invitation_id: int, *, accept: bool, adult: bool, capacity: int | None) -> Invitation:
    """Say yes or no to an invitation; with a yes one takes part at once. Raises :class:`Conflict` for one that was answered or has ended."""
    member_id = member_of(principal)

    def work(unit: UnitOfWork) -> Invitation:
        one = own(unit, invitation_id, member_id)
        if not accept:
            return decline(unit, one)
        move(one, InvitationState.ACCEPTED)
        if capacity is not None:
            check_places(capacity, 0)
        enrol(unit, program_id=one.program_id, member_id=member_id, role=one.role, capacity=capacity, adult=adult)
        return own(unit, invitation_id, member_id)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


# ---------------------------------------------------------------------------------------------------------------------- reading


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int, state: InvitationState | None) -> list[Invitation]:
    """Invitations to a program, for its managers."""

    def work(unit: UnitOfWork) -> list[Invitation]:
        require_manager(unit, principal, program_id)
        return unit.invitations.page(program_id, after=after, limit=limit, state=state)

    return await runtime.database.read(principal.installation_id, work)


async def waves(runtime: Runtime, principal: Principal, program_id: int) -> list[tuple[Wave, dict[InvitationState, int]]]:
    """A program's waves, each with how many of its invitations are in each state, for its managers."""

    def work(unit: UnitOfWork) -> list[tuple[Wave, dict[InvitationState, int]]]:
        require_manager(unit, principal, program_id)
        counts = unit.invitations.counts(program_id)
        return [(one, {state: n for (wave, state), n in counts.items() if wave == one.id}) for one in unit.waves.of_program(program_id)]

    return await runtime.database.read(principal.installation_id, work)
