"""What each event does to a community.

Handlers are plain functions of an event and a unit of work. They reach the same state whichever way the events of a subject arrive: what is older than what is
known is ignored where the host gives an order, and asked about where it does not.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mentorgraph import events as e
from plugin.services.hosts.handlers import doubts, members, people, posts, spaces, topics
from plugin.store.unit_of_work import UnitOfWork

Handler = Callable[[Any, UnitOfWork], None]

HANDLERS: dict[type[e.Event], Handler] = {
    e.MemberChanged: members.changed,
    e.MemberSeen: members.seen,
    e.MemberLeft: members.left,
    e.MemberJoinedGroup: people.joined,
    e.MemberLeftGroup: people.left_group,
    e.GroupChanged: people.group_changed,
    e.GroupDeleted: people.group_deleted,
    e.BadgeGranted: people.badge_granted,
    e.BadgeRevoked: people.badge_revoked,
    e.SpaceChanged: spaces.changed,
    e.SpaceDeleted: spaces.deleted,
    e.TagChanged: spaces.tag_changed,
    e.TagDeleted: spaces.tag_deleted,
    e.TopicChanged: topics.changed,
    e.TopicDeleted: topics.deleted,
    e.TopicRead: topics.read,
    e.SolutionAccepted: topics.accepted,
    e.SolutionUnaccepted: topics.unaccepted,
    e.PostChanged: posts.changed,
    e.PostDeleted: posts.deleted,
    e.PostLiked: posts.liked,
    e.PostUnliked: posts.unliked,
    e.LikesRead: posts.likes_read,
    e.HookPinged: spaces.pinged,
    e.SubjectDoubted: doubts.doubted,
    e.NewsHinted: doubts.hinted,
}


def apply(events: Iterable[e.Event], unit: UnitOfWork) -> None:
    """Let each event do its work, in order."""
    found = list(events)
    prefetch(found, unit)
    for event in found:
        HANDLERS[type(event)](event, unit)


def prefetch(events: Sequence[e.Event], unit: UnitOfWork) -> None:
    """Read what a whole batch will ask for in a few statements."""
    if len(events) < 2:
        return
    people_named: set[str] = set()
    topics_named: set[str] = set()
    posts_named: set[str] = set()
    for event in events:
        for name, into in (
            ("host_user_id", people_named),
            ("author_id", people_named),
            ("member_id", people_named),
            ("topic_id", topics_named),
            ("post_id", posts_named),
        ):
            value = getattr(event, name, None)
            if value is not None:
                into.add(value)
    unit.members.load(people_named)
    if people_named:
        members.load_buried(people_named, unit)
    unit.topics.load(topics_named)
    unit.posts.load(posts_named)
