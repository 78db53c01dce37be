"""Every answer against the response schema of the official API description, wherever that has one."""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import httpx2
import jsonschema
import pytest

from integrations.discourse.double.errors import Json

OPENAPI = Path(__file__).resolve().parents[5] / "shared" / "hosts" / "discourse" / "openapi.json"

# (method, path in the description, address asked, JSON sent). One line an endpoint that the double answers.
CALLS: tuple[tuple[str, str, str, Json | None], ...] = (
    ("get", "/discourse-post-event/events.json", "/discourse-post-event/events.json", None),
    ("get", "/admin/badges.json", "/admin/badges.json", None),
    ("post", "/admin/badges.json", "/admin/badges.json", {"name": "New badge", "badge_type_id": 1}),
    ("put", "/admin/badges/{id}.json", "/admin/badges/101.json", {"name": "Other", "badge_type_id": 1}),
    ("post", "/categories.json", "/categories.json", {"name": "Another", "color": "49d9e9", "permissions": {"everyone": 1, "staff": 1}}),
    ("get", "/categories.json", "/categories.json?include_subcategories=true", None),
    ("put", "/categories/{id}.json", "/categories/4.json", {"name": "Help!"}),
    ("get", "/c/{slug}/{id}.json", "/c/help/4.json", None),
    ("get", "/c/{id}/show.json", "/c/4/show.json", None),
    ("post", "/admin/groups.json", "/admin/groups.json", {"group": {"name": "circle", "usernames": "alice,bobby"}}),
    ("delete", "/admin/groups/{id}.json", "/admin/groups/41.json", None),
    ("get", "/groups/{name}.json", "/groups/mentors.json", None),
    ("put", "/groups/{id}.json", "/groups/41.json", {"group": {"full_name": "Guides"}}),
    ("get", "/groups/by-id/{id}.json", "/groups/by-id/41.json", None),
    ("get", "/groups/{name}/members.json", "/groups/mentors/members.json", None),
    ("put", "/groups/{id}/members.json", "/groups/41/members.json", {"usernames": "alice"}),
    ("delete", "/groups/{id}/members.json", "/groups/41/members.json", {"usernames": "bobby,alice"}),
    ("get", "/groups.json", "/groups.json", None),
    ("post", "/invites.json", "/invites.json", {"email": "new@example.org", "skip_email": True}),
    ("post", "/invites/create-multiple.json", "/invites/create-multiple.json", {"email": ["new@example.org"]}),
    ("get", "/notifications.json", "/notifications.json@bobby", None),
    ("put", "/notifications/mark-read.json", "/notifications/mark-read.json@bobby", {}),
    ("get", "/posts.json", "/posts.json", None),
    ("post", "/posts.json", "/posts.json", {"title": "A topic from the API here", "raw": "A text that is long enough for it."}),
    ("get", "/posts/{id}.json", "/posts/2.json", None),
    ("put", "/posts/{id}.json", "/posts/2.json", {"post": {"raw": "Another text, as long as it must be.", "edit_reason": "better"}}),
    ("get", "/posts/{id}/replies.json", "/posts/1/replies.json", None),
    ("put", "/posts/{id}/locked.json", "/posts/2/locked.json", {"locked": "true"}),
    ("post", "/post_actions.json", "/post_actions.json@dave", {"id": 2, "post_action_type_id": 2}),
    ("get", "/topics/private-messages/{username}.json", "/topics/private-messages/carol.json", None),
    ("get", "/topics/private-messages-sent/{username}.json", "/topics/private-messages-sent/alice.json", None),
    ("get", "/search.json", "/search.json?q=would", None),
    ("get", "/site.json", "/site.json", None),
    ("get", "/site/basic-info.json", "/site/basic-info.json", None),
    ("get", "/tags.json", "/tags.json", None),
    ("get", "/tag/{name}.json", "/tag/howto.json", None),
    ("get", "/t/{id}/posts.json", "/t/1/posts.json?post_ids[]=2", None),
    ("get", "/t/{id}.json", "/t/1.json", None),
    ("put", "/t/-/{id}.json", "/t/-/1.json", {"topic": {"title": "How would you do that here?"}}),
    ("post", "/t/{id}/invite.json", "/t/2/invite.json", {"user": "dave"}),
    ("post", "/t/{id}/invite-group.json", "/t/2/invite-group.json", {"group": "mentors"}),
    ("put", "/t/{id}/status.json", "/t/1/status.json", {"status": "closed", "enabled": "true"}),
    ("get", "/latest.json", "/latest.json", None),
    ("get", "/top.json", "/top.json", None),
    ("post", "/t/{id}/notifications.json", "/t/1/notifications.json", {"notification_level": "3"}),
    ("put", "/t/{id}/change-timestamp.json", "/t/1/change-timestamp.json", {"timestamp": "1594291380"}),
    ("get", "/user-badges/{username}.json", "/user-badges/bobby.json", None),
    (
        "post",
        "/users.json",
        "/users.json",
        {"name": "Erin", "email": "erin@example.org", "password": "a-long-password", "username": "erin", "active": True},
    ),
    ("get", "/u/{username}.json", "/u/bobby.json", None),
    ("put", "/u/{username}.json", "/u/bobby.json", {"name": "Bob", "user_fields": {"1": "Rails"}}),
    ("get", "/u/by-external/{external_id}.json", "/u/by-external/sso-4.json", None),
    ("get", "/u/by-external/{provider}/{external_id}.json", "/u/by-external/github/4711.json", None),
    ("get", "/directory_items.json", "/directory_items.json?period=all&order=post_count", None),
    ("get", "/admin/users/{id}.json", "/admin/users/1.json", None),
    ("delete", "/admin/users/{id}.json", "/admin/users/4.json", {"delete_posts": True}),
    ("put", "/admin/users/{id}/activate.json", "/admin/users/1/activate.json", {}),
    ("put", "/admin/users/{id}/deactivate.json", "/admin/users/1/deactivate.json", {}),
    ("put", "/admin/users/{id}/suspend.json", "/admin/users/1/suspend.json", {"suspend_until": "2121-02-22", "reason": "spam"}),
    ("put", "/admin/users/{id}/silence.json", "/admin/users/1/silence.json", {"silenced_till": "2121-02-22", "reason": "spam"}),
    ("put", "/admin/users/{id}/anonymize.json", "/admin/users/1/anonymize.json", {}),
    ("post", "/admin/users/{id}/log_out.json", "/admin/users/1/log_out.json", {}),
    ("get", "/admin/users.json", "/admin/users.json?show_emails=true", None),
    ("get", "/admin/users/list/{flag}.json", "/admin/users/list/active.json", None),
    ("get", "/user_actions.json", "/user_actions.json?username=alice&filter=1", None),
    ("post", "/session/forgot_password.json", "/session/forgot_password.json", {"login": "alice"}),
    ("get", "/u/{username}/emails.json", "/u/alice/emails.json", None),
)
EMPTY: tuple[tuple[str, str, str], ...] = (
    ("delete", "/admin/badges/{id}.json", "/admin/badges/101.json"),
    ("delete", "/posts/{id}.json", "/posts/2.json"),
    ("delete", "/t/{id}.json", "/t/1.json"),
    ("put", "/t/{id}/bookmark.json", "/t/1/bookmark.json"),
    ("put", "/u/{username}/preferences/username.json", "/u/alice/preferences/username.json"),
    ("put", "/u/{username}/preferences/email.json", "/u/alice/preferences/email.json"),
)
# What a mentorship service has no use for: files, backups, tag groups, timers, passwords.
LEFT_OUT = {
    "get /admin/backups.json",
    "post /admin/backups.json",
    "put /admin/backups/{filename}",
    "get /admin/backups/{filename}",
    "get /tag_groups.json",
    "post /tag_groups.json",
    "get /tag_groups/{id}.json",
    "put /tag_groups/{id}.json",
    "post /t/{id}/timer.json",
    "post /uploads.json",
    "post /uploads/generate-presigned-put.json",
    "post /uploads/complete-external-upload.json",
    "post /uploads/create-multipart.json",
    "post /uploads/batch-presign-multipart-parts.json",
    "post /uploads/abort-multipart.json",
    "post /uploads/complete-multipart.json",
    "put /u/{username}/preferences/avatar/pick.json",
    "post /user_avatar/{username}/refresh_gravatar.json",
    "put /users/password-reset/{token}.json",
    "get /discourse-post-event/events.ics",  # not JSON; see test_events
    "get /t/external_id/{external_id}.json",  # 301; see test_reading
}

