"""The worker's part of groups: forming them, and letting published ones begin."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mentorgraph.host import Capability
from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.rounds import CauseOf, Round, Waiting
from plugin.errors import Conflict
from plugin.graph import grouping
from plugin.graph.grouping import Grouping, Impossible, Left
from plugin.services import computing
from plugin.services.computing import Beat
from plugin.services.guarding import safeguarding
from plugin.services.matching import group_inputs, group_telling
from plugin.services.matching.group_inputs import Task
from plugin.services.matching.group_words import reasons_of
from plugin.services.matching.round_outcomes import finish, overtaken, still_wanted
from plugin.services.mentorships import mentoring
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

APART_FROM = 400
"""From so many people on groups are formed in a process of their own."""


@dataclass(frozen=True, kw_only=True)
class Formed:
    """Groups, and who is in none."""

    groups: tuple[Grouping, ...]
    left: tuple[Left, ...]


def form(task: Task, cancelled: computing.Asked = None, progress: computing.Told = None) -> Formed:
    """Groups by the design. Raises :class:`~plugin.graph.grouping.Impossible` with a smallest set that cannot hold together."""
    groups = grouping.form(task.people, task.design, seed=task.seed, cancelled=cancelled, progress=progress)
    return Formed(groups=tuple(groups), left=grouping.left_over(task.people, task.design, groups))


async def compute(runtime: Runtime, installation_id: int, one: Round, *, beat: Beat, every: float) -> None:
    """Form the groups of a round that is being computed, and keep them as drafts."""
    task = await runtime.database.read(installation_id, lambda unit: group_inputs.of_round(unit, one))
    formed = await computing.run(form, task, apart=len(task.people) > APART_FROM, beat=beat, every=every)
    await runtime.database.write(installation_id, lambda unit: _keep(unit, one, task, formed))
    runtime.bus.tell(installation_id)


def causes_of(unit: UnitOfWork, one: Round, error: Impossible) -> list[CauseOf]:
    """What cannot hold together, to be kept with the round; whom the community keeps apart itself is not among it."""
    task = group_inputs.of_round(unit, one)
    return [
        CauseOf(kind=demand.kind, mentor_id=demand.people[0], mentee_id=demand.people[1]) for demand in error.demands if not group_inputs.secret(task, demand)
    ]


def _keep(unit: UnitOfWork, one: Round, task: Task, formed: Formed) -> None:
    now = still_wanted(unit, one)
    if now is None or overtaken(unit, now, [person.id for person in task.people], together=(group.people for group in formed.groups)):
        return
    pinned = {seat.member_id for group in unit.our_groups.of_round(one.id) for seat in group.seats if seat.pinned}
    unit.our_groups.drop_drafts(one.id)
    for number, group in enumerate(formed.groups, start=1):
        made = Group(
            id=unit.new_id(),
            program_id=one.program_id,
            round_id=one.id,
            number=number,
            name=f"{one.name} {number}",
            state=GroupState.DRAFT,
            slot=group.hour,
            reasons=reasons_of(group, task),
            created_at=unit.now,
        )
        unit.our_groups.put(made)
        unit.our_groups.seat(made.id, seats_of(group, pinned), at=unit.now)
    unit.rounds.clear(one.id)
    unit.rounds.keep_waiting(one.id, [Waiting(mentee_id=left.person, missing=1, reason=left.why.value) for left in formed.left])
    figures: dict[str, object] = {
        "groups": len(formed.groups),
        "people": len(task.people),
        "placed": sum(len(group.people) for group in formed.groups),
        "misses": sum(because.misses for group in formed.groups for because in group.because),
        "mean_score": sum(group.score for group in formed.groups) / len(formed.groups) if formed.groups else 0.0,
        "with_shared_slot": sum(bool(group.hours) for group in formed.groups),
    }
    finish(unit, now, figures=figures, pinned=bool(pinned))


def seats_of(group: Grouping, pinned: Iterable[int] = ()) -> list[Seat]:
    """Everybody of a group in their places."""
    held = set(pinned)
    return [
        *(Seat(member_id=one, mentor=True, pinned=one in held) for one in group.mentors),
        *(Seat(member_id=one, pinned=one in held) for one in group.members),
    ]


def begin(unit: UnitOfWork, group: Group, *, capabilities: frozenset[Capability]) -> None:
    """Let a draft run: its mentorship begins and the host is asked for a group, or for a message to all of it, whichever it can do.

    Raises what :func:`plugin.services.mentorships.mentoring.begin` raises; nothing is done then.
    """
    people = [seat.member_id for seat in group.seats]
    if unit.blocks.within(people):
        raise Conflict("members of this group are kept apart: one of them wished it", code="blocked", field="group")
    safeguarding.check_together(unit, people)
    if unit.reports.between(people):
        raise Conflict("something about members of this group is looked into: wait until it is decided", code="suspended", field="group")
    with unit.savepoint():
        for mentor in group.mentors[:1]:
            if group.members:
                mentoring.begin(
                    unit,
                    program_id=group.program_id,
                    mentor_id=mentor,
                    mentee_ids=group.members,
                    source="group",
                    by=f"round:{group.round_id}",
                    group_id=group.id,
                )
        key, note = group_telling.tell_host(unit, group, capabilities)
        unit.our_groups.put(replace(group, state=GroupState.RUNNING, published_at=unit.now, host_key=key, note=note))
        group_telling.introduce(unit, group)
