"""Skills of members."""

from plugin.graph import bulk
from plugin.graph.expertise import Skill, profile, terms_of
from plugin.graph.knowledge import Knowledge
from plugin.graph.text import words_of
from tests.plugin.graph.make import DAY, KEY, NOW, SUBJECTS, community, member, post

WORDS = words_of(" ".join([*SUBJECTS.values(), "weather sunny rainy cooking"]), key=KEY)


def skills(knowledge: Knowledge, number: int, *, now: float = NOW) -> dict[tuple[str, str], Skill]:
    return {(skill.name, skill.kind): skill for skill in profile(knowledge, number, vocabulary=WORDS, now=now)}


def known() -> Knowledge:
    members, posts = community(rounds=6)
    return bulk.build(members=members, posts=posts)


def test_answers_show_expertise_with_the_posts_behind_it() -> None:
    found = skills(known(), 11)
    packet = found["packet", "expertise"]
    assert 0 < packet.confidence < 1
    assert len(packet.post_ids) == 5
    assert not any(name in ("water", "weather") for name, _ in found)


def test_questions_show_interest_not_expertise() -> None:
    found = skills(known(), 5)
    assert ("weather", "interest") in found
    assert not any(kind == "expertise" for _, kind in found)


def test_old_answers_say_less() -> None:
    now, later = skills(known(), 11), skills(known(), 11, now=NOW + 300 * DAY)
    assert later["packet", "expertise"].confidence < now["packet", "expertise"].confidence


def test_it_is_known_when_something_was_shown_last() -> None:
    members, posts = community(rounds=6)
    latest = max(fact.at for fact in posts if fact.author == 11)
    assert skills(bulk.build(members=members, posts=posts), 11)["packet", "expertise"].at == float(int(latest))


def test_tags_are_skills_by_their_own_name() -> None:
    knowledge = bulk.build(members=[member(1), member(2)])
    knowledge.put_post(post(1, topic=1, author=1, asker=1, words="help", days_ago=2, tags=("physics",)))
    knowledge.put_post(post(2, topic=1, author=2, asker=1, words="sure", days_ago=1, tags=("physics",)))
    assert skills(knowledge, 2)["physics", "expertise"].post_ids == ("2",)
    assert skills(knowledge, 1)["physics", "interest"].post_ids == ("1",)


def test_the_terms_asked_for_are_the_ones_used() -> None:
    knowledge = known()
    wanted = terms_of(knowledge, 11)
    few = {term: word for term, word in WORDS.items() if term in wanted}
    assert profile(knowledge, 11, vocabulary=few, now=NOW) == profile(knowledge, 11, vocabulary=WORDS, now=NOW)


def test_unknown_members_have_no_skills() -> None:
    assert profile(known(), 999, vocabulary=WORDS, now=NOW) == []
    assert terms_of(known(), 999) == set()