# The description was derived from one recording each, so a value that happened to be null has the type "string or null". What the fields really hold:
QUIRKS: dict[str, Json] = {
    "reply_to_post_number": {"type": ["integer", "null"]},
    "post_id": {"type": ["integer", "null"]},
    "post_type": {"type": "integer"},
    "hidden": {"type": "boolean"},
    "liked": {"type": "boolean"},
    "bookmarked": {"type": "boolean"},
    "unpinned": {"type": ["boolean", "null"]},
    "image_url": {"type": ["string", "null"]},
    "featured_topic": {"type": ["object", "null"]},
    "timezone": {"type": ["string", "null"]},
    "last_seen_at": {"type": ["string", "null"]},
    "last_posted_at": {"type": ["string", "null"]},
}
# Keys that appear by plugin or only when set, which closed objects of the description do not list.
EXTRA = {
    # plugin solved
    "accepted_answer",
    "topic_accepted_answer",
    "can_accept_answer",
    "can_unaccept_answer",
    "has_accepted_answer",
    "accepted_answers",
    # only when set, or when there is something to say
    "reply_to_user",
    "external_id",
    "timezone",
    "count",
    "badges",
    "badge_types",
    "granted_bies",
    # lists share one serializer, of which the recordings show different parts
    "topics",
    "flair_groups",
    "tags",
    "tags_descriptions",
    "unread_posts",
    "last_read_post_number",
    "notification_level",
    "op_like_count",
    "draft",
    "draft_key",
    "draft_sequence",
}


