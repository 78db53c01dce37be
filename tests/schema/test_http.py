"""GraphQL over HTTP under attack: bodies, limits, errors, introspection."""

import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from plugin.domain.people import Scope
from plugin.errors import Unavailable
from schema import budget
from schema.budget import Rate
from schema.limits import MAX_ALIASES, MAX_BODY, MAX_CHARACTERS, MAX_DEPTH, MAX_DIRECTIVES, MAX_ERRORS, REFUSED_COST
from schema.requests import GRAPHQL_JSON, JSON, bearer, media_type
from tests.schema.world import World

HELLO = "{ community { name } }"


async def post(world: World, body: bytes, *, token: str = "", kind: str | None = "application/json", **headers: str) -> tuple[int, str]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()} | ({"Content-Type": kind} if kind is not None else {})
    if token:
        sent["Authorization"] = f"Bearer {token}"
    answer = await world.http.post("/graphql", content=body, headers=sent)
    return answer.status_code, answer.text


# ---------------------------------------------------------------------------------------------------------------------- bodies

ODD_BODIES = {
    "nothing": b"",
    "deep arrays": b"[" * 40_000 + b"]" * 40_000,
    "deep objects": b'{"query":' * 9_000 + b"1" + b"}" * 9_000,
    "deep variables": b'{"query":"{ community { name } }","variables":{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}}",
    "invalid UTF-8": b'{"query":"\xff\xfe"}',
    "a number": b"7",
    "null": b"null",
    "a text": b'"{ community { name } }"',
    "true": b"true",
    "an array": b"[]",
    "a batch": b'[{"query":"{ community { name } }"}]',
    "a huge integer": b'{"query":"{ community { name } }","variables":{"a":' + b"9" * 5_000 + b"}}",
    "a huge number": b"9" * 5_000,
    "no query": b"{}",
    "query null": b'{"query":null}',
    "query a number": b'{"query":1}',
    "query an array": b'{"query":[]}',
    "variables an array": b'{"query":"{ community { name } }","variables":[]}',
    "operation name an object": b'{"query":"{ community { name } }","operationName":{}}',
    "operation name unknown": b'{"query":"{ community { name } }","operationName":"other"}',
    "extensions a text": b'{"query":"{ community { name } }","extensions":"x"}',
    "a lone surrogate": b'{"query":"{ node(id: \\"\\ud800\\") { id } }"}',
    "zero byte": b'{"query":"\\u0000"}',
    "not a number": b'{"query":"{ community { name } }","variables":{"a":NaN}}',
    "truncated": b'{"query":"{ community',
    "empty query": b'{"query":""}',
    "a comment only": b'{"query":"# nothing"}',
    "a form": b"query=%7Bcommunity%7D",
    "byte order mark": b'\xef\xbb\xbf{"query":"{ community { name } }"}',
}


@pytest.mark.parametrize("name", ODD_BODIES)
async def test_an_odd_body_is_the_clients_mistake(world: World, name: str) -> None:
    for token in ("", await world.token("cat")):
        status, text = await post(world, ODD_BODIES[name], token=token)
        assert status in {200, 400}, text
        assert "Traceback" not in text
        assert "lookup" not in text


@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(["application/json", "application/json; charset=utf-16", "application/graphql", "text/plain", "", "x/y; =;;", None]),
)
@hypothesis_settings(max_examples=100)
async def test_no_body_breaks_the_endpoint(world: World, body: bytes, kind: str | None) -> None:
    status, text = await post(world, body, kind=kind)
    assert 400 <= status < 500, text


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; a=application/json", "", None]
)
async def test_what_a_plain_form_can_send_is_refused(world: World, kind: str | None) -> None:
    status, _ = await post(world, b'{"query":"{ community { name } }"}', kind=kind, token=await world.token("cat"))
    assert status == 400


async def test_a_browser_that_gets_the_address_sees_the_page(world: World) -> None:
    for headers in ({"Accept": "text/html"}, {}):
        answer = await world.http.get("/graphql", headers=headers)
        assert answer.headers["content-type"].startswith("text/html")
    assert (await world.http.get("/graphql", headers={"Accept": "application/json", "Authorization": f"Bearer {await world.token('cat')}"})).status_code == 400


