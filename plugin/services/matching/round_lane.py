"""The worker's part of rounds: computing them, and handing published pairs over one by one.

A round that is being computed is found by its state, so one that a dead worker left behind is taken up again once the lease on its lane has run out. What comes
out is kept only if the round still waits for this very computation and everybody in it is still there; else it is computed anew or dropped.
"""

from dataclasses import replace

import structlog

from plugin.domain.groups import GroupState
from plugin.domain.rounds import CauseOf, Command, Outcome, Pair, PairState, Round, RoundKind, RoundState
from plugin.errors import PluginError
from plugin.graph.criteria.rounds import compute
from plugin.graph.grouping import Impossible
from plugin.graph.matching import Cancelled, Contradiction
from plugin.services import computing
from plugin.services.knowledge.graphs import Graphs
from plugin.services.matching import group_lane, round_inputs
from plugin.services.matching.round_checks import step
from plugin.services.matching.round_outcomes import finish, overtaken, still_wanted
from plugin.services.matching.round_reading import apart
from plugin.services.mentorships import adapting, mentoring
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

log = structlog.get_logger()

HAND_OVER = 100
"""Pairs begun in one transaction."""

SOURCE = "round"


async def work(runtime: Runtime, graphs: Graphs, installation_id: int, *, apart_always: bool = False, beat_every: float = computing.BEAT) -> bool:
    """Do one piece of a community's work on rounds; returns whether there may be more."""
    waiting = await runtime.database.read(installation_id, lambda unit: unit.rounds.in_state(RoundState.COMPUTING))
    if waiting:
        await _compute(runtime, graphs, installation_id, waiting[0], apart_always=apart_always, every=beat_every)
        return True
    if await _hand_over(runtime, installation_id):
        return True
    return await adapting.learn(runtime, installation_id)


# ---------------------------------------------------------------------------------------------------------------------- computing


async def _compute(runtime: Runtime, graphs: Graphs, installation_id: int, one: Round, *, apart_always: bool, every: float) -> None:
    bound = log.bind(installation=installation_id, round=one.id, run=one.run)

    async def beat(progress: float) -> bool:
        going_on = await runtime.database.write(installation_id, lambda unit: unit.rounds.note_progress(one.id, run=one.run, progress=progress))
        runtime.bus.tell(installation_id)
        return going_on

    try:
        if one.kind is RoundKind.GROUPS:
            await group_lane.compute(runtime, installation_id, one, beat=beat, every=every)
            return
        loaded = await runtime.database.read(installation_id, lambda unit: round_inputs.load(unit, one))
        task = await round_inputs.with_graph(runtime, graphs, installation_id, loaded)
        large = apart_always or apart(task.sides.mentees, task.sides.mentors)
        outcome = await computing.run(compute, task, apart=large, beat=beat, every=every)
    except Cancelled:
        bound.info("round_stopped")
        return
    except PluginError as error:
        bound.info("round_failed", reason=error.code)
        raised = error
        await runtime.database.write(installation_id, lambda unit: _give_up(unit, one, raised))
    else:
        await runtime.database.write(installation_id, lambda unit: _keep(unit, one, outcome))
    runtime.bus.tell(installation_id)


def _keep(unit: UnitOfWork, one: Round, outcome: Outcome) -> None:
    now = still_wanted(unit, one)
    there = {each.member_id for each in outcome.people}
    if now is None or overtaken(unit, now, there, together=((pair.mentor_id, pair.mentee_id) for pair in outcome.pairs)):
        return
    unit.rounds.keep(one.id, outcome)
    finish(unit, now, figures=outcome.figures)


def _give_up(unit: UnitOfWork, one: Round, error: PluginError) -> None:
    now = still_wanted(unit, one)
    if now is None:
        return
    # What was decided last is part of what cannot hold, so the causes are told of the round before it is put back.
    causes = _causes(unit, one, error)
    unit.rounds.settle_choices(one.id, done=False)
    there = unit.members.many({member for cause in causes for member in (cause.mentor_id, cause.mentee_id) if member is not None})
    whole = [cause for cause in causes if all(member is None or member in there for member in (cause.mentor_id, cause.mentee_id))]
    unit.rounds.keep_causes(one.id, whole)
    unit.rounds.put(replace(now, state=step(now.state, Command.GIVE_UP, before=now.before), progress=0.0, failure=error.code))


def _causes(unit: UnitOfWork, one: Round, error: PluginError) -> list[CauseOf]:
    if isinstance(error, Impossible):
        return group_lane.causes_of(unit, one, error)
    if isinstance(error, Contradiction):
        return [CauseOf(kind=cause.kind, name=cause.name, mentor_id=cause.mentor, mentee_id=cause.mentee, minimum=cause.minimum) for cause in error.causes]
    return []


# ---------------------------------------------------------------------------------------------------------------------- handing over


async def _hand_over(runtime: Runtime, installation_id: int) -> bool:
    """Begin a few of a published round's pairs or groups. Each transaction begins some and marks them: one is begun once however often this is interrupted."""
    if not await runtime.database.read(installation_id, lambda unit: unit.rounds.handing_over() is not None or bool(unit.our_groups.to_begin(limit=1))):
        return False
    capabilities = runtime.host((await runtime.installation(installation_id)).host).capabilities

    def few(unit: UnitOfWork) -> None:
        for group in unit.our_groups.to_begin(limit=HAND_OVER):
            try:
                group_lane.begin(unit, group, capabilities=capabilities)
            except PluginError as error:
                unit.our_groups.put(replace(group, state=GroupState.REFUSED, note=error.message))
        round_id = unit.rounds.handing_over()
        one = unit.rounds.get(round_id) if round_id is not None else None
        if one is None:
            return
        running = round_inputs.running_pairs(unit, one.program_id)
        for pair in unit.rounds.proposed(one.id, limit=HAND_OVER):
            _begin(unit, one, pair, running)

    await runtime.database.write(installation_id, few)
    runtime.bus.tell(installation_id)
    return True


def _begin(unit: UnitOfWork, one: Round, pair: Pair, running: set[tuple[int, int]]) -> None:
    if (pair.mentor_id, pair.mentee_id) in running:
        unit.rounds.settle(pair, PairState.BEGUN, note="kept")
        return
    try:
        with unit.savepoint():
            mentoring.begin(unit, program_id=one.program_id, mentor_id=pair.mentor_id, mentee_ids=[pair.mentee_id], source=SOURCE, by=f"round:{one.id}")
    except PluginError as error:
        # Something changed since the round was computed, such as a mentor who is away; the others begin all the same.
        unit.rounds.settle(pair, PairState.REFUSED, note=error.code)
        return
    unit.rounds.settle(pair, PairState.BEGUN)
