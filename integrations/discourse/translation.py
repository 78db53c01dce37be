"""What an admitted delivery says, in our words. Pure; the payload is one that admission let through, or an earlier version of it did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from integrations.discourse import content, people
from integrations.seen import Seen
from integrations.values import Json, flag, identifier, mapping, moment, text
from mentorgraph.events import (
    BadgeGranted,
    BadgeRevoked,
    Event,
    GroupDeleted,
    HookPinged,
    MemberJoinedGroup,
    MemberLeft,
    MemberLeftGroup,
    MemberSeen,
    PostDeleted,
    PostLiked,
    SolutionAccepted,
    SolutionUnaccepted,
    Source,
    SpaceDeleted,
    TagChanged,
    TagDeleted,
    TopicDeleted,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """A delivery on its way to events. ``seen`` has the time of its arrival, for most payloads do not say how old they are."""

    kind: str
    payload: Json
    seen: Seen
    base_url: str

    def seen_at(self, key: str) -> Seen:
        """The payload's own time, which orders deliveries that come late."""
        return Seen(seen_at=moment(self.payload.get(key)) or self.seen["seen_at"], source=Source.HINT)


def events(root: str, kind: str, payload: object, *, received_at: datetime, base_url: str) -> Sequence[Event]:
    """The events of a payload; none when it lacks what they need."""
    return _BY_ROOT[root](_Said(kind, mapping(payload), Seen(seen_at=received_at, source=Source.HINT), base_url))


_IN_USE = frozenset({"user_confirmed_email", "user_approved", "user_logged_in"})


def _user(said: _Said) -> Sequence[Event]:
    user_id = identifier(said.payload.get("id"))
    if user_id is None:
        return ()
    if said.kind in {"user_destroyed", "user_anonymized"} or people.looks_anonymised(said.payload):
        return (MemberLeft(**said.seen, host_user_id=user_id),)
    member = people.member(said.payload, said.seen, base_url=said.base_url)
    if member is None or member.staged:
        return ()
    if said.kind in {"user_suspended", "user_unsuspended"}:
        member = replace(member, suspended=said.kind == "user_suspended")
    if said.kind in {"user_confirmed_email", "user_logged_in"}:
        member = replace(member, active=True)
    if said.kind in {"user_approved", "user_logged_in"}:
        member = replace(member, approved=True)
    return (member, MemberSeen(**said.seen, host_user_id=user_id, username=member.username)) if said.kind in _IN_USE else (member,)


def _membership(said: _Said) -> Sequence[Event]:
    user_id, group_id = identifier(said.payload.get("user_id")), identifier(said.payload.get("group_id"))
    if user_id is None or group_id is None or people.is_automatic_id(group_id):
        return ()
    if said.kind == "user_added_to_group":
        return (MemberJoinedGroup(**said.seen_at("created_at"), host_user_id=user_id, group_id=group_id),)
    return (MemberLeftGroup(**said.seen, host_user_id=user_id, group_id=group_id),)  # its created_at is when the member joined


def _badge(said: _Said) -> Sequence[Event]:
    user_id, badge_id, grant_id = (identifier(said.payload.get(key)) for key in ("user_id", "badge_id", "id"))
    if user_id is None or badge_id is None:
        return ()
    if said.kind == "user_badge_granted":
        return (BadgeGranted(**said.seen_at("granted_at"), host_user_id=user_id, badge_id=badge_id, grant_id=grant_id),)
    return (BadgeRevoked(**said.seen, host_user_id=user_id, badge_id=badge_id, grant_id=grant_id),)


def _post(said: _Said) -> Sequence[Event]:
    if said.kind == "post_destroyed" or content.is_gone(said.payload):
        post_id = identifier(said.payload.get("id"))
        return () if post_id is None else (PostDeleted(**said.seen, post_id=post_id, topic_id=identifier(said.payload.get("topic_id"))),)
    # Recovering a post does not make its own time newer than its deletion.
    seen = said.seen if said.kind == "post_recovered" else said.seen_at("updated_at")
    post = content.post(said.payload, seen, base_url=said.base_url)
    return () if post is None else (post,)


def _like(said: _Said) -> Sequence[Event]:
    post = mapping(said.payload.get("post"))
    post_id, member_id = identifier(post.get("id")), identifier(mapping(said.payload.get("user")).get("id"))
    if post_id is None or member_id is None:
        return ()
    return (PostLiked(**said.seen, post_id=post_id, member_id=member_id, author_id=identifier(post.get("user_id")), topic_id=identifier(post.get("topic_id"))),)


def _solved(said: _Said) -> Sequence[Event]:
    post_id, topic_id = identifier(said.payload.get("id")), identifier(said.payload.get("topic_id"))
    if post_id is None or topic_id is None:
        return ()
    if said.kind == "accepted_solution":
        return (SolutionAccepted(**said.seen, topic_id=topic_id, post_id=post_id, author_id=identifier(said.payload.get("user_id"))),)
    return (SolutionUnaccepted(**said.seen, topic_id=topic_id, post_id=post_id),)


def _topic(said: _Said) -> Sequence[Event]:
    if said.kind == "topic_destroyed" or flag(said.payload.get("deleted")) is True:
        topic_id = identifier(said.payload.get("id"))
        return () if topic_id is None else (TopicDeleted(**said.seen, topic_id=topic_id),)
    topic = content.topic(said.payload, said.seen, base_url=said.base_url)
    return () if topic is None else (topic,)


def _group(said: _Said) -> Sequence[Event]:
    group_id = identifier(said.payload.get("id"))
    if said.kind == "group_destroyed" and group_id is not None:
        return (GroupDeleted(**said.seen, group_id=group_id),)
    group = people.group(said.payload, said.seen)
    return () if group is None else (group,)


def _space(said: _Said) -> Sequence[Event]:
    space_id = identifier(said.payload.get("id"))
    if said.kind == "category_destroyed":
        return () if space_id is None else (SpaceDeleted(**said.seen, space_id=space_id),)
    space = content.space(said.payload, said.seen, base_url=said.base_url)
    return () if space is None else (space,)


def _tag(said: _Said) -> Sequence[Event]:
    name = text(said.payload.get("name"))
    if not name:
        return ()
    return (TagDeleted(**said.seen, name=name),) if said.kind == "tag_destroyed" else (TagChanged(**said.seen, name=name),)


def _ping(said: _Said) -> Sequence[Event]:
    return (HookPinged(**said.seen),)


_BY_ROOT: Mapping[str, Callable[[_Said], Sequence[Event]]] = {
    "ping": _ping,
    "user": _user,
    "user_promoted": _user,
    "group_user": _membership,
    "user_badge": _badge,
    "post": _post,
    "like": _like,
    "solved": _solved,
    "topic": _topic,
    "group": _group,
    "category": _space,
    "tag": _tag,
}
