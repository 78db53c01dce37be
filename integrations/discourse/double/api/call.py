"""One request, as the handlers see it."""

from dataclasses import dataclass, replace
from functools import cached_property

from starlette.requests import Request

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.errors import Json, Refused, invalid_access, invalid_parameters, missing, not_found, not_logged_in
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks.delivery import Deliverer
from integrations.discourse.double.limits import Limits
from integrations.discourse.double.model import ApiKey, Category, Group, Post, Session, Topic, User


@dataclass
class Call:
    """Who asks what. ``values`` are the merged parameters, ``path`` the parts of the address."""

    forum: Forum
    deliverer: Deliverer
    limits: Limits
    request: Request
    user: User | None
    values: Json
    path: dict[str, str]
    key: ApiKey | None = None
    session: Session | None = None
    json: bool = True

    @cached_property
    def guardian(self) -> Guardian:
        """The rights of who asks."""
        return Guardian(self.forum, self.user)

    # ------------------------------------------------------------------------------------------------------------- parameters

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text."""
        value = self.values.get(name)
        if value is None or isinstance(value, dict | list):
            return default
        return str(value).lower() if isinstance(value, bool) else str(value)

    def need(self, name: str) -> str:
        """A parameter that must not be missing or empty, or 400."""
        if not (value := self.text(name)):
            raise missing(name)
        return value

    def maybe(self, name: str) -> str | None:
        """A parameter as text, or ``None`` when it was not sent."""
        return self.text(name) if name in self.values and self.values[name] is not None else None

    def number(self, name: str, default: int = 0, *, least: int | None = None, most: int | None = None) -> int:
        """A parameter as a number; what is none counts as the default, as in Ruby's ``to_i``."""
        text = self.text(name).strip()
        value = int(text) if text.lstrip("-").isdigit() and len(text) < 19 else default
        if least is not None and value < least:
            raise invalid_parameters(name)
        return min(value, most) if most is not None else value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter as a boolean; lower-case words in forms."""
        text = self.text(name)
        return text in ("true", "t", "1") if text else default

    def names(self, name: str) -> list[str]:
        """A parameter as a list: a JSON or form array, or words with commas."""
        value = self.values.get(name)
        items = value if isinstance(value, list) else str(value).split(",") if isinstance(value, str | int) else []
        return [str(item).strip() for item in items if str(item).strip()]

    def inner(self, name: str) -> Json:
        """A nested group of parameters, or 400."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise missing(name)
        return value

    def within(self, values: Json) -> "Call":
        """The same call with other parameters, to read a nested group of them."""
        return replace(self, values=values)

    def id(self, name: str = "id") -> int:
        """A number in the address, or 404."""
        text = self.path[name]
        if not text.lstrip("-").isdigit() or len(text) > 18:
            raise not_found()
        return int(text)

    # ------------------------------------------------------------------------------------------------------------- rights

    def member(self) -> User:
        """Who asks; nobody is refused with 403 not_logged_in."""
        if self.user is None:
            raise not_logged_in()
        return self.user

    def staff(self) -> User:
        """Who asks, if staff; Discourse hides its admin routes from all others with 404."""
        if self.user is None or not self.guardian.staff:
            raise not_found()
        return self.user

    def admin(self) -> User:
        """Who asks, if an admin; 404 else."""
        if self.user is None or not self.guardian.admin:
            raise not_found()
        return self.user

    # ------------------------------------------------------------------------------------------------------------- things

    def named_user(self, name: str = "username") -> User:
        """The user whose name is in the address, in any case, or 404."""
        user = self.forum.user_named(self.path[name])
        if user is None:
            raise not_found()
        return user

    def user_by_id(self) -> User:
        """The user whose id is in the address, or 404."""
        user = self.forum.users.get(self.id())
        if user is None:
            raise not_found()
        return user

    def topic(self, number: int | None = None) -> Topic:
        """A topic that who asks may see. 404 else; 403 on sites that show the difference."""
        topic = self.forum.topics.get(self.id() if number is None else number)
        if topic is None:
            raise self._no_topic()
        if not self.guardian.can_see_topic(topic):
            if self.forum.settings.detailed_404 and topic.deleted_at is None:
                raise invalid_access() if self.user else not_logged_in()
            raise self._no_topic()
        return topic

    def _no_topic(self) -> Refused:
        refusal = not_found()
        if self.request.method == "GET":
            refusal.body["extras"] = {
                "title": "Page Not Found",
                "html": '<div class="page-not-found"><h1 class="title">Oops! That page doesn’t exist or is private.</h1></div>',
                "group": None,
            }
        return refusal

    def post(self, number: int | None = None) -> Post:
        """A post that who asks may see: 404 when it is gone, 403 when it is not theirs to see."""
        post = self.forum.posts.get(self.id() if number is None else number)
        if post is None or (post.deleted_at is not None and not self.guardian.staff):
            raise not_found()
        if not self.guardian.can_see_post(post):
            raise invalid_access()
        return post

    def group(self) -> Group:
        """The group whose id is in the address, if it may be seen, or 404."""
        group = self.forum.groups.get(self.id())
        if group is None or not self.guardian.can_see_group(group):
            raise not_found()
        return group

    def category(self, text: str) -> Category:
        """A category by id, slug or name, if it may be read, or 404."""
        found = self.forum.categories.get(int(text)) if text.isdigit() else self.forum.category_named(text)
        if found is None or found.id not in self.guardian.category_ids:
            raise not_found()
        return found
