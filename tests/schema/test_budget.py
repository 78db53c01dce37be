"""Budgets: charged before execution, per member, token and community, and refilled by time."""

import asyncio
from dataclasses import replace

import pytest
from graphql import get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.people import Principal
from schema import budget, limits
from schema.budget import COMMUNITY, KEPT, NOBODY, PERSON, TOKEN, Budgets, Rate
from schema.cost import operation_cost, values_in
from schema.limits import MAX_COST
from schema.schema import schema
from tests.schema.world import World

MAYA = Principal(installation_id=1, member_id=7, scopes=frozenset(), token_id=70)
WIDE = "{ members(first: 100) { edges { node { name username } } } }"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Clock:
    return Clock()


def test_what_is_used_up_comes_back_with_time(seconds: Clock) -> None:
    budgets = Budgets(seconds)
    assert budgets.charge(MAYA, PERSON.maximum).retry_after == 0
    refused = budgets.charge(MAYA, PERSON.restored * 3)
    assert refused.retry_after == pytest.approx(3.0)
    seconds.now += 2.9
    assert budgets.charge(MAYA, PERSON.restored * 3).retry_after == pytest.approx(0.1)
    seconds.now += 0.2
    assert budgets.charge(MAYA, PERSON.restored * 3).retry_after == 0


def test_a_refused_charge_takes_nothing(seconds: Clock) -> None:
    budgets = Budgets(seconds)
    budgets.charge(MAYA, PERSON.maximum - 10)
    assert budgets.charge(MAYA, 11).retry_after > 0
    assert budgets.charge(MAYA, 10).retry_after == 0


def test_what_is_given_back_at_once_has_to_be_there_first(seconds: Clock) -> None:
    budgets = Budgets(seconds)
    granted = budgets.charge(MAYA, PERSON.maximum, back=PERSON.maximum - 10)
    assert (granted.retry_after, granted.available) == (0, PERSON.maximum - 10)
    refused = budgets.charge(MAYA, PERSON.maximum, back=PERSON.maximum)
    assert refused.retry_after > 0
    assert budgets.charge(MAYA, PERSON.maximum - 10).retry_after == 0


def test_a_second_token_of_a_member_is_no_second_budget(seconds: Clock) -> None:
    budgets = Budgets(seconds)
    budgets.charge(MAYA, PERSON.maximum)
    assert budgets.charge(replace(MAYA, token_id=71), 1).retry_after > 0
    assert budgets.charge(replace(MAYA, token_id=72, member_id=8), 1).retry_after == 0


