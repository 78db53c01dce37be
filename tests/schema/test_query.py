"""What can be read, by whom."""

import base64
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mentorgraph import events as e
from plugin.domain.people import MEMBER_SCOPES, SERVICE_SCOPES, Scope
from plugin.domain.programs import Plan, ProgramState
from plugin.services.identity.access import principal_of
from plugin.services.programs import programming
from schema.plans.store import SIGHTINGS
from tests.plugin.support import community
from tests.schema.world import START, World, person, thread

SUGGESTIONS = "{ viewer { suggestions { edges { node { id score member { username } reasons { criterion text contribution evidence { title url } } } } } } }"
EXPERTS = """query ($first: Int) { expertsFor(need: "subscription pricing and annual plans", first: $first) {
  __typename id score member { id username } reasons { criterion text contribution evidence { title url } } program { name } } }"""
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


async def test_the_viewer_is_the_member_behind_the_token(world: World) -> None:
    data = (await world.ask("{ viewer { member { hostUserId username name } } }", await world.token("cat"))).data
    assert data == {"viewer": {"member": {"hostUserId": "3", "username": "cat", "name": "Cat"}}}


async def test_a_service_has_no_viewer_but_reads_the_community(world: World) -> None:
    token = await world.token()
    data = (await world.ask("{ viewer { member { id } } community { name url host memberCount } }", token)).data
    assert data == {"viewer": None, "community": {"name": "Forum", "url": "https://forum.example.org", "host": "discourse", "memberCount": 24}}


async def test_members_can_be_found_by_a_part_of_the_name(world: World) -> None:
    token = await world.token("cat")
    query = "query ($q: String) { members(query: $q, first: 100) { edges { node { username } } } }"
    for part, found in {"AN": ["ann", "dan"], "%": [], "_": [], "\\": [], "nobody": [], "eve": []}.items():
        names = sorted(edge["node"]["username"] for edge in (await world.ask(query, token, q=part)).data["members"]["edges"])
        assert names == found, part


async def test_skills_come_with_evidence(world: World) -> None:
    query = '{ members(query: "ann") { edges { node { username skills { name kind confidence evidence { title url } } } } } }'
    (edge,) = (await world.ask(query, await world.token("cat"))).data["members"]["edges"]
    best = edge["node"]["skills"][0]
    assert best["name"] == "pricing"
    assert best["kind"] == "EXPERTISE"
    assert 0 < best["confidence"] <= 1
    assert best["evidence"]


async def test_suggestions_have_reasons_whose_contributions_sum_to_the_score(world: World) -> None:
    edges = (await world.ask(SUGGESTIONS, await world.token("cat"))).data["viewer"]["suggestions"]["edges"]
    assert {"ann", "ben"} <= {edge["node"]["member"]["username"] for edge in edges}
    assert [edge["node"]["score"] for edge in edges] == sorted((edge["node"]["score"] for edge in edges), reverse=True)
    for edge in edges:
        assert sum(reason["contribution"] for reason in edge["node"]["reasons"]) == pytest.approx(edge["node"]["score"])
        assert all(reason["text"] for reason in edge["node"]["reasons"])


async def test_nobody_sees_the_suggestions_and_needs_of_another(world: World) -> None:
    cat, dan = await world.token("cat"), await world.token("dan")
    mine = (await world.ask("{ viewer { needs { id } suggestions { edges { node { id } } } } }", cat)).data["viewer"]
    ids = [mine["needs"][0]["id"], mine["suggestions"]["edges"][0]["node"]["id"]]
    for one in ids:
        assert (await world.ask(NODE, cat, id=one)).data["node"]["id"] == one
        assert (await world.ask(NODE, dan, id=one)).data == {"node": None}
        assert (await world.ask(NODE, await world.token(), id=one)).data == {"node": None}
    assert (await world.ask(SUGGESTIONS, dan)).data == {"viewer": {"suggestions": {"edges": []}}}


# ---------------------------------------------------------------------------------------------------------------------- evidence


def _titles(data: list[dict[str, object]]) -> set[str]:
    return {one["title"] for found in data for reason in found["reasons"] for one in reason["evidence"]}  # type: ignore[attr-defined]  # JSON


