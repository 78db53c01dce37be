"""A forum, the service, and people in it who take part in a program: what browser tests look at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

import httpx2

from integrations.discourse.double.process import Running, running_double
from integrations.servers import free_port
from plugin.app import Parts, build, compose
from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES, Principal, Scope
from plugin.domain.programs import Plan, ProgramState, Role
from plugin.domain.templates import TEMPLATES
from plugin.http import Patience
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import NewConnection
from plugin.services.identity import access, signing_in
from plugin.services.programs import programming
from plugin.services.recruiting import enrolling
from plugin.settings import Settings
from tests.schema.world import served

POLICY = {"opt_in_field": "3", "offers_field": "1", "wants_field": "2", "places_field": "4"}


@dataclass
class Site:
    """The service and the forum that it is, or is to be, connected to."""

    forum: Running
    url: str
    parts: Parts
    installation_id: int = 0
    members: dict[str, int] = field(default_factory=dict)

    async def connect(self) -> None:
        """What an admin does, by the shortest way."""
        key = await self.forum.control.api_key()
        found = await connecting.connect(
            self.parts.runtime,
            NewConnection(host="discourse", url=self.forum.base_url, api_key=key, host_settings={"requests_per_minute": "6000"}, policy=POLICY),
        )
        self.installation_id = found.installation_id
        row = next(line for line in found.to_do if "|" in line).rpartition(" ")[2]
        await self.forum.control.settings(enable_discourse_connect_provider=True, discourse_connect_provider_secrets=[row])
        await self.read()

    async def read(self) -> None:
        """Read the forum whole."""
        report = await reconciling.reconcile(self.parts.runtime, self.installation_id, whole=True)
        await reconciling.settle_all(self.parts.runtime, self.installation_id, report=report)
        await self.know()

    async def know(self) -> None:
        """Look up who is there."""
        found = await self.parts.runtime.database.read(self.installation_id, lambda unit: unit.members.all())
        self.members = {one.username: one.id for one in found if one.takes_part}

    def acts_for(self, username: str) -> Principal:
        """A member, as the services know them."""
        return Principal(installation_id=self.installation_id, member_id=self.members[username], scopes=MEMBER_SCOPES, token_id=1)

    def admin(self) -> Principal:
        """Somebody who runs the community's programs."""
        return Principal(
            installation_id=self.installation_id, member_id=self.members["marit"], scopes=MEMBER_SCOPES | {Scope.PROGRAMS, Scope.ADMIN}, token_id=1
        )

    async def cookie(self, username: str) -> dict[str, str]:
        """A session of a member, as a cookie for the browser."""
        token = await access.create_token(
            self.parts.runtime,
            self.installation_id,
            member_id=self.members[username],
            scopes=MEMBER_SCOPES | OFFICE_SCOPES,
            name="session",
            lifetime=signing_in.SESSION_FOR,
            audience="session",
        )
        return {"name": "mentorgraph-session", "value": token, "url": self.url}

    async def program(self, *, mentors: list[str], mentees: list[str], name: str = "Second Desk mentors") -> int:
        """A program that is open, with people in it."""
        runtime = self.parts.runtime
        plan = TEMPLATES["new-entrepreneurs"]
        values = {one: getattr(plan, one) for one in Plan.__dataclass_fields__}
        made = await programming.create_program(
            runtime,
            self.admin(),
            plan=Plan(**(values | {"name": name, "approve_mentors": False, "starts_on": date(2026, 10, 1), "ends_on": date(2027, 3, 31)})),
        )
        await programming.move_program(runtime, self.admin(), made.id, ProgramState.ENROLLING)
        for role, names in ((Role.MENTOR, mentors), (Role.MENTEE, mentees)):
            for one in names:
                await enrolling.apply(runtime, self.acts_for(one), program_id=made.id, role=role, capacity=None, minimum=0, track="", adult=True)
        return made.id


@asynccontextmanager
async def site(settings: Settings, *, connected: bool = True, worker: bool = True) -> AsyncIterator[Site]:
    """A forum with its people, and the service beside it."""
    async with running_double() as forum:
        await forum.control.settings(admin_api_per_minute=0)
        await forum.control.load(demo=True, webhooks=False)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        chosen = settings.model_copy(update={"public_url": url, "allow_private": (urlsplit(forum.base_url).netloc,)})
        parts = compose(chosen, patience=Patience(total=60))
        async with served(build(parts, embedded_worker=worker), port=port):
            found = Site(forum, url, parts)
            if connected:
                await found.connect()
            yield found


async def forum_session(running: Running, username: str) -> dict[str, str]:
    """A session of the forum itself, as a cookie for the browser."""
    cookie = (await running.control.act("log_in", username=username))["cookie"]
    assert isinstance(cookie, dict)
    return {"name": "_t", "value": str(cookie["_t"]), "url": running.base_url}


async def reachable(url: str) -> bool:
    """Whether the service answers."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{url}/healthz")).status_code == 200
