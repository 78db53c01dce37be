"""Lists and their pages, and who sees what."""

import httpx2

from integrations.discourse.double.actions import posting, reactions, topics
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Post, Topic, User


def fill(forum: Forum, count: int, *, category: int = 4) -> list[Post]:
    made = []
    for number in range(count):
        forum.clock.advance(60)
        draft = posting.Draft(f"Text number {number} for the list.", title=f"Topic of the list {number:03}", category=forum.categories[category], fast=True)
        made.append(posting.create_topic(forum, forum.users[-1], draft))
    return made


async def read(client: httpx2.AsyncClient, path: str, **headers: str) -> Json:
    response = await client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


async def ids(client: httpx2.AsyncClient, path: str) -> list[int]:
    posts = (await read(client, path))["latest_posts"]
    assert isinstance(posts, list)
    return [post["id"] for post in posts]


async def test_posts_before_is_a_window_of_fifty_ids(api: httpx2.AsyncClient, forum: Forum) -> None:
    made = fill(forum, 120)
    last = made[-1].id
    assert await ids(api, "/posts.json") == list(range(last, last - 50, -1))
    assert await ids(api, f"/posts.json?before={last - 50}") == list(range(last - 50, last - 100, -1))
    assert await ids(api, "/posts.json?before=4") == [4, 2, 1]
    for post in made[:60]:
        posting.delete_post(forum, post, by=forum.users[-1])
    edge = made[59].id
    assert await ids(api, f"/posts.json?before={edge}") == []
    assert await ids(api, f"/posts.json?before={edge - 50}") == [4, 2, 1]
    assert await ids(api, f"/posts.json?before={last + 1000}") == []


