"""Reading the host goes on where it stopped, and removes nothing that the host did not confirm."""

import pytest

from mentorgraph import events as e
from mentorgraph.host import HostBroken, HostBusy, HostDenied, HostError, HostUnreachable, Sweep
from plugin.errors import Conflict
from plugin.services.hosts import choosing, reconcile
from plugin.services.hosts.reconcile import Report
from tests.conftest import NOW, FixedClock
from tests.plugin.services.stories import HOST, known, person, post, settle, space, tell, topic
from tests.plugin.support import World


def populate(world: World, *, people: int = 9) -> None:
    picture = world.picture
    picture.spaces["1"] = space("1")
    for number in range(1, people + 1):
        one = str(number)
        picture.members[one] = person(one)
        picture.topics[one] = topic(one, author=one)
        picture.posts[one] = post(one, topic_id=one, author=one, number=1)
    picture.likes["1"] = ("2", "3")
    picture.solutions["4"] = "4"


async def read(world: World, *, whole: bool = True) -> Report:
    return await reconcile.reconcile(world.runtime, world.installation_id, whole=whole)


@pytest.mark.slow
@pytest.mark.parametrize("page", range(14))
async def test_a_reading_that_breaks_off_goes_on_where_it_stopped(small_world: World, page: int) -> None:
    populate(small_world)
    small_world.client.failures = [*[None] * page, HostBroken("cut short")]
    with pytest.raises(HostBroken):
        await read(small_world)
    asked = list(small_world.client.pulls)
    await read(small_world)
    again = small_world.client.pulls[len(asked) :]
    assert asked[:-1] == [one for one in asked[:-1] if one not in again or one[1] is None], "no page was read twice in one run"
    assert again[0] in {asked[-1], (Sweep.SPACES, None)}
    await settle(small_world)
    found = await known(small_world)
    assert len(found["members"]) == len(found["posts"]) == 9  # type: ignore[arg-type]  # mappings
    assert found["likes"] == {("2", "1"), ("3", "1")}


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["empty", "fails", "partial"])
async def test_nothing_is_removed_by_a_bad_listing(world: World, trouble: str) -> None:
    populate(world)
    await read(world)
    await settle(world)
    before = await known(world)
    if trouble == "empty":
        world.client.empty_listings = True
        await read(world)
        assert await known(world) == before, "what an empty listing does not name is doubted, not removed"
    elif trouble == "fails":
        world.client.failures = [None, None, HostUnreachable("away")]
        with pytest.raises(HostUnreachable):
            await read(world)
    else:
        complete = dict(world.picture.members)
        for gone in ("2", "3"):
            del world.picture.members[gone]
        await read(world)
        world.picture.members |= complete
    await settle(world)
    assert await known(world) == before


async def test_what_is_gone_is_removed_once_the_host_said_so_of_each(world: World, clock: FixedClock) -> None:
    populate(world)
    await read(world)
    await settle(world)
    clock.move(hours=1)
    picture = world.picture
    del picture.members["3"], picture.topics["3"], picture.posts["3"], picture.posts["5"], picture.topics["7"], picture.posts["7"]
    picture.likes["1"] = ("2",)
    await read(world)
    assert "3" in (await known(world))["members"]  # type: ignore[operator]  # a mapping
    report = await settle(world)
    assert {("member", "3"), ("post", "5"), ("topic", "7")} <= set(world.client.reads)
    assert report.asked >= 3
    found = await known(world)
    assert set(found["members"]) == set("12456789")  # type: ignore[call-overload]  # a mapping
    assert set(found["posts"]) == set("124689")  # type: ignore[call-overload]  # a mapping
    assert set(found["topics"]) == set("1245689")  # type: ignore[call-overload]  # a mapping


@pytest.mark.parametrize("failure", [HostBusy("later", retry_after=300), HostUnreachable("away"), HostDenied("key")])
async def test_a_host_that_cannot_be_asked_postpones_every_doubt(world: World, clock: FixedClock, failure: HostError) -> None:
    await tell(world, person("1", source=HOST), person("2", source=HOST))
    world.picture.members |= {"1": person("1", name="one"), "2": person("2", name="two")}
    await tell(world, person("1", name="x"), person("2", name="y"))
    clock.move(seconds=5)
    world.client.failures = [failure]
    with pytest.raises(type(failure)):
        await reconcile.settle(world.runtime, world.installation_id)
    assert await world.database.read(world.installation_id, lambda unit: unit.checks.count()) == 2
    clock.move(hours=1)
    assert await reconcile.settle(world.runtime, world.installation_id) == 2
    assert {value[1] for value in (await known(world))["members"].values()} == {"one", "two"}  # type: ignore[attr-defined]  # a mapping


async def test_one_subject_that_cannot_be_read_does_not_hold_up_the_others(world: World, clock: FixedClock) -> None:
    await tell(world, person("1", source=HOST), person("2", source=HOST), person("1", name="x"), person("2", name="y"))
    world.picture.members |= {"1": person("1", name="one"), "2": person("2", name="two")}
    clock.move(seconds=5)
    world.client.failures = [HostBroken("html")]
    assert await reconcile.settle(world.runtime, world.installation_id) == 1
    assert await world.database.read(world.installation_id, lambda unit: unit.checks.count()) == 1


