"""Small communities for tests."""

from collections.abc import Mapping
from dataclasses import replace

from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.text import digest, term_counts

KEY = b"sixteen bytes or"
DAY = 86_400.0
NOW = 1_700_000_000.0


def member(number: int, *, offers: str = "", wants: str = "", about: str = "", **more: object) -> MemberFact:
    return replace(MemberFact(member=number, joined=NOW - 400 * DAY, offers=counts(offers), wants=counts(wants), about=counts(about)), **more)  # type: ignore[arg-type]  # passed on


def counts(words: str) -> dict[int, int]:
    return term_counts(words, key=KEY)


def term(word: str) -> int:
    return digest(word, key=KEY)


def post(number: int, *, topic: int, author: int, asker: int, words: str, days_ago: float, first: bool | None = None, **more: object) -> PostFact:
    opening = author == asker if first is None else first
    return PostFact(
        post_id=str(number),
        topic_id=str(topic),
        author=author,
        at=NOW - days_ago * DAY,
        number=1 if opening else 2,
        asker=asker,
        terms=counts(words),
        **more,  # type: ignore[arg-type]  # passed through
    )


def like(post_id: int, *, by: int, of: int, days_ago: float = 1.0) -> LikeFact:
    return LikeFact(post_id=str(post_id), member=by, author=of, at=NOW - days_ago * DAY)


def solved(post_id: int, *, topic: int, by: int, days_ago: float = 1.0) -> SolvedFact:
    return SolvedFact(topic_id=str(topic), post_id=str(post_id), author=by, at=NOW - days_ago * DAY)


SUBJECTS: Mapping[int, str] = {
    10: "shader water reflection rendering",
    11: "network server packet latency",
    12: "shader texture light rendering",
}
"""What members 10, 11 and 12 answer about."""


def community(*, askers: int = 6, rounds: int = 4) -> tuple[list[MemberFact], list[PostFact]]:
    """Members 0… ask, 10, 11 and 12 answer, each about their own subject; 20 chats about the weather, 30 is silent."""
    members = [member(number) for number in [*range(askers), *SUBJECTS, 20, 30]]
    posts: list[PostFact] = []
    number = 0
    for turn in range(rounds):
        for helper, words in SUBJECTS.items():
            number += 1
            asker = number % askers
            days = 60.0 - 10 * turn - helper / 10
            posts.append(post(2 * number, topic=number, author=asker, asker=asker, words=f"how does {words} work", days_ago=days, category=str(helper)))
            posts.append(
                post(2 * number + 1, topic=number, author=helper, asker=asker, words=f"{words} works like this", days_ago=days - 0.5, category=str(helper))
            )
    for turn in range(rounds):
        number += 1
        posts.append(post(2 * number, topic=number, author=5, asker=5, words="sunny weather", days_ago=20.0 - turn))
        posts.append(post(2 * number + 1, topic=number, author=20, asker=5, words="rainy weather", days_ago=19.5 - turn))
    return members, posts
