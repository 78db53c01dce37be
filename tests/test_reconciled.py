"""Whatever became of the deliveries: after one reconciliation the store is what the forum is, compared with the forum's own memory."""

import os
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from integrations.discourse.double.client import ControlError
from integrations.discourse.double.process import Running, child_double, free_port
from plugin.app import Parts, build, compose
from plugin.cli.common import WITH_TIME
from plugin.domain.members import Standing
from plugin.graph.text import term_counts
from plugin.services import connect as connecting
from plugin.services import reconcile as reconciling
from plugin.services.connect import NewConnection
from plugin.settings import Settings
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from tests.schema.world import served

pytestmark = pytest.mark.slow

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "community"
TOPICS = 150
"""Topics of the real community that are taken over: the benchmark of the import takes all of them."""
CHANGES = 150
SEED = 20261124

State = Mapping[str, Mapping[str, object]]


# ---------------------------------------------------------------------------------------------------------------------- what the forum has


def micros(seconds: float) -> int:
    """A time of the forum as it says it: in milliseconds."""
    return int(seconds * 1000) * 1000


def of_forum(content: Mapping[str, Any], *, now: float, marked: Mapping[str, str]) -> State:
    """What a store should have of a forum: what every signed-in member may read, by people who are there; ``marked`` has words that edits left in posts."""
    people = {one["id"]: one for one in content["users"] if one["id"] > 0 and not one["staged"] and not one["username"].startswith("anon")}
    groups = {one["id"]: one for one in content["groups"] if not one["automatic"]}
    open_to_all = {one["id"] for one in content["categories"] if not one["permissions"] or {0, 10} & {group for group, _ in one["permissions"]}}
    topics = {
        one["id"]: one
        for one in content["topics"]
        if one["archetype"] == "regular" and one["deleted_at"] is None and one["visible"] and one["category_id"] in open_to_all
    }
    posts = {
        one["id"]: one
        for one in content["posts"]
        if one["topic_id"] in topics
        and one["user_id"] in people
        and one["post_type"] in {1, 2}
        and one["deleted_at"] is None
        and not one["user_deleted"]
        and not one["hidden"]
    }
    return {
        "members": {str(number): (one["username"], one["name"] or "", standing(one, now), one["trust_level"], one["admin"]) for number, one in people.items()},
        "groups": {str(number): one["name"] for number, one in groups.items()},
        "memberships": {
            str(number): sorted(str(one["user_id"]) for one in content["memberships"] if one["group_id"] == number and one["user_id"] in people)
            for number in groups
        },
        "topics": {
            str(number): (
                one["title"],
                str(one["category_id"]),
                tuple(sorted(one["tags"])),
                str(one["user_id"]) if one["user_id"] in people else None,
                one["closed"] or one["archived"],
            )
            for number, one in topics.items()
        },
        "solved": {str(number): str(one["accepted_post_id"]) for number, one in topics.items() if one["accepted_post_id"] in posts},
        "posts": {
            str(number): (str(one["topic_id"]), str(one["user_id"]), one["post_number"], one["version"], micros(one["updated_at"]), marked.get(str(number), ""))
            for number, one in posts.items()
        },
    }


def standing(user: Mapping[str, Any], now: float) -> Standing:
    """Whether an account may take part, by the forum's own record."""
    if not user["active"] or not user["approved"]:
        return Standing.PENDING
    banned = any(user[key] is not None and user[key] > now for key in ("suspended_till", "silenced_till"))
    return Standing.SUSPENDED if banned else Standing.MEMBER