async def test_evidence_is_what_the_reader_may_read_in_the_host(world: World) -> None:
    titles = {who: _titles((await world.ask(EXPERTS, await world.token(who))).data["expertsFor"]) for who in ("cat", "dan", "")}
    assert titles["cat"]
    assert not {one for one in titles["cat"] | titles[""] if one.startswith("Secret")}
    assert {one for one in titles["dan"] if one.startswith("Secret")}
    await world.apply(e.MemberLeftGroup(seen_at=START, source=e.Source.HOST, host_user_id="4", group_id="41"))
    assert not {one for one in _titles((await world.ask(EXPERTS, await world.token("dan"))).data["expertsFor"]) if one.startswith("Secret")}


async def test_skills_show_no_evidence_of_a_closed_space_either(world: World) -> None:
    query = '{ members(query: "ben") { edges { node { skills { evidence { title } } } } } }'
    texts = {who: (await world.ask(query, await world.token(who))).data for who in ("cat", "dan")}
    assert "Secret" not in str(texts["cat"])
    assert "Secret" in str(texts["dan"])


# ---------------------------------------------------------------------------------------------------------------------- experts


async def test_experts_are_found_for_words_and_found_again_for_an_hour(world: World) -> None:
    cat = await world.token("cat")
    found = (await world.ask(EXPERTS, cat)).data["expertsFor"]
    assert found[0]["member"]["username"] in {"ann", "ben"}
    query = "query ($id: ID!) { node(id: $id) { __typename id ... on Suggestion { score member { username } reasons { contribution } } } }"
    for one in found:
        assert sum(reason["contribution"] for reason in one["reasons"]) == pytest.approx(one["score"])
        again = (await world.ask(query, cat, id=one["id"])).data["node"]
        assert (again["__typename"], again["id"], again["score"]) == ("Suggestion", one["id"], one["score"])
    other, of_the_same_member = await world.token("dan"), await world.token("cat")
    for token in (other, of_the_same_member, await world.token()):
        assert (await world.ask(query, token, id=found[0]["id"])).data == {"node": None}
    world.clock.move(minutes=58)
    assert (await world.ask(query, cat, id=found[0]["id"])).data["node"] is not None
    world.clock.move(minutes=4)
    assert (await world.ask(query, cat, id=found[0]["id"])).data == {"node": None}


@pytest.mark.parametrize(("first", "count"), [(1, 1), (2, 2), (None, None)])
async def test_experts_are_as_many_as_asked_for(world: World, first: int | None, count: int | None) -> None:
    found = (await world.ask(EXPERTS, await world.token("cat"), first=first)).data["expertsFor"]
    assert 0 < len(found) <= 10 if count is None else len(found) == count


@pytest.mark.parametrize(
    "arguments", ['need: ""', 'need: "  "', f'need: "{"x" * 2001}"', 'need: "pricing", first: 0', 'need: "pricing", first: -1', 'need: "a\\u0000b"']
)
async def test_a_need_that_says_nothing_is_refused(world: World, arguments: str) -> None:
    answer = await world.ask(f"{{ expertsFor({arguments}) {{ id }} }}", await world.token("cat"))
    assert answer.codes == ["invalid"]


async def test_the_asker_is_no_expert_of_their_own(world: World) -> None:
    found = (await world.ask(EXPERTS, await world.token("ann"))).data["expertsFor"]
    assert "ann" not in {one["member"]["username"] for one in found}


# ---------------------------------------------------------------------------------------------------------------------- tokens


async def test_without_a_token_nothing_is_read(world: World) -> None:
    for query in (
        "{ community { name } }",
        "{ members { edges { cursor } } }",
        NODE.replace("($id: ID!)", "").replace("$id", '"x"'),
        "{ programs { edges { cursor } } }",
    ):
        answer = await world.ask(query)
        assert answer.codes == ["unauthenticated"], query
    assert (await world.ask("{ viewer { member { id } } }")).data == {"viewer": None}


