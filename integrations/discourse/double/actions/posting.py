"""Topics, messages, replies; edits, deletions, recoveries."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.actions import notices, rules
from integrations.discourse.double.errors import failed, invalid_access, invalid_parameters
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import REGULAR, SMALL_ACTION, WHISPER, Category, Post, Topic, User
from integrations.discourse.double.serial.users import is_silenced
from integrations.discourse.double.text import cook, mentions, slugify

BY_AUTHOR = "(post deleted by author)"


@dataclass(slots=True)
class Draft:
    """What somebody wants to post. ``free`` skips validations, ``fast`` the limits of members."""

    raw: str
    title: str = ""
    category: Category | None = None
    tags: list[str] = field(default_factory=list)
    external_id: str | None = None
    created_at: float | None = None
    reply_to: int | None = None
    whisper: bool = False
    free: bool = False
    fast: bool = False


def profile_url(forum: Forum, name: str) -> str | None:
    """Where a mention leads."""
    if user := forum.user_named(name):
        return f"/u/{user.username}"
    group = forum.group_named(name)
    return f"/g/{group.name}" if group else None


def cooked(forum: Forum, raw: str) -> str:
    """HTML of a text written here."""
    return cook(raw, known=lambda name: profile_url(forum, name))


# --------------------------------------------------------------------------------------------------------------------- new


def create_topic(forum: Forum, user: User, draft: Draft) -> Post:
    """Open a public topic. Raises 422, 403 or 429."""
    _may_write(forum, user)
    guardian = Guardian(forum, user)
    if draft.category is not None and draft.category.id not in guardian.category_ids:
        raise invalid_parameters("category")
    if not guardian.can_create_in(draft.category):
        raise failed("You do not have permission to create topics in this category.", action="create_post")
    if not draft.free:
        errors = rules.title_errors(forum, draft.title, private=False) + _body_errors(forum, user, draft, private=False)
        if len(draft.tags) > forum.settings.max_tags_per_topic:
            errors.append(f"You can only add up to {forum.settings.max_tags_per_topic} tags to a topic")
        rules.check(errors + _external_errors(forum, draft))
    if not draft.fast:
        rules.quota(forum, user, new_topic=True, private=False)
    topic = _new_topic(forum, user, draft)
    topic.category_id = draft.category.id if draft.category else 1
    topic.tags = _tags(forum, draft.tags)
    return _first_post(forum, user, topic, draft)


def create_message(forum: Forum, user: User, draft: Draft, *, to: Sequence[str]) -> Post:
    """Send a private message to members and groups by name. Raises 422, 403 or 429."""
    _may_write(forum, user)
    names = [name.strip() for name in to if name.strip()]
    users, groups = _recipients(forum, user, names)
    if not draft.free:
        errors = rules.title_errors(forum, draft.title, private=True) + _body_errors(forum, user, draft, private=True)
        rules.check(errors + _external_errors(forum, draft))
    if not draft.fast:
        rules.quota(forum, user, new_topic=True, private=True)
    topic = _new_topic(forum, user, draft)
    topic.archetype = "private_message"
    topic.allowed_users = list(dict.fromkeys([user.id, *users]))
    topic.allowed_groups = groups
    forum.messages.add(topic.id)
    return _first_post(forum, user, topic, draft)


def reply(forum: Forum, user: User, topic: Topic, draft: Draft) -> Post:
    """Answer in a topic or message. Raises 422, 403 or 429."""
    _may_write(forum, user)
    if not Guardian(forum, user).can_reply(topic):
        raise invalid_access()
    if not draft.free:
        rules.check(_body_errors(forum, user, draft, private=topic.private))
    if not draft.fast:
        rules.quota(forum, user, new_topic=False, private=topic.private)
    if draft.reply_to is not None and forum.post_at(topic.id, draft.reply_to) is None:
        draft.reply_to = None
    post = _add_post(forum, user, topic, draft)
    events.post_event(forum, "post_created", post)
    _tell_about_post(forum, user, topic, post)
    return post


def small_action(forum: Forum, user: User, topic: Topic, code: str) -> Post:
    """The line that says that a topic was closed and the like."""
    post = _add_post(forum, user, topic, Draft(raw="", free=True, fast=True), post_type=SMALL_ACTION, bump=False)
    post.action_code = code
    events.post_event(forum, "post_created", post)
    return post


def _may_write(forum: Forum, user: User) -> None:
    if is_silenced(user, forum.now()):
        raise invalid_access("You can't create posts while your account is silenced.")


def _body_errors(forum: Forum, user: User, draft: Draft, *, private: bool) -> list[str]:
    errors = rules.body_errors(forum, draft.raw, private=private)
    if not errors and rules.repeats(forum, user, draft.raw):
        errors = ["Body is too similar to what you recently posted"]
    return errors


def _external_errors(forum: Forum, draft: Draft) -> list[str]:
    if draft.external_id is None:
        return []
    if len(draft.external_id) > 50 or not draft.external_id.replace("-", "").replace("_", "").isalnum():
        return ["External is invalid"]
    return ["External has already been taken"] if draft.external_id in forum.by_external_id else []


def _recipients(forum: Forum, user: User, names: Sequence[str]) -> tuple[list[int], list[int]]:
    if not names:
        raise failed("You must select a valid user.", action="create_post")
    most = forum.settings.max_allowed_message_recipients
    if len(set(map(str.lower, names))) > most and not rules.is_staff(user):
        raise failed(f"Sorry, you can send a message to maximum {most} recipients.", action="create_post")
    users: list[int] = []
    groups: list[int] = []
    for name in names:
        if (found := forum.user_named(name) or (forum.user_by_email(name) if "@" in name else None)) is not None:
            if not found.allow_private_messages and not rules.is_staff(user):
                raise failed(f"Sorry, {found.username} is not accepting messages at the moment.", action="create_post")
            users.append(found.id)
        elif (group := forum.group_named(name)) is not None:
            if not rules.is_staff(user) and group.messageable_level == 0:
                raise failed(f"You can't send a message to the group {group.name}.", action="create_post")
            groups.append(group.id)
        else:
            raise failed("One of the users you are sending this message to could not be found.", action="create_post")
    return users, groups


def _new_topic(forum: Forum, user: User, draft: Draft) -> Topic:
    born = forum.now() if draft.created_at is None else draft.created_at
    return Topic(
        id=forum.next_id("topics"),
        title=draft.title.strip(),
        category_id=None,
        user_id=user.id,
        created_at=born,
        slug=slugify(draft.title),
        bumped_at=born,
        external_id=draft.external_id,
        updated_at=born,
        views=1,
    )


def _tags(forum: Forum, names: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(slugify(name, fallback="") for name in names))
    for name in wanted:
        if name and name not in forum.tags:
            events.tag_event(forum, "tag_created", forum.ensure_tag(name))
    return [name for name in wanted if name]


def _first_post(forum: Forum, user: User, topic: Topic, draft: Draft) -> Post:
    forum.add_topic(topic)
    post = _add_post(forum, user, topic, draft)
    events.topic_event(forum, "topic_created", topic)
    events.post_event(forum, "post_created", post)
    _tell_about_post(forum, user, topic, post)
    return post


def _add_post(forum: Forum, user: User, topic: Topic, draft: Draft, *, post_type: int = REGULAR, bump: bool = True) -> Post:
    born = forum.now() if draft.created_at is None else draft.created_at
    numbers = forum.topic_posts.get(topic.id)
    post = Post(
        id=forum.next_id("posts"),
        topic_id=topic.id,
        user_id=user.id,
        post_number=forum.posts[numbers[-1]].post_number + 1 if numbers else 1,
        raw=draft.raw,
        cooked=cooked(forum, draft.raw),
        created_at=born,
        updated_at=born,
        post_type=WHISPER if draft.whisper else post_type,
        reply_to=draft.reply_to,
        reads=1,
    )
    forum.add_post(post)
    if post.post_type == REGULAR:
        user.last_posted_at = max(born, user.last_posted_at or 0.0)
        if bump:
            topic.bumped_at = max(born, topic.bumped_at)
    forum.recount(topic)
    return post


def _tell_about_post(forum: Forum, user: User, topic: Topic, post: Post) -> None:
    told: set[int] = {user.id}

    def tell(number: int | None, kind: int) -> None:
        if number is not None and number not in told:
            told.add(number)
            notices.notify(forum, number, kind, post=post, by=user)

    if topic.private and post.post_number == 1:
        members = [number for group in topic.allowed_groups for number in forum.group_members.get(group, {})]
        for number in (*topic.allowed_users, *members):
            tell(number, notices.PRIVATE_MESSAGE)
    for name in mentions(post.raw) if "@" in post.raw else ():
        mentioned = forum.user_named(name)
        if mentioned is not None and Guardian(forum, mentioned).can_see_post(post):
            tell(mentioned.id, notices.MENTIONED)
    if post.reply_to is not None and (target := forum.post_at(topic.id, post.reply_to)):
        tell(target.user_id, notices.REPLIED)
    if post.post_number > 1:
        for number in topic.allowed_users if topic.private else [topic.user_id]:
            tell(number, notices.PRIVATE_MESSAGE if topic.private else notices.REPLIED)


# --------------------------------------------------------------------------------------------------------------------- changes


def edit_post(forum: Forum, post: Post, raw: str, *, by: User, reason: str | None = None, bump: bool = True, announce: bool = True, free: bool = False) -> None:
    """Change a text. The last post of a topic bumps it. Raises 403 or 422."""
    if not Guardian(forum, by).can_edit_post(post):
        raise invalid_access()
    topic = forum.topics[post.topic_id]
    if not free:
        rules.check(rules.body_errors(forum, raw, private=topic.private))
    if raw == post.raw:
        return
    post.raw, post.cooked, post.edit_reason = raw, cooked(forum, raw), reason
    post.version += 1
    post.updated_at = forum.now()
    if bump and forum.topic_posts[topic.id][-1] == post.id and post.user_id == by.id:
        topic.bumped_at = forum.now()
    forum.recount(topic)
    if announce and topic.deleted_at is None and post.deleted_at is None:
        events.post_event(forum, "post_edited", post)
    if by.id != post.user_id and post.user_id is not None:
        notices.notify(forum, post.user_id, notices.EDITED, post=post, by=by)


def delete_post(forum: Forum, post: Post, *, by: User) -> None:
    """Staff removes a post; a member's own is first emptied and marked. The first post takes the topic along."""
    guardian = Guardian(forum, by)
    if not guardian.can_delete_post(post) or (post.post_number == 1 and not guardian.staff):
        raise invalid_access()
    if not guardian.staff:
        edit_post(forum, post, BY_AUTHOR, by=by, free=True, bump=False)
        post.user_deleted = True
        return
    topic = forum.topics[post.topic_id]
    post.deleted_at, post.deleted_by = forum.now(), by.id
    _lose_answer(forum, topic, post)
    if post.post_number == 1 and topic.deleted_at is None:
        topic.deleted_at, topic.deleted_by = post.deleted_at, by.id
    forum.recount(topic)
    events.post_event(forum, "post_destroyed", post)
    if post.post_number == 1:
        events.topic_event(forum, "topic_destroyed", topic)


def _lose_answer(forum: Forum, topic: Topic, post: Post) -> None:
    if topic.accepted_post_id == post.id:
        topic.accepted_post_id = topic.accepted_at = None
        forum.touch()


def recover_post(forum: Forum, post: Post, *, by: User) -> None:
    """Take a deletion back."""
    if not rules.is_staff(by) and not (post.user_deleted and post.user_id == by.id):
        raise invalid_access()
    topic = forum.topics[post.topic_id]
    was_deleted = post.deleted_at is not None
    post.deleted_at, post.deleted_by, post.user_deleted = None, None, False
    with_topic = post.post_number == 1 and topic.deleted_at is not None
    if with_topic:
        topic.deleted_at = topic.deleted_by = None
    forum.recount(topic)
    if was_deleted:
        events.post_event(forum, "post_recovered", post)
    if with_topic:
        events.topic_event(forum, "topic_recovered", topic)


def hide_post(forum: Forum, post: Post, *, hidden: bool = True) -> None:
    """The community's flags hide a post, or staff shows it again. No webhook tells of it."""
    post.hidden = hidden
    post.updated_at = forum.now()
    forum.touch()
