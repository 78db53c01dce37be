"""Simple rankings to compare with: who replies most, who replied lately, whose earlier replies use the same words."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.archive import Archive, Opening

DAY = 86_400
PLACES = 50
Floats = NDArray[np.float64]


class Peers:
    """The rankings. Words and their weights are those of the posts before ``split``."""

    NAMES = ("popular", "recent", "topics30", "bm25", "bm25_recent", "mix")

    def __init__(self, archive: Archive, *, split: float) -> None:
        posts = archive.posts
        self.members = archive.members
        self.at = np.array([post.at for post in posts])
        self.author = np.array([post.author for post in posts])
        self.reply = np.array([post.number > 1 for post in posts])
        self.topic = np.array([int(post.topic_id) if post.topic_id.isdigit() else hash(post.topic_id) for post in posts])
        self._words = CountVectorizer(min_df=2, max_df=0.3, stop_words="english", token_pattern=r"(?u)\b[a-zA-Z]\w+\b", dtype=np.float32)  # noqa: S106  # a pattern of words
        early = np.flatnonzero(self.at < split)
        try:
            self._words.fit([archive.texts[i] for i in early])
        except ValueError:
            # A handful of posts, in which no word is used twice: all of them count, and with none at all one that nobody uses.
            self._words.set_params(min_df=1, max_df=1.0, stop_words=None)
            self._words.fit([*(archive.texts[i] for i in early), "nothing"])
        self._weights = _bm25(self._words.transform(archive.texts), early)

    def rankings(self, opening: Opening, eligible: Callable[[int], bool]) -> dict[str, list[int]]:
        """Each ranking's first places for a question."""
        able = np.array([eligible(member) for member in range(self.members)])
        scores = self._scores(opening)
        return {name: [int(i) for i in np.argsort(-np.where(able, scores[name], -1e9), kind="stable")[:PLACES]] for name in self.NAMES}

    def _scores(self, opening: Opening) -> dict[str, Floats]:
        past = self.reply & (self.at < opening.at)
        age = np.maximum(opening.at - self.at, 0) / DAY
        query = self._words.transform([opening.words])
        query.data[:] = np.minimum(query.data, 3)
        alike = np.where(past, np.asarray((self._weights @ query.T).todense()).ravel(), -1.0)
        top = np.argpartition(-alike, 200)[:200] if len(alike) > 200 else np.arange(len(alike))
        top = top[alike[top] > 0]
        month = np.flatnonzero(past & (age <= 30))
        pairs = np.unique(np.stack([self.author[month], self.topic[month]], axis=1), axis=0) if len(month) else np.empty((0, 2), np.int64)
        votes = self._sum(self.author[top], alike[top] ** 2)
        recent = self._sum(self.author, np.where(past, np.exp(-age / 90), 0))
        return {
            "popular": self._sum(self.author, past.astype(np.float64)),
            "recent": recent,
            "topics30": self._sum(pairs[:, 0], np.ones(len(pairs))),
            "bm25": votes,
            "bm25_recent": self._sum(self.author[top], alike[top] ** 2 * np.exp(-age[top] / 365)),
            "mix": np.log1p(recent) + np.log1p(20 * votes / (votes.max() + 1e-9)),
        }

    def _sum(self, members: NDArray[np.int64], weights: Floats) -> Floats:
        return np.bincount(members, weights=weights, minlength=self.members).astype(np.float64)


def _bm25(counts: sp.csr_matrix, early: NDArray[np.int64]) -> sp.csr_matrix:
    length = np.asarray(counts.sum(axis=1)).ravel()
    frequency = np.diff(counts[early].tocsc().indptr)
    rarity = np.log(1 + (len(early) - frequency + 0.5) / (frequency + 0.5))
    entries = counts.tocoo()
    weight = entries.data * 2.2 / (entries.data + 1.2 * (0.5 + 0.5 * length[entries.row] / length.mean())) * rarity[entries.col]
    return sp.csr_matrix((weight, (entries.row, entries.col)), shape=counts.shape)
