"""What managers and members see of rounds: the pairs and who waits, and why two are together or are not."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from plugin.domain.designs import Criterion
from plugin.domain.people import Principal
from plugin.domain.rounds import LET_DOWN, CauseOf, Choice, Other, Pair, Participant, Round, RoundKind, Waiting
from plugin.errors import Conflict, NotFound
from plugin.graph.criteria.rounds import Candidate, Task, why, why_not
from plugin.graph.criteria.rounds import shortlist as best_for
from plugin.graph.matching import Why, WhyNot
from plugin.services import computing
from plugin.services.guarding.managing import managed, require_manager
from plugin.services.knowledge.graphs import Graphs
from plugin.services.matching import round_inputs
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

APART_FROM = 300_000
"""From so many possible pairs on a computation gets a process of its own."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What came of a round, besides its pairs."""

    people: tuple[Participant, ...]
    waiting: tuple[Waiting, ...]
    others: tuple[Other, ...]
    choices: tuple[Choice, ...]
    causes: tuple[CauseOf, ...]


def found(principal: Principal, round_id: int, unit: UnitOfWork) -> Round:
    """A round, for who manages its program. Raises :class:`NotFound` or :class:`Forbidden`."""
    return managed(unit, principal, unit.rounds.get(round_id), NotFound("there is no such round"))


async def find(runtime: Runtime, principal: Principal, round_id: int) -> Round:
    """A round, for who may manage its program. Raises :class:`NotFound`, for others' rounds too."""
    return await runtime.database.read(principal.installation_id, lambda unit: found(principal, round_id, unit))


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int) -> list[Round]:
    """Rounds of a program, the newest first."""

    def work(unit: UnitOfWork) -> list[Round]:
        require_manager(unit, principal, program_id)
        return unit.rounds.page(program_id, after=after, limit=limit)

    return await runtime.database.read(principal.installation_id, work)


async def pair_page(runtime: Runtime, principal: Principal, round_id: int, *, after: tuple[int, int] | None, limit: int) -> list[Pair]:
    """A page of a round's pairs."""

    def work(unit: UnitOfWork) -> list[Pair]:
        found(principal, round_id, unit)
        return unit.rounds.pair_page(round_id, after=after, limit=limit)

    return await runtime.database.read(principal.installation_id, work)


async def overview(runtime: Runtime, principal: Principal, round_id: int) -> Overview:
    """Who waits and why, whom they could get instead, what was decided by hand, and what stood against the last computation."""

    def work(unit: UnitOfWork) -> Overview:
        one = found(principal, round_id, unit)
        people, waiting = unit.rounds.people(round_id), unit.rounds.waiting(round_id)
        if one.computed_at is not None:
            waiting = [*waiting, *_left_alone(unit, round_id, people, {each.mentee_id for each in waiting})]
        return Overview(
            people=tuple(people),
            waiting=tuple(waiting),
            others=tuple(unit.rounds.others(round_id, [each.mentee_id for each in waiting])),
            choices=tuple(unit.rounds.choices(round_id)),
            causes=tuple(unit.rounds.causes(round_id)),
        )

    return await runtime.database.read(principal.installation_id, work)


def _left_alone(unit: UnitOfWork, round_id: int, people: Sequence[Participant], known: set[int]) -> list[Waiting]:
    """Mentees whose mentor left the community since: their pair is gone without a trace."""
    matched = {pair.mentee_id for pair in unit.rounds.pairs(round_id)}
    alone = [each for each in people if not each.mentor and each.member_id not in matched | known]
    return [Waiting(mentee_id=each.member_id, missing=each.capacity, reason="mentor_left") for each in alone]


async def mine(runtime: Runtime, principal: Principal) -> list[tuple[Pair, tuple[Criterion, ...]]]:
    """The viewer's own pairs that were published, with what their reasons are about; nobody else's."""
    member_id = principal.member_id
    if member_id is None:
        return []

    def work(unit: UnitOfWork) -> list[tuple[Pair, tuple[Criterion, ...]]]:
        found = []
        for pair in unit.rounds.begun_of(member_id):
            one = unit.rounds.get(pair.round_id)
            if one is not None:
                # Who was let down is for managers to know, not for the other of the two.
                parts = tuple(part for part in pair.parts if part.criterion != LET_DOWN)
                found.append((replace(pair, parts=parts), one.matching.criteria))
        return found

    return await runtime.database.read(principal.installation_id, work)


