"""What somebody who manages one program can do to another one of the same community: nothing, and they do not learn what is there.

Every field and mutation is tried, made from the schema as in :mod:`tests.security.test_strangers`, and every page and form of the console. In each place for an
id in turn stands something of the other program, and in all others something of their own. The answer, and how much is written, is what it is with an id that
names nothing.
"""

import inspect
import re
from collections.abc import Mapping
from types import ModuleType

import pytest
from starlette.routing import Route

from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.store.unit_of_work import UnitOfWork
from schema import ids
from tests.plugin.web.test_browser import hidden, sign_in
from tests.schema.world import World
from tests.security.test_doors import doors
from tests.security.test_strangers import EVERY, RANDOM, _Asked, run
from tests.security.two_programs import Filled, Undone, fill_program, named_places

pytestmark = pytest.mark.slow

OF_MEMBERS = {
    "program": "a program that takes people in is shown to everybody",
    "enrol": "anybody may ask to take part",
    "createReferralLink": "anybody may tell others of a program that takes people in",
    "requestMentorship": "who takes part may ask, and who does not is told to take part first",
    "rewardPlan": "what can be earned is no secret",
    "sessionKits": "kits are there for everybody",
    "programEvents": "who does not take part is told so",
    "form": "an open form is there to be answered",
    "formPreview": "an open form is there to be answered",
    "submitAnswers": "an open form is there to be answered, in its own program",
}
"""Fields that answer any member about a program that takes people in, or about a form that is open."""


class _Id:
    """An id of whatever type it is taken for."""

    def __init__(self, text: str, numbers: Mapping[str, int]) -> None:
        self.text, self._numbers, self.type_name = text, numbers, _Asked()

    @property
    def value(self) -> str:
        return str(self._numbers.get(self.type_name.by, RANDOM))


@pytest.fixture
async def both_programs(world: World) -> tuple[Filled, Filled]:
    """One that ann manages, and one that cat manages."""
    ann, dan, free, ben, user, cat = [await world.member_id(one) for one in ("ann", "dan", "user01", "ben", "user00", "cat")]

    def fill(unit: UnitOfWork) -> tuple[Filled, Filled]:
        theirs = fill_program(unit, name="Theirs", mentor=dan, mentee=free)
        mine = fill_program(unit, name="Mine", mentor=ben, mentee=user)
        unit.managers.add(theirs.program, ann, at=unit.now)
        unit.managers.add(mine.program, cat, at=unit.now)
        return theirs, mine

    return await world.write(fill)


