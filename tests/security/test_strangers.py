"""Every query and every mutation of the schema, by who has no token and by a member of another community.

The documents are made from the schema, so what is added later is tried as well. A foreign id is answered exactly as a random one is.
"""

import re
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import select

from plugin.domain.forms import FormPurpose, Question, QuestionKind
from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES, SERVICE_SCOPES, Principal
from plugin.domain.programs import Program, ProgramState
from plugin.domain.surveys import Survey, SurveyKind
from plugin.services.questions import forms
from plugin.store.tables import metadata
from plugin.store.unit_of_work import UnitOfWork
from schema import ids
from schema.context import Context
from schema.ids import GlobalId
from schema.schema import schema
from tests.plugin.services.messages.support import fill_telling
from tests.plugin.store.any_rows import fill_taking_part, put_row
from tests.plugin.store.round_rows import fill_rounds
from tests.plugin.support import community
from tests.plugin.web.test_console_acts import asked_again
from tests.schema.world import START, World, person
from tests.security.documents import Document, documents

RANDOM = 4_242_424_242_424_242
REFUSED = {"unauthenticated", "forbidden"}
SCHEMA = Path(__file__).resolve().parents[2] / "schema"
EVERY = list(documents("query", "mutation"))


async def run(world: World, document: Document, principal: Principal | None, variables: dict[str, object]) -> dict[str, Any]:
    context = Context(runtime=world.parts.runtime, graphs=world.parts.graphs, principal=principal)
    found = await schema.execute(document.text, variable_values=variables, context_value=context)
    errors = [{"message": one.message, "code": (one.extensions or {}).get("code", "")} for one in found.errors or ()]
    return {"data": found.data, "errors": errors}


@pytest.mark.parametrize("document", EVERY, ids=str)
async def test_who_has_no_token_learns_nothing(world: World, document: Document) -> None:
    answer = await run(world, document, None, document.filled("x"))
    data = answer["data"]
    assert data is None or list(data.values()) == [None], answer
    assert {one["code"] for one in answer["errors"]} <= REFUSED, answer
    assert answer["errors"] or document.field == "viewer", "only `viewer` says by null that nobody is there; everything else must say what is missing"


TABLES = {
    "AccessToken": "tokens",
    "Agreement": "agreements",
    "AnswerSheet": "submissions",
    "Application": "applications",
    "Award": "awards",
    "Certificate": "certificates",
    "Enrolment": "enrolments",
    "Form": "forms",
    "Invitation": "program_invitations",
    "LedgerEntry": "ledger",
    "MatchRound": "rounds",
    "Member": "members",
    "MentoringGroup": "groups_ours",
    "Mentorship": "mentorships",
    "MentorshipRequest": "requests",
    "Need": "needs",
    "Notice": "notices",
    "PairItem": "pair_items",
    "Program": "programs",
    "ProgramEvent": "program_events",
    "ReferralLink": "referral_links",
    "Report": "reports",
    "RewardRule": "reward_rules",
    "Session": "sessions",
    "SessionKit": "session_kits",
    "Story": "stories",
    "Strike": "strikes",
    "Suggestion": "suggestions",
    "Survey": "surveys",
    "Wave": "waves",
    "Webhook": "webhooks",
}
"""Where the numbers in ids of each type come from."""
OTHERWISE = {
    "Community": "its number is the community's",
    "Delivery": "named by the host's id of a delivery",
    "Proposal": "sealed, and a seal names its community",
}


def test_every_type_that_an_id_can_have_is_tried() -> None:
    """Read from the code, so that a type that is added is seen."""
    source = "\n".join(path.read_text() for path in SCHEMA.rglob("*.py"))
    found = set(re.findall(r'(?:type_name=|GlobalId\(\s*|number_of\([^)"]*|_number\([^)"]*)"([A-Z]\w+)"', source))
    assert found == set(TABLES) | set(OTHERWISE)


