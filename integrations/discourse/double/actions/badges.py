"""Badges, categories and tags: what an admin arranges."""

from collections.abc import Sequence

from integrations.discourse.double.actions import notices
from integrations.discourse.double.errors import failed, invalid_parameters, record_invalid
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import Badge, Category, Grant, Post, User
from integrations.discourse.double.text import slugify


def create_badge(forum: Forum, name: str, *, badge_type_id: int, description: str = "", badge_id: int | None = None) -> Badge:
    """Make a badge. Raises 422 for a name in use or another type than 1 to 3."""
    _check_badge(forum, name, badge_type_id, keep=None)
    number = badge_id if badge_id is not None else forum.next_id("badges")
    forum.claim_id("badges", number)
    badge = forum.badges[number] = Badge(id=number, name=name.strip(), badge_type_id=badge_type_id, description=description)
    forum.touch()
    return badge


def update_badge(forum: Forum, badge: Badge, *, name: str, badge_type_id: int, description: str | None = None) -> None:
    """Change a badge. Raises 422."""
    _check_badge(forum, name, badge_type_id, keep=badge)
    badge.name, badge.badge_type_id = name.strip(), badge_type_id
    if description is not None:
        badge.description = description
    forum.touch()


def _check_badge(forum: Forum, name: str, badge_type_id: int, *, keep: Badge | None) -> None:
    if not name.strip():
        raise record_invalid("Name can't be blank")
    if badge_type_id not in (1, 2, 3):
        raise record_invalid("Badge type can't be blank")
    if any(badge.name.lower() == name.strip().lower() and badge is not keep for badge in forum.badges.values()):
        raise record_invalid("Name has already been taken")


def destroy_badge(forum: Forum, badge: Badge) -> None:
    """Remove a badge and all its grants."""
    for grant in [grant for grant in forum.grants.values() if grant.badge_id == badge.id]:
        forum.drop_grant(grant)
    forum.badges.pop(badge.id, None)
    forum.touch()


def grant_badge(forum: Forum, badge: Badge, user: User, *, by: User, post: Post | None = None) -> Grant:
    """Give a badge to a member. A second time gives the same grant, unless the badge may be held many times. Raises 400 for system badges."""
    if badge.system or not badge.enabled:
        raise invalid_parameters("badge_id")
    held = [forum.grants[number] for number in forum.user_grants.get(user.id, ()) if forum.grants[number].badge_id == badge.id]
    if held and not badge.multiple_grant:
        return held[0]
    grant = Grant(
        id=forum.next_id("grants"),
        badge_id=badge.id,
        user_id=user.id,
        granted_at=forum.now(),
        granted_by=by.id,
        post_id=post.id if post else None,
        seq=len(held),
    )
    forum.add_grant(grant)
    events.badge_event(forum, "user_badge_granted", grant)
    data: dict[str, object] = {
        "badge_id": badge.id,
        "badge_name": badge.name,
        "badge_slug": slugify(badge.name),
        "badge_title": False,
        "username": user.username,
    }
    notices.notify(forum, user.id, notices.GRANTED_BADGE, data=data)
    return grant


def revoke_badge(forum: Forum, grant: Grant) -> None:
    """Take a badge back."""
    forum.drop_grant(grant)
    events.badge_event(forum, "user_badge_revoked", grant)


def create_category(
    forum: Forum,
    name: str,
    *,
    slug: str = "",
    color: str = "0088CC",
    description: str | None = None,
    permissions: Sequence[tuple[int, int]] = (),
    parent: Category | None = None,
    category_id: int | None = None,
) -> Category:
    """Make a category. No permissions means everyone. Raises 422."""
    if not name.strip() or len(name) > 50:
        raise record_invalid("Name can't be blank" if not name.strip() else "Name is too long (maximum is 50 characters)")
    if any(other.name.lower() == name.strip().lower() and other.parent_category_id == (parent.id if parent else None) for other in forum.categories.values()):
        raise failed("Category Name has already been taken")
    number = category_id if category_id is not None else forum.next_id("categories")
    forum.claim_id("categories", number)
    category = Category(
        id=number,
        name=name.strip(),
        slug=slug or slugify(name, fallback=f"{number}-category"),
        color=color,
        description=description,
        parent_category_id=parent.id if parent else None,
        permissions=[list(entry) for entry in permissions],
        position=len(forum.categories),
    )
    forum.categories[number] = category
    forum.touch()
    events.category_event(forum, "category_created", category)
    return category


def update_category(forum: Forum, category: Category, **values: object) -> None:
    """Change a category by attribute."""
    for name, value in values.items():
        setattr(category, name, value)
    forum.touch()
    events.category_event(forum, "category_updated", category)


def destroy_category(forum: Forum, category: Category) -> None:
    """Remove an empty category. Raises 422 when topics are in it."""
    if category.id == 1 or any(topic.category_id == category.id and topic.deleted_at is None for topic in forum.topics.values()):
        raise failed("You can't delete this category because it has topics or is the default.")
    events.category_event(forum, "category_destroyed", category)
    del forum.categories[category.id]
    forum.touch()