def of_store(unit: UnitOfWork, *, marked: Mapping[str, str]) -> State:
    """The same of the store."""
    members = {one.id: one for one in unit.members.all()}
    groups = unit.groups.all()
    topics = {one.id: one for one in unit.topics.all()}

    def mark_of(post_id: str, terms: Mapping[int, int]) -> str:
        word = marked.get(post_id, "")
        return word if set(term_counts(word, key=unit.keys.terms)) <= set(terms) else ""

    def host_id(member_id: int | None) -> str | None:
        return None if member_id is None else members[member_id].host_user_id

    return {
        "members": {one.host_user_id: (one.username, one.name, one.standing, one.trust_level, one.admin) for one in members.values()},
        "groups": groups,
        "memberships": {group: sorted(members[one].host_user_id for one in unit.groups.members_of(group)) for group in groups},
        "topics": {one.id: (one.title, one.space_id, tuple(sorted(one.tags)), host_id(one.author_id), one.closed) for one in topics.values()},
        "solved": {one.id: one.solution_post_id for one in topics.values() if one.solution_post_id is not None},
        "posts": {
            one.id: (
                one.topic_id,
                members[one.author_id].host_user_id,
                one.number,
                one.version,
                int(one.updated_at.timestamp() * 1000) * 1000,
                mark_of(one.id, one.terms),
            )
            for one in unit.posts.each()
            if one.live
        },
    }


# ---------------------------------------------------------------------------------------------------------------------- the two beside each other


@dataclass
class Pair:
    """A forum in a process of its own, and the service that is connected to it."""

    forum: Running
    parts: Parts
    installation_id: int = 0
    marked: dict[str, str] = field(default_factory=dict)

    async def connect(self) -> None:
        key = await self.forum.control.api_key()
        new = NewConnection(host="discourse", url=self.forum.base_url, api_key=key, host_settings={"requests_per_minute": "60000"})
        self.installation_id = (await connecting.connect(self.parts.runtime, new)).installation_id

    async def reconcile(self) -> reconciling.Report:
        report = await reconciling.reconcile(self.parts.runtime, self.installation_id, whole=True)
        await reconciling.settle_all(self.parts.runtime, self.installation_id, report=report)
        return report

    async def handle(self) -> None:
        """Work off the deliveries that came."""
        await Worker(self.parts.runtime, self.parts.graphs).run_until_idle(lanes=frozenset({"inbox"}))

    async def both(self) -> tuple[State, State]:
        """The store, and what it should be."""
        content = await self.forum.control.state("users", "categories", "groups", "memberships", "topics", "posts")
        now = (await self.forum.control.run_clock())["now"]
        assert isinstance(now, float)
        store = await self.parts.runtime.database.read(self.installation_id, lambda unit: of_store(unit, marked=self.marked))
        return store, of_forum(content, now=now, marked=self.marked)

    async def differences(self) -> dict[str, object]:
        """What differs, by kind."""
        store, forum = await self.both()
        found: dict[str, object] = {}
        for name, wanted in forum.items():
            differs = {one: (store[name].get(one), wanted.get(one)) for one in {*wanted, *store[name]} if store[name].get(one) != wanted.get(one)}
            if differs:
                found[name] = dict(list(differs.items())[:3])
        return found

    async def live(self, steps: int) -> int:
        """Let a community live: people join, ask, answer, edit, take back, move and leave. Returns how many of the steps the forum allowed."""
        chance = random.Random(SEED)  # noqa: S311 - chances of a test
        done = 0
        content: Mapping[str, Any] = {}
        for number in range(steps):
            if number % 15 == 0:
                content = await self.forum.control.state("users", "topics", "posts")
            try:
                await self.forum.control.act(**_step(content, chance, number, self.marked))
            except ControlError:
                # The forum refuses some, such as an answer in a topic that was closed before.
                continue
            done += 1
        return done


