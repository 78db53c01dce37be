"""The community as a graph of networkx: to explore, to measure, to draw and to check small cases against.

Ranking does not use it: an edge costs some hundred bytes here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import networkx as nx

from plugin.graph.facts import NOBODY, LikeFact, MemberFact, PostFact, SolvedFact

__all__ = ["Graph", "MentorshipFact", "Node", "build"]

Node = tuple[str, int | str]
"""("member", number), ("skill", word) or ("topic", id)."""

Graph: TypeAlias = "nx.MultiDiGraph[Node]"


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorshipFact:
    """``mentor`` and ``mentee`` are or were paired in a program."""

    mentor: int
    mentee: int
    at: float
    state: str = ""


def build(
    *,
    members: Iterable[MemberFact] = (),
    posts: Iterable[PostFact] = (),
    likes: Iterable[LikeFact] = (),
    solved: Iterable[SolvedFact] = (),
    mentorships: Iterable[MentorshipFact] = (),
    skills: Mapping[int, Mapping[str, float]] | None = None,
) -> Graph:
    """Members, their skills, topics and all that went on between them.

    Edges between members say from whom to whom: ``reply`` from the author of a reply to whom they reply (the asker where the host does not say),
    ``mention``, ``like`` and ``solved`` (from the asker to the author of the accepted answer), ``mentorship`` from mentor to mentee. ``asked`` and
    ``answered`` lead from a member to a topic, ``knows`` from a member to a skill with its ``confidence``. Each has ``at`` (seconds since 1970), and
    ``post`` where a post stands behind it. Topics have ``category``, ``tags`` and ``at``. Members that only occur in posts are there too, without ``joined``.
    """
    graph: Graph = nx.MultiDiGraph()
    for member in members:
        graph.add_node(("member", member.member), kind="member", joined=member.joined)
    askers: dict[str, int] = {}
    for post in posts:
        askers[post.topic_id] = post.asker
        _add_post(graph, post)
    for like in likes:
        _between(graph, like.member, like.author, "like", at=like.at, post=like.post_id)
    for solution in solved:
        asker = askers.get(solution.topic_id)
        if asker is not None and asker not in {NOBODY, solution.author}:
            _between(graph, asker, solution.author, "solved", at=solution.at, post=solution.post_id)
    for pair in mentorships:
        _between(graph, pair.mentor, pair.mentee, "mentorship", at=pair.at, post="", state=pair.state)
    for owner, known in (skills or {}).items():
        for name, confidence in known.items():
            graph.add_node(("skill", name), kind="skill")
            graph.add_edge(_member(graph, owner), ("skill", name), key="knows", kind="knows", confidence=confidence)
    return graph


def _member(graph: Graph, number: int) -> Node:
    node: Node = ("member", number)
    if node not in graph:
        graph.add_node(node, kind="member")
    return node


def _between(graph: Graph, source: int, target: int, kind: str, *, at: float, post: str, **attributes: str) -> None:
    graph.add_edge(_member(graph, source), _member(graph, target), key=(kind, post, target), kind=kind, at=at, post=post, **attributes)


def _add_post(graph: Graph, post: PostFact) -> None:
    topic: Node = ("topic", post.topic_id)
    if topic not in graph:
        graph.add_node(topic, kind="topic", category=post.category, tags=post.tags)
    if post.number == 1:
        graph.nodes[topic]["at"] = post.at
    kind = "asked" if post.author == post.asker else "answered"
    graph.add_edge(_member(graph, post.author), topic, key=(kind, post.post_id), kind=kind, at=post.at, post=post.post_id)
    if post.number > 1:
        target = post.asker if post.reply_to_author is None else post.reply_to_author
        if target not in {post.author, NOBODY}:
            _between(graph, post.author, target, "reply", at=post.at, post=post.post_id)
    for member in post.mentions:
        if member != post.author:
            _between(graph, post.author, member, "mention", at=post.at, post=post.post_id)
