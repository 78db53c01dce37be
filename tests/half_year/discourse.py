"""The half year on Discourse's imitation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2

from integrations.discourse.double.process import Running, running_double
from plugin.services.hosts.connect import Connection, NewConnection
from tests.half_year.places import Message, without_addresses


@dataclass
class Forum:
    """Discourse, by its imitation."""

    running: Running
    space: str
    polled = False
    mailer = None

    def username(self, name: str, number: int) -> str:
        return name

    @property
    def netloc(self) -> str:
        return urlsplit(self.running.base_url).netloc

    async def connection(self) -> NewConnection:
        key = await self.running.control.api_key()
        return NewConnection(host="discourse", url=self.running.base_url, api_key=key, host_settings={"requests_per_minute": "600000"})

    async def connected(self, made: Connection) -> None:
        row = next(line for line in made.to_do if "|" in line).rpartition(" ")[2]
        await self.running.control.settings(enable_discourse_connect_provider=True, discourse_connect_provider_secrets=[row])

    async def move(self, to: datetime) -> None:
        await self.running.control.set_clock(to.timestamp())

    async def sign_up(self, username: str) -> None:
        await self.running.control.act("sign_up", username=username)

    async def ask(self, username: str, title: str, text: str) -> str:
        made = await self.running.control.act("ask", by=username, title=title, text=text, category=int(self.space), skip_validations=True)
        return str(made["topic_id"])

    async def reply(self, username: str, topic: str, text: str) -> None:
        await self.running.control.act("reply", by=username, topic_id=int(topic), text=text, skip_validations=True)

    async def topic(self, title: str) -> str:
        topics = (await self.running.control.state("topics"))["topics"]
        assert isinstance(topics, list)
        (found,) = [one for one in topics if title in one["title"] and one["archetype"] == "regular"]
        return str(found["id"])

    async def leave(self, username: str) -> None:
        await self.running.control.act("destroy", username=username, delete_posts=True)

    async def settle(self) -> None:
        await self.running.control.flush(seconds=30)

    async def sign_in(self, browser: httpx2.AsyncClient, url: str, installation_id: int, username: str, *, back: str) -> str:
        cookie = (await self.running.control.act("log_in", username=username))["cookie"]
        assert isinstance(cookie, dict)
        browser.cookies.clear()
        begun = await browser.get(f"{url}/auth/{installation_id}/start", params={"next": back})
        there = await browser.get(begun.headers["location"], headers={"Cookie": f"_t={cookie['_t']}"})
        done = await browser.get(there.headers["location"])
        assert done.headers["location"] == back, done.text
        return str(browser.cookies["mentorgraph-session"])

    async def messages(self) -> list[Message]:
        content = await self.running.control.state("users", "topics", "posts")
        names = {one["id"]: one["username"] for one in _rows(content, "users")}
        first = {one["topic_id"]: one for one in _rows(content, "posts") if one["post_number"] == 1}
        found = []
        for topic in _rows(content, "topics"):
            if topic["archetype"] == "private_message":
                text = without_addresses(first[topic["id"]]["raw"])
                at = datetime.fromtimestamp(topic["created_at"], UTC)
                found += [Message(names[one], topic["title"], text, at, str(topic["id"])) for one in topic["allowed_users"] if one in names and one > 0]
        return sorted(found, key=lambda one: (one.at, one.to, one.title, one.text))


def _rows(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = content[name]
    assert isinstance(rows, list)
    return rows


@asynccontextmanager
async def forum(at: datetime) -> AsyncIterator[Forum]:
    """A forum whose clock stands at ``at``."""
    async with running_double() as running:
        await running.control.freeze(at.timestamp())
        await running.control.settings(admin_api_per_minute=0)
        made = await running.control.act("create_category", name="Mentoring", description="Where programs are announced")
        yield Forum(running, space=str(made["id"]))
