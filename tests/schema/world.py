"""A community that was filled through the services, and the whole application around it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx2
import uvicorn
from starlette.applications import Starlette

from mentorgraph import events as e
from plugin.app import Parts, build, compose, open_database
from plugin.cli.serving import server_config
from plugin.domain.community import Policy
from plugin.domain.people import Scope
from plugin.services.hosts import handlers
from plugin.services.identity import access
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.dispatch import Dispatcher
from plugin.store.installations import Installations
from plugin.store.intake import Arrival
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from tests.conftest import FixedClock
from tests.plugin.support import BASE_URL, community

T = TypeVar("T")
START = datetime.now(UTC).replace(microsecond=0)
"""Seals carry the real time, so the clock of these tests starts at it."""
ORIGIN = "https://mentors.example.org"
WORDS = (
    "subscription pricing for a first product and annual plans",
    "pricing tiers, discounts and how customers react to annual plans",
    "customers churn after a price increase on subscription plans",
)


class Counting:
    """A database that counts its transactions; see :class:`plugin.store.database.Database`."""

    def __init__(self, inner: Database) -> None:
        self._inner = inner
        self.reads = 0
        self.failure: Exception | None = None
        """Raised instead of any work while it is set."""

    def _work(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def read(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        self._work()
        self.reads += 1
        return await self._inner.read(installation_id, work)

    async def glance(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        self._work()
        self.reads += 1
        return await self._inner.glance(installation_id, work)

    async def write(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        self._work()
        return await self._inner.write(installation_id, work)

    async def dispatch(self, work: Callable[[Dispatcher], T]) -> T:
        self._work()
        return await self._inner.dispatch(work)

    async def manage(self, work: Callable[[Installations], T]) -> T:
        self._work()
        return await self._inner.manage(work)

    async def epoch(self, installation_id: int) -> int | None:
        self._work()
        return await self._inner.epoch(installation_id)

    async def put(self, *arrivals: Arrival) -> None:
        self._work()
        await self._inner.put(*arrivals)

    async def check(self) -> None:
        self._work()
        await self._inner.check()

    async def close(self) -> None:
        await self._inner.close()


@dataclass
class Answer:
    """What came back for a query."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert self.status == 200, self.body
        assert "errors" not in self.body, self.body
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        """The code of each error."""
        return [one.get("extensions", {}).get("code", "") for one in self.body["errors"]]


@dataclass
class World:
    """The application over one database."""

    parts: Parts
    app: Starlette
    clock: FixedClock
    database: Counting
    http: httpx2.AsyncClient
    installation_id: int = 0
    tokens: dict[str, str] = field(default_factory=dict)

    async def read(self, work: Callable[[UnitOfWork], T], *, of: int = 0) -> T:
        return await self.database.read(of or self.installation_id, work)

    async def write(self, work: Callable[[UnitOfWork], T], *, of: int = 0) -> T:
        return await self.database.write(of or self.installation_id, work)

    async def apply(self, *events: e.Event, of: int = 0) -> None:
        """Let events happen, as the worker does."""
        await self.write(lambda unit: handlers.apply(events, unit), of=of)

    async def suggest(self) -> None:
        """Answer the needs that wait."""
        await Worker(self.parts.runtime, self.parts.graphs).run_until_idle(lanes=frozenset({"suggest"}))

    async def member_id(self, username: str, *, of: int = 0) -> int:
        def work(unit: UnitOfWork) -> int:
            found = unit.members.by_username(username)
            assert found is not None, username
            return found.id

        return await self.read(work, of=of)

    async def token(
        self,
        username: str = "",
        *,
        scopes: Sequence[Scope] | None = None,
        lifetime: timedelta | None = timedelta(days=90),
        audience: str = "api",
        of: int = 0,
    ) -> str:
        """A token of a member, or of a service."""
        return await access.create_token(
            self.parts.runtime,
            of or self.installation_id,
            member_id=await self.member_id(username, of=of) if username else None,
            scopes=None if scopes is None else frozenset(scopes),
            name="test",
            lifetime=lifetime,
            audience=audience,
        )

    async def ask(self, query: str, token: str = "", *, accept: str = "application/json", **variables: object) -> Answer:
        headers = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        kind = answer.headers.get("content-type", "")
        return Answer(answer.status_code, answer.headers, answer.json() if "json" in kind else answer.text)


