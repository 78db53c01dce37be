"""A whole service in this process, without sockets: what comes in is handed to it as its server would."""

import asyncio
import json
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from plugin.store.migrate import migrate_database
from tests.conftest import FixedClock, make_settings
from tests.schema.world import ORIGIN, START, World, fill, world_of

T = TypeVar("T")


class Service:
    """The application over a database of its own, with a member's token."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        folder = tempfile.mkdtemp(prefix="mentorgraph-fuzz-")
        settings = make_settings(database_url=f"sqlite:///{Path(folder) / 'fuzz.db'}", public_url=ORIGIN)

        async def begin() -> None:
            await migrate_database(settings)
            self.world = await self._stack.enter_async_context(world_of(settings, FixedClock(now=START)))
            await fill(self.world)
            self.token = await self.world.token("cat")

        self.run(begin())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        return self._loop.run_until_complete(work)

    def get(self, path: str, **query: str) -> tuple[int, str]:
        """Status and ``Location`` of an answer."""

        async def ask() -> tuple[int, str]:
            answer = await self.world.http.get(path, params=query)
            return answer.status_code, answer.headers.get("location", "")

        return self.run(ask())

    def socket(self, messages: list[str | bytes], *, known: bool) -> int | None:
        """See :func:`over_a_socket`; after a good ``connection_init`` if ``known``."""
        first = [json.dumps({"type": "connection_init", "payload": {"authorization": self.token}})] if known else []
        return self.run(over_a_socket(self.world, [*first, *messages]))


async def over_a_socket(world: World, messages: list[str | bytes]) -> int | None:
    """Send these over one WebSocket; the code by which it was closed, ``None`` if it was not."""
    waiting: list[dict[str, object]] = [{"type": "websocket.connect"}]
    waiting += [{"type": "websocket.receive", ("bytes" if isinstance(one, bytes) else "text"): one} for one in messages]
    closed: list[int] = []

    async def receive() -> dict[str, object]:
        # What is under way goes on between two messages.
        for _ in range(5):
            await asyncio.sleep(0)
        return waiting.pop(0) if waiting else {"type": "websocket.disconnect", "code": 1001}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.close":
            closed.append(int(message.get("code", 1000)))

    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "scheme": "wss",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"mentors.example.org"), (b"sec-websocket-protocol", b"graphql-transport-ws")],
        "subprotocols": ["graphql-transport-ws"],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }
    await asyncio.wait_for(world.app(scope, receive, send), 15)
    return closed[0] if closed else None
