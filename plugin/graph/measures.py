"""How a community is doing, in numbers: who reaches whom, who is left alone, who carries the load, what stays unanswered.

All take the graph of :mod:`plugin.graph.build` and a period, in seconds since 1970, ``since`` included and ``until`` not.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import networkx as nx

from plugin.graph.build import Graph, Node
from plugin.graph.decay import DAY
from plugin.graph.inequality import gini

NEWCOMER = 30 * DAY
"""So long after joining, or after the first post where joining is not known, somebody is a newcomer."""

MAX_SOURCES = 200
"""Reach and betweenness are estimated from so many members; exactly in smaller communities."""


@dataclass(frozen=True, slots=True)
class Health:
    """The measures of one period.

    ``reach``: the part of active members that a member can get to through at most two exchanges, on average. ``isolated_newcomers``: the part of newcomers
    who posted and got no reply from anybody. ``gini`` and ``top5_share`` say how unequally answers are spread over helpers, ``helpers_for_half`` the
    smallest number of helpers who gave half of the answers. ``unanswered``: by category,
    and by tag behind a ``#``, topics nobody else replied to and all topics. ``bridges``: members without whom some would be cut off from others, and how many
    pairs that is.
    """

    since: float
    until: float
    active: int
    newcomers: int
    reach: float
    isolated_newcomers: float
    gini: float
    top5_share: float
    helpers_for_half: int
    answered: float
    median_hours_to_answer: float | None
    unanswered: dict[str, tuple[int, int]]
    bridges: tuple[tuple[int, int], ...]


def measure(graph: Graph, *, since: float, until: float, seed: int = 0) -> Health:
    """All measures of a period."""
    exchanges = exchanged(graph, since=since, until=until)
    active, newcomers = _active(graph, since=since, until=until)
    helpers = _answers_given(graph, since=since, until=until)
    given = sorted(helpers.values())
    waits = _waits(graph, since=since, until=until)
    first = [wait for _, wait in waits if wait is not None]
    lonely = [member for member in newcomers if exchanges.in_degree(member) == 0]
    return Health(
        since=since,
        until=until,
        active=len(active),
        newcomers=len(newcomers),
        reach=_reach(exchanges, active, seed=seed),
        isolated_newcomers=len(lonely) / len(newcomers) if newcomers else 0.0,
        gini=gini(given),
        top5_share=sum(given[-5:]) / sum(given) if given else 0.0,
        helpers_for_half=_for_half(given),
        answered=len(first) / len(waits) if waits else 0.0,
        median_hours_to_answer=median(first) / 3600 if first else None,
        unanswered=_unanswered(waits),
        bridges=bridges(exchanges),
    )


def exchanged(graph: Graph, *, since: float, until: float) -> "nx.DiGraph[Node]":
    """Who replied to, liked, mentioned or accepted an answer of whom in a period; ``weight`` is how often."""
    found: nx.DiGraph[Node] = nx.DiGraph()
    for source, target, edge in graph.edges(data=True):
        if edge["kind"] in ("reply", "mention", "like", "solved") and since <= edge["at"] < until:
            before = found.edges[source, target]["weight"] if found.has_edge(source, target) else 0
            found.add_edge(source, target, weight=before + 1)
    for source, _, edge in graph.edges(data=True):
        if edge["kind"] in ("asked", "answered") and since <= edge["at"] < until:
            found.add_node(source)
    return found


def bridges(exchanges: "nx.DiGraph[Node]", *, limit: int = 10) -> tuple[tuple[int, int], ...]:
    """Members whose leaving would cut others off from each other: their number, and how many pairs of others could no longer reach each other at all.

    Articulation points (Hopcroft and Tarjan 1973); the pairs are counted from the sizes of the pieces that are left.
    """
    ties = exchanges.to_undirected()
    found: list[tuple[int, int]] = []
    for piece in nx.connected_components(ties):
        inside = ties.subgraph(piece)
        for point in sorted(nx.articulation_points(inside), key=lambda node: (-inside.degree(node), node))[: 4 * limit]:
            rest = inside.subgraph(set(piece) - {point})
            sizes = [len(part) for part in nx.connected_components(rest)]
            pairs = (sum(sizes) ** 2 - sum(size**2 for size in sizes)) // 2
            found.append((int(point[1]), pairs))
    found.sort(key=lambda item: (-item[1], item[0]))
    return tuple(found[:limit])


def _active(graph: Graph, *, since: float, until: float) -> tuple[set[Node], set[Node]]:
    first: dict[Node, float] = {}
    active: set[Node] = set()
    for source, _, edge in graph.edges(data=True):
        if edge["kind"] in ("asked", "answered"):
            first[source] = min(first.get(source, math.inf), edge["at"])
            if since <= edge["at"] < until:
                active.add(source)
    joined = {member: graph.nodes[member].get("joined") or first[member] for member in active}
    return active, {member for member in active if joined[member] >= since - NEWCOMER}


def _answers_given(graph: Graph, *, since: float, until: float) -> Counter[Node]:
    """By member: how many topics of others they answered."""
    pairs = {(source, topic) for source, topic, edge in graph.edges(data=True) if edge["kind"] == "answered" and since <= edge["at"] < until}
    return Counter(source for source, _ in pairs)


_Wait = tuple[tuple[str, ...], float | None]


def _waits(graph: Graph, *, since: float, until: float) -> list[_Wait]:
    """For each topic opened in the period what it is about, its category first, and the seconds until somebody else replied, if anybody did."""
    waits: list[_Wait] = []
    for topic, about in graph.nodes(data=True):
        at = about.get("at")
        if about.get("kind") == "topic" and at is not None and since <= at < until:
            answers = [edge["at"] for _, _, edge in graph.in_edges(topic, data=True) if edge["kind"] == "answered"]
            subjects = (about.get("category") or "", *(f"#{tag}" for tag in about.get("tags") or ()))
            waits.append((subjects, max(min(answers) - at, 0.0) if answers else None))
    return waits


def _unanswered(waits: Sequence[_Wait]) -> dict[str, tuple[int, int]]:
    every = Counter(subject for subjects, _ in waits for subject in subjects)
    missing = Counter(subject for subjects, wait in waits if wait is None for subject in subjects)
    return {subject: (missing[subject], every[subject]) for subject in sorted(every)}


def _for_half(given: Sequence[int]) -> int:
    total, so_far = sum(given), 0
    for count, amount in enumerate(sorted(given, reverse=True), start=1):
        so_far += amount
        if 2 * so_far >= total:
            return count
    return 0


def _reach(exchanges: "nx.DiGraph[Node]", active: set[Node], *, seed: int) -> float:
    if len(active) < 2:
        return 0.0
    ties = exchanges.to_undirected(as_view=True)
    sources = sorted(active)
    if len(sources) > MAX_SOURCES:
        # Equally far apart from a start that the seed decides: the same for the same community.
        step = len(sources) / MAX_SOURCES
        sources = [sources[int(seed % step + i * step) % len(sources)] for i in range(MAX_SOURCES)]
    near = [len(active.intersection(nx.single_source_shortest_path_length(ties, source, cutoff=2))) - 1 for source in sources]
    return sum(near) / len(near) / (len(active) - 1)
