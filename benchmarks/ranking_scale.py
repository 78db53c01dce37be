"""How long a ranking takes in a large community, and how much memory that needs.

A made-up community: 37 posts and five topics a member over eight years, activity and words by Zipf's law, posts as long as in real forums (35 terms to ask,
22 to reply). Prints build time, resident memory and percentiles of the CPU time of a ranking with its evidence, beside a peer measured in the same run:
multiplying a sparse matrix of members by terms with the need. The last line of standard output is one JSON object.

    ranking_scale.py [--members 100000] [--questions 200] [--max-terms 64] [--seed 1]
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import scipy.sparse as sp
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from plugin.graph.affinity import Need, rank
from plugin.graph.bulk import PostBatch, build_from_batches
from plugin.graph.facts import MemberFact, PostFact
from plugin.graph.weights import SHIPPED

DAY = 86_400.0
START, YEARS = 1_400_000_000.0, 8
POSTS, TOPICS = 37, 5
WORDS, SUBJECTS = 200_000, 2_000
ASK_TERMS, REPLY_TERMS = 35, 22
TOPICS_A_BATCH = 120_000
DRAWS = 1 << 22


class Town:
    """The made-up community. A topic takes half of its words from one of many subjects, the other half from all words."""

    def __init__(self, members: int, *, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.members = members
        self._member = _cumulative(members, offset=10, exponent=0.9)
        self._word = _cumulative(WORDS, offset=60, exponent=1.0)
        # A look-up is several times faster than to search a place among the sums for each of a billion words.
        self._drawn = np.searchsorted(self._word, (np.arange(DRAWS) + 0.5) / DRAWS)
        self._of_subject = self.rng.integers(0, WORDS, (SUBJECTS, 200))
        self._names = self.rng.integers(-(2**63), 2**63 - 1, WORDS)
        self._order = self.rng.permutation(members)
        self.making = self.making_busy = 0.0

    def people(self, count: int) -> NDArray[np.int64]:
        return self._order[np.searchsorted(self._member, self.rng.random(count))]

    def words(self, subject: NDArray[np.int64], lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Words of posts about subjects, without repetition within a post, and where each post's words begin."""
        post = np.repeat(np.arange(len(subject)), lengths)
        common = self._drawn[self.rng.integers(0, DRAWS, len(post), dtype=np.int32)]
        special = self._of_subject[subject[post], (self.rng.random(len(post), dtype=np.float32) ** 2 * 200).astype(np.int64)]
        word = np.where(self.rng.random(len(post), dtype=np.float32) < 0.5, special, common)
        pairs = np.sort(post << 20 | word)
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
        sizes = np.bincount(pairs >> 20, minlength=len(subject))
        return self._names[pairs & (2**20 - 1)], np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def batches(self) -> Iterator[PostBatch]:
        """The posts, batch by batch; ``making`` is how long inventing them took, ``making_busy`` its CPU time: none of it is the product's."""
        topics, done, posts = TOPICS * self.members, 0, 0
        while done < topics:
            began, busy = time.monotonic(), time.process_time()
            count = min(TOPICS_A_BATCH, topics - done)
            sizes = 1 + self.rng.poisson(POSTS / TOPICS - 1, count)
            topic = np.repeat(np.arange(count, dtype=np.int32), sizes)
            opening = np.ones(len(topic), bool)
            opening[1:] = topic[1:] != topic[:-1]
            opened = START + (done + np.arange(count)) / topics * YEARS * 365 * DAY
            asker = self.people(count)
            lengths = np.where(opening, ASK_TERMS, REPLY_TERMS) + self.rng.poisson(8, len(topic)) - 8
            terms, offsets = self.words(self.rng.integers(0, SUBJECTS, count)[topic], np.maximum(lengths, 1))
            batch = PostBatch(
                post_ids=np.arange(posts, posts + len(topic)),
                topic=topic,
                author=np.where(opening, asker[topic], self.people(len(topic))),
                at=opened[topic] + np.where(opening, 0, self.rng.exponential(DAY, len(topic))),
                opening=opening,
                offsets=offsets,
                terms=terms,
                counts=np.ones(len(terms), np.uint8),
                topic_ids=np.arange(done, done + count),
                asker=asker,
                category=self.rng.integers(0, 20, count).astype(np.int32),
                categories=[str(number) for number in range(20)],
            )
            self.making += time.monotonic() - began
            self.making_busy += time.process_time() - busy
            yield batch
            done, posts = done + count, posts + len(topic)
            print(f"{posts} posts, {psutil.Process().memory_info().rss / 2**30:.1f} GB", file=sys.stderr)

    def need(self) -> Need:
        terms, _ = self.words(self.rng.integers(0, SUBJECTS, 1), np.array([ASK_TERMS]))
        return Need(dict.fromkeys(terms.tolist(), 1), asker=int(self.people(1)[0]), category=str(self.rng.integers(20)))


