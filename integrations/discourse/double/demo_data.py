"""A community from JSON files whose times are relative, so that it is always alive."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from integrations.discourse.double.actions.badges import create_badge, create_category
from integrations.discourse.double.actions.membership import create_group, join
from integrations.discourse.double.actions.posting import cooked
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import STAFF, TRUST_LEVEL_0, Forum
from integrations.discourse.double.model import Post, Topic, User, UserField
from integrations.discourse.double.text import slugify

DEMO = Path(__file__).parent / "demo"
DAY, HOUR = 86_400.0, 3600.0
LISTS = ("user_fields", "categories", "groups", "badges", "users", "topics", "private_messages")
Row = Mapping[str, object]


def read_demo(path: Path) -> Json:
    """One file, or all of a folder, merged. Raises :class:`ValueError` when a file is not what it should be."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise ValueError(f"no .json files in {path}")
    merged: Json = {"site": {}} | {name: [] for name in LISTS}
    for file in files:
        try:
            found = orjson.loads(file.read_bytes())
        except orjson.JSONDecodeError as error:
            raise ValueError(f"{file.name}: not JSON ({error})") from None
        for name, value in found.items():
            target = merged.get(name)
            if isinstance(target, list) and isinstance(value, list):
                target += value
            elif isinstance(target, dict) and isinstance(value, dict):
                target.update(value)
            else:
                problem = f"{file.name}: {name!r} is not known; known are site, {', '.join(LISTS)}"
                raise ValueError(problem)  # noqa: TRY004  # one kind of error for all that is wrong with a file
    return merged


def load_demo(forum: Forum, data: Row) -> None:
    """Fill an empty forum; webhooks keep quiet. Raises :class:`ValueError` with what does not fit."""
    muted, forum.hooks.muted = forum.hooks.muted, True
    try:
        _Loader(forum, data).run()
    except KeyError as error:
        raise ValueError(f"the demo data refers to {error}, which is not in it, or a record lacks it") from None
    finally:
        forum.hooks.muted = muted


def _rows(data: Row, name: str) -> list[Row]:
    value = data.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{name} is not a list")  # noqa: TRY004  # one kind of error for all that is wrong with a file
    return value


def _float(value: object, default: float = 0.0) -> float:
    return float(value) if isinstance(value, int | float) else default


def _int(value: object, default: int = 0) -> int:
    return value if isinstance(value, int) else default