def _description() -> Json:
    if not OPENAPI.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{OPENAPI} is missing")
        pytest.skip(f"{OPENAPI} is not on this machine")
    found: Json = json.loads(OPENAPI.read_text())
    return found


def _schema(description: Json, method: str, path: str) -> Json:
    content = description["paths"][path][method]["responses"]["200"]["content"]  # type: ignore[index]  # a document whose shape the description fixes
    schema: Json = next(iter(content.values()))["schema"]
    return schema


def _relax(node: object) -> object:
    """Apply the quirks to every property by name, and open what is closed: extra keys are checked apart."""
    if isinstance(node, list):
        return [_relax(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _relax(value) for key, value in node.items() if key != "additionalProperties"}
    properties = made.get("properties")
    if isinstance(properties, dict):
        made["properties"] = {name: value if _is_number(value) else QUIRKS.get(name, value) for name, value in properties.items()}
    return made


def _is_number(schema: object) -> bool:
    """A table of numbers has keys that mean something else elsewhere, such as ``liked`` among the notification types."""
    return isinstance(schema, dict) and schema.get("type") == "integer"


def _extras(schema: object, value: object, where: str = "") -> Iterator[str]:
    """The keys of closed objects that the description does not list."""
    if not isinstance(schema, dict):
        return
    if isinstance(value, list):
        for item in value[:3]:
            yield from _extras(schema.get("items"), item, where + "[]")
    elif isinstance(value, dict):
        known = schema.get("properties")
        if not isinstance(known, dict):
            return
        for key, item in value.items():
            if key in known:
                yield from _extras(known[key], item, f"{where}.{key}")
            elif schema.get("additionalProperties") is False and key not in EXTRA:
                yield f"{where}.{key}"


async def _ask(api: httpx2.AsyncClient, method: str, address: str, sent: Json | None) -> httpx2.Response:
    url, _, username = address.partition("@")
    headers = {"Api-Username": username} if username else {}
    return await api.request(method.upper(), url, json=sent, headers=headers)


@pytest.mark.parametrize(("method", "path", "address", "sent"), CALLS, ids=[f"{call[0]} {call[1]}" for call in CALLS])
async def test_answer_fits_the_description(api: httpx2.AsyncClient, method: str, path: str, address: str, sent: Json | None) -> None:
    schema = _schema(_description(), method, path)
    response = await _ask(api, method, address, sent)
    assert response.status_code == 200, response.text
    body = response.json()
    relaxed = _relax(deepcopy(schema))
    assert isinstance(relaxed, dict)
    errors = [f"{list(error.absolute_path)}: {error.message[:160]}" for error in jsonschema.Draft202012Validator(relaxed).iter_errors(body)]
    problems = errors + list(_extras(schema, body))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("method", "path", "address"), EMPTY, ids=[f"{call[0]} {call[1]}" for call in EMPTY])
async def test_answers_without_a_described_body(api: httpx2.AsyncClient, method: str, path: str, address: str) -> None:
    assert path in _description()["paths"]  # type: ignore[operator]  # a document whose shape the description fixes
    response = await _ask(api, method, address, {"new_username": "alicia", "email": "a2@example.org"} if "preferences" in path else None)
    assert response.status_code == 200, response.text


def test_every_described_call_is_covered_or_left_out_by_name() -> None:
    paths = _description()["paths"]
    assert isinstance(paths, dict)
    described = {f"{method} {path}" for path, methods in paths.items() for method in methods}
    covered = {f"{method} {path}" for method, path, *_ in CALLS} | {f"{method} {path}" for method, path, _ in EMPTY}
    assert covered | LEFT_OUT == described
    assert not covered & LEFT_OUT
