"""Giving back over GraphQL: every query and mutation, by who may, by who may not, and with input that makes no sense."""

import base64
from dataclasses import dataclass
from typing import Any

import pytest

from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES
from plugin.domain.programs import Role
from plugin.services import scheduling
from plugin.services.mentorships import mentoring
from plugin.store.unit_of_work import UnitOfWork
from schema.ids import GlobalId, parse_number
from tests.plugin.services.matching.support import put_enrolment
from tests.schema.world import World

MAKE = 'mutation { createProgram(input: {name: "Spring", purpose: "To learn"}) { program { id } userErrors { code } } }'
MOVE = "mutation ($id: ID!) { moveProgram(input: {id: $id, state: ENROLLING}) { userErrors { code } } }"
RULE = """mutation ($input: AddRewardRuleInput!) { addRewardRule(input: $input) {
  rule { id figure least role badge points certificate repeats inHost ended } userErrors { code field } } }"""
END = "mutation ($id: ID!) { endRewardRule(input: {id: $id}) { rule { ended } userErrors { code field } } }"
LEVELS = (
    "mutation ($p: ID!, $l: [RewardLevelInput!]!) { setRewardLevels(input: {program: $p, levels: $l}) { levels { name points } userErrors { code field } } }"
)
REVOKE = "mutation ($id: ID!) { revokeAward(input: {id: $id}) { award { state } userErrors { code field } } }"
ISSUE = """mutation ($p: ID!, $m: ID!, $as: ProgramRole! = MENTOR) { issueCertificate(input: {program: $p, member: $m, role: $as}) {
  certificate { id name program role mentorships sessions hours valid address pdf } userErrors { code field } } }"""
RECALL = "mutation ($id: ID!) { revokeCertificate(input: {id: $id}) { certificate { valid } userErrors { code field } } }"
THANK = """mutation ($p: ID!, $m: ID!, $w: String!, $public: Boolean! = false) {
  thankMember(input: {program: $p, member: $m, words: $w, public: $public}) { public userErrors { code field } } }"""
BUDGET = """mutation ($p: ID!, $amount: Int!, $in: String! = "EUR") { setRewardBudget(input: {program: $p, amount: $amount, currency: $in}) {
  budget { amount currency committed left } userErrors { code field } } }"""
PROPOSE = """mutation ($p: ID!, $m: ID!, $amount: Int!, $w: String! = "For six hours", $kind: LedgerKind! = STIPEND) {
  proposeStipend(input: {program: $p, member: $m, amount: $amount, words: $w, kind: $kind}) {
    entry { id kind state amount currency words member { username } } userErrors { code field } } }"""
CORRECT = """mutation ($id: ID!, $amount: Int!) { correctStipend(input: {id: $id, amount: $amount, words: "It were four"}) {
  entry { id state corrects } userErrors { code field } } }"""
DECIDE = "mutation ($id: ID!, $yes: Boolean! = true) { decideStipend(input: {id: $id, approve: $yes}) { entry { state words } userErrors { code field } } }"
PAY = """mutation ($id: ID!, $ref: String! = "SEPA 7") { payStipend(input: {id: $id, reference: $ref}) {
  entry { state words reference paidAt } userErrors { code field } } }"""
PLAN = "query ($p: ID!) { rewardPlan(program: $p) { rules { id badge ended } levels { name points } } }"
ENDED = "query ($p: ID!) { endedRewardRules(program: $p) { badge ended } }"
AWARDS = "query ($p: ID!, $n: Int) { awards(program: $p, first: $n) { edges { node { id badge points state member { username } } } pageInfo { hasNextPage } } }"
CERTIFICATES = "query ($p: ID!, $n: Int) { certificates(program: $p, first: $n) { edges { node { name valid } } pageInfo { hasNextPage } } }"
THANKS = "query ($p: ID!) { thanks(program: $p) { edges { node { words public sender { username } receiver { username } } } } }"
ACCOUNT = "query ($p: ID!) { rewardBudget(program: $p) { amount currency committed left } }"
LEDGER = "query ($p: ID!, $state: LedgerState) { ledger(program: $p, state: $state) { edges { node { id state amount words } } } }"
EXPORT = "query ($p: ID!, $format: String!) { ledgerExport(program: $p, format: $format) { name content } }"
MINE = """{ viewer { rewards { awards { badge } standings { points level missing } certificates { program valid } thanks { words sender { username } }
  payments { amount state words } } } }"""


