"""Pages: nothing twice, nothing lost, whatever comes and goes meanwhile."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from plugin.domain.members import Member, Standing
from plugin.domain.needs import Need, NeedState, Suggestion
from plugin.domain.programs import Program, ProgramState
from plugin.errors import Invalid
from plugin.store.unit_of_work import UnitOfWork
from schema.ids import LARGEST
from schema.paging import MAX_PAGE, decode_cursor, encode_cursor, page_size
from tests.plugin.support import community
from tests.schema.world import START, World

MEMBERS = "query ($n: Int, $a: String) { page: members(first: $n, after: $a) { edges { node { id username } cursor } pageInfo { %s } } }"
PROGRAMS = "query ($n: Int, $a: String) { page: programs(first: $n, after: $a) { edges { node { id name } cursor } pageInfo { %s } } }"
SUGGESTIONS = "query ($n: Int, $a: String) { viewer { page: suggestions(first: $n, after: $a) { edges { node { id } cursor } pageInfo { %s } } } }"
LISTS = [query % "hasNextPage hasPreviousPage startCursor endCursor" for query in (MEMBERS, PROGRAMS, SUGGESTIONS)]


async def page(world: World, query: str, token: str, size: int | None = None, after: str | None = None) -> Any:
    data = (await world.ask(query, token, n=size, a=after)).data
    return data["page"] if "page" in data else data["viewer"]["page"]


# ---------------------------------------------------------------------------------------------------------------------- pure


@given(st.sampled_from(["member", "program", "suggestion"]), st.lists(st.integers(0, LARGEST - 1), min_size=1, max_size=3))
def test_a_cursor_leads_back_to_its_place(kind: str, place: list[int]) -> None:
    assert decode_cursor(encode_cursor(kind, *place), kind, len(place)) == tuple(place)


garbage = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")),
    st.builds(encode_cursor, st.text("abcmember:", max_size=8), st.integers(), st.integers()),
    st.sampled_from(
        ["=", "====", "bWVtYmVyOg", "arrayconnection:99", "\ud800", encode_cursor("member", LARGEST), encode_cursor("member", -1), encode_cursor("program", 1)]
    ),
)


@given(garbage)
def test_garbage_is_no_cursor(text: str) -> None:
    try:
        found = decode_cursor(text, "member", 1)
    except Invalid as error:
        assert error.field == "after"  # noqa: PT017 - either outcome is right
    else:
        assert found is not None
        assert 0 <= found[0] < LARGEST


@pytest.mark.parametrize("size", [-(2**31), -1, MAX_PAGE + 1, 2**31 - 1])
def test_a_page_has_bounds(size: int) -> None:
    with pytest.raises(Invalid) as caught:
        page_size(size)
    assert caught.value.field == "first"


# ---------------------------------------------------------------------------------------------------------------------- over HTTP


@pytest.mark.parametrize("query", LISTS)
async def test_pages_have_zero_to_a_hundred_rows(world: World, query: str) -> None:
    token = await world.token("cat")
    for size in (0, 1, 100, None):
        found = await page(world, query, token, size)
        assert len(found["edges"]) <= (20 if size is None else size)
        assert found["pageInfo"]["hasPreviousPage"] is False
        cursors = [edge["cursor"] for edge in found["edges"]]
        assert (found["pageInfo"]["startCursor"], found["pageInfo"]["endCursor"]) == ((cursors[0], cursors[-1]) if cursors else (None, None))
    for size in (-1, 101, 2**31 - 1):
        answer = await world.ask(query, token, n=size)
        assert answer.codes == ["invalid"]
        assert answer.body["errors"][0]["message"] == "first must be 0 to 100"


@pytest.mark.parametrize("query", LISTS)
@pytest.mark.parametrize(
    "cursor", ["", "x", "====", "arrayconnection:1", "bWVtYmVy", encode_cursor("need", 1), encode_cursor("member", 10**18 * 99), "é", "\x00"]
)
async def test_garbage_cursors_are_the_clients_mistake(world: World, query: str, cursor: str) -> None:
    answer = await world.ask(query, await world.token("cat"), a=cursor)
    assert answer.codes == ["invalid"]
    assert answer.body["errors"][0]["message"] == "after is no cursor of this list: take endCursor of the page before"


async def test_a_whole_list_is_read_page_by_page(both: World) -> None:
    token = await both.token("cat")
    whole = [edge["node"]["username"] for edge in (await page(both, LISTS[0], token, 100))["edges"]]
    seen: list[str] = []
    after, more = None, True
    while more:
        found = await page(both, LISTS[0], token, 7, after)
        seen += [edge["node"]["username"] for edge in found["edges"]]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    assert seen == whole
    assert len(seen) == 24
    assert (await page(both, LISTS[0], token, 7, after))["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}


def _member(number: int) -> Member:
    return Member(id=number, host_user_id=f"h{number}", username=f"m{number}", standing=Standing.MEMBER)


def _program(number: int) -> Program:
    return Program(id=number, name=f"p{number}", purpose="", state=ProgramState.ACTIVE, created_at=START)


numbers = st.sets(st.integers(1, 60), max_size=25)


@pytest.mark.slow
@given(first=numbers, between=st.lists(st.tuples(numbers, numbers), max_size=4), size=st.integers(1, 6))
@hypothesis_settings(max_examples=25)
@pytest.mark.parametrize("kind", ["members", "programs"])
async def test_nothing_comes_twice_and_nothing_that_stays_is_lost(
    world: World, kind: str, first: set[int], between: list[tuple[set[int], set[int]]], size: int
) -> None:
    """Rows come before, between and after the cursor, and go, between any two pages."""
    here = await community(world.database, base_url=f"https://f{len(world.tokens)}.example.org", host="discourse")
    token = world.tokens[str(here)] = await world.token(of=here)
    present, stayed = set(first), set(first)

    def put(unit: UnitOfWork, adding: set[int]) -> None:
        for one in sorted(adding):
            if kind == "members":
                unit.members.put(_member(one))
            else:
                unit.programs.put(_program(one))

    def leave(unit: UnitOfWork, going: set[int]) -> None:
        for one in sorted(going):
            if kind == "members":
                unit.members.put(Member(id=one, host_user_id=f"h{one}", username=f"m{one}", standing=Standing.PENDING))

    await world.write(lambda unit: put(unit, first), of=here)
    steps = iter(between)
    seen: list[int] = []
    after, more = None, True
    while more:
        found = await page(world, LISTS[0] if kind == "members" else LISTS[1], token, size, after)
        seen += [int(edge["node"]["username" if kind == "members" else "name"][1:]) for edge in found["edges"]]
        after, more = found["pageInfo"]["endCursor"] or after, found["pageInfo"]["hasNextPage"]
        coming, going = next(steps, (set(), set()))
        going = going & present if kind == "members" else set()
        await world.write(lambda unit, coming=coming - present: put(unit, coming), of=here)  # type: ignore[misc]  # bound early
        await world.write(lambda unit, going=going: leave(unit, going), of=here)  # type: ignore[misc]  # bound early
        present = (present | coming) - going
        stayed -= going
    assert len(seen) == len(set(seen))
    assert stayed <= set(seen)


async def test_a_page_of_who_takes_no_part_any_more_does_not_end_the_list(world: World) -> None:
    """Their suggestions are left out of pages; those behind them are found all the same."""
    cat, token = await world.member_id("cat"), await world.token("cat")
    people = [await world.member_id(f"user{one:02d}") for one in range(5)]

    def put(unit: UnitOfWork) -> None:
        unit.needs.put(Need(id=9, member_id=cat, text="need", topic_id=None, stated_at=START, state=NeedState.ANSWERED))
        found = [
            Suggestion(id=900 + rank, need_id=9, member_id=member, for_member_id=cat, score=1.0, rank=rank, reasons=(), created_at=START)
            for rank, member in enumerate(people, 1)
        ]
        unit.suggestions.replace(9, found)
        for member in people[:3]:
            suspended = unit.members.get(member)
            assert suspended is not None
            unit.members.put(replace(suspended, standing=Standing.SUSPENDED))

    await world.write(put)
    whole = [edge["node"]["id"] for edge in (await page(world, LISTS[2], token, 100))["edges"]]
    seen: list[str] = []
    after, more = None, True
    while more:
        found = await page(world, LISTS[2], token, 2, after)
        seen += [edge["node"]["id"] for edge in found["edges"]]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    assert seen == whole
    assert len(whole) >= 2


@pytest.mark.slow
async def test_new_suggestions_between_two_pages_repeat_and_hide_nothing(world: World) -> None:
    cat, token = await world.member_id("cat"), await world.token("cat")
    people = [await world.member_id(f"user{one:02d}") for one in range(20)]

    def put(number: int, ranks: list[int]) -> Any:
        def work(unit: UnitOfWork) -> None:
            unit.needs.put(Need(id=number, member_id=cat, text=f"need {number}", topic_id=None, stated_at=START, state=NeedState.ANSWERED))
            found = [
                Suggestion(
                    id=number * 100 + rank,
                    need_id=number,
                    member_id=people[rank],
                    for_member_id=cat,
                    score=float(20 - rank),
                    rank=rank,
                    reasons=(),
                    created_at=START,
                )
                for rank in ranks
            ]
            unit.suggestions.replace(number, found)

        return work

    await world.write(put(2, [1, 2, 4, 5]))
    await world.write(put(1, [1, 2, 3]))
    ids: list[str] = []
    after, more, changed = None, True, False
    while more:
        found = await page(world, LISTS[2], token, 2, after)
        ids += [edge["node"]["id"] for edge in found["edges"]]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
        if not changed and len(ids) >= 8:
            changed = True
            await world.write(put(3, [1, 2]))
            await world.write(put(2, [1, 2, 3, 4, 5]))
            await world.write(put(1, [1, 2, 3, 4]))
    assert len(ids) == len(set(ids))
    numbers_seen = {int(base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)).decode().split(":")[2]) for one in ids}
    assert {201, 202, 204, 205, 101, 102, 103} <= numbers_seen
