"""What use cases need around them: the database, the hosts, the graph in memory, the clock."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from mentorgraph.host import Acknowledgement, Delivery, Host, HostClient, Http, IdentityProvider, Installation, RateLimit
from plugin.clock import Clock
from plugin.errors import NotFound
from plugin.mail import Mailer
from plugin.metering import Meter
from plugin.services.gathering import Gathering
from plugin.services.once import Once
from plugin.services.passes import Passes
from plugin.services.quota import QuotaHttp
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.repositories.audit import Link
from plugin.store.unit_of_work import UnitOfWork


class ClosingHttp(Http, Protocol):
    """A way out that holds connections."""

    calls: int

    async def close(self) -> None:
        """Let them go."""
        ...


Arriving = tuple[Installation, Delivery, str]
"""A delivery that is being taken in, and the id by which logs follow it."""

HttpFactory = Callable[[RateLimit], ClosingHttp]
"""Makes the way out for one installation, paced by its limit."""

PROVIDER_LIMIT = RateLimit(per_minute=600, burst=60)
WEBHOOK_LIMIT = RateLimit(per_minute=600, burst=60)

REMEMBER_SECONDS = 5.0
"""How long secrets of an installation are remembered; a rotation takes effect everywhere within this time."""
HOST_PAUSE = 20.0
"""Seconds for which a host that did not say who is an admin is not asked again for the same member."""


class Bus:
    """Tells whoever waits in this process that something was committed; other processes look at the revision instead."""

    def __init__(self) -> None:
        self._waiting: dict[int | None, set[asyncio.Event]] = {}

    def subscribe(self, installation_id: int | None = None) -> asyncio.Event:
        """An event that is set on every commit of an installation, or of all with ``None``. Give it back by :meth:`unsubscribe`."""
        event = asyncio.Event()
        self._waiting.setdefault(installation_id, set()).add(event)
        return event

    def unsubscribe(self, event: asyncio.Event, installation_id: int | None = None) -> None:
        """Stop telling."""
        self._waiting.get(installation_id, set()).discard(event)

    def tell(self, installation_id: int) -> None:
        """Something of an installation was committed."""
        for key in (installation_id, None):
            for event in self._waiting.get(key, ()):
                event.set()


@dataclass(kw_only=True)
class Runtime:
    """One service's parts, put together once by :mod:`plugin.app`."""

    settings: Settings
    database: Database
    vault: Vault
    hosts: Mapping[str, Host]
    clock: Clock
    make_http: HttpFactory
    mailer: Mailer | None = None
    identity: IdentityProvider | None = None
    """How members of any host sign in at a provider of the community's own."""
    bus: Bus = field(default_factory=Bus)
    meter: Meter = field(default_factory=Meter)
    passes: Passes = field(default_factory=Passes)
    arriving: Gathering[Arriving, Acknowledgement] = field(default_factory=Gathering)
    asked_admins: Once[tuple[int, int]] = field(default_factory=lambda: Once(pause=HOST_PAUSE))
    """Questions to hosts whether a member, by installation and id, is an admin."""
    audited: dict[int, Link] = field(default_factory=dict)
    """How far the audit log of each installation was seen to be whole by this process."""
    _installations: dict[int, tuple[float, Installation]] = field(default_factory=dict)
    _opened: list[ClosingHttp] = field(default_factory=list)
    _metered: list[QuotaHttp] = field(default_factory=list)
    _clients: dict[int, tuple[Installation, HostClient]] = field(default_factory=dict)
    _providers: dict[int, ClosingHttp] = field(default_factory=dict)
    _endpoints: dict[tuple[int, int], ClosingHttp] = field(default_factory=dict)
    _later: set[asyncio.Task[None]] = field(default_factory=set)

    def host(self, name: str) -> Host:
        """The host by its name."""
        try:
            return self.hosts[name]
        except KeyError:
            raise NotFound("there is no host “{name}”; there are {choices}", name=name, choices=", ".join(sorted(self.hosts))) from None

    async def installation(self, installation_id: int) -> Installation:
        """An installation with its secrets. Raises :class:`NotFound`."""
        known = self.remembered(installation_id)
        if known is not None:
            return known
        found = await self.database.read(installation_id, lambda unit: unit.installation(public_url=self.settings.public_url))
        self._installations[installation_id] = (monotonic(), found)
        return found

    def remembered(self, installation_id: int) -> Installation | None:
        """An installation with its secrets, if it was asked for a moment ago."""
        known = self._installations.get(installation_id)
        return known[1] if known is not None and monotonic() - known[0] < REMEMBER_SECONDS else None

    def forget(self, installation_id: int) -> None:
        """An installation's settings or secrets changed."""
        self._installations.pop(installation_id, None)

    async def client(self, installation_id: int) -> HostClient:
        """The community's API. One client serves an installation, so that its pace is kept across all kinds of work."""
        installation = await self.installation(installation_id)
        known = self._clients.get(installation_id)
        if known is not None and known[0] == installation:
            return known[1]
        client = self.open_client(installation)
        self._clients[installation_id] = (installation, client)
        return client

    def provider_http(self, installation_id: int) -> Http:
        """The way out to a community's identity provider: one for each, so that a slow one keeps nobody else waiting."""
        if installation_id not in self._providers:
            self._providers[installation_id] = self.make_http(PROVIDER_LIMIT)
            self._opened.append(self._providers[installation_id])
        return self._providers[installation_id]

    def webhook_http(self, installation_id: int, webhook_id: int) -> Http:
        """The way out to a developer's endpoint: one for each, so that one that hangs holds no connection that another needs."""
        key = installation_id, webhook_id
        if key not in self._endpoints:
            self._endpoints[key] = self.make_http(WEBHOOK_LIMIT)
            self._opened.append(self._endpoints[key])
        return self._endpoints[key]

    def later(self, work: Coroutine[object, object, None]) -> None:
        """Do something after the answer to a request was given, so that its time tells nothing. What must not be lost does not belong here."""
        task = asyncio.get_running_loop().create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def settle_later(self) -> None:
        """Wait for what was put off."""
        while self._later:
            await asyncio.wait(self._later)

    async def close(self) -> None:
        """Let connections to hosts go."""
        for task in tuple(self._later):
            task.cancel()
        await self.settle_later()
        for metered in self._metered:
            await metered.settle()
        for http in self._opened:
            await http.close()

    def open_client(self, installation: Installation) -> HostClient:
        """A client for an installation that may not be stored yet."""
        host = self.host(installation.host)
        limit = host.rate_limit
        chosen = installation.settings.get("requests_per_minute", "")
        if chosen:
            # An admin who says that the host allows more than it lets through from one address knows of another arrangement with it.
            shared = limit.per_address if int(chosen) * 5 <= limit.per_address else 0
            limit = RateLimit(per_minute=int(chosen), burst=max(limit.burst, int(chosen) // 6), per_address=shared)
        http = self.make_http(limit)
        self._opened.append(http)
        quota = self.quota_of(installation)
        if not quota or not installation.id:
            return host.client(installation, http)
        metered = QuotaHttp(http, quota=quota, clock=self.clock, count=self._counter(installation.id))
        self._metered.append(metered)
        return host.client(installation, metered)

    def quota_of(self, installation: Installation) -> int:
        """How many calls a month a community's host allows, or its admin; 0 for no limit."""
        return _number(installation.settings.get("calls_per_month", ""), self.host(installation.host).rate_limit.per_month)

    def _counter(self, installation_id: int) -> Callable[[str, int], Awaitable[int]]:
        async def count(month: str, calls: int) -> int:
            def work(unit: UnitOfWork) -> int:
                if calls:
                    unit.host_calls.add(month, calls)
                return unit.host_calls.of(month)

            return await (self.database.write(installation_id, work) if calls else self.database.read(installation_id, work))

        return count


def _number(word: str, default: int) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else default