def _cumulative(count: int, *, offset: float, exponent: float) -> NDArray[np.float64]:
    weights = 1 / (np.arange(count) + offset) ** exponent
    return np.asarray(np.cumsum(weights) / weights.sum(), np.float64)


def _milliseconds(seconds: list[float]) -> dict[str, float]:
    return {f"p{share}": round(1000 * float(np.percentile(seconds, share)), 1) for share in (50, 95, 99)}


def peer(town: Town, *, questions: int) -> dict[str, float]:
    """What it costs to score every member by the words they have in common with the need, and nothing else."""
    terms = 60
    rows = np.repeat(np.arange(town.members), terms)
    columns = np.searchsorted(town._word, town.rng.random(len(rows)))  # noqa: SLF001  # the same words
    matrix = sp.csc_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(town.members, WORDS))
    times = []
    for _ in range(questions):
        words = np.unique(np.searchsorted(town._word, town.rng.random(ASK_TERMS)))  # noqa: SLF001  # the same words
        start = time.process_time()
        scores = np.asarray(matrix[:, words].sum(axis=1)).ravel()
        np.argpartition(-scores, 10)
        times.append(time.process_time() - start)
    return _milliseconds(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--max-terms", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    town = Town(arguments.members, seed=arguments.seed)
    now = START + YEARS * 365 * DAY
    beside = peer(town, questions=50)
    start, busy = time.monotonic(), time.process_time()
    people = (MemberFact(member=number, joined=START) for number in range(arguments.members))
    knowledge = build_from_batches(members=people, batches=town.batches(), max_terms=arguments.max_terms)
    built, built_busy = time.monotonic() - start - town.making, time.process_time() - busy - town.making_busy
    start = time.monotonic()
    knowledge.advance(now)
    advanced = time.monotonic() - start
    start = time.monotonic()
    knowledge.put_meaning(knowledge.learn_meaning())
    meant = time.monotonic() - start
    resident = psutil.Process().memory_info().rss / 2**30
    times, writes = [], []
    for number in range(arguments.questions):
        need = town.need()
        start = time.process_time()
        found = rank(knowledge, need, now=now + number, weights=SHIPPED, spread=0.5)
        times.append(time.process_time() - start)
        fact = PostFact(
            post_id=f"new {number}",
            topic_id=str(number),
            author=found[0].member,
            at=now + number,
            number=2,
            asker=need.asker or 0,
            terms=need.terms,
            category="1",
        )
        start = time.process_time()
        knowledge.put_post(fact)
        writes.append(time.process_time() - start)
    result = {
        "members": arguments.members,
        "posts": len(knowledge.post_ids),
        "build_seconds": round(built, 1),
        "build_cpu_seconds": round(built_busy, 1),
        "resident_gb": round(resident, 2),
        "resident_peak_gb": round(_peak(), 2),
        "advance_seconds": round(advanced, 2),
        "meaning_seconds": round(meant, 2),
        "rank_ms": _milliseconds(times),
        "put_post_ms": _milliseconds(writes),
        "peer_sparse_product_ms": beside,
    }
    print(json.dumps(result))


def _peak() -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 2**20
    return 0.0


if __name__ == "__main__":
    main()