async def test_an_id_of_another_program_is_answered_as_one_that_names_nothing(
    world: World, both_programs: tuple[Filled, Filled], monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, mine = both_programs
    undone = Undone()
    undone.over(world)
    own = {"Member": mine.mentee, **mine.numbers}
    tables: dict[str, Mapping[str, int]] = {}
    made: list[_Id] = []

    def parse_id(text: str, *, installation_id: int) -> _Id:
        made.append(_Id(text, tables.get(text, own)))
        return made[-1]

    monkeypatch.setattr(ids, "parse_id", parse_id)

    async def answer(document: object, variables: object, place: str, who: Principal, numbers: Mapping[str, int]) -> tuple[str, int, str]:
        made.clear()
        tables.clear()
        # Members are the community's, not a program's: they are the same in both.
        tables[place] = {**numbers, "Member": theirs.mentee}
        undone.rows = 0
        found, kind = repr(await run(world, document, who, variables)), ""  # type: ignore[arg-type]
        for one in made:
            if one.text == place:
                found, kind = found.replace(one.value, "NUMBER"), one.type_name.by
        return found, undone.rows, kind

    cat, *theirs_people = [
        Principal(installation_id=world.installation_id, member_id=await world.member_id(name), scopes=MEMBER_SCOPES, token_id=9, audience="session")
        for name in ("cat", "ann", "dan", "user01")
    ]
    differing, failing, tried = [], [], 0
    reached: set[str] = set()
    for document in EVERY:
        variables, places = named_places(document.variables)
        for place in (f"place {number}" for number in range(places if document.field != "node" else 0)):
            random = await answer(document, variables, place, cat, {})
            if random[2] == "Member":
                continue
            foreign = await answer(document, variables, place, cat, theirs.numbers)
            tried += 1
            for one in theirs_people if random[2] not in reached else ():
                if (await answer(document, variables, place, one, theirs.numbers))[:2] != random[:2]:
                    reached.add(random[2])
            if "'internal'" in foreign[0]:
                failing.append(f"{document}: {foreign[0]}")
            if random != foreign and document.field not in OF_MEMBERS:
                differing.append(f"{document}, {place}: {foreign[:2]} instead of {random[:2]}")
    assert not differing, "\n".join(differing)
    assert not failing, "\n".join(failing)
    assert tried > 120
    assert reached >= set(mine.numbers) - {"AnswerSheet"}, "what is there answers its own people otherwise"


IN_PATHS = {"program": "Program", "enrolment": "Enrolment", "form": "Form", "event": "ProgramEvent", "entry": "LedgerEntry", "round": "MatchRound"}
IN_FORMS = {
    "strike": "Strike",
    "session": "Session",
    "award": "Award",
    "rule": "RewardRule",
    "certificate": "Certificate",
    "wave": "Wave",
    "group": "MentoringGroup",
    "enrolment": "Enrolment",
    "form": "Form",
    "story": "Story",
    "report": "Report",
}
WORDS = {
    "member": "user00",
    "username": "user00",
    "mentor": "ben",
    "mentee": "user00",
    "title": "Words",
    "name": "Some words",
    "words": "Words",
    "role": "mentor",
}


def _module(route: Route) -> ModuleType:
    """Where what answers a form is written."""
    held = dict(zip(route.endpoint.__code__.co_freevars, route.endpoint.__closure__ or (), strict=True))
    found = inspect.getmodule(held["act"].cell_contents)
    assert found is not None
    return found


async def test_nothing_in_the_console_reaches_into_another_program(world: World, both_programs: tuple[Filled, Filled]) -> None:
    theirs, mine = both_programs
    await sign_in(world)
    csrf = hidden((await world.http.get(f"/console/programs/{mine.program}/edit")).text)
    undone = Undone()
    undone.over(world)
    types = IN_FORMS | IN_PATHS
    differing, tried = [], 0

    async def answers(route: Route, place: str, do: str | None) -> list[tuple[int, str, str, int]]:
        found = []
        for numbers in ({}, theirs.numbers):
            given = {name: str(mine.numbers[kind]) for name, kind in types.items()}
            wanted = given[place] = str(numbers.get(types[place], RANDOM))
            where = re.sub(r"\{(\w+)\}", lambda one, given=given: given.get(one[1], "1"), route.path)  # type: ignore[misc]
            undone.rows = 0
            if do is None:
                answer = await world.http.get(where)
            else:
                form = {"csrf": csrf, "do": do, **WORDS, **{name: given[name] for name in IN_FORMS}}
                answer = await world.http.post(where, data=form, headers={"sec-fetch-site": "same-origin"})
            shown = re.sub(r'nonce-?="?[^" ]+', "", answer.text).replace(wanted, "NUMBER")
            found.append((answer.status_code, answer.headers.get("location", "").replace(wanted, "NUMBER"), shown, undone.rows))
        return found

    for method in ("GET", "POST"):
        for route in doors(world, method):
            if not route.path.startswith("/console/") or "sign-out" in route.path:
                continue
            source = inspect.getsource(_module(route)) if method == "POST" else ""
            acts = sorted({"pardon", *re.findall(r'(?:case|"do"\) [!=]=) "(\w+)"', source)}) if source else [None]
            named = set(re.findall(r'text\("(\w+)"', source)) & set(IN_FORMS)
            for place in [one for one in re.findall(r"\{(\w+)\}", route.path) if one in IN_PATHS] + sorted(named):
                for do in acts:
                    random, foreign = await answers(route, place, do)
                    tried += 1
                    what = f"{method} {route.path} {place} {do or ''}: {foreign[0]}, {foreign[3]} rows"
                    if place == "program" and foreign[0] in {403, 404} and not foreign[3]:
                        continue  # that the program is there is no secret
                    if random != foreign:
                        differing.append(f"{what} instead of {random[0]}, {random[3]}")
    assert not differing, "\n".join(differing)
    assert tried > 100
