"""Acts by name, with their arguments read from JSON."""

from collections.abc import Callable
from dataclasses import dataclass

from integrations.discourse.double.clock import parse_time
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Category, Group, Post, Topic, User


class BadAct(ValueError):
    """An act that does not exist or lacks an argument. The message says what would do."""


@dataclass(frozen=True, slots=True)
class Args:
    """The arguments of one act."""

    forum: Forum
    values: Json

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self.values.get(name, default)
        if value is None:
            raise BadAct(f"the act needs {name!r}")
        return str(value)

    def maybe(self, name: str) -> str | None:
        """A text or nothing."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def number(self, name: str) -> int:
        """A number that must be there."""
        value = self.values.get(name)
        if not isinstance(value, int):
            raise BadAct(f"the act needs the number {name!r}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        return bool(self.values.get(name, default))

    def names(self, name: str) -> list[str]:
        """A list of texts; one text counts as a list of one."""
        value = self.values.get(name)
        return [str(item) for item in value] if isinstance(value, list) else [] if value is None else [str(value)]

    def when(self, name: str) -> float | None:
        """A time: seconds since 1970 or ISO."""
        value = self.values.get(name)
        return None if value is None else float(value) if isinstance(value, int | float) else parse_time(str(value))

    def user(self, name: str = "username", default: str | None = None) -> User:
        """A user by name or id."""
        value = self.values.get(name, default)
        user = self.forum.users.get(value) if isinstance(value, int) else self.forum.user_named(str(value)) if value is not None else None
        if user is None:
            raise BadAct(f"{name!r}: no user {value!r}")
        return user

    def topic(self) -> Topic:
        """A topic by ``topic_id``."""
        topic = self.forum.topics.get(self.number("topic_id"))
        if topic is None:
            raise BadAct(f"no topic {self.values['topic_id']!r}")
        return topic

    def post(self) -> Post:
        """A post by ``post_id``."""
        post = self.forum.posts.get(self.number("post_id"))
        if post is None:
            raise BadAct(f"no post {self.values['post_id']!r}")
        return post

    def group(self, name: str = "group") -> Group:
        """A group by name or id."""
        value = self.values.get(name)
        group = self.forum.groups.get(value) if isinstance(value, int) else self.forum.group_named(str(value))
        if group is None:
            raise BadAct(f"no group {value!r}")
        return group

    def category(self, name: str = "category") -> Category | None:
        """A category by slug, name or id; ``None`` when it is not said."""
        value = self.values.get(name)
        if value is None:
            return None
        category = self.forum.categories.get(value) if isinstance(value, int) else self.forum.category_named(str(value))
        if category is None:
            raise BadAct(f"no category {value!r}")
        return category


Act = Callable[[Args], Json]
ACTS: dict[str, Act] = {}


def act(function: Act) -> Act:
    """Register an act under the name of its function."""
    ACTS[function.__name__] = function
    return function


def perform(forum: Forum, values: Json) -> Json:
    """Do one act. Raises :class:`BadAct`, or what the forum refuses with."""
    name = values.get("act")
    found = ACTS.get(str(name))
    if found is None:
        raise BadAct(f"no act {name!r}; there are {', '.join(sorted(ACTS))}")
    return found(Args(forum, values))
