"""Matching rounds: drafted, computed by the worker, adjusted by hand, published; and what managers and members see of them.

A computation is done by :mod:`plugin.services.matching.round_lane`. Here a round only changes its state; every change is one transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from plugin.domain.designs import Design, GroupDesign, design_to_json
from plugin.domain.people import Principal
from plugin.domain.rounds import Choice, ChoiceKind, Command, Round, RoundKind, RoundState
from plugin.errors import Conflict, Invalid, Remark
from plugin.graph.matching import Objective, Placing
from plugin.services.guarding.managing import require_manager
from plugin.services.matching import round_looking, round_reading
from plugin.services.matching.round_checks import MAX_CHOICES, check_design, check_group_design, step
from plugin.services.matching.round_reading import found
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

T = TypeVar("T")

# ---------------------------------------------------------------------------------------------------------------------- commands


async def draft(runtime: Runtime, principal: Principal, *, program_id: int, name: str, design: Design | GroupDesign, kept_from: int | None = None) -> Round:
    """Make a round, as a draft. Raises :class:`Invalid` with the field."""
    _check(design)
    plain = _name(name)

    def work(unit: UnitOfWork) -> Round:
        require_manager(unit, principal, program_id)
        kind = RoundKind.PAIRS if isinstance(design, Design) else RoundKind.GROUPS
        made = Round(
            id=unit.new_id(),
            program_id=program_id,
            kind=kind,
            name=plain,
            state=RoundState.DRAFT,
            design=design_to_json(design),
            created_at=unit.now,
            kept_from=kept_from,
        )
        unit.rounds.put(made)
        unit.record("round.drafted", actor=principal.actor, round=str(made.id), kind=kind.value)
        return made

    return await runtime.database.write(principal.installation_id, work)


async def edit(runtime: Runtime, principal: Principal, round_id: int, *, name: str | None = None, design: Design | GroupDesign | None = None) -> Round:
    """Change what is asked of a round; what was computed is forgotten. Raises :class:`Conflict` once it is published or while it is computed."""
    if design is not None:
        _check(design)
    plain = None if name is None else _name(name)

    def work(unit: UnitOfWork, one: Round) -> Round:
        if design is not None and isinstance(design, Design) != (one.kind is RoundKind.PAIRS):
            raise Invalid("this is a round of {kind}: give a design of {kind}", field="design", kind=one.kind)
        changed = replace(one, state=step(one.state, Command.EDIT), name=plain or one.name, figures={}, failure="", progress=0.0)
        if design is not None:
            changed = replace(changed, design=design_to_json(design))
        unit.rounds.clear(one.id)
        unit.our_groups.drop_drafts(one.id)
        return changed

    return await _change(runtime, principal, round_id, work, told="round.edited")


async def compute(runtime: Runtime, principal: Principal, round_id: int) -> Round:
    """Send a round to the worker. Raises :class:`Contradiction` with a smallest set that cannot hold together, and :class:`Invalid` for what cannot begin."""
    return await _send(runtime, principal, round_id, [], command=Command.COMPUTE)


async def adjust(
    runtime: Runtime,
    principal: Principal,
    round_id: int,
    *,
    pin: Sequence[tuple[int, int]] = (),
    forbid: Sequence[tuple[int, int]] = (),
    release: Sequence[tuple[int, int]] = (),
) -> Round:
    """Decide by hand about pairs (mentor, mentee), and have the round computed around it.

    Raises :class:`Invalid` for members who are not in the round, :class:`Contradiction` for what cannot hold together; nothing is changed then.
    """
    kinds = ((pin, ChoiceKind.PIN), (forbid, ChoiceKind.FORBID), (release, ChoiceKind.NONE))
    chosen = [Choice(kind=kind, one=mentor, other=mentee) for pairs, kind in kinds for mentor, mentee in pairs]
    if not chosen:
        raise Invalid("say which pairs to pin, to forbid or to release", field="pin")
    if len(chosen) > MAX_CHOICES:
        raise Invalid("decide about at most {most} pairs at once", field="pin", most=MAX_CHOICES)
    if len({(one.one, one.other) for one in chosen}) < len(chosen):
        raise Invalid("a pair is named twice: decide once", field="pin", code="duplicate")
    return await decide(runtime, principal, round_id, chosen, kind=RoundKind.PAIRS)


async def join(runtime: Runtime, principal: Principal, round_id: int, member_id: int) -> Round:
    """Let somebody who was enrolled since into a computed round; only what changes is computed. Raises :class:`Invalid` for who is not enrolled."""
    one = await round_reading.find(runtime, principal, round_id)
    if one.state is RoundState.PUBLISHED and one.kind is RoundKind.PAIRS:
        raise Conflict(
            "a published round stands: draft a rematch of it, which keeps its pairs and places who came since", code="illegal_transition", field="state"
        )
    return await decide(runtime, principal, round_id, [Choice(kind=ChoiceKind.JOIN, one=member_id, other=member_id)], kind=RoundKind.PAIRS)


async def decide(runtime: Runtime, principal: Principal, round_id: int, chosen: Sequence[Choice], *, kind: RoundKind) -> Round:
    """Put decisions in place and compute the round around them. Those about a draft of groups wait until it is computed."""
    one = await round_reading.find(runtime, principal, round_id)
    if one.kind is not kind:
        told = {
            RoundKind.PAIRS: Remark("this is a round of groups: say who stays together or apart, or place newcomers into groups that run"),
            RoundKind.GROUPS: Remark("this is a round of pairs: pin or forbid pairs"),
        }
        raise Invalid(told[kind], field="id")
    if kind is RoundKind.PAIRS or one.state is not RoundState.DRAFT:
        return await _send(runtime, principal, round_id, chosen, command=Command.ADJUST)
    before = await round_looking.look(runtime, principal, round_id, chosen, command=Command.COMPUTE)

    def work(unit: UnitOfWork, one: Round) -> Round:
        if one != before:
            raise _changed_meanwhile()
        unit.rounds.choose(one.id, chosen)
        unit.rounds.settle_choices(one.id, done=True)
        return one

    return await _change(runtime, principal, round_id, work, told="round.adjust")


def _changed_meanwhile() -> Conflict:
    return Conflict("somebody else changed this round just now: look at it and try again", code="changed_meanwhile")


async def stop(runtime: Runtime, principal: Principal, round_id: int) -> Round:
    """Stop a computation; the round is as it was before."""

    def work(unit: UnitOfWork, one: Round) -> Round:
        unit.rounds.settle_choices(one.id, done=False)
        return replace(one, state=step(one.state, Command.GIVE_UP, before=one.before), progress=0.0, failure="stopped")

    return await _change(runtime, principal, round_id, work, told="round.stopped")


async def cancel(runtime: Runtime, principal: Principal, round_id: int) -> Round:
    """End a round that was not published; nothing of it is kept but that it was."""

    def work(unit: UnitOfWork, one: Round) -> Round:
        unit.rounds.clear(one.id)
        unit.our_groups.drop_drafts(one.id)
        return replace(one, state=step(one.state, Command.CANCEL), figures={}, progress=0.0)

    return await _change(runtime, principal, round_id, work, told="round.cancelled")


async def publish(runtime: Runtime, principal: Principal, round_id: int) -> Round:
    """Publish a computed round: the worker begins a mentorship for each pair, or the groups, and both sides are told."""

    def work(unit: UnitOfWork, one: Round) -> Round:
        changed = replace(one, state=step(one.state, Command.PUBLISH), published_at=unit.now)
        unit.wake("rounds")
        return changed

    return await _change(runtime, principal, round_id, work, told="round.published")


async def rematch(runtime: Runtime, principal: Principal, round_id: int, *, name: str) -> Round:
    """A new draft with the same design that keeps the pairs of a computed or published round wherever they still can be."""
    earlier = await round_reading.find(runtime, principal, round_id)
    if earlier.kind is not RoundKind.PAIRS:
        raise Invalid("groups that run are kept as they are: place new members or merge small ones instead", field="id")
    if earlier.computed_at is None:
        raise Conflict("this round has no pairs to keep: compute it first", code="not_computed")
    return await draft(runtime, principal, program_id=earlier.program_id, name=name, design=earlier.matching, kept_from=earlier.id)


async def _send(runtime: Runtime, principal: Principal, round_id: int, chosen: Sequence[Choice], *, command: Command) -> Round:
    """Put decisions in place and the round to work, once it is known that it can be done."""
    before = await round_looking.look(runtime, principal, round_id, chosen, command=command)

    def work(unit: UnitOfWork, one: Round) -> Round:
        if one != before:
            raise _changed_meanwhile()
        unit.rounds.choose(one.id, chosen)
        unit.wake("rounds")
        return replace(one, state=step(one.state, command), before=one.state, run=one.run + 1, progress=0.0, failure="")

    return await _change(runtime, principal, round_id, work, told=f"round.{command.value}")


# ---------------------------------------------------------------------------------------------------------------------- shared


def _check(design: Design | GroupDesign) -> None:
    if isinstance(design, GroupDesign):
        check_group_design(design)
        return
    check_design(design)
    if design.objective not in {one.value for one in Objective}:
        raise Invalid("choose an objective of {choices}", field="objective", choices=", ".join(Objective))
    if design.placing not in {one.value for one in Placing}:
        raise Invalid("choose {choices} for placing", field="placing", choices=" or ".join(Placing))


def _name(name: str) -> str:
    plain = " ".join(name.split())
    if not 3 <= len(plain) <= 120:
        raise Invalid("a round's name has 3 to 120 characters", field="name")
    return plain


async def _change(runtime: Runtime, principal: Principal, round_id: int, work: Callable[[UnitOfWork, Round], Round], *, told: str) -> Round:
    def whole(unit: UnitOfWork) -> Round:
        one = found(principal, round_id, unit)
        changed = work(unit, one)
        unit.rounds.put(changed)
        unit.record(told, actor=principal.actor, round=str(round_id))
        return changed

    changed = await runtime.database.write(principal.installation_id, whole)
    runtime.bus.tell(principal.installation_id)
    return changed
