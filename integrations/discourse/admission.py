"""What of a delivery may be stored: nothing of what is private or of no interest, and of the rest the keys of :mod:`keeping`.

A delivery is written for the forum's own admins. It brings e-mail addresses, login tokens, preferences and private messages along.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from integrations.discourse import content, keeping, people, translation
from integrations.discourse.keeping import Kept
from integrations.values import Json, flag, identifier, number, text
from mentorgraph.host import DeliveryRefused


def reduced(root: str, name: str, payload: object) -> Kept | None:
    """The part of a payload that event ``name`` of a known ``root`` needs; ``None`` when nothing of it may be kept or matters.

    Raises :class:`DeliveryRefused` with status 400 when the payload does not have the shape that its name promises.
    """
    if root == "ping":
        return {}
    if not isinstance(payload, dict):
        raise _misshapen()
    kept = _BY_ROOT[root](name, payload)
    if (
        kept is not None
        and not (root == "post" and _is_post(kept))
        and not translation.events(root, name, _without_words(kept), received_at=_ANY_TIME, base_url="https://forum.invalid")
    ):
        raise _misshapen()
    return kept


_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _misshapen() -> DeliveryRefused:
    return DeliveryRefused("The body does not have the shape of what its header says.", reason="shape", status=400)


def _is_post(kept: Kept) -> bool:
    """Whether what was kept is enough for a post, without translating it; its times and its type were looked at when it was kept."""
    post_id, topic_id, user_id = kept.get("id"), kept.get("topic_id"), kept.get("user_id")
    return kept.get("created_at") is not None and identifier(post_id) is not None and identifier(topic_id) is not None and identifier(user_id) is not None


def _without_words(kept: Kept) -> Kept:
    """Whether a payload can be understood does not depend on its words, which take longest to read."""
    return {key: value for key, value in kept.items() if key not in {"raw", "cooked"}}


def _is_not_a_person(value: object) -> bool:
    """Whether a user id belongs to the forum itself (0 and below), or is of an author who is gone."""
    found = number(value)
    return value is None or (found is not None and found <= 0)


def _user(name: str, payload: Json) -> Kept | None:
    if _is_not_a_person(payload.get("id")):
        return None
    if name in {"user_destroyed", "user_anonymized"}:
        return keeping.keep(payload, keeping.ID)
    if flag(payload.get("staged")) is True:
        return None  # somebody who only ever wrote an e-mail; no member, and none of our business
    kept = keeping.keep(payload, keeping.MEMBER)
    option = payload.get("user_option")
    if "timezone" not in kept and isinstance(option, dict) and isinstance(option.get("timezone"), str):
        kept["timezone"] = text(option["timezone"])
    return kept


def _post(name: str, payload: Json) -> Kept | None:
    if content.is_private_for_sure(payload, "topic_archetype") or not content.is_read(payload):
        return None
    if name == "post_destroyed" or content.is_gone(payload):
        # The topic is often gone as well, and with it what tells a public post from a private one. Two numbers tell nothing, but a deletion must not be missed.
        return keeping.keep(payload, keeping.POST_GONE) | {"user_deleted": True}
    if content.is_private(payload, "topic_archetype") or _is_not_a_person(payload.get("user_id")):
        return None
    if flag(payload.get("hidden")) is True:
        return keeping.keep(payload, keeping.POST_UNSEEN)
    return keeping.keep(payload, keeping.POST_SO_WRITTEN if isinstance(payload.get("raw"), str) else keeping.POST)


def _like(_name: str, payload: Json) -> Kept | None:
    post, user = payload.get("post"), payload.get("user")
    if not isinstance(post, dict) or not isinstance(user, dict):
        raise _misshapen()
    if content.is_private(post, "topic_archetype") or not content.is_read(post) or _is_not_a_person(user.get("id")):
        return None
    return {"post": keeping.keep(post, keeping.ANSWER), "user": keeping.keep(user, keeping.ID)}


def _solved(_name: str, payload: Json) -> Kept | None:
    return None if content.is_private(payload, "topic_archetype") else keeping.keep(payload, keeping.ANSWER)


def _topic(name: str, payload: Json) -> Kept | None:
    if content.is_private_for_sure(payload, "archetype"):
        return None
    if name == "topic_destroyed" or payload.get("deleted_at") is not None:
        return keeping.keep(payload, keeping.ID) | {"deleted": True}
    return None if content.is_private(payload, "archetype") else keeping.keep(payload, keeping.TOPIC)


def _group(_name: str, payload: Json) -> Kept | None:
    return None if number(payload.get("id")) is not None and people.is_automatic(payload) else keeping.keep(payload, keeping.GROUP)


def _membership(_name: str, payload: Json) -> Kept | None:
    group_id = number(payload.get("group_id"))
    if group_id is not None and people.is_automatic_id(group_id):
        return None
    return None if _is_not_a_person(payload.get("user_id")) else keeping.keep(payload, keeping.MEMBERSHIP)


def _badge(_name: str, payload: Json) -> Kept | None:
    return None if _is_not_a_person(payload.get("user_id")) else keeping.keep(payload, keeping.BADGE)


def _space(name: str, payload: Json) -> Kept | None:
    return keeping.keep(payload, keeping.ID if name == "category_destroyed" else keeping.SPACE)


def _tag(_name: str, payload: Json) -> Kept | None:
    return keeping.keep(payload, keeping.TAG)


_BY_ROOT: Mapping[str, Callable[[str, Json], Kept | None]] = {
    "user": _user,
    "user_promoted": _user,
    "post": _post,
    "like": _like,
    "solved": _solved,
    "topic": _topic,
    "group": _group,
    "group_user": _membership,
    "user_badge": _badge,
    "category": _space,
    "tag": _tag,
}
