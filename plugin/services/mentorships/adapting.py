"""Learning from answers: accepts, declines, ratings and endings move how much each criterion counts in a program.

Only fits of criteria that an admin stated are looked at, never members' attributes; protected ones can be a criterion only if the admin said so in the design.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.domain.people import Principal
from plugin.domain.rounds import LET_DOWN
from plugin.errors import Invalid
from plugin.graph.criteria.learning import NOTABLE, Outcome, Taught, teach
from plugin.services.guarding.managing import require_manager
from plugin.services.runtime import Runtime
from plugin.store.repositories.lessons import Lesson, Move
from plugin.store.unit_of_work import UnitOfWork

KINDS = frozenset({"accept", "decline", "rating", "ending"})

NOT_ABOUT_FIT = frozenset({"no_time", "full", "away", "other", "program_ended", "member_left", "safety"})
"""Reasons that say nothing about how well two people fit."""

ENDINGS = {"completed": 1.0, "goal_reached": 1.0, "no_reply": 0.25, "not_a_fit": 0.0}
"""How well it went, by the reason for which it ended."""
MAX_MOVES = 200


def heard(
    unit: UnitOfWork, *, kind: str, mentor_id: int, mentee_id: int, program_id: int | None, reason: str | None = None, rating: float | None = None
) -> None:
    """Keep what was said to a pair; ``rating`` from 1 to 5. It is learned from later, in the worker. Raises :class:`Invalid` for a kind there is not.

    What says nothing about how well two fit, such as a mentor without time, and pairs whose fits were never worked out are not kept.
    """
    if kind not in KINDS:
        raise Invalid("there is no answer of the kind “{kind}”: it is one of {choices}", field="kind", kind=kind, choices=", ".join(sorted(KINDS)))
    went = outcome_of(kind, reason=reason or "", rating=rating)
    pair = unit.rounds.latest_pair(mentor_id=mentor_id, mentee_id=mentee_id)
    if went is None or pair is None:
        return
    fits: dict[str, list[float]] = {}
    for part in pair.parts:
        if part.criterion == LET_DOWN:
            continue
        fits.setdefault(part.criterion, []).append(part.fit)
    unit.lessons.add(
        Lesson(
            id=unit.new_id(),
            program_id=program_id or 0,
            kind=kind,
            mentor_id=mentor_id,
            mentee_id=mentee_id,
            reason=(reason or "")[:80],
            rating=rating,
            fits={key: sum(values) / len(values) for key, values in fits.items()},
            at=unit.now,
        )
    )
    unit.wake("rounds")


def outcome_of(kind: str, *, reason: str, rating: float | None) -> float | None:
    """How well it went, from 0 to 1; ``None`` where that was not said."""
    if reason in NOT_ABOUT_FIT:
        return None
    if kind == "rating":
        return None if rating is None else min(1.0, max(0.0, (rating - 1) / 4))
    if kind == "ending":
        return ENDINGS.get(reason)
    return 1.0 if kind == "accept" else 0.0


async def learn(runtime: Runtime, installation_id: int) -> bool:
    """Learn from what was not learned from yet, one program at a time; returns whether there was anything."""

    def work(unit: UnitOfWork) -> bool:
        waiting = unit.lessons.untaught()
        if not waiting:
            return False
        _learn(unit, waiting[0])
        unit.lessons.mark(waiting[0])
        return True

    if not await runtime.database.read(installation_id, lambda unit: bool(unit.lessons.untaught())):
        return False
    return await runtime.database.write(installation_id, work)


def _learn(unit: UnitOfWork, program_id: int) -> None:
    known = unit.lessons.of_program(program_id)
    outcomes = [
        Outcome(fits=one.fits, went=went) for one in known if (went := outcome_of(one.kind, reason=one.reason, rating=one.rating)) is not None and one.fits
    ]
    before = unit.lessons.factors(program_id)
    told = {kind: float(sum(one.kind == kind for one in known)) for kind in sorted(KINDS)}
    moves = [
        Move(
            id=unit.new_id(),
            program_id=program_id,
            criterion=one.criterion,
            earlier=earlier,
            later=one.factor,
            because=_because(one) | told,
            at=unit.now,
        )
        for one in teach(outcomes)
        if abs(one.factor - (earlier := before.get(one.criterion, (1.0, 0))[0])) >= NOTABLE
    ]
    if moves:
        unit.lessons.move(moves, samples=len(outcomes))
        unit.record("weights.moved", actor="worker", program=str(program_id), criteria=len(moves), lessons=len(outcomes))


def _because(one: Taught) -> dict[str, float]:
    return {"lessons": one.lessons, "good": one.good, "fit_when_good": one.fit_when_good, "fit_when_bad": one.fit_when_bad}


# ---------------------------------------------------------------------------------------------------------------------- for managers


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What a program's answers have taught: by what each criterion's weight is multiplied, and the latest moves with the data behind them."""

    factors: dict[str, tuple[float, int]]
    moves: Sequence[Move]


async def learned(runtime: Runtime, principal: Principal, program_id: int) -> Learned:
    """What a program's answers have taught, for who manages it."""

    def work(unit: UnitOfWork) -> Learned:
        require_manager(unit, principal, program_id)
        return Learned(factors=unit.lessons.factors(program_id), moves=unit.lessons.moves(program_id, limit=MAX_MOVES))

    return await runtime.database.read(principal.installation_id, work)


async def reset(runtime: Runtime, principal: Principal, program_id: int) -> None:
    """Forget what a program's answers have taught, and the answers; weights are those of the designs again. The record of moves stays."""

    def work(unit: UnitOfWork) -> None:
        require_manager(unit, principal, program_id)
        factors = unit.lessons.factors(program_id)
        moves = [
            Move(id=unit.new_id(), program_id=program_id, criterion=key, earlier=factor, later=1.0, because={"reset": 1.0}, at=unit.now)
            for key, (factor, _) in factors.items()
        ]
        unit.lessons.move(moves, samples=0)
        unit.lessons.forget(program_id)
        unit.record("weights.reset", actor=principal.actor, program=str(program_id))

    await runtime.database.write(principal.installation_id, work)
