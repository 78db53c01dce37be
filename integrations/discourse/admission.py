"""What of a delivery may be stored: for each root a list of keys, each with the type it must have. All else stays outside.

A delivery is written for the forum's own admins. It brings e-mail addresses, login tokens, preferences and private messages along.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from integrations.discourse import subjects, translation
from integrations.discourse.text import MAX_INPUT
from integrations.values import LONG, Json, entries, flag, identifier, moment, number, text
from mentorgraph.host import DeliveryRefused

_Kept = dict[str, object]
_DROP: Final = object()
_SMALL = 2**62
"""Numbers below it need no second look."""


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
    post_id, topic_id, user_id = kept.get("id"), kept.get("topic_id"), kept.get("user_id")
    return kept.get("created_at") is not None and identifier(post_id) is not None and identifier(topic_id) is not None and identifier(user_id) is not None


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


_Type = tuple[Callable[[object], object], type | None, int]
"""What the value of a key must be: how it is converted, the type of a value that may be kept as it is, and the length that such a text may have."""
_Types = Mapping[str, _Type]
_NAME: _Type = (_texts(255), str, 255)
_ADDRESS: _Type = (_texts(500), str, 500)
_LONG: _Type = (_texts(LONG), str, LONG)
_WORDS: _Type = (_texts(MAX_INPUT), str, MAX_INPUT)
_NUMBER: _Type = (_number, int, 0)
_FLAG: _Type = (_flag, bool, 0)
_TIME: _Type = (_time, None, 0)

_MEMBER: _Types = {
    "id": _NUMBER,
    "username": _NAME,
    "name": _NAME,
    "avatar_template": _ADDRESS,
    "created_at": _TIME,
    "last_seen_at": _TIME,
    "last_posted_at": _TIME,
    "trust_level": _NUMBER,
    "admin": _FLAG,
    "moderator": _FLAG,
    "staged": _FLAG,
    "active": _FLAG,
    "approved": _FLAG,
    "suspended_till": _TIME,
    "silenced_till": _TIME,
    "title": _NAME,
    "bio_raw": _LONG,
    "location": _NAME,
    "website": _NAME,
    "locale": _NAME,
    "timezone": _NAME,
    "user_fields": (_answers, None, 0),
    "groups": (_groups, None, 0),
}
_POST: _Types = {
    "id": _NUMBER,
    "topic_id": _NUMBER,
    "user_id": _NUMBER,
    "username": _NAME,
    "created_at": _TIME,
    "updated_at": _TIME,
    "post_number": _NUMBER,
    "reply_to_post_number": _NUMBER,
    "post_type": _NUMBER,
    "version": _NUMBER,
    "hidden": _FLAG,
    "accepted_answer": (_answered, None, 0),
    "category_id": _NUMBER,
    "topic_archetype": _NAME,
    "topic_title": _NAME,
    "topic_slug": _NAME,
    "raw": _WORDS,
    "cooked": _WORDS,
}
_POST_SO_WRITTEN: _Types = {key: kind for key, kind in _POST.items() if key != "cooked"}
"""Without what the forum made of the words, where there are the words."""
_POST_UNSEEN: _Types = {key: kind for key, kind in _POST_SO_WRITTEN.items() if key != "raw"}
_TOPIC: _Types = {
    "id": _NUMBER,
    "title": _NAME,
    "slug": _NAME,
    "category_id": _NUMBER,
    "archetype": _NAME,
    "tags": (_tags, None, 0),
    "user_id": _NUMBER,
    "created_at": _TIME,
    "bumped_at": _TIME,
    "last_posted_at": _TIME,
    "visible": _FLAG,
    "closed": _FLAG,
    "archived": _FLAG,
    "posts_count": _NUMBER,
    "has_accepted_answer": _FLAG,
    "accepted_answer": (_answered, None, 0),
}
_GROUP: _Types = {"id": _NUMBER, "name": _NAME, "full_name": _NAME, "display_name": _NAME, "automatic": _FLAG}
_SPACE: _Types = {
    "id": _NUMBER,
    "name": _NAME,
    "slug": _NAME,
    "parent_category_id": _NUMBER,
    "description_text": _LONG,
    "read_restricted": _FLAG,
    "group_permissions": (_permissions, None, 0),
}
_MEMBERSHIP: _Types = {"group_id": _NUMBER, "user_id": _NUMBER, "created_at": _TIME}
_BADGE: _Types = {"id": _NUMBER, "badge_id": _NUMBER, "user_id": _NUMBER, "granted_at": _TIME}
_ANSWER: _Types = {"id": _NUMBER, "topic_id": _NUMBER, "user_id": _NUMBER}
_ID: _Types = {"id": _NUMBER}
_TAG: _Types = {"name": _NAME}


def _keep(payload: Json, types: _Types) -> _Kept:
    """The keys of ``types`` that a payload has, in their types. Most values are as they should be, and no function is called for them."""
    kept: _Kept = {}
    for key, (convert, plain, longest) in types.items():
        if key not in payload:
            continue
        value = payload[key]
        if (
            type(value) is not plain
            or (isinstance(value, str) and (len(value) > longest or not value.isascii() or "\x00" in value))
            or (isinstance(value, int) and not -_SMALL < value < _SMALL)
        ):
            value = convert(value)
            if value is _DROP:
                continue
        kept[key] = value
    return kept


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
        return _keep(payload, {"id": _NUMBER, "topic_id": _NUMBER}) | {"user_deleted": True}
    if subjects.is_private(payload, "topic_archetype") or _is_not_a_person(payload.get("user_id")):
        return None
    if flag(payload.get("hidden")) is True:
        return _keep(payload, _POST_UNSEEN)
    return _keep(payload, _POST_SO_WRITTEN if isinstance(payload.get("raw"), str) else _POST)


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
