"""How well pairs meet one wish: a fit from 0 to 1 for each pair, unknown (NaN) where one of the two said nothing.

A measure holds columns of both sides. :meth:`Measure.of` gives the fit of listed pairs, :meth:`Measure.block` that of some mentees with all mentors.
Nothing here loops over pairs: sets and words are sparse matrices, hours are bits.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from plugin.graph.availability import Packed, pack, shared_hours

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
H = TypeVar("H", bound=Hashable)

CHUNK = 200_000
"""Pairs looked at together: bounds the memory that their sparse rows take."""


class Measure(Protocol):
    """The fit of pairs."""

    def of(self, mentees: Ints, mentors: Ints) -> Floats:
        """The fit of pairs, by rows of the two sides."""
        ...

    def block(self, mentees: Ints) -> Floats:
        """The fit of some mentees with every mentor: a row for each mentee."""
        ...


def _matrix(rows: Sequence[Mapping[H, float] | None], columns: Mapping[H, int]) -> sp.csr_array:
    filled = [{} if row is None else row for row in rows]
    counts = np.fromiter((len(row) for row in filled), np.int64, len(filled))
    at = np.fromiter((columns[key] for row in filled for key in row), np.int64, int(counts.sum()))
    values = np.fromiter(chain.from_iterable(row.values() for row in filled), np.float64, int(counts.sum()))
    made = sp.csr_array((values, at, np.concatenate([[0], np.cumsum(counts)])), shape=(len(rows), len(columns)))
    made.sort_indices()
    return made


def _columns(*sides: Sequence[Mapping[H, float] | None]) -> dict[H, int]:
    found: dict[H, int] = {}
    for row in chain(*sides):
        for key in row or ():
            found.setdefault(key, len(found))
    return found


def _said(rows: Sequence[object]) -> Bools:
    return np.array([row is not None for row in rows], bool)


def _dots(a: sp.csr_array, b: sp.csr_array, mentees: Ints, mentors: Ints) -> Floats:
    """The inner product of each pair's rows."""
    found = np.empty(len(mentees))
    for start in range(0, len(mentees), CHUNK):
        part = slice(start, start + CHUNK)
        found[part] = a[mentees[part]].multiply(b[mentors[part]]).sum(axis=1)
    return found


def _products(a: sp.csr_array, b: sp.csr_array, mentees: Ints) -> Floats:
    return np.asarray((a[mentees] @ b.T).toarray(), np.float64)


def _silent(fit: Floats, said: Bools) -> Floats:
    fit[~said] = np.nan
    return fit


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """How much of what mentees want is offered: for each wanted skill the share of the wanted level, 1 from that level on; the mean over what is wanted.

    ``wanted`` is split by level, so that a level is met by a product of matrices: min(1, offered / wanted) depends on the pair only through the level.
    """

    by_level: tuple[tuple[sp.csr_array, sp.csr_array], ...]
    count: Floats
    said: Bools
    offered: Bools

    def of(self, mentees: Ints, mentors: Ints) -> Floats:
        whole = sum((_dots(a, b, mentees, mentors) for a, b in self.by_level), np.zeros(len(mentees)))
        return _silent(whole / self.count[mentees], self.said[mentees] & self.offered[mentors])

    def block(self, mentees: Ints) -> Floats:
        whole = sum((_products(a, b, mentees) for a, b in self.by_level), np.zeros((len(mentees), len(self.offered))))
        return _silent(whole / self.count[mentees][:, None], self.said[mentees][:, None] & self.offered[None, :])


