"""The forum's members and groups as events. Pure.

The same for deliveries and for answers of the API: both speak with the same keys, one more fully than the other. Each function gives ``None`` for an object
that lacks what the event needs or that is none of our business: the forum's own users (ids of 0 and below), automatic groups.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from integrations.discourse import addresses
from integrations.seen import Seen
from integrations.values import LONG, Json, entries, flag, identifier, mapping, moment, number, text
from mentorgraph.events import GroupChanged, MemberChanged

_KNOWN_AUTOMATIC = frozenset({0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14})
"""Ids of the groups that the forum fills by itself: everyone, admins, moderators, staff, anonymous and signed-in visitors, trust levels."""

_ANONYMOUS = re.compile(r"anon[0-9]{3,}", re.ASCII)


# --------------------------------------------------------------------------------------------------------------------- members


def member(payload: Json, seen: Seen, *, base_url: str) -> MemberChanged | None:
    """A member, from any of the forum's user serializers. What a serializer leaves out stays ``None``."""
    user_id, username = identifier(payload.get("id")), text(payload.get("username"))
    if user_id is None or not username:
        return None
    return MemberChanged(
        **seen,
        host_user_id=user_id,
        username=username,
        name=_said(payload, "name"),
        avatar_url=addresses.avatar_url(base_url, text(payload.get("avatar_template"), 500)),
        created_at=moment(payload.get("created_at")),
        last_seen_at=moment(payload.get("last_seen_at")),
        last_posted_at=moment(payload.get("last_posted_at")),
        trust_level=number(payload.get("trust_level")),
        admin=flag(payload.get("admin")),
        moderator=flag(payload.get("moderator")),
        staged=flag(payload.get("staged")),
        active=flag(payload.get("active")),
        approved=flag(payload.get("approved")),
        suspended=_until(payload, "suspended", seen["seen_at"]),
        silenced=_until(payload, "silenced", seen["seen_at"]),
        title=_said(payload, "title"),
        bio=_said(payload, "bio_raw", LONG),
        location=_said(payload, "location"),
        locale=text(payload.get("locale")) or None,
        timezone=text(payload.get("timezone")) or text(mapping(payload.get("user_option")).get("timezone")) or None,
        fields=_fields(payload.get("user_fields")),
        group_ids=_group_ids(payload.get("groups")),
    )


def looks_anonymised(payload: Json) -> bool:
    """Whether a user looks as anonymising leaves them: ``anon`` and digits for a name, and nothing else of a person.

    Members may choose such a name too, so this is a reason to look closer, never a proof.
    """
    username = text(payload.get("username")) or ""
    if not _ANONYMOUS.fullmatch(username.lower()):
        return False
    told = (text(payload.get(key)) for key in ("title", "bio_raw", "location", "website"))
    answers = mapping(payload.get("user_fields")).values()
    return text(payload.get("name")) in {None, "", username} and not any(told) and not any(answers) and payload.get("admin") is not True


def _said(payload: Json, key: str, limit: int = 255) -> str | None:
    """A text that the forum writes as null when it is empty: a key that is there says so, one that is missing says nothing."""
    return (text(payload[key], limit) or "") if key in payload else None


def _until(payload: Json, what: str, now: datetime) -> bool | None:
    """Whether a ban holds: ``suspended`` or ``silenced`` itself, or ``…_till`` in the future. Lists name ``…_at`` only while it holds."""
    said = flag(payload.get(what))
    if said is not None:
        return said
    if f"{what}_till" in payload:
        till = moment(payload[f"{what}_till"])
        return till is not None and till > now
    return True if moment(payload.get(f"{what}_at")) is not None else None


def is_banned(payload: Json, what: str, seen: Seen) -> bool:
    """Whether a user is ``suspended`` or ``silenced`` at the moment they were seen."""
    return _until(payload, what, seen["seen_at"]) is True


def _fields(value: object) -> Mapping[str, str] | None:
    """Answers to profile questions; a question with several answers has them joined by commas, a yes or no says ``true`` or ``false``."""
    if not isinstance(value, dict):
        return None
    found: dict[str, str] = {}
    for key, answer in list(value.items())[:200]:
        if identifier(key) is None:
            continue
        if isinstance(answer, list):
            found[key] = ", ".join(kept for item in answer[:100] if (kept := text(item)))
        else:
            found[key] = text(answer, LONG) or ("" if flag(answer) is None else str(answer).lower())
    return found


def _group_ids(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(sorted({group_id for item in entries(value) if not is_automatic(item) and (group_id := identifier(item.get("id")))}, key=int))


# --------------------------------------------------------------------------------------------------------------------- groups


def is_automatic(payload: Json) -> bool:
    """Whether a group is filled by the forum itself; by its id where the payload does not say."""
    said = flag(payload.get("automatic"))
    return is_automatic_id(payload.get("id")) if said is None else said


def is_automatic_id(value: object) -> bool:
    """Whether an id is one of the forum's own groups."""
    found = number(value)
    return found is None or found <= 0 or found in _KNOWN_AUTOMATIC


def group(payload: Json, seen: Seen, *, member_ids: tuple[str, ...] | None = None) -> GroupChanged | None:
    """A group that people made."""
    group_id, name = identifier(payload.get("id")), text(payload.get("name"))
    if group_id is None or not name or is_automatic(payload):
        return None
    return GroupChanged(
        **seen, group_id=group_id, name=name, title=text(payload.get("full_name")) or text(payload.get("display_name")) or name, member_ids=member_ids
    )