@pytest.mark.parametrize("token", ["mg_unknown", "nonsense", "mg_" + "x" * 300, "mg_é", "Bearer"])
async def test_a_bad_token_is_refused_before_anything_is_parsed(world: World, token: str) -> None:
    answer = await world.http.post("/graphql", content=b"not even JSON", headers={b"Authorization": f"Bearer {token}".encode()})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_expires_and_is_revoked(world: World) -> None:
    short, long = await world.token("cat", lifetime=timedelta(minutes=5)), await world.token("cat")
    assert (await world.ask("{ community { name } }", short)).status == 200
    world.clock.move(minutes=5)
    assert (await world.ask("{ community { name } }", short)).status == 401
    out = (await world.ask("mutation { signOutEverywhere { revoked userErrors { code } } }", long)).data["signOutEverywhere"]
    assert out["revoked"] >= 1
    assert (await world.ask("{ community { name } }", long)).status == 401


async def test_a_suspended_member_has_no_access(world: World) -> None:
    token = await world.token("cat")
    await world.apply(person(3, "cat", START, suspended=True))
    assert (await world.ask("{ community { name } }", token)).status == 401


NEEDED = {
    "{ community { id } }": Scope.READ,
    "{ members { edges { cursor } } }": Scope.READ,
    "{ programs { edges { cursor } } }": Scope.READ,
    '{ program(id: "x") { id } }': Scope.READ,
    '{ node(id: "x") { id } }': Scope.READ,
    '{ expertsFor(need: "pricing plans") { id } }': Scope.READ,
    'mutation { setNeed(input: {text: "pricing plans"}) { need { id } } }': Scope.ME,
    'mutation { closeNeed(input: {id: "x"}) { need { id } } }': Scope.ME,
    'mutation { dismissSuggestion(input: {id: "x"}) { dismissedId } }': Scope.ME,
    "mutation { optOutOfSuggestions { userErrors { code } } }": Scope.ME,
    "mutation { optInToSuggestions { userErrors { code } } }": Scope.ME,
    "mutation { optOutOfMessages { userErrors { code } } }": Scope.ME,
    "mutation { optInToMessages { userErrors { code } } }": Scope.ME,
    "mutation { signOutEverywhere { revoked } }": Scope.ME,
    'mutation { createProgram(input: {name: "Autumn"}) { program { id } } }': Scope.PROGRAMS,
    'mutation { moveProgram(input: {id: "x", state: ENROLLING}) { program { id } } }': Scope.READ,
    'mutation { setSkill(input: {name: "pricing", standing: EXPERT}) { skills { name } } }': Scope.ME,
    'mutation { clearSkill(input: {name: "pricing"}) { skills { name } } }': Scope.ME,
    "{ skillNames { name } }": Scope.READ,
    "{ likelySameSkills { name } }": Scope.PROGRAMS,
    "{ measures { day } }": Scope.PROGRAMS,
    '{ measuresChart(names: ["reach"]) }': Scope.PROGRAMS,
    "{ networkPicture }": Scope.PROGRAMS,
    "{ rankingWeights { signal } }": Scope.PROGRAMS,
    "{ rankingChanges { at } }": Scope.PROGRAMS,
    'mutation { mergeSkills(input: {name: "prices", into: "pricing"}) { into } }': Scope.PROGRAMS,
    'mutation { unmergeSkill(input: {name: "prices"}) { done } }': Scope.PROGRAMS,
    "mutation { resetRanking { change { at } } }": Scope.PROGRAMS,
    "{ __schema { queryType { name } } }": Scope.INTROSPECT,
}


@pytest.mark.parametrize("query", NEEDED)
async def test_each_field_needs_its_scope(world: World, query: str) -> None:
    needed = NEEDED[query]
    for username, possible in (("cat", MEMBER_SCOPES), ("", SERVICE_SCOPES)):
        for scope in sorted(possible):
            answer = await world.ask(query, await world.token(username, scopes=[scope]))
            if scope is needed:
                assert "errors" not in answer.body, answer.body
            elif needed is Scope.INTROSPECT:
                assert "introspection" in answer.body["errors"][0]["message"]
            else:
                assert answer.codes == ["forbidden"], answer.body


