"""The ladder for who lets others wait: said once, then a warning, then a break; with appeal, expiry and pardon. Who was let down comes first for a while."""

from collections.abc import Iterable
from dataclasses import replace

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.people import Principal
from plugin.domain.sessions import Session
from plugin.domain.strikes import (
    APPEAL_WITHIN,
    BREAK_AT,
    BREAK_FOR,
    EXPIRES_AFTER,
    MAX_APPEAL,
    MAX_WAITED,
    PRIORITY_FOR,
    Break,
    LetDown,
    Strike,
    StrikeKind,
    StrikeState,
    counted,
    rung,
    step,
)
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services import scheduling
from plugin.services.guarding.managing import admins_of, managed, managers_of, require_manager
from plugin.services.messages.telling import tell, unsay
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

PURPOSE = "appeal"


def strike(unit: UnitOfWork, session: Session, *, member_id: int, kind: StrikeKind, waited: Iterable[int]) -> Strike:
    """Note that a member let others wait, and tell them what follows; those who waited come first for a while. Once for a session."""
    unit.strikes.let_down(session.id, waited, program_id=session.program_id, until=unit.now + PRIORITY_FOR)
    known = next((one for one in unit.strikes.of_session(session.id) if one.member_id == member_id), None)
    if known is not None:
        return known
    made = Strike(
        id=unit.new_id(),
        member_id=member_id,
        program_id=session.program_id,
        session_id=session.id,
        kind=kind,
        at=unit.now,
        expires_at=unit.now + EXPIRES_AFTER,
    )
    unit.strikes.put(made)
    count = standing(unit, member_id, session.program_id)
    about: dict[str, str | int] = {"at": (session.starts_at or unit.now).isoformat(), "until": made.expires_at.isoformat(), "role": kind.value}
    if count >= BREAK_AT:
        about["until"] = (unit.now + BREAK_FOR).isoformat()
        _pause(unit, made)
    tell(unit, member_id, f"strike.{rung(count)}", key=f"strike:{made.id}:{rung(count)}", about=about)
    unit.record("strike.counted", actor="system", strike=str(made.id), kind=kind.value, count=count)
    return made


def standing(unit: UnitOfWork, member_id: int, program_id: int | None) -> int:
    """How many strikes of a member count in a program now."""
    return counted((one for one in unit.strikes.of_member(member_id) if one.program_id == program_id), unit.now)


def priority(unit: UnitOfWork, program_id: int | None) -> dict[int, int]:
    """How often members were let down lately: who was, comes first where there is a choice."""
    return unit.strikes.waited(program_id, now=unit.now)


# ---------------------------------------------------------------------------------------------------------------------- taking a break


def _pause(unit: UnitOfWork, one: Strike) -> None:
    """Leave a member out of suggestions and rounds for a while; what runs goes on."""
    if one.program_id is None:
        return
    until = unit.now + BREAK_FOR
    resting = {each.enrolment_id for each in unit.strikes.on_break(one.member_id)}
    for each in unit.enrolments.of_member(one.member_id):
        # Who has paused already comes back when they say so, not when the break ends.
        if each.program_id == one.program_id and each.state is EnrolmentState.APPROVED and (not each.paused or each.id in resting):
            unit.enrolments.put(replace(each, paused=True))
            unit.strikes.pause(Break(enrolment_id=each.id, member_id=one.member_id, program_id=one.program_id, since=unit.now, until=until))
            scheduling.schedule(unit, "strike.resume", key=f"break:{each.id}", at=until, about={"member": one.member_id, "enrolment": each.id})
    unit.change("member", one.member_id)


def _resume(unit: UnitOfWork, member_id: int, enrolment_id: int) -> bool:
    if not unit.strikes.resume(enrolment_id):
        return False
    scheduling.cancel(unit, f"break:{enrolment_id}")
    found = unit.enrolments.get(enrolment_id)
    if found is not None and found.paused:
        unit.enrolments.put(replace(found, paused=False))
        unit.change("member", member_id)
    return True


@scheduling.job("strike.resume")
def resume(unit: UnitOfWork, about: scheduling.About) -> None:
    """A break is over."""
    member_id, enrolment_id = int(about["member"]), int(about["enrolment"])
    if _resume(unit, member_id, enrolment_id):
        tell(unit, member_id, "strike.resumed", key=f"break:{enrolment_id}:{unit.now.isoformat()}", about={})


