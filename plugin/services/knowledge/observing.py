"""How a community is doing, from its graph: numbers kept day by day, and pictures."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from plugin.domain.learning import Measurement
from plugin.domain.people import Principal
from plugin.errors import Invalid
from plugin.graph import measures, pictures
from plugin.graph.build import build
from plugin.graph.facts import LikeFact, PostFact, SolvedFact
from plugin.graph.measures import Health
from plugin.services.guarding.managing import require_manager
from plugin.services.knowledge.graph_facts import Facts, facts
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

DAYS = 90
"""A day's numbers look back so far."""

MAX_POSTS = 300_000
"""A graph of networkx costs some hundred bytes an edge: of busier communities the latest posts of the period are looked at."""

NAMES = (
    "active",
    "newcomers",
    "reach",
    "isolated_newcomers",
    "gini",
    "top5_share",
    "helpers_for_half",
    "answered",
    "median_hours_to_answer",
    "bridges",
    "cut_off_pairs",
)
"""The numbers of the whole community; ``asked`` and ``unanswered`` are by category and tag."""
MAX_TAGS = 50
"""Tags whose unanswered topics are counted: those with most topics."""

_DAY = 86_400.0


@dataclass(frozen=True)
class Figures:
    """The numbers of one look, by name and subject."""

    values: dict[tuple[str, str], float] = field(default_factory=dict)

    def of_day(self, day: date) -> list[Measurement]:
        """As they are stored."""
        return [Measurement(day=day, name=name, subject=subject, value=value) for (name, subject), value in sorted(self.values.items())]


def figures(known: Facts, *, likes: Sequence[LikeFact], solved: Sequence[SolvedFact], now: float) -> Figures:
    """The measures of the last :data:`DAYS` days as numbers that name no member."""
    since = now - DAYS * _DAY
    graph = build(
        members=known.members,
        posts=latest(known, since=since),
        likes=[like for like in likes if like.at >= since],
        solved=[one for one in solved if one.at >= since],
    )
    return Figures(_numbers(measures.measure(graph, since=since, until=now)))


def _numbers(health: Health) -> dict[tuple[str, str], float]:
    whole: dict[str, float] = {
        "active": health.active,
        "newcomers": health.newcomers,
        "reach": health.reach,
        "isolated_newcomers": health.isolated_newcomers,
        "gini": health.gini,
        "top5_share": health.top5_share,
        "helpers_for_half": health.helpers_for_half,
        "answered": health.answered,
        "bridges": len(health.bridges),
        "cut_off_pairs": max((pairs for _, pairs in health.bridges), default=0),
    }
    if health.median_hours_to_answer is not None:
        whole["median_hours_to_answer"] = health.median_hours_to_answer
    found = {(name, ""): round(float(value), 6) for name, value in whole.items()}
    tags = sorted((one for one in health.unanswered if one.startswith("#")), key=lambda one: (-health.unanswered[one][1], one))
    rare = set(tags[MAX_TAGS:])
    for subject, (unanswered, asked) in health.unanswered.items():
        if subject and subject not in rare:
            found["unanswered", subject] = float(unanswered)
            found["asked", subject] = float(asked)
    return found


async def history(runtime: Runtime, principal: Principal, *, days: int, names: Sequence[str]) -> list[Measurement]:
    """The numbers of the last ``days`` days, the oldest first. Raises :class:`Forbidden` for anybody but the community's managers."""
    if not 1 <= days <= 3_660:
        raise Invalid("days must be 1 to 3660", field="days")

    def work(unit: UnitOfWork) -> list[Measurement]:
        require_manager(unit, principal, None)
        return unit.measures.since(unit.now.date() - timedelta(days=days), names=names)

    return await runtime.database.read(principal.installation_id, work)


async def chart(runtime: Runtime, principal: Principal, *, days: int, names: Sequence[str]) -> str:
    """Lines of some numbers over the last ``days`` days as SVG. Raises :class:`Forbidden` and :class:`Invalid`."""
    unknown = set(names) - set(NAMES)
    if unknown or not names:
        raise Invalid("choose from: {choices}", field="names", choices=", ".join(NAMES))
    found = [one for one in await history(runtime, principal, days=days, names=names) if not one.subject]
    stored = {(one.name, one.day): one.value for one in found}
    every = sorted({one.day for one in found})
    series = {name: [stored.get((name, day)) for day in every] for name in names}
    return pictures.chart(series, labels=[day.isoformat() for day in every], title=f"The last {days} days")


async def network(runtime: Runtime, principal: Principal) -> str:
    """A map of who exchanged with whom in the last :data:`DAYS` days as SVG. Raises :class:`Forbidden`."""

    def work(unit: UnitOfWork) -> tuple[Facts, dict[int, str], float]:
        require_manager(unit, principal, None)
        return facts(unit), {member.id: member.username for member in unit.members.all()}, unit.now.timestamp()

    known, names, now = await runtime.database.read(principal.installation_id, work)

    return await asyncio.to_thread(draw, known, names, now=now)


def draw(known: Facts, names: Mapping[int, str], *, now: float) -> str:
    """A map of who exchanged with whom, as SVG."""
    since = now - DAYS * _DAY
    likes = [like for found in known.likes.values() for like in found if like.at >= since]
    graph = build(members=known.members, posts=latest(known, since=since), likes=likes)
    return pictures.network(measures.exchanged(graph, since=since, until=now), names=names, seed=0)


def latest(known: Facts, *, since: float) -> list[PostFact]:
    """The posts since then, at most :data:`MAX_POSTS`, the oldest first."""
    return sorted((post for post in known.posts if post.at >= since), key=lambda post: (post.at, post.post_id))[-MAX_POSTS:]
