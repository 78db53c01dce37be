"""Whether a round can be computed with what was decided, before it is sent to the worker."""

import asyncio
from collections.abc import Sequence

from plugin.domain.people import Principal
from plugin.domain.rounds import Choice, ChoiceKind, Command, Round, RoundKind
from plugin.errors import Conflict, Invalid, Remark
from plugin.graph.criteria.rounds import pose
from plugin.graph.grouping import Impossible, examine
from plugin.graph.matching import Contradiction, conflict
from plugin.services.matching import group_inputs, round_inputs
from plugin.services.matching.round_checks import step
from plugin.services.matching.round_reading import found
from plugin.services.matching.round_words import causes_in_words
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

CHECKED_AT_ONCE = 100_000
"""Up to so many possible pairs contradictions are found before a round is sent to the worker; beyond, the worker finds them and the round stays as it was."""

LOOK_FOR = 4.0
"""Seconds that somebody who waits for an answer is kept waiting for whether groups can be formed as asked."""


async def look(runtime: Runtime, principal: Principal, round_id: int, chosen: Sequence[Choice], *, command: Command) -> Round:
    """The round as it is, if it can be computed with these decisions. Raises what stands against it."""

    def work(unit: UnitOfWork) -> tuple[Round, round_inputs.Loaded | group_inputs.Task]:
        one = found(principal, round_id, unit)
        step(one.state, command)
        if one.kind is RoundKind.GROUPS:
            task = group_inputs.of_round(unit, one, chosen=chosen)
            _check_together(task, chosen, unit)
            return one, task
        loaded = round_inputs.load(unit, one, chosen=chosen)
        _check_choices(loaded, chosen, unit)
        return one, loaded

    one, loaded = await runtime.database.read(principal.installation_id, work)
    if isinstance(loaded, group_inputs.Task):
        await _look_at_groups(runtime, principal, loaded)
        return one
    task = loaded.task
    if len(task.sides.mentees) * len(task.sides.mentors) <= CHECKED_AT_ONCE and not loaded.asks_graph:
        causes = await asyncio.to_thread(lambda: conflict(pose(task).problem))
        if causes:
            told = await runtime.database.read(principal.installation_id, lambda unit: causes_in_words(causes, unit))
            raise Contradiction(told, causes=causes)
    return one


async def _look_at_groups(runtime: Runtime, principal: Principal, task: group_inputs.Task) -> None:
    """Raise for sizes that so many people do not make, and for who cannot be both together and apart; what takes longer to find out the worker finds."""
    raised: Impossible | None = None
    try:
        await asyncio.wait_for(asyncio.to_thread(examine, task.people, task.design), LOOK_FOR)
    except TimeoutError:
        return
    except Impossible as error:
        raised = error
    if raised is not None:
        found = raised
        raise await runtime.database.read(principal.installation_id, lambda unit: group_inputs.in_words(unit, task, found))


def _check_together(task: group_inputs.Task, chosen: Sequence[Choice], unit: UnitOfWork) -> None:
    here = {person.id for person in task.people}
    for choice in chosen:
        field = {ChoiceKind.TOGETHER: "together", ChoiceKind.APART: "apart"}.get(choice.kind)
        missing = [member for member in (choice.one, choice.other) if member not in here]
        if field and missing:
            told = Remark(
                "{who} is not among those of whom this round forms groups: approve their application first, or leave them out", who=_who(unit, missing[0])
            )
            raise Invalid(told, field=field, code="unknown_member")


def _who(unit: UnitOfWork, member_id: int) -> str | Remark:
    known = unit.members.get(member_id)
    return Remark("somebody who is no member") if known is None else known.username


def _check_choices(loaded: round_inputs.Loaded, chosen: Sequence[Choice], unit: UnitOfWork) -> None:
    mentors = {seat.id for seat in loaded.task.seats}
    mentees = {person.id for person in loaded.task.sides.mentees}
    for choice in chosen:
        if choice.kind is ChoiceKind.JOIN:
            if choice.one not in mentors | mentees:
                raise Invalid(
                    "this member is not enrolled in the program with a place left: approve their application first", field="member", code="unknown_member"
                )
            if choice.one in {one.member_id for one in unit.rounds.people(loaded.task.round_id)}:
                raise Conflict("this member is in the round already", code="already_in", field="member")
        elif choice.kind is not ChoiceKind.NONE:
            field = "pin" if choice.kind is ChoiceKind.PIN else "forbid"
            if choice.one not in mentors:
                told = Remark("{who} is not a mentor with a place in this round: pair mentees with mentors who have one", who=_who(unit, choice.one))
                raise Invalid(told, field=field, code="unknown_member")
            if choice.other not in mentees:
                told = Remark("{who} is not a mentee who waits for a mentor in this round: pair mentors with mentees who do", who=_who(unit, choice.other))
                raise Invalid(told, field=field, code="unknown_member")
