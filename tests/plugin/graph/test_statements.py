"""What members say of themselves counts where it tells about the need's subject, and is told as what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.graph.affinity import Contribution, Need, Ranked, rank
from plugin.graph.bulk import build
from plugin.graph.facts import MemberFact
from plugin.graph.knowledge import Knowledge
from plugin.graph.weights import SHIPPED
from tests.plugin.graph.make import NOW, counts, member, post, term

NEED = "ask small interview"


def talk(*said: MemberFact) -> Knowledge:
    """Members 0 to 3 ask and 4 answers: every third topic holds "ask", every sixth "small", strewn; one subject in twelve is interviews."""
    posts = []
    for number in range(1, 61):
        words = " ".join([f"w{number}", "ask" * (number % 3 == 0), "small" * (number % 6 == 1), "interview interview interview" * (number % 12 == 5)])
        posts.append(post(2 * number, topic=number, author=number % 4, asker=number % 4, words=words, days_ago=100 - number))
        posts.append(post(2 * number + 1, topic=number, author=4, asker=number % 4, words=f"x{number}", days_ago=99.5 - number))
    return build(members=[*(member(number) for number in range(5)), *said], posts=posts)


def found_for(knowledge: Knowledge, words: str = NEED) -> dict[int, Ranked]:
    return {one.member: one for one in rank(knowledge, Need(counts(words), asker=0), now=NOW, weights=SHIPPED)}


def offer(one: Ranked) -> Contribution:
    return next(c for c in one.contributions if c.criterion == "offer")


def test_everyday_words_of_a_profile_are_no_offer() -> None:
    found = found_for(talk(member(10, offers="finding the right person to ask"), member(11, offers="small interview", about="ask"), member(12, about="small")))
    assert offer(found[11]).terms == (term("interview"),)
    assert not {10, 12} & found.keys(), "they have nothing to do with it"


def test_what_somebody_mentions_about_themselves_is_no_offer_and_counts_half() -> None:
    found = found_for(talk(member(10, offers="interview"), member(11, about="interview"), member(12, offers="interview", about="interview")))
    said, mentioned, both = (offer(found[number]) for number in (10, 11, 12))
    assert mentioned.value == pytest.approx(said.value / 2)
    assert both.value == pytest.approx(said.value)
    assert [dict(one.facts) for one in (said, mentioned, both)] == [{}, {"about": 1}, {}]
    assert mentioned.terms == said.terms == (term("interview"),)


def test_whoever_offers_only_a_side_of_it_is_not_as_good_as_who_offers_the_heart() -> None:
    words = "interview interview garden"
    alone = offer(found_for(talk(member(10, offers="garden")), words)[10])
    beside = found_for(talk(member(10, offers="garden"), member(11, offers="interview")), words)
    assert offer(beside[11]).value > offer(beside[10]).value
    assert alone.value > 0


def test_where_nobody_has_written_words_stand_for_themselves() -> None:
    found = rank(build(members=[member(1, offers="ask"), member(2, about="small")]), Need(counts(NEED)), now=NOW, weights=SHIPPED)
    assert {one.member: offer(one).terms for one in found} == {1: (term("ask"),), 2: (term("small"),)}


@given(st.lists(st.tuples(st.sampled_from(["ask", "small", "interview", ""]), st.sampled_from(["ask garden", "interview", ""])), max_size=5))
def test_what_was_said_is_forgotten_without_a_trace(said: list[tuple[str, str]]) -> None:
    knowledge = Knowledge()
    for number, (offers, about) in enumerate(said):
        knowledge.put_member(member(number % 2, offers=offers, about=about))
    for number in (0, 1):
        knowledge.remove_member(number)
    assert (knowledge.offers, knowledge.about) == ({}, {})
