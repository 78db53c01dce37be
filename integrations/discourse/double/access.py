"""Who may see and do what (Discourse's Guardian)."""

from functools import cached_property

from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import WHISPER, Category, Group, Post, Topic, User


class Guardian:
    """The rights of one user, or of nobody. Made for one request."""

    def __init__(self, forum: Forum, user: User | None) -> None:
        self.forum = forum
        self.user = user

    @cached_property
    def group_ids(self) -> frozenset[int]:
        """The groups that count for access; everyone is in 0."""
        return frozenset((0, *self.forum.group_ids(self.user))) if self.user else frozenset((0,))

    @property
    def admin(self) -> bool:
        """Whether it is an admin."""
        return self.user is not None and self.user.admin

    @property
    def staff(self) -> bool:
        """Whether it is an admin or a moderator."""
        return self.user is not None and (self.user.admin or self.user.moderator)

    def is_self(self, user: User) -> bool:
        """Whether it is this user."""
        return self.user is not None and self.user.id == user.id

    @cached_property
    def category_ids(self) -> frozenset[int]:
        """The categories that may be read."""
        return frozenset(category.id for category in self.forum.categories.values() if self.category_level(category))

    def category_level(self, category: Category) -> int:
        """1 create, 2 reply, 3 read; 0 nothing."""
        if self.admin or not category.permissions:
            return 1
        return min((level for group, level in category.permissions if group in self.group_ids), default=0)

    def can_see_topic(self, topic: Topic) -> bool:
        """Whether a topic is there for this reader."""
        if topic.deleted_at is not None and not self.staff:
            return False
        if topic.private:
            return self.can_see_message(topic)
        return topic.category_id is None or topic.category_id in self.category_ids

    def can_see_message(self, topic: Topic) -> bool:
        """Whether a private message is theirs, or they are an admin."""
        if self.user is None:
            return False
        return self.admin or self.user.id in topic.allowed_users or bool(self.group_ids.intersection(topic.allowed_groups))

    def can_see_post(self, post: Post) -> bool:
        """Whether a post is there for this reader."""
        topic = self.forum.topics.get(post.topic_id)
        if topic is None or not self.can_see_topic(topic):
            return False
        if post.deleted_at is not None and not self.staff:
            return False
        return post.post_type != WHISPER or self.staff

    def can_create_in(self, category: Category | None) -> bool:
        """Whether a topic may be opened there."""
        return self.user is not None and (category is None or self.category_level(category) == 1)

    def can_reply(self, topic: Topic) -> bool:
        """Whether the topic takes a reply from this user."""
        if self.user is None or not self.can_see_topic(topic) or topic.deleted_at is not None:
            return False
        if (topic.closed or topic.archived) and not self.staff:
            return False
        category = self.forum.categories.get(topic.category_id or 0)
        return category is None or self.category_level(category) in (1, 2)

    def can_edit_post(self, post: Post) -> bool:
        """Own posts and, for staff, all."""
        return self.user is not None and (self.staff or post.wiki or (post.user_id == self.user.id and not post.locked and post.deleted_at is None))

    def can_delete_post(self, post: Post) -> bool:
        """Own replies and, for staff, all."""
        return self.user is not None and (self.staff or post.user_id == self.user.id) and post.deleted_at is None

    def can_accept_answer(self, topic: Topic) -> bool:
        """Who asked, and staff."""
        return self.user is not None and not topic.private and not topic.archived and (self.staff or topic.user_id == self.user.id)

    def can_see_profile(self, user: User) -> bool:
        """Whether a profile is not hidden from this reader."""
        return not user.hide_profile or self.staff or self.is_self(user)

    def can_see_group(self, group: Group) -> bool:
        """By the group's visibility: 0 all, 1 signed in, 2 members, 3 staff, 4 owners."""
        return self._by_level(group, group.visibility_level)

    def can_see_group_members(self, group: Group) -> bool:
        """By the group's own level for its list of members."""
        return self._by_level(group, group.members_visibility_level)

    def _by_level(self, group: Group, level: int) -> bool:
        if level == 0 or self.admin:
            return True
        if self.user is None:
            return False
        membership = self.forum.user_groups.get(self.user.id, {}).get(group.id)
        inside = membership is not None or group.id in self.group_ids
        owner = membership is not None and membership.owner
        return {1: True, 2: inside, 3: self.staff or owner, 4: owner}.get(level, False)

    def owns(self, group: Group) -> bool:
        """Whether the group is theirs to manage."""
        if self.user is None:
            return False
        membership = self.forum.user_groups.get(self.user.id, {}).get(group.id)
        return self.admin or (membership is not None and membership.owner)
