"""The community as a map for its managers: who helped whom lately, who is left alone, who mentors how many."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from plugin.domain.members import Member
from plugin.domain.people import Principal
from plugin.errors import Invalid
from plugin.graph import maps, measures
from plugin.graph.build import build
from plugin.services.guarding.managing import require_manager
from plugin.services.knowledge.graph_facts import Facts, facts
from plugin.services.knowledge.observing import latest
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

DAY = 86_400.0
PERIODS = (30, 90, 365)


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A map, the members in it, and how many mentees each has now."""

    map: maps.Map
    people: Mapping[int, Member]
    load: Mapping[int, int]


async def community_map(runtime: Runtime, principal: Principal, *, days: int) -> Mapped:
    """The map of the last ``days`` days. Raises :class:`Forbidden` and :class:`Invalid`."""
    if days not in PERIODS:
        raise Invalid("days is one of {choices}", field="days", choices=", ".join(map(str, PERIODS)))

    def work(unit: UnitOfWork) -> tuple[Facts, dict[int, Member], dict[int, int], float]:
        require_manager(unit, principal, None)
        load: dict[int, int] = {}
        for mentor_id, _mentee_id, _began, ended in unit.mentorships.all():
            if ended is None:
                load[mentor_id] = load.get(mentor_id, 0) + 1
        people = {member.id: member for member in unit.members.all() if member.takes_part}
        return facts(unit), people, load, unit.now.timestamp()

    known, people, load, now = await runtime.database.read(principal.installation_id, work)
    drawn = await asyncio.to_thread(_draw, known, set(people), now=now, days=days)
    return Mapped(map=drawn, people=people, load=load)


def _draw(known: Facts, there: set[int], *, now: float, days: int) -> maps.Map:
    since = now - days * DAY
    posts = latest(known, since=since)
    likes = [like for found in known.likes.values() for like in found if like.at >= since]
    graph = build(members=known.members, posts=posts, likes=likes)
    exchanges = measures.exchanged(graph, since=since, until=now)
    exchanges.remove_nodes_from([node for node in list(exchanges) if int(node[1]) not in there])
    return maps.draw(exchanges, active=there & {post.author for post in posts}, seed=1)
