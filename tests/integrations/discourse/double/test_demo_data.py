"""The demo community is only useful if it is whole: every name resolves, every time is possible, and nothing private is also public."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ConfigDict, Field

DEMO = Path(__file__).resolve().parents[4] / "integrations" / "discourse" / "double" / "demo"

QUOTE = re.compile(r'\[quote="(\w+), post:(\d+), topic:(\d+)"\]\n(.+?)\n\[/quote\]', re.DOTALL)
MENTION = re.compile(r"(?<![\w@./])@(\w+)")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
URL = re.compile(r"https?://([^/\s)]+)")

MESSAGES_OPT_IN = "3"
PLACES_OPEN = "4"
SOLVABLE = {"ask-for-help", "craft-skills"}
RESERVED_DOMAINS = {"example.com", "example.org", "example.net"}

# A question nobody answered, the member whose own posts show that they could, and words of the craft that these posts share with the question.
OPEN_QUESTIONS = [
    ("Hiring my first two casual workers", "earl_j", {"no-shows", "hired", "work", "hours"}),
    ("Funder wants trees planted", "aroha_t", {"report", "funder", "grant", "number"}),
    ("Shipment held at customs", "kwabena_o", {"tariff", "invoice", "carton", "pallet"}),
    ("First shots from the new mould", "yusuf_d", {"ribs", "sink", "wall", "tool"}),
    ("Co-packer asks for a minimum", "chef_abel", {"co-packer", "pH", "minimum", "bottles"}),
    ("He sent a SAFE", "bart_vdm", {"discount", "cap", "round", "loan"}),
    ("They want to", "ngozi_eze", {"clinical", "hazard", "go-live", "arrows"}),
    ("Appointments table at 2 million rows", "ioana_v", {"plan", "index", "rows", "query"}),
    ("How many interviews before I stop", "priya_n", {"interviews", "people", "kind", "recruit"}),
    ("Modal dialog: the screen reader", "soojin", {"modal", "focus", "inert", "aria"}),
    ("Modal dialog: the screen reader", "tobias_a11y", {"screen", "reader", "focus", "heard"}),
]

# Words chosen so that a leak from a closed place is seen at once.
PRIVATE_WORDS = ["cormorant", "propranolol", "Zirkonwerk", "Tohloppi", "Virtaluoto"]
CLOSED_WORDS = [
    ("mentors-room", "quiet harbour"),
    ("mentors-room", "periwinkle"),
    ("mentors-room", "kingfisher hour"),
    ("staff", "marzipan"),
    ("staff", "ostrich-17"),
    ("staff", "halibut supper"),
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Site(Strict):
    title: str
    description: str


class UserField(Strict):
    id: int
    name: str
    editable: bool


class Category(Strict):
    id: int
    name: str = Field(max_length=50)
    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    description: str
    access: str | list[str]
    color: str = Field(pattern=r"^[0-9A-F]{6}$")


class Group(Strict):
    id: int
    name: str = Field(pattern=r"^[a-z0-9-]{3,20}$")
    full_name: str
    bio: str
    members: list[str]
    owners: list[str]


class Badge(Strict):
    id: int
    name: str
    description: str
    type: int = Field(ge=1, le=3)


class User(Strict):
    id: int
    username: str = Field(pattern=r"^[a-z0-9_]{3,20}$")
    name: str
    email: str
    joined_days_ago: float
    last_seen_hours_ago: float = Field(gt=0)
    timezone: str
    locale: str
    title: str
    bio: str = Field(max_length=3000)
    location: str
    website: str
    user_fields: dict[str, str]
    trust_level: int = Field(ge=0, le=4)
    admin: bool
    moderator: bool
    state: str = Field(pattern=r"^(normal|staged|unconfirmed|suspended)$")


class Post(Strict):
    by: str
    hours_after: float = Field(ge=0)
    text: str = Field(min_length=20)
    reply_to: int | None
    likes: list[str]
    accepted: bool


class Topic(Strict):
    id: int
    title: str = Field(min_length=15, max_length=255)
    category: str
    tags: list[str] = Field(max_length=5)
    days_ago: float
    posts: list[Post] = Field(min_length=1)

    def age_in_days(self, post: Post) -> float:
        return self.days_ago - post.hours_after / 24


class PrivatePost(Strict):
    by: str
    hours_after: float = Field(ge=0)
    text: str = Field(min_length=10)


class PrivateMessage(Strict):
    title: str = Field(min_length=2)
    sender: str = Field(alias="from")
    to: list[str] = Field(min_length=1)
    days_ago: float
    posts: list[PrivatePost] = Field(min_length=1)


class Demo(Strict):
    site: Site
    user_fields: list[UserField]
    categories: list[Category]
    groups: list[Group]
    badges: list[Badge]
    users: list[User]
    topics: list[Topic]
    private_messages: list[PrivateMessage]

    @property
    def names(self) -> dict[str, User]:
        return {user.username: user for user in self.users}

    @property
    def posts(self) -> list[tuple[Topic, Post]]:
        return [(topic, post) for topic in self.topics for post in topic.posts]

    def may_read(self, category: Category) -> set[str]:
        """Who sees a category's posts; staff sees all."""
        staff = {user.username for user in self.users if user.admin or user.moderator}
        if category.access in ("everyone", "members"):
            return {user.username for user in self.users if user.state in ("normal", "suspended")}
        if category.access == "staff":
            return staff
        return staff | {name for group in self.groups if group.name in category.access for name in group.members}


