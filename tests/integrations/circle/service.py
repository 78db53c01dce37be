"""The service on a real socket with a Circle community, and a browser without scripts."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2

from integrations.circle.double.consumer import Consumer
from integrations.circle.double.model import Member, State
from integrations.servers import free_port
from plugin.app import Parts, build, compose
from plugin.http import Patience
from plugin.services.developers import providing
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import NewConnection
from plugin.settings import Settings
from tests.half_year.circle import Mailbox
from tests.schema.world import served

CALLBACK = "https://growers.circle.so/oauth2/callback"


@dataclass
class Place:
    """The service, the community, and a browser."""

    parts: Parts
    state: State
    url: str
    id: int
    mails: Mailbox
    maya: Member
    browser: httpx2.AsyncClient
    circle: httpx2.AsyncClient

    async def provided(self, *, basic: bool = False, in_query: bool = False, proof: bool = False) -> Consumer:
        """What the admin fills in, as the command prints it."""
        made = await providing.provide(self.parts.runtime, self.id)
        form = dict(line.split(": ", 1) for line in made.form[1:])
        return Consumer(
            state=self.state,
            callback=CALLBACK,
            client_id=form["Client ID"],
            client_secret=made.secret,
            authorize_url=form["Authorization URL"],
            token_url=form["Token fetch URL"],
            profile_url=form["Profile info API URL"],
            basic=basic,
            in_query=in_query,
            proof=proof,
        )

    async def at_callback(self, start: str, member: Member) -> dict[str, str]:
        """A member's way through our pages, until the browser is at Circle's callback."""
        there = await self.browser.get(start)
        if there.headers.get("location", "").startswith(("/auth/", self.url)):
            there = await self.browser.get(httpx2.URL(self.url).join(there.headers["location"]))
            there = await self._sign_in(there.text, member)
            there = await self.browser.get(httpx2.URL(self.url).join(there.headers["location"]))
            if not there.headers["location"].startswith(CALLBACK):
                there = await self.browser.get(httpx2.URL(self.url).join(there.headers["location"]))
        assert there.headers["location"].startswith(f"{CALLBACK}?"), there.headers
        return {name: one[0] for name, one in parse_qs(urlsplit(there.headers["location"]).query).items()}

    def code(self) -> str:
        """The code that was mailed last."""
        found: list[str] = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", self.mails.letters[-1].paragraphs[0])
        return found[0]

    async def _sign_in(self, page: str, member: Member) -> httpx2.Response:
        csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
        after = re.findall(r'name="next" value="([^"]+)"', page)[0]
        self.mails.came.clear()
        form = {"csrf": csrf, "who": member.email, "by": "mail", "next": after}
        assert (await self.browser.post(f"{self.url}/auth/{self.id}/code", data=form, headers={"Origin": self.url})).status_code == 200
        await asyncio.wait_for(self.mails.came.wait(), 60)
        return await self.browser.post(f"{self.url}/auth/{self.id}/code/enter", data={"csrf": csrf, "code": self.code()}, headers={"Origin": self.url})


@contextlib.asynccontextmanager
async def place_of(settings: Settings, state: State) -> AsyncIterator[Place]:
    """A community with an owner and Maya in it."""
    state.join("Olga Owner")
    maya = state.join("Maya Member")
    port, mails = free_port(), Mailbox()
    url = f"http://127.0.0.1:{port}"
    chosen = settings.model_copy(update={"public_url": url, "allow_private": (state.base_url.partition("://")[2],)})
    parts = compose(chosen, patience=Patience(total=20))
    parts.runtime.mailer = mails
    given = {"api_url": state.base_url, "requests_per_minute": "6000"}
    made = await connecting.connect(parts.runtime, NewConnection(host="circle", url="https://growers.circle.so", api_key=state.token, host_settings=given))
    await reconciling.reconcile(parts.runtime, made.installation_id, whole=True)
    async with (
        served(build(parts, embedded_worker=False), port=port),
        httpx2.AsyncClient(trust_env=False, timeout=20) as browser,
        httpx2.AsyncClient(trust_env=False, timeout=20) as circle,
    ):
        yield Place(parts, state, url, made.installation_id, mails, maya, browser, circle)
