"""The whole way over real HTTP: a forum, the service, and people who use both."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from integrations.discourse.double.process import Running, running_double
from integrations.servers import free_port
from plugin.app import Parts, build, compose
from plugin.http import Patience
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import NewConnection
from plugin.settings import Settings
from tests.schema.world import served

pytestmark = pytest.mark.slow

SUGGESTIONS = """{ viewer { member { username } suggestions(first: 5) { edges { node {
  score member { username } reasons { text contribution evidence { title url } } } } } } }"""
QUESTION = "How do I price a first subscription product for small customers? I have no idea where to begin with pricing and annual plans."


@dataclass
class Service:
    """The service and the forum that it is connected to."""

    forum: Running
    url: str
    parts: Parts
    browser: httpx2.AsyncClient
    installation_id: int = 0

    async def ask(self, query: str, token: str) -> Any:
        answer = await self.browser.post(f"{self.url}/graphql", json={"query": query}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    async def connect(self) -> None:
        """What an admin does."""
        key = await self.forum.control.api_key()
        found = await connecting.connect(
            self.parts.runtime,
            NewConnection(host="discourse", url=self.forum.base_url, api_key=key, host_settings={"requests_per_minute": "6000"}),
        )
        self.installation_id = found.installation_id
        row = next(line for line in found.to_do if "|" in line).rpartition(" ")[2]
        await self.forum.control.settings(enable_discourse_connect_provider=True, discourse_connect_provider_secrets=[row])
        report = await reconciling.reconcile(self.parts.runtime, found.installation_id, whole=True)
        await reconciling.settle_all(self.parts.runtime, found.installation_id, report=report)

    async def sign_in(self, username: str) -> str:
        """What a member's browser does; gives the token in its cookie."""
        cookie = (await self.forum.control.act("log_in", username=username))["cookie"]
        assert isinstance(cookie, dict)
        begun = await self.browser.get(f"{self.url}/auth/{self.installation_id}/start")
        there = await self.browser.get(begun.headers["location"], headers={"Cookie": f"_t={cookie['_t']}"})
        back = await self.browser.get(there.headers["location"])
        assert back.headers["location"] == "/auth/done", back.text
        return str(self.browser.cookies["mentorgraph-session"])

    async def messages_of(self, username: str) -> list[str]:
        """The titles of the private messages that the member finds in the forum."""
        key = await self.forum.control.api_key()
        answer = await self.browser.get(f"{self.forum.base_url}/topics/private-messages/{username}.json", headers={"Api-Key": key, "Api-Username": username})
        return [one["title"] for one in answer.json()["topic_list"]["topics"]]


@asynccontextmanager
async def service(settings: Settings) -> AsyncIterator[Service]:
    async with running_double() as forum:
        await forum.control.settings(admin_api_per_minute=0)
        await forum.control.load(demo=True, webhooks=False)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        chosen = settings.model_copy(update={"public_url": url, "allow_private": (urlsplit(forum.base_url).netloc,)})
        parts = compose(chosen, patience=Patience(total=60))
        async with served(build(parts, embedded_worker=True), port=port), httpx2.AsyncClient(trust_env=False, timeout=20) as browser:
            yield Service(forum, url, parts, browser)


async def until(condition: Callable[[], Awaitable[object]], *, seconds: float) -> float:
    """Wait for something to become true; gives the seconds that it took."""
    began = time.monotonic()
    while not await condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_from_a_question_in_the_forum_to_people_who_can_help(settings: Settings) -> None:
    async with service(settings) as running:
        await running.connect()
        await running.forum.control.act("sign_up", username="newcomer")
        await running.forum.control.flush()
        token = await running.sign_in("newcomer")
        assert (await running.ask(SUGGESTIONS, token))["viewer"]["suggestions"]["edges"] == []
        agreed = await running.ask("mutation { optInToMessages { consents { messages } userErrors { code } } }", token)
        assert agreed["optInToMessages"] == {"consents": {"messages": True}, "userErrors": []}

        await running.forum.control.act("ask", by="newcomer", title="How should I price my first subscription?", text=QUESTION)

        async def suggested() -> list[Any]:
            viewer = (await running.ask(SUGGESTIONS, token))["viewer"]
            return list(viewer["suggestions"]["edges"])

        assert await until(suggested, seconds=2.0) < 2.0
        best = (await suggested())[0]["node"]
        assert best["member"]["username"] != "newcomer"
        assert sum(reason["contribution"] for reason in best["reasons"]) == pytest.approx(best["score"])
        assert any(one["url"].startswith(running.forum.base_url) for reason in best["reasons"] for one in reason["evidence"])

        async def written() -> list[str]:
            return [title for title in await running.messages_of("newcomer") if "help" in title.lower()]

        await until(written, seconds=10.0)
        await asyncio.sleep(1.5)
        assert len(await written()) == 1, "once"

        key = await running.forum.control.api_key()
        hooks = f"{running.forum.base_url}/admin/api/web_hooks.json"
        headers = {"Api-Key": key, "Api-Username": "system"}
        before = (await running.browser.get(hooks, headers=headers)).json()["web_hooks"]
        assert {one["payload_url"] for one in before} == {f"{running.url}/hooks/{running.installation_id}/"}
        assert await connecting.disconnect(running.parts.runtime, running.installation_id, erase=False) == ()
        assert (await running.browser.get(hooks, headers=headers)).json()["web_hooks"] == []
        late = await running.browser.post(f"{running.url}/hooks/{running.installation_id}/", content=b"{}")
        assert late.status_code == 410
