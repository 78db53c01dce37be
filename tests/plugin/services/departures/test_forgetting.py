"""Words are not kept, and what is erased is gone from the file."""

import contextlib
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorgraph import events as e
from mentorgraph.host import DirectMessage, Mention, Paragraph, Words
from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.graph.fading import HELPED
from plugin.services.departures.erasure import erase_member, export_member
from plugin.services.knowledge.graphs import Graphs
from plugin.services.messages import outgoing
from plugin.services.suggestions.needs import state_need
from plugin.store.sqlite import SqliteDatabase
from plugin.store.tables import MEMBER_COLUMNS
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW, FixedClock
from tests.plugin.services.stories import HOST, known, person, post, settle, space, tell, topic
from tests.plugin.support import World

PLANTED = {name: f"zq{name}canary" for name in ("username", "name", "bio", "field", "need", "title", "word", "avatar", "location")}


def found_in_files(world: World, words: dict[str, str]) -> set[str]:
    """Which words stand in the file or its log, after both were written back as the service does by itself."""
    database = world.database
    assert isinstance(database, SqliteDatabase)
    database._cut_log()
    path = world.runtime.settings.sqlite_path
    held = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    return {name for name, word in words.items() if word.encode() in held or word.encode("utf-16-le") in held}


async def community_of(world: World) -> None:
    people = [person(str(number), source=HOST) for number in range(1, 40)]
    await tell(world, space("1", source=HOST), *people)
    world.picture.spaces["1"] = space("1")


def planted() -> e.MemberChanged:
    return person(
        "77",
        username=PLANTED["username"],
        name=PLANTED["name"],
        bio=PLANTED["bio"],
        fields={"1": PLANTED["field"]},
        avatar_url=f"https://forum.example.org/{PLANTED['avatar']}",
        location=PLANTED["location"],
        source=HOST,
    )


@pytest.mark.parametrize("users", [1, 2, 3])
async def test_a_word_is_in_the_file_only_if_three_members_used_it(small_world: World, users: int) -> None:
    await community_of(small_world)
    await tell(small_world, topic("1", source=HOST))
    for number in range(1, users + 1):
        for version in (1, 2):
            await tell(small_world, post(str(10 + number), author=str(number), text=f"my zqwordcanary {version} here", version=version, source=HOST))
    assert found_in_files(small_world, PLANTED) == ({"word"} if users >= 3 else set())


@settings(max_examples=12)
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=200), min_size=1, max_size=2))
async def test_no_sentence_is_ever_kept(small_world: World, texts: list[str]) -> None:
    await tell(small_world, space("1", source=HOST), person("1", source=HOST), topic("1", source=HOST))
    for number, text in enumerate(texts):
        await tell(small_world, post(str(20 + number), text=f"zqfirstcanary {text} zqlastcanary", source=HOST))
    assert found_in_files(small_world, {"a": "zqfirstcanary", "b": "zqlastcanary"}) == set()


async def live(world: World) -> int:
    """The planted member with everything that is kept of one."""
    await community_of(world)
    await tell(world, planted(), topic("5", author="77", title=PLANTED["title"], source=HOST), topic("6", author="2", title="plain", source=HOST))
    await tell(world, post("51", topic_id="5", author="77", number=1, text="how to do this?", source=HOST))
    await tell(world, post("61", topic_id="6", author="77", text="zqwordcanary", source=HOST), post("52", topic_id="5", author="3", source=HOST))
    member = await world.database.read(world.installation_id, lambda unit: unit.members.by_host("77"))
    assert member is not None
    principal = Principal(installation_id=world.installation_id, member_id=member.id, scopes=MEMBER_SCOPES, token_id=1)
    await state_need(world.runtime, world.graphs, principal, need_text=f"help with {PLANTED['need']}", topic_url=None)
    message = DirectMessage(to=(PLANTED["username"],), title="t", body=(Paragraph((Mention(PLANTED["username"]), Words(PLANTED["need"]))),))

    def work(unit: UnitOfWork) -> None:
        outgoing.post(message, kind="suggestions", key="k", member_id=member.id, unit=unit)
        unit.record("x", actor=str(member.id))

    await world.database.write(world.installation_id, work)
    return member.id


@pytest.mark.parametrize("why", ["host", "self"])
async def test_an_erased_member_is_gone_from_the_file(small_world: World, why: str) -> None:
    member_id = await live(small_world)
    assert found_in_files(small_world, PLANTED) == set(PLANTED) - {"word"}, "this test plants what it looks for"
    if why == "host":
        await tell(small_world, e.MemberLeft(seen_at=NOW, host_user_id="77", source=HOST))
    else:
        await small_world.database.write(small_world.installation_id, lambda unit: erase_member("77", unit, why="self"))
        # The host still has it all, and says so again.
        hints = planted(), topic("5", author="77", title=PLANTED["title"], source=HOST), post("51", topic_id="5", author="77", number=1, source=HOST)
        small_world.picture.topics["5"] = topic("5", author="77", title=PLANTED["title"])
        await tell(small_world, *hints, post("52", topic_id="5", author="3", topic_title=PLANTED["title"], source=HOST))
        await settle(small_world)
    assert found_in_files(small_world, PLANTED) == set()
    rows = await small_world.database.read(small_world.installation_id, lambda unit: unit.personal.rows_of(member_id))
    assert not [name for name, found in rows.items() if found]
    assert await small_world.database.read(small_world.installation_id, lambda unit: unit.audit_broken_at()) is None


