"""The service around a stage: a database of its own, a real port, and a door at which deliveries can be recorded, held and lost."""

import asyncio
import contextlib
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mentorgraph.host import Delivery
from mentorgraph.kit.stage import Stage
from plugin.app import Parts, build, compose
from plugin.cli.serving import Server, server_config
from plugin.clock import system_clock
from plugin.http import Patience
from plugin.mail import Letter
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import Connection, NewConnection
from plugin.settings import Settings
from plugin.store.migrate import migrate_database
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker

T = TypeVar("T")
_HOOK = re.compile(r"/hooks/(\d+)/(.*)", re.DOTALL)
SECONDS = 40.0


class Door:
    """Stands before the service. ``kept`` are the deliveries that came; with ``hold`` they go no further, and the host is told that they did.

    With ``down`` it is as if the service were not there.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.app: ASGIApp | None = None
        self.kept: list[Delivery] = []
        self.hold = self.down = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        assert self.app is not None
        found = _HOOK.fullmatch(scope.get("path", "")) if scope["type"] == "http" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        if self.down:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        delivery = Delivery(method=scope["method"], rest=found[2], headers=headers, body=body, received_at=system_clock())
        self.kept.append(delivery)
        if self.hold:
            said = self._stage.host.acknowledgement(delivery)
            await send({"type": "http.response.start", "status": said.status, "headers": [(b"content-type", said.content_type.encode())]})
            await send({"type": "http.response.body", "body": said.body})
            return
        given = False

        async def once() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, once, send)


class Mailbox:
    """Keeps the mails that the service sends."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        """See :class:`plugin.mail.Mailer`."""
        self.letters.append(letter)


@dataclass
class Service:
    """The service, connected to a stage."""

    stage: Stage
    parts: Parts
    url: str
    door: Door
    mails: Mailbox
    http: httpx2.AsyncClient
    database: Path
    id: int = 0
    made: Connection | None = field(default=None, repr=False)

    async def connect(self) -> None:
        """What an admin does, and the first reading."""
        settings = {"requests_per_minute": "6000", **self.stage.settings}
        new = NewConnection(host=self.stage.host.name, url=self.stage.url, api_key=self.stage.api_key, host_settings=settings)
        self.made = await connecting.connect(self.parts.runtime, new)
        self.id = self.made.installation_id
        await self.stage.connected(self, self.made.to_do)
        await self.reconcile()

    async def reconcile(self) -> None:
        """Read the whole community and settle every doubt."""
        report = await reconciling.reconcile(self.parts.runtime, self.id, whole=True)
        await reconciling.settle_all(self.parts.runtime, self.id, report=report)
        await self.work()

    async def work(self) -> None:
        """Do everything that is due now."""
        await Worker(self.parts.runtime, self.parts.graphs).run_until_idle()

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Read the store."""
        return await self.parts.runtime.database.read(self.id, work)

    async def until(self, condition: Callable[[], Awaitable[object]], *, seconds: float = SECONDS) -> None:
        """Work until something is true. Raises :class:`AssertionError` when that does not come."""
        deadline = time.monotonic() + seconds
        await self.work()
        while not await condition():
            assert time.monotonic() < deadline, "it does not come"
            await asyncio.sleep(0.1)
            await self.work()

    async def has_post(self, post: str) -> bool:
        """Whether a post is known and there."""
        found = await self.read(lambda unit: unit.posts.get(post))
        return found is not None and found.live

    async def member_id(self, host_user_id: str) -> int | None:
        """Our id of a member who is known."""
        found = await self.read(lambda unit: unit.members.by_host(host_user_id))
        return None if found is None else found.id

    async def picture(self) -> Mapping[str, object]:
        """What is kept of the community, to be compared."""

        def work(unit: UnitOfWork) -> Mapping[str, object]:
            members = {one.id: one for one in unit.members.all()}
            return {
                "members": {one.host_user_id: (one.username, one.name, one.standing.value) for one in members.values()},
                "topics": {one.id: (one.title, one.space_id) for one in unit.topics.all()},
                "posts": {one.id: (one.topic_id, members[one.author_id].host_user_id) for one in unit.posts.each() if one.live and one.author_id in members},
            }

        return await self.read(work)

    async def bring(self, delivery: Delivery) -> int:
        """Bring a delivery to the door as the host does; gives the status of the answer."""
        headers = {name: value for name, value in delivery.headers.items() if name not in {"host", "content-length", "transfer-encoding"}}
        address = f"{self.url}/hooks/{self.id}/{delivery.rest}"
        answer = await self.http.request(delivery.method, address, content=delivery.body, headers=headers)
        return int(answer.status_code)

    async def ask(self, query: str, token: str, **variables: object) -> Any:
        """A query of GraphQL. Raises :class:`AssertionError` for an error."""
        answer = await self.http.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    async def sign_in_by_code(self, named: str, *, by: str, code: Callable[[], Awaitable[str | None]]) -> str:
        """What a person does on our page: name themselves, find the code, type it. Gives the token in the cookie."""
        async with httpx2.AsyncClient(trust_env=False, timeout=20) as browser:
            start = await browser.get(f"{self.url}/auth/{self.id}/start")
            ours = {"sec-fetch-site": "same-origin"}
            field_ = re.findall(r'name="csrf" value="([^"]+)"', start.text)[0]
            asked = await browser.post(f"{self.url}/auth/{self.id}/code", data={"csrf": field_, "who": named, "by": by}, headers=ours)
            assert asked.status_code == 200, asked.text
            await self.parts.runtime.settle_later()
            found = await code()
            assert found is not None, "no code came"
            typed = await browser.post(f"{self.url}/auth/{self.id}/code/enter", data={"csrf": field_, "code": found}, headers=ours)
            assert typed.status_code == 303, typed.text
            return next(value for name, value in browser.cookies.items() if name.endswith("mentorgraph-session"))


@contextlib.asynccontextmanager
async def running(stage: Stage) -> AsyncIterator[Service]:
    """The service on a real port, connected to the stage."""
    door, mails = Door(stage), Mailbox()
    async with _answering(door) as url:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "mentorgraph.db"
            values = {
                "secret_keys": "a key for trying a host that is long enough",
                "public_url": url,
                "log_level": "error",
                "database_url": f"sqlite:///{path}",
            }
            settings = Settings.model_validate({**values, "allow_private": ",".join(stage.allow_private)})
            await migrate_database(settings)
            parts = compose(settings, hosts={stage.host.name: stage.host}, patience=Patience(total=30))
            parts.runtime.mailer = mails
            door.app = build(parts, embedded_worker=False)
            try:
                async with httpx2.AsyncClient(trust_env=False, timeout=20) as http:
                    service = Service(stage, parts, url, door, mails, http, path)
                    await service.connect()
                    yield service
            finally:
                door.down = True
                await parts.close()


@contextlib.asynccontextmanager
async def _answering(door: Door) -> AsyncIterator[str]:
    """The door on a port of its own; gives its address."""
    server = Server(server_config(door, host="127.0.0.1", port=0))
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            assert not task.done(), "the service did not start"
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 10)
