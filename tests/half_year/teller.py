"""What every chapter of the half year is told with: the people, the service, and what was noted."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.half_year.documents import ENROLLED
from tests.half_year.people import Person
from tests.half_year.places import Message
from tests.half_year.service import Service


@dataclass(frozen=True)
class Look:
    """The figures of a program on an evening: as the dashboard says them, and as they were counted."""

    day: int
    program: str
    shown: dict[str, Any]
    counted: dict[str, Any]


@dataclass
class Teller:
    """Who the members are, what happens, and what was noted of it. ``refused`` counts what the service said no to, by code."""

    service: Service
    people: list[Person]
    seed: int
    programs: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    stopped: set[str] = field(default_factory=set)
    expected: dict[date, set[str]] = field(default_factory=dict)
    """Who had a session the day before."""
    gone: set[str] = field(default_factory=set)
    gone_with: list[Message] = field(default_factory=list)
    """What was in the inboxes of those who left, which nobody can look into any more."""
    round_id: str = ""
    looks: list[Look] = field(default_factory=list)
    log: list[tuple[str, str, str]] = field(default_factory=list)
    """What was done, by whom, and what the service said to it, in order."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - a story, no secret
        self.by_name = {one.username: one for one in self.people}

    async def act(self, what: str, query: str, username: str = "", **given: object) -> Any:
        """Somebody does something; a refusal with a reason is part of life and counted."""
        payload = await self.service.do(query, username, input=given)
        self.log.append((what, username, ",".join(error["code"] for error in payload["userErrors"])))
        for error in payload["userErrors"]:
            assert error["message"], error
            self.refused[f"{what}: {error['code']}"] += 1
        if not payload["userErrors"]:
            self.events[what] += 1
        return payload

    def of(self, kind: str) -> list[Person]:
        return [one for one in self.people if one.kind == kind and one.username not in self.gone]

    async def enrolled(self, program: str, state: str | None = "APPROVED") -> list[Any]:
        found: list[Any] = []
        after = None
        while True:
            page = (await self.service.ask(ENROLLED, p=self.programs[program], state=state, after=after))["enrolments"]
            found += [edge["node"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
