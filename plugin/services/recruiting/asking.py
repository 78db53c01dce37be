"""Asking members to take part in waves: many together, now or when it is due, and not at all once there are enough."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from plugin.domain.people import Principal
from plugin.domain.programs import TAKING_IN, Role
from plugin.domain.recruiting import MAX_WAVE, MAX_WAVES, Invitation, InvitationState, Wave, WaveEnd, WaveState, check_words, move, move_wave
from plugin.errors import Conflict, Invalid, NotFound, Remark
from plugin.services import scheduling
from plugin.services.guarding.managing import managed, require_manager
from plugin.services.recruiting import inviting, prospecting
from plugin.services.recruiting.enrolling import taking_in
from plugin.services.recruiting.inviting import Named
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

AHEAD = timedelta(days=180)
"""How far ahead a wave can be planned."""


async def plan(
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

    Raises :class:`Invalid` that names who cannot be asked and why, or for a time without a zone, and :class:`Conflict` for a program that takes nobody in or
    has too many waves; then nobody is asked.
    """
    plain = check_words(words)
    if not 1 <= len(people) <= MAX_WAVE or len({one.member_id for one in people}) < len(people):
        raise Invalid("a wave is of 1 to {most} members, each once", field="members", most=MAX_WAVE)
    if until is not None and until < 1:
        raise Invalid("say from how many free places on nobody more is asked: 1 or more", field="until")
    if due_at is not None and due_at.tzinfo is None:
        raise Invalid("a time needs its zone, such as 2026-12-01T17:00:00+01:00", field="dueAt")

    def work(unit: UnitOfWork) -> tuple[Wave, list[Invitation]]:
        require_manager(unit, principal, program_id)
        program = taking_in(unit, program_id)
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
            unit.invitations.put(inviting.planned(unit, program, one, role=role, wave_id=wave.id, words=plain))
        unit.record("wave.planned", actor=principal.actor, program=str(program_id), wave=wave.number, people=len(people))
        if at <= unit.now:
            wave = _send(unit, wave)
        else:
            scheduling.schedule(unit, "wave.send", key=f"wave:{wave.id}", at=at, about={"wave": wave.id})
        return wave, unit.invitations.of_wave(wave.id)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


def _check_askable(unit: UnitOfWork, program_id: int, people: Sequence[Named]) -> None:
    able = prospecting.askable(unit, program_id)
    refused = [one.member_id for one in people if one.member_id not in able]
    if refused:
        known = unit.members.many(refused[:3])
        former = Remark("one")
        named = [known[one].username if one in known else former for one in refused[:3]]
        said = [Remark("{name} {why}", name=name, why=prospecting.why_not(unit, program_id, one)) for one, name in zip(refused, named, strict=False)]
        raise Invalid("{count} of these cannot be asked: {said}", code="not_askable", field="members", count=len(refused), said=said)


async def cancel(runtime: Runtime, principal: Principal, wave_id: int) -> Wave:
    """Take a wave back that was not sent; nobody in it was asked. Raises :class:`Conflict` for one that was sent or taken back."""

    def work(unit: UnitOfWork) -> Wave:
        wave = _managed(unit, principal, wave_id)
        done = _cancel(unit, wave, WaveEnd.BY_HAND)
        unit.record("wave.cancelled", actor=principal.actor, wave=str(wave_id))
        return done

    return await runtime.database.write(principal.installation_id, work)


async def send(runtime: Runtime, principal: Principal, wave_id: int) -> Wave:
    """Send a planned wave now."""

    def work(unit: UnitOfWork) -> Wave:
        wave = _managed(unit, principal, wave_id)
        taking_in(unit, wave.program_id)
        scheduling.cancel(unit, f"wave:{wave_id}")
        return _send(unit, wave)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


def _managed(unit: UnitOfWork, principal: Principal, wave_id: int) -> Wave:
    return managed(unit, principal, unit.waves.get(wave_id), NotFound("there is no such wave", field="wave"))


def _cancel(unit: UnitOfWork, wave: Wave, why: WaveEnd) -> Wave:
    done = replace(wave, state=move_wave(wave, WaveState.CANCELLED), ended=why)
    unit.waves.put(done)
    scheduling.cancel(unit, f"wave:{wave.id}")
    for one in unit.invitations.of_wave(wave.id):
        if one.state is InvitationState.PLANNED:
            unit.invitations.put(replace(one, state=move(one, InvitationState.DROPPED)))
    return done


@scheduling.job("wave.send")
def run(unit: UnitOfWork, about: scheduling.About) -> None:
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
    asked = [inviting.ask(unit, program, one) for one in left if one.member_id in able]
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


async def waves(runtime: Runtime, principal: Principal, program_id: int) -> list[tuple[Wave, dict[InvitationState, int]]]:
    """A program's waves, each with how many of its invitations are in each state, for its managers."""

    def work(unit: UnitOfWork) -> list[tuple[Wave, dict[InvitationState, int]]]:
        require_manager(unit, principal, program_id)
        counts = unit.invitations.counts(program_id)
        return [(one, {state: n for (wave, state), n in counts.items() if wave == one.id}) for one in unit.waves.of_program(program_id)]

    return await runtime.database.read(principal.installation_id, work)