def test_a_communitys_budget_bounds_all_its_members_and_nobody_elses(seconds: Clock) -> None:
    budgets = Budgets(seconds)
    for one in range(COMMUNITY.maximum // PERSON.maximum):
        assert budgets.charge(replace(MAYA, member_id=one, token_id=one), PERSON.maximum).retry_after == 0
    assert budgets.charge(replace(MAYA, member_id=99, token_id=99), 1).retry_after > 0
    assert budgets.charge(Principal(installation_id=2, member_id=100, scopes=frozenset(), token_id=100), 1).retry_after == 0


def test_a_service_and_those_without_a_token_have_budgets(seconds: Clock) -> None:
    budgets = Budgets(seconds)
    service = replace(MAYA, member_id=None)
    assert budgets.charge(service, TOKEN.maximum).retry_after == 0
    assert budgets.charge(service, 1).retry_after > 0
    assert budgets.charge(None, NOBODY.maximum).retry_after == 0
    assert budgets.charge(None, 1).retry_after > 0


def test_the_memory_is_bounded(seconds: Clock) -> None:
    budgets = Budgets(seconds)
    for one in range(KEPT):
        budgets.charge(replace(MAYA, token_id=one, member_id=None), 1)
    assert len(budgets._buckets) <= KEPT


@given(steps=st.lists(st.tuples(st.integers(-50, 200), st.floats(0, 5)), max_size=60))
def test_no_sequence_gets_more_than_the_rate_allows(steps: list[tuple[int, float]]) -> None:
    seconds, small = Clock(), Rate(maximum=100, restored=10)
    original, budget.NOBODY = budget.NOBODY, small
    try:
        budgets, granted, elapsed = Budgets(seconds), 0.0, 0.0
        for cost, wait in steps:
            seconds.now += wait
            elapsed += wait
            charge = budgets.charge(None, cost)
            granted += cost if charge.retry_after == 0 and cost > 0 else 0
            granted -= 0 if cost > 0 else -cost
            assert 0 <= charge.available <= small.maximum
            if min(one for one, _ in steps) >= 0:
                assert granted <= small.maximum + elapsed * small.restored + 1e-6
    finally:
        budget.NOBODY = original


@given(
    st.recursive(st.none() | st.integers(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=4), max_leaves=30)
)
def test_the_values_of_an_answer_are_counted(data: object) -> None:
    def slow(one: object) -> int:
        if isinstance(one, dict):
            return len(one) + sum(map(slow, one.values()))
        return sum(map(slow, one)) if isinstance(one, list) else 0

    assert values_in(data) == slow(data)


def test_getting_to_know_the_schema_costs_most_of_what_an_operation_may_and_more_is_refused() -> None:
    """What is below ``__schema`` is work like any other, and blocks everybody else: two levels of fields under fourteen names took seconds."""

    def cost(text: str) -> int:
        return operation_cost(parse(text), schema._schema, name=None, variables={})

    wide = "{ __schema { types { fields { " + " ".join(f"a{one}: type {{ fields {{ name type {{ name }} }} }}" for one in range(14)) + " } } } }"
    deep = "type {{ fields {{ name description type {{ name }} }} }}"
    names = "{ __schema { " + " ".join(f"a{one}: types {{ fields {{ name description {deep.format()} }} }}" for one in range(14))
    names += " } }"
    spread = "{ __schema { types { ...A } } } fragment A on __Type { " + " ".join(f"a{one}: fields {{ ...B }}" for one in range(14))
    spread += " } fragment B on __Field { type { fields { name args { name } } } }"
    for tool in (get_introspection_query(), get_introspection_query(descriptions=False, input_value_deprecation=True, schema_description=True)):
        assert MAX_COST / 2 < cost(tool) < MAX_COST
    for text in (wide, names, spread):
        assert cost(text) > MAX_COST, text
    assert cost('{ __type(name: "Member") { fields { name } } }') < 10


# ---------------------------------------------------------------------------------------------------------------------- over HTTP


async def test_an_answer_says_what_it_cost(world: World) -> None:
    answer = await world.ask(WIDE, await world.token("cat"))
    cost = answer.body["extensions"]["cost"]
    assert cost["actual"] <= cost["requested"] <= 500
    assert cost["actual"] == values_in(answer.data)
    assert cost["throttle"]["maximum"] == PERSON.maximum
    assert PERSON.maximum - cost["requested"] <= cost["throttle"]["available"] <= PERSON.maximum


async def test_a_page_size_in_a_variable_is_charged_as_it_is(world: World) -> None:
    query, token = "query ($n: Int) { members(first: $n) { edges { node { name } } } }", await world.token("cat")
    small = (await world.ask(query, token, n=2)).body["extensions"]["cost"]["requested"]
    large = (await world.ask(query, token, n=100)).body["extensions"]["cost"]["requested"]
    assert small * 20 < large


async def test_who_asks_for_too_much_is_told_when_to_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PERSON", Rate(maximum=700, restored=100))
    token, other = await world.token("cat"), await world.token("ann")
    answers = [await world.ask(WIDE, token) for _ in range(8)]
    refused = next(one for one in answers if one.status == 429)
    assert refused.codes == ["too_many"]
    assert "data" not in refused.body
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert refused.body["errors"][0]["extensions"]["retryAfter"] == int(refused.headers["retry-after"])
    assert refused.body["extensions"]["cost"]["requested"] > refused.body["extensions"]["cost"]["throttle"]["available"]
    assert (await world.ask(WIDE, other)).status == 200
    assert (await world.ask(WIDE, await world.token("cat"))).status == 429, "another token of hers does not help"


async def test_what_takes_too_long_is_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await world.token("cat")
    original, stopped = world.database.read, asyncio.Event()

    async def slow(installation_id: int, work: object) -> object:
        if any(word in getattr(work, "__qualname__", "") for word in ("principal", "pass_of")):  # who asks is known before
            return await original(installation_id, work)  # type: ignore[arg-type]  # handed on
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.set()
            raise
        return None

    monkeypatch.setattr(world.database, "read", slow)
    monkeypatch.setattr(limits, "MAX_SECONDS", 0.05)
    answer = await asyncio.wait_for(world.ask("{ community { name } }", token), 5)
    assert (answer.status, answer.codes) == (503, ["timeout"])
    assert stopped.is_set(), "the work went on"
