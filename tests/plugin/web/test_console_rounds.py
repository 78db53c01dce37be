"""The form of a round on the console: what it is shown of a round, and what it leaves as it is."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from html.parser import HTMLParser
from typing import Any

import pytest

from plugin.domain.designs import Criterion, CriterionKind, Design, GroupDesign, Rule, RuleAbout
from plugin.domain.rounds import Round
from plugin.services.programs import programming
from tests.plugin.web.test_browser import sign_in
from tests.plugin.web.test_console_running import SAME, admin_of, get
from tests.schema.matching import DRAFT, Made, made_in
from tests.schema.test_rounds_refused import DRAFT_GROUPS
from tests.schema.world import World

pytestmark = pytest.mark.slow
NUMBER = {"importance": "NUMBER", "number": 7.25}
TUNED = {"importance": "HIGH", "number": 3.5, "side": "MENTOR", "different": True, "atLeast": 0.75, "low": -2.5, "high": 20.5, "enough": 5.5, "protected": True}
CRITERIA = [
    {"key": "lead", "kind": "SENIORITY", "label": "A few years", "question": "years", "otherQuestion": "years_of_work"} | TUNED,
    {"key": "wanted", "kind": "SKILL", "side": "MENTEE", "importance": "LOW"},
    {"key": "offered", "kind": "SKILL", "side": "MENTOR", "importance": "MANDATORY", "atLeast": 0.25},
    {"key": "past", "kind": "PAST"} | NUMBER,
    {"key": "origin", "kind": "BACKGROUND", "question": "home", "otherQuestion": "country"} | TUNED,
    *({"key": f"said {n}", "kind": "ANSWER", "label": f"Question {n}", "question": f"question_{n}", "side": "MENTEE"} | NUMBER for n in range(5)),
    {"key": "again", "kind": "ANSWER", "question": "question_0", "otherQuestion": "another", "different": True},
]
RULES = [
    {"name": "far enough", "way": "MUST_NOT", "about": "CRITERION", "criterion": "lead", "atLeast": 0.125},
    {"name": "one boss", "way": "NEVER", "about": "SAME", "question": "manager", "atLeast": 0.25},
    {"name": "one town", "way": "MUST", "about": "SAME", "question": "town"},
    {"name": "strangers", "way": "MUST_NOT", "about": "ALREADY"},
    {"name": "known", "way": "MUST", "about": "TRACK"},
    {"name": "other track", "way": "MUST_NOT", "about": "TRACK"},
]
DESIGN = {"criteria": CRITERIA, "rules": RULES, "objective": "EVEN_LOAD", "placing": "BEST", "loss": 0.0123456789, "seed": 4711, "candidates": 77}
GROUPS = {"smallest": 4, "largest": 7, "mentors": 1, "diversify": ["town", "field"], "cluster": ["years", "age"], "sharedSlot": True, "seed": 4711}


class Filled(HTMLParser):
    """The fields of a page's forms as a browser sends them when nothing is changed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag == "input" and had.get("name") and (had.get("type") != "checkbox" or "checked" in had):
            self.sent[had["name"]] = had.get("value", "")
        elif tag == "select":
            self._select = had["name"]
        elif tag == "option" and ("selected" in had or self._select not in self.sent):
            self.sent[self._select] = had["value"]


@pytest.fixture
async def made(world: World) -> Made:
    """A program that cat manages, who is signed in."""
    program = await made_in(world)
    await programming.set_manager(world.parts.runtime, admin_of(world), program.program_id, await world.member_id("cat"), manages=True)
    await sign_in(world)
    return program


async def drafted(made: Made, document: str, name: str, design: Mapping[str, object]) -> Round:
    found = await made.do(document, name, input={"program": made.program, "name": "Spring", "design": design})
    assert found["userErrors"] == []
    (one,) = await made.world.read(lambda unit: unit.rounds.page(made.program_id, after=None, limit=5))
    return one


async def saved(made: Made, one: Round, **changed: str | None) -> Round:
    """The round after its form was sent with these fields changed; ``None`` for those that are not sent."""
    address = f"/console/rounds/{one.id}/edit"
    sent: dict[str, Any] = Filled(await get(made.world, address)).sent | changed
    answer = await made.world.http.post(address, data={key: value for key, value in sent.items() if value is not None}, headers=SAME)
    assert answer.status_code == 303, answer.text[:3000]
    (kept,) = await made.world.read(lambda unit: unit.rounds.page(made.program_id, after=None, limit=5))
    return kept


def untouched(kind: type, found: list[Any]) -> set[str]:
    """Fields that have nothing but their default in all of these."""
    return {each.name for each in fields(kind) if each.default is not MISSING and all(getattr(one, each.name) == each.default for one in found)}


async def test_a_round_of_the_api_is_the_same_after_its_form_was_sent(made: Made) -> None:
    one = await drafted(made, DRAFT, "draftRound", DESIGN)
    design = one.matching
    assert untouched(Design, [design]) | untouched(Criterion, list(design.criteria)) | untouched(Rule, list(design.rules)) == set()
    assert (await saved(made, one)).matching == design


async def test_a_round_of_groups_of_the_api_is_the_same_after_its_form_was_sent(made: Made) -> None:
    one = await drafted(made, DRAFT_GROUPS, "draftGroups", GROUPS)
    assert untouched(GroupDesign, [one.grouping]) == set()
    assert (await saved(made, one)).grouping == one.grouping


async def test_what_is_changed_in_the_form_is_all_that_changes(made: Made) -> None:
    one = await drafted(made, DRAFT, "draftRound", DESIGN)
    before = one.matching
    # The second skill and the second answer go, the first answer is compared for mentors, and a rule of the API is dropped.
    changes = {"c_skill_1": "", "a_question_2": "", "a_side_1": "mentor", "rule_2": None, "loss": "3", "c_goals": "low"}
    after = (await saved(made, one, **changes)).matching
    assert [each.key for each in after.criteria] == [each.key for each in before.criteria if each.key not in {"offered", "said 1"}] + ["goals"]
    sides = {each.key: each.side for each in after.criteria}
    assert (sides["said 0"], sides["said 2"]) == ("mentor", "mentee")
    assert {each.key: each.other_question for each in after.criteria}["again"] == "another"
    assert [each.name for each in after.rules] == [each.name for each in before.rules if each.name != "one town"]
    assert (after.loss, after.seed, after.candidates) == (0.03, before.seed, before.candidates)


async def test_another_question_of_a_rule_is_a_rule_of_its_own(made: Made) -> None:
    one = await drafted(made, DRAFT, "draftRound", DESIGN)
    rules = (await saved(made, one, same_question="question_0")).matching.rules
    assert "one boss" not in {each.name for each in rules}
    assert rules[-1] == Rule(name="different: question_0", way=rules[-1].way, about=RuleAbout.SAME, question="question_0")


async def test_a_new_round_asks_what_was_chosen_and_no_more(made: Made) -> None:
    address = f"/console/programs/{made.program_id}/rounds/new"
    sent = Filled(await get(made.world, address)).sent | {"name": "Autumn"}
    answer = await made.world.http.post(address, data=sent, headers=SAME)
    assert answer.status_code == 303, answer.text[:3000]
    (one,) = await made.world.read(lambda unit: unit.rounds.page(made.program_id, after=None, limit=5))
    design = one.matching
    assert {each.kind for each in design.criteria} == {CriterionKind(kind) for kind in ("skill", "need", "goals", "language", "timezone", "availability")}
    assert (design.rules, design.loss, design.candidates) == (Design().rules, 0.02, 50)
