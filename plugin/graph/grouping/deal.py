"""Where a search begins: people dealt out to groups, those who stay together first, nobody beside whom they are kept apart from if it can be helped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plugin.graph.grouping.frame import Sizes
from plugin.graph.grouping.measures import HARD, Floats, Ints
from plugin.graph.grouping.model import Design, Person
from plugin.graph.grouping.rules import apart_pairs, units


@dataclass(frozen=True, slots=True, eq=False)
class Bonds:
    """What the rules say of the people of one search, by their rows there."""

    units: list[Ints]
    apart: list[tuple[int, int]]

    def matrix(self, people: int) -> Floats | None:
        """What it costs two to be in one group; None if nothing does."""
        if not self.units and not self.apart:
            return None
        found = np.zeros((people, people))
        for unit in self.units:
            found[np.ix_(unit, unit)] = -HARD
        for one, other in self.apart:
            found[one, other] = found[other, one] = HARD
        np.fill_diagonal(found, 0.0)
        return found

    def floor(self) -> float:
        """The cost of bonds when every rule is kept."""
        return -HARD * sum(len(unit) * (len(unit) - 1) // 2 for unit in self.units)


def bonds(people: Sequence[Person], design: Design) -> Bonds:
    """The rules that concern these people."""
    row = {person.id: number for number, person in enumerate(people)}
    mine = [np.array(sorted(row[member] for member in unit if member in row), np.int64) for unit in units(design)]
    pairs = [(row[a], row[b]) for a, b in sorted(apart_pairs(design)) if a in row and b in row]
    return Bonds([unit for unit in mine if len(unit) > 1], pairs)


def deal(people: Sequence[Person], sizes: Sizes, rules: Bonds, *, seed: int, start: Mapping[int, int] | None = None) -> Ints:
    """A group for each person, with no more in any than its size; ``start`` has those who are placed already, by row."""
    lot = np.random.default_rng((seed, 3))
    room = np.array([sizes.members, sizes.mentors])
    role = np.array([int(person.mentor) for person in people])
    group = np.full(len(people), -1)
    against: dict[int, list[int]] = {}
    for one, other in rules.apart:
        against.setdefault(one, []).append(other)
        against.setdefault(other, []).append(one)
    for row, number in (start or {}).items():
        group[row] = number
        room[role[row], number] -= 1
    bound = {int(row) for unit in rules.units for row in unit}
    singles = [row for row in lot.permutation(len(people)).tolist() if row not in bound]
    parts = [unit.tolist() for unit in sorted(rules.units, key=len, reverse=True)] + [
        [row] for row in sorted(singles, key=lambda row: -len(against.get(row, ())))
    ]
    for part in parts:
        waiting = [row for row in part if group[row] < 0]
        if not waiting:
            continue
        need = np.bincount(role[waiting], minlength=2)
        fits = (room >= need[:, None]).all(axis=0)
        clash = np.zeros(len(sizes), np.int64)
        for row in waiting:
            for other in against.get(row, ()):
                if group[other] >= 0:
                    clash[group[other]] += 1
        if fits.any():
            number = int(np.lexsort((-room[role[waiting[0]]], clash, ~fits))[0])
            group[waiting] = number
            room[:, number] -= need
        else:
            for row in waiting:
                number = int(room[role[row]].argmax())
                group[row] = number
                room[role[row], number] -= 1
    return group
