"""What the store tells a community's graph, as facts: who its members are, what they wrote, liked and accepted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.domain.content import Post, Topic
from plugin.domain.learning import WeightChangeKind
from plugin.domain.members import Consent, Member
from plugin.domain.skills import SkillChoice, Standing
from plugin.graph import text
from plugin.graph.facts import NOBODY, LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.names import Names
from plugin.graph.weights import SHIPPED, Weights
from plugin.store.unit_of_work import UnitOfWork

TITLE_WEIGHT = 2
"""A word of the title counts as much as this many in the first post."""


@dataclass(frozen=True)
class Facts:
    """Everything that a graph is told about a community."""

    members: Sequence[MemberFact]
    posts: Sequence[PostFact]
    likes: Mapping[str, Sequence[LikeFact]]
    solved: Mapping[str, SolvedFact | None]


def facts(unit: UnitOfWork) -> Facts:
    """What the store knows, as facts for the graph."""
    topics = {topic.id: topic for topic in unit.topics.all()}
    posts = list(unit.posts.each())
    by_id = {post.id: post for post in posts}
    return Facts(
        members=list(member_facts(unit, unit.members.all(), choices=unit.skills.all_choices(), loads=unit.mentorships.loads())),
        posts=post_facts(unit, posts, topics, siblings=posts, mentions=unit.posts.mentions()),
        likes=like_facts(by_id, unit.likes.all()),
        solved=solved_facts(topics.values(), by_id),
    )


def weights_in_force(unit: UnitOfWork) -> Weights:
    """The weights by which this community ranks."""
    change = unit.learned.in_force()
    if change is None or change.kind is WeightChangeKind.RESET:
        return SHIPPED
    try:
        return Weights.from_json(change.weights)
    except ValueError:
        return SHIPPED


def member_facts(
    unit: UnitOfWork, members: Iterable[Member], *, choices: Mapping[int, Sequence[SkillChoice]], loads: Mapping[int, int]
) -> Iterable[MemberFact]:
    """What members say of themselves and how they take part. ``loads`` is how many mentees each has; who hid a skill is not known for any of its names."""
    policy, key = unit.policy, unit.keys.terms
    names = Names(unit.skills.names()) if choices else Names()
    hidden = {member for member, given in unit.consents.in_force(Consent.EXPERT).items() if not given}
    mentors = unit.groups.members_of(policy.mentor_group) if policy.mentor_group else set()
    for member in members:
        offers = member.fields.get(policy.offers_field, "")
        places = _number(member.fields.get(policy.places_field, ""))
        willing = member.id in mentors or bool(places) or bool(offers.strip())
        said = choices.get(member.id, ())
        able = [one.name for one in said if one.standing in (Standing.CAPABLE, Standing.EXPERT)]
        curious = [one.name for one in said if one.standing is Standing.LEARNING]
        yield MemberFact(
            member=member.id,
            joined=member.created_at.timestamp() if member.created_at else 0.0,
            last_seen=member.last_seen_at.timestamp() if member.last_seen_at else None,
            timezone=member.timezone or None,
            locale=member.locale or None,
            offers=text.term_counts(" ".join([offers, *able]), key=key),
            wants=text.term_counts(" ".join([member.fields.get(policy.wants_field, ""), *curious]), key=key),
            about=text.term_counts(f"{member.title} {member.bio}", key=key),
            willing=True if willing else (False if places == 0 else None),
            capacity=places,
            load=loads.get(member.id, 0),
            available=member.takes_part and member.id not in hidden,
            hidden=hidden_subjects(said, names, key=key),
        )


def hidden_subjects(said: Iterable[SkillChoice], names: Names, *, key: bytes) -> tuple[frozenset[int], ...]:
    """The terms of each skill that a member hid, by each of its names."""
    every = [name for one in said if one.standing is Standing.HIDDEN for name in (one.name, *names.synonyms(one.name))]
    return tuple(terms for name in every if (terms := frozenset(text.term_counts(name, key=key))))


def _number(word: str) -> int | None:
    digits = word.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 4 else None


def post_facts(
    unit: UnitOfWork, posts: Sequence[Post], topics: Mapping[str, Topic], *, siblings: Sequence[Post], mentions: Sequence[tuple[str, int]]
) -> list[PostFact]:
    """What was written, with its topic's title as words of its first post.

    ``siblings`` are posts of the same topics, by which a reply finds whom it answers. Posts that were deleted or whose topic is not known are left out.
    """
    author_at = {(post.topic_id, post.number): post.author_id for post in siblings}
    named: dict[str, list[int]] = {}
    for post_id, member in mentions:
        named.setdefault(post_id, []).append(member)
    facts = []
    for post in posts:
        topic = topics.get(post.topic_id)
        if not post.live or topic is None:
            continue
        terms = dict(post.terms)
        if post.number == 1:
            for digest, count in text.term_counts(topic.title, key=unit.keys.terms).items():
                terms[digest] = terms.get(digest, 0) + TITLE_WEIGHT * count
        asker = topic.author_id if topic.author_id is not None else author_at.get((post.topic_id, 1), NOBODY)
        facts.append(
            PostFact(
                post_id=post.id,
                topic_id=post.topic_id,
                author=post.author_id,
                at=post.created_at.timestamp(),
                number=post.number,
                asker=asker,
                reply_to_author=None if post.reply_to_number is None else author_at.get((post.topic_id, post.reply_to_number)),
                terms=terms,
                category=topic.space_id,
                tags=topic.tags,
                mentions=tuple(sorted(named.get(post.id, ()))),
            )
        )
    return facts


def like_facts(posts: Mapping[str, Post], likes: Iterable[tuple[str, int, datetime]]) -> dict[str, list[LikeFact]]:
    """Likes of ``posts``, by post. Liking one's own says nothing."""
    found: dict[str, list[LikeFact]] = {}
    for post_id, member, at in likes:
        post = posts.get(post_id)
        if post is not None and post.author_id != member:
            found.setdefault(post_id, []).append(LikeFact(post_id=post_id, member=member, author=post.author_id, at=at.timestamp()))
    return found


def solved_facts(topics: Iterable[Topic], posts: Mapping[str, Post]) -> dict[str, SolvedFact | None]:
    """The accepted answer of each topic; ``None`` for a topic without one."""
    found: dict[str, SolvedFact | None] = {}
    for topic in topics:
        post = posts.get(topic.solution_post_id) if topic.solution_post_id else None
        found[topic.id] = (
            None if post is None or not post.live else SolvedFact(topic_id=topic.id, post_id=post.id, author=post.author_id, at=post.created_at.timestamp())
        )
    return found
