"""The webhook events that can be subscribed to: ids, names, and the root key of their payload (app/models/web_hook_event_type.rb)."""

import re

GROUPED: dict[str, dict[str, int]] = {
    "topic": {"topic_created": 101, "topic_revised": 102, "topic_edited": 103, "topic_destroyed": 104, "topic_recovered": 105},
    "post": {"post_created": 201, "post_edited": 202, "post_destroyed": 203, "post_recovered": 204},
    "user": {
        "user_logged_in": 301,
        "user_logged_out": 302,
        "user_confirmed_email": 303,
        "user_created": 304,
        "user_approved": 305,
        "user_updated": 306,
        "user_destroyed": 307,
        "user_suspended": 308,
        "user_unsuspended": 309,
    },
    "group": {"group_created": 401, "group_updated": 402, "group_destroyed": 403},
    "category": {"category_created": 501, "category_updated": 502, "category_destroyed": 503},
    "tag": {"tag_created": 601, "tag_updated": 602, "tag_destroyed": 603},
    "reviewable": {"reviewable_created": 901, "reviewable_updated": 902},
    "notification": {"notification_created": 1001},
    "solved": {"accepted_solution": 1101, "unaccepted_solution": 1102},
    "user_badge": {"user_badge_granted": 1301, "user_badge_revoked": 1302},
    "group_user": {"user_added_to_group": 1401, "user_removed_from_group": 1402},
    "like": {"post_liked": 1501},
    "user_promoted": {"user_promoted": 1601},
}
IDS: dict[str, int] = {name: number for names in GROUPED.values() for name, number in names.items()}
ROOTS: dict[str, str] = {name: root for root, names in GROUPED.items() for name in names}
DEFAULT_EVENT_TYPES = [201, 202, 203, 204]
SOLVED_IDS = {1101, 1102}

_TOPIC_STATUS = re.compile(r"topic_(closed|archived|visible|pinned|pinned_globally|autoclosed)_status_updated")


def subscription(event: str) -> str:
    """The name under which an event is subscribed to; a topic's changes of status belong to ``topic_edited``."""
    return "topic_edited" if _TOPIC_STATUS.fullmatch(event) else event


def root(event: str) -> str:
    """The event type, which is the only key of the payload."""
    return ROOTS[subscription(event)]
