"""Who would answer? The product's ranking beside simple ones, on a community's archive.

Topics are ordered by the time of their first post; the last fifth are the questions. For each the need is its title and first post, the candidates are the
members with at least three posts before it without the asker, and right are the candidates who replied; a topic without such a reply is skipped. Only posts
made before the topic count. The product goes through the archive as it would through the community's life: every post is put into its knowledge when its
time comes, and its weights are learned from the earlier topics.

    routing.py --topics FILE.jsonl.gz [--limit N] [--curve] [--transfer] [--semantic] [--learn WEIGHTS.json]

``--curve`` adds what spreading costs at several settings, ``--transfer`` what weights learned on one part of the archive are worth on the rest,
``--semantic`` what word vectors of the extra ``mentorgraph[semantic]`` are worth beside the community's own topics. ``--learn``
writes the weights that ship with the product, from topics in the first half of the archive only, and measures nothing. The last line of standard output is
one JSON object.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.archive import Archive, Opening, Unreadable, read
from benchmarks.peers import Peers
from plugin.graph.affinity import Need, rank
from plugin.graph.facts import MemberFact
from plugin.graph.history import Apprentice
from plugin.graph.knowledge import Knowledge
from plugin.graph.learning import Example, Trial, adapt, fit
from plugin.graph.meaning import Model
from plugin.graph.semantic import model_of
from plugin.graph.weights import SHIPPED, Weight, Weights
from plugin.services.knowledge import embedding

DAY = 86_400
TRAIN_FROM, TEST_FROM, SHIP_UNTIL = 0.1, 0.8, 0.5
SPREAD = 0.5
PLACES = 50
CURVE = (0.1, 0.25, 0.5, 0.75, 1.0)

JUDGEMENT = {"offers": 1.5, "liked": 0.3, "accepted": 0.4, "timezone": 0.1, "language": 0.3, "willing": 0.6, "load": -0.6}
"""What an archive cannot tell: these weights are decided by people. An answer's likes count about as much as a third of a recent answer."""

START = {
    "asked": 1.0,
    "replied": 1.0,
    "related_asked": 1.0,
    "related_replied": 1.0,
    "category": 1.0,
    "help_30": 2.0,
    "help_90": 2.0,
    "seen": 1.0,
    "active": 0.0,
    "habit": 0.5,
    "meaning": 1.0,
    "named": 2.0,
}
"""Where learning what ships begins."""