async def explain_absence(runtime: Runtime, graphs: Graphs, principal: Principal, round_id: int, *, mentor_id: int, mentee_id: int) -> WhyNot:
    """Why two are not together in a computed round, and what it would cost. Raises :class:`NotFound` if either is not in it."""
    task = await _standing(runtime, graphs, principal, round_id, mentor_id=mentor_id, mentee_id=mentee_id)
    return await computing.run(WhyNotOf(mentor_id, mentee_id), task, apart=apart(task.sides.mentees, task.sides.mentors), beat=_go_on)


async def shortlist(
    runtime: Runtime, graphs: Graphs, principal: Principal, round_id: int, *, mentee_id: int, limit: int, also: Sequence[int] = ()
) -> list[Candidate]:
    """The mentors that fit one mentee of a computed round best, with reasons and the rules in the way, and those of ``also``."""

    def work(unit: UnitOfWork) -> round_inputs.Loaded:
        one = found(principal, round_id, unit)
        if one.kind is not RoundKind.PAIRS or one.computed_at is None:
            raise Conflict("this round has no pairs: compute it first", code="not_computed")
        return round_inputs.load(unit, one)

    loaded = await runtime.database.read(principal.installation_id, work)
    task = await round_inputs.with_graph(runtime, graphs, principal.installation_id, loaded)
    return await asyncio.to_thread(best_for, task, mentee_id, limit=limit, also=also)


async def pairs_of(runtime: Runtime, principal: Principal, round_id: int, mentee_id: int) -> list[Pair]:
    """The pairs that one mentee has in a round."""

    def work(unit: UnitOfWork) -> list[Pair]:
        found(principal, round_id, unit)
        return [pair for pair in unit.rounds.pairs(round_id) if pair.mentee_id == mentee_id]

    return await runtime.database.read(principal.installation_id, work)


async def explain(runtime: Runtime, graphs: Graphs, principal: Principal, round_id: int, *, mentor_id: int, mentee_id: int) -> tuple[Why, Pair]:
    """What a pair is to both and to the round, and the pair with its reasons. Raises :class:`NotFound` if the two are not together."""
    task = await _standing(runtime, graphs, principal, round_id, mentor_id=mentor_id, mentee_id=mentee_id)
    pair = await runtime.database.read(principal.installation_id, lambda unit: unit.rounds.pair(round_id, mentor_id=mentor_id, mentee_id=mentee_id))
    if pair is None:
        raise NotFound("the two are not together in this round: ask why not", code="not_together")
    return await computing.run(WhyOf(mentor_id, mentee_id), task, apart=apart(task.sides.mentees, task.sides.mentors), beat=_go_on), pair


async def _standing(runtime: Runtime, graphs: Graphs, principal: Principal, round_id: int, *, mentor_id: int, mentee_id: int) -> Task:
    """A computed round as it stands, with the two in it."""

    def work(unit: UnitOfWork) -> round_inputs.Loaded:
        one = found(principal, round_id, unit)
        if one.kind is not RoundKind.PAIRS or one.computed_at is None:
            raise Conflict("this round has no pairs: compute it first", code="not_computed")
        there = {each.member_id for each in unit.rounds.people(round_id)}
        if not {mentor_id, mentee_id} <= there:
            raise NotFound("the two are not a mentor and a mentee of this round", code="not_in_round")
        return round_inputs.load(unit, one)

    loaded = await runtime.database.read(principal.installation_id, work)
    return await round_inputs.with_graph(runtime, graphs, principal.installation_id, loaded)


@dataclass(frozen=True)
class WhyNotOf:
    """Asks why two are not together; see :func:`plugin.services.computing.run`."""

    mentor_id: int
    mentee_id: int

    def __call__(self, task: Task, cancelled: computing.Asked = None, progress: computing.Told = None, /) -> WhyNot:  # noqa: ARG002 - the protocol's signature
        return why_not(task, self.mentee_id, self.mentor_id)


@dataclass(frozen=True)
class WhyOf:
    """Asks why two are together; likewise."""

    mentor_id: int
    mentee_id: int

    def __call__(self, task: Task, cancelled: computing.Asked = None, progress: computing.Told = None, /) -> Why:  # noqa: ARG002 - the protocol's signature
        return why(task, self.mentee_id, self.mentor_id)


async def _go_on(_share: float) -> bool:
    return True


def apart(mentees: Sequence[object], mentors: Sequence[object]) -> bool:
    """Whether a round of this size is computed in a process of its own."""
    return len(mentees) * len(mentors) > APART_FROM