def coverage(wanted: Sequence[Mapping[H, float] | None], offered: Sequence[Mapping[H, float] | None]) -> Coverage:
    """Skills with levels above 0; ``None`` or nothing is "said nothing"."""
    columns = _columns(wanted, offered)
    a, b = _matrix(wanted, columns), _matrix(offered, columns)
    parts = []
    for level in np.unique(a.data).tolist():
        chosen, met = a.copy(), b.copy()
        chosen.data = (a.data == level).astype(np.float64)
        chosen.eliminate_zeros()
        met.data = np.minimum(1.0, b.data / level)
        parts.append((chosen, met))
    count = np.diff(a.indptr).astype(np.float64)
    return Coverage(tuple(parts), np.maximum(count, 1), count > 0, np.diff(b.indptr) > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What two sets have in common: of the smaller one (``part``), of both together (``whole``), or whether there is anything (``any``)."""

    a: sp.csr_array
    b: sp.csr_array
    sizes_a: Floats
    sizes_b: Floats
    how: str
    different: bool

    def of(self, mentees: Ints, mentors: Ints) -> Floats:
        return self._fit(_dots(self.a, self.b, mentees, mentors), self.sizes_a[mentees], self.sizes_b[mentors])

    def block(self, mentees: Ints) -> Floats:
        return self._fit(_products(self.a, self.b, mentees), self.sizes_a[mentees][:, None], self.sizes_b[None, :])

    def _fit(self, common: Floats, one: Floats, other: Floats) -> Floats:
        if self.how == "any":
            fit = np.minimum(1.0, common)
        else:
            below = np.minimum(one, other) if self.how == "part" else one + other - common
            fit = common / np.maximum(below, 1)
        return _silent(1 - fit if self.different else fit, (one > 0) & (other > 0))


def shared(a: Sequence[frozenset[H] | None], b: Sequence[frozenset[H] | None], *, how: str = "whole", different: bool = False) -> Shared:
    """Sets; ``None`` or the empty one is "said nothing". ``different`` turns the fit round."""
    one, other = ([None if row is None else dict.fromkeys(row, 1.0) for row in rows] for rows in (a, b))
    columns = _columns(one, other)
    first, second = _matrix(one, columns), _matrix(other, columns)
    return Shared(first, second, np.diff(first.indptr).astype(np.float64), np.diff(second.indptr).astype(np.float64), how, different)


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """The cosine of two texts as weighted terms; 0.3 and more of it is a full fit, because short texts of two people never share most of their words."""

    FULL = 0.3

    a: sp.csr_array
    b: sp.csr_array
    said_a: Bools
    said_b: Bools
    different: bool

    def of(self, mentees: Ints, mentors: Ints) -> Floats:
        return self._fit(_dots(self.a, self.b, mentees, mentors), self.said_a[mentees] & self.said_b[mentors])

    def block(self, mentees: Ints) -> Floats:
        return self._fit(_products(self.a, self.b, mentees), self.said_a[mentees][:, None] & self.said_b[None, :])

    def _fit(self, cosine: Floats, said: Bools) -> Floats:
        fit = np.minimum(1.0, np.maximum(cosine, 0.0) / Likeness.FULL)
        return _silent(1 - fit if self.different else fit, said)


def likeness(a: Sequence[Mapping[int, int] | None], b: Sequence[Mapping[int, int] | None], *, different: bool = False) -> Likeness:
    """Texts as counts of terms. Terms weigh by how rare they are in all these texts, and their counts by the logarithm."""
    columns = _columns(a, b)
    first, second = _matrix(a, columns), _matrix(b, columns)
    spread = np.bincount(np.concatenate([first.indices, second.indices]), minlength=len(columns))
    rarity = np.log1p((len(a) + len(b)) / np.maximum(spread, 1))
    for side in (first, second):
        side.data = np.log1p(side.data) * rarity[side.indices]
        lengths = np.sqrt(np.asarray(side.multiply(side).sum(axis=1)))
        side.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(side.indptr))
    return Likeness(first, second, np.diff(first.indptr) > 0, np.diff(second.indptr) > 0, different)


def numbers(values: Sequence[float | None]) -> Floats:
    """A column of numbers; NaN for what nobody said."""
    return np.array([np.nan if value is None else value for value in values], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """How near two numbers are: 1 for equal, 0 from ``span`` on; on a circle of ``around`` if that is above 0."""

    a: Floats
    b: Floats
    span: float
    around: float = 0.0
    different: bool = False

    def of(self, mentees: Ints, mentors: Ints) -> Floats:
        return self._fit(self.a[mentees], self.b[mentors])

    def block(self, mentees: Ints) -> Floats:
        return self._fit(self.a[mentees][:, None], self.b[None, :])

    def _fit(self, one: Floats, other: Floats) -> Floats:
        far = np.abs(one - other)
        if self.around > 0:
            far = np.minimum(far % self.around, self.around - far % self.around)
        fit = np.maximum(0.0, 1 - far / self.span)
        return 1 - fit if self.different else fit


@dataclass(frozen=True, slots=True, eq=False)
class Lead:
    """Whether the mentor is ahead by ``low`` to ``high``: 1 within, falling to 0 over ``slack`` on either side."""

    a: Floats
    b: Floats
    low: float
    high: float
    slack: float

    def of(self, mentees: Ints, mentors: Ints) -> Floats:
        return self._fit(self.b[mentors] - self.a[mentees])

    def block(self, mentees: Ints) -> Floats:
        return self._fit(self.b[None, :] - self.a[mentees][:, None])

    def _fit(self, lead: Floats) -> Floats:
        off = np.maximum(np.maximum(self.low - lead, lead - self.high), 0.0)
        return np.maximum(0.0, 1 - off / self.slack)


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """Common free hours a week: ``enough`` of them are a full fit."""

    a: Packed
    b: Packed
    said_a: Bools
    said_b: Bools
    enough: float

    def of(self, mentees: Ints, mentors: Ints) -> Floats:
        return _silent(np.minimum(1.0, shared_hours(self.a[mentees], self.b[mentors]) / self.enough), self.said_a[mentees] & self.said_b[mentors])

    def block(self, mentees: Ints) -> Floats:
        hours = shared_hours(self.a[mentees][:, None, :], self.b[None, :, :])
        return _silent(np.minimum(1.0, hours / self.enough), self.said_a[mentees][:, None] & self.said_b[None, :])


def overlap(a: Sequence[Bools | None], b: Sequence[Bools | None], *, enough: float) -> Overlap:
    """Weeks as half hours; see :mod:`plugin.graph.availability`."""
    return Overlap(pack(a), pack(b), _said(a), _said(b), enough)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Fits that were found elsewhere, one for each pair that has any; 0 for the others. ``said`` are mentees of whom there is something to know."""

    fits: sp.csr_array
    said: Bools
    different: bool = False

    def of(self, mentees: Ints, mentors: Ints) -> Floats:
        fit = np.asarray(self.fits[mentees, mentors], np.float64).ravel() if len(mentees) else np.empty(0)
        return _silent(1 - fit if self.different else fit, self.said[mentees])

    def block(self, mentees: Ints) -> Floats:
        fit = np.asarray(self.fits[mentees].toarray(), np.float64)
        return _silent(1 - fit if self.different else fit, np.broadcast_to(self.said[mentees][:, None], fit.shape))


def given(pairs: Mapping[tuple[int, int], float], *, mentees: int, mentors: int, said: Bools | None = None, different: bool = False) -> Given:
    """Fits by (row of mentee, row of mentor)."""
    at = np.array(list(pairs), np.int64).reshape(len(pairs), 2)
    values = np.fromiter(pairs.values(), np.float64, len(pairs))
    fits = sp.csr_array((values, (at[:, 0], at[:, 1])), shape=(mentees, mentors))
    return Given(fits, np.ones(mentees, bool) if said is None else said, different)
