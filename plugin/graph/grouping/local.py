"""One search: people, empty places and rules made into a board, and the groups that the search ends with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from plugin.graph.grouping.deal import Bonds, bonds, deal
from plugin.graph.grouping.frame import Sizes
from plugin.graph.grouping.measures import Column, Floats, Ints, Measure, meeting
from plugin.graph.grouping.measures import sizes as size_measure
from plugin.graph.grouping.model import Design, Person
from plugin.graph.grouping.search import Board, Search

Rows = list[list[int]]


def improve(
    people: Sequence[Person],
    columns: Sequence[Column],
    rows: Ints,
    design: Design,
    sizes: Sizes,
    *,
    steps: int,
    seed: int,
    can: Floats | None = None,
    start: Mapping[int, int] | None = None,
    watch: Callable[[float], None] | None = None,
) -> Rows:
    """Groups of the people at these rows, as rows.

    ``columns`` and ``can`` (who can meet at which hour, where that is to be decided here) are over all people. ``start`` is where some of them are put to begin
    with: the number of a group by row.
    """
    some = [people[row] for row in rows.tolist()]
    rules = bonds(some, design)
    place = {row: number for number, row in enumerate(rows.tolist())}
    begun = {place[row]: group for row, group in (start or {}).items()}
    group = deal(some, sizes, rules, seed=seed, start=begun)
    board, group = _board(some, columns, rows, design, sizes, rules, group, can)
    found = Search(board, group, seed=seed).run(steps, watch)[: len(rows)]
    return [rows[found == number].tolist() for number in range(len(sizes))]


def _board(
    some: Sequence[Person], columns: Sequence[Column], rows: Ints, design: Design, sizes: Sizes, rules: Bonds, group: Ints, can: Floats | None
) -> tuple[Board, Ints]:
    role = np.array([int(person.mentor) for person in some])
    places: list[Ints] = [group]
    roles = [role]
    bounds: list[Measure] = []
    for number, (least, most, planned) in enumerate(
        ((design.smallest, design.largest, sizes.members), (design.mentors, design.mentors_at_most, sizes.mentors))
    ):
        taken = np.bincount(group[role == number], minlength=len(sizes))
        cap = min(most, max(planned, default=0) + 1)
        if most > least and any(planned):
            empty = np.repeat(np.arange(len(sizes)), np.clip(cap - taken, 0, None))
            places.append(empty)
            roles.append(np.full(len(empty), number))
            bounds.append(size_measure((role == number).astype(np.float64), least=least, most=max(cap, int(taken.max())), preferred=float(np.mean(planned))))
    total = sum(len(part) for part in places)
    measures = [_some(column.measure, rows) for column in columns]
    if can is not None:
        measures.append(meeting(can[rows]))
    measures = [_padded(measure, total) for measure in (*measures, *bounds)]
    bond = rules.matrix(total)
    floor = 0.0 if bond is None else rules.floor()
    return Board(measures, len(sizes), np.concatenate(roles), bond, rules.units, floor), np.concatenate(places)


def _some(measure: Measure, rows: Ints) -> Measure:
    return replace(measure, has=measure.has[rows], counted=measure.counted[rows])


def _padded(measure: Measure, total: int) -> Measure:
    """With empty places, which have nothing and do not count."""
    more = total - len(measure.has)
    return replace(measure, has=np.vstack([measure.has, np.zeros((more, measure.has.shape[1]))]), counted=np.append(measure.counted, np.zeros(more)))
