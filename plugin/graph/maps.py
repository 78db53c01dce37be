"""A community as a map that can be explored: who helps whom, who is left alone, who carries much; places and figures, no picture yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import networkx as nx

from plugin.graph.build import Node

MAX_DOTS = 150
"""More than this cannot be told apart."""
MUCH = 0.08
"""Who gives more than this part of all help carries much."""
ALONE_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A member. ``x`` and ``y`` are from 0 to 1, ``size`` too; ``gave`` and ``received`` count replies, thanks and accepted answers."""

    member_id: int
    x: float
    y: float
    size: float
    gave: int
    received: int
    partners: int
    alone: bool
    much: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """``one`` helped ``other`` ``weight`` times."""

    one: int
    other: int
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Dots and ties between them. ``members`` and ``alone`` count everybody, also those for whom there is no room."""

    dots: tuple[Dot, ...]
    ties: tuple[Tie, ...]
    members: int
    alone: int


def draw(exchanges: "nx.DiGraph[Node]", *, active: Iterable[int], seed: int) -> Map:
    """The map of those with the most exchanges, and of active members with none. The same seed draws the same map."""
    gave, received = _sums(exchanges, out=True), _sums(exchanges, out=False)
    ids = {int(node[1]): node for node in exchanges}
    busy = sorted((one for one in ids if exchanges.degree(ids[one])), key=lambda one: (-(gave.get(one, 0) + received.get(one, 0)), one))
    lonely = sorted({*active, *ids} - set(busy))
    shown = busy[:MAX_DOTS]
    near: nx.Graph[int] = nx.Graph()
    near.add_nodes_from(shown)
    ties = []
    for source, target, edge in exchanges.edges(data=True):
        one, other = int(source[1]), int(target[1])
        if one in near and other in near and one != other:
            ties.append(Tie(one=one, other=other, weight=int(edge["weight"])))
            near.add_edge(one, other, weight=edge["weight"] + (near.edges[one, other]["weight"] if near.has_edge(one, other) else 0))
    places = nx.spring_layout(near, seed=seed, weight="weight", iterations=80, k=2.2 / max(len(shown), 1) ** 0.5) if shown else {}
    across, down = (_spread({one: float(place[axis]) for one, place in places.items()}) for axis in (0, 1))
    most = max((gave.get(one, 0) + received.get(one, 0) for one in shown), default=1) or 1
    whole = sum(gave.values()) or 1
    dots = [
        Dot(
            member_id=one,
            x=round(0.04 + 0.90 * across[one], 4),
            y=round(0.05 + (0.80 if lonely else 0.90) * down[one], 4),
            size=((gave.get(one, 0) + received.get(one, 0)) / most) ** 0.5,
            gave=gave.get(one, 0),
            received=received.get(one, 0),
            partners=len(set(near[one])),
            alone=False,
            much=gave.get(one, 0) / whole > MUCH,
        )
        for one in shown
    ]
    row = lonely[:ALONE_SHOWN]
    dots += [
        Dot(member_id=one, x=round(0.04 + 0.92 * (place + 0.5) / len(row), 4), y=0.95, size=0.0, gave=0, received=0, partners=0, alone=True, much=False)
        for place, one in enumerate(row)
    ]
    return Map(dots=tuple(dots), ties=tuple(ties), members=len(busy) + len(lonely), alone=len(lonely))


def _sums(exchanges: "nx.DiGraph[Node]", *, out: bool) -> Mapping[int, int]:
    edges = exchanges.out_edges if out else exchanges.in_edges
    return {int(node[1]): sum(int(edge["weight"]) for _, _, edge in edges(node, data=True)) for node in exchanges}


def _spread(values: Mapping[int, float]) -> dict[int, float]:
    """Values as places from 0 to 1, half by size and half by rank, so that the middle is not crowded while who stands apart still does."""
    if not values:
        return {}
    low, high = min(values.values()), max(values.values())
    ranks = {one: rank for rank, one in enumerate(sorted(values, key=lambda one: (values[one], one)))}
    last = max(len(values) - 1, 1)
    return {one: 0.5 * (value - low) / ((high - low) or 1.0) + 0.5 * ranks[one] / last for one, value in values.items()}
