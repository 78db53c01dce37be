"""Directions of words from word vectors that were trained elsewhere: what topics are about, in a community too young to teach it.

The vectors are turned so that their first dimensions tell the community's own words apart (principal components), and rare words count more, as in
:mod:`plugin.graph.meaning`, whose :class:`Model` comes out: members, increments and rankings are the same from there on. Words are looked up one by one,
never posts.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plugin.graph.meaning import DIMENSIONS, Model

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""A vector for each of some words; zeros for a word that it does not know."""

_LARGEST = 2_000.0


def model_of(words: Mapping[int, str], *, topics: Sequence[Sequence[int]], encode: Encode) -> Model | None:
    """A model of the words of a community, weighed by how rare each is in ``topics``; ``None`` where too few words are known.

    The same words and topics give the same model.
    """
    terms = sorted(words)
    vectors = np.asarray(encode([words[term] for term in terms]), np.float64) if terms else np.zeros((0, DIMENSIONS))
    names = np.array(terms, np.int64)
    lengths = np.sqrt((vectors**2).sum(axis=1))
    names, vectors, lengths = names[lengths > 0], vectors[lengths > 0], lengths[lengths > 0]
    if len(names) <= DIMENSIONS:
        return None
    found = _frequencies(names, topics)
    rarity = np.log1p((max(len(topics), 1) - found + 0.5) / (found + 0.5))
    vectors /= lengths[:, None]
    vectors -= np.average(vectors, axis=0, weights=found + 1.0)
    spread = vectors.T @ (vectors * ((found + 1.0) * rarity**2)[:, None])
    _, axes = np.linalg.eigh(spread)
    # An eigenvector's sign is the machine's whim; the largest part decides.
    axes = axes[:, ::-1][:, :DIMENSIONS]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    turned = np.zeros((len(names), DIMENSIONS))
    turned[:, : axes.shape[1]] = (vectors @ axes) * rarity[:, None]
    return Model(names, np.rint(turned * (_LARGEST / max(float(np.abs(turned).max()), 1e-9))).astype(np.int16))


def _frequencies(names: NDArray[np.int64], topics: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """In how many topics each term is."""
    every = np.array([term for topic in topics for term in set(topic)], np.int64)
    places = np.minimum(np.searchsorted(names, every), len(names) - 1)
    return np.bincount(places[names[places] == every], minlength=len(names)).astype(np.float64)
