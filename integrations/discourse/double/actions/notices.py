"""Notices to members."""

from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks.events import notification_created
from integrations.discourse.double.model import Notification, Post, User

MENTIONED, REPLIED, QUOTED, EDITED, LIKED, PRIVATE_MESSAGE, INVITED_TO_PM = 1, 2, 3, 4, 5, 6, 7
POSTED, GRANTED_BADGE, GROUP_MENTIONED, SOLVED = 9, 12, 15, 14
HIGH_PRIORITY = {PRIVATE_MESSAGE, INVITED_TO_PM}


def notify(forum: Forum, user_id: int, kind: int, *, post: Post | None = None, by: User | None = None, data: dict[str, object] | None = None) -> None:
    """Leave a notice for a member; nobody is told of what they did themselves."""
    if user_id <= 0 or user_id not in forum.users or (by is not None and by.id == user_id):
        return
    topic = forum.topics[post.topic_id] if post else None
    body: dict[str, object] = {"topic_title": topic.title} if topic else {}
    if by is not None and post is not None:
        body |= {"original_post_id": post.id, "original_post_type": post.post_type, "original_username": by.username, "display_username": by.username}
    notice = Notification(
        id=forum.next_id("notifications"),
        user_id=user_id,
        notification_type=kind,
        created_at=forum.now(),
        topic_id=topic.id if topic else None,
        post_number=post.post_number if post else None,
        high_priority=kind in HIGH_PRIORITY,
        data=body | (data or {}),
    )
    forum.notifications[notice.id] = notice
    forum.user_notifications[user_id].append(notice.id)
    notification_created(forum, notice)