class _Asked(str):
    """The type in an id that is of whatever type it is taken for, and remembers for which."""

    __slots__ = ("by",)

    def __new__(cls) -> Self:
        made = super().__new__(cls, "Member")
        made.by = "Member"
        return made

    def __eq__(self, other: object) -> bool:
        self.by = str(other)
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class _Id:
    """An id of the reader's own community, as somebody makes it up who knows the number of something in another one."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.type_name = _Asked()
        self._numbers = numbers

    @property
    def value(self) -> str:
        return str(self._numbers.get(self.type_name.by, RANDOM))


def numbers(unit: UnitOfWork) -> dict[str, int]:
    """One number of a row of each type."""
    found = {}
    for name, table_name in TABLES.items():
        table = metadata.tables[table_name]
        column = next(one for one in table.primary_key.columns if one.name != "installation_id")
        row = unit._connection.execute(select(column).where(table.c.installation_id == unit.installation_id).order_by(column.desc()).limit(1)).scalar()
        assert row is not None, f"there is no row in {table_name}"
        found[name] = int(row)
    return found


@pytest.fixture
async def full(world: World) -> World:
    """The community with a row of every type."""

    def more(unit: UnitOfWork) -> None:
        one, other = unit.members.by_username("cat"), unit.members.by_username("ann")
        assert one is not None
        assert other is not None
        fill_taking_part(unit, one.id, other.id)
        fill_rounds(unit, one.id, other.id)
        fill_telling(unit, one.id)
        form = forms.define(unit, name="F", purpose=FormPurpose.OTHER, questions=[Question(key="q", kind=QuestionKind.SHORT_TEXT, label="?")])
        forms.submit(unit, form_id=form.id, member_id=one.id, answers={"q": "words"}, about="")
        programs = metadata.tables["programs"]
        program = unit._connection.execute(select(programs.c.program_id).where(programs.c.installation_id == unit.installation_id)).scalars().first()
        assert program is not None
        unit.surveys.put(Survey(id=unit.new_id(), key="k", kind=SurveyKind.NPS, member_id=one.id, about=f"program:{program}", due_at=unit.now))
        for name in ("tokens", "applications", "reward_rules", "waves", "webhooks", "session_kits"):
            put_row(unit, metadata.tables[name], **({"program_id": program} if "program_id" in metadata.tables[name].c else {}))

    await world.write(more)
    return world


@pytest.mark.slow
@pytest.mark.parametrize("who", ["member", "service", "admin"])
async def test_a_foreign_id_is_answered_as_a_random_one(full: World, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every field and mutation, with the number of something that exists in another community in every place for an id, of the type that the place wants.

    The answers are the same to the letter, and so is how often the database was asked.
    """
    world = full
    other = await community(world.database, base_url="https://other.example.org", host="discourse")
    await world.apply(person(1, "zed", START, admin=True), of=other)
    asked_again(world, person(1, "zed", START, admin=True))
    scopes = SERVICE_SCOPES | MEMBER_SCOPES | (OFFICE_SCOPES if who == "admin" else set())
    member = None if who == "service" else await world.member_id("zed", of=other)
    principal = Principal(installation_id=other, member_id=member, scopes=scopes, token_id=9, audience="session")
    theirs = await world.read(numbers)
    assert not set(theirs.values()) & set((await world.read(lambda unit: {"Member": unit.members.by_username("zed").id}, of=other)).values())  # type: ignore[union-attr]  # it is there
    asked: set[str] = set()

    def parse_id(text: str, *, installation_id: int) -> _Id:
        made = _Id(theirs if text == "foreign" else {})
        ids_made.append(made)
        return made

    ids_made: list[_Id] = []
    monkeypatch.setattr(ids, "parse_id", parse_id)
    differing, failing = [], []
    for document in (one for one in EVERY if one.takes_ids and one.field != "node"):
        answers = {}
        # Once more than is compared: what is remembered after a first time is no difference.
        for kind in ("random", "random", "foreign"):
            before = world.database.reads
            found = repr(await run(world, document, principal, document.filled(kind)))
            for one in ids_made:
                asked.add(one.type_name.by)
                found = found.replace(one.value, "NUMBER")
            ids_made.clear()
            answers[kind] = (found, world.database.reads - before)
        if "'internal'" in answers["random"][0]:
            failing.append(f"{document}: {answers['random'][0]}")
        if answers["random"] != answers["foreign"]:
            differing.append(f"{document}: {answers['foreign']} instead of {answers['random']}")
    assert not differing, "\n".join(differing)
    assert not failing, "\n".join(failing)
    assert len(asked) > 20, sorted(asked)


