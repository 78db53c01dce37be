"""What Discourse refuses is refused, with its status and error type."""

import httpx2
import pytest

from integrations.discourse.double.actions import accounts
from integrations.discourse.double.api.keys import make_key
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum

LONG = "This is a text that is long enough."

# (what, act as, method, address, sent, status, error_type, a word of the message)
REFUSALS: tuple[tuple[str, str, str, str, Json | None, int, str | None, str], ...] = (
    ("unknown route", "system", "GET", "/nothing.json", None, 404, "not_found", ""),
    ("other method", "system", "GET", "/post_actions.json", None, 404, "not_found", ""),
    ("unknown topic", "system", "GET", "/t/999.json", None, 404, "not_found", ""),
    ("a topic that is no number", "system", "GET", "/t/abc/def.json", None, 404, "not_found", ""),
    ("message of others", "bobby", "GET", "/t/2.json", None, 404, "not_found", ""),
    ("post in a message of others", "bobby", "GET", "/posts/3.json", None, 403, "invalid_access", ""),
    ("unknown post", "system", "GET", "/posts/999.json", None, 404, "not_found", ""),
    ("closed category", "alice", "GET", "/c/5/show.json", None, 404, "not_found", ""),
    ("topics of a closed category", "alice", "GET", "/c/mentors-only/5.json", None, 404, "not_found", ""),
    ("admin list for a member", "alice", "GET", "/admin/users.json", None, 404, "not_found", ""),
    ("hooks for a moderator", "warden", "GET", "/admin/api/web_hooks.json", None, 404, "not_found", ""),
    ("unknown user", "system", "GET", "/u/nobody.json", None, 404, "not_found", ""),
    ("unknown user id", "system", "GET", "/admin/users/999.json", None, 404, "not_found", ""),
    ("the forum's id is no SSO id", "system", "GET", "/u/by-external/4.json", None, 404, "not_found", ""),
    ("addresses of another", "alice", "GET", "/u/bobby/emails.json", None, 403, "invalid_access", ""),
    ("messages of another", "bobby", "GET", "/topics/private-messages/alice.json", None, 403, "invalid_access", ""),
    ("title too short", "alice", "POST", "/posts.json", {"title": "short", "raw": LONG}, 422, None, "Title is too short (minimum is 15 characters)"),
    ("body too short", "alice", "POST", "/posts.json", {"title": "A title of good length", "raw": "short"}, 422, None, "Body is too short (minimum is 20"),
    ("no body at all", "alice", "POST", "/posts.json", {"title": "A title of good length"}, 400, None, "param is missing or the value is empty: raw"),
    ("title used", "alice", "POST", "/posts.json", {"title": "How would you do this here?", "raw": LONG}, 422, None, "Title has already been used"),
    (
        "unknown category",
        "alice",
        "POST",
        "/posts.json",
        {"title": "A title of good length", "raw": LONG, "category": 99},
        400,
        "invalid_parameters",
        "category",
    ),
    (
        "category not theirs",
        "alice",
        "POST",
        "/posts.json",
        {"title": "A title of good length", "raw": LONG, "category": 5},
        400,
        "invalid_parameters",
        "category",
    ),
    ("external id taken", "system", "POST", "/posts.json", {"title": "A title of good length", "raw": LONG, "external_id": "ext-1"}, 422, None, "External has"),
    (
        "message to nobody known",
        "system",
        "POST",
        "/posts.json",
        {"title": "Hi", "raw": LONG, "archetype": "private_message", "target_recipients": "nobody"},
        422,
        None,
        "could not be found",
    ),
    ("message without recipients", "system", "POST", "/posts.json", {"title": "Hi", "raw": LONG, "archetype": "private_message"}, 422, None, "valid user"),
    ("reply to what is not theirs", "bobby", "POST", "/posts.json", {"topic_id": 2, "raw": LONG}, 404, "not_found", ""),
    ("reply to nothing", "bobby", "POST", "/posts.json", {"topic_id": 999, "raw": LONG}, 403, "invalid_access", ""),
    ("edit of another's post", "alice", "PUT", "/posts/2.json", {"post": {"raw": LONG}}, 403, "invalid_access", ""),
    ("edit without post", "system", "PUT", "/posts/2.json", {"raw": LONG}, 400, None, "param is missing or the value is empty: post"),
    ("delete of another's post", "alice", "DELETE", "/posts/2.json", None, 403, "invalid_access", ""),
    ("like of one's own", "alice", "POST", "/post_actions.json", {"id": 1, "post_action_type_id": 2}, 403, "invalid_access", ""),
    ("second like", "alice", "POST", "/post_actions.json", {"id": 2, "post_action_type_id": 2}, 403, "invalid_access", ""),
    ("unlike without a like", "dave", "DELETE", "/post_actions/2.json", None, 404, "not_found", ""),
    ("answer accepted by a stranger", "dave", "POST", "/solution/accept.json", {"id": 2}, 403, "invalid_access", ""),
    ("member already in", "system", "PUT", "/groups/41/members.json", {"usernames": "alice,bobby"}, 422, None, "already a member"),
    ("member unknown", "system", "PUT", "/groups/41/members.json", {"usernames": "alice,nobody"}, 400, "invalid_parameters", "nobody"),
    ("no member named", "system", "PUT", "/groups/41/members.json", {}, 400, "invalid_parameters", ""),
    ("members of an automatic group", "system", "PUT", "/groups/10/members.json", {"usernames": "alice"}, 403, "invalid_access", ""),
    ("group of others", "alice", "PUT", "/groups/41/members.json", {"usernames": "alice"}, 403, "invalid_access", ""),
    ("group's name taken", "system", "POST", "/admin/groups.json", {"group": {"name": "Mentors"}}, 422, "record_invalid", "taken"),
    ("group named like a member", "system", "POST", "/admin/groups.json", {"group": {"name": "alice"}}, 422, "record_invalid", "taken"),
    ("group's name too long", "system", "POST", "/admin/groups.json", {"group": {"name": "x" * 21}}, 422, "record_invalid", "20"),
    ("group without a name", "system", "POST", "/admin/groups.json", {"group": {}}, 400, None, "name"),
    ("automatic group deleted", "system", "DELETE", "/admin/groups/3.json", None, 422, None, "utomatic"),
    ("unknown group", "system", "GET", "/groups/nothing.json", None, 404, "not_found", ""),
    ("members list too long", "system", "GET", "/groups/mentors/members.json?limit=1001", None, 400, "invalid_parameters", "limit"),
    ("badge's name taken", "system", "POST", "/admin/badges.json", {"name": "guide", "badge_type_id": 1}, 422, "record_invalid", "taken"),
    ("badge without type", "system", "POST", "/admin/badges.json", {"name": "Other"}, 422, "record_invalid", "type"),
    ("badge by a member", "alice", "POST", "/user_badges.json", {"username": "bobby", "badge_id": 101}, 403, "invalid_access", ""),
    ("unknown badge", "system", "POST", "/user_badges.json", {"username": "bobby", "badge_id": 7}, 404, "not_found", ""),
    ("admin suspended", "system", "PUT", "/admin/users/5/suspend.json", {"suspend_until": "2121-01-01", "reason": "x"}, 403, "invalid_access", ""),
    ("suspension without an end", "system", "PUT", "/admin/users/1/suspend.json", {"reason": "x"}, 400, None, "suspend_until"),
    ("suspension until nonsense", "system", "PUT", "/admin/users/1/suspend.json", {"suspend_until": "soon", "reason": "x"}, 400, "invalid_parameters", ""),
    ("destroyed with posts", "system", "DELETE", "/admin/users/1.json", {}, 403, None, "posts"),
    ("admin destroyed", "system", "DELETE", "/admin/users/5.json", {"delete_posts": True}, 403, "invalid_access", ""),
    ("staff anonymised", "system", "PUT", "/admin/users/6/anonymize.json", {}, 403, "invalid_access", ""),
    ("name taken", "system", "PUT", "/u/alice/preferences/username.json", {"new_username": "Bobby"}, 422, "record_invalid", "unique"),
    ("name too short", "system", "PUT", "/u/alice/preferences/username.json", {"new_username": "al"}, 422, "record_invalid", "at least 3"),
    ("hook without events", "system", "POST", "/admin/api/web_hooks.json", {"web_hook": {"payload_url": "https://x.example"}}, 422, None, "event types"),
    ("hook nested wrong", "system", "POST", "/admin/api/web_hooks.json", {"payload_url": "https://x.example"}, 400, None, "web_hook"),
    ("unknown order", "system", "GET", "/latest.json?order=chaos", None, 400, "invalid_parameters", "order"),
    ("negative page", "system", "GET", "/latest.json?page=-1", None, 400, "invalid_parameters", "page"),
    ("unknown status of a topic", "system", "PUT", "/t/1/status.json", {"status": "glowing", "enabled": "true"}, 400, "invalid_parameters", "status"),
    ("unknown flag of users", "system", "GET", "/admin/users/list/funny.json", None, 404, "not_found", ""),
)


