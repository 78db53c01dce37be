"""Identifiers of the host as row numbers, compactly.

Most hosts number their posts: such an id is its own code and needs eight bytes. Other ids are kept as text beside a 63-bit code.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from plugin.graph.columns import Column


def code(identifier: str) -> int:
    """A signed 64-bit code of an id: the number itself where it is a plain one, else a negative hash."""
    if identifier.isascii() and identifier.isdigit() and len(identifier) < 19 and (identifier[0] != "0" or identifier == "0"):
        return int(identifier)
    return -1 - (int.from_bytes(blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1)


class Ids:
    """Row numbers of ids. Rows are given in order and never reused; a row that is let go of forgets its id."""

    def __init__(self) -> None:
        self.codes = Column(np.int64, fill=-(2**63))
        self._names: dict[int, str] = {}
        self._new: dict[int, int] = {}
        self._sorted: NDArray[np.int64] = np.empty(0, np.int64)
        self._rows: NDArray[np.int32] = np.empty(0, np.int32)

    def __len__(self) -> int:
        return self.codes.size

    def find(self, identifier: str) -> int:
        """The row of an id, or -1."""
        return self._find(code(identifier))

    def add(self, identifier: str) -> int:
        """A new row for an id that has none."""
        number = code(identifier)
        row = self.codes.append(number)
        self._new[number] = row
        if number < 0:
            self._names[row] = identifier
        return row

    def free(self, row: int) -> None:
        """Forget the id of a row."""
        self._new.pop(int(self.codes.data[row]), None)
        self.codes.data[row] = self.codes.fill
        self._names.pop(row, None)

    def name(self, row: int) -> str:
        """The id of a row; raises :class:`KeyError` for a row that was let go of."""
        number = int(self.codes.data[row])
        return str(number) if number >= 0 else self._names[row]

    def build(self, identifiers: Sequence[str] | NDArray[np.int64]) -> None:
        """Take all rows at once. An array holds codes of plain numbers."""
        if isinstance(identifiers, np.ndarray):
            codes = identifiers.astype(np.int64)
        else:
            codes = np.fromiter((code(i) for i in identifiers), np.int64, count=len(identifiers))
            self._names = {row: identifiers[row] for row in np.flatnonzero(codes < 0).tolist()}
        self.codes.replace(codes)
        order = np.argsort(codes, kind="stable").astype(np.int32)
        self._sorted, self._rows, self._new = codes[order], order, {}

    def _find(self, number: int) -> int:
        row = self._new.get(number)
        if row is not None:
            return row
        place = int(np.searchsorted(self._sorted, number))
        if place < len(self._sorted) and int(self._sorted[place]) == number:
            row = int(self._rows[place])
            if int(self.codes.data[row]) == number:
                return row
        return -1
