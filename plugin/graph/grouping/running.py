"""Groups that run already: newcomers, and groups that shrank.

Nobody who is in a group is moved for a newcomer. Newcomers are assigned round by round, at most one to a group each time, by the least sum of costs (min-cost
flow), so that each is judged by the group as it is by then. Shrunken groups are merged pairwise by a maximum-weight matching (Edmonds 1965); what no group can
take as a whole is divided among groups with room if everybody finds a place. A group with nobody in it ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np

from plugin.errors import Invalid
from plugin.graph.grouping.fit import Standing, standing
from plugin.graph.grouping.left import left_over
from plugin.graph.grouping.model import Design, Grouping, Left, Person, Slot
from plugin.graph.matching import Edges, Objective, Placing, Problem, Seat, solve

LACKING = 100.0
"""How many misses a mentor is worth to a group that has too few."""

ABSENT = 10.0
"""How many misses it is worth that a newcomer can come at the group's hour."""

PARTNERS = 40
"""So many groups are looked at closely for each that shrank."""

CROWD = 0.05
"""How many misses one place more in use is worth, so that the smaller of two equal groups is filled."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The groups with newcomers in them, who went where (person, key of the group), and who could not be placed."""

    groups: list[Grouping]
    joined: tuple[tuple[int, int], ...]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The groups after merging.

    ``moved`` says who is in another group now (person, old key, key now), ``ended`` which keys are no more, ``too_small`` which groups still are, and ``freed``
    the mentors whom no group has a place for.
    """

    groups: list[Grouping]
    moved: tuple[tuple[int, int, int], ...]
    ended: tuple[int, ...]
    too_small: tuple[int, ...]
    freed: tuple[int, ...]


def retell(groups: Sequence[Grouping], people: Iterable[Person], design: Design) -> list[Grouping]:
    """The groups as they are, each with its reasons anew; what :func:`place` raises."""
    stands = standing(groups, people, design)
    return [stands.teller.tell(group.key, group.members, group.mentors, hour=group.hour) for group in groups]


def place(groups: Sequence[Grouping], people: Iterable[Person], design: Design, *, seed: int = 0) -> Placed:
    """Everybody of ``people`` who is in no group yet, put into groups that run; nobody is moved, and each group keeps its hour.

    ``people`` are those of the groups and the newcomers. Raises :class:`~plugin.errors.Invalid` for people or groups that cannot be.
    """
    if seed < 0:
        raise Invalid("the seed counts from 0", field="seed")
    stands = standing(groups, people, design)
    inside = {member for group in groups for member in group.people}
    lot = np.random.default_rng((seed, 11)).permutation(len(stands.people)) if seed else np.arange(len(stands.people))
    newcomers = [person for _, person in sorted(zip(lot.tolist(), stands.people.values(), strict=True), key=lambda each: each[0]) if person.id not in inside]
    state = {group.key: stands.teller.tell(group.key, group.members, group.mentors, hour=group.hour) for group in groups}
    joined = _units(stands, state, newcomers)
    while True:
        waiting = [person for person in newcomers if person.id not in joined]
        found = _assigned(stands, list(state.values()), waiting)
        if not found:
            break
        for person, key in found:
            state[key] = _with(stands, state[key], [person])
            joined[person.id] = key
    after = list(state.values())
    return Placed(after, tuple(sorted(joined.items())), left_over(stands.people.values(), design, after))


def merge(groups: Sequence[Grouping], people: Iterable[Person], design: Design, *, seed: int = 0) -> Merged:
    """Groups with fewer members than ``design.smallest`` merged with others, the smaller into the larger; all others stay as they are."""
    stands = standing(groups, people, design)
    state = {group.key: stands.teller.tell(group.key, group.members, group.mentors, hour=group.hour) for group in groups if group.people}
    home = {member: group.key for group in groups for member in group.people}
    while chosen := _unions(stands, state):
        for one, other in chosen:
            into, gone = sorted((state[one], state[other]), key=lambda group: (-len(group.members), group.key))
            del state[gone.key]
            state[into.key] = _union(stands, into, gone)
    for group in sorted(state.values(), key=lambda group: (len(group.members), group.key)):
        if len(group.members) < design.smallest and len(state) > 1:
            _dissolve(stands, state, group, seed=seed)
    now = {member: key for key, group in state.items() for member in group.people}
    moved = tuple((member, key, now[member]) for member, key in sorted(home.items()) if member in now and now[member] != key)
    too_small = tuple(sorted(key for key, group in state.items() if len(group.members) < design.smallest))
    freed = tuple(sorted(member for member in home if member not in now))
    return Merged(list(state.values()), moved, tuple(sorted({group.key for group in groups} - state.keys())), too_small, freed)


def _with(stands: Standing, group: Grouping, persons: Sequence[Person]) -> Grouping:
    members = [*group.members, *(person.id for person in persons if not person.mentor)]
    mentors = [*group.mentors, *(person.id for person in persons if person.mentor)]
    return stands.teller.tell(group.key, members, mentors, hour=group.hour)


def _units(stands: Standing, state: dict[int, Grouping], newcomers: Sequence[Person]) -> dict[int, int]:
    """Newcomers who stay together with somebody, each unit as a whole; where part of it is in a group, there."""
    joined: dict[int, int] = {}
    new = {person.id: person for person in newcomers}
    for unit in sorted({stands.unit[member] for member in new if member in stands.unit}, key=lambda unit: (-len(unit), min(unit))):
        persons = [new[member] for member in sorted(unit) if member in new]
        best: tuple[float, int] | None = None
        for group in state.values():
            if not _takes(stands, group, persons, unit):
                continue
            cost = float(stands.costs([[person.id for person in persons]], [group])[0, 0]) + CROWD * len(group.members)
            best = min(best or (np.inf, 0), (cost, group.key))
        if best is not None:
            state[best[1]] = _with(stands, state[best[1]], persons)
            joined.update((person.id, best[1]) for person in persons)
    return joined


def _takes(stands: Standing, group: Grouping, persons: Sequence[Person], unit: frozenset[int]) -> bool:
    there, design = set(group.people), stands.design
    mentors = sum(person.mentor for person in persons)
    room = len(group.mentors) + mentors <= design.mentors_at_most or not mentors
    room = room and (len(group.members) + len(persons) - mentors <= design.largest or mentors == len(persons))
    elsewhere = unit - there - {person.id for person in persons}
    barred = any({"hour", "apart"} & set(stands.barriers(person, group)) for person in persons)
    return room and not elsewhere and not barred


def _assigned(stands: Standing, groups: Sequence[Grouping], waiting: Sequence[Person]) -> list[tuple[Person, int]]:
    """The cheapest way to give as many of those who wait a group each, no group getting more than one."""
    rows = [(i, j) for i, person in enumerate(waiting) for j, group in enumerate(groups) if not stands.barriers(person, group)]
    if not rows:
        return []
    costs = stands.costs([[person.id] for person in waiting], groups)
    score = [-costs[i, j] + _worth(stands, waiting[i], groups[j]) for i, j in rows]
    who, where = np.array(rows, np.int64).T
    seats = tuple(Seat(len(waiting) + j) for j in range(len(groups)))
    problem = Problem(seats, tuple(range(len(waiting))), Edges(who, where, np.array(score)), placing=Placing.MOST)
    return [(waiting[pair.mentee], groups[pair.mentor - len(waiting)].key) for pair in solve(problem, Objective.TOTAL).pairs]


def _worth(stands: Standing, person: Person, group: Grouping) -> float:
    crowd = -CROWD * len(group.mentors if person.mentor else group.members)
    lacking = LACKING if person.mentor and len(group.mentors) < stands.design.mentors else 0.0
    absent = -ABSENT if stands.design.slot is Slot.WANTED and not stands.meets(person, group) else 0.0
    return crowd + lacking + absent


def _unions(stands: Standing, state: Mapping[int, Grouping]) -> list[tuple[int, int]]:
    """Pairs of groups to be merged: as many shrunken ones as can be at once, then the best scores."""
    graph: nx.Graph[int] = nx.Graph()
    small = {key for key, group in state.items() if len(group.members) < stands.design.smallest}
    for key in sorted(small):
        for other in _partners(stands, state, key):
            union = _union(stands, state[key], state[other])
            if stands.design.slot is Slot.MUST and not union.hours:
                continue
            grown = len(union.members) >= stands.design.smallest
            weight = 1_000 * (1 + (other in small)) + 100 * grown + 10 * union.score - len(union.absent)
            graph.add_edge(key, other, weight=round(weight * 1_000))
    return sorted((min(pair), max(pair)) for pair in nx.max_weight_matching(graph))


def _partners(stands: Standing, state: Mapping[int, Grouping], key: int) -> list[int]:
    """The groups that a shrunken one could be one with, those that suit it best; an hour is not asked for yet."""
    one, design = state[key], stands.design
    fitting = [other for number, other in sorted(state.items()) if number != key and len(one.members) + len(other.members) <= design.largest]
    hours = _common(stands, one) if design.slot is Slot.MUST else frozenset()
    found = [
        other
        for other in fitting
        if not any((min(a, b), max(a, b)) in stands.apart for a in one.people for b in other.people)
        and (design.slot is not Slot.MUST or hours & _common(stands, other))
    ]
    order = np.argsort(stands.costs([one.people], found)[0], kind="stable") if found else ()
    return [found[i].key for i in order][:PARTNERS]


def _common(stands: Standing, group: Grouping) -> frozenset[int]:
    """The hours at which all of a group's members can meet (its mentors, where it has no members left); a mentor too many need not stay."""
    return frozenset.intersection(*(stands.people[member].hours for member in group.members or group.mentors))


