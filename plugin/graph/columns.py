"""Arrays that grow at the end: the tables of the knowledge, a column each.

A row costs what its columns cost, which is what lets a community of a million members fit into memory; rows of Python objects would not.
"""

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


class Column(Generic[Scalar]):
    """A column of numbers. ``data`` is the whole allocation, ``view`` the part in use; a view is invalid after the column has grown."""

    __slots__ = ("data", "fill", "size")

    def __init__(self, dtype: type[Scalar], *, fill: int = 0) -> None:
        self.data: NDArray[Scalar] = np.full(16, fill, dtype=dtype)
        self.fill = fill
        self.size = 0

    @property
    def view(self) -> NDArray[Scalar]:
        return self.data[: self.size]

    def grow(self, size: int) -> None:
        """Have at least ``size`` rows; new ones hold ``fill``."""
        if size > len(self.data):
            larger = np.full(max(size, len(self.data) + len(self.data) // 2), self.fill, dtype=self.data.dtype)
            larger[: self.size] = self.view
            self.data = larger
        self.size = max(self.size, size)

    def append(self, value: int) -> int:
        """Add a row and return its number."""
        row = self.size
        self.grow(row + 1)
        self.data[row] = value
        return row

    def replace(self, data: NDArray[Scalar]) -> None:
        """Take ``data`` as the whole column."""
        self.data = data
        self.size = len(data)


class Chains:
    """Lists of rows by group, as links inside two columns: newest first, no object a group.

    Adding and removing are constant in time; :meth:`of` walks. Vectorised walking over many groups at once costs as many steps as the longest list.
    """

    __slots__ = ("after", "before", "head")

    def __init__(self) -> None:
        self.head = Column(np.int32, fill=-1)
        self.after = Column(np.int32, fill=-1)
        self.before = Column(np.int32, fill=-1)

    def add(self, group: int, row: int) -> None:
        """Put ``row`` first in ``group``."""
        self.head.grow(group + 1)
        self.after.grow(row + 1)
        self.before.grow(row + 1)
        first = int(self.head.data[group])
        self.after.data[row] = first
        self.before.data[row] = -1
        if first >= 0:
            self.before.data[first] = row
        self.head.data[group] = row

    def remove(self, group: int, row: int) -> None:
        """Take ``row`` out of ``group``."""
        after, before = int(self.after.data[row]), int(self.before.data[row])
        if before >= 0:
            self.after.data[before] = after
        else:
            self.head.data[group] = after
        if after >= 0:
            self.before.data[after] = before
        self.after.data[row] = self.before.data[row] = -1

    def of(self, group: int, *, limit: int = 2**31) -> list[int]:
        """The rows of ``group``, newest first, at most ``limit``."""
        rows: list[int] = []
        after = self.after.data.item
        row = int(self.head.data[group]) if 0 <= group < self.head.size else -1
        while row >= 0 and len(rows) < limit:
            rows.append(row)
            row = after(row)
        return rows

    def of_all(self, groups: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The rows of many groups: positions in ``groups``, and a row for each."""
        places: list[NDArray[np.int64]] = []
        rows: list[NDArray[np.int32]] = []
        place = np.flatnonzero(groups < self.head.size)
        row = self.head.data[groups[place]]
        while len(row):
            there = row >= 0
            place, row = place[there], row[there]
            places.append(place)
            rows.append(row)
            row = self.after.data[row]
        if not rows:
            return np.empty(0, np.int64), np.empty(0, np.int32)
        return np.concatenate(places), np.concatenate(rows)

    def build(self, groups: NDArray[np.int32], *, count: int) -> None:
        """Link all rows at once; row ``i`` belongs to ``groups[i]`` of ``count`` groups. Later rows come first."""
        order = np.argsort(groups, kind="stable")[::-1].astype(np.int32)
        ordered = groups[order]
        same = ordered[1:] == ordered[:-1]
        after = np.full(len(groups), -1, np.int32)
        before = np.full(len(groups), -1, np.int32)
        after[order[:-1][same]] = order[1:][same]
        before[order[1:][same]] = order[:-1][same]
        head = np.full(count, -1, np.int32)
        starts = np.flatnonzero(np.concatenate([[True], ~same])) if len(groups) else np.empty(0, np.int64)
        head[ordered[starts]] = order[starts]
        for column, data in ((self.head, head), (self.after, after), (self.before, before)):
            column.replace(data)