@dataclass
class Place:
    """A program in which ann mentors dan, that cat and ben manage."""

    world: World
    id: str
    service: str
    cat: str
    ben: str

    async def do(self, document: str, token: str = "", **values: Any) -> Any:
        """What a mutation answers."""
        (found,) = (await self.world.ask(document, token or self.cat, p=self.id, **values)).data.values()
        return found

    async def wrong(self, document: str, token: str = "", **values: Any) -> list[tuple[str, str | None]]:
        """What is wrong with it."""
        found = await self.do(document, token, **values)
        assert all(value in (None, []) for key, value in found.items() if key != "userErrors"), "nothing was done"
        return [(one["code"], one["field"]) for one in found["userErrors"]]

    async def member(self, name: str) -> str:
        """A member's id."""
        return str(GlobalId("Member", self.world.installation_id, str(await self.world.member_id(name))))


@pytest.fixture
async def place(world: World) -> Place:
    service = await world.token()
    program = (await world.ask(MAKE, service)).data["createProgram"]["program"]["id"]
    await world.ask(MOVE, service, id=program)
    number = parse_number(program, type_name="Program", installation_id=world.installation_id)
    ann, dan, *managers = [await world.member_id(name) for name in ("ann", "dan", "cat", "ben")]

    def begin(unit: UnitOfWork) -> None:
        for one in managers:
            unit.managers.add(number, one, at=unit.now)
        put_enrolment(unit, number, ann, Role.MENTOR)
        put_enrolment(unit, number, dan, Role.MENTEE)
        mentoring.begin(unit, program_id=number, mentor_id=ann, mentee_ids=[dan], source="admin", by="test")

    await world.write(begin)
    cat, ben = [await world.token(name, scopes=list(MEMBER_SCOPES | OFFICE_SCOPES)) for name in ("cat", "ben")]
    return Place(world=world, id=program, service=service, cat=cat, ben=ben)