def _names(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def _maybe(row: Row, name: str) -> str | None:
    return str(row[name]) if row.get(name) else None


class _Loader:
    def __init__(self, forum: Forum, data: Row) -> None:
        self.forum = forum
        self.data = data
        self.now = forum.now()

    def run(self) -> None:
        forum, site = self.forum, self.data.get("site")
        if isinstance(site, Mapping):
            forum.settings.title = str(site.get("title", forum.settings.title))
            forum.settings.description = str(site.get("description", forum.settings.description))
        for row in _rows(self.data, "user_fields"):
            number = _int(row["id"])
            forum.claim_id("fields", number)
            forum.fields[number] = UserField(
                id=number, name=str(row["name"]), description=str(row.get("description", "")), editable=row.get("editable", True) is True
            )
        for row in _rows(self.data, "users"):
            self._user(row)
        for row in _rows(self.data, "groups"):
            self._group(row)
        for row in _rows(self.data, "categories"):
            self._category(row)
        for row in _rows(self.data, "badges"):
            kind = _int(row.get("type"), 3)
            create_badge(forum, str(row["name"]), badge_type_id=kind, description=str(row.get("description", "")), badge_id=_int(row["id"]))
        self._topics()
        forum.reindex()

    def _user(self, row: Row) -> None:
        state = str(row.get("state", "normal"))
        if state not in ("normal", "staged", "unconfirmed", "suspended"):
            raise ValueError(f"user {row['username']}: state {state!r} is not known")
        born = self.now - _float(row.get("joined_days_ago"), 1) * DAY
        fields = row.get("user_fields")
        user = User(
            id=_int(row["id"]),
            username=str(row["username"]),
            name=_maybe(row, "name"),
            email=str(row.get("email") or f"{row['username']}@members.invalid"),
            created_at=born,
            active=state not in ("unconfirmed", "staged"),
            staged=state == "staged",
            admin=row.get("admin") is True,
            moderator=row.get("moderator") is True,
            trust_level=_int(row.get("trust_level"), 1),
            title=_maybe(row, "title"),
            bio_raw=_maybe(row, "bio"),
            location=_maybe(row, "location"),
            website=_maybe(row, "website"),
            timezone=_maybe(row, "timezone"),
            locale=_maybe(row, "locale"),
            user_fields={str(key): str(value) for key, value in fields.items() if value} if isinstance(fields, Mapping) else {},
            last_seen_at=None if row.get("last_seen_hours_ago") is None else self.now - _float(row["last_seen_hours_ago"]) * HOUR,
        )
        if state == "suspended":
            user.suspended_at, user.suspended_till, user.suspend_reason, user.suspended_by = self.now - DAY, self.now + 365 * DAY, "Broke the rules", -1
        if user.id in self.forum.users or user.username.lower() in self.forum.by_username:
            raise ValueError(f"user {user.username} ({user.id}) is there twice")
        self.forum.add_user(user)

    def _named(self, username: object) -> User:
        user = self.forum.user_named(str(username))
        if user is None:
            raise KeyError(f"user {username}")
        return user

    def _group(self, row: Row) -> None:
        forum = self.forum
        forum.last_ids["groups"] = max(forum.last_ids.get("groups", 0), 40)
        wanted = _int(row["id"])
        previous, forum.last_ids["groups"] = forum.last_ids["groups"], wanted - 1
        group = create_group(
            forum, str(row["name"]), {"full_name": row.get("full_name"), "bio_raw": row.get("bio"), "public_admission": True, "public_exit": True}
        )
        forum.last_ids["groups"] = max(previous, group.id)
        for username in _names(row.get("owners")):
            join(forum, group, self._named(username), owner=True)
        for username in _names(row.get("members")):
            join(forum, group, self._named(username))

    def _category(self, row: Row) -> None:
        forum, access = self.forum, row.get("access", "everyone")
        closed = {"everyone": [], "members": [(TRUST_LEVEL_0, 1)], "staff": [(STAFF, 1)]}
        if isinstance(access, str):
            permissions = closed[access]
        else:
            permissions = []
            for name in _names(access):
                group = forum.group_named(name)
                if group is None:
                    raise KeyError(f"group {name}")
                permissions.append((group.id, 1))
        create_category(
            forum,
            str(row["name"]),
            slug=str(row.get("slug", "")),
            color=str(row.get("color", "0088CC")).lstrip("#"),
            description=_maybe(row, "description"),
            permissions=permissions,
            category_id=_int(row["id"]),
        )

    def _topics(self) -> None:
        pending: list[tuple[float, int, int, Topic, Row]] = []
        used = {_int(row["id"]) for row in _rows(self.data, "topics") if row.get("id") is not None}
        for number in used:
            self.forum.claim_id("topics", number)
        for row in [*_rows(self.data, "topics"), *_rows(self.data, "private_messages")]:
            topic = self._topic(row)
            for place, line in enumerate(_rows(row, "posts"), 1):
                pending.append((topic.created_at + _float(line.get("hours_after")) * HOUR, topic.id, place, topic, line))
        pending.sort(key=lambda item: item[:3])
        for when, _, place, topic, line in pending:
            self._post(topic, line, place=place, when=min(when, self.now))
        for topic in self.forum.topics.values():
            self.forum.recount(topic)
            topic.bumped_at = topic.last_posted_at or topic.created_at

    def _topic(self, row: Row) -> Topic:
        born = self.now - _float(row.get("days_ago")) * DAY
        private = "to" in row
        lines = _rows(row, "posts")
        author = self._named(row["from"] if private else lines[0]["by"])
        number = _int(row["id"]) if row.get("id") is not None else self.forum.next_id("topics")
        topic = Topic(
            id=number, title=str(row["title"]), category_id=None, user_id=author.id, created_at=born, slug=slugify(str(row["title"])), updated_at=born
        )
        topic.views = 5 * len(lines) + number % 40
        if private:
            topic.archetype = "private_message"
            topic.allowed_users = [author.id, *(self._named(name).id for name in _names(row["to"]))]
        else:
            category = self.forum.category_named(str(row["category"]))
            if category is None:
                raise KeyError(f"category {row['category']}")
            topic.category_id, topic.tags = category.id, _names(row.get("tags"))
        return self.forum.add_topic(topic)

    def _post(self, topic: Topic, row: Row, *, place: int, when: float) -> None:
        forum, user, text = self.forum, self._named(row["by"]), str(row["text"])
        reply_to = row.get("reply_to")
        post = Post(
            id=forum.next_id("posts"),
            topic_id=topic.id,
            user_id=user.id,
            post_number=place,
            raw=text,
            cooked=cooked(forum, text),
            created_at=when,
            updated_at=when,
            reply_to=_int(reply_to) if reply_to is not None else None,
            reads=topic.views // 2,
        )
        for liker in dict.fromkeys(_names(row.get("likes"))):
            found = self._named(liker)
            if found.id != user.id:
                post.likes[found.id] = min(when + HOUR, self.now)
        forum.add_post(post)
        user.last_posted_at = max(user.last_posted_at or 0.0, when)
        if user.last_seen_at is not None:
            user.last_seen_at = max(user.last_seen_at, when)
        if row.get("accepted") is True:
            topic.accepted_post_id, topic.accepted_at = post.id, when