@cache
def demo() -> Demo:
    merged: dict[str, object] = {}
    topics: list[object] = []
    for path in sorted(DEMO.glob("*.json")):
        part: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        found = part.pop("topics", [])
        assert isinstance(found, list)
        topics.extend(found)
        assert not merged.keys() & part.keys(), f"{path.name} repeats a key of another file"
        merged |= part
    return Demo.model_validate_json(json.dumps(merged | {"topics": topics}))


def repeated(values: list[str] | list[int]) -> list[str | int]:
    return [value for value, count in Counter[str | int](values).items() if count > 1]


def test_a_file_of_topics_holds_the_category_of_its_name() -> None:
    for path in DEMO.glob("topics-*.json"):
        topics = json.loads(path.read_text(encoding="utf-8"))["topics"]
        assert {topic["category"] for topic in topics} == {path.stem.removeprefix("topics-")}


def test_ids_are_unique_and_leave_room_for_the_hosts_own() -> None:
    data = demo()
    for first, ids in [
        (1, [user.id for user in data.users]),
        (4, [category.id for category in data.categories]),
        (41, [group.id for group in data.groups]),
        (101, [badge.id for badge in data.badges]),
        (11, [topic.id for topic in data.topics]),
    ]:
        assert sorted(ids) == list(range(first, first + len(ids)))


def test_names_titles_and_texts_are_used_once() -> None:
    data = demo()
    assert not repeated([user.username for user in data.users] + [group.name for group in data.groups])
    assert not repeated([user.email for user in data.users])
    assert not repeated([user.name for user in data.users])
    assert not repeated([user.bio for user in data.users if user.bio])
    assert not repeated([category.slug for category in data.categories])
    assert not repeated([topic.title.casefold() for topic in data.topics])
    assert not repeated([post.text for _, post in data.posts])


def test_no_two_posts_share_a_long_sentence() -> None:
    sentences = [
        sentence.strip()
        for _, post in demo().posts
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", QUOTE.sub("", CODE.sub("", post.text)))
        if len(sentence.split()) >= 6
    ]
    assert not repeated(sentences)


def test_topic_ids_follow_time() -> None:
    topics = sorted(demo().topics, key=lambda topic: topic.id)
    assert [topic.days_ago for topic in topics] == sorted((topic.days_ago for topic in topics), reverse=True)


def test_users_are_plausible() -> None:
    data = demo()
    known_fields = {str(field.id) for field in data.user_fields}
    for user in data.users:
        assert user.email.split("@")[1] in RESERVED_DOMAINS, user.username
        assert ZoneInfo(user.timezone).key == user.timezone
        assert user.last_seen_hours_ago <= user.joined_days_ago * 24, user.username
        assert user.user_fields.keys() <= known_fields
        assert user.user_fields.get(MESSAGES_OPT_IN, "Yes, please") == "Yes, please"
        assert user.user_fields.get(PLACES_OPEN, "0").isdecimal()
    states = Counter(user.state for user in data.users)
    assert (states["staged"], states["unconfirmed"], states["suspended"]) == (1, 1, 1)
    assert sum(user.admin for user in data.users) == 2
    assert sum(user.moderator for user in data.users) == 2


def test_groups_and_categories_resolve() -> None:
    data = demo()
    groups = {group.name for group in data.groups}
    for group in data.groups:
        assert set(group.owners) <= set(group.members) <= data.names.keys(), group.name
        assert not repeated(group.members)
    for category in data.categories:
        assert category.access in ("everyone", "members", "staff") or set(category.access) <= groups


def test_posts_are_in_order_and_by_members_who_had_joined_and_may_write_there() -> None:
    data = demo()
    readers = {category.slug: data.may_read(category) for category in data.categories}
    for topic in data.topics:
        hours = [post.hours_after for post in topic.posts]
        assert hours[0] == 0, topic.title
        assert hours == sorted(set(hours)), topic.title
        for number, post in enumerate(topic.posts, 1):
            assert post.by in readers[topic.category], f"{topic.title} / {number}"
            assert 0 < topic.age_in_days(post) <= data.names[post.by].joined_days_ago, f"{topic.title} / {number}"
            assert data.names[post.by].last_seen_hours_ago <= topic.age_in_days(post) * 24, f"{post.by} wrote after being seen last"
            assert post.reply_to is None or 1 <= post.reply_to < number, f"{topic.title} / {number}"


def test_likes_are_by_others_who_may_read() -> None:
    data = demo()
    readers = {category.slug: data.may_read(category) for category in data.categories}
    for topic, post in data.posts:
        assert set(post.likes) <= readers[topic.category] - {post.by}, topic.title
        assert not repeated(post.likes)


