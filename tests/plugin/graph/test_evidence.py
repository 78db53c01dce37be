"""What there is to show for a reason."""

import numpy as np
import pytest

from plugin.graph import bulk
from plugin.graph.affinity import Need, rank
from plugin.graph.knowledge import Knowledge
from plugin.graph.similar import clumping
from plugin.graph.weights import SHIPPED
from tests.plugin.graph.make import NOW, counts, member, post, term


def entries(*numbers: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(np.arange(len(numbers), dtype=np.int32), np.array(numbers, np.uint8))]


def test_clumped_words_are_told_from_strewn_ones() -> None:
    clumped, strewn = clumping(entries(*[3] * 20), documents=1000), clumping(entries(*[1] * 20), documents=1000)
    assert clumped is not None
    assert strewn is not None
    assert clumped > 1.4
    assert strewn == pytest.approx(0, abs=0.05)
    assert clumping(entries(1, 1), documents=1000) is None


def talk() -> Knowledge:
    """Member 7 answers about shaders and now and then about cooking, 8 and 9 about the rest; everybody says "lately" at times, in all topics alike."""
    knowledge = bulk.build(members=[member(number) for number in range(10)])
    for number in range(1, 61):
        subject = ("shader shader shader", "cooking cooking", "travel travel", "music music", "sailing sailing")[number % 5]
        said = f"{subject} lately" if number % 3 == 0 else subject
        knowledge.put_post(post(2 * number, topic=number, author=number % 4, asker=number % 4, words=f"{said} w{number}", days_ago=100 - number))
        helper = (7, 7 if number % 2 else 9, 8, 8, 9)[number % 5]
        knowledge.put_post(post(2 * number + 1, topic=number, author=helper, asker=number % 4, words=f"{said} x{number}", days_ago=99.5 - number))
    return knowledge


def test_reasons_name_words_of_the_subject_and_count_topics_that_have_them() -> None:
    need = Need({**counts("lately"), term("shader"): 3}, asker=1)
    found = {one.member: one for one in rank(talk(), need, now=NOW, weights=SHIPPED)}
    topic = next(c for c in found[7].contributions if c.criterion == "topic")
    assert topic.terms == (term("shader"),)
    assert topic.facts["topics"] == 12
    assert len(topic.post_ids) == 5


def test_where_nothing_clumps_rarity_decides() -> None:
    knowledge = bulk.build(members=[member(number) for number in range(4)])
    for number in range(1, 40):
        words = "soil" if number < 3 else f"other{number}"
        knowledge.put_post(post(2 * number, topic=number, author=1, asker=1, words=words, days_ago=number))
        knowledge.put_post(post(2 * number + 1, topic=number, author=2 if number < 5 else 3, asker=1, words=words, days_ago=number))
    (found,) = rank(knowledge, Need(counts("soil")), now=NOW, weights=SHIPPED)
    assert next(c.terms for c in found.contributions if c.criterion == "topic") == (term("soil"),)


def test_no_post_is_shown_for_having_done_less() -> None:
    knowledge = talk()
    for number in range(100, 160):
        words = "sailing shader" if number == 100 else "sailing sailing"
        knowledge.put_post(post(2 * number, topic=number, author=0, asker=0, words="sailing sailing", days_ago=30))
        knowledge.put_post(post(2 * number + 1, topic=number, author=6, asker=0, words=words, days_ago=29))
    found = {one.member: one for one in rank(knowledge, Need(counts("shader"), asker=1), now=NOW, weights=SHIPPED)}
    against = [c for c in found[6].contributions if c.value < 0]
    assert "topic" in {c.criterion for c in against}
    assert all((c.terms, c.post_ids) == ((), ()) for c in against)
