"""What is told of a group: when it meets, who cannot, how far it meets each aim and with which values."""

from collections.abc import Iterable, Sequence

import numpy as np

from plugin.graph.grouping.measures import STEPS, Column, columns
from plugin.graph.grouping.model import Because, Design, Grouping, Kind, Person, Slot


class Teller:
    """Tells of groups of these people. Made once for all groups, as shares are of everybody."""

    def __init__(self, people: Sequence[Person], design: Design, *, most: int = 0) -> None:
        """``most`` is how many more a group may have than the design allows."""
        self.people, self.design = people, design
        self.row = {person.id: number for number, person in enumerate(people)}
        self.columns = columns(people, design.aims, largest=design.largest + design.mentors_at_most + most)
        self.weight = sum(column.aim.weight for column in self.columns)

    def tell(self, key: int, members: Iterable[int], mentors: Iterable[int], *, hour: int | None = None) -> Grouping:
        """The group of these people; ``hour`` is one that it keeps."""
        listed, helped = tuple(sorted(members)), tuple(sorted(mentors))
        everybody = [self.people[self.row[person]] for person in (*listed, *helped)]
        shared, best = self._hours(everybody) if self.design.slot is not Slot.IGNORE else ((), None)
        hour = best if hour is None else hour
        absent = () if hour is None else tuple(sorted(person.id for person in everybody if hour not in person.hours))
        rows = [self.row[person.id] for person in everybody]
        because = tuple(self._because(column, rows) for column in self.columns)
        score = sum(each.contribution for each in because) if self.columns else 1.0
        return Grouping(key, listed, helped, hour, shared, absent, score, because)

    @staticmethod
    def _hours(everybody: Sequence[Person]) -> tuple[tuple[int, ...], int | None]:
        shared = tuple(sorted(frozenset.intersection(*(person.hours for person in everybody)))) if everybody else ()
        if shared:
            return shared, shared[0]
        count: dict[int, int] = {}
        for person in everybody:
            for hour in person.hours:
                count[hour] = count.get(hour, 0) + 1
        return (), min(count, key=lambda hour: (-count[hour], hour), default=None)

    def _because(self, column: Column, rows: Sequence[int]) -> Because:
        aim, measure = column.aim, column.measure
        size = float(measure.counted[rows].sum())
        count = measure.has[rows].sum(axis=0)
        if column.numbers is not None and aim.kind is Kind.CLUSTER:
            known = column.numbers[rows][measure.counted[rows] > 0]
            apart = float(np.minimum(count, size - count).sum()) / STEPS
            misses, met = round(apart), 1.0 - 2 * apart / max(1.0, size)
            values = tuple((f"{value:g}", 1, 1) for value in ((known.min(), known.max()) if len(known) else ()))
        else:
            due = column.due(size)
            if aim.kind is Kind.CLUSTER:
                due = np.where(np.arange(len(count)) == (count.argmax() if len(count) else 0), size, 0.0)
            short, over = np.clip(due - count, 0, None).sum(), np.clip(count - np.ceil(column.share * size - 1e-9), 0, None).sum()
            misses = int(short) if aim.kind is Kind.CLUSTER else int(max(short, over))
            worst = size - 1 if aim.kind is Kind.CLUSTER else size
            met = 1.0 - misses / worst if worst > 0 else 1.0
            values = tuple((name, int(n), int(d)) for name, n, d in zip(column.names, count, due, strict=True) if n or d)
        met = min(1.0, max(0.0, met))
        return Because(aim.attribute, aim.kind, met, met * aim.weight / self.weight, misses, values)
