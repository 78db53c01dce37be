"""Large rounds divided into pools that are searched one by one: people who can meet at the same hour, or a mixture that is like the whole.

Hours are chosen greedily by how many groups they can hold, those with the fewest other hours first; then a maximum flow under the pools' bounds decides anew
who goes where, so that as many as possible are placed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from plugin.graph.grouping.deal import bonds
from plugin.graph.grouping.frame import Sizes, even
from plugin.graph.grouping.measures import Column, Floats, Ints
from plugin.graph.grouping.model import Design, Kind, Person
from plugin.graph.matching import Edges, Objective, Placing, Problem, Seat, solve
from plugin.graph.matching.flow import feasible, network
from plugin.graph.matching.rules import opened

POOL = 120
"""About so many members are searched together."""

EXTRA = 6
"""At most so many further groups are tried for whoever the pools leave over."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """People who are divided into groups together, by rows; ``hour`` is the column of the hour that all of them share, None for none."""

    rows: Ints
    sizes: Sizes
    hour: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Units and people on their own: their rows, when all of each can meet, and how many members and mentors each has."""

    rows: list[Ints]
    can: Floats
    heads: Ints

    def of(self, role: int) -> Floats:
        return self.heads[:, role].astype(np.float64)


def by_hour(people: Sequence[Person], columns: Sequence[Column], design: Design, can: Floats) -> list[Pool]:
    """Pools of people who share an hour; whoever is in none of them could not be placed."""
    parts = _parts(people, design, can)
    chosen = _greedy(parts, design)
    counts: dict[int, int] = {}
    taken: dict[int, int] = {}
    for hour, count, members in chosen:
        counts[hour] = counts.get(hour, 0) + count
        taken.update((part, hour) for part in members)
    found = _settle(parts, design, counts, taken) or taken
    for hour in _wanted(parts, found)[:EXTRA]:
        tried = counts | {hour: counts.get(hour, 0) + 1}
        more = _settle(parts, design, tried, taken)
        if more is not None and len(more) > len(found):
            counts, found = tried, more
    pools = []
    for hour, count in counts.items():
        mine = [part for part, at in found.items() if at == hour]
        rows = np.sort(np.concatenate([parts.rows[part] for part in mine]))
        heads = parts.heads[mine].sum(axis=0).tolist()
        shape = Sizes(even(heads[0], count), even(heads[1], count))
        pools += [replace(pool, hour=hour) for pool in by_likeness(people, columns, design, shape, rows)]
    return pools


def by_likeness(people: Sequence[Person], columns: Sequence[Column], design: Design, sizes: Sizes, rows: Ints) -> list[Pool]:
    """Pools of whole groups; alike in what is clustered, each a mixture like the whole in what is diversified."""
    members = _order(people, columns, rows, mentors=False)
    mentors = _order(people, columns, rows, mentors=True)[: sum(sizes.mentors)]
    count = max(1, round(sum(sizes.members) / POOL))
    pools: list[tuple[Sizes, list[int]]] = []
    for groups in np.array_split(np.arange(len(sizes)), min(count, len(sizes))):
        span = slice(int(groups[0]), int(groups[-1]) + 1)
        pools.append((Sizes(sizes.members[span], sizes.mentors[span]), []))
    where = _whole_units(people, design, rows, [part for part, _ in pools])
    seated = set(where)
    for row, number in where.items():
        pools[number][1].append(row)
    for listed, mentor in ((members, False), (mentors, True)):
        left = iter([row for row in listed if row not in seated])
        for part, into in pools:
            wanted = sum(part.mentors if mentor else part.members) - sum(people[row].mentor is mentor for row in into)
            into.extend(islice(left, wanted))
    return [Pool(np.array(sorted(into), np.int64), part) for part, into in pools]


def _parts(people: Sequence[Person], design: Design, can: Floats) -> _Parts:
    units = bonds(people, design).units
    bound = {int(row) for unit in units for row in unit}
    rows = [*units, *(np.array([row]) for row in range(len(people)) if row not in bound)]
    mentor = np.array([person.mentor for person in people])
    heads = np.array([[int((~mentor[part]).sum()), int(mentor[part].sum())] for part in rows])
    return _Parts(rows, np.array([can[part].min(axis=0) for part in rows]).reshape(len(rows), can.shape[1]), heads)