def person(number: int, username: str, now: datetime, *, groups: tuple[str, ...] = (), **more: Any) -> e.MemberChanged:
    """A member as a listing of the host says."""
    return e.MemberChanged(
        seen_at=now,
        source=e.Source.HOST,
        host_user_id=str(number),
        username=username,
        name=username.title(),
        created_at=now - timedelta(days=400),
        last_seen_at=now - timedelta(hours=number % 7),
        active=True,
        suspended=more.pop("suspended", False),
        silenced=False,
        group_ids=groups,
        **more,
    )


def thread(number: int, now: datetime, *, space: str, asker: int, answers: Sequence[int], title: str, days: float, text: str) -> list[e.Event]:
    """A question and its answers."""
    at = now - timedelta(days=days)
    topic, url = str(number), f"{BASE_URL}/t/topic/{number}"
    posts = [
        e.PostChanged(
            seen_at=now,
            source=e.Source.HOST,
            post_id=f"{number}{place:02d}",
            topic_id=topic,
            author_id=str(author),
            number=place,
            reply_to_number=None if place == 1 else 1,
            created_at=at + timedelta(minutes=place),
            updated_at=at + timedelta(minutes=place),
            text=text if place == 1 else WORDS[(number + place) % 3],
            url=f"{url}/{place}",
            space_id=space,
        )
        for place, author in enumerate([asker, *answers], start=1)
    ]
    changed = e.TopicChanged(
        seen_at=now,
        source=e.Source.HOST,
        topic_id=topic,
        title=title,
        slug="topic",
        url=url,
        space_id=space,
        tags=("pricing",),
        author_id=str(asker),
        created_at=at,
        bumped_at=at,
    )
    return [changed, *posts]


def events(now: datetime) -> list[e.Event]:
    """A small community: ann and ben answer about pricing, ben also in the lounge that only mentors read; cat asks; dan is a mentor; eve is suspended."""
    found: list[e.Event] = [
        e.SpaceChanged(seen_at=now, source=e.Source.HOST, space_id="1", name="General", access=e.Access.MEMBERS),
        e.SpaceChanged(seen_at=now, source=e.Source.HOST, space_id="2", name="Lounge", access=e.Access.GROUPS, group_ids=("41",)),
        e.GroupChanged(seen_at=now, source=e.Source.HOST, group_id="41", name="mentors"),
        person(1, "ann", now),
        person(2, "ben", now, groups=("41",)),
        person(3, "cat", now),
        person(4, "dan", now, groups=("41",)),
        person(5, "eve", now, suspended=True),
        *(person(10 + one, f"user{one:02d}", now) for one in range(20)),
    ]
    for one in range(8):
        found += thread(
            100 + one, now, space="1", asker=10 + one, answers=[1, 2] if one == 1 else [1], title=f"Pricing question {one}", days=40 + one, text=WORDS[one % 3]
        )
    for one in range(4):
        found += thread(200 + one, now, space="2", asker=4, answers=[2], title=f"Secret lounge pricing {one}", days=30 + one, text=WORDS[one % 3])
    found += thread(300, now, space="1", asker=3, answers=[], title="How should I choose pricing plans?", days=0.1, text=f"How? {WORDS[0]}")
    return found


async def fill(world: World) -> None:
    """Make the community and answer what was asked there."""
    world.installation_id = await community(world.database, host="discourse", policy=Policy(spaces=("2",)))
    await world.apply(*events(START))
    await world.suggest()


@contextlib.asynccontextmanager
async def world_of(settings: Settings, clock: FixedClock) -> AsyncIterator[World]:
    """The application over a database that may be filled already."""
    database = Counting(open_database(settings, vault=Vault(settings.secret_keys), clock=clock))
    parts = compose(settings, clock=clock, database=database)
    app = build(parts, embedded_worker=False)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    try:
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as http:
            world = World(parts=parts, app=app, clock=clock, database=database, http=http)
            ids = await database.dispatch(lambda dispatcher: dispatcher.installation_ids())
            world.installation_id = ids[0] if ids else 0
            yield world
    finally:
        await parts.close()


class _Server(uvicorn.Server):
    """Leaves signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def served(app: Starlette, *, port: int = 0) -> AsyncIterator[str]:
    """The application on a real socket, as ``serve`` runs it; gives ``host:port``."""
    server = _Server(server_config(app, host="127.0.0.1", port=port))
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done()
        await asyncio.sleep(0.005)
    number = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"127.0.0.1:{number}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 10)
