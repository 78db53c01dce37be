"""A service, and what goes on around it: deliveries, members who live in their forum, rounds."""

import asyncio
import contextlib
import hmac
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2

from integrations.discourse.double.client import ControlError
from integrations.discourse.double.process import Running
from plugin.app import Parts
from plugin.domain.designs import Criterion, CriterionKind, Design
from plugin.domain.enrolments import Enrolment
from plugin.domain.people import SERVICE_SCOPES, Principal
from plugin.domain.programs import Program, ProgramState, Role
from plugin.errors import PluginError
from plugin.services.matching import rounds
from plugin.settings import Settings
from plugin.store.unit_of_work import UnitOfWork

ROOT = Path(__file__).resolve().parents[1]
KEY = "k" * 32
FIRST = 10**9
"""Numbers of our deliveries begin here, far above the forum's own."""
DESIGN = Design(criteria=(Criterion(key="zone", kind=CriterionKind.TIMEZONE, label="Time zones"),))


@dataclass
class Found:
    """What a run saw."""

    acknowledged: set[int] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    recovered: list[float] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    troubled: Counter[str] = field(default_factory=Counter)
    went_on: list[float] = field(default_factory=list)
    """Seconds from the end of a trouble to the next acknowledgement."""
    rounds: list[int] = field(default_factory=list)
    """Those that the service promised to compute."""
    alive: int = 0
    number: int = FIRST


@dataclass
class Service:
    """The service as operators start it, or dying at a step."""

    settings: Settings
    port: int
    installation_id: int
    secret: str
    base_url: str
    log: Path
    """Where its errors go."""
    key: str = KEY

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, *marked: str, skew: int = 0) -> asyncio.subprocess.Process:
        """Start it; with a step and a number it dies there, with ``skew`` its clock is wrong by so many seconds."""
        command = [str(ROOT / "benchmarks/killed.py"), *marked] if marked else ["-m", "plugin"]
        if skew:
            command = [str(ROOT / "benchmarks/skewed.py"), str(skew)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MENTORGRAPH_")} | {
            "MENTORGRAPH_DATABASE_URL": self.settings.database_url,
            "MENTORGRAPH_SECRET_KEYS": self.key,
            "MENTORGRAPH_PUBLIC_URL": self.address,
            "MENTORGRAPH_ALLOW_PRIVATE": self.base_url.removeprefix("http://"),
            "MENTORGRAPH_LOG_LEVEL": "error",
        }
        return await self.begin([*command, "serve", "--port", str(self.port)], environment)

    async def begin(self, words: Sequence[str], environment: Mapping[str, str]) -> asyncio.subprocess.Process:
        """Have an interpreter run these words."""
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=log)

    def errors(self) -> Counter[str]:
        """What it logged as errors: the event, the kind of exception and where it came from."""
        found: Counter[str] = Counter()
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                said = json.loads(line)
                raised = (said.get("exception") or [{}])[-1]
                place = (raised.get("frames") or [{}])[-1]
                found[f"{said['event']} {raised.get('exc_type', '')} {place.get('filename', '')}:{place.get('lineno', '')}".removesuffix(" :").strip()] += 1
            except (ValueError, TypeError, AttributeError, KeyError):
                # Not by our logger: a program that could not be started, or the interpreter itself.
                found[line[:200]] += 1
        return found

    async def send(self, client: httpx2.AsyncClient, number: int) -> int:
        """One delivery of ours; its status."""
        body = json.dumps({"ping": "OK", "number": number}).encode()
        headers = {
            "content-type": "application/json",
            "x-discourse-instance": self.base_url,
            "x-discourse-event-id": str(number),
            "x-discourse-event-type": "ping",
            "x-discourse-event": "ping",
            "x-discourse-event-signature": "sha256=" + hmac.new(self.secret.encode(), body, sha256).hexdigest(),
        }
        return (await client.post(f"{self.address}/hooks/{self.installation_id}/", content=body, headers=headers)).status_code

    async def answers(self, client: httpx2.AsyncClient, found: Found, process: asyncio.subprocess.Process) -> bool:
        """Wait until a delivery is acknowledged; ``False`` if it died before."""
        while process.returncode is None:
            found.number += 1
            number = found.number
            with contextlib.suppress(httpx2.HTTPError):
                if 200 <= await self.send(client, number) < 300:
                    found.acknowledged.add(number)
                    return True
            await asyncio.sleep(0.02)
        return False


# ------------------------------------------------------------------------------------------------------------------ load


async def keep_sending(service: Service, found: Found) -> None:
    """Send for ever; a 2xx counts as acknowledged."""
    async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
        while True:
            found.number += 1
            number = found.number
            try:
                status = await service.send(client, number)
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
                continue
            found.statuses[status] += 1
            if 200 <= status < 300:
                found.acknowledged.add(number)


async def keep_living(forum: Running, found: Found, chance: random.Random) -> None:
    """Members ask, answer, edit, take back and like, for ever."""
    content: dict[str, Any] = {}
    for number in range(10**9):
        if number % 20 == 0:
            content = await forum.control.state("users", "topics", "posts")
        people = [one["username"] for one in content["users"] if one["id"] > 0 and one["active"] and not one["admin"] and not one["staged"]]
        topics = [one["id"] for one in content["topics"] if one["archetype"] == "regular" and one["deleted_at"] is None and not one["closed"]]
        posts = [one["id"] for one in content["posts"] if one["deleted_at"] is None and one["post_number"] > 1]
        words = f"These are words number {number} about prices, contracts and the first customers of a small shop."
        by, topic, post = chance.choice(people), chance.choice(topics), chance.choice(posts)
        step: dict[str, Any] = chance.choice(
            [
                {"act": "ask", "by": by, "title": f"How would you find customers for shop number {number}?", "text": f"How do I begin? {words}"},
                {"act": "reply", "by": by, "topic_id": topic, "text": words},
                {"act": "reply", "by": by, "topic_id": topic, "text": words},
                {"act": "edit", "post_id": post, "text": words, "skip_validations": True},
                {"act": "delete", "post_id": post},
                {"act": "like", "by": by, "post_id": post},
            ]
        )
        with contextlib.suppress(ControlError):
            await forum.control.act(**step)
            found.alive += 1
        await asyncio.sleep(0.1)


def program(unit: UnitOfWork) -> int:
    """A program in which a quarter of the members are mentors and the others mentees."""
    made = Program(id=unit.new_id(), name="All year", purpose="", state=ProgramState.MATCHING, created_at=unit.now)
    unit.programs.put(made)
    for place, member in enumerate(unit.members.all()):
        role, room = (Role.MENTEE, 1) if place % 4 else (Role.MENTOR, 3)
        unit.enrolments.put(Enrolment(id=unit.new_id(), program_id=made.id, member_id=member.id, role=role, capacity=room, enrolled_at=unit.now))
    return made.id


async def keep_matching(parts: Parts, installation_id: int, found: Found) -> None:
    """Ask for a round every few seconds, for ever; one that was promised counts."""
    program_id = await parts.runtime.database.write(installation_id, program)
    manager = Principal(installation_id=installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=1)
    while True:
        with contextlib.suppress(PluginError):
            made = await rounds.draft(parts.runtime, manager, program_id=program_id, name="A round", design=DESIGN)
            await rounds.compute(parts.runtime, manager, made.id)
            found.rounds.append(made.id)
        await asyncio.sleep(5)


@contextlib.asynccontextmanager
async def meanwhile(*work: Any) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
