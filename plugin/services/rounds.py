"""Matching rounds: drafted, computed by the worker, adjusted by hand, published; and what managers and members see of them.

A computation is done by :mod:`plugin.services.round_lane`. Here a round only changes its state; every change is one transaction.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from plugin.domain.people import Principal
from plugin.domain.programs import Role
from plugin.domain.rounds import (
    Choice,
    ChoiceKind,
    Command,
    Design,
    GroupDesign,
    Round,
    RoundKind,
    RoundState,
    design_to_json,
)
from plugin.errors import Conflict, Invalid, NotFound
from plugin.graph.criteria.rounds import pose
from plugin.graph.matching import Cause, Contradiction, Objective, Placing, conflict
from plugin.services import round_inputs, round_reading
from plugin.services.managing import require_manager
from plugin.services.round_checks import check_design, check_group_design, step
from plugin.services.round_reading import found, unknown
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

T = TypeVar("T")

CHECKED_AT_ONCE = 100_000
"""Up to so many possible pairs contradictions are found before a round is sent to the worker; beyond, the worker finds them and the round stays as it was."""

MAX_CHOICES = 1_000
"""Decisions by hand in one request."""

MAX_RANKED = 20
"""Mentors that a mentee can name."""


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
        unit.record("round.drafted", actor=_actor(principal), round=str(made.id), kind=kind.value)
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
    return await _send(runtime, principal, round_id, chosen, command=Command.ADJUST)


async def join(runtime: Runtime, principal: Principal, round_id: int, member_id: int) -> Round:
    """Let somebody who was enrolled since into a computed round; only what changes is computed. Raises :class:`Invalid` for who is not enrolled."""
    return await _send(runtime, principal, round_id, [Choice(kind=ChoiceKind.JOIN, one=member_id, other=member_id)], command=Command.ADJUST)


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
    before = await _look(runtime, principal, round_id, chosen, command=command)

    def work(unit: UnitOfWork, one: Round) -> Round:
        if one != before:
            raise Conflict("somebody else changed this round just now: look at it and try again", code="changed_meanwhile")
        unit.rounds.choose(one.id, chosen)
        unit.wake("rounds")
        return replace(one, state=step(one.state, command), before=one.state, run=one.run + 1, progress=0.0, failure="")

    return await _change(runtime, principal, round_id, work, told=f"round.{command.value}")


async def _look(runtime: Runtime, principal: Principal, round_id: int, chosen: Sequence[Choice], *, command: Command) -> Round:
    """The round as it is, if it can be computed with these decisions. Raises what stands against it."""

    def work(unit: UnitOfWork) -> tuple[Round, round_inputs.Loaded | None]:
        one = found(principal, round_id, unit)
        step(one.state, command)
        if one.kind is RoundKind.GROUPS:
            return one, None
        loaded = round_inputs.load(unit, one, chosen=chosen)
        _check_choices(loaded, chosen, unit)
        return one, loaded

    one, loaded = await runtime.database.read(principal.installation_id, work)
    if loaded is None:
        return one
    task = loaded.task
    if len(task.sides.mentees) * len(task.sides.mentors) <= CHECKED_AT_ONCE and not loaded.asks_graph:
        causes = await asyncio.to_thread(lambda: conflict(pose(task).problem))
        if causes:
            told = await runtime.database.read(principal.installation_id, lambda unit: in_words(causes, unit))
            raise Contradiction(told, causes=causes)
    return one


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
        elif choice.kind is not ChoiceKind.NONE and (choice.one not in mentors or choice.other not in mentees):
            field = "pin" if choice.kind is ChoiceKind.PIN else "forbid"
            raise Invalid("a pair names somebody who is not a mentor or a mentee with a place in this round", field=field, code="unknown_member")


def in_words(causes: Iterable[Cause], unit: UnitOfWork) -> str:
    """What cannot hold together, in one line with names."""
    listed = list(causes)
    people = unit.members.many({member for cause in listed for member in (cause.mentor, cause.mentee) if member is not None})

    def name(member: int | None) -> str:
        found = people.get(member) if member is not None else None
        return found.username if found is not None else "a former member"

    said = []
    for cause in listed:
        if cause.kind == "rule":
            said.append(f"the rule “{cause.name}”")
        elif cause.kind == "minimum":
            said.append(f"at least {cause.minimum} for {name(cause.mentor)}")
        else:
            said.append(f"{'the pin of' if cause.kind == 'pin' else 'the ban on'} {name(cause.mentee)} with {name(cause.mentor)}")
    return f"these cannot hold together: {'; '.join(said) or 'the candidates and the choices'}. Drop one of them."


async def rank_mentors(runtime: Runtime, principal: Principal, program_id: int, mentors: Sequence[int]) -> int:
    """A mentee says whom they would like to have, the dearest first; rounds by choices go by it. Returns how many were named."""
    member_id = principal.member_id
    if member_id is None:
        raise Invalid("only a member can choose mentors: use a member's token", code="not_a_member")
    if len(mentors) > MAX_RANKED or len(set(mentors)) < len(mentors):
        raise Invalid("name at most {most} mentors, each once", field="mentors", most=MAX_RANKED)

    def work(unit: UnitOfWork) -> int:
        enrolled = unit.enrolments.of_program(program_id)
        if not any(one.member_id == member_id and one.role is Role.MENTEE for one in enrolled):
            raise NotFound("there is no program in which you are a mentee by this id", field="program")
        there = {one.member_id for one in enrolled if one.role is Role.MENTOR}
        if not there.issuperset(mentors):
            raise NotFound("somebody you named is no mentor of this program", field="mentors")
        unit.rounds.rank_mentors(program_id, member_id, mentors)
        return len(mentors)

    return await runtime.database.write(principal.installation_id, work)


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
        one = unit.rounds.lock(round_id)
        if one is None:
            raise unknown(principal)
        require_manager(unit, principal, one.program_id)
        changed = work(unit, one)
        unit.rounds.put(changed)
        unit.record(told, actor=_actor(principal), round=str(round_id))
        return changed

    changed = await runtime.database.write(principal.installation_id, whole)
    runtime.bus.tell(principal.installation_id)
    return changed


def _actor(principal: Principal) -> str:
    return principal.actor
