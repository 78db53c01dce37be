"""The service as people use it: over HTTP, by GraphQL and by its pages, on a clock of its own."""

import random
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine, event

from integrations.servers import free_port
from plugin.app import Parts, build, compose
from plugin.http import Patience
from plugin.logs import configure_logging
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.identity import access
from plugin.settings import Settings
from plugin.store import ids
from plugin.store.repositories.lanes import Lane
from plugin.worker import Worker
from schema.ids import parse_number
from tests.conftest import FixedClock
from tests.half_year.places import Place
from tests.schema.world import served

LANES: frozenset[Lane] = frozenset({"inbox", "checks", "suggest", "outbox", "rounds", "jobs", "tell"})
"""What is worked off at each hour of the story. The community was read whole at the beginning; where deliveries say little, what is new is read as well."""


class Drawn:
    """Numbers of a seed where the service draws random ones, so that two half years with one seed are one."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - a story, no secret

    def randbits(self, bits: int) -> int:
        return self._rng.getrandbits(bits)

    def randbelow(self, bound: int) -> int:
        return self._rng.randrange(bound)


@dataclass
class Service:
    """The service and the place that it is connected to."""

    place: Place
    clock: FixedClock
    url: str
    parts: Parts
    browser: httpx2.AsyncClient
    installation_id: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    async def connect(self) -> None:
        """What an admin does, and the first reading."""
        made = await connecting.connect(self.parts.runtime, await self.place.connection())
        self.installation_id = made.installation_id
        await self.place.connected(made)
        await self.read()
        self.tokens[""] = await self._token(None)

    async def read(self) -> None:
        """The whole community is read, and history studied."""
        report = await reconciling.reconcile(self.parts.runtime, self.installation_id, whole=True)
        await reconciling.settle_all(self.parts.runtime, self.installation_id, report=report)

    async def _token(self, member_id: int | None) -> str:
        return await access.create_token(
            self.parts.runtime, self.installation_id, member_id=member_id, scopes=None, name="story", lifetime=timedelta(days=400), audience="api"
        )

    async def number(self, username: str) -> int:
        """Our number of a member."""
        if username not in self.numbers:
            found = await self.parts.runtime.database.read(self.installation_id, lambda unit: unit.members.by_username(username))
            assert found is not None, username
            self.numbers[username] = found.id
        return self.numbers[username]

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.parts.runtime.settings.sqlite_path

    def number_of(self, given: str, kind: str) -> int:
        """Our number of what GraphQL calls so."""
        return parse_number(given, type_name=kind, installation_id=self.installation_id)

    async def ask(self, query: str, username: str = "", **variables: object) -> Any:
        """The data of an answer; errors that nobody can act on fail the story."""
        if username not in self.tokens:
            self.tokens[username] = await self._token(await self.number(username))
        headers = {"Authorization": f"Bearer {self.tokens[username]}"}
        answer = await self.browser.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, headers=headers)
        body = answer.json()
        assert answer.status_code == 200, answer.text
        assert "errors" not in body, answer.text
        return body["data"]

    async def do(self, query: str, username: str = "", **variables: object) -> Any:
        """The payload of a mutation, with what the client could act on under ``userErrors``."""
        (payload,) = (await self.ask(query, username, **variables)).values()
        return payload

    async def enrol_by_page(self, username: str, path: str, role: str) -> bool:
        """Sign in through the community, and fill in the form of a page; whether the page took it."""
        await self.place.sign_in(self.browser, self.url, self.installation_id, username, back=path)
        page = await self.browser.get(f"{self.url}{path}")
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found, page.text
        values = {"csrf": found[1], "role": role, "adult": "1", "conduct": "1", "join": "1"}
        answer = await self.browser.post(f"{self.url}{path}", data=values, headers={"Origin": self.url})
        self.browser.cookies.clear()
        return answer.status_code == 200

    async def work(self) -> None:
        """Everything that is due now, in the community and in the service, until nothing is."""
        worker = Worker(self.parts.runtime, self.parts.graphs)
        lanes: frozenset[Lane] = LANES | {"reconcile"} if self.place.polled else LANES
        for _ in range(2):
            # What is sent is heard of again: the community tells of our own messages too.
            await self.place.settle()
            await worker.run_until_idle(lanes=lanes)

    async def move(self, to: datetime) -> None:
        """Time passes on both sides."""
        self.clock.now = to
        await self.place.move(to)


def _hasty(connection: sqlite3.Connection, _record: object) -> None:
    """No power is cut in the story, and nobody looks for what was erased in the file: both are tested elsewhere, and cost a third of the time."""
    for pragma in ("synchronous=OFF", "secure_delete=OFF"):
        connection.execute(f"PRAGMA {pragma}").close()


@asynccontextmanager
async def service(settings: Settings, place: Place, clock: FixedClock, seed: int) -> AsyncIterator[Service]:
    """The service on a real socket, connected to nothing yet."""
    drawn = pytest.MonkeyPatch()
    drawn.setattr(ids, "secrets", Drawn(seed))
    configure_logging(settings)
    event.listen(Engine, "connect", _hasty)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    chosen = settings.model_copy(update={"public_url": url, "allow_private": (place.netloc,)})
    parts = compose(chosen, clock=clock, patience=Patience(total=60))
    parts.runtime.mailer = place.mailer
    try:
        async with served(build(parts, embedded_worker=False), port=port), httpx2.AsyncClient(trust_env=False, timeout=30) as browser:
            yield Service(place, clock, url, parts, browser)
    finally:
        event.remove(Engine, "connect", _hasty)
        drawn.undo()
