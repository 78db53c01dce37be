"""The graph, its measures and its pictures."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import networkx as nx
import pytest

from plugin.graph.build import Graph, MentorshipFact, Node, build
from plugin.graph.measures import bridges, exchanged, measure
from plugin.graph.pictures import chart, network
from tests.plugin.graph.make import DAY, NOW, community, like, member, post, solved


def graph() -> Graph:
    members, posts = community()
    return build(
        members=members,
        posts=posts,
        likes=[like(3, by=2, of=10)],
        solved=[solved(3, topic=1, by=10)],
        mentorships=[MentorshipFact(mentor=10, mentee=2, at=NOW - DAY, state="active")],
        skills={10: {"shaders": 0.8}},
    )


def kinds(of: Graph, source: Node, target: Node) -> set[str]:
    return {edge["kind"] for _, to, edge in of.out_edges(source, data=True) if to == target}


def test_the_graph_holds_what_went_on() -> None:
    found = graph()
    assert kinds(found, ("member", 10), ("member", 1)) == {"reply"}
    assert kinds(found, ("member", 1), ("member", 10)) == {"solved"}
    assert kinds(found, ("member", 2), ("member", 10)) == {"like"}
    assert "mentorship" in kinds(found, ("member", 10), ("member", 2))
    assert found.get_edge_data(("member", 10), ("skill", "shaders"), "knows")["confidence"] == 0.8
    assert kinds(found, ("member", 10), ("skill", "shaders")) == {"knows"}
    assert kinds(found, ("member", 1), ("topic", "1")) == {"asked"}
    assert found.nodes["topic", "1"]["category"] == "10"


def test_a_reply_goes_to_whom_it_answers_and_mentions_count() -> None:
    found = build(posts=[post(1, topic=1, author=3, asker=1, words="", days_ago=1, reply_to_author=2, mentions=(3, 4))])
    assert kinds(found, ("member", 3), ("member", 2)) == {"reply"}
    assert kinds(found, ("member", 3), ("member", 4)) == {"mention"}
    assert not found.has_edge(("member", 3), ("member", 3))


def test_building_twice_adds_nothing() -> None:
    members, posts = community()
    assert build(members=members, posts=[*posts, *posts]).number_of_edges() == build(members=members, posts=posts).number_of_edges()


def test_measures_of_a_period() -> None:
    health = measure(graph(), since=NOW - 90 * DAY, until=NOW)
    assert health.active == 10
    assert health.answered == 1.0
    assert health.median_hours_to_answer == pytest.approx(12, abs=1)
    assert health.helpers_for_half == 2
    assert health.top5_share == 1.0
    assert health.unanswered == {"": (0, 4), "10": (0, 4), "11": (0, 4), "12": (0, 4)}
    assert 0 < health.reach <= 1


def test_an_empty_period_measures_nothing() -> None:
    health = measure(graph(), since=0.0, until=1.0)
    assert (health.active, health.reach, health.gini, health.answered, health.median_hours_to_answer) == (0, 0.0, 0.0, 0.0, None)


def test_newcomers_without_any_reply_are_isolated() -> None:
    posts = [
        post(1, topic=1, author=1, asker=1, words="hello", days_ago=3),
        post(2, topic=2, author=2, asker=2, words="hello", days_ago=3),
        post(3, topic=2, author=3, asker=2, words="welcome", days_ago=2),
    ]
    health = measure(build(members=[member(3)], posts=posts), since=NOW - 10 * DAY, until=NOW)
    assert health.newcomers == 2
    assert health.isolated_newcomers == 0.5
    assert health.unanswered == {"": (1, 2)}


def test_what_stays_unanswered_is_told_by_category_and_tag() -> None:
    posts = [
        replace(post(1, topic=1, author=1, asker=1, words="how", days_ago=3, category="10"), tags=("pricing", "legal")),
        replace(post(2, topic=2, author=1, asker=1, words="why", days_ago=3, category="10"), tags=("pricing",)),
        post(3, topic=2, author=2, asker=1, words="because", days_ago=2, category="10"),
    ]
    health = measure(build(posts=posts), since=NOW - 10 * DAY, until=NOW)
    assert health.unanswered == {"10": (1, 2), "#legal": (1, 1), "#pricing": (1, 2)}


def test_a_bridge_is_whoever_holds_two_circles_together() -> None:
    ties: nx.DiGraph[Node] = nx.DiGraph()
    for a, b in [(1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (5, 3)]:
        ties.add_edge(("member", a), ("member", b), weight=1)
    assert bridges(ties) == ((3, 4),)


def test_pictures_are_svg_and_deterministic_and_escape_names() -> None:
    ties = exchanged(graph(), since=0.0, until=NOW)
    drawn = network(ties, names={10: '<script>"&'}, seed=3)
    assert drawn == network(ties, names={10: '<script>"&'}, seed=3)
    root = ET.fromstring(drawn)  # noqa: S314  # our own output
    assert len(root.findall("{*}circle")) == len(ties)
    assert "<script" not in drawn


def test_charts_have_a_line_for_each_run_of_values() -> None:
    drawn = chart({"reach": [0.1, None, 0.3, 0.4], "a<b": [None, None, None, None]}, labels=["1", "2", "3", "4"], title="Over time")
    root = ET.fromstring(drawn)  # noqa: S314  # our own output
    assert len(root.findall("{*}polyline")) == 2
    assert next(mark.text for mark in root.findall("{*}text")) == "Over time"


def test_empty_pictures_are_pictures() -> None:
    ET.fromstring(network(nx.DiGraph(), names={}, seed=0))  # noqa: S314  # our own output
    ET.fromstring(chart({}, labels=[], title="nothing"))  # noqa: S314  # our own output
