"""Clients that other people wrote for Discourse work against the double, over real HTTP."""

from collections.abc import Iterator

import pytest
from fluent_discourse import (  # type: ignore[import-untyped]  # it ships no types
    Discourse,
    PageNotFoundError,
    RateLimitError,
    UnauthorizedError,
)
from pydiscourse import DiscourseClient
from pydiscourse.exceptions import DiscourseClientError

from integrations.discourse.double.api.keys import make_key
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.process import double_thread

LONG = "A text that is long enough for every rule."


@pytest.fixture
def address(forum: Forum) -> Iterator[str]:
    with double_thread(forum) as address:
        yield address


@pytest.fixture
def key(forum: Forum) -> str:
    return make_key(forum).key


def test_pydiscourse(address: str, key: str) -> None:
    client = DiscourseClient(address, api_username="system", api_key=key)
    assert client.user("alice")["id"] == 1
    assert client.user_all(1)["username"] == "alice"
    assert client.user_by_id(2)["username"] == "bobby"
    assert client.users("active")[0]["active"] is True
    assert client.user_emails("alice")["email"] == "alice@example.org"
    created = client.create_user("Erin", "erin", "erin@example.org", "a-long-password", active="true")
    assert created["success"] is True
    assert client.update_username("erin", "erika")["username"] == "erika"

    post = client.create_post(LONG, category_id=4, title="A topic of another client", tags=["howto"])
    assert client.topic(post["topic_slug"], post["topic_id"])["title"] == "A topic of another client"
    assert client.posts(post["topic_id"])["post_stream"]["posts"][0]["id"] == post["id"]
    assert client.latest_topics()["topic_list"]["topics"][0]["id"] == post["topic_id"]
    assert client.latest_posts()["latest_posts"][0]["raw"] == LONG
    assert client.category_topics(4)["topic_list"]["topics"][0]["tags"][0]["name"] == "howto"
    client.update_post(post["id"], LONG + " Changed.", "better")
    assert client.post_by_id(post["id"])["version"] == 2
    client.update_topic_status(post["topic_id"], "closed", enabled=True)
    assert client.topic(post["topic_slug"], post["topic_id"])["closed"] is True
    message = client.create_post(LONG, title="Hello Bobby", archetype="private_message", target_recipients="bobby")
    assert client.private_messages("bobby")["topic_list"]["topics"][0]["id"] == message["topic_id"]

    group = client.create_group("readers", full_name="Readers")["basic_group"]
    client.add_group_members(group["id"], ["alice", "bobby"])
    client.add_group_owner(group["id"], "carol")
    assert {member["username"] for member in client.group_members("readers")} == {"alice", "bobby", "carol"}
    client.delete_group_member(group["id"], "alice")
    assert client.group("readers")["group"]["user_count"] == 2
    assert "readers" in [item["name"] for item in client.groups()]
    client.delete_group(group["id"])

    badge = client.badges()["badges"][0]
    client.grant_badge_to("alice", badge["id"])
    assert client.user_badges("alice")["user_badges"][0]["badge_id"] == badge["id"]
    assert [category["slug"] for category in client.categories()][:2] == ["uncategorized", "help"]
    assert client.search("client")["posts"]
    assert client.about()["about"]["version"]
    client.suspend(1, 3, "spam")
    assert client.user_by_id(1)["suspended"] is True
    client.unsuspend(1)
    client.anonymize(1)
    assert client.user_by_id(1)["username"].startswith("anon")
    client.delete_topic(post["topic_id"])
    with pytest.raises(DiscourseClientError):
        client.topic("x", 999)


def test_fluent_discourse(address: str, key: str, forum: Forum) -> None:
    client = Discourse(base_url=address, username="system", api_key=key)
    assert [user["username"] for user in client.admin.users.list.active.json.get({"order": "username", "asc": "true"})][:3] == ["alice", "bobby", "carol"]
    assert client.u["bobby"].json.get()["user"]["id"] == 2
    made = client.posts.json.post({"title": "A topic by fluent words", "raw": LONG, "external_id": "fluent-1"})
    assert client.t[made["topic_id"]].json.get()["external_id"] == "fluent-1"
    assert client.t.external_id["fluent-1"].json.get()["id"] == made["topic_id"]
    assert client.groups["mentors"].members.json.get()["meta"]["total"] == 2
    assert client.categories.json.get()["category_list"]["categories"][1]["slug"] == "help"
    assert client.posts[made["id"]].json.put({"post": {"raw": LONG + " More."}})["post"]["version"] == 2
    assert client.groups[41].members.json.put({"usernames": "alice"})["usernames"] == ["alice"]
    with pytest.raises(PageNotFoundError):
        client.t[999].json.get()
    with pytest.raises(UnauthorizedError):
        Discourse(base_url=address, username="system", api_key="wrong").latest.json.get()
    forum.settings.admin_api_per_minute = 1
    client.latest.json.get()
    with pytest.raises(RateLimitError):
        client.latest.json.get()