def _step(content: Mapping[str, Any], chance: random.Random, number: int, marked: dict[str, str]) -> dict[str, Any]:
    people = [one for one in content["users"] if one["id"] > 0 and one["active"] and not one["admin"]]
    topics = [one for one in content["topics"] if one["archetype"] == "regular" and one["deleted_at"] is None]
    posts = [one for one in content["posts"] if one["deleted_at"] is None and one["post_number"] > 1]
    somebody, topic, post = chance.choice(people)["username"], chance.choice(topics)["id"], chance.choice(posts)["id"]
    words = f"These are words number {number} about gardens, prices and the first customers of a shop."
    kinds = [
        "ask",
        "reply",
        "reply",
        "edit",
        "edit",
        "delete",
        "recover",
        "retitle",
        "like",
        "accept",
        "sign_up",
        "rename",
        "suspend",
        "hide",
        "destroy",
        "group",
        "close",
    ]
    kind = kinds[number % len(kinds)]
    if kind == "edit":
        marked[str(post)] = word = f"marker{number}"
        return {"act": "edit", "post_id": post, "text": f"{words} {word}", "skip_validations": True}
    return {
        "ask": {"act": "ask", "by": somebody, "title": f"What would you do about question number {number}?", "text": words},
        "reply": {"act": "reply", "by": somebody, "topic_id": topic, "text": words},
        "delete": {"act": "delete", "post_id": post},
        "recover": {"act": "recover", "post_id": post},
        "retitle": {"act": "retitle", "topic_id": topic, "title": f"Another title for this topic, number {number}"},
        "like": {"act": "like", "by": somebody, "post_id": post},
        "accept": {"act": "accept", "post_id": post},
        "sign_up": {"act": "sign_up", "username": f"newcomer{number}"},
        "rename": {"act": "rename", "username": somebody, "new_username": f"renamed{number}"},
        "suspend": {"act": "suspend", "username": somebody},
        "hide": {"act": "hide", "post_id": post},
        "destroy": {"act": "destroy", "username": somebody},
        "group": {"act": "create_group", "name": f"circle{number}", "members": [somebody]},
        "close": {"act": "set_status", "topic_id": topic, "status": "closed"},
    }[kind]


@asynccontextmanager
async def pair(settings: Settings) -> AsyncIterator[Pair]:
    port = free_port()
    async with child_double(["--data", "none"], seconds=60) as forum:
        await forum.control.settings(admin_api_per_minute=0)
        allowed = (forum.base_url.removeprefix("http://"),)
        parts = compose(settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", "allow_private": allowed}), patience=WITH_TIME)
        async with served(build(parts, embedded_worker=False), port=port):
            yield Pair(forum, parts)


async def _lived_through(running: Pair) -> None:
    """Connect, read, live with deliveries that get lost, come twice and in any order, and read again."""
    await running.connect()
    await running.reconcile()
    assert await running.differences() == {}
    await running.forum.control.deliveries(drop_percent=30, duplicate_percent=20, shuffle=True, parallel=4, seed=SEED)
    done = await running.live(CHANGES)
    assert done > CHANGES / 2
    await running.forum.control.flush(seconds=60)
    await running.handle()
    counts = await running.parts.runtime.database.read(running.installation_id, lambda unit: unit.inbox.counts())
    assert counts.get("dead", 0) == 0
    assert counts["handled"] > done / 4
    assert await running.differences() != {}, "nothing was lost: this test shows nothing"
    await running.reconcile()
    assert await running.differences() == {}
    report = await running.reconcile()
    assert report.changed == 0


async def test_the_demo_community_with_lost_doubled_and_shuffled_deliveries(settings: Settings) -> None:
    async with pair(settings) as running:
        await running.forum.control.load(demo=True, webhooks=False)
        await _lived_through(running)


@pytest.mark.skipif(not ARCHIVE.exists() and os.environ.get("CI") != "true", reason="the archive of a real community is not here")
async def test_a_real_community_with_lost_doubled_and_shuffled_deliveries(sqlite_settings: Settings) -> None:
    async with pair(sqlite_settings) as running:
        await running.forum.control.load(topics=ARCHIVE / "topics.jsonl.gz", users=ARCHIVE / "users.jsonl.gz", webhooks=False, limit=TOPICS)
        await _lived_through(running)
