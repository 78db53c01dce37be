"""Which keys of the forum's objects may be stored, each with the type that its value must have. All else stays outside."""

from collections.abc import Callable, Mapping
from typing import Final

from integrations.discourse import people
from integrations.discourse.text import MAX_INPUT
from integrations.values import LONG, Json, entries, flag, identifier, moment, number, text

Kept = dict[str, object]
_DROP: Final = object()
_SMALL = 2**62
"""Numbers below it need no second look."""


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
    return [{"id": number(item.get("id")), "automatic": False} for item in entries(value) if identifier(item.get("id")) and not people.is_automatic(item)]


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

MEMBER: _Types = {
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
POST: _Types = {
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
POST_SO_WRITTEN: _Types = {key: kind for key, kind in POST.items() if key != "cooked"}
"""Without what the forum made of the words, where there are the words."""
POST_UNSEEN: _Types = {key: kind for key, kind in POST_SO_WRITTEN.items() if key != "raw"}
POST_GONE: _Types = {"id": _NUMBER, "topic_id": _NUMBER}
TOPIC: _Types = {
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
    "has_accepted_answer": _FLAG,
    "accepted_answer": (_answered, None, 0),
}
GROUP: _Types = {"id": _NUMBER, "name": _NAME, "full_name": _NAME, "display_name": _NAME, "automatic": _FLAG}
SPACE: _Types = {
    "id": _NUMBER,
    "name": _NAME,
    "slug": _NAME,
    "parent_category_id": _NUMBER,
    "description_text": _LONG,
    "read_restricted": _FLAG,
    "group_permissions": (_permissions, None, 0),
}
MEMBERSHIP: _Types = {"group_id": _NUMBER, "user_id": _NUMBER, "created_at": _TIME}
BADGE: _Types = {"id": _NUMBER, "badge_id": _NUMBER, "user_id": _NUMBER, "granted_at": _TIME}
ANSWER: _Types = {"id": _NUMBER, "topic_id": _NUMBER, "user_id": _NUMBER}
ID: _Types = {"id": _NUMBER}
TAG: _Types = {"name": _NAME}


def keep(payload: Json, types: _Types) -> Kept:
    """The keys of ``types`` that a payload has, in their types. Most values are as they should be, and no function is called for them."""
    kept: Kept = {}
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
