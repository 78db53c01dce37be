"""Forming groups: rules and hours first, then the best composition that a search finds.

The general problem is NP-hard (equitable partition with several attributes), so no optimum is promised; rules, sizes and hours that all can keep are kept, or
it is said which of them cannot be. Up to some hundred people are searched together; larger rounds in pools, whose cost grows with the number of people alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from plugin.errors import Invalid
from plugin.graph.grouping.frame import Sizes, options, shape, sizes
from plugin.graph.grouping.local import Rows, improve
from plugin.graph.grouping.measures import Column, Floats, Ints, columns, hours
from plugin.graph.grouping.model import Design, Grouping, Impossible, Person, Slot, check
from plugin.graph.grouping.pools import Pool, by_hour, by_likeness
from plugin.graph.grouping.report import Teller
from plugin.graph.grouping.rules import Frame, broken, conflict, demands, impossible, solvable
from plugin.graph.matching.problem import Watch

JOINT = 240
"""So many people are searched together."""

STEPS = 3_000
"""Steps of the search of one round that is searched together."""

POOLED = 9_000
"""Steps for all pools of a large round, shared out by people; at least :data:`LEAST` each."""

LEAST = 60

NUMBERS = 3
"""So many numbers of groups near the preferred one are tried for rules that do not allow it, and the fewest and the most."""


def form(
    people: Iterable[Person],
    design: Design,
    *,
    seed: int = 0,
    effort: float = 1.0,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Grouping]:
    """Groups of the people by the design, each with its reasons; the same people, design, seed and effort give the same groups.

    ``effort`` multiplies the steps of the search. Whoever is in no group (no shared hour where one is a must, or one mentor too many) is explained by
    :func:`~plugin.graph.grouping.left.left_over`.

    Raises :class:`~plugin.errors.Invalid` for people or a design that cannot be, and :class:`~plugin.graph.grouping.model.Impossible` with a smallest set of
    demands that cannot hold together.
    """
    listed = tuple(sorted(check(people, design), key=lambda person: person.id))
    if seed < 0:
        raise Invalid("the seed counts from 0", field="seed")
    if not 0 < effort <= 1_000:
        raise Invalid("the effort is a multiple of the usual one: choose above 0, at most 1000", field="effort")
    watch = Watch(cancelled, progress)
    watch.at(0.0)
    members = sum(not person.mentor for person in listed)
    frame = _frame(listed, design, members=members, mentors=len(listed) - members)
    planned = shape(design, frame.groups, members=members, mentors=len(listed) - members)
    former = Former(frame, planned, seed=seed, effort=effort, watch=watch)
    made = former.run()
    if former.broken(made):
        made = former.mixed(former.proved())
    if former.broken(made):
        raise Impossible("no groups were found that keep everyone together and apart as asked: allow other sizes or drop a rule")
    teller = Teller(listed, design)
    ids = [([listed[row].id for row in group if not listed[row].mentor], [listed[row].id for row in group if listed[row].mentor]) for group in made]
    watch.at(1.0)
    return [teller.tell(key, *both) for key, both in enumerate(sorted(ids, key=lambda both: sorted(both[0])), 1)]


def examine(people: Iterable[Person], design: Design) -> None:
    """Raise what :func:`form` raises for people, sizes and demands that cannot be, without forming anything."""
    listed = tuple(sorted(check(people, design), key=lambda person: person.id))
    members = sum(not person.mentor for person in listed)
    _frame(listed, design, members=members, mentors=len(listed) - members)


def _frame(people: Sequence[Person], design: Design, *, members: int, mentors: int) -> Frame:
    """The number of groups nearest to the preferred size with which all demands can hold; raises if there is none."""
    counts = options(design, members=members, mentors=mentors)
    asked = demands(design)
    frames = [Frame(people, design, count) for count in dict.fromkeys((*counts[:NUMBERS], min(counts), max(counts)))]
    found = next((frame for frame in frames if not asked or solvable(frame, asked) is not None), None)
    if found is None:
        raise impossible(conflict(frames), design)
    return found


class Former:
    """One forming of groups."""

    def __init__(self, frame: Frame, planned: Sizes, *, seed: int, effort: float, watch: Watch) -> None:
        self.frame, self.planned, self.seed, self.effort, self.watch = frame, planned, seed, effort, watch
        self.people, self.design = frame.people, frame.design
        self.reached = 0.0
        self.columns: list[Column] = columns(frame.people, frame.design.aims, largest=frame.design.largest + frame.design.mentors_at_most)
        self.can: Floats = hours(frame.people)[1]

    def run(self) -> Rows:
        """Groups as rows of people."""
        if self.design.slot is Slot.IGNORE:
            return self._free()
        pools = by_hour(self.people, self.columns, self.design, self.can.copy())
        if self.design.slot is Slot.MUST:
            if not pools:
                raise Impossible("no hour suits enough people for a group: ask for more hours, allow smaller groups, or do without a shared hour")
            return self._shared(pools)
        rest = self._rest(pools)
        return self.mixed({}) if rest is None else self._shared([*pools, *rest])

    def _free(self) -> Rows:
        rows = self._seated()
        if len(rows) <= JOINT:
            return self._search(Pool(rows, self.planned), STEPS, 0.0, 0.9, can=None)
        return self._each(by_likeness(self.people, self.columns, self.design, self.planned, rows), can=None)

    def broken(self, made: Rows) -> bool:
        """Whether a rule is broken, or an hour that is a must is not shared."""
        groups = [[self.people[row] for row in group] for group in made]
        apart = self.design.slot is Slot.MUST and not all(frozenset.intersection(*(person.hours for person in group)) for group in groups)
        return apart or broken([frozenset(person.id for person in group) for group in groups], self.design)

    def proved(self) -> dict[int, int]:
        """The groups, by row, in which CP-SAT found that all rules can hold."""
        row = {person.id: number for number, person in enumerate(self.people)}
        return {row[member]: group for member, group in (solvable(self.frame, demands(self.design)) or {}).items()}

    def _shared(self, pools: Sequence[Pool]) -> Rows:
        """Groups inside of pools that share an hour; in small rounds then searched all together."""
        hourless = [pool for pool in pools if pool.hour is None]
        joint = sum(len(pool.rows) for pool in pools) <= JOINT
        made = self._each([pool for pool in pools if pool.hour is not None], can=None, short=joint) + self._each(hourless, can=self.can, short=joint)
        if not joint or len(made) == 1:
            return made
        rows = np.array(sorted(row for group in made for row in group), np.int64)
        mentor = [sum(self.people[row].mentor for row in group) for group in made]
        plan = Sizes(tuple(len(group) - helped for group, helped in zip(made, mentor, strict=True)), tuple(mentor))
        start = {row: number for number, group in enumerate(made) for row in group}
        return self._search(Pool(rows, plan), STEPS, 0.5, 0.9, can=self.can, start=start)

    def mixed(self, start: Mapping[int, int]) -> Rows:
        """All of them at once, from some beginning; hours, where they count, are an aim above all others. For what pools do not find."""
        rows = self._seated()
        can = None if self.design.slot is Slot.IGNORE else self.can
        if len(rows) <= JOINT:
            begun = {row: group for row, group in start.items() if row in set(rows.tolist())}
            return self._search(Pool(rows, self.planned), STEPS, 0.9, 1.0, can=can, start=begun)
        return self._each(by_likeness(self.people, self.columns, self.design, self.planned, rows), can=can)

    def _rest(self, pools: Sequence[Pool]) -> list[Pool] | None:
        """Pools of those whom no shared hour was found for; None if they make no groups of the right sizes."""
        placed = {row for pool in pools for row in pool.rows.tolist()}
        left = [row for row in self._seated().tolist() if row not in placed]
        members = [row for row in left if not self.people[row].mentor]
        if not members:
            return []
        try:
            plan = sizes(self.design, members=len(members), mentors=len(left) - len(members))
        except Invalid:
            return None
        rows = np.array(sorted(members + [row for row in left if self.people[row].mentor][: sum(plan.mentors)]), np.int64)
        return by_likeness(self.people, self.columns, self.design, plan, rows)

    def _seated(self) -> Ints:
        """Everybody but the mentors whom no group has a place for: those with the fewest hours, then by lot."""
        places = sum(self.planned.mentors)
        mentors = [row for row, person in enumerate(self.people) if person.mentor]
        bound = {member for each in self.design.together for member in each}
        lot = np.random.default_rng((self.seed, 5)).permutation(len(self.people))
        order = sorted(mentors, key=lambda row: (self.people[row].id not in bound, -len(self.people[row].hours), lot[row]))
        left = set(order[places:])
        return np.array([row for row in range(len(self.people)) if row not in left], np.int64)

    def _each(self, pools: Sequence[Pool], *, can: Floats | None, short: bool = False) -> Rows:
        made: Rows = []
        people = max(1, sum(len(pool.rows) for pool in pools))
        for number, pool in enumerate(pools):
            share = number / len(pools)
            steps = LEAST if short else max(LEAST, POOLED * len(pool.rows) // people)
            made += self._search(pool, steps, share * 0.5, (share + 1 / len(pools)) * 0.5, can=can)
        return made

    def _search(self, pool: Pool, steps: int, begin: float, end: float, *, can: Floats | None, start: Mapping[int, int] | None = None) -> Rows:
        def told(share: float) -> None:
            self.reached = max(self.reached, begin + (end - begin) * share)
            self.watch.at(self.reached)

        told(0.0)
        count = max(1, round(steps * self.effort))
        return improve(self.people, self.columns, pool.rows, self.design, pool.sizes, steps=count, seed=self.seed, can=can, start=start, watch=told)