@pytest.mark.slow
async def test_many_erased_members_are_gone_from_the_file(small_world: World) -> None:
    names = {str(number): f"zq{number:05d}person" for number in range(1_000, 1_600)}
    for start in range(1_000, 1_600, 100):
        await tell(small_world, *(person(str(one), username=names[str(one)], name=names[str(one)] * 3, source=HOST) for one in range(start, start + 100)))
    for number in [one for one in names if int(one) % 3]:
        await tell(small_world, e.MemberLeft(seen_at=NOW, host_user_id=number, source=HOST))
    left = found_in_files(small_world, names)
    assert left == {one for one in names if int(one) % 3 == 0}


async def test_a_removed_topic_takes_title_post_and_need_along(small_world: World) -> None:
    await live(small_world)
    await tell(small_world, e.TopicDeleted(seen_at=NOW, topic_id="5"))
    await tell(small_world, e.PostDeleted(seen_at=NOW, post_id="61"))
    small_world.picture.members |= {str(number): person(str(number)) for number in range(1, 40)}
    small_world.picture.topics["6"] = topic("6", author="2")
    del small_world.picture.topics["6"]
    await settle(small_world)
    assert "title" not in found_in_files(small_world, PLANTED)
    assert await small_world.database.read(small_world.installation_id, lambda unit: unit.needs.of_topic("5")) is None
    assert (await known(small_world))["posts"] == {}


@pytest.mark.slow
async def test_the_export_holds_what_is_kept(small_world: World) -> None:
    member_id = await live(small_world)

    def work(unit: UnitOfWork) -> bytes:
        member = unit.members.get(member_id)
        assert member is not None
        return export_member(member, unit, by="test")

    exported = await small_world.database.write(small_world.installation_id, work)
    assert set(orjson.loads(exported)["tables"]) == set(MEMBER_COLUMNS)
    assert {name for name, word in PLANTED.items() if word.encode() in exported} == set(PLANTED) - {"word"}


async def test_a_word_noted_and_forgotten_in_one_unit_is_forgotten(small_world: World, clock: FixedClock) -> None:
    await community_of(small_world)
    gone = e.PostDeleted(seen_at=clock(), post_id="11", source=HOST)
    for author in ("1", "2", "3"):
        await tell(small_world, topic("1", source=HOST), post("11", author=author, text="zqwordcanary", source=HOST), gone)
    assert found_in_files(small_world, PLANTED) == set()


def test_the_test_looks_at_the_log_too(tmp_path: Path) -> None:
    (tmp_path / "x.db-wal").write_bytes(b"zqwordcanary")
    assert [one.name for one in tmp_path.glob("x.db*")] == ["x.db-wal"]


async def test_what_others_answered_somebody_who_was_erased_still_counts(small_world: World) -> None:
    """Without a word of the question: neither its title nor the addresses that are made of it."""
    await community_of(small_world)
    url = "https://forum.example.org/t/zqtitlecanary/5"
    asked = topic("5", author="77", title="zqtitlecanary", url=url, source=HOST)
    answer = post("52", topic_id="5", author="3", number=2, text="kubernetes", url=f"{url}/2", source=HOST)
    await tell(small_world, planted(), asked, post("51", topic_id="5", author="77", number=1, text="how?", source=HOST), answer)
    await small_world.database.write(small_world.installation_id, lambda unit: erase_member("77", unit, why="self"))
    helper = await small_world.database.read(small_world.installation_id, lambda unit: unit.members.by_host("3"))
    assert helper is not None
    for _ in range(2):
        assert found_in_files(small_world, {"title": "zqtitlecanary"}) == set()
        rows = await small_world.database.read(
            small_world.installation_id, lambda unit: (unit.topics.get("5"), unit.posts.of_topic("5"), unit.posts.cited(["52"]))
        )
        assert rows[0] is not None
        assert (rows[0].stripped, [one.id for one in rows[1]], rows[2]) == (True, ["52"], [])
        graph = await Graphs(small_world.runtime).get(small_world.installation_id)
        assert graph.fading.total(HELPED, 30.0, now=NOW.timestamp()) > 0, "it is help, and no talk of their own"
        # The host still has it all, and says so again.
        await tell(small_world, asked, answer)
        await settle(small_world)


async def test_who_is_buried_is_known_at_once_and_no_longer_than_it_holds(world: World) -> None:
    def work(unit: UnitOfWork) -> list[tuple[bool, bool]]:
        seen = []

        def look() -> None:
            seen.append((unit.members.any_buried(), unit.members.buried(b"1" * 32)))

        look()
        with contextlib.suppress(LookupError), unit.savepoint():
            unit.members.bury(b"1" * 32, at=unit.now)
            look()
            raise LookupError
        look()
        unit.members.bury(b"1" * 32, at=unit.now)
        look()
        unit.members.unbury(b"1" * 32)
        look()
        return seen

    nobody, one = (False, False), (True, True)
    assert await world.database.write(world.installation_id, work) == [nobody, one, nobody, one, nobody]
