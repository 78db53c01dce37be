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


IN_PATHS = {
    "program": "Program",
    "enrolment": "Enrolment",
    "form": "Form",
    "event": "ProgramEvent",
    "entry": "LedgerEntry",
    "round": "MatchRound",
    "mentorship": "Mentorship",
    "session": "Session",
    "survey": "Survey",
}
OF_ONES_OWN = {
    "request": "MentorshipRequest",
    "session": "Session",
    "mentorship": "Mentorship",
    "agreement": "Agreement",
    "item": "PairItem",
    "goal": "PairItem",
    "story": "Story",
    "enrolment": "Enrolment",
    "event": "ProgramEvent",
    "invitation": "Invitation",
    "survey": "Survey",
    "strike": "Strike",
    "report": "Report",
    "kit": "SessionKit",
}
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
    "at": "2030-01-07T10:00:00+00:00",
    "startsAt": "2026-01-07T10:00",
    "topics": "Words",
    "reason": "no_time",
    "state": "done",
}


def _module(route: Route) -> ModuleType:
    """Where what answers a form is written."""
    held = dict(zip(route.endpoint.__code__.co_freevars, route.endpoint.__closure__ or (), strict=True))
    found = inspect.getmodule(held["act"].cell_contents)
    assert found is not None
    return found


class _Walk:
    """Pages and forms of an area, asked by who is signed in; in one place for an id stands something of another program, or nothing."""

    def __init__(self, world: World, *, theirs: Filled, mine: Filled, area: str, csrf: str, in_forms: Mapping[str, str]) -> None:
        self._world, self._theirs, self._mine, self._area, self._csrf, self._in_forms = world, theirs, mine, area, csrf, in_forms
        self._undone = Undone()
        self._undone.over(world)
        self.tried, self.differing = 0, list[str]()

    async def all_of(self, method: str) -> None:
        """Every page, or every form with everything that it can do."""
        for route in doors(self._world, method):
            if not route.path.startswith(self._area) or "sign-out" in route.path:
                continue
            source = inspect.getsource(_module(route)) if method == "POST" else ""
            acts = sorted({"pardon", *re.findall(r'(?:case|"do"\) [!=]=|what [!=]=) "(\w+)"', source), *_any_of(source)}) if source else [None]
            named = set(re.findall(r'text\("(\w+)"', source)) & set(self._in_forms)
            for place in [one for one in re.findall(r"\{(\w+)\}", route.path) if one in IN_PATHS] + sorted(named):
                for do in acts:
                    random, foreign = [await self._answer(route, place, do, numbers) for numbers in ({}, self._theirs.numbers)]
                    self.tried += 1
                    what = f"{method} {route.path} {place} {do or ''}: {foreign[0]}, {foreign[3]} rows"
                    if place == "program" and (self._area == "/my" or (foreign[0] in {403, 404} and not foreign[3])):
                        continue  # that the program is there is no secret, and members may look at it and ask to take part
                    if random != foreign:
                        self.differing.append(f"{what} instead of {random[0]}, {random[3]}")

    async def _answer(self, route: Route, place: str, do: str | None, numbers: Mapping[str, int]) -> tuple[int, str, str, int]:
        types = {**self._in_forms, **IN_PATHS}
        given = {name: str(self._mine.numbers[kind]) for name, kind in types.items()}
        wanted = given[place] = str(numbers.get(types[place], RANDOM))
        where = re.sub(r"\{(\w+)\}", lambda one: given.get(one[1], "1"), route.path)
        self._undone.rows = 0
        if do is None:
            answer = await self._world.http.get(where)
        else:
            form = {"csrf": self._csrf, "do": do, **WORDS, **{name: given[name] for name in self._in_forms}}
            answer = await self._world.http.post(where, data=form, headers={"sec-fetch-site": "same-origin"})
        shown = re.sub(r'nonce-?="?[^" ]+|/calendar/\d+/[\w.-]+', "", answer.text).replace(wanted, "NUMBER")
        return answer.status_code, answer.headers.get("location", "").replace(wanted, "NUMBER"), shown, self._undone.rows


def _any_of(source: str) -> list[str]:
    """What a form can do, where its handler holds it against several words at once."""
    return [word for some in re.findall(r"what in \{([^}]+)\}", source) for word in re.findall(r'"(\w+)"', some)]


async def test_nothing_in_the_console_reaches_into_another_program(world: World, both_programs: tuple[Filled, Filled]) -> None:
    theirs, mine = both_programs
    await sign_in(world)
    csrf = hidden((await world.http.get(f"/console/programs/{mine.program}/edit")).text)
    walk = _Walk(world, theirs=theirs, mine=mine, area="/console/", csrf=csrf, in_forms=IN_FORMS)
    for method in ("GET", "POST"):
        await walk.all_of(method)
    assert not walk.differing, "\n".join(walk.differing)
    assert walk.tried > 100


async def test_no_page_of_ones_own_reaches_into_another_program(world: World) -> None:
    """Of who manages one program and takes part in it: what belongs to people of another one is, on every page and in every form for members, not there."""
    ann, dan, free, user, cat = [await world.member_id(one) for one in ("ann", "dan", "user01", "user00", "cat")]

    def fill(unit: UnitOfWork) -> tuple[Filled, Filled]:
        theirs = fill_program(unit, name="Theirs", mentor=dan, mentee=free)
        mine = fill_program(unit, name="Mine", mentor=cat, mentee=user)
        unit.managers.add(theirs.program, ann, at=unit.now)
        unit.managers.add(mine.program, cat, at=unit.now)
        return theirs, mine

    theirs, mine = await world.write(fill)
    await sign_in(world)
    csrf = hidden((await world.http.get("/my/data")).text)
    walk = _Walk(world, theirs=theirs, mine=mine, area="/my", csrf=csrf, in_forms=OF_ONES_OWN)
    await walk.all_of("GET")
    await walk.all_of("POST")
    assert not walk.differing, "\n".join(walk.differing)
    assert walk.tried > 60