def _union(stands: Standing, into: Grouping, gone: Grouping) -> Grouping:
    """Both as one. Of the mentors as many stay as a group may have, those of the larger group first."""
    mentors = (*into.mentors, *gone.mentors)
    bound = {mentor for mentor in mentors if mentor in stands.unit}
    kept = sorted(mentors, key=lambda mentor: (mentor not in bound, mentors.index(mentor)))[: max(stands.design.mentors_at_most, len(into.mentors))]
    told = stands.teller.tell(into.key, (*into.members, *gone.members), kept)
    return stands.teller.tell(into.key, told.members, told.mentors, hour=into.hour) if into.hour is not None and into.hour in told.hours else told


def _dissolve(stands: Standing, state: dict[int, Grouping], group: Grouping, *, seed: int) -> None:
    """Divide a group's members among the others if all find a place there; its mentors go where there is room for them."""
    others = [each for key, each in state.items() if key != group.key]
    staying = {member for each in others for member in each.people} | set(group.people)
    tried = place(others, [person for person in stands.people.values() if person.id in staying], _among(stands.design, staying), seed=seed)
    if not {person for person, _ in tried.joined} >= set(group.members):
        return
    del state[group.key]
    state.update((each.key, each) for each in tried.groups)


def _among(design: Design, people: set[int]) -> Design:
    """The design without rules about anybody else."""
    together = tuple(each & people for each in design.together if len(each & people) > 1)
    return replace(design, together=together, apart=tuple(each & people for each in design.apart if len(each & people) > 1))