async def test_every_operation_that_is_asked_here_is_one(world: World) -> None:
    """That no operation lacks an entry is the business of docs/access.md, for which every one is asked as each role."""
    names = await world.ask('{ q: __type(name: "Query") { fields { name } } m: __type(name: "Mutation") { fields { name } } }', await world.token())
    fields = {field["name"] for kind in ("q", "m") for field in names.data[kind]["fields"]}
    assert {re.findall(r"\w+", query.replace("mutation", ""))[0] for query in NEEDED} - {"__schema"} <= fields


async def test_a_viewer_needs_the_scope_of_acting_for_the_member(world: World) -> None:
    assert (await world.ask("{ viewer { member { id } } }", await world.token("cat", scopes=[Scope.READ]))).data == {"viewer": None}


# ---------------------------------------------------------------------------------------------------------------------- ids


async def test_ids_of_another_community_are_like_ids_of_nothing(world: World) -> None:
    other = await community(world.database, base_url="https://other.example.org", host="discourse")
    events = [
        e.SpaceChanged(seen_at=START, source=e.Source.HOST, space_id="1", name="G", access=e.Access.MEMBERS),
        person(1, "ann", START),
        person(3, "cat", START),
    ]
    await world.apply(*events, *thread(100, START, space="1", asker=3, answers=[1], title="T", days=1, text="How does pricing work?"), of=other)
    await world.suggest()
    theirs = await world.token("cat", of=other)
    service = await world.token(of=other)
    program = await world.ask('mutation { createProgram(input: {name: "Theirs"}) { program { id } } }', service)
    found = (
        await world.ask("{ community { id } members { edges { node { id } } } viewer { needs { id } suggestions { edges { node { id } } } } }", theirs)
    ).data
    ids = [found["community"]["id"], program.data["createProgram"]["program"]["id"]]
    ids += [edge["node"]["id"] for edge in found["members"]["edges"] + found["viewer"]["suggestions"]["edges"]]
    ids += [need["id"] for need in found["viewer"]["needs"]]
    ids += [one["id"] for one in (await world.ask(EXPERTS, theirs)).data["expertsFor"]]
    assert len(ids) >= 6
    mine = await world.token("cat")
    for one in ids:
        assert (await world.ask(NODE, mine, id=one)).data == {"node": None}
        relabelled = base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)).replace(str(other).encode(), str(world.installation_id).encode(), 1)
        moved = base64.urlsafe_b64encode(relabelled).decode().rstrip("=")
        if not relabelled.startswith(b"Community"):
            assert (await world.ask(NODE, mine, id=moved)).data == {"node": None}
        for mutation, field in (("closeNeed", "need { id }"), ("dismissSuggestion", "dismissedId")):
            for bad in (one, moved, "random"):
                query = f"mutation ($id: ID!) {{ {mutation}(input: {{id: $id}}) {{ {field} userErrors {{ code message field }} }} }}"
                answer = (await world.ask(query, mine, id=bad)).data[mutation]
                assert answer["userErrors"][0]["code"] == "not_found"


async def test_every_kind_of_node_is_found_again(world: World) -> None:
    cat = await world.token("cat")
    await world.ask('mutation { createProgram(input: {name: "Autumn"}) { program { id } } }', await world.token())
    found = (
        await world.ask("{ community { id } members(first: 1) { edges { node { id } } } viewer { needs { id } suggestions { edges { node { id } } } } }", cat)
    ).data
    ids = {
        "Community": found["community"]["id"],
        "Member": found["members"]["edges"][0]["node"]["id"],
        "Need": found["viewer"]["needs"][0]["id"],
        "Suggestion": found["viewer"]["suggestions"]["edges"][0]["node"]["id"],
    }
    for kind, one in ids.items():
        assert (await world.ask(NODE, cat, id=one)).data["node"] == {"__typename": kind, "id": one}


