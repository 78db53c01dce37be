"""Archives, demo data, saved states, and the double as a process of its own."""

import asyncio
import gzip
import os
import time
from pathlib import Path

import httpx2
import orjson
import pytest

from integrations.discourse.double import archive, demo_data, persist
from integrations.discourse.double.__main__ import main
from integrations.discourse.double.client import ControlError, DoubleControl
from integrations.discourse.double.clock import Clock
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.process import child_double

COMMUNITY = Path(__file__).resolve().parents[5] / "shared" / "community"
SMALL: Json = {
    "site": {"title": "Small"},
    "user_fields": [{"id": 1, "name": "What?"}],
    "categories": [{"id": 7, "name": "Inner", "slug": "inner", "access": ["circle"], "color": "#112233"}],
    "groups": [{"id": 45, "name": "circle", "full_name": "Circle", "members": ["anna"], "owners": ["bert"]}],
    "badges": [{"id": 103, "name": "Star", "type": 1}],
    "users": [
        {"id": 1, "username": "anna", "joined_days_ago": 10, "last_seen_hours_ago": 1, "user_fields": {"1": "Tea"}},
        {"id": 2, "username": "bert", "joined_days_ago": 9, "state": "suspended"},
    ],
    "topics": [
        {
            "id": 5,
            "title": "How to make tea?",
            "category": "inner",
            "tags": ["tea"],
            "days_ago": 2,
            "posts": [
                {"by": "anna", "hours_after": 0, "text": "How?"},
                {"by": "bert", "hours_after": 3, "text": "Hot.", "reply_to": 1, "likes": ["anna"], "accepted": True},
            ],
        }
    ],
    "private_messages": [{"title": "Psst", "from": "anna", "to": ["bert"], "days_ago": 1.95, "posts": [{"by": "anna", "hours_after": 0, "text": "Tea?"}]}],
}


@pytest.mark.slow
def test_an_archive_is_taken_over_whole() -> None:
    if not COMMUNITY.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{COMMUNITY} is missing")
        pytest.skip(f"{COMMUNITY} is not on this machine")
    forum = Forum()
    started = time.monotonic()
    assert archive.load_archive(forum, COMMUNITY / "topics.jsonl.gz", COMMUNITY / "users.jsonl.gz") == (5046, 36990)
    assert time.monotonic() - started < 20
    with gzip.open(COMMUNITY / "topics.jsonl.gz") as file:
        rows = [orjson.loads(line) for line in file]
    assert {row["id"] for row in rows} == set(forum.topics)
    assert {post["id"]: (post["user_id"], post["post_number"], post["reply_to_post_number"]) for row in rows for post in row["posts"]} == {
        post.id: (post.user_id, post.post_number, post.reply_to) for post in forum.posts.values()
    }
    with gzip.open(COMMUNITY / "users.jsonl.gz") as file:
        assert {orjson.loads(line)["id"] for line in file} <= set(forum.users)
    assert forum.hooks.jobs == []


def test_an_archive_with_a_bad_line(tmp_path: Path) -> None:
    file = tmp_path / "topics.jsonl"
    file.write_text('{"id": 1\n')
    with pytest.raises(ValueError, match=r"topics\.jsonl, line 1: not JSON"):
        archive.load_archive(Forum(), file)


