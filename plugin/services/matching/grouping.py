"""Groups by a manager's hand: who stays together or apart, who is moved; newcomers placed into groups that run, and groups that shrank merged."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from mentorgraph.host import Capability
from plugin.domain.designs import GroupDesign
from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.people import Principal
from plugin.domain.rounds import Choice, ChoiceKind, Command, Round, RoundKind, RoundState
from plugin.errors import Conflict, Invalid, Remark
from plugin.graph import grouping
from plugin.graph.grouping import Grouping
from plugin.services.guarding.managing import require_manager
from plugin.services.matching import group_inputs, group_telling, rounds
from plugin.services.matching.group_inputs import Task, as_grouping
from plugin.services.matching.group_lane import seats_of
from plugin.services.matching.group_reading import found
from plugin.services.matching.group_words import reasons_of
from plugin.services.matching.round_checks import MAX_CHOICES, check_group_design, step
from plugin.services.mentorships import mentoring
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

# ---------------------------------------------------------------------------------------------------------------------- drafts


async def adjust(
    runtime: Runtime,
    principal: Principal,
    round_id: int,
    *,
    together: Sequence[Sequence[int]] = (),
    apart: Sequence[Sequence[int]] = (),
    release: Sequence[Sequence[int]] = (),
) -> Round:
    """Say who stays together in a round of groups, of whom no two meet, and of whom nothing is asked any more. What is computed already is computed anew.

    Raises :class:`Invalid` for members who are not among those of whom groups are formed, :class:`Impossible` for what cannot hold together; nothing is changed
    then.
    """
    kinds = (("together", together, ChoiceKind.TOGETHER), ("apart", apart, ChoiceKind.APART), ("release", release, ChoiceKind.NONE))
    chosen: dict[tuple[int, int], Choice] = {}
    for field, sets, kind in kinds:
        for listed in sets:
            if len(set(listed)) < 2:
                raise Invalid("name two members or more", field=field)
            pairs = pairwise(sorted(set(listed))) if kind is ChoiceKind.TOGETHER else combinations(sorted(set(listed)), 2)
            for pair in pairs:
                if chosen.setdefault(pair, Choice(kind=kind, one=pair[0], other=pair[1])).kind is not kind:
                    raise Invalid("two members cannot be both together and apart: decide once", field=field, code="contradiction")
    if not chosen:
        raise Invalid("say who is to be together, apart, or of whom nothing is asked any more", field="together")
    if len(chosen) > MAX_CHOICES:
        raise Invalid("decide about at most {most} pairs at once", field="together", most=MAX_CHOICES)
    return await rounds.decide(runtime, principal, round_id, list(chosen.values()), kind=RoundKind.GROUPS)


async def move(runtime: Runtime, principal: Principal, *, member_id: int, group_id: int, pin: bool) -> Group:
    """Put somebody into another draft of the same round, and with ``pin`` keep them with whoever is pinned there when it is computed anew.

    Raises :class:`Invalid` for somebody who is in no group of the round, :class:`Conflict` where the group has no place.
    """

    def work(unit: UnitOfWork) -> Group:
        group = found(unit, principal, group_id)
        one = unit.rounds.get(group.round_id) if group.round_id is not None else None
        if one is None or group.state is not GroupState.DRAFT:
            raise Conflict("only drafts can be changed by hand: this group runs already", code="illegal_transition", field="group")
        step(one.state, Command.ADJUST)
        others = unit.our_groups.of_round(one.id)
        here = next((each for each in others if any(seat.member_id == member_id for seat in each.seats)), None)
        waiting = {each.mentee_id for each in unit.rounds.waiting(one.id)}
        if here is None and member_id not in waiting:
            raise Invalid("this member is in no group of this round and does not wait for one", field="member", code="unknown_member")
        task = group_inputs.of_round(unit, one)
        usual = Seat(member_id=member_id, mentor=any(person.id == member_id and person.mentor for person in task.people))
        seat = next((each for each in here.seats if each.member_id == member_id), usual) if here is not None else usual
        _check_room(group, seat, one.grouping, moved=here is None or here.id != group.id)
        if here is not None and here.id != group.id:
            unit.our_groups.seat(here.id, [each for each in here.seats if each.member_id != member_id], at=unit.now)
        unit.our_groups.seat(group.id, [*(each for each in group.seats if each.member_id != member_id), replace(seat, pinned=pin)], at=unit.now)
        unit.rounds.keep_waiting(one.id, [each for each in unit.rounds.waiting(one.id) if each.mentee_id != member_id])
        _retell(unit, one, task)
        unit.rounds.put(replace(one, state=RoundState.ADJUSTED))
        unit.record("group.moved", actor=principal.actor, group=str(group.id))
        return found(unit, principal, group_id)

    return await runtime.database.write(principal.installation_id, work)


def _check_room(group: Group, seat: Seat, design: GroupDesign, *, moved: bool) -> None:
    if not moved:
        return
    if not seat.mentor and len(group.members) >= design.largest:
        told = Remark("this group has {largest} members, the most it may have: move somebody out first", largest=design.largest)
        raise Conflict(told, code="full", field="group")
    if seat.mentor and len(group.mentors) >= max(1, design.mentors):
        told = Remark("this group has {most} mentors, the most it may have: move one out first", most=max(1, design.mentors))
        raise Conflict(told, code="full", field="group")


def _retell(unit: UnitOfWork, one: Round, task: Task) -> None:
    """What speaks for each draft, once somebody was moved; a draft that somebody left since keeps what was said."""
    drafts = [group for group in unit.our_groups.of_round(one.id) if group.state is GroupState.DRAFT]
    known = {person.id: person.mentor for person in task.people}
    whole = [group for group in drafts if group.seats and all(known.get(seat.member_id) is seat.mentor for seat in group.seats)]
    for group, told in zip(whole, grouping.retell([as_grouping(group) for group in whole], task.people, task.design), strict=True):
        unit.our_groups.put(replace(group, reasons=reasons_of(told, task)))


# ---------------------------------------------------------------------------------------------------------------------- groups that run


async def place(runtime: Runtime, principal: Principal, program_id: int, design: GroupDesign | None = None) -> list[Group]:
    """Put members who were enrolled since into groups that run; nobody is moved. Returns the groups that changed.

    Without a design they go by that of the round which formed the newest groups.
    """

    def work(task: Task, groups: list[Grouping]) -> list[Grouping]:
        return grouping.place(groups, task.people, task.design, seed=task.seed).groups

    return await _change(runtime, principal, program_id, design, work, told="group.placed")


async def merge(runtime: Runtime, principal: Principal, program_id: int, design: GroupDesign | None = None) -> list[Group]:
    """Merge running groups that have fewer members than the design's smallest; all others stay. Returns the groups that changed."""

    def work(task: Task, groups: list[Grouping]) -> list[Grouping]:
        return grouping.merge([one for one in groups if one.people], task.people, task.design, seed=task.seed).groups

    return await _change(runtime, principal, program_id, design, work, told="group.merged")


