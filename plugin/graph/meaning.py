"""What topics are about beyond their words, from the community's own topics: latent semantic analysis (Deerwester et al. 1990).

Terms that occur in the same topics get similar directions in a space of few dimensions, so that two topics can be alike that share no word. A member is the sum
of the directions of the topics of others that they answered. Directions are whole numbers: what was added can be taken back exactly. A model is learned from a
bounded number of topics, and a ranking looks only at its candidates' sums, so neither grows with the community.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

DIMENSIONS = 64
MAX_TOPICS = 20_000
"""How many topics, the latest ones, a model is learned from."""

MAX_TERMS = 30_000
MIN_TOPICS = 200
"""Fewer topics than this have no common directions to speak of."""

COMMON, RARE = 0.3, 3
"""Terms in a larger part of the topics, or in fewer topics, are left out."""

CAUTION = 10.0
"""So many average topics are taken for granted in everybody."""

_UNIT = 127
_SCALE = 2_000.0
_SALT = b"MGLSA1"

Directions = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Model:
    """The direction of each of some terms, which are sorted."""

    terms: NDArray[np.int64]
    vectors: NDArray[np.int16]

    def direction(self, terms: Iterable[int]) -> Directions | None:
        """Where a text points; ``None`` where the model knows none of its terms. Every term counts once."""
        sought = np.array(sorted(set(terms)), np.int64)
        if not len(sought) or not len(self.terms):
            return None
        places = np.minimum(np.searchsorted(self.terms, sought), len(self.terms) - 1)
        hits = places[self.terms[places] == sought]
        if not len(hits):
            return None
        return np.asarray(_normal(self.vectors[hits].sum(axis=0, dtype=np.int64)[None, :])[0], np.int32)

    def directions(self, topics: NDArray[np.int64], terms: NDArray[np.int64], *, count: int) -> Directions:
        """The same for many texts at once: ``terms[i]`` is in ``topics[i]``, once; zeros where the model knows none."""
        places = np.minimum(np.searchsorted(self.terms, terms), max(len(self.terms) - 1, 0))
        hits = self.terms[places] == terms if len(self.terms) else np.zeros(len(terms), bool)
        matrix = sp.csr_matrix((np.ones(int(hits.sum()), np.int64), (topics[hits], places[hits])), shape=(count, len(self.terms)))
        return _normal(np.asarray(matrix @ self.vectors.astype(np.int64)))

    def to_bytes(self) -> bytes:
        """As it is stored."""
        return _SALT + zlib.compress(np.int64(len(self.terms)).tobytes() + self.terms.tobytes() + self.vectors.tobytes(), 1)

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Model":
        """Read :meth:`to_bytes`. Raises :class:`ValueError` on anything else."""
        try:
            if not stored.startswith(_SALT):
                raise ValueError("not a model of meaning; learn it anew")
            plain = zlib.decompress(stored[len(_SALT) :])
            count = int(np.frombuffer(plain, np.int64, 1)[0])
            terms = np.frombuffer(plain, np.int64, count, offset=8)
            vectors = np.frombuffer(plain, np.int16, count * DIMENSIONS, offset=8 + 8 * count)
            return cls(terms, vectors.reshape(count, DIMENSIONS))
        except (zlib.error, IndexError) as error:
            raise ValueError("not a model of meaning; learn it anew") from error


def _normal(sums: NDArray[np.int64]) -> Directions:
    norms = np.sqrt((sums.astype(np.float64) ** 2).sum(axis=1))
    return np.asarray(np.rint(sums * (_UNIT / np.maximum(norms, 1e-9))[:, None]), np.int32)


def learn(topics: Sequence[Iterable[int]]) -> Model | None:
    """A model of the terms of some topics, ``None`` for too few of them. The same topics in the same order give the same model."""
    latest = [list(terms) for terms in topics[-MAX_TOPICS:]]
    sizes = [len(terms) for terms in latest]
    if len(latest) < MIN_TOPICS:
        return None
    names, ranks, found = np.unique(np.array([term for terms in latest for term in terms], np.int64), return_inverse=True, return_counts=True)
    usable = np.flatnonzero((found >= RARE) & (found <= COMMON * len(latest)))
    usable = np.sort(usable[np.argsort(-found[usable], kind="stable")[:MAX_TERMS]])
    if len(usable) <= DIMENSIONS:
        return None
    place = np.full(len(names), -1, np.int64)
    place[usable] = np.arange(len(usable))
    rows = np.repeat(np.arange(len(latest)), sizes)
    kept = place[ranks] >= 0
    rarity = np.log1p((len(latest) - found[usable] + 0.5) / (found[usable] + 0.5))
    columns = place[ranks][kept]
    matrix = sp.csr_matrix((rarity[columns] * np.log(2.0), (rows[kept], columns)), shape=(len(latest), len(usable)))
    start = np.random.default_rng(0).standard_normal(min(matrix.shape))
    _, _, directions = svds(matrix, k=DIMENSIONS, v0=start, tol=1e-3, return_singular_vectors="vh")  # type: ignore[arg-type]  # the stubs forgot "vh", which scipy documents
    vectors = directions.T * rarity[:, None]
    largest = float(np.abs(vectors).max()) or 1.0
    return Model(names[usable], np.rint(vectors * (min(_SCALE, 32_000.0) / largest)).astype(np.int16))


class Meaning:
    """What each member's answers are about, by member row. Without a model nothing is known. Not synchronised."""

    def __init__(self) -> None:
        self.model: Model | None = None
        self._sums: Directions = np.zeros((0, DIMENSIONS), np.int32)
        self._counts: NDArray[np.int32] = np.zeros(0, np.int32)
        self._total: NDArray[np.int64] = np.zeros(DIMENSIONS, np.int64)
        self._count = 0

    def count(self, member: int, direction: Directions | None, *, times: int) -> None:
        """A member answered a topic that points there, or with ``times=-1`` did not after all."""
        if direction is None:
            return
        self._grow(member + 1)
        self._sums[member] += times * direction
        self._counts[member] += times
        self._total += times * direction
        self._count += times

    def load(self, model: Model | None, members: NDArray[np.int32], topics: NDArray[np.int32], directions: Directions) -> None:
        """Take a model, and make all sums anew: ``members[i]`` answered ``topics[i]``."""
        self.model = model
        known = np.any(directions != 0, axis=1)
        kept = known[topics] if len(topics) else np.zeros(0, bool)
        size = int(members.max(initial=-1)) + 1
        pairs = sp.csr_matrix((np.ones(int(kept.sum()), np.int32), (members[kept], topics[kept])), shape=(size, len(directions)))
        self._sums = np.ascontiguousarray(np.asarray(pairs @ directions), np.int32)
        self._counts = np.bincount(members[kept], minlength=size).astype(np.int32)
        self._total, self._count = self._sums.sum(axis=0, dtype=np.int64), int(self._counts.sum())

    def signal(self, terms: Mapping[int, int], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """How much more alike the need each member's topics are than topics are on average; little evidence is drawn towards 0."""
        towards = self.model.direction(terms) if self.model is not None else None
        if towards is None or not self._count:
            return np.zeros(len(rows))
        self._grow(int(rows.max(initial=-1)) + 1)
        sought = towards / (_UNIT * max(float(np.sqrt((towards.astype(np.float64) ** 2).sum())), 1.0))
        average = float(self._total @ sought) / self._count
        return np.asarray(3 * ((self._sums[rows] @ sought + CAUTION * average) / (self._counts[rows] + CAUTION) - average), np.float64)

    def content(self) -> tuple[dict[int, list[int]], int]:
        """Everything that is known, for tests: sums by member, and how many participations stand behind them."""
        return {int(row): self._sums[row].tolist() for row in np.flatnonzero(self._counts)}, self._count

    def _grow(self, members: int) -> None:
        if members > len(self._counts):
            size = max(members, len(self._counts) * 3 // 2)
            sums, counts = np.zeros((size, DIMENSIONS), np.int32), np.zeros(size, np.int32)
            sums[: len(self._counts)], counts[: len(self._counts)] = self._sums, self._counts
            self._sums, self._counts = sums, counts