@pytest.mark.slow
async def test_an_id_of_another_community_is_answered_as_one_that_names_nothing(full: World) -> None:
    """As it was handed out there, and with the reader's own community written into it; ``node`` takes every type."""
    world = full
    other = await community(world.database, base_url="https://other.example.org", host="discourse")
    await world.apply(person(1, "zed", START), of=other)
    principal = Principal(installation_id=other, member_id=await world.member_id("zed", of=other), scopes=SERVICE_SCOPES | MEMBER_SCOPES, token_id=9)
    node = next(one for one in EVERY if one.field == "node")
    tried = 0
    for name, number in (await world.read(numbers)).items():
        for installation in (other, world.installation_id):
            answers = {repr(await run(world, node, principal, node.filled(str(GlobalId(name, installation, str(one)))))) for one in (number, RANDOM)}
            assert len(answers) == 1, (name, answers)
            tried += 1
    assert tried > 60


ABOUT_PROGRAMS = [one for one in EVERY if any("program" in name.lower() for name in re.findall(r"'(\w+)': '@id@'", repr(one.variables)))]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["member", "manager of another"])
async def test_a_draft_is_a_program_that_is_not_there_for_who_does_not_manage_it(world: World, who: str) -> None:
    """In the reader's own community: every field and mutation that a program can be named to, with the draft's id and with one that names nothing."""

    def programs(unit: UnitOfWork) -> tuple[int, int]:
        numbers = unit.new_id(), unit.new_id()
        for number in numbers:
            unit.programs.put(Program(id=number, name="P", purpose="p", state=ProgramState.DRAFT, created_at=unit.now))
        cat = unit.members.by_username("cat")
        assert cat is not None
        unit.managers.add(numbers[1], cat.id, at=unit.now)
        return numbers

    draft, _ = await world.write(programs)
    manages = who != "member"
    principal = Principal(
        installation_id=world.installation_id, member_id=await world.member_id("cat"), scopes=MEMBER_SCOPES, token_id=9, audience="session", manages=manages
    )
    differing = []
    for document in ABOUT_PROGRAMS:
        answers = []
        for number in (RANDOM, RANDOM, draft):
            found = repr(await run(world, document, principal, document.filled(str(GlobalId("Program", world.installation_id, str(number))))))
            answers.append(found.replace(str(number), "NUMBER"))
        if answers[1] != answers[2]:
            differing.append(f"{document}: {answers[2]} instead of {answers[1]}")
    assert not differing, "\n".join(differing)
    assert len(ABOUT_PROGRAMS) > 30


async def test_the_walk_would_show_a_leak(world: World) -> None:
    """The owner's own ids are answered otherwise than random ones: the documents reach what they ask for."""
    principal = Principal(installation_id=world.installation_id, member_id=await world.member_id("cat"), scopes=MEMBER_SCOPES, token_id=9)
    node = next(one for one in EVERY if one.field == "node")
    mine = str(GlobalId("Member", world.installation_id, str(await world.member_id("ann"))))
    assert (await run(world, node, principal, node.filled(mine)))["data"]["node"]
    assert not (await run(world, node, principal, node.filled(str(GlobalId("Member", world.installation_id, str(RANDOM))))))["data"]["node"]