async def test_members_and_strangers_read_the_plan_and_nothing_else(place: Place) -> None:
    dan, ann = await place.world.token("dan"), await place.member("ann")
    assert await place.do(PLAN, dan) == {"rules": [], "levels": []}
    values: dict[str, Any] = {
        "input": {"program": place.id, "figure": "HOURS", "least": 1, "points": 1},
        "l": [],
        "m": ann,
        "w": "Thank you",
        "amount": 5,
        "public": True,
    }
    for document in (RULE, LEVELS, ISSUE, BUDGET, PROPOSE, ENDED, AWARDS, CERTIFICATES, THANKS, ACCOUNT, LEDGER, EXPORT):
        answer = await place.world.ask(document, dan, p=place.id, format="csv", **values)
        assert answer.codes == ["forbidden"], document
    assert (await place.world.ask(THANK, dan, p=place.id, m=ann, w="Thank you", public=True)).codes == ["forbidden"], "in public only managers thank"
    stranger = str(GlobalId("Program", place.world.installation_id, "5"))
    for document in (ENDED, AWARDS, CERTIFICATES, THANKS, ACCOUNT, LEDGER):
        assert set((await place.world.ask(document, place.cat, p=stranger)).codes) <= {"forbidden", "not_found"}, document
    assert (await place.world.ask(BUDGET, place.cat, p=place.id, amount=5)).codes == ["forbidden"], "the budget is the admins'"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"least": 0, "points": 1}, "least"),
        ({"least": 1}, "badge"),
        ({"least": 1, "badge": "x" * 200}, "badge"),
        ({"least": 1, "points": -1}, "points"),
        ({"least": 1, "badge": "B", "repeats": True}, "repeats"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused(place: Place, values: dict[str, Any], field: str) -> None:
    assert await place.wrong(RULE, input={"program": place.id, "figure": "HOURS"} | values) == [("invalid", field)]


async def test_rules_give_awards_that_are_shown_and_taken_back(place: Place) -> None:
    rule = await place.do(RULE, input={"program": place.id, "figure": "MENTORSHIPS", "least": 1, "role": "MENTOR", "badge": "First steps", "points": 10})
    assert rule["rule"] | {"id": ""} == {
        "id": "",
        "figure": "MENTORSHIPS",
        "least": 1,
        "role": "MENTOR",
        "badge": "First steps",
        "points": 10,
        "certificate": False,
        "repeats": False,
        "inHost": True,
        "ended": False,
    }
    assert await place.wrong(LEVELS, l=[{"name": "A", "points": 5}, {"name": "B", "points": 5}]) == [("invalid", "levels")]
    assert await place.wrong(LEVELS, l=[{"name": "", "points": 5}]) == [("invalid", "levels")]
    assert (await place.do(LEVELS, l=[{"name": "Gold", "points": 50}, {"name": "Bronze", "points": 10}]))["levels"][0] == {"name": "Bronze", "points": 10}
    await scheduling.run_due(place.world.parts.runtime, place.world.installation_id)
    (one,) = (await place.do(AWARDS))["edges"]
    assert (one["node"]["badge"], one["node"]["state"], one["node"]["member"]) == ("First steps", "GRANTED", {"username": "ann"})
    ann = await place.world.token("ann")
    mine = (await place.world.ask(MINE, ann)).data["viewer"]["rewards"]
    assert (mine["awards"], mine["standings"]) == ([{"badge": "First steps"}], [{"points": 10, "level": "Bronze", "missing": 40}])
    assert (await place.world.ask(REVOKE, ann, id=one["node"]["id"])).codes == ["forbidden"]
    assert (await place.do(REVOKE, id=one["node"]["id"]))["award"] == {"state": "REVOKED"}
    assert await place.wrong(REVOKE, id=one["node"]["id"]) == [("illegal_transition", "award")]
    assert (await place.world.ask(MINE, ann)).data["viewer"]["rewards"]["awards"] == []
    assert (await place.world.ask(END, ann, id=rule["rule"]["id"])).codes == ["forbidden"]
    assert (await place.do(END, id=rule["rule"]["id"]))["rule"] == {"ended": True}
    assert (await place.do(PLAN))["rules"] == []
    assert await place.do(ENDED) == [{"badge": "First steps", "ended": True}]
    for document, kind in ((END, "RewardRule"), (REVOKE, "Award"), (RECALL, "Certificate"), (END, "Award")):
        nothing = str(GlobalId(kind, place.world.installation_id, "5"))
        assert await place.wrong(document, place.service, id=nothing) == [("not_found", None)], document
    for document, kind in ((END, "RewardRule"), (REVOKE, "Award"), (RECALL, "Certificate")):
        nothing = str(GlobalId(kind, place.world.installation_id, "5"))
        assert (await place.world.ask(document, place.cat, id=nothing)).codes == ["forbidden"], "a manager is told the same of another program's"


async def test_certificates_are_issued_once_listed_and_taken_back(place: Place) -> None:
    ann, cat = await place.member("ann"), await place.member("cat")
    assert await place.wrong(ISSUE, m=cat) == [("nothing_to_certify", "member")]
    assert await place.wrong(ISSUE, m=ann, **{"as": "MENTEE"}) == [("nothing_to_certify", "member")]
    made = (await place.do(ISSUE, m=ann))["certificate"]
    assert (made["name"], made["program"], made["role"], made["mentorships"], made["valid"]) == ("Ann", "Spring", "MENTOR", 1, True)
    assert made["pdf"] == f"{made['address']}.pdf"
    assert await place.wrong(ISSUE, m=ann) == [("has_one", "member")]
    place.world.clock.move(seconds=5)
    await place.do(ISSUE, m=await place.member("dan"), **{"as": "MENTEE"})
    found = await place.do(CERTIFICATES, n=1)
    assert (found["edges"], found["pageInfo"]) == ([{"node": {"name": "Dan", "valid": True}}], {"hasNextPage": True})
    holder = await place.world.token("ann")
    assert (await place.world.ask(RECALL, holder, id=made["id"])).codes == ["forbidden"]
    assert (await place.do(RECALL, id=made["id"]))["certificate"] == {"valid": False}
    assert [one["node"]["valid"] for one in (await place.do(CERTIFICATES))["edges"]] == [True, False]
    assert (await place.world.ask(MINE, holder)).data["viewer"]["rewards"]["certificates"] == [{"program": "Spring", "valid": False}]


async def test_thanks_between_partners_are_theirs_and_managers_see_their_own(place: Place) -> None:
    dan, ann = await place.world.token("dan"), await place.member("ann")
    assert await place.wrong(THANK, dan, m=ann, w="x") == [("invalid", "words")]
    assert await place.wrong(THANK, dan, m=await place.member("dan"), w="Well done") == [("invalid", "member")]
    assert await place.wrong(THANK, dan, m=await place.member("ben"), w="Well done") == [("not_found", None)]
    assert await place.do(THANK, dan, m=ann, w="For your patience") == {"public": False, "userErrors": []}
    assert await place.wrong(THANK, dan, m=ann, w="Once more") == [("thanked_already", "member")]
    assert await place.do(THANK, m=ann, w="For everything", public=True) == {"public": False, "userErrors": []}, "she did not agree to be named"
    said = {"words": "For everything", "public": False, "sender": {"username": "cat"}, "receiver": {"username": "ann"}}
    assert [one["node"] for one in (await place.do(THANKS))["edges"]] == [said]
    assert (await place.do(THANKS, place.ben))["edges"] == [], "what was said in private is not another manager's to read"
    mine = (await place.world.ask(MINE, await place.world.token("ann"))).data["viewer"]["rewards"]["thanks"]
    assert {one["words"] for one in mine} == {"For everything", "For your patience"}


async def test_a_stipend_is_proposed_approved_by_another_paid_corrected_and_exported(place: Place) -> None:
    ann = await place.member("ann")
    assert await place.do(ACCOUNT) is None
    assert await place.wrong(PROPOSE, m=ann, amount=40_00) == [("no_budget", "program")]
    assert await place.wrong(BUDGET, place.service, amount=-1) == [("invalid", "amount")]
    assert await place.wrong(BUDGET, place.service, amount=5, **{"in": "Euro"}) == [("invalid", "currency")]
    assert (await place.do(BUDGET, place.service, amount=100_00))["budget"] == {"amount": 100_00, "currency": "EUR", "committed": 0, "left": 100_00}
    assert await place.wrong(PROPOSE, m=ann, amount=0) == [("invalid", "amount")]
    assert await place.wrong(PROPOSE, m=ann, amount=1, w=" ") == [("invalid", "words")]
    assert await place.wrong(PROPOSE, m=ann, amount=1, kind="CORRECTION") == [("invalid", "kind")]
    assert await place.wrong(PROPOSE, m=ann, amount=100_01) == [("over_budget", "amount")]
    assert await place.wrong(PROPOSE, m=await place.member("ben"), amount=1) == [("not_found", None)]
    entry = (await place.do(PROPOSE, m=ann, amount=40_00))["entry"]
    assert (entry["state"], entry["currency"], entry["member"]) == ("PROPOSED", "EUR", {"username": "ann"})
    assert (await place.world.ask(DECIDE, await place.world.token("ann"), id=entry["id"])).codes == ["forbidden"]
    assert (await place.world.ask(DECIDE, place.cat, id=entry["id"])).codes == ["forbidden"], "a second person approves"
    assert await place.wrong(PAY, id=entry["id"]) == [("illegal_transition", "entry")]
    assert (await place.do(DECIDE, place.ben, id=entry["id"]))["entry"] == {"state": "APPROVED", "words": "For six hours"}
    assert await place.wrong(DECIDE, place.ben, id=entry["id"]) == [("illegal_transition", "entry")]
    assert await place.wrong(PAY, id=entry["id"], ref="x" * 500) == [("invalid", "reference")]
    paid = (await place.do(PAY, id=entry["id"]))["entry"]
    assert (paid["state"], paid["words"], paid["reference"], bool(paid["paidAt"])) == ("PAID", "For six hours", "SEPA 7", True)
    assert await place.wrong(CORRECT, id=entry["id"], amount=0) == [("invalid", "amount")]
    assert await place.wrong(CORRECT, id=entry["id"], amount=-40_01) == [("below_nothing", "amount")]
    place.world.clock.move(seconds=5)
    correction = (await place.do(CORRECT, id=entry["id"], amount=-10_00))["entry"]
    assert correction["corrects"] == entry["id"]
    assert (await place.do(DECIDE, place.ben, id=correction["id"], yes=False))["entry"] == {"state": "REJECTED", "words": "It were four"}
    assert (await place.do(ACCOUNT))["left"] == 60_00
    assert [one["node"]["state"] for one in (await place.do(LEDGER))["edges"]] == ["PAID", "REJECTED"]
    assert [one["node"]["amount"] for one in (await place.do(LEDGER, state="PAID"))["edges"]] == [40_00]
    exported = await place.do(EXPORT, format="csv")
    assert b"For six hours" in base64.b64decode(exported["content"])
    assert (await place.world.ask(EXPORT, place.cat, p=place.id, format="doc")).codes == ["invalid"]
    mine = (await place.world.ask(MINE, await place.world.token("ann"))).data["viewer"]["rewards"]["payments"]
    assert [(one["amount"], one["state"]) for one in mine] == [(40_00, "PAID")]
    assert await place.wrong(PAY, place.service, id=str(GlobalId("LedgerEntry", place.world.installation_id, "5"))) == [("not_found", None)]