def test_demo_times_are_relative_and_ids_follow_time() -> None:
    now = 1_790_000_000.0
    forum = Forum(clock=Clock(frozen_at=now))
    demo_data.load_demo(forum, SMALL)
    posts = list(forum.posts.values())
    assert [(post.id, forum.topics[post.topic_id].title, post.post_number) for post in posts] == [
        (1, "How to make tea?", 1),
        (2, "Psst", 1),
        (3, "How to make tea?", 2),
    ]
    assert posts[0].created_at == now - 2 * 86_400
    topic = forum.topics[5]
    assert (topic.accepted_post_id, topic.bumped_at, topic.posts_count, topic.like_count) == (3, now - 2 * 86_400 + 3 * 3600, 2, 1)
    assert forum.categories[7].permissions == [[45, 1]]
    assert forum.group_members[45][2].owner
    assert forum.users[2].suspended_till is not None
    assert forum.hooks.jobs == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"topics": [{"title": "X", "category": "nowhere", "posts": [{"by": "anna", "text": "x"}]}]}, "category nowhere"),
        ({"topics": [{"title": "X", "category": "inner", "posts": [{"by": "nobody", "text": "x"}]}]}, "user nobody"),
        ({"users": [{"id": 1, "username": "anna"}, {"id": 1, "username": "bert"}]}, "twice"),
        ({"users": [{"id": 1, "username": "anna", "state": "odd"}]}, "odd"),
    ],
)
def test_demo_data_that_does_not_fit(change: Json, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        demo_data.load_demo(Forum(), SMALL | change)


def test_demo_files_are_merged_and_checked(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(orjson.dumps({"site": {"title": "A"}, "users": [{"id": 1}]}))
    (tmp_path / "b.json").write_bytes(orjson.dumps({"users": [{"id": 2}]}))
    assert demo_data.read_demo(tmp_path)["users"] == [{"id": 1}, {"id": 2}]
    (tmp_path / "c.json").write_bytes(b'{"userz": []}')
    with pytest.raises(ValueError, match="userz"):
        demo_data.read_demo(tmp_path)


def test_a_state_comes_back_as_it_was(forum: Forum, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "state.json"
    persist.save(forum, file)
    other = Forum()
    assert persist.load(other, file)
    assert persist.dump(other) == persist.dump(forum)
    assert persist.canonical(other) == persist.canonical(forum)
    assert other.user_likes[1] == forum.user_likes[1]
    assert other.by_external_id == {"ext-1": 1}
    assert other.next_id("posts") == forum.next_id("posts")
    assert not persist.load(Forum(), tmp_path / "none.json")
    file.write_text("[]")
    with pytest.raises(ValueError, match="delete it"):
        persist.load(Forum(), file)


@pytest.mark.slow
async def test_a_process_of_its_own_goes_on_with_its_state(tmp_path: Path) -> None:
    data, state = tmp_path / "small.json", tmp_path / "state.json"
    data.write_bytes(orjson.dumps(SMALL))
    arguments = ["--data", str(data), "--state", str(state), "--api-key", "k" * 32, "--sso", "127.0.0.1|secret", "--rate-limit", "0"]
    async with child_double(arguments) as running:
        await running.control.act("sign_up", username="erin")
        async with httpx2.AsyncClient(base_url=running.base_url, headers={"Api-Key": "k" * 32, "Api-Username": "system"}) as api:
            assert (await api.get("/u/erin.json")).json()["user"]["id"] == 3
            assert (await api.get("/site/basic-info.json")).json()["title"] == "Small"
        settings = await running.control.settings()
        assert settings["discourse_connect_provider_secrets"] == ["127.0.0.1|secret"]
        assert settings["base_url"] == running.base_url
    async with child_double(arguments) as again:
        users = (await again.control.state("users"))["users"]
        assert isinstance(users, list)
        assert [user["username"] for user in users] == ["discobot", "system", "anna", "bert", "erin"]


def test_a_command_line_that_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", "/nonexistent.json"]) == 2
    assert "cannot start" in capsys.readouterr().err


# --------------------------------------------------------------------------------------------------------------------- control


async def test_control(control: DoubleControl, api: httpx2.AsyncClient, forum: Forum) -> None:
    made = await control.act("ask", by="alice", title="A question under control", text="A text that is long enough.", category="help", tags=["x"])
    await control.acts(
        {"act": "reply", "by": "bobby", "topic_id": made["topic_id"], "text": "An answer that is long enough."}, {"act": "seen", "username": "bobby"}
    )
    with pytest.raises(ControlError, match="Title is too short") as refused:
        await control.act("ask", by="alice", title="Short", text="A text that is long enough.")
    assert refused.value.status == 422
    with pytest.raises(ControlError, match="there are accept"):
        await control.act("fly")
    with pytest.raises(ControlError, match="no user 'nobody'"):
        await control.act("confirm", username="nobody")
    before = await control.state()
    await api.get("/latest.json")
    await api.get("/t/999.json")
    assert await control.state() == before
    calls = (await control.calls(reset=True))["calls"]
    assert isinstance(calls, dict)
    assert calls["GET /latest"]["count"] == 1
    assert calls["GET /t/{id:int}"]["statuses"] == {"404": 1}
    assert (await control.calls())["total"] == 0
    await control.advance(60)
    assert (await control.freeze(5.0))["now"] == 5.0
    with pytest.raises(ControlError, match="unknown setting"):
        await control.settings(nonsense=1)
    with pytest.raises(ControlError, match="wants"):
        await control.settings(version=3)
    await control.reset()
    assert (list(forum.users), forum.topics) == ([-1, -2], {})


async def test_control_knows_its_acts(control: DoubleControl) -> None:
    found = (await control.http.get("/_double")).json()
    assert {"sign_up", "ask", "reply", "like", "accept", "destroy", "merge"} <= set(found["acts"])
    assert all(found["acts"].values())
    assert all(found["control"].values())


async def test_control_is_for_this_machine(forum: Forum) -> None:
    from integrations.discourse.double.app import create_double  # noqa: PLC0415  # used here only

    transport = httpx2.ASGITransport(create_double(forum), client=("203.0.113.9", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://forum.test") as client:
        assert (await client.get("/_double/state")).status_code == 404


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-origin"}])
async def test_control_is_not_for_web_pages(control: DoubleControl, headers: dict[str, str]) -> None:
    assert (await control.http.post("/_double/reset", headers=headers)).status_code == 404
    assert (await control.http.get("/_double/state", headers={"Sec-Fetch-Site": "none"})).status_code == 200


async def test_flush_waits_for_what_is_under_way(control: DoubleControl, forum: Forum) -> None:
    assert (await asyncio.wait_for(control.flush(), timeout=5))["idle"] is True