async def test_a_question_that_a_crash_cut_off_is_asked_again(world: World, clock: FixedClock) -> None:
    await tell(world, person("1", source=HOST), person("1", name="x"))
    world.picture.members["1"] = person("1", name="one")
    clock.move(seconds=5)
    world.client.failures = [KeyboardInterrupt()]  # type: ignore[list-item]  # the end of the process
    with pytest.raises(KeyboardInterrupt):
        await reconcile.settle(world.runtime, world.installation_id)
    clock.move(minutes=16)
    assert await reconcile.settle(world.runtime, world.installation_id) == 1


async def test_a_choice_made_while_reading_begins_the_reading_anew(world: World) -> None:
    populate(world)
    pull = world.client.pull

    async def change(sweep: Sweep, cursor: str | None, **more: object) -> object:
        batch = await pull(sweep, cursor, **more)  # type: ignore[arg-type]  # handed on
        if sweep is Sweep.POSTS and cursor == "4":
            await choosing.configure(world.runtime, world.installation_id, {"spread": "0.5"})
        return batch

    world.client.pull = change  # type: ignore[method-assign, assignment]  # to be there in the middle
    with pytest.raises(Conflict):
        await read(world)
    world.client.pull = pull  # type: ignore[method-assign]  # as it was
    assert not await world.database.read(world.installation_id, reconcile.imported)
    before = len(world.client.pulls)
    await read(world)
    assert (Sweep.POSTS, None) in world.client.pulls[before:]


@pytest.mark.slow
async def test_a_regular_run_reads_what_is_new_and_a_part_of_the_rest(world: World, clock: FixedClock) -> None:
    populate(world)
    await read(world)
    clock.move(hours=1)
    world.picture.posts["99"] = post("99", topic_id="1", author="2")
    report = await read(world, whole=False)
    assert report.items[Sweep.RECENT.value] > 0
    await settle(world)
    assert "99" in (await known(world))["posts"]  # type: ignore[operator]  # a mapping


async def test_a_whole_reading_does_not_rest_on_what_a_broken_one_read(small_world: World, clock: FixedClock) -> None:
    """A part of the posts was read when the run broke off; one of them is deleted since, and nobody said so."""
    populate(small_world)
    await read(small_world)
    await settle(small_world)
    clock.move(hours=1)
    small_world.client.failures = [*[None] * (len(small_world.client.pulls) // 2), HostUnreachable("away")]
    with pytest.raises(HostUnreachable):
        await read(small_world)
    broken = await small_world.database.read(small_world.installation_id, lambda unit: [one for one in Sweep if unit.sweeps.get(one).running])
    assert broken in [[Sweep.TOPICS], [Sweep.POSTS]], "it broke off in the middle of a listing"
    clock.move(hours=1)
    del small_world.picture.posts["9"], small_world.picture.topics["9"], small_world.picture.posts["1"], small_world.picture.topics["1"]
    await read(small_world)
    await settle(small_world)
    found = await known(small_world)
    assert set(found["posts"]) == set(found["topics"]) == set("2345678")  # type: ignore[call-overload]  # a mapping


@pytest.mark.parametrize("sweep", [Sweep.POSTS, Sweep.TOPICS, Sweep.MEMBERS])
async def test_a_page_that_deliveries_overtook_undoes_none_of_them(world: World, clock: FixedClock, sweep: Sweep) -> None:
    """While a page is on its way something in it is deleted or changed, which a delivery tells and the host confirms before the page is taken in."""
    populate(world)
    await read(world)
    await settle(world)
    clock.move(hours=1)
    pull, picture = world.client.pull, world.picture
    overtaken = False

    async def slow(what: Sweep, cursor: str | None, **more: object) -> object:
        nonlocal overtaken
        batch = await pull(what, cursor, **more)  # type: ignore[arg-type]  # handed on
        if what is sweep and not overtaken:
            overtaken = True
            del picture.posts["2"], picture.members["2"], picture.topics["2"]
            picture.posts["1"] = post("1", version=2, text="others")
            picture.topics["1"], picture.members["1"] = topic("1", title="another"), person("1", name="another")
            await tell(world, e.PostDeleted(seen_at=NOW, post_id="2"), e.TopicDeleted(seen_at=NOW, topic_id="2"), e.MemberLeft(seen_at=NOW, host_user_id="2"))
            await tell(world, picture.posts["1"], picture.topics["1"], picture.members["1"])
            await settle(world)
        return batch

    world.client.pull = slow  # type: ignore[method-assign, assignment]  # to be there in the middle
    await read(world, whole=False)
    assert overtaken
    before_asking = await known(world)
    await settle(world)
    for found in (before_asking, await known(world)):
        assert "2" not in {*found["posts"], *found["members"], *found["topics"]}  # type: ignore[misc]  # mappings
        assert found["posts"]["1"][2] == 2  # type: ignore[index]  # a mapping
        assert found["topics"]["1"][0] == found["members"]["1"][1] == "another"  # type: ignore[index]  # mappings


async def test_an_answer_that_a_delivery_overtook_is_asked_for_again(world: World) -> None:
    populate(world)
    await read(world)
    await settle(world)
    answer, picture = world.client.read, world.picture

    async def slow(kind: object, host_id: str) -> object:
        events = await answer(kind, host_id)  # type: ignore[arg-type]  # handed on
        if picture.posts["1"].version == 1:
            picture.posts["1"] = post("1", version=2, text="others")
            await tell(world, picture.posts["1"])
        return events

    world.client.read = slow  # type: ignore[method-assign, assignment]  # to be there in the middle
    await tell(world, e.SubjectDoubted(seen_at=NOW, kind="post", host_id="1"))
    await settle(world)
    assert world.client.reads.count(("post", "1")) == 2
    assert (await known(world))["posts"]["1"][2] == 2  # type: ignore[index]  # a mapping