@pytest.mark.parametrize("accept", ["text/html, */*;q=0.8", "application/json", GRAPHQL_JSON])
async def test_a_query_by_get_needs_a_header_that_other_sites_cannot_send(world: World, accept: str) -> None:
    sent = {"query": "{ __typename }"}
    assert (await world.http.get("/graphql", params=sent, headers={"Accept": accept})).status_code == 400
    assert (await world.http.get("/graphql", params=sent, headers={"Accept": accept, "Apollo-Require-Preflight": ""})).status_code == 400
    for headers in ({"Apollo-Require-Preflight": "1"}, {"Authorization": f"Bearer {await world.token('cat')}"}):
        answer = await world.http.get("/graphql", params=sent, headers=headers | {"Accept": accept})
        assert answer.json()["data"] == {"__typename": "Query"}


async def test_a_get_changes_nothing(world: World) -> None:
    headers = {"Authorization": f"Bearer {await world.token('cat')}"}
    for query in (
        "mutation { optOutOfSuggestions { userErrors { code } } }",
        "query A { __typename } mutation B { optOutOfSuggestions { userErrors { code } } }",
    ):
        answer = await world.http.get("/graphql", params={"query": query, "operationName": "B" if "B" in query else ""}, headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST"), "GraphQL over HTTP, section 5.3"
    assert (await world.ask("{ viewer { consents { expert } } }", await world.token("cat"))).data["viewer"]["consents"]["expert"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(world: World, method: str) -> None:
    assert (await world.http.request(method, "/graphql", json={"query": HELLO})).status_code == 405


async def test_answers_are_not_kept_by_anyone(world: World) -> None:
    for answer in (await world.ask(HELLO, await world.token("cat")), await world.ask("{"), await world.ask(HELLO)):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


# ---------------------------------------------------------------------------------------------------------------------- limits


async def test_a_body_has_a_largest_size(world: World) -> None:
    padding = b" " * (MAX_BODY - len('{"query":"{ community { name } }"}'))
    token = await world.token("cat")
    assert (await post(world, padding + b'{"query":"{ community { name } }"}', token=token))[0] == 200
    status, text = await post(world, padding + b' {"query":"{ community { name } }"}', token=token)
    assert status == 413
    assert "too_large" in text


async def test_a_body_in_pieces_has_the_same_largest_size(world: World) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 10_000
            yield b" " * 10_000

    answer = await world.http.post("/graphql", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert sent <= MAX_BODY + 20_000


EVERYTHING = "members(first: 100) { edges { node { skills { name evidence { title url } } } } }"
TOO_MUCH = {
    "characters": ("#" + "x" * MAX_CHARACTERS + f"\n{HELLO}", f"at most {MAX_CHARACTERS} characters"),
    "tokens": ("{ community { " + "name " * 1_000 + "} }", "token"),
    "aliases": ("{ " + " ".join(f"a{one}: community {{ name }}" for one in range(MAX_ALIASES + 1)) + " }", f"at most {MAX_ALIASES} aliases"),
    "directives": ("{ community { " + "name @skip(if: false) " * (MAX_DIRECTIVES + 1) + "} }", f"at most {MAX_DIRECTIVES} directives"),
    "unknown directives": ("{ community { name " + "@aa " * 60 + "} }", ""),
    "a cycle": ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", ""),
    "depth": ("{ viewer " + "{ viewer " * MAX_DEPTH + "{ x }" + " }" * (MAX_DEPTH + 1), f"at most {MAX_DEPTH} levels"),
    "depth in fragments": ("{ viewer { ...F } } fragment F on Viewer { a " + "{ a " * MAX_DEPTH + "}" * (MAX_DEPTH + 1), f"at most {MAX_DEPTH} levels"),
    "cost": ("{ " + " ".join(f"a{one}: {EVERYTHING}" for one in range(6)) + " }", "at most 20000 values"),
    "cost by a variable": ("query ($n: Int) { " + " ".join(f"a{one}: {EVERYTHING}" for one in range(6)).replace("100", "$n") + " }", "at most 20000 values"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TOO_MUCH)
async def test_what_asks_for_too_much_is_refused_before_it_is_done(world: World, name: str) -> None:
    query, message = TOO_MUCH[name]
    token = await world.token("cat")
    before = world.database.reads
    answer = await world.ask(query, token)
    assert answer.status == 200
    assert "data" not in answer.body
    assert message in str(answer.body["errors"])
    assert 1 <= len(answer.body["errors"]) <= MAX_ERRORS
    assert world.database.reads - before <= 1, "only the token was looked at"


async def test_the_deepest_honest_query_passes(world: World) -> None:
    query = (
        "{ viewer { suggestions { edges { node { member { skills { name evidence { title url } } } reasons { evidence { title } } program { name } } } } } }"
    )
    assert (await world.ask(query, await world.token("cat"))).data["viewer"]


@pytest.mark.slow
@pytest.mark.parametrize("levels", [8, 14, 30])
async def test_doubling_fragments_take_no_time(world: World, levels: int) -> None:
    parts = [f"fragment F{one} on Query {{ ...F{one + 1} ...F{one + 1} }}" for one in range(levels)]
    query = "{ ...F0 } " + " ".join(parts) + f" fragment F{levels} on Query {{ community {{ name }} }}"
    began = time.process_time()
    answer = await world.ask(query, await world.token("cat"))
    # Counted one by one, two to the power of thirty fields take hours.
    assert time.process_time() - began < 10.0
    assert answer.status == 200


async def test_a_query_with_as_much_as_is_allowed_takes_bounded_time(world: World) -> None:
    parts = " ".join(f"a{one}: {EVERYTHING}" for one in range(2))
    began = time.process_time()
    assert (await world.ask(f"{{ {parts} }}", await world.token("cat"))).data
    assert time.process_time() - began < 20.0


# ---------------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.slow
async def test_an_unexpected_error_shows_an_id_to_look_up_and_nothing_else(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    token = await world.token("cat")
    await world.ask(HELLO, token)
    original = world.database.read

    async def broken(installation_id: int, work: object) -> object:
        if "principal" in getattr(work, "__qualname__", ""):
            return await original(installation_id, work)  # type: ignore[arg-type]  # handed on
        raise RuntimeError("SELECT secret FROM members WHERE password = 'hunter2'")

    world.database.read = broken  # type: ignore[method-assign, assignment]  # the fault
    answer = await world.ask(HELLO, token)
    assert answer.status == 200
    (error,) = answer.body["errors"]
    assert set(error) == {"message", "locations", "path", "extensions"}
    assert error["message"] == "something went wrong on our side; the id leads to it in the log"
    assert error["extensions"]["code"] == "internal"
    assert len(error["extensions"]["lookup"]) == 16
    assert "hunter2" not in str(answer.body)


async def test_a_database_that_is_away_is_said_so(world: World) -> None:
    token = await world.token("cat")
    world.database.failure = Unavailable("the database does not answer", code="database_down")
    answer = await world.ask(HELLO, token)
    assert (answer.status, answer.body["error"]["code"]) == (503, "database_down")
    assert answer.headers["retry-after"]
    world.database.failure = None
    assert (await world.ask(HELLO, token)).status == 200


@pytest.mark.parametrize(
    "query",
    [
        "{ comunity { name } }",
        "{ community { nam } }",
        "query ($x: Comunity) { community { name } }",
        "{ members(frist: 1) { edges { cursor } } }",
        'mutation { setNeed(input: {txt: "x"}) { need { id } } }',
        "{ programs(state: DRAF) { edges { cursor } } }",
    ],
)
async def test_errors_suggest_no_names(world: World, query: str) -> None:
    answer = await world.ask(query, await world.token("cat"))
    assert "errors" in answer.body
    assert "did you mean" not in str(answer.body).lower()


@pytest.mark.parametrize("value", [{}, {"nme": "x"}, {"name": "x", "url": 1}, {"name": "x", "types": [{}]}, [], 1])
async def test_variables_that_do_not_fit_tell_nothing_of_their_type_to_who_may_not_introspect(world: World, value: object) -> None:
    query = "mutation ($webhook: CreateWebhookInput!) { createWebhook(input: $webhook) { userErrors { code } } }"
    for token in ("", await world.token("cat", scopes=[Scope.READ, Scope.ME])):
        answer = await world.ask(query, token, webhook=value)
        assert "data" not in answer.body
        (told,) = {one["message"] for one in answer.body["errors"]}
        assert told == "the value of $webhook does not fit its type: a token with the scope introspect is told why"
    answer = await world.ask(query, await world.token("cat", scopes=[Scope.INTROSPECT]), webhook=value)
    assert "CreateWebhookInput" in str(answer.body["errors"]) or "String cannot represent" in str(answer.body["errors"])


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1899-12-31T00:00:00Z", "2200-01-01T00:00:00Z"])
async def test_a_time_with_which_nothing_can_be_reckoned_is_the_clients_mistake(world: World, when: str) -> None:
    token = await world.token("cat")
    query = "query ($when: DateTime, $pair: ID!) { sessionTimes(mentorship: $pair, since: $when) { at } }"
    answer = await world.ask(query, token, when=when, pair="x")
    assert "data" not in answer.body
    assert "the year must be 1900 to 2199" in answer.body["errors"][0]["message"]
    query = 'mutation ($day: Date) { addPairItem(input: {mentorship: "x", kind: GOAL, title: "x", dueOn: $day}) { userErrors { code } } }'
    answer = await world.ask(query, token, day=when[:10])
    assert "the year must be 1900 to 2199" in answer.body["errors"][0]["message"]


async def test_introspection_needs_its_scope(world: World) -> None:
    for query in ("{ __schema { types { name } } }", '{ __type(name: "Member") { name } }', "{ ...F } fragment F on Query { __schema { queryType { name } } }"):
        for token in ("", await world.token("cat", scopes=[Scope.READ, Scope.ME]), await world.token(scopes=[Scope.READ, Scope.PROGRAMS])):
            answer = await world.ask(query, token)
            assert "data" not in answer.body
            assert "introspection" in answer.body["errors"][0]["message"]
        assert (await world.ask(query, await world.token("cat", scopes=[Scope.INTROSPECT]))).data
    assert (await world.ask("{ __typename }")).data == {"__typename": "Query"}


async def test_what_was_validated_for_one_token_is_not_for_another(world: World) -> None:
    """Parsed and validated queries are remembered; the right to introspect is part of what is remembered."""
    query, allowed = "{ __schema { queryType { name } } }", await world.token("cat", scopes=[Scope.INTROSPECT])
    for _ in range(3):
        assert (await world.ask(query, allowed)).data
        assert (await world.ask(query, await world.token("cat", scopes=[Scope.READ]))).body.get("data") is None


# ---------------------------------------------------------------------------------------------------------------------- media types


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON};q=0.5", JSON),
        (f"{JSON};q=0.5, application/*;q=0.9", GRAPHQL_JSON),
        (f"{JSON};q=0.2, text/html", JSON),
        (f"{GRAPHQL_JSON};q=0, */*", JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON.upper()}; charset=utf-8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0", None),
        (f"{GRAPHQL_JSON};q=nonsense", None),
        (f"{GRAPHQL_JSON};q=nan", None),
        (f"{JSON};q=-1", None),
        (f"{JSON};q=0.5, {GRAPHQL_JSON};q=2", JSON),
        ("*/*;q=0", None),
        ("image/png, text/event-stream", None),
        (";;;,,,q=", None),
    ],
)
def test_the_media_type_is_the_clients_wish(accept: str, wanted: str | None) -> None:
    assert media_type(accept) == wanted


async def test_who_takes_no_json_is_not_answered_with_it(world: World) -> None:
    answer = await world.ask(HELLO, await world.token("cat"), accept="image/png")
    assert (answer.status, answer.body["error"]["code"]) == (406, "not_acceptable")


TYPES = {
    "application/json; charset=utf-8": "",
    'application/json; charset="UTF-8"; x=1': "",
    "APPLICATION/JSON": "",
    "application/json; charset=latin1": "in UTF-8",
    "application/json; charset=utf-16": "in UTF-8",
    "application/jsonx": "as application/json",
    "application/graphql": "as application/json",
    "text/json": "as application/json",
}
TOLD = {
    "nothing": (b"", "cannot be read as JSON"),
    "broken": (b'{"query": ', "line 1, column"),
    "not a number": (b'{"query": "{ __typename }", "variables": {"a": NaN}}', "cannot be read as JSON"),
    "beyond all numbers": (b'{"query": "{ __typename }", "variables": {"a": 1e999}}', "number is infinity"),
    "half a character": (b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}', "surrogate"),
    "too deep": (b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}}", "depth limit"),
    "another encoding": ('{"query": "{ __typename }"}'.encode("utf-16"), "is not UTF-8"),
    "a byte order mark": (b'\xef\xbb\xbf{"query": "{ __typename }"}', "byte order mark"),
    "an empty batch": (b"[]", "a batch is not taken"),
    "a batch": (b'[{"query": "{ __typename }"}]', "a batch is not taken"),
    "null": (b"null", "must be an object"),
    "no query": (b'{"qeury": "{ __typename }"}', "send a query"),
    "an empty query": (b'{"query": ""}', "send a query"),
    "a query that is none": (b'{"query": 1}', "query must be a text"),
    "variables as a text": (b'{"query": "{ __typename }", "variables": "{}"}', "variables must be an object or null"),
    "extensions as an array": (b'{"query": "{ __typename }", "extensions": []}', "extensions must be an object or null"),
    "a name that is none": (b'{"query": "{ __typename }", "operationName": 1}', "operationName must be a text or null"),
}


@pytest.mark.parametrize("name", TOLD)
async def test_what_is_wrong_with_a_body_is_said_as_it_is(world: World, name: str) -> None:
    body, told = TOLD[name]
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {await world.token('cat')}"}
    plain = await world.http.post("/graphql", content=body, headers=headers)
    known = await world.http.post("/graphql", content=body, headers=headers | {"Accept": GRAPHQL_JSON})
    assert (plain.status_code, known.status_code) == (400, 400)
    (error,) = known.json()["errors"]
    assert set(known.json()) == {"errors"}
    assert known.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert told in error["message"]
    assert plain.json()["error"] == {"code": error["extensions"]["code"], "message": error["message"]}


async def test_the_type_of_a_body_is_read_as_http_says(world: World) -> None:
    token = await world.token("cat")
    for kind, told in TYPES.items():
        status, text = await post(world, b'{"query": "{ __typename }"}', kind=kind, token=token)
        assert (status, told in text) == (400 if told else 200, True), (kind, text)


async def test_what_is_wrong_with_an_address_is_said_as_it_is(world: World) -> None:
    headers = {"Authorization": f"Bearer {await world.token('cat')}", "Accept": GRAPHQL_JSON}
    for address, told in {
        "query={__typename}&variables={": "variables cannot be read as JSON",
        'query={__typename}&variables="x"': "variables must be an object or null",
        "query={__typename}&variables=": "variables cannot be read as JSON",
        "query={__typename}&extensions=[]": "extensions must be an object or null",
        "query={a:__typename}&query={b:__typename}": "query stands in the address twice",
        "query=": "send a query",
        "query={__typename}&operationName=": "",
        "query={__typename}&variables=null": "",
    }.items():
        answer = await world.http.get(f"/graphql?{address}", headers=headers)
        assert answer.status_code == (400 if told else 200), address
        assert told in answer.text


@pytest.mark.parametrize(
    ("query", "name", "told"),
    [
        ("query A { __typename }", "B", 'Unknown operation named "B".'),
        ("{ __typename }", "", 'Unknown operation named "".'),
        ("{ __typename }", "B" * 50_000, f'Unknown operation named "{"B" * 100}".'),
        ("fragment F on Query { __typename }", None, "Must provide an operation."),
        ("type A { b: Int }", None, "Must provide an operation."),
        ("query A { __typename } query B { __typename }", None, "Must provide operation name if query contains multiple operations."),
    ],
)
async def test_an_operation_that_cannot_be_determined_is_an_error_of_the_request(world: World, query: str, name: str | None, told: str) -> None:
    token = await world.token("cat", scopes=[Scope.READ])
    for accept, status in ((JSON, 200), (GRAPHQL_JSON, 400)):
        headers = {"Authorization": f"Bearer {token}", "Accept": accept}
        answer = await world.http.post("/graphql", json={"query": query, "operationName": name}, headers=headers)
        assert (answer.status_code, answer.json()) == (status, {"errors": [{"message": told}]})


async def test_what_is_refused_costs_a_little(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PERSON", "TOKEN"):
        monkeypatch.setattr(budget, name, Rate(maximum=100_000, restored=1))
    token = await world.token("cat", scopes=[Scope.READ])

    async def left() -> int:
        return int((await world.ask("{ __typename }", token)).body["extensions"]["cost"]["throttle"]["available"])

    for query in ("{", "{ nothing }", "fragment F on Query { __typename }"):
        before = await left()
        for _ in range(10):
            await world.ask(query, token)
        assert before - await left() > 5 * REFUSED_COST, query


@pytest.mark.parametrize(
    "query", ["{", "{ nothing }", "{ __schema { queryType { name } } }", "query ($x: Int!) { members(first: $x) { edges { cursor } } }", "#" * 20_000]
)
async def test_what_is_not_executed_is_400_without_data_for_who_knows_the_media_type(world: World, query: str) -> None:
    token = await world.token("cat", scopes=[Scope.READ])
    answer = await world.ask(query, token, accept=GRAPHQL_JSON)
    assert answer.status == 400
    assert answer.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert "data" not in answer.body
    plain = await world.ask(query, token)
    assert (plain.status, "data" in plain.body, plain.headers["content-type"]) == (200, False, "application/json; charset=utf-8")


async def test_what_is_executed_is_200_with_data(world: World) -> None:
    answer = await world.ask(HELLO, await world.token("cat"), accept=GRAPHQL_JSON)
    assert (answer.status, answer.body["data"]) == (200, {"community": {"name": "Forum"}})
    failed = await world.ask(HELLO, accept=GRAPHQL_JSON)
    assert (failed.status, failed.body["data"]) == (200, None)


@pytest.mark.parametrize(("header", "token"), [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", ""), ("abc", ""), ("", "")])
def test_the_token_is_read_from_its_header(header: str, token: str) -> None:
    assert bearer({"authorization": header} if header else {}) == token