async def _change(
    runtime: Runtime,
    principal: Principal,
    program_id: int,
    design: GroupDesign | None,
    change: Callable[[Task, list[Grouping]], list[Grouping]],
    *,
    told: str,
) -> list[Group]:
    if design is not None:
        check_group_design(design)
    installation = await runtime.installation(principal.installation_id)
    capabilities = runtime.host(installation.host).capabilities

    def work(unit: UnitOfWork) -> list[Group]:
        require_manager(unit, principal, program_id)
        running = group_inputs.running_of(unit, program_id)
        task = group_inputs.of_running(unit, program_id, running, design)
        present = group_inputs.present(running, task)
        after = {group.key: group for group in change(task, [as_grouping(group) for group in present])}
        return _keep(unit, running, present, after, task, capabilities, told=told, principal=principal)

    return await runtime.database.write(principal.installation_id, work)


def _keep(
    unit: UnitOfWork,
    running: Sequence[Group],
    present: Sequence[Group],
    after: dict[int, Grouping],
    task: Task,
    capabilities: frozenset[Capability],
    *,
    told: str,
    principal: Principal,
) -> list[Group]:
    changed = []
    for group, there in zip(running, present, strict=True):
        now = after.get(group.id)
        before = {seat.member_id for seat in there.seats}
        if now is None:
            unit.our_groups.put(replace(group, state=GroupState.MERGED))
            unit.our_groups.seat(group.id, [], at=unit.now)
            mentoring.close_group(unit, group.id, by=principal.actor)
        elif set(now.people) != before:
            kept = {seat.member_id: seat for seat in group.seats}
            absent = [seat for seat in group.seats if seat not in there.seats]
            unit.our_groups.put(replace(group, slot=now.hour, reasons=reasons_of(now, task)))
            unit.our_groups.seat(group.id, [*(kept.get(seat.member_id, seat) for seat in seats_of(now)), *absent], at=unit.now)
        else:
            continue
        changed.append(group.id)
    groups = [one for number in changed if (one := unit.our_groups.get(number)) is not None]
    earlier = {group.id: {seat.member_id for seat in group.seats} for group in running}
    for group in groups:
        if group.state is GroupState.RUNNING:
            mentoring.fill_group(unit, group, by=principal.actor)
            group_telling.welcome(unit, group, sorted({seat.member_id for seat in group.seats} - earlier[group.id]), capabilities)
    if changed:
        unit.record(told, actor=principal.actor, groups=len(changed))
    return groups
