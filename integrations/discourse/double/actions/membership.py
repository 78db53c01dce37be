"""Groups, and who is in them."""

import re
from collections.abc import Mapping, Sequence

from integrations.discourse.double.errors import failed, record_invalid
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import Group, Membership, User

LEVELS = ("visibility_level", "members_visibility_level", "mentionable_level", "messageable_level", "default_notification_level")
FLAGS = ("public_admission", "public_exit", "allow_membership_requests", "primary_group", "publish_read_state")
TEXTS = ("full_name", "bio_raw", "title")


def name_errors(forum: Forum, name: str, *, keep: Group | None = None) -> list[str]:
    """What is wrong with a group's name; it shares the rules and the space of usernames."""
    rules = forum.settings
    checks = (
        (not name, "can't be blank"),
        (0 < len(name) < rules.min_username_length, f"must be at least {rules.min_username_length} characters"),
        (len(name) > rules.max_username_length, f"must be no more than {rules.max_username_length} characters"),
        (bool(re.search(r"[^\w.-]", name)), "must only include numbers, letters, dashes, dots, and underscores"),
        (bool(re.match(r"[^\w]", name)), "must begin with a letter, a number or an underscore"),
        (bool(re.search(r"[^A-Za-z0-9]$", name)), "must end with a letter or a number"),
        (bool(re.search(r"[-_.]{2,}", name)), "must not contain a sequence of 2 or more special chars (.-_)"),
    )
    errors = [f"Name {message}" for wrong, message in checks if wrong]
    other = forum.group_named(name)
    if (other is not None and other is not keep) or name.lower() in forum.by_username:
        errors.append("Name has already been taken")
    return errors


def create_group(forum: Forum, name: str, values: Mapping[str, object], *, members: Sequence[User] = (), owners: Sequence[User] = ()) -> Group:
    """Make a group. Raises 422."""
    if errors := name_errors(forum, name):
        raise record_invalid(*errors)
    group = Group(id=forum.next_id("groups"), name=name, created_at=forum.now())
    _assign(group, values)
    forum.groups[group.id] = group
    forum.touch()
    events.group_event(forum, "group_created", group)
    for user in owners:
        join(forum, group, user, owner=True)
    for user in members:
        join(forum, group, user)
    return group


def update_group(forum: Forum, group: Group, values: Mapping[str, object]) -> None:
    """Change a group. Raises 422."""
    name = values.get("name")
    if isinstance(name, str) and name != group.name and not group.automatic:
        if errors := name_errors(forum, name, keep=group):
            raise record_invalid(*errors)
        group.name = name
    _assign(group, values)
    forum.touch()
    events.group_event(forum, "group_updated", group)


def _assign(group: Group, values: Mapping[str, object]) -> None:
    for key in TEXTS:
        if key in values:
            setattr(group, key, str(values[key]) if values[key] not in (None, "") else None)
    for key in LEVELS:
        if key in values:
            text = str(values[key])
            if not text.isdigit():
                raise failed(f"{key} is not a number")
            setattr(group, key, int(text))
    for key in FLAGS:
        if key in values:
            setattr(group, key, values[key] in (True, "true", "1", 1))


def destroy_group(forum: Forum, group: Group) -> None:
    """Remove a group. Automatic ones are refused with 422."""
    if group.automatic:
        raise failed("Automatic groups can't be deleted.")
    events.group_event(forum, "group_destroyed", group)
    for membership in list(forum.group_members.get(group.id, {}).values()):
        forum.drop_membership(membership)
    del forum.groups[group.id]
    for category in forum.categories.values():
        category.permissions = [entry for entry in category.permissions if entry[0] != group.id]
    forum.touch()


def join(forum: Forum, group: Group, user: User, *, owner: bool = False) -> bool:
    """Put a member into a group, or make them an owner. ``False`` when nothing changed."""
    membership = forum.group_members[group.id].get(user.id)
    if membership is not None:
        changed = owner and not membership.owner
        membership.owner = membership.owner or owner
        forum.touch()
        return changed
    membership = Membership(
        id=forum.next_id("memberships"),
        group_id=group.id,
        user_id=user.id,
        created_at=forum.now(),
        owner=owner,
        notification_level=group.default_notification_level,
    )
    forum.add_membership(membership)
    events.group_user_event(forum, "user_added_to_group", membership)
    return True


def leave(forum: Forum, group: Group, user: User) -> bool:
    """Take a member out of a group. ``False`` when they were not in."""
    membership = forum.group_members[group.id].get(user.id)
    if membership is None:
        return False
    forum.drop_membership(membership)
    events.group_user_event(forum, "user_removed_from_group", membership)
    return True