def _greedy(parts: _Parts, design: Design) -> list[tuple[int, int, list[int]]]:
    """Hours with a number of groups each, and the parts that fill them: as many members and mentors as they need at least."""
    free = np.ones(len(parts.rows), bool)
    target = int(min(design.largest, max(design.smallest, round(design.preferred))))
    chosen: list[tuple[int, int, list[int]]] = []
    while parts.can.shape[1]:
        members, mentors = ((parts.of(role) * free) @ parts.can for role in (0, 1))
        for size in (target, design.smallest):
            count = np.minimum(members // size, max(1, POOL // size))
            if design.mentors:
                count = np.minimum(count, mentors // design.mentors)
            if count.max() >= 1:
                break
        else:
            return chosen
        hour = int(np.lexsort((-members, -count))[0])
        options = (parts.can * (members >= design.smallest)).sum(axis=1)
        taken = _fill(
            parts, free, hour, options, members=int(count[hour]) * size, mentors=int(count[hour]) * design.mentors, design=design, groups=int(count[hour])
        )
        if taken is None:
            parts.can[:, hour] = 0  # those who stay together cannot be divided into whole groups there
            continue
        free[taken] = False
        chosen.append((hour, int(count[hour]), taken))
    return chosen


def _fill(
    parts: _Parts, free: "np.ndarray[tuple[int], np.dtype[np.bool_]]", hour: int, options: Floats, *, members: int, mentors: int, design: Design, groups: int
) -> list[int] | None:
    """Parts for an hour, those with the fewest other hours first, units before people on their own."""
    open_ = np.flatnonzero(free & (parts.can[:, hour] > 0))
    order = open_[np.lexsort((options[open_], -parts.heads[open_].sum(axis=1)))]
    room, need, taken = [groups * design.largest, groups * design.mentors_at_most], [members, mentors], []
    for part in order.tolist():
        heads = parts.heads[part].tolist()
        useful = any(heads[role] > 0 and need[role] > 0 for role in (0, 1))
        if useful and all(heads[role] <= room[role] for role in (0, 1)):
            taken.append(part)
            for role in (0, 1):
                room[role] -= heads[role]
                need[role] -= heads[role]
        if max(need) <= 0:
            return taken
    return None


def _settle(parts: _Parts, design: Design, counts: Mapping[int, int], taken: Mapping[int, int]) -> dict[int, int] | None:
    """The hour of each part, with as many placed as can be; units stay where they are. None if some hour's groups cannot be filled."""
    hours = list(counts)
    at = {hour: number for number, hour in enumerate(hours)}
    found = {part: hour for part, hour in taken.items() if len(parts.rows[part]) > 1}
    heads = np.zeros((len(hours), 2), np.int64)
    for part, hour in found.items():
        heads[at[hour]] += parts.heads[part]
    for role, least, most in ((0, design.smallest, design.largest), (1, design.mentors, design.mentors_at_most)):
        singles = np.flatnonzero((parts.heads[:, role] == 1) & (parts.heads.sum(axis=1) == 1))
        number = np.array(list(counts.values()), np.int64)
        capacity = number * most - heads[:, role]
        open_ = np.flatnonzero(capacity > 0)
        if not len(singles) or not len(open_):
            if (number * least > heads[:, role]).any():
                return None
            continue
        minimum = np.clip(number * least - heads[:, role], 0, None)
        who, where = np.nonzero(parts.can[singles][:, np.array(hours)[open_]])
        problem = Problem(
            mentors=tuple(Seat(len(singles) + i, int(capacity[pool]), int(minimum[pool])) for i, pool in enumerate(open_.tolist())),
            mentees=tuple(range(len(singles))),
            edges=Edges(who, where, np.ones(len(who))),
            placing=Placing.MOST,
        )
        if not feasible(network(problem, opened(problem), seed=0)[0]):
            return None
        for pair in solve(problem, Objective.TOTAL).pairs:
            found[int(singles[pair.mentee])] = hours[open_[pair.mentor - len(singles)]]
    return found


def _wanted(parts: _Parts, found: Mapping[int, int]) -> list[int]:
    """Hours by how many of those left over could meet then."""
    left = np.array([part not in found for part in range(len(parts.rows))])
    count = (parts.of(0) * left) @ parts.can
    return [hour for hour in np.argsort(-count, kind="stable").tolist() if count[hour] > 0]


def _order(people: Sequence[Person], columns: Sequence[Column], rows: Ints, *, mentors: bool) -> list[int]:
    """Those alike in what is clustered stand together; among these, what is diversified comes round evenly."""
    mine = np.array([row for row in rows.tolist() if people[row].mentor is mentors], np.int64)
    if not len(mine):
        return []
    keys = {kind: [_key(column, mine) for column in columns if column.aim.kind is kind] for kind in Kind}
    alike, spread = (np.stack(keys[kind], axis=1) if keys[kind] else np.zeros((len(mine), 1)) for kind in (Kind.CLUSTER, Kind.DIVERSIFY))
    _, part = np.unique(alike, axis=0, return_inverse=True)
    part = part.ravel()
    inside = np.lexsort((*spread.T[::-1], part))
    first = np.searchsorted(part[inside], part[inside])
    place = np.arange(len(mine)) - first
    rounds = np.maximum(1, -(-np.bincount(part)[part[inside]] // POOL))
    order = inside[np.lexsort((place // rounds, place % rounds, part[inside]))]
    return [int(row) for row in mine[order]]


def _key(column: Column, rows: Ints) -> Ints:
    """One number for a person's values; people with the same have the same."""
    has = column.measure.has[rows]
    return np.asarray(
        np.where(has.any(axis=1), has.argmax(axis=1) + 1 if column.numbers is None or column.names else has.sum(axis=1).astype(np.int64), 0), np.int64
    )


def _whole_units(people: Sequence[Person], design: Design, rows: Ints, sizes: Sequence[Sizes]) -> dict[int, int]:
    """A pool for everybody who stays together with somebody, the largest units first, where there is the most room."""
    room = np.array([[sum(part.members), sum(part.mentors)] for part in sizes])
    some = [people[row] for row in rows.tolist()]
    found: dict[int, int] = {}
    for unit in sorted(bonds(some, design).units, key=len, reverse=True):
        heads = np.bincount([int(some[row].mentor) for row in unit], minlength=2)
        number = int(np.lexsort((-room.sum(axis=1), ~(room >= heads).all(axis=1)))[0])
        room[number] -= heads
        found.update({int(rows[row]): number for row in unit.tolist()})
    return found
