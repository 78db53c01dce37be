"""Whatever became of the deliveries: after one reconciliation the store is what the forum is, compared with the forum's own memory."""

import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from integrations.discourse.double.client import ControlError
from integrations.discourse.double.process import Running, child_double
from integrations.servers import free_port
from plugin.app import Parts, build, compose
from plugin.cli.common import WITH_TIME
from plugin.http import Patience
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import NewConnection
from plugin.settings import Settings
from plugin.worker import Worker
from tests.compared import State, differences, of_forum, of_store
from tests.schema.world import served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "community"
TOPICS = 150
"""Topics of the real community that are taken over: the benchmark of the import takes all of them."""
CHANGES = 210
SEED = 20261124


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

    async def differences(self) -> Mapping[str, object]:
        """What differs, by kind."""
        return differences(*await self.both())

    async def live(self, steps: int) -> Counter[str]:
        """Let a community live: people join, ask, answer, edit, take back, move, change and leave. Returns how many steps of each kind the forum allowed."""
        chance = random.Random(SEED)  # noqa: S311 - chances of a test
        done: Counter[str] = Counter()
        content: Mapping[str, Any] = {}
        for number in range(steps):
            if number % 15 == 0:
                content = await self.forum.control.state("users", "topics", "posts", "groups", "categories")
            kind = KINDS[number % len(KINDS)]
            try:
                await self.forum.control.act(**_step(kind, content, chance, number, self.marked))
            except ControlError:
                # The forum refuses some, such as an answer in a topic that was closed before.
                continue
            done[kind] += 1
        return done


KINDS = (
    *("ask", "reply", "reply", "edit", "edit", "delete", "recover", "retitle", "move", "like", "accept", "unaccept", "hide", "close", "reopen"),
    *("delete_topic", "recover_topic", "sign_up", "staged", "unconfirmed", "rename", "suspend", "unsuspend", "silence", "merge", "anonymise", "destroy"),
    *("group", "join", "leave"),
)


def _step(kind: str, content: Mapping[str, Any], chance: random.Random, number: int, marked: dict[str, str]) -> dict[str, Any]:
    people = [one for one in content["users"] if one["id"] > 0 and one["active"] and not one["admin"] and not one["staged"]]
    regular = [one for one in content["topics"] if one["archetype"] == "regular"]
    topics = [one["id"] for one in regular if one["deleted_at"] is None]
    # Lists name who began a topic by their place among the posters alone, which somebody else takes where the account is gone.
    accounts = {one["id"] for one in content["users"]}
    binned = [one["id"] for one in regular if one["deleted_at"] is not None and one["user_id"] in accounts]
    posts = [one for one in content["posts"] if one["deleted_at"] is None and one["post_number"] > 1]
    answers = [one["accepted_post_id"] for one in regular if one["accepted_post_id"] is not None]
    groups = [one["name"] for one in content["groups"] if not one["automatic"]]
    spaces = [one["slug"] for one in content["categories"]]
    banned = [one["username"] for one in people if one["suspended_till"] is not None]
    somebody, another = (one["username"] for one in chance.sample(people, 2))
    topic, post = chance.choice(topics), chance.choice(posts)["id"]
    words = f"These are words number {number} about gardens, prices and the first customers of a shop."
    if kind == "edit":
        marked[str(post)] = word = f"marker{number}"
        return {"act": "edit", "post_id": post, "text": f"{words} {word}", "skip_validations": True}
    return {
        "ask": {"act": "ask", "by": somebody, "title": f"What would you do about question number {number}?", "text": words},
        "reply": {"act": "reply", "by": somebody, "topic_id": topic, "text": words},
        "delete": {"act": "delete", "post_id": post},
        "recover": {"act": "recover", "post_id": post},
        "retitle": {"act": "retitle", "topic_id": topic, "title": f"Another title for this topic, number {number}"},
        "move": {"act": "retitle", "topic_id": topic, "category": chance.choice(spaces)},
        "delete_topic": {"act": "delete_topic", "topic_id": topic},
        "recover_topic": {"act": "recover_topic", "topic_id": chance.choice(binned or [0])},
        "like": {"act": "like", "by": somebody, "post_id": post},
        "accept": {"act": "accept", "post_id": post},
        "unaccept": {"act": "unaccept", "post_id": chance.choice(answers or [0])},
        "sign_up": {"act": "sign_up", "username": f"newcomer{number}"},
        "staged": {"act": "sign_up", "username": f"mailer{number}", "staged": True},
        "unconfirmed": {"act": "sign_up", "username": f"waiting{number}", "confirm": False},
        "rename": {"act": "rename", "username": somebody, "new_username": f"renamed{number}"},
        "suspend": {"act": "suspend", "username": somebody},
        "unsuspend": {"act": "unsuspend", "username": chance.choice(banned or [""])},
        "silence": {"act": "silence", "username": somebody},
        "merge": {"act": "merge", "source": somebody, "target": another},
        "anonymise": {"act": "anonymise", "username": somebody},
        "hide": {"act": "hide", "post_id": post},
        "destroy": {"act": "destroy", "username": somebody},
        "group": {"act": "create_group", "name": f"circle{number}", "members": [somebody]},
        "join": {"act": "join_group", "username": somebody, "group": chance.choice(groups or [""])},
        "leave": {"act": "leave_group", "username": somebody, "group": chance.choice(groups or [""])},
        "close": {"act": "set_status", "topic_id": topic, "status": "closed"},
        "reopen": {"act": "set_status", "topic_id": topic, "status": "closed", "enabled": False},
    }[kind]


@asynccontextmanager
async def pair(settings: Settings, *, patience: Patience = WITH_TIME) -> AsyncIterator[Pair]:
    port = free_port()
    async with child_double(["--data", "none"], seconds=60) as forum:
        await forum.control.settings(admin_api_per_minute=0)
        allowed = (forum.base_url.removeprefix("http://"),)
        parts = compose(settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", "allow_private": allowed}), patience=patience)
        async with served(build(parts, embedded_worker=False), port=port):
            yield Pair(forum, parts)


async def _lived_through(running: Pair) -> None:
    """Connect, read, live with deliveries that get lost, come twice and in any order, and read again."""
    await running.connect()
    await running.reconcile()
    assert await running.differences() == {}
    await running.forum.control.deliveries(drop_percent=30, duplicate_percent=20, shuffle=True, parallel=4, seed=SEED)
    done = await running.live(CHANGES)
    assert set(done) == set(KINDS), "each kind of change happened"
    await running.forum.control.flush(seconds=60)
    await running.handle()
    counts = await running.parts.runtime.database.read(running.installation_id, lambda unit: unit.inbox.counts())
    assert counts.get("dead", 0) == 0
    assert counts["handled"] > done.total() / 4
    assert await running.differences() != {}, "nothing was lost: this test shows nothing"
    await running.reconcile()
    assert await running.differences() == {}
    # Who was found to be anonymised at the end of a reading took the likes of their posts along; the forum still lists those.
    await running.reconcile()
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
