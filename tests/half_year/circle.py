"""The half year on Circle's imitation."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

import httpx2

from integrations.circle.double.app import create_double
from integrations.circle.double.model import Member, State, html_of
from integrations.servers import free_port
from plugin.mail import Letter
from plugin.services.hosts.connect import Connection, NewConnection
from tests.half_year.places import Message, without_addresses
from tests.schema.world import served

_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_LINK = re.compile(r"<a [^>]*>.*?</a>")
_TAG = re.compile(r"<[^>]+>")


@dataclass
class Mailbox:
    """The mails of the service: on Circle nothing but codes by which members sign in."""

    letters: list[Letter] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, letter: Letter) -> None:
        """See :class:`plugin.mail.Mailer`."""
        self.letters.append(letter)
        self.came.set()


@dataclass
class Growers:
    """A community on Circle, by its imitation. A workflow of the admin's tells the service that something happened, and not what."""

    state: State
    space: str
    workflow: httpx2.AsyncClient
    mailer: Mailbox = field(default_factory=Mailbox)
    polled = True
    _address: str = ""
    _told: int = 0
    _left: list[int] = field(default_factory=list)

    @property
    def netloc(self) -> str:
        return urlsplit(self.state.base_url).netloc

    def username(self, name: str, number: int) -> str:
        # Circle has no names of its own: the service adds the number, and numbers are given in the order of joining.
        return f"{name}.{int(self.space) + 1 + number}"

    async def connection(self) -> NewConnection:
        settings = {"api_url": self.state.base_url, "calls_per_month": "250000", "requests_per_minute": "600000"}
        return NewConnection(host="circle", url="https://growers.circle.so", api_key=self.state.token, host_settings=settings)

    async def connected(self, made: Connection) -> None:
        self._address = made.to_do[0].splitlines()[-1]

    async def move(self, to: datetime) -> None:
        self.state.now = lambda: to

    async def sign_up(self, username: str) -> None:
        name, _, number = username.rpartition(".")
        assert self.state.join(name).id == int(number)

    async def ask(self, username: str, title: str, text: str) -> str:
        return str(self.state.publish(self.state.spaces[int(self.space)], self._member(username), title, f"<p>{text}</p>").id)

    async def reply(self, username: str, topic: str, text: str) -> None:
        self.state.comment(self.state.posts[int(topic)], self._member(username), text)

    async def topic(self, title: str) -> str:
        (found,) = [one for one in self.state.posts.values() if title in one.name]
        return str(found.id)

    async def leave(self, username: str) -> None:
        member = self._member(username)
        del self.state.members[member.id]
        self._left.append(member.id)

    async def settle(self) -> None:
        newest = max((*self.state.posts, *self.state.comments), default=0)
        news: list[dict[str, object]] = [{"community_member_id": one} for one in self._left]
        news += [{"post_id": newest}] if newest > self._told else []
        for data in news:
            answer = await self.workflow.post(self._address, json={"type": "a type that Circle does not document", "data": {"community_id": 1, **data}})
            assert answer.status_code == 200, answer.text
        self._told, self._left = newest, []

    async def sign_in(self, browser: httpx2.AsyncClient, url: str, installation_id: int, username: str, *, back: str) -> str:
        browser.cookies.clear()
        self.mailer.came.clear()
        start = await browser.get(f"{url}/auth/{installation_id}/start", params={"next": back})
        csrf = re.findall(r'name="csrf" value="([^"]+)"', start.text)[0]
        asked = {"csrf": csrf, "who": self._member(username).email, "by": "mail", "next": back}
        answer = await browser.post(f"{url}/auth/{installation_id}/code", data=asked, headers={"Origin": url})
        assert answer.status_code == 200, answer.text
        await asyncio.wait_for(self.mailer.came.wait(), 60)
        (code,) = _CODE.findall(self.mailer.letters[-1].paragraphs[0])
        done = await browser.post(f"{url}/auth/{installation_id}/code/enter", data={"csrf": csrf, "code": code}, headers={"Origin": url})
        assert done.headers["location"] == back, done.text
        return str(browser.cookies["mentorgraph-session"])

    async def messages(self) -> list[Message]:
        names = {one.email: self._username(one.id) for one in self.state.members.values()}
        found = []
        for one in self.state.messages:
            title, *lines = (unescape(_TAG.sub("", _LINK.sub("", line))) for line in html_of(one.document).removesuffix("</p>").split("</p>"))
            text = without_addresses("\n".join(lines))
            found += [Message(names[to], title, text, one.at, str(one.id)) for to in one.to if to in names]
        return sorted(found, key=lambda each: (each.at, each.to, each.title, each.text))

    def _member(self, username: str) -> Member:
        return self.state.members[int(username.rpartition(".")[2])]

    def _username(self, member: int) -> str:
        return f"{self.state.members[member].name}.{member}"


@asynccontextmanager
async def growers(at: datetime) -> AsyncIterator[Growers]:
    """A community whose clock stands at ``at``."""
    port = free_port()
    # Half a year passes in minutes: what Circle allows in five of them is shown elsewhere.
    state = State(now=lambda: at, base_url=f"http://127.0.0.1:{port}", per_five_minutes=10**9, quota=250_000)
    state.join("Olga Owner")
    space = state.open_space("Mentoring")
    async with served(create_double(state), port=port), httpx2.AsyncClient(trust_env=False) as workflow:
        yield Growers(state, space=str(space.id), workflow=workflow)
