"""The short way gives what the long way gives, to whom the long way gives it, and forgets at once what is no longer true."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from itertools import pairwise

import pytest

from plugin.domain.people import Scope
from schema import limits, trusted
from schema.plans.store import SIGHTINGS
from schema.quick import Quick
from tests.schema.world import Answer, World

SUGGESTIONS = "suggestions.v1.graphql"


def document(name: str = SUGGESTIONS) -> str:
    return (trusted.FOLDER / name).read_text(encoding="utf-8")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each request went the short way."""
    went: list[bool] = []
    before = Quick.answer

    async def noted(self: Quick, body: bytes, context: object) -> bytes | None:
        found = await before(self, body, context)  # type: ignore[arg-type]  # it is handed on as it came
        went.append(found is not None)
        return found

    monkeypatch.setattr(Quick, "answer", noted)
    return went


async def often(world: World, query: str, token: str, *, times: int = SIGHTINGS + 1, **variables: object) -> list[Answer]:
    return [await world.ask(query, token, accept="application/json", **variables) for _ in range(times)]


def without_throttle(answer: Answer) -> Mapping[str, object]:
    answer.body.get("extensions", {}).get("cost", {}).pop("throttle", None)
    return {"status": answer.status, "body": answer.body, "type": answer.headers["content-type"], "cache": answer.headers["cache-control"]}


QUERIES: list[tuple[str, dict[str, object]]] = [
    ("{ viewer { suggestions(first: 3) { edges { node { id score reasons { text evidence { title url } } } } } } }", {}),
    ("query A($n: Int!) { members(first: $n) { edges { node { username skills { name } } } pageInfo { endCursor } } }", {"n": 4}),
    ("{ community { name } viewer { needs { text suggestions { score member { username } } } consents { messages expert } } }", {}),
]


@pytest.mark.parametrize(("query", "variables"), QUERIES)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_the_same_answer(world: World, short: list[bool], query: str, variables: dict[str, object], accept: str) -> None:
    token = await world.token("cat")
    found = [without_throttle(await world.ask(query, token, accept=accept, **variables)) for _ in range(SIGHTINGS + 2)]
    assert short == [False] * (SIGHTINGS - 1) + [True] * 3
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize(
    "query",
    [
        "{ matchRounds(first: 3) { edges { node { id } } } }",  # not for members
        "{ viewer { suggestions(first: 1000) { edges { cursor } } } }",  # too large a page
        '{ members(after: "nonsense") { edges { cursor } } }',
        "{ nothing }",
        "{ community { name name { x } } }",
        "{ __schema { types { name } } }",
        "mutation { dismissSuggestion(input: {}) { userErrors { code } } }",
    ],
)
async def test_what_goes_wrong_is_said_as_ever(world: World, query: str) -> None:
    token = await world.token("cat", scopes=[Scope.READ, Scope.ME])
    found = [without_throttle(one) for one in await often(world, query, token)]
    assert all(one == found[0] for one in found), found
    assert "errors" in str(found[0])


async def test_a_widget_may_send_what_is_trusted_and_nothing_else(world: World, short: list[bool]) -> None:
    token = await world.token("cat")
    assert (await often(world, document(), token, times=2))[1].data
    assert short == [True, True]


@pytest.mark.parametrize("origin", ["https://elsewhere.example.net", None])
async def test_a_page_of_another_origin_is_answered_the_same(world: World, short: list[bool], origin: str | None) -> None:
    """In front of everything, or behind what looks at origins: each request is tried the short way once, and the answer is the same."""
    token = await world.token("cat")
    headers = {"Authorization": f"Bearer {token}"} | ({"Origin": origin} if origin else {})
    found = [await world.http.post("/graphql", json={"query": document()}, headers=headers) for _ in range(2)]
    assert short == [True, True]
    assert [one.json()["data"]["viewer"]["member"]["username"] for one in found] == ["cat", "cat"]
    assert not any("access-control-allow-origin" in one.headers for one in found)
    assert {one.headers["cache-control"] for one in found} == {"no-store"}