def test_one_reply_at_most_is_accepted_and_only_where_that_exists() -> None:
    for topic in demo().topics:
        accepted = [post for post in topic.posts if post.accepted]
        assert len(accepted) <= 1
        assert not topic.posts[0].accepted
        assert not accepted or (topic.category in SOLVABLE and accepted[0].by != topic.posts[0].by), topic.title


def test_quotes_and_mentions_resolve() -> None:
    data = demo()
    topics = {topic.id: topic for topic in data.topics}
    addressed = data.names.keys() | {group.name for group in data.groups}
    quotes = mentions = 0
    for topic, post in data.posts:
        found = QUOTE.findall(post.text)
        assert len(found) == post.text.count("[quote") == post.text.count("[/quote]"), topic.title
        for author, number, topic_id, words in found:
            source = topics[int(topic_id)].posts[int(number) - 1]
            assert source.by == author, topic.title
            assert words in source.text, topic.title
            assert topics[int(topic_id)].age_in_days(source) > topic.age_in_days(post), topic.title
        named = set(MENTION.findall(CODE.sub("", post.text)))
        assert named <= addressed, topic.title
        quotes += len(found)
        mentions += len(named)
    assert quotes >= 8
    assert mentions >= 15


def test_links_lead_nowhere_real() -> None:
    data = demo()
    texts = [post.text for _, post in data.posts] + [user.website for user in data.users]
    for host in [host for text in texts for host in URL.findall(text)]:
        assert ".".join(host.split(".")[-2:]) in RESERVED_DOMAINS, host


def test_markup_is_closed() -> None:
    for topic, post in demo().posts:
        assert post.text.count("```") % 2 == 0, topic.title
        assert "{t:" not in post.text, topic.title
        assert post.text == post.text.strip(), topic.title


def test_private_messages_are_between_known_members() -> None:
    data = demo()
    for message in data.private_messages:
        people = {message.sender, *message.to}
        assert people <= data.names.keys()
        assert message.sender not in message.to
        assert message.posts[0].by == message.sender
        for post in message.posts:
            assert post.by in people
            age = message.days_ago - post.hours_after / 24
            assert 0 < age <= data.names[post.by].joined_days_ago
            assert data.names[post.by].last_seen_hours_ago <= age * 24, f"{post.by} wrote after being seen last"


@pytest.mark.parametrize("word", PRIVATE_WORDS)
def test_words_of_private_messages_are_nowhere_else(word: str) -> None:
    data = demo()
    assert any(word in post.text or word in message.title for message in data.private_messages for post in message.posts)
    elsewhere = data.model_copy(update={"private_messages": []})
    assert word.casefold() not in elsewhere.model_dump_json().casefold()


@pytest.mark.parametrize(("slug", "word"), CLOSED_WORDS)
def test_words_of_closed_categories_are_nowhere_else(slug: str, word: str) -> None:
    assert {topic.category for topic, post in demo().posts if word in post.text} == {slug}


@pytest.mark.parametrize(("title", "expert", "words"), OPEN_QUESTIONS)
def test_an_open_question_has_somebody_who_showed_the_experience(title: str, expert: str, words: set[str]) -> None:
    data = demo()
    [question] = [topic for topic in data.topics if topic.title.startswith(title) and len(topic.posts) == 1]
    assert question.days_ago < 10
    assert question.posts[0].by != expert
    shown = " ".join(post.text for topic, post in data.posts if post.by == expert and topic is not question).casefold()
    assert len([word for word in words if word.casefold() in shown]) >= 3
    assert data.names[expert].state == "normal"


def test_sizes() -> None:
    data = demo()
    assert 58 <= len(data.users) <= 66
    assert 120 <= len(data.topics) <= 150
    assert 520 <= len(data.posts) <= 650
    assert 33 <= len({tag for topic in data.topics for tag in topic.tags}) <= 45
    assert all(1 <= len(tag) <= 20 and tag == tag.lower() for topic in data.topics for tag in topic.tags)
    assert max(len(post.text.split()) for _, post in data.posts) <= 250
    opted_in = sum(MESSAGES_OPT_IN in user.user_fields for user in data.users)
    assert 0.4 <= opted_in / len(data.users) <= 0.6


def test_activity_is_uneven_and_grows() -> None:
    data = demo()
    written = Counter(post.by for _, post in data.posts)
    assert sum(written[user.username] <= 2 for user in data.users) >= 5
    ranked = [count for _, count in written.most_common()]
    assert sum(ranked[:10]) > sum(ranked[-25:])
    ages = [topic.age_in_days(post) for topic, post in data.posts]
    assert max(ages) > 400
    assert sum(age < 2 for age in ages) >= 8
    assert sum(age < 60 for age in ages) > 2 * sum(age > 360 for age in ages)


def test_about_half_of_the_answered_questions_are_solved() -> None:
    answered = [topic for topic in demo().topics if topic.category in SOLVABLE and len(topic.posts) > 1]
    solved = [topic for topic in answered if any(post.accepted for post in topic.posts)]
    assert 0.4 <= len(solved) / len(answered) <= 0.6