@pytest.mark.parametrize(("username", "method", "address", "sent", "status", "kind", "word"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
async def test_refusal(api: httpx2.AsyncClient, username: str, method: str, address: str, sent: Json | None, status: int, kind: str | None, word: str) -> None:
    response = await api.request(method, address, json=sent, headers={"Api-Username": username})
    body = response.json()
    assert (response.status_code, body.get("error_type")) == (status, kind), body
    assert word in " ".join(body["errors"])
    if sent is not None and address == "/posts.json" and status == 422:
        assert body["action"] == "create_post"


async def test_a_missing_topic_has_a_page_in_its_answer(api: httpx2.AsyncClient) -> None:
    body = (await api.get("/t/999.json")).json()
    assert set(body["extras"]) == {"title", "html", "group"}


@pytest.mark.parametrize(
    ("hook", "word"),
    [
        ({"payload_url": "ftp://x.example"}, "invalid"),
        ({"payload_url": "http://10.0.0.1/hook"}, "internal"),
        ({"payload_url": "http://169.254.169.254/"}, "internal"),
        ({"payload_url": "https://x.example", "secret": "short"}, "too short (minimum is 12"),
        ({"payload_url": "https://x.example", "content_type": 3}, "Content type"),
        ({"payload_url": "https://x.example", "category_ids": [999]}, "Categories"),
        ({"payload_url": "https://x.example", "web_hook_event_type_ids": [3]}, "event types"),
    ],
)
async def test_hooks_that_are_not_valid(api: httpx2.AsyncClient, hook: Json, word: str) -> None:
    response = await api.post("/admin/api/web_hooks.json", json={"web_hook": {"web_hook_event_type_ids": [201]} | hook})
    assert response.status_code == 422
    assert word in response.json()["errors"][0]


async def test_sign_up_problems_come_with_status_200(api: httpx2.AsyncClient) -> None:
    sent = {"name": "Al", "username": "ALICE", "email": "alice@example.org", "password": "a-long-password"}
    response = await api.post("/users.json", json=sent)
    assert response.status_code == 200
    assert response.json()["success"] is False
    assert set(response.json()["errors"]) == {"username", "email"}


@pytest.mark.parametrize(
    "headers", [{"Api-Key": "wrong", "Api-Username": "system"}, {"Api-Username": "nobody"}, {"Api-Username": ""}], ids=["key", "username", "none"]
)
async def test_credentials(api: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    response = await api.get("/latest.json", headers=headers)
    assert (response.status_code, response.json()["error_type"]) == (403, "invalid_access")


async def test_keys_in_the_query_are_not_looked_at(anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    response = await anonymous.get(f"/admin/users.json?api_key={make_key(forum).key}&api_username=system")
    assert response.status_code == 404


async def test_a_suspended_or_inactive_member_cannot_be_acted_as(api: httpx2.AsyncClient, forum: Forum) -> None:
    accounts.suspend(forum, forum.users[1], until=forum.now() + 60, reason="x", by=forum.users[-1])
    forum.users[2].active = False
    for name in ("alice", "bobby"):
        assert (await api.get("/latest.json", headers={"Api-Username": name})).status_code == 403


async def test_a_silenced_member_cannot_write(api: httpx2.AsyncClient, forum: Forum) -> None:
    accounts.silence(forum, forum.users[1], until=forum.now() + 60, reason="x", by=forum.users[-1])
    response = await api.post("/posts.json", json={"topic_id": 1, "raw": LONG}, headers={"Api-Username": "alice"})
    assert response.status_code == 403


async def test_granular_bound_and_revoked_keys(anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    reader = make_key(forum, scopes=["users:list", "topics:write"])
    bound = make_key(forum, user=forum.users[1])

    async def status(key: str, method: str, path: str, name: str = "system", sent: Json | None = None) -> int:
        return (await anonymous.request(method, path, json=sent, headers={"Api-Key": key, "Api-Username": name})).status_code

    assert await status(reader.key, "GET", "/admin/users.json") == 200
    assert await status(reader.key, "GET", "/u/alice.json") == 403
    assert await status(reader.key, "GET", "/admin/api/web_hooks.json") == 403
    assert await status(reader.key, "POST", "/posts.json", sent={"topic_id": 1, "raw": LONG}) == 200
    assert await status(bound.key, "GET", "/latest.json", "alice") == 200
    assert await status(bound.key, "GET", "/latest.json", "bobby") == 403
    bound.revoked_at = forum.now()
    assert await status(bound.key, "GET", "/latest.json", "alice") == 403


async def test_login_required_and_read_only(anonymous: httpx2.AsyncClient, api: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.login_required = True
    refused = await anonymous.get("/latest.json")
    assert (refused.status_code, refused.json()["error_type"]) == (403, "not_logged_in")
    assert (await anonymous.get("/site/basic-info.json")).status_code == 200
    forum.settings.read_only = True
    refused = await api.post("/posts.json", json={"topic_id": 1, "raw": LONG})
    assert (refused.status_code, refused.json()["error_type"]) == (503, "read_only")


async def test_recent_text_is_not_taken_twice_from_a_member(api: httpx2.AsyncClient, forum: Forum) -> None:
    sent = {"topic_id": 1, "raw": LONG}
    forum.settings.rate_limit_create_post = 0
    assert (await api.post("/posts.json", json=sent, headers={"Api-Username": "dave"})).status_code == 200
    again = await api.post("/posts.json", json=sent, headers={"Api-Username": "dave"})
    assert (again.status_code, again.json()["errors"]) == (422, ["Body is too similar to what you recently posted"])
    forum.clock.advance(301)
    assert (await api.post("/posts.json", json=sent, headers={"Api-Username": "dave"})).status_code == 200


async def test_a_message_goes_to_thirty_at_most_unless_staff_sends_it(api: httpx2.AsyncClient, forum: Forum) -> None:
    names = ",".join(accounts.sign_up(forum, f"person{n}", email=f"p{n}@example.org").username for n in range(31))
    sent = {"title": "Hello all", "raw": LONG, "archetype": "private_message", "target_recipients": names}
    assert (await api.post("/posts.json", json=sent, headers={"Api-Username": "alice"})).status_code == 422
    assert (await api.post("/posts.json", json=sent)).status_code == 200


async def test_at_most_so_many_members_at_once(api: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.add_members_limit = 1
    response = await api.put("/groups/41/members.json", json={"usernames": "alice,dave"})
    assert response.status_code == 422
    assert "maximum of 1" in response.json()["errors"][0]


async def test_body_that_is_not_json(api: httpx2.AsyncClient) -> None:
    response = await api.post("/posts.json", content=b"{", headers={"Content-Type": "application/json"})
    assert response.status_code == 400
