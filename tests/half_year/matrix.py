"""The half year, compressed, on a real homeserver.

Time on a homeserver cannot be moved: what members say there carries the real time, and only the service's clock goes through the year. Between the two stands a
door, through which the homeserver's transactions go and which can be shut.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations.matrix.identifiers import message_id
from integrations.servers import free_port
from plugin.services.hosts.connect import Connection, NewConnection
from tests.half_year.places import Message, without_addresses
from tests.schema.world import served
from tests.synapse import SERVER_NAME, Synapse, installed

BOT = f"@mentors:{SERVER_NAME}"
_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_ROOM = "m.room."
WAIT = 120


@dataclass
class Door:
    """Where the homeserver brings its transactions. While it is ``shut`` it is as if the service were not there."""

    http: httpx2.AsyncClient
    target: str = ""
    shut: bool = False
    refused: int = 0
    numbers: list[str] = field(default_factory=list)
    """Ids of the transactions that were taken, in order."""
    taken: set[str] = field(default_factory=set)
    """Ids of the events in them."""

    async def bring(self, request: Request) -> Response:
        """One transaction."""
        if self.shut:
            self.refused += 1
            return Response(status_code=503)
        body, sent = await request.body(), {"authorization": request.headers["authorization"], "content-type": "application/json"}
        answer = await self.http.request(request.method, f"{self.target}{request.url.path}", content=body, headers=sent)
        if answer.status_code == 200 and "transactions" in request.url.path:
            self.numbers.append(request.url.path.rpartition("/")[2])
            self.taken |= {event["event_id"] for event in orjson.loads(body)["events"]}
        return Response(answer.content, answer.status_code, media_type="application/json")


@dataclass
class Homestead:
    """A space with an open room, and a private one in which nothing counts."""

    server: Synapse
    http: httpx2.AsyncClient
    door: Door
    door_url: str
    tokens: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    polled = False
    mailer = None
    _numbers: Any = field(default_factory=count)
    _news: bool = False
    """Whether anybody but the service did something since :meth:`settle`."""

    @property
    def netloc(self) -> str:
        return urlsplit(self.server.url).netloc

    @property
    def space(self) -> str:
        return self.rooms["garden"]

    def username(self, name: str, number: int) -> str:
        return f"{name}:{SERVER_NAME}"

    async def build(self) -> None:
        """Accounts and rooms that there are before anybody comes."""
        for name in ("owner", "mentors"):
            await self._register(name)
        garden = {"preset": "public_chat", "name": "Garden", "room_alias_name": "garden"}
        self.rooms["space"] = await self._make({"preset": "public_chat", "room_alias_name": "community", "creation_content": {"type": "m.space"}})
        self.rooms["garden"] = await self._make(garden)
        self.rooms["private"] = await self._make({"preset": "private_chat", "invite": [BOT]})
        await self._act("owner", "PUT", f"/rooms/{quote(self.rooms['space'])}/state/m.space.child/{quote(self.rooms['garden'])}", {"via": [SERVER_NAME]})
        await self._act("mentors", "POST", f"/join/{quote(self.rooms['private'])}", {})

    async def _make(self, values: Mapping[str, object]) -> str:
        return str((await self._act("owner", "POST", "/createRoom", values))["room_id"])

    async def _register(self, name: str) -> None:
        self.tokens[name] = await asyncio.to_thread(self.server.register, name)

    async def _act(self, name: str, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        self._news = self._news or (method != "GET" and name != "mentors")
        headers = {"Authorization": f"Bearer {self.tokens[name]}"}
        answer = await self.http.request(method, f"{self.server.url}/_matrix/client/v3{path}", json=body, headers=headers)
        found = answer.json()
        assert answer.status_code == 200, (method, path, answer.status_code, found)
        return found

    async def connection(self) -> NewConnection:
        settings = {"space": f"#community:{SERVER_NAME}", "requests_per_minute": "600000"}
        return NewConnection(host="matrix", url=self.server.url, api_key=self.tokens["mentors"], host_settings=settings)

    async def connected(self, made: Connection) -> None:
        words = made.to_do[0].partition("\n\n")[2]
        found = re.search(r'url: "(http://[^/]+)/', words)
        assert found
        self.door.target = found[1]
        registration = self.server.folder / "mentorgraph.yaml"
        registration.write_text(words.replace(found[1], self.door_url))
        self.server.registrations.append(registration)
        await self.restart()

    async def restart(self) -> None:
        """The homeserver stops and starts again, and counts its transactions from 1."""
        await asyncio.to_thread(self.server.stop)
        await asyncio.to_thread(self.server.start)

    async def move(self, to: datetime) -> None:
        """Nobody moves the clock of a homeserver."""

    async def sign_up(self, username: str) -> None:
        name = username.partition(":")[0]
        await self._register(name)
        for room in ("space", "garden"):
            await self._act(name, "POST", f"/join/{quote(self.rooms[room])}", {})

    async def _say(self, name: str, room: str, text: str, **content: object) -> str:
        path = f"/rooms/{quote(self.rooms[room])}/send/m.room.message/t{next(self._numbers)}"
        return str((await self._act(name, "PUT", path, {"msgtype": "m.text", "body": text, **content}))["event_id"])

    async def ask(self, username: str, title: str, text: str) -> str:
        return message_id(self.rooms["garden"], await self._say(username.partition(":")[0], "garden", f"{title}\n{text}"))

    async def reply(self, username: str, topic: str, text: str) -> None:
        await self.answer(username, topic, text)

    async def answer(self, username: str, topic: str, text: str) -> str:
        """As :meth:`reply`; the id of what was said."""
        root = topic.rpartition("/")[2]
        thread = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": root}}
        return message_id(self.rooms["garden"], await self._say(username.partition(":")[0], "garden", text, **{"m.relates_to": thread}))

    async def topic(self, title: str) -> str:
        found = [
            event
            for event in await self._history(self.rooms["garden"])
            if event["sender"] == BOT and title in event["content"].get("body", "") and "m.relates_to" not in event["content"]
        ]
        return message_id(self.rooms["garden"], str(found[0]["event_id"]))

    async def leave(self, username: str) -> None:
        name = username.partition(":")[0]
        auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": f"password of {name}"}
        await self._act(name, "POST", "/account/deactivate", {"auth": auth, "erase": True})

    async def settle(self) -> None:
        if not self._news:
            return
        # Events come in their order: once a word in the private room was brought, everything before it was.
        marker = await self._say("owner", "private", "xylophonic marmalade")
        self._news = False
        async with asyncio.timeout(WAIT):
            while marker not in self.door.taken:  # noqa: ASYNC110 - what a process brings
                await asyncio.sleep(0.02)

    async def sign_in(self, browser: httpx2.AsyncClient, url: str, installation_id: int, username: str, *, back: str) -> str:
        browser.cookies.clear()
        start = await browser.get(f"{url}/auth/{installation_id}/start", params={"next": back})
        csrf = re.findall(r'name="csrf" value="([^"]+)"', start.text)[0]
        form = {"csrf": csrf, "who": username.partition(":")[0], "by": "message", "next": back}
        assert (await browser.post(f"{url}/auth/{installation_id}/code", data=form, headers={"Origin": url})).status_code == 200
        async with asyncio.timeout(WAIT):
            while not (codes := [code for one in await self._letters() if one.to == username for code in _CODE.findall(one.text)]):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.1)
        done = await browser.post(f"{url}/auth/{installation_id}/code/enter", data={"csrf": csrf, "code": codes[-1]}, headers={"Origin": url})
        assert done.headers["location"] == back, done.text
        return str(browser.cookies["mentorgraph-session"])

    async def messages(self) -> list[Message]:
        """Codes of sign-ins are no messages of the service's programs."""
        return [one for one in await self._letters() if not _CODE.search(one.text)]

    async def _letters(self) -> list[Message]:
        found = []
        for room in (await self._act("mentors", "GET", "/joined_rooms"))["joined_rooms"]:
            if room in self.rooms.values():
                continue
            state = await self._act("mentors", "GET", f"/rooms/{quote(room)}/state")
            alias = next((event["content"].get("alias", "") for event in state if event["type"] == "m.room.canonical_alias"), "")
            there = [event["state_key"] for event in state if event["type"] == "m.room.member" and event["content"]["membership"] in {"join", "invite"}]
            if "talk" not in alias:
                continue
            for event in await self._history(room):
                if event["sender"] == BOT:
                    title, _, text = event["content"].get("body", "").partition("\n")
                    at = datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
                    number = message_id(room, str(event["event_id"]))
                    found += [Message(one.removeprefix("@"), title, without_addresses(text), at, number) for one in there if one != BOT]
        return sorted(found, key=lambda one: (one.at, one.to, one.title, one.text))

    async def _history(self, room: str) -> list[dict[str, Any]]:
        """Messages of a room, the oldest first."""
        found: list[dict[str, Any]] = []
        place = ""
        while True:
            page = await self._act("mentors", "GET", f"/rooms/{quote(room)}/messages?dir=f&limit=200{place}")
            found += [event for event in page["chunk"] if event["type"] == "m.room.message" and event["content"].get("body")]
            if not page.get("end") or not page["chunk"]:
                return found
            place = f"&from={quote(page['end'])}"


@asynccontextmanager
async def homestead(folder: Path) -> AsyncIterator[Homestead]:
    """A homeserver of its own, in an empty folder."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx2.AsyncClient(trust_env=False, timeout=60))
        door = Door(http)
        application = Starlette(routes=[Route("/{path:path}", door.bring, methods=["GET", "POST", "PUT"])])
        address = await stack.enter_async_context(served(application))
        server = Synapse(folder=folder, python=installed(), port=free_port())
        server.prepare()
        await asyncio.to_thread(server.start)
        stack.push_async_callback(asyncio.to_thread, server.stop)
        made = Homestead(server, http, door, f"http://{address}")
        await made.build()
        yield made
