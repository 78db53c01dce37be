"""What of a delivery may be stored: for each root a list of keys, each with the type it must have. All else stays outside.

A delivery is written for the forum's own admins. It brings e-mail addresses, login tokens, preferences and private messages along.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from integrations.discourse import subjects, translation
from integrations.discourse.text import MAX_INPUT
from integrations.discourse.values import LONG, Json, entries, flag, identifier, moment, number, text
from mentorgraph.host import DeliveryRefused

_Kept = dict[str, object]
_DROP: Final = object()


def reduced(root: str, name: str, payload: object) -> _Kept | None:
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


def _is_post(kept: _Kept) -> bool:
    """Whether what was kept is enough for a post, without translating it; its times and its type were looked at when it was kept."""
    return kept.get("created_at") is not None and all(identifier(kept.get(key)) for key in ("id", "topic_id", "user_id"))


def _without_words(kept: _Kept) -> _Kept:
    """Whether a payload can be understood does not depend on its words, which take longest to read."""
    return {key: value for key, value in kept.items() if key not in {"raw", "cooked"}}


# --------------------------------------------------------------------------------------------------------------------- types


def _texts(limit: int) -> Callable[[object], object]:
    def convert(value: object) -> object:
        return text(value, limit) if value is None or isinstance(value, str) else _DROP

    return convert


def _number(value: object) -> object:
    return value if value is None or number(value) is not None else _DROP


def _flag(value: object) -> object:
    return value if flag(value) is not None else _DROP


def _time(value: object) -> object:
    return value if value is None or moment(value) is not None else _DROP


def _groups(value: object) -> object:
    if not isinstance(value, list):
        return _DROP
    return [{"id": number(item.get("id")), "automatic": False} for item in entries(value) if identifier(item.get("id")) and not subjects.is_automatic(item)]


def _permissions(value: object) -> object:
    return [{"group_id": found} for item in entries(value) if (found := number(item.get("group_id"))) is not None] if isinstance(value, list) else _DROP


def _answers(value: object) -> object:
    """Answers to profile questions, each a text, several texts, or a yes or no."""
    if not isinstance(value, dict):
        return _DROP
    return {key: _answer(answer) for key, answer in list(value.items())[:200] if identifier(key) is not None}


def _answer(value: object) -> object:
    if isinstance(value, list):
        return [kept for item in value[:100] if (kept := text(item)) is not None]
    return value if flag(value) is not None else text(value, LONG)


def _tags(value: object) -> object:
    if not isinstance(value, list):
        return _DROP
    return [kept for item in value[:100] if (kept := text(item.get("name") if isinstance(item, dict) else item))]


def _answered(value: object) -> object:
    """``accepted_answer`` is a flag on posts and on topics an object about the answer; that there is one is all that is kept."""
    return bool(value) if isinstance(value, bool | dict) else _DROP


_Types = Mapping[str, Callable[[object], object]]
_NAME, _LONG, _WORDS = _texts(255), _texts(LONG), _texts(MAX_INPUT)

_MEMBER: _Types = {
    "id": _number,
    "username": _NAME,
    "name": _NAME,
    "avatar_template": _texts(500),
    "created_at": _time,
    "last_seen_at": _time,
    "last_posted_at": _time,
    "trust_level": _number,
    "admin": _flag,
    "moderator": _flag,
    "staged": _flag,
    "active": _flag,
    "approved": _flag,
    "suspended_till": _time,
    "silenced_till": _time,
    "title": _NAME,
    "bio_raw": _LONG,
    "location": _NAME,
    "website": _NAME,
    "locale": _NAME,
    "timezone": _NAME,
    "user_fields": _answers,
    "groups": _groups,
}
_POST: _Types = {
    "id": _number,
    "topic_id": _number,
    "user_id": _number,
    "username": _NAME,
    "created_at": _time,
    "updated_at": _time,
    "post_number": _number,
    "reply_to_post_number": _number,
    "post_type": _number,
    "version": _number,
    "hidden": _flag,
    "accepted_answer": _answered,
    "category_id": _number,
    "topic_archetype": _NAME,
    "topic_title": _NAME,
    "topic_slug": _NAME,
    "raw": _WORDS,
    "cooked": _WORDS,
}
_TOPIC: _Types = {
    "id": _number,
    "title": _NAME,
    "slug": _NAME,
    "category_id": _number,
    "archetype": _NAME,
    "tags": _tags,
    "user_id": _number,
    "created_at": _time,
    "bumped_at": _time,
    "last_posted_at": _time,
    "visible": _flag,
    "closed": _flag,
    "archived": _flag,
    "posts_count": _number,
    "has_accepted_answer": _flag,
    "accepted_answer": _answered,
}
_GROUP: _Types = {"id": _number, "name": _NAME, "full_name": _NAME, "display_name": _NAME, "automatic": _flag}
_SPACE: _Types = {
    "id": _number,
    "name": _NAME,
    "slug": _NAME,
    "parent_category_id": _number,
    "description_text": _LONG,
    "read_restricted": _flag,
    "group_permissions": _permissions,
}
_MEMBERSHIP: _Types = {"group_id": _number, "user_id": _number, "created_at": _time}
_BADGE: _Types = {"id": _number, "badge_id": _number, "user_id": _number, "granted_at": _time}
_ANSWER: _Types = {"id": _number, "topic_id": _number, "user_id": _number}
_ID: _Types = {"id": _number}
_TAG: _Types = {"name": _NAME}


def _keep(payload: Json, types: _Types) -> _Kept:
    converted = {key: convert(payload[key]) for key, convert in types.items() if key in payload}
    return {key: value for key, value in converted.items() if value is not _DROP}


def _is_not_a_person(value: object) -> bool:
    """Whether a user id belongs to the forum itself (0 and below), or is of an author who is gone."""
    found = number(value)
    return value is None or (found is not None and found <= 0)


# --------------------------------------------------------------------------------------------------------------------- roots


def _user(name: str, payload: Json) -> _Kept | None:
    if _is_not_a_person(payload.get("id")):
        return None
    if name in {"user_destroyed", "user_anonymized"}:
        return _keep(payload, _ID)
    if flag(payload.get("staged")) is True:
        return None  # somebody who only ever wrote an e-mail; no member, and none of our business
    kept = _keep(payload, _MEMBER)
    option = payload.get("user_option")
    if "timezone" not in kept and isinstance(option, dict) and isinstance(option.get("timezone"), str):
        kept["timezone"] = text(option["timezone"])
    return kept


def _post(name: str, payload: Json) -> _Kept | None:
    if subjects.is_private_for_sure(payload, "topic_archetype") or not subjects.is_read(payload):
        return None
    if name == "post_destroyed" or subjects.is_gone(payload):
        # The topic is often gone as well, and with it what tells a public post from a private one. Two numbers tell nothing, but a deletion must not be missed.
        return _keep(payload, {"id": _number, "topic_id": _number}) | {"user_deleted": True}
    if subjects.is_private(payload, "topic_archetype") or _is_not_a_person(payload.get("user_id")):
        return None
    hidden = flag(payload.get("hidden")) is True
    unneeded = {"raw", "cooked"} if hidden else {"cooked"} if isinstance(payload.get("raw"), str) else set()
    return _keep({key: value for key, value in payload.items() if key not in unneeded}, _POST)


def _like(_name: str, payload: Json) -> _Kept | None:
    post, user = payload.get("post"), payload.get("user")
    if not isinstance(post, dict) or not isinstance(user, dict):
        raise _misshapen()
    if subjects.is_private(post, "topic_archetype") or not subjects.is_read(post) or _is_not_a_person(user.get("id")):
        return None
    return {"post": _keep(post, _ANSWER), "user": _keep(user, _ID)}


def _solved(_name: str, payload: Json) -> _Kept | None:
    return None if subjects.is_private(payload, "topic_archetype") else _keep(payload, _ANSWER)


def _topic(name: str, payload: Json) -> _Kept | None:
    if subjects.is_private_for_sure(payload, "archetype"):
        return None
    if name == "topic_destroyed" or payload.get("deleted_at") is not None:
        return _keep(payload, _ID) | {"deleted": True}
    return None if subjects.is_private(payload, "archetype") else _keep(payload, _TOPIC)


def _group(_name: str, payload: Json) -> _Kept | None:
    return None if number(payload.get("id")) is not None and subjects.is_automatic(payload) else _keep(payload, _GROUP)


def _membership(_name: str, payload: Json) -> _Kept | None:
    group_id = number(payload.get("group_id"))
    if group_id is not None and subjects.is_automatic_id(group_id):
        return None
    return None if _is_not_a_person(payload.get("user_id")) else _keep(payload, _MEMBERSHIP)


def _badge(_name: str, payload: Json) -> _Kept | None:
    return None if _is_not_a_person(payload.get("user_id")) else _keep(payload, _BADGE)


def _space(name: str, payload: Json) -> _Kept | None:
    return _keep(payload, _ID if name == "category_destroyed" else _SPACE)


def _tag(_name: str, payload: Json) -> _Kept | None:
    return _keep(payload, _TAG)


_BY_ROOT: Mapping[str, Callable[[str, Json], _Kept | None]] = {
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