def _lighten(unit: UnitOfWork, one: Strike) -> None:
    """Something counts no more: a break that rested on it ends, and what was not sent about it is not sent."""
    unsay(unit, f"strike:{one.id}:", why="it does not count any more")
    if standing(unit, one.member_id, one.program_id) < BREAK_AT:
        for each in unit.strikes.on_break(one.member_id):
            if each.program_id == one.program_id:
                _resume(unit, one.member_id, each.enrolment_id)


# ---------------------------------------------------------------------------------------------------------------------- appeal and pardon


def words_of(unit: UnitOfWork, one: Strike) -> str:
    """What the member says happened; for the member, and for who decides."""
    return "" if one.words is None else unit.unseal(one.words, purpose=PURPOSE).decode()


async def appeal(runtime: Runtime, principal: Principal, strike_id: int, *, words: str) -> Strike:
    """Say that it was otherwise; until a manager has decided it does not count. Raises :class:`Conflict` after two weeks, and for a second appeal."""
    me, plain = member_of(principal), words.strip()
    if not 3 <= len(plain) <= MAX_APPEAL:
        raise Invalid("say in 3 to {most} characters how it was", field="words", most=MAX_APPEAL)

    def work(unit: UnitOfWork) -> Strike:
        one = unit.strikes.get(strike_id)
        if one is None or one.member_id != me:
            raise NotFound("there is no such strike", field="strike")
        state = step(one, StrikeState.APPEALED)
        if unit.now > one.at + APPEAL_WITHIN:
            raise Conflict("this was more than two weeks ago: write to the managers, who can pardon it", code="too_late", field="strike")
        done = replace(one, state=state, words=unit.seal(plain.encode(), purpose=PURPOSE))
        unit.strikes.put(done)
        _lighten(unit, done)
        for manager in admins_of(unit) if one.program_id is None else managers_of(unit, one.program_id):
            tell(unit, manager, "strike.appealed", key=f"appeal:{one.id}:{manager}", about={"who": me, "path": f"/console/programs/{one.program_id}/no-shows"})
        unit.record("strike.appealed", actor=str(me), strike=str(one.id))
        return done

    return await runtime.database.write(principal.installation_id, work)


async def decide(runtime: Runtime, principal: Principal, strike_id: int, *, pardon: bool) -> tuple[Strike, str]:
    """A manager's word: pardon, at any time, or uphold what was appealed. The strike as it is then, with the appeal."""

    def work(unit: UnitOfWork) -> tuple[Strike, str]:
        one = managed(unit, principal, unit.strikes.get(strike_id), NotFound("there is no such strike", field="strike"))
        if principal.member_id == one.member_id:
            raise Conflict("somebody else decides about this: it is your own", code="own", field="strike")
        done = replace(one, state=step(one, StrikeState.PARDONED if pardon else StrikeState.UPHELD), decided_at=unit.now)
        unit.strikes.put(done)
        if pardon:
            _lighten(unit, done)
        elif standing(unit, one.member_id, one.program_id) >= BREAK_AT:
            _pause(unit, done)
        kind = "strike.pardoned" if pardon else "strike.upheld"
        tell(unit, one.member_id, kind, key=f"strike:{one.id}:{done.state.value}", about={"until": one.expires_at.isoformat()})
        unit.record("strike.decided", actor=principal.actor, strike=str(one.id), state=done.state.value)
        return done, words_of(unit, done)

    return await runtime.database.write(principal.installation_id, work)


# ---------------------------------------------------------------------------------------------------------------------- reading


async def mine(runtime: Runtime, principal: Principal) -> list[tuple[Strike, str]]:
    """One's own strikes with what one said about them, the oldest first."""
    me = member_of(principal)
    return await runtime.database.read(principal.installation_id, lambda unit: [(one, words_of(unit, one)) for one in unit.strikes.of_member(me)])


async def let_down(runtime: Runtime, principal: Principal, program_id: int) -> list[LetDown]:
    """Who waited in vain in a program, and so comes first for now, for its managers."""

    def work(unit: UnitOfWork) -> list[LetDown]:
        require_manager(unit, principal, program_id)
        return unit.strikes.let_downs(program_id, now=unit.now, limit=MAX_WAITED)

    return await runtime.database.read(principal.installation_id, work)


async def page(
    runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int, state: StrikeState | None
) -> list[tuple[Strike, str]]:
    """Strikes in a program with the appeals, the newest first, for its managers."""

    def work(unit: UnitOfWork) -> list[tuple[Strike, str]]:
        require_manager(unit, principal, program_id)
        return [(one, words_of(unit, one)) for one in unit.strikes.of_program(program_id, after=after, limit=limit, state=state)]

    return await runtime.database.read(principal.installation_id, work)
