"""What a community's own history teaches the ranking: habits, meanings of words, and weights that are adapted, recorded and can be reset."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from plugin.domain.learning import WeightChange, WeightChangeKind
from plugin.domain.people import Principal
from plugin.graph.facts import PostFact
from plugin.graph.history import Lesson, study
from plugin.graph.learning import Trial, adapt
from plugin.graph.matching import Cancelled
from plugin.graph.meaning import Model
from plugin.graph.semantic import model_of
from plugin.graph.weights import SHIPPED, Weights
from plugin.services import computing
from plugin.services.computing import Asked, Told
from plugin.services.guarding.managing import require_manager
from plugin.services.knowledge import embedding, observing
from plugin.services.knowledge.graph_facts import Facts, facts, weights_in_force
from plugin.services.runtime import Runtime
from plugin.store.repositories.words import SHARED_BY
from plugin.store.unit_of_work import UnitOfWork

log = structlog.get_logger()

EVERY = timedelta(days=1)
"""How often a community's history is studied."""

SOON = timedelta(minutes=10)
"""How long after the first import it is studied first: the last pages of an import come late."""

APART = 20_000
"""Communities with more posts than this are studied in a process of their own, so that the web does not wait."""


@dataclass(frozen=True)
class Task:
    """What is studied: everything that is known, as of ``now``; questions before ``since`` teach no weights."""

    facts: Facts
    now: float
    since: float = 0.0
    words: Mapping[int, str] = field(default_factory=dict)
    """The terms that are kept as words."""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    lesson: Lesson
    trial: Trial
    measures: observing.Figures
    faded: dict[int, tuple[int, ...]]
    """Terms that are kept as words although fewer members use them by now, and who does."""


def compute(task: Task, cancelled: Asked = None, progress: Told = None, /) -> Outcome:
    """Study a history. Raises :class:`Cancelled` when told to stop."""
    tell = progress or (lambda _share: None)
    known = task.facts
    likes = [like for found in known.likes.values() for like in found]
    solved = [one for one in known.solved.values() if one is not None]
    try:
        lesson = study(members=known.members, posts=known.posts, likes=likes, solved=solved, now=task.now, since=task.since, stop=cancelled or (lambda: False))
    except InterruptedError as error:
        raise Cancelled("the study was stopped") from error
    if lesson.meaning is None:
        lesson = replace(lesson, meaning=_meaning_from_elsewhere(known.posts, task.words))
    tell(0.8)
    # Always from what ships: the same history gives the same weights, however often it was studied.
    trial = adapt(lesson.examples, prior=SHIPPED)
    tell(0.9)
    return Outcome(lesson, trial, observing.figures(known, likes=likes, solved=solved, now=task.now), faded_words(known.posts, task.words))


def _meaning_from_elsewhere(posts: Sequence[PostFact], words: Mapping[int, str]) -> Model | None:
    """Word vectors where the community is too young to teach its own, if the extra with the vectors is installed."""
    encode = embedding.load()
    return None if encode is None else model_of(words, topics=[list(post.terms) for post in posts if post.number == 1], encode=encode)