@dataclass
class Measure:
    """The figures of one ranking."""

    rows: list[tuple[float, float, float, float]] = field(default_factory=list)
    shown: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, ranking: list[int], right: set[int], *, at: float) -> None:
        hits = np.array([member in right for member in ranking[:PLACES]] or [False])
        discount = 1 / np.log2(np.arange(2, 12))
        places = np.flatnonzero(hits)
        ideal = discount[: len(right)].sum()
        top = hits[:10]
        self.rows.append(
            (
                1 / (places[0] + 1) if len(places) else 0.0,
                float((top * discount[: len(top)]).sum() / ideal),
                float(top.sum() / len(right)),
                float(hits[:5].any()),
            )
        )
        for member in ranking[:5]:
            self.shown[int(at // (90 * DAY))][member] += 1

    def figures(self) -> dict[str, float]:
        mean = np.mean(np.array(self.rows), axis=0)
        names = ("mrr", "ndcg10", "recall10", "hit5")
        return {**{name: round(float(value), 4) for name, value in zip(names, mean, strict=True)}, "top5_share": self.top5_share()}

    def top5_share(self) -> float:
        """The part of all places that went to the five members who had most of each ninety days."""
        total = sum(sum(block.values()) for block in self.shown.values())
        most = sum(sum(sorted(block.values())[-5:]) for block in self.shown.values())
        return round(most / max(total, 1), 4)


@dataclass(frozen=True)
class Question:
    """A topic at its moment: the need, who may answer and who did."""

    opening: Opening
    need: Need
    eligible: Callable[[int], bool]
    right: set[int]
    example: Example | None


class Life:
    """The community's life, post by post. Habits are kept all along, as a service does that looks at its history every day."""

    def __init__(self, archive: Archive, *, learn: Callable[[Knowledge], Model | None] = Knowledge.learn_meaning) -> None:
        self.archive = archive
        self.knowledge = Knowledge()
        self.apprentice = Apprentice(self.knowledge, learn=lambda: learn(self.knowledge))
        self.written: NDArray[np.int64] = np.zeros(archive.members, np.int64)
        self._next = 0
        for member in range(archive.members):
            self.knowledge.put_member(MemberFact(member=member, joined=0.0))

    def questions(self, start: float, end: float) -> Iterable[Question]:
        """The topics between two parts of the archive that somebody able answered; the knowledge is at the time of each."""
        openings = self.archive.openings
        for opening in openings[int(len(openings) * start) : int(len(openings) * end)]:
            self._until(opening.at)
            able = self.written >= 3
            able[opening.asker] = False
            right = {member for member in opening.repliers if able[member]}
            need = Need(terms=opening.terms, asker=opening.asker, category=opening.category, tags=opening.tags, asked_at=opening.at, named=opening.named)

            def eligible(member: int, able: NDArray[np.bool_] = able) -> bool:
                return bool(able[member])

            example = self.apprentice.ask(opening.topic_id, need, now=opening.at, answerers=right, eligible=eligible)
            if right:
                yield Question(opening, need, eligible, right, example)

    def _until(self, moment: float) -> None:
        posts = self.archive.posts
        while self._next < len(posts) and posts[self._next].at < moment:
            self.knowledge.put_post(posts[self._next])
            self.apprentice.see(posts[self._next])
            self.written[posts[self._next].author] += 1
            self._next += 1


def learn(life: Life, start: float, end: float) -> list[tuple[Question, Example]]:
    """What the topics between two parts of the archive teach."""
    return [(question, question.example) for question in life.questions(start, end) if question.example is not None]


def ship(archive: Archive, path: Path) -> None:
    """Write the weights that ship."""
    decided = {name: Weight(value, value) for name, value in JUDGEMENT.items()}
    start = Weights({**decided, **{name: Weight(value, value) for name, value in START.items()}})
    learned = fit([one for _, one in learn(Life(archive), TRAIN_FROM, SHIP_UNTIL)], prior=start)
    weights = {
        name: Weight(round(w.value, 2), round(w.value, 2), source="judgement" if name in JUDGEMENT else "archive") for name, w in learned.by_signal.items()
    }
    count = max(w.questions for w in learned.by_signal.values())
    note = f"benchmarks/routing.py --learn: {count} questions from the first half of the public archive of one community of developers; the rest by judgement."
    whole = json.loads(Weights(weights, note).to_json())
    path.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def measure(archive: Archive, *, limit: int, curve: bool, transfer: bool, with_vectors: bool) -> dict[str, object]:
    began = time.monotonic()
    life = Life(archive)
    taught = learn(life, TRAIN_FROM, TEST_FROM)
    trial = adapt([one for _, one in taught], prior=SHIPPED)
    weights = trial.weights
    print(f"learned from {len(taught)} questions, {time.monotonic() - began:.0f} s; on the latest fifth of them: {_figures(trial)}", file=sys.stderr)
    # Habits and meanings are learned from the community too: shipped weights alone go without.
    sets = {"product": weights, "product_shipped": SHIPPED.without("habit", "meaning"), **(_parts(taught) if transfer else {})}
    spreads = {f"spread {value}": value for value in CURVE} if curve else {}
    measures: dict[str, Measure] = defaultdict(Measure)
    peers = Peers(archive, split=archive.openings[int(len(archive.openings) * TEST_FROM)].at)
    spreading = {"product_spread": SPREAD, **spreads}
    shown = {name: Shown() for name in spreading}
    replied = Measure()
    seconds = []
    for number, question in enumerate(life.questions(TEST_FROM, 1.0)):
        if number >= limit:
            break
        at = question.opening.at
        for member in question.right:
            replied.shown[int(at // (90 * DAY))][member] += 1
        for name, own in sets.items():
            start = time.perf_counter()
            ranking = [one.member for one in rank(life.knowledge, question.need, now=at, weights=own, limit=PLACES, eligible=question.eligible)]
            seconds.append(time.perf_counter() - start)
            measures[name].add(ranking, question.right, at=at)
        for name, spread in spreading.items():
            shown[name].into(life.knowledge)
            found = rank(life.knowledge, question.need, now=at, weights=weights, spread=spread, limit=PLACES, eligible=question.eligible)
            ranking = [one.member for one in found]
            for member in ranking[:5]:
                shown[name].note(member, at)
            shown[name].out_of(life.knowledge)
            measures[name].add(ranking, question.right, at=at)
        for name, ranking in peers.rankings(question.opening, question.eligible).items():
            measures[name].add(ranking, question.right, at=at)
        if number % 100 == 99:
            print(f"{number + 1} questions, {time.monotonic() - began:.0f} s", file=sys.stderr)
    if not measures:
        raise SystemExit(
            f"of the last fifth of the {len(archive.openings)} topics none was answered by a member with three earlier posts: there is nothing to measure"
        )
    figures = {name: one.figures() for name, one in measures.items()}
    for name, row in figures.items():
        print(f"{name:20s}", *(f"{key} {value:.3f}" for key, value in row.items()), file=sys.stderr)
    print(f"a ranking with evidence for {PLACES} places: median {1000 * float(np.median(seconds)):.1f} ms", file=sys.stderr)
    result: dict[str, object] = {"questions": len(measures["product"].rows)}
    result |= {name: figures[name] for name in ("product", "product_shipped", "product_spread")}
    result["replied_top5_share"] = replied.top5_share()
    result["baselines"] = {name: figures[name] for name in Peers.NAMES}
    if curve:
        result["curve"] = [[value, figures[f"spread {value}"]["top5_share"], figures[f"spread {value}"]["ndcg10"]] for value in CURVE]
    result |= {"transfer": {name: figures[name] for name in sets if name.startswith("learned ")}} if transfer else {}
    return result | ({"semantic": semantic(archive, limit=limit, taught=taught)} if with_vectors else {})


def semantic(archive: Archive, *, limit: int, taught: list[tuple[Question, Example]]) -> dict[str, dict[str, float]]:
    """The same questions with what words mean taken from word vectors, beside the community's own topics and beside neither.

    Only words that three members had used by the time that the questions begin are looked up, as the product does.
    """
    encode = embedding.load()
    if encode is None:
        raise SystemExit("--semantic needs the extra: pip install mentorgraph[semantic]")
    words = archive.shared_words(until=archive.openings[int(len(archive.openings) * TEST_FROM)].at)

    def vectors(knowledge: Knowledge) -> Model | None:
        topics = [knowledge.terms_of(topic) for topic in range(knowledge.topic_asker.size)]
        return model_of(words, topics=[terms for terms in topics if terms], encode=encode)

    lives = {"vectors": Life(archive, learn=vectors), "own topics": Life(archive)}
    adapted = {
        "vectors": fit([one for _, one in learn(lives["vectors"], TRAIN_FROM, TEST_FROM)], prior=SHIPPED),
        "own topics": fit([e for _, e in taught], prior=SHIPPED),
    }
    measures: dict[str, Measure] = defaultdict(Measure)
    for name, life in lives.items():
        for number, question in enumerate(life.questions(TEST_FROM, 1.0)):
            if number >= limit:
                break
            sets = {f"{name}, shipped": SHIPPED.without("habit"), f"{name}, adapted": adapted[name]}
            if name == "own topics":
                sets["neither, shipped"] = SHIPPED.without("habit", "meaning")
            for called, weights in sets.items():
                found = rank(life.knowledge, question.need, now=question.opening.at, weights=weights, limit=PLACES, eligible=question.eligible)
                measures[called].add([one.member for one in found], question.right, at=question.opening.at)
    return {name: one.figures() for name, one in measures.items()}


def _figures(trial: Trial) -> str:
    return f"loss {trial.loss_before:.4f} to {trial.loss_after:.4f} (noise {trial.noise:.4f}), nDCG {trial.ndcg_before:.4f} to {trial.ndcg_after:.4f}"


class Shown:
    """Whom one of several rankings has suggested; the knowledge remembers one at a time."""

    def __init__(self) -> None:
        self._notes: list[tuple[int, float]] = []

    def note(self, member: int, at: float) -> None:
        self._notes.append((member, at))

    def into(self, knowledge: Knowledge) -> None:
        for member, at in self._notes[-500:]:
            knowledge.note_shown(member, at)

    def out_of(self, knowledge: Knowledge) -> None:
        knowledge.forget_shown()


def _parts(taught: list[tuple[Question, Example]]) -> dict[str, Weights]:
    """Weights from parts of the history that have nothing in common: earlier and later topics, the largest category and all others."""
    middle = len(taught) // 2
    sizes: dict[str | None, int] = defaultdict(int)
    for question, _ in taught:
        sizes[question.opening.category] += 1
    largest = max(sizes, key=lambda name: sizes[name])
    parts = {
        "learned early": [one for _, one in taught[:middle]],
        "learned late": [one for _, one in taught[middle:]],
        "learned largest category": [one for question, one in taught if question.opening.category == largest],
        "learned other categories": [one for question, one in taught if question.opening.category != largest],
        "learned 50 questions": [one for _, one in taught[-50:]],
    }
    blank = Weights({name: Weight(value, value) for name, value in {**JUDGEMENT, **START}.items()})
    return {name: fit(part, prior=blank) for name, part in parts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topics", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=10**9)
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--transfer", action="store_true")
    parser.add_argument("--semantic", action="store_true")
    parser.add_argument("--learn", type=Path)
    arguments = parser.parse_args()
    if arguments.limit < 1:
        parser.error("--limit is 1 or more")
    try:
        archive = read(arguments.topics)
    except Unreadable as error:
        raise SystemExit(str(error)) from error
    print(f"{len(archive.openings)} topics, {len(archive.posts)} posts, {archive.members} members", file=sys.stderr)
    if arguments.learn:
        ship(archive, arguments.learn)
        print(json.dumps({"written": str(arguments.learn)}))
        return
    print(json.dumps(measure(archive, limit=arguments.limit, curve=arguments.curve, transfer=arguments.transfer, with_vectors=arguments.semantic)))


if __name__ == "__main__":
    main()
