"""A program of the filled community, with rounds and groups over GraphQL."""

from dataclasses import dataclass
from typing import Any

from plugin.domain.programs import Program, ProgramState, Role
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from schema.ids import GlobalId
from tests.plugin.services.matching.support import put_enrolment
from tests.schema.world import World

DESIGN = {
    "criteria": [
        {"key": "need", "kind": "NEED", "importance": "HIGH", "label": "Needs"},
        {"key": "zone", "kind": "TIMEZONE", "importance": "NUMBER", "number": 1.5},
    ]
}
ERRORS = "userErrors { code message field }"
DRAFT = f"mutation ($input: DraftRoundInput!) {{ draftRound(input: $input) {{ round {{ id state }} {ERRORS} }} }}"
ADJUST = f"mutation ($input: AdjustRoundInput!) {{ adjustRound(input: $input) {{ round {{ id state }} {ERRORS} }} }}"
ROUND = """query ($id: ID!) { matchRound(id: $id) { state progress failure objective
  figures { total worst placed mentees mentors candidates proved blockingPairs loadGini profile how made broken kept lost letDown letDownPlaced
    curve { loadGini total } }
  criteria { key kind importance weight } rules { name way removed removedAlone totalWithout placedWithout }
  pairs { edges { node { score pinned state mentor { username } mentee { username } reasons { criterion side fit contribution text } } } }
  waitlist { missing reason text member { username } removedBy { rule pairs } alternatives { score remaining barriers mentor { username } } }
  groups { name state slot score note seats { mentor pinned member { username } }
    reasons { kind attribute text met contribution misses values { value count share } } }
  choices { kind mentor { username } mentee { username } } causes { kind rule mentor { username } mentee { username } } } }"""
MINE = "{ myMatches { score mentor { username } mentee { username } reasons { contribution text } } }"
WHY = """query ($round: ID!, $mentor: ID!, $mentee: ID!) { whyNot(round: $round, mentorId: $mentor, menteeId: $mentee) {
  together score obstacles texts rules loss made { mentee { username } } broken { mentee { username } } } }"""


def simple(name: str) -> str:
    return f"mutation ($id: ID!) {{ {name}(input: {{id: $id}}) {{ round {{ id state failure }} {ERRORS} }} }}"


@dataclass
class Made:
    """A program in the filled community: ann and ben mentor; cat, user10 and user11 are mentees."""

    world: World
    program: str
    program_id: int
    manager: str
    ids: dict[str, str]

    async def do(self, query: str, name: str, **variables: Any) -> dict[str, Any]:
        found = (await self.world.ask(query, self.manager, **variables)).data[name]
        assert isinstance(found, dict)
        return found

    async def draft(self, **design: object) -> str:
        given = {"program": self.program, "name": "Spring", "design": DESIGN | design}
        found = await self.do(DRAFT, "draftRound", input=given)
        assert found["userErrors"] == []
        return str(found["round"]["id"])

    async def work(self) -> None:
        await Worker(self.world.parts.runtime, self.world.parts.graphs).run_until_idle(lanes=frozenset({"rounds"}))

    async def computed(self, **design: object) -> str:
        number = await self.draft(**design)
        assert (await self.do(simple("computeRound"), "computeRound", id=number))["userErrors"] == []
        await self.work()
        return number

    async def show(self, number: str) -> dict[str, Any]:
        return await self.do(ROUND, "matchRound", id=number)

    def pair(self, mentor: str, mentee: str) -> dict[str, str]:
        return {"mentor": self.ids[mentor], "mentee": self.ids[mentee]}


def pairs_of(shown: dict[str, Any]) -> dict[str, str]:
    return {edge["node"]["mentee"]["username"]: edge["node"]["mentor"]["username"] for edge in shown["pairs"]["edges"]}


async def made_in(world: World) -> Made:
    """The program, with everybody enrolled."""
    roles = {"ann": Role.MENTOR, "ben": Role.MENTOR, "cat": Role.MENTEE, "user10": Role.MENTEE, "user11": Role.MENTEE}

    def write(unit: UnitOfWork) -> int:
        program = Program(id=unit.new_id(), name="Spring", purpose="", state=ProgramState.MATCHING, created_at=unit.now)
        unit.programs.put(program)
        for name, role in roles.items():
            found = unit.members.by_username(name)
            assert found is not None
            put_enrolment(unit, program.id, found.id, role)
        return program.id

    program_id = await world.write(write)
    ids = {name: str(GlobalId("Member", world.installation_id, str(await world.member_id(name)))) for name in roles}
    return Made(world, str(GlobalId("Program", world.installation_id, str(program_id))), program_id, await world.token(), ids)
