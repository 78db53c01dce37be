"""How many requests are let in."""

import httpx2

from integrations.discourse.double.api.keys import make_key
from integrations.discourse.double.forum import Forum


async def test_admin_keys_share_one_bucket_a_minute(api: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.admin_api_per_minute = 2
    other = {"Api-Key": make_key(forum).key}
    first = await api.get("/latest.json")
    assert not [name for name in first.headers if "limit" in name.lower()]
    forum.clock.advance(20)
    assert (await api.get("/latest.json", headers=other)).status_code == 200
    refused = await api.get("/latest.json")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "40")
    assert refused.headers["discourse-rate-limit-error-code"] == "admin_api_key_rate_limit"
    body = refused.json()
    assert (body["error_type"], body["extras"]) == ("rate_limit", {"wait_seconds": 40, "time_left": "40 seconds"})
    forum.clock.advance(40)
    assert (await api.get("/latest.json")).status_code == 200


async def test_one_request_a_minute_means_sixty_seconds(api: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.admin_api_per_minute = 1
    await api.get("/latest.json")
    assert (await api.get("/latest.json")).headers["retry-after"] == "60"


async def test_user_keys_have_their_own_bucket(anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.user_api_per_minute = 1
    headers = {"User-Api-Key": make_key(forum, user=forum.users[1], client_id="c", scopes=["session_info"]).key}
    answer = await anonymous.get("/session/current.json", headers=headers)
    assert answer.json()["current_user"]["username"] == "alice"
    refused = await anonymous.get("/session/current.json", headers=headers)
    assert (await anonymous.head("/user-api-key/new")).headers["auth-api-version"] == "4"
    assert refused.headers["discourse-rate-limit-error-code"] == "user_api_key_limiter_60_secs"


async def test_addresses_get_plain_text(anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.ip_per_10_seconds = 1
    assert (await anonymous.get("/latest.json")).status_code == (await anonymous.get("/latest.json")).status_code == 200
    forum.settings.limit_private_ips = True
    await anonymous.get("/latest.json")
    refused = await anonymous.get("/latest.json")
    assert refused.status_code == 429
    assert refused.headers["content-type"].startswith("text/plain")
    assert int(refused.headers["retry-after"]) == 10


async def test_members_are_slowed_down_and_staff_is_not(api: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.max_topics_per_day = 2

    async def ask(number: int, name: str) -> httpx2.Response:
        sent = {"title": f"A question of good length {number}", "raw": f"A text of good length for question {number}."}
        return await api.post("/posts.json", json=sent, headers={"Api-Username": name})

    assert (await ask(1, "dave")).status_code == 200
    soon = await ask(2, "dave")
    assert (soon.status_code, soon.json()["extras"]["wait_seconds"]) == (429, 15)
    forum.clock.advance(16)
    assert (await ask(3, "dave")).status_code == 200
    forum.clock.advance(16)
    assert (await ask(4, "dave")).headers["discourse-rate-limit-error-code"] == "topics_per_day"
    assert [(await ask(number, "warden")).status_code for number in range(5, 9)] == [200] * 4


async def test_likes_a_day(api: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.max_likes_per_day = 1
    sent = {"id": 1, "post_action_type_id": 2}
    assert (await api.post("/post_actions.json", json=sent, headers={"Api-Username": "dave"})).status_code == 200
    assert (await api.post("/post_actions.json", json=sent | {"id": 2}, headers={"Api-Username": "dave"})).status_code == 429