async def test_posts_leaves_out_what_is_not_public(api: httpx2.AsyncClient, anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.allow_duplicate_topic_titles = True
    hidden, unlisted, closed = fill(forum, 1)[0], fill(forum, 1)[0], fill(forum, 1, category=5)[0]
    hidden.hidden = True
    forum.topics[unlisted.topic_id].visible = False
    assert await ids(api, "/posts.json") == [closed.id, hidden.id, 4, 2, 1]
    assert await ids(anonymous, "/posts.json") == [4, 2, 1]


async def test_latest_pages(api: httpx2.AsyncClient, forum: Forum) -> None:
    fill(forum, 65)
    seen: list[int] = []
    path: str | None = "/latest.json"
    pages = 0
    while path:
        listing = (await read(api, path))["topic_list"]
        assert isinstance(listing, dict)
        seen += [topic["id"] for topic in listing["topics"]]
        more = listing.get("more_topics_url")
        path = more.replace("/latest?", "/latest.json?") if more else None
        pages += 1
    assert (pages, len(seen), len(set(seen))) == (3, 67, 67)
    oldest = (await read(api, "/latest.json?order=created&ascending=true"))["topic_list"]
    assert isinstance(oldest, dict)
    assert oldest["topics"][0]["id"] == 1
    assert "order=created" in oldest["more_topics_url"]


async def test_a_reply_bumps_and_a_pinned_topic_is_first(api: httpx2.AsyncClient, forum: Forum) -> None:
    async def order() -> list[int]:
        listing = (await read(api, "/latest.json"))["topic_list"]
        assert isinstance(listing, dict)
        return [topic["id"] for topic in listing["topics"]]

    forum.clock.advance(60)
    posting.reply(forum, forum.users[4], forum.topics[1], posting.Draft("One more thing about that.", fast=True))
    assert await order() == [1, 3]
    topics.set_status(forum, forum.topics[3], "pinned", enabled=True, by=forum.users[-1])
    assert await order() == [3, 1]


async def test_a_topic_has_twenty_posts_and_the_ids_of_all(api: httpx2.AsyncClient, forum: Forum) -> None:
    for number in range(30):
        posting.reply(forum, forum.users[-1], forum.topics[1], posting.Draft(f"Reply number {number} of this topic.", fast=True))
    body = await read(api, "/t/1.json")
    stream = body["post_stream"]
    assert isinstance(stream, dict)
    assert (len(stream["posts"]), len(stream["stream"])) == (20, 32)
    assert body["accepted_answer"]
    rest = stream["stream"][20:]
    query = "&".join(f"post_ids[]={number}" for number in rest)
    more = (await read(api, f"/t/1/posts.json?{query}"))["post_stream"]
    assert isinstance(more, dict)
    assert [post["id"] for post in more["posts"]] == rest
    second = (await read(api, "/t/1.json?page=2"))["post_stream"]
    assert isinstance(second, dict)
    assert len(second["posts"]) == 12
    assert (await api.get("/t/1.json?page=3")).status_code == 404


async def test_external_id_redirects(api: httpx2.AsyncClient) -> None:
    response = await api.get("/t/external_id/ext-1.json")
    assert (response.status_code, response.headers["location"]) == (301, "http://forum.test/t/how-would-you-do-this-here/1.json")
    assert (await api.get("/t/external_id/none.json")).status_code == 404


async def test_solved_is_shown_only_with_the_plugin(api: httpx2.AsyncClient, forum: Forum) -> None:
    async def keys() -> tuple[object, object, object]:
        listing, post = (await read(api, "/latest.json"))["topic_list"], await read(api, "/posts/2.json")
        assert isinstance(listing, dict)
        line = next(topic for topic in listing["topics"] if topic["id"] == 1)
        return line.get("has_accepted_answer"), post.get("accepted_answer"), (await read(api, "/t/1.json")).get("accepted_answer")

    with_plugin = await keys()
    assert with_plugin[:2] == (True, True)
    forum.settings.solved_enabled = False
    assert await keys() == (None, None, None)


async def test_users_are_an_array_of_a_hundred_a_page(api: httpx2.AsyncClient, forum: Forum) -> None:
    for number in range(230):
        forum.add_user(User(id=forum.next_id("users"), username=f"person{number}", name=None, email=f"p{number}@example.org", created_at=forum.now()))
    sizes: list[int] = []
    names: set[str] = set()
    for page in range(1, 5):
        users = (await api.get(f"/admin/users/list/active.json?page={page}&order=created&asc=true")).json()
        sizes.append(len(users))
        names |= {user["username"] for user in users}
        assert not any("email" in user for user in users)
    assert sizes == [100, 100, 38, 0]
    assert {"system", "discobot", "alice"} <= names
    assert (await api.get("/admin/users.json?show_emails=true&email=alice@example.org")).json()[0]["email"] == "alice@example.org"
    first, zeroth = (await api.get("/admin/users.json?page=1")).json(), (await api.get("/admin/users.json?page=0")).json()
    assert first == zeroth


async def test_suspended_and_silenced_are_said_only_when_they_are(api: httpx2.AsyncClient, forum: Forum) -> None:
    assert "suspended_till" not in await read(api, "/admin/users/1.json")
    forum.users[1].suspended_at, forum.users[1].suspended_till = forum.now(), forum.now() + 60
    assert (await read(api, "/admin/users/1.json"))["suspended_till"]
    forum.clock.advance(61)
    assert "suspended_till" not in await read(api, "/admin/users/1.json")


async def test_members_of_a_group_and_its_owners_on_every_page(api: httpx2.AsyncClient) -> None:
    body = await read(api, "/groups/mentors/members.json?limit=1&offset=1")
    assert isinstance(body["members"], list)
    assert isinstance(body["owners"], list)
    assert [member["username"] for member in body["members"]] == ["carol"]
    assert [member["username"] for member in body["owners"]] == ["carol"]
    assert body["meta"] == {"total": 2, "limit": 1, "offset": 1}


async def test_permissions_of_a_category_are_for_admins(api: httpx2.AsyncClient) -> None:
    category = (await read(api, "/c/5/show.json"))["category"]
    assert isinstance(category, dict)
    assert category["read_restricted"] is True
    assert category["group_permissions"] == [{"permission_type": 1, "group_name": "mentors", "group_id": 41}]
    seen = (await read(api, "/c/5/show.json", **{"Api-Username": "bobby"}))["category"]
    assert isinstance(seen, dict)
    assert "group_permissions" not in seen


async def test_categories_inside_others_only_when_asked_for(api: httpx2.AsyncClient) -> None:
    async def names(path: str) -> list[tuple[str, list[str]]]:
        listing = (await read(api, path))["category_list"]
        assert isinstance(listing, dict)
        return [(item["slug"], [child["slug"] for child in item["subcategory_list"] or ()]) for item in listing["categories"]]

    plain = await names("/categories.json")
    assert ("help", []) in plain
    assert "inside-help" not in dict(plain)
    assert ("help", ["inside-help"]) in await names("/categories.json?include_subcategories=true")


async def test_likes_given_thirty_at_a_time(api: httpx2.AsyncClient, forum: Forum) -> None:
    for post in fill(forum, 35):
        forum.clock.advance(1)
        reactions.like(forum, post, by=forum.users[1], fast=True)
    first = (await read(api, "/user_actions.json?username=alice&filter=1"))["user_actions"]
    second = (await read(api, "/user_actions.json?username=alice&filter=1&offset=30"))["user_actions"]
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert (len(first), len(second)) == (30, 6)
    assert second[-1]["post_id"] == 2
    assert (second[-1]["acting_username"], second[-1]["username"]) == ("alice", "bobby")


async def test_profiles_are_found_in_any_case_and_may_be_hidden(api: httpx2.AsyncClient, anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    forum.users[2].hide_profile = True
    assert (await read(api, "/u/BOBBY.json"))["user"]["user_fields"] == {"1": None, "2": None}  # type: ignore[index]  # a profile is an object
    hidden = (await read(anonymous, "/u/bobby.json"))["user"]
    assert isinstance(hidden, dict)
    assert hidden["profile_hidden"] is True
    assert "groups" not in hidden


async def test_messages_are_shown_to_those_in_them(api: httpx2.AsyncClient) -> None:
    assert (await api.get("/t/2.json", headers={"Api-Username": "carol"})).status_code == 200
    assert (await api.get("/t/2.json", headers={"Api-Username": "warden"})).status_code == 404
    assert (await api.get("/t/2.json")).status_code == 200
    await api.post("/t/2/invite-group.json", json={"group": "mentors"})
    assert (await api.get("/t/2.json", headers={"Api-Username": "bobby"})).status_code == 200


async def test_whispers_are_for_staff(api: httpx2.AsyncClient, forum: Forum) -> None:
    whisper = posting.reply(forum, forum.users[6], forum.topics[1], posting.Draft("Between us of the staff only.", whisper=True, fast=True))
    assert whisper.post_type == 4
    assert (await api.get(f"/posts/{whisper.id}.json")).status_code == 200
    assert (await api.get(f"/posts/{whisper.id}.json", headers={"Api-Username": "alice"})).status_code == 403
    assert whisper.id not in await ids(api, "/posts.json")


async def test_events_are_read_from_posts(api: httpx2.AsyncClient, forum: Forum) -> None:
    events = (await read(api, "/discourse-post-event/events.json"))["events"]
    assert isinstance(events, list)
    assert [(event["name"], event["starts_at"], event["timezone"]) for event in events] == [("Mentor hour", "2026-10-01T15:00:00.000Z", "Europe/Paris")]
    assert (await read(api, "/discourse-post-event/events.json?after=2026-11-01"))["events"] == []
    calendar = await api.get("/discourse-post-event/events.ics")
    assert "DTSTART:20261001T150000Z" in calendar.text
    forum.settings.calendar_enabled = False
    assert (await api.get("/discourse-post-event/events.json")).status_code == 404


async def test_deleted_topics_are_gone_but_for_staff(api: httpx2.AsyncClient, forum: Forum) -> None:
    await api.delete("/t/1.json")
    topic: Topic = forum.topics[1]
    assert topic.deleted_at is not None
    assert (await api.get("/t/1.json", headers={"Api-Username": "alice"})).status_code == 404
    assert (await read(api, "/t/1.json"))["deleted_at"]
    assert (await api.put("/t/1/recover.json")).status_code == 200
    assert (await api.get("/t/1.json", headers={"Api-Username": "alice"})).status_code == 200


async def test_json_is_answered_for_the_extension_or_the_header(anonymous: httpx2.AsyncClient) -> None:
    assert (await anonymous.get("/latest")).headers["content-type"].startswith("text/html")
    assert (await anonymous.get("/latest", headers={"Accept": "application/json"})).json()["topic_list"]
    assert (await anonymous.head("/latest.json")).status_code == 200
