"""The forum's memory: tables, their indexes and look-ups. It decides nothing; see ``actions`` and :mod:`access`."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from integrations.discourse.double.clock import Clock
from integrations.discourse.double.hooks.queue import HookQueue
from integrations.discourse.double.model import (
    ApiKey,
    Badge,
    Category,
    Grant,
    Group,
    Invite,
    Membership,
    Notification,
    Post,
    Session,
    Tag,
    Theme,
    Topic,
    User,
    UserField,
    WebHook,
    WebHookEvent,
)
from integrations.discourse.double.settings import Settings

EVERYONE, ADMINS, MODERATORS, STAFF, TRUST_LEVEL_0 = 0, 1, 2, 3, 10
AUTOMATIC_GROUPS = {
    0: "everyone",
    1: "admins",
    2: "moderators",
    3: "staff",
    10: "trust_level_0",
    11: "trust_level_1",
    12: "trust_level_2",
    13: "trust_level_3",
    14: "trust_level_4",
}
SYSTEM_ID, DISCOBOT_ID = -1, -2
FIRST_ID = {"groups": 41, "badges": 101, "categories": 4, "users": 1, "topics": 1, "posts": 1}


class Forum:
    """Everything the forum knows. Created with the system users, the automatic groups and an Uncategorized category."""

    def __init__(self, *, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = clock or Clock()
        self.users: dict[int, User] = {}
        self.categories: dict[int, Category] = {}
        self.tags: dict[str, Tag] = {}
        self.topics: dict[int, Topic] = {}
        self.posts: dict[int, Post] = {}
        self.groups: dict[int, Group] = {}
        self.memberships: dict[int, Membership] = {}
        self.badges: dict[int, Badge] = {}
        self.grants: dict[int, Grant] = {}
        self.fields: dict[int, UserField] = {}
        self.notifications: dict[int, Notification] = {}
        self.invites: dict[int, Invite] = {}
        self.api_keys: dict[int, ApiKey] = {}
        self.sessions: dict[str, Session] = {}
        self.web_hooks: dict[int, WebHook] = {}
        self.hook_events: dict[int, WebHookEvent] = {}
        self.themes: dict[int, Theme] = {}
        self.compiled: dict[int, str] = {}
        """What Discourse's own server would have made of the scripts of themes; here whoever has the tools for it puts it in."""
        self.last_ids: dict[str, int] = {}
        self.revision = 0
        self.hooks = HookQueue()
        self._clear_indexes()
        self._found()

    # ------------------------------------------------------------------------------------------------------------- making

    def now(self) -> float:
        """The forum's time."""
        return self.clock.now()

    def touch(self) -> None:
        """Note that something has changed; cached lists are stale."""
        self.revision += 1

    def next_id(self, table: str) -> int:
        """A new id of a table; ids are never used again."""
        self.last_ids[table] = max(self.last_ids.get(table, 0) + 1, FIRST_ID.get(table, 1))
        return self.last_ids[table]

    def claim_id(self, table: str, number: int) -> None:
        """Make sure that ``number`` is not given to anything else."""
        self.last_ids[table] = max(self.last_ids.get(table, 0), number)

    def _found(self) -> None:
        born = self.now()
        for number, name in AUTOMATIC_GROUPS.items():
            level = 4 if number in (ADMINS, MODERATORS) else 0
            self.groups[number] = Group(id=number, name=name, automatic=True, created_at=born, mentionable_level=0, visibility_level=level and 1)
        system = User(id=SYSTEM_ID, username="system", name="system", email="no_email", created_at=born, admin=True, moderator=True, trust_level=4)
        bot = User(id=DISCOBOT_ID, username="discobot", name="discobot", email="discobot_email", created_at=born, trust_level=4)
        for user in (system, bot):
            self.add_user(user)
        self.categories[1] = Category(id=1, name="Uncategorized", slug="uncategorized", color="0088CC")

    # ------------------------------------------------------------------------------------------------------------- indexes

    def _clear_indexes(self) -> None:
        self.by_username: dict[str, int] = {}
        self.by_email: dict[str, int] = {}
        self.topic_posts: dict[int, list[int]] = defaultdict(list)
        self.user_posts: dict[int, list[int]] = defaultdict(list)
        self.user_likes: dict[int, dict[int, float]] = defaultdict(dict)
        self.group_members: dict[int, dict[int, Membership]] = defaultdict(dict)
        self.user_groups: dict[int, dict[int, Membership]] = defaultdict(dict)
        self.user_grants: dict[int, list[int]] = defaultdict(list)
        self.user_notifications: dict[int, list[int]] = defaultdict(list)
        self.by_external_id: dict[str, int] = {}
        self.by_key: dict[str, ApiKey] = {}
        self.messages: set[int] = set()

    def reindex(self) -> None:
        """Build all indexes from the tables, after these were replaced."""
        self._clear_indexes()
        for user in self.users.values():
            self.index_user(user)
        for post in self.posts.values():
            self._index_post(post)
        for topic in self.topics.values():
            self._index_topic(topic)
        for membership in self.memberships.values():
            self._index_membership(membership)
        for grant in self.grants.values():
            self.user_grants[grant.user_id].append(grant.id)
        for notification in self.notifications.values():
            self.user_notifications[notification.user_id].append(notification.id)
        for key in self.api_keys.values():
            self.by_key[key.key] = key
        self.touch()

    def index_user(self, user: User) -> None:
        """Make a user findable by name and address."""
        self.by_username[user.username.lower()] = user.id
        for email in (user.email, *user.secondary_emails):
            if email:
                self.by_email[email.lower()] = user.id

    def unindex_user(self, user: User) -> None:
        """Before a name or an address changes."""
        self.by_username.pop(user.username.lower(), None)
        for email in (user.email, *user.secondary_emails):
            self.by_email.pop(email.lower(), None)

    def _index_post(self, post: Post) -> None:
        self.topic_posts[post.topic_id].append(post.id)
        if post.user_id is not None:
            self.user_posts[post.user_id].append(post.id)
        for liker, when in post.likes.items():
            self.user_likes[liker][post.id] = when

    def _index_topic(self, topic: Topic) -> None:
        if topic.external_id:
            self.by_external_id[topic.external_id] = topic.id
        if topic.private:
            self.messages.add(topic.id)

    def _index_membership(self, membership: Membership) -> None:
        self.group_members[membership.group_id][membership.user_id] = membership
        self.user_groups[membership.user_id][membership.group_id] = membership

    # ------------------------------------------------------------------------------------------------------------- adding and removing

    def add_user(self, user: User) -> User:
        """Store a new user."""
        self.users[user.id] = user
        if user.id > 0:
            self.claim_id("users", user.id)
        self.index_user(user)
        self.touch()
        return user

    def drop_user(self, user: User) -> None:
        """Forget a user; their posts must have been dealt with."""
        self.unindex_user(user)
        self.users.pop(user.id, None)
        self.user_groups.pop(user.id, None)
        self.sessions = {token: session for token, session in self.sessions.items() if session.user_id != user.id}
        self.touch()

    def add_topic(self, topic: Topic) -> Topic:
        """Store a new topic."""
        self.topics[topic.id] = topic
        self.claim_id("topics", topic.id)
        self._index_topic(topic)
        for name in topic.tags:
            self.ensure_tag(name)
        self.touch()
        return topic

    def add_post(self, post: Post) -> Post:
        """Store a new post; posts of one topic come in the order of their numbers."""
        self.posts[post.id] = post
        self.claim_id("posts", post.id)
        self._index_post(post)
        self.touch()
        return post

    def add_membership(self, membership: Membership) -> Membership:
        """Store a new membership."""
        self.memberships[membership.id] = membership
        self._index_membership(membership)
        self.touch()
        return membership

    def drop_membership(self, membership: Membership) -> None:
        """Forget a membership."""
        self.memberships.pop(membership.id, None)
        self.group_members[membership.group_id].pop(membership.user_id, None)
        self.user_groups[membership.user_id].pop(membership.group_id, None)
        self.touch()

    def add_grant(self, grant: Grant) -> Grant:
        """Store a badge that was granted."""
        self.grants[grant.id] = grant
        self.user_grants[grant.user_id].append(grant.id)
        self.touch()
        return grant

    def drop_grant(self, grant: Grant) -> None:
        """Forget a badge that was revoked."""
        self.grants.pop(grant.id, None)
        self.user_grants[grant.user_id].remove(grant.id)
        self.touch()

    def ensure_tag(self, name: str) -> Tag:
        """A tag by name, made if it is missing."""
        tag = self.tags.get(name)
        if tag is None:
            tag = self.tags[name] = Tag(id=self.next_id("tags"), name=name)
        return tag

    # ------------------------------------------------------------------------------------------------------------- looking up

    def user_named(self, username: str) -> User | None:
        """A user by name, in any case."""
        number = self.by_username.get(username.strip().lstrip("@").lower())
        return None if number is None else self.users.get(number)

    def user_by_email(self, email: str) -> User | None:
        """A user by one of their addresses."""
        number = self.by_email.get(email.strip().lower())
        return None if number is None else self.users.get(number)

    def group_named(self, name: str) -> Group | None:
        """A group by name, in any case."""
        wanted = name.strip().lower()
        return next((group for group in self.groups.values() if group.name.lower() == wanted), None)

    def category_named(self, text: str) -> Category | None:
        """A category by slug or name."""
        wanted = text.strip().lower()
        return next((category for category in self.categories.values() if wanted in (category.slug.lower(), category.name.lower())), None)

    def posts_of(self, topic_id: int) -> list[Post]:
        """All posts of a topic in order, deleted ones too."""
        return [self.posts[number] for number in self.topic_posts.get(topic_id, ())]

    def post_at(self, topic_id: int, number: int) -> Post | None:
        """The post with that number."""
        return next((post for post in self.posts_of(topic_id) if post.post_number == number), None)

    def first_post(self, topic_id: int) -> Post | None:
        """The post that opened a topic."""
        numbers = self.topic_posts.get(topic_id)
        return self.posts[numbers[0]] if numbers else None

    def author(self, post: Post) -> User | None:
        """Who wrote a post; ``None`` once they were destroyed."""
        return None if post.user_id is None else self.users.get(post.user_id)

    def automatic_group_ids(self, user: User) -> list[int]:
        """The automatic groups a user is in; everyone (0) is never listed."""
        staff = [ADMINS] * user.admin + [MODERATORS] * user.moderator + [STAFF] * (user.admin or user.moderator)
        return staff + [TRUST_LEVEL_0 + level for level in range(user.trust_level + 1)]

    def group_ids(self, user: User) -> list[int]:
        """All groups a user is in."""
        return self.automatic_group_ids(user) + sorted(self.user_groups.get(user.id, ()))

    def member_ids(self, group: Group) -> list[int]:
        """Who is in a group, by name."""
        if not group.automatic:
            found: Iterable[int] = self.group_members.get(group.id, {})
        else:
            found = (user.id for user in self.users.values() if user.id > 0 and group.id in self.automatic_group_ids(user))
        return sorted(found, key=lambda number: self.users[number].username.lower())

    def likes_received(self, user_id: int) -> int:
        """How many likes a user's posts have."""
        return sum(len(self.posts[number].likes) for number in self.user_posts.get(user_id, ()))

    def topic_count(self, user_id: int) -> int:
        """How many public topics a user has opened."""
        return sum(1 for number in self.user_posts.get(user_id, ()) if self._counts(number) and self.posts[number].post_number == 1)

    def post_count(self, user_id: int) -> int:
        """How many public replies a user has written."""
        return sum(1 for number in self.user_posts.get(user_id, ()) if self._counts(number) and self.posts[number].post_number > 1)

    def _counts(self, post_id: int) -> bool:
        post = self.posts[post_id]
        topic = self.topics.get(post.topic_id)
        return post.deleted_at is None and post.post_type == 1 and topic is not None and not topic.private and topic.deleted_at is None

    def recount(self, topic: Topic) -> None:
        """Bring a topic's counts up to date with its posts."""
        posts = [post for post in self.posts_of(topic.id) if post.deleted_at is None and post.post_type != 4]
        topic.posts_count = len(posts)
        topic.highest_post_number = max((post.post_number for post in posts), default=0)
        topic.reply_count = sum(1 for post in posts if post.reply_to is not None)
        topic.like_count = sum(len(post.likes) for post in posts)
        last = posts[-1] if posts else None
        topic.last_posted_at = last.created_at if last else None
        topic.last_post_user_id = last.user_id if last else None
        self.touch()

    def where(self, table: Iterable[Topic], test: Callable[[Topic], bool]) -> list[Topic]:
        """The topics that pass a test, latest activity first."""
        return sorted((topic for topic in table if test(topic)), key=lambda topic: (-topic.bumped_at, -topic.id))


TABLES: dict[str, type] = {
    "users": User,
    "categories": Category,
    "tags": Tag,
    "topics": Topic,
    "posts": Post,
    "groups": Group,
    "memberships": Membership,
    "badges": Badge,
    "grants": Grant,
    "fields": UserField,
    "notifications": Notification,
    "invites": Invite,
    "api_keys": ApiKey,
    "sessions": Session,
    "web_hooks": WebHook,
    "hook_events": WebHookEvent,
    "themes": Theme,
}