def faded_words(posts: Sequence[PostFact], words: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Those of some terms that fewer than :data:`SHARED_BY` members use in their posts, and these members."""
    users: dict[int, set[int]] = {term: set() for term in words}
    for post in posts:
        for term in post.terms:
            known = users.get(term)
            if known is not None and len(known) < SHARED_BY:
                known.add(post.author)
    return {term: tuple(sorted(found)) for term, found in users.items() if len(found) < SHARED_BY}


async def learn(runtime: Runtime, installation_id: int) -> datetime:
    """Study a community's history and keep what came of it; returns when it is due again. The work of a lane: it may be begun anew at any time."""

    def load(unit: UnitOfWork) -> Task:
        since = unit.learned.reset_at()
        return Task(facts(unit), unit.now.timestamp(), since.timestamp() if since else 0.0, unit.words.all())

    task = await runtime.database.read(installation_id, load)

    async def beat(_progress: float) -> bool:
        return True

    outcome = await computing.run(compute, task, apart=len(task.facts.posts) > APART, beat=beat)

    def keep(unit: UnitOfWork) -> None:
        since = unit.learned.reset_at()
        if (since.timestamp() if since else 0.0) != task.since:
            # Reset meanwhile: the next study, which the reset asked for, begins from there.
            return
        lesson = outcome.lesson
        told = [(one.member, one.answered, one.expected) for one in lesson.habits]
        meaning = lesson.meaning.to_bytes() if lesson.meaning is not None else None
        unit.learned.put_study(told, meaning=meaning, at=datetime.fromtimestamp(task.now, tz=unit.now.tzinfo))
        unit.words.unshare(outcome.faded)
        _record(unit, outcome.trial)
        unit.measures.put(outcome.measures.of_day(unit.now.date()))
        unit.change("learned", "")

    await runtime.database.write(installation_id, keep)
    runtime.bus.tell(installation_id)
    log.info("history_studied", installation=installation_id, questions=outcome.trial.questions, taken=outcome.trial.taken)
    return runtime.clock() + EVERY


def _record(unit: UnitOfWork, trial: Trial) -> None:
    """Keep the weights if they changed, and a record of it in any case that says why they did or did not."""
    before = weights_in_force(unit)
    after = trial.weights if trial.taken else SHIPPED
    if not trial.questions or _values(before) == _values(after):
        return
    because = {
        "held_out": float(trial.held_out),
        "loss_before": trial.loss_before,
        "loss_after": trial.loss_after,
        "noise": trial.noise,
        "ndcg_before": trial.ndcg_before,
        "ndcg_after": trial.ndcg_after,
    }
    change = WeightChange(
        id=unit.new_id(),
        at=unit.now,
        kind=WeightChangeKind.ADAPTED,
        taken=True,
        weights=after.to_json(),
        actor="worker",
        questions=trial.questions,
        because=because,
    )
    unit.learned.add_change(change)
    unit.record("ranking.adapted", actor="worker", change=str(change.id), questions=trial.questions)


def _values(weights: Weights) -> dict[str, float]:
    return {name: round(weight.value, 9) for name, weight in weights.by_signal.items()}


def schedule_first(unit: UnitOfWork) -> None:
    """Have a community studied that never was."""
    if unit.learned.studied_at() is None:
        unit.wake("learn", at=unit.now + SOON)


# ---------------------------------------------------------------------------------------------------------------------- for the admin


@dataclass(frozen=True, kw_only=True)
class SignalWeight:
    """How much a signal counts here, and how much it counts by what ships with the product."""

    signal: str
    value: float
    shipped: float
    questions: int


async def weights(runtime: Runtime, principal: Principal) -> list[SignalWeight]:
    """The weights in force, by signal. Raises :class:`Forbidden` for anybody but the community's managers."""

    def work(unit: UnitOfWork) -> Weights:
        require_manager(unit, principal, None)
        return weights_in_force(unit)

    found = await runtime.database.read(principal.installation_id, work)
    return [SignalWeight(signal=name, value=one.value, shipped=SHIPPED.value(name), questions=one.questions) for name, one in sorted(found.by_signal.items())]


async def changes(runtime: Runtime, principal: Principal, *, limit: int) -> list[WeightChange]:
    """The record of the weights, the newest first. Raises :class:`Forbidden`."""

    def work(unit: UnitOfWork) -> list[WeightChange]:
        require_manager(unit, principal, None)
        return unit.learned.changes(limit=limit)

    return await runtime.database.read(principal.installation_id, work)


async def reset(runtime: Runtime, principal: Principal) -> WeightChange:
    """Put the shipped weights back and forget what was learned; from now on only questions after this moment teach. Raises :class:`Forbidden`."""

    def work(unit: UnitOfWork) -> WeightChange:
        require_manager(unit, principal, None)
        change = WeightChange(id=unit.new_id(), at=unit.now, kind=WeightChangeKind.RESET, taken=True, weights=SHIPPED.to_json(), actor=principal.actor)
        unit.learned.add_change(change)
        unit.learned.forget_study()
        unit.record("ranking.reset", actor=principal.actor, change=str(change.id))
        unit.change("learned", "")
        unit.wake("learn", at=unit.now + SOON)
        return change

    change = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return change


def parsed(change: WeightChange) -> dict[str, float]:
    """The weights of an entry of the record, by signal."""
    return {str(name): float(one["value"]) for name, one in json.loads(change.weights)["weights"].items()}