def _id(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


odd_ids = st.one_of(
    st.text(max_size=60),
    st.builds(
        lambda kind, place, value: _id(f"{kind}:{place}:{value}"),
        st.sampled_from(["Member", "Program", "Need", "Suggestion", "Proposal", "Community", "Viewer", ""]),
        st.one_of(st.just("HERE"), st.integers(), st.text(max_size=5)),
        st.one_of(st.integers(), st.sampled_from(["9" * 19, "9" * 400, "-1", "0", "1_0", " 1", "¹", "1:2", "gAAAAA=="]), st.text(max_size=20)),
    ),
)


@given(ids=st.lists(odd_ids, min_size=10, max_size=15))
@hypothesis_settings(max_examples=25)
async def test_odd_ids_name_nothing_and_break_nothing(world: World, ids: list[str]) -> None:
    token = world.tokens.get("cat") or world.tokens.setdefault("cat", await world.token("cat"))
    here = str(world.installation_id)
    sent = {
        f"i{place}": _id(base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)).decode().replace("HERE", here)) if _is_ours(one) else one
        for place, one in enumerate(ids)
    }
    query = f"query ({', '.join(f'${name}: ID!' for name in sent)}) {{ {' '.join(f'{name}: node(id: ${name}) {{ id }}' for name in sent)} }}"
    answer = await world.ask(query, token, **sent)
    assert set(answer.data.values()) == {None}


def _is_ours(text: str) -> bool:
    try:
        return b"HERE" in base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return False


# ---------------------------------------------------------------------------------------------------------------------- programs


async def test_programs_are_listed_by_state_and_drafts_only_to_who_writes_them(world: World) -> None:
    service, cat = await world.token(), await world.token("cat")
    principal = await principal_of(world.parts.runtime, service)
    made = []
    for one in range(6):
        made.append(await programming.create_program(world.parts.runtime, principal, plan=Plan(name=f"Program {one}", purpose="p")))
        world.clock.move(seconds=1)
    for program in made[::2]:
        await programming.move_program(world.parts.runtime, principal, program.id, ProgramState.ENROLLING)
    query = "query ($state: ProgramState) { programs(first: 2, state: $state) { edges { node { id name state } } pageInfo { hasNextPage } } }"
    seen = (await world.ask(query, cat)).data["programs"]
    assert [edge["node"]["name"] for edge in seen["edges"]] == ["Program 4", "Program 2"]
    assert seen["pageInfo"]["hasNextPage"]
    assert (await world.ask(query, cat, state="DRAFT")).data["programs"]["edges"] == []
    drafts = (await world.ask(query, service, state="DRAFT")).data["programs"]["edges"]
    assert [edge["node"]["name"] for edge in drafts] == ["Program 5", "Program 3"]
    by_id = "query ($id: ID!) { program(id: $id) { name } node(id: $id) { id } }"
    assert (await world.ask(by_id, cat, id=drafts[0]["node"]["id"])).data == {"program": None, "node": None}
    assert (await world.ask(by_id, service, id=drafts[0]["node"]["id"])).data["program"] == {"name": "Program 5"}


# ---------------------------------------------------------------------------------------------------------------------- reads


@pytest.mark.parametrize(
    "query",
    [
        "query ($n: Int!) { members(first: $n) { edges { node { username skills { name evidence { title } } } } } }",
        "query ($n: Int!) { viewer { suggestions(first: $n) { edges { node { member { skills { name } } program { id } reasons { evidence { url } } } } } } }",
        'query ($n: Int!) { expertsFor(need: "pricing plans for customers", first: $n) { member { skills { name } } reasons { evidence { title } } } }',
    ],
)
async def test_the_number_of_reads_does_not_grow_with_the_rows(world: World, query: str) -> None:
    token = await world.token("cat")
    await world.ask(query, token, n=1)
    counts = []
    for size in (10, 24):
        before = world.database.reads
        await world.ask(query, token, n=size)
        counts.append(world.database.reads - before)
    assert counts[0] == counts[1] <= 9


async def test_the_number_of_reads_does_not_grow_with_the_needs(world: World) -> None:
    token = await world.token("cat")
    query = "{ viewer { needs { text suggestions { member { username } } } } }"
    counts = []
    for count in range(2):
        # Who asks, and how it is executed, is known by now.
        for _ in range(SIGHTINGS):
            await world.ask(query, token)
        before = world.database.reads
        assert len((await world.ask(query, token)).data["viewer"]["needs"]) == 1 + 3 * count
        counts.append(world.database.reads - before)
        for one in range(3):
            await world.ask("mutation ($t: String!) { setNeed(input: {text: $t}) { need { id } } }", token, t=f"pricing plans number {one}")
    assert counts[0] == counts[1]