async def test_what_is_too_large_is_refused_in_front_as_behind(world: World, short: list[bool]) -> None:
    token = await world.token("cat")
    body = b'{"query":"{ community { name } }","variables":{"x":"' + b"x" * limits.MAX_BODY + b'"}}'

    async def dripping() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 10_000):
            yield body[at : at + 10_000]

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for content in (body, dripping()):
        answer = await world.http.post("/graphql", content=content, headers=headers)
        assert answer.status_code == 413
        assert "at most" in answer.text
    assert short == []


async def test_an_unexpected_error_of_the_short_way_is_met_again_on_the_long_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await world.token("cat")

    async def broken(*_: object) -> bytes | None:
        raise RuntimeError("nobody expects this")

    monkeypatch.setattr(Quick, "answer", broken)
    assert (await world.ask("{ community { name } }", token)).data


async def test_budgets_are_charged_the_same(world: World) -> None:
    query, token, other = QUERIES[0][0], await world.token("cat"), await world.token("ann")
    before = [(await world.ask(query, token)).body["extensions"]["cost"]["throttle"]["available"] for _ in range(SIGHTINGS + 3)]
    steps = [one - two for one, two in pairwise(before)]
    assert max(steps) - min(steps) <= 2_000  # what a second restores
    assert (await world.ask(query, other)).data


async def test_an_exhausted_budget_refuses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    query, token = QUERIES[0][0], await world.token("cat")
    await often(world, query, token)
    monkeypatch.setattr("schema.budget.Budgets._bucket", lambda *_: type("Empty", (), {"left": 0.0, "at": 0.0})())
    assert (await world.ask(query, token)).status == 429


async def test_time_runs_out_here_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    query, token = QUERIES[1][0], await world.token("cat")
    await often(world, query, token, n=2)

    async def slow(*_: object, **__: object) -> None:
        await asyncio.sleep(5)

    monkeypatch.setattr("plugin.services.knowledge.reading.member_page", slow)
    monkeypatch.setattr(limits, "MAX_SECONDS", 0.05)
    assert (await world.ask(query, token, n=2)).status == 503


# ---------------------------------------------------------------------------------------------------------------------- remembered bytes


async def test_withdrawal_and_erasure_show_at_once(both: World, short: list[bool]) -> None:
    """On both databases: whoever leaves is gone from the next answer, remembered or not."""
    world = both
    token = await world.token("cat")
    first = (await often(world, document(), token))[-1].data
    names = [one["node"]["member"]["username"] for one in first["viewer"]["suggestions"]["edges"]]
    assert "ann" in names
    assert short[-1]
    await world.ask("mutation { optOutOfSuggestions { userErrors { code } } }", await world.token("ann"))
    again = (await world.ask(document(), token)).data
    assert "ann" not in [one["node"]["member"]["username"] for one in again["viewer"]["suggestions"]["edges"]]


async def test_a_revoked_token_is_refused_at_once(world: World) -> None:
    token = await world.token("cat")
    await often(world, document(), token)
    cat = await world.member_id("cat")
    await world.write(lambda unit: unit.tokens.revoke_of(cat))
    assert (await world.ask(document(), token)).status == 401


@pytest.mark.slow
async def test_nobody_gets_anothers_answer(world: World) -> None:
    mine = (await often(world, document(), await world.token("cat")))[-1].data
    other = (await often(world, document(), await world.token("user01")))[-1].data
    assert mine != other
    assert other["viewer"]["suggestions"]["edges"] == []


async def test_what_is_remembered_is_read_once(world: World) -> None:
    token = await world.token("cat")
    await often(world, document(), token)
    before = world.database.reads
    await world.ask(document(), token)
    assert world.database.reads - before <= 1  # who asks
