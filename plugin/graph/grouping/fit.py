"""Whether somebody fits into a group that stands, and what it would cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plugin.errors import Invalid
from plugin.graph.grouping.measures import MISS, Floats
from plugin.graph.grouping.model import Design, Grouping, Person, Slot, check
from plugin.graph.grouping.report import Teller
from plugin.graph.grouping.rules import apart_pairs, units


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Groups that stand, and what is needed to judge who fits into them."""

    people: Mapping[int, Person]
    design: Design
    teller: Teller
    apart: frozenset[tuple[int, int]]
    unit: Mapping[int, frozenset[int]]

    def barriers(self, person: Person, group: Grouping) -> tuple[str, ...]:
        """What stands in the way: ``full``, ``hour``, ``apart``, ``together`` (those they stay together with are elsewhere)."""
        design, found = self.design, []
        if len(group.mentors if person.mentor else group.members) >= (design.mentors_at_most if person.mentor else design.largest):
            found.append("full")
        if design.slot is Slot.MUST and not self.meets(person, group):
            found.append("hour")
        if any((min(person.id, other), max(person.id, other)) in self.apart for other in group.people):
            found.append("apart")
        if self.unit.get(person.id, frozenset((person.id,))) - {person.id} - set(group.people):
            found.append("together")
        return tuple(found)

    def meets(self, person: Person, group: Grouping) -> bool:
        """Whether they can come at the group's hour."""
        return group.hour is None or group.hour in person.hours

    def costs(self, parties: Sequence[Sequence[int]], groups: Sequence[Grouping]) -> Floats:
        """What each party (numbers of people) in each group would add to the cost of all aims, in misses of the largest weight."""
        found = np.zeros((len(parties), len(groups)))
        row = self.teller.row
        inside = [[row[member] for member in group.people] for group in groups]
        mine = [[row[member] for member in party] for party in parties]
        for column in self.teller.columns:
            measure = column.measure
            counts = np.array([measure.has[rows].sum(axis=0) for rows in inside]).reshape(len(groups), -1)
            sizes = np.array([measure.counted[rows].sum() for rows in inside])
            before = measure.cost(counts, sizes)
            for number, rows in enumerate(mine):
                found[number] += measure.cost(counts + measure.has[rows].sum(axis=0), sizes + measure.counted[rows].sum()) - before
        return found / MISS


def standing(groups: Sequence[Grouping], people: Iterable[Person], design: Design) -> Standing:
    """Raises :class:`~plugin.errors.Invalid` if the people do not hold everybody of the groups, or somebody is in two."""
    listed = tuple(sorted(check(people, design), key=lambda person: person.id))
    by_id = {person.id: person for person in listed}
    seen: set[int] = set()
    for group in groups:
        for member in group.people:
            if member not in by_id:
                raise Invalid(
                    "group {key} has {member}, who is not among the people: add them", code="unknown_member", field="people", key=group.key, member=member
                )
            if member in seen:
                raise Invalid("{member} is in two groups: leave them in one", code="duplicate", field="groups", member=member)
            if by_id[member].mentor is not (member in group.mentors):
                raise Invalid(
                    "{member} is not in group {key} in the role they have among the people: choose one",
                    code="two_roles",
                    field="groups",
                    member=member,
                    key=group.key,
                )
            seen.add(member)
    if len({group.key for group in groups}) < len(groups):
        raise Invalid("two groups have the same key: number them differently", code="duplicate", field="groups")
    unit = {member: each for each in units(design) for member in each}
    most = max((len(group.people) for group in groups), default=0) + design.mentors_at_most + 1
    return Standing(by_id, design, Teller(listed, design, most=most), frozenset(apart_pairs(design)), unit)
