"""Whatever deliveries come, how often and in which order: in the end we know what the host knows."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorgraph import events as e
from plugin.services.hosts import reconcile
from plugin.services.hosts.handlers import HANDLERS
from plugin.services.hosts.handlers.members import buried
from plugin.services.identity.signing_in import finish_redirect
from tests.conftest import NOW, FixedClock
from tests.plugin.services.stories import HOST, known, person, post, settle, space, tell, topic
from tests.plugin.support import FakeClient, FakeHost, Picture, World, community, make_runtime

EXAMPLES = 10


def test_every_event_has_a_handler() -> None:
    there = {one for one in vars(e).values() if isinstance(one, type) and issubclass(one, e.Event) and one is not e.Event}
    assert set(HANDLERS) == there


# Hints about one member, one post, its topic, in no order; the picture is what the host is like in the end.
MEMBER_HINTS: Sequence[e.Event] = (
    person("7", name="First"),
    person("7", name="Second", username="renamed", bio="bio two"),
    person("7", suspended=True),
    person("7", name="Third", fields={"1": "answer"}),
    person("7", active=False),
    e.MemberSeen(seen_at=NOW, host_user_id="7", username="user7"),
    e.MemberLeft(seen_at=NOW, host_user_id="7"),
    e.MemberJoinedGroup(seen_at=NOW, host_user_id="7", group_id="3"),
    e.MemberLeftGroup(seen_at=NOW, host_user_id="7", group_id="3"),
    e.GroupChanged(seen_at=NOW, group_id="3", name="three"),
    e.GroupDeleted(seen_at=NOW, group_id="3"),
    e.BadgeGranted(seen_at=NOW, host_user_id="7", badge_id="5"),
    e.BadgeRevoked(seen_at=NOW, host_user_id="7", badge_id="5"),
)
POST_HINTS: Sequence[e.Event] = (
    post("12", text="alpha beta"),
    post("12", text="alpha gamma", version=2),
    post("12", text="delta", version=3),
    e.PostDeleted(seen_at=NOW, post_id="12", topic_id="1"),
    post("12", text="delta", version=3, hidden=True),
    e.PostLiked(seen_at=NOW, post_id="12", member_id="2"),
    e.PostUnliked(seen_at=NOW, post_id="12", member_id="2"),
    e.SolutionAccepted(seen_at=NOW, topic_id="1", post_id="12"),
    e.SolutionUnaccepted(seen_at=NOW, topic_id="1", post_id="12"),
    topic("1", title="other title"),
    topic("1", tags=("t",), closed=True),
    e.TopicDeleted(seen_at=NOW, topic_id="1"),
    topic("1", visible=False),
    e.TopicRead(seen_at=NOW, topic_id="1", post_ids=()),
    space("1", None),
    e.SpaceDeleted(seen_at=NOW, space_id="1"),
    e.TagChanged(seen_at=NOW, name="t"),
    e.TagDeleted(seen_at=NOW, name="t"),
    e.HookPinged(seen_at=NOW),
)


def whole(**values: object) -> e.MemberChanged:
    """A member of whom everything is said."""
    return person("7", **({"name": "Now", "bio": "", "fields": {}, "group_ids": ()} | values))


PICTURES = {
    "member is there": Picture(
        members={"7": whole(name="Now", bio="bio now", group_ids=("3",))}, groups={"3": e.GroupChanged(seen_at=NOW, group_id="3", name="three")}
    ),
    "member without group": Picture(members={"7": whole()}, badges={"7": ("5",)}),
    "member suspended": Picture(members={"7": whole(suspended=True)}),
    "member destroyed": Picture(),
}


def said(hints: Sequence[e.Event]) -> st.SearchStrategy[list[list[e.Event]]]:
    """Hints in any order, some twice, some never, in one unit or in several."""
    return st.lists(st.lists(st.sampled_from(hints), min_size=1, max_size=4), min_size=1, max_size=8)


async def fresh(world: World, picture: Picture) -> World:
    """Another community on the same database, on a host that is like the picture."""
    host = FakeHost(FakeClient(picture, world.runtime.clock))
    made = await community(world.database, base_url=f"https://{len(await world.database.dispatch(lambda found: found.installation_ids()))}.example.org")
    return World(make_runtime(world.runtime.settings, world.database, world.runtime.vault, world.runtime.clock, host), host, made)


_READ: dict[str, dict[str, object]] = {}
"""What reading each host gives; it is the same for every example."""


async def of_a_whole_reading(world: World, name: str, picture: Picture) -> dict[str, object]:
    """What is known after reading a host like this from the beginning, without any delivery."""
    if name not in _READ:
        read = await fresh(world, picture)
        await reconcile.reconcile(read.runtime, read.installation_id, whole=True)
        await settle(read)
        _READ[name] = await known(read)
        # Terms are digests under a key of each community.
        _READ[name]["posts"] = bare(_READ[name]["posts"])
    return _READ[name]


def bare(posts: object) -> dict[str, tuple[object, ...]]:
    """Posts with the number of their terms."""
    assert isinstance(posts, dict)
    return {key: (one[0], one[1], one[2], len(one[3]), one[4]) for key, one in posts.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
@settings(max_examples=EXAMPLES)
@given(units=said(MEMBER_HINTS))
async def test_a_member_ends_as_the_host_knows_them(small_world: World, name: str, units: list[list[e.Event]]) -> None:
    world = await fresh(small_world, PICTURES[name])
    await tell(world, *(person(one, source=HOST) for one in ("1", "2")))
    for unit in units:
        await tell(world, *unit)
    await settle(world)
    found = await known(world)
    expected = await of_a_whole_reading(small_world, name, PICTURES[name])
    mentioned = "7" in found["members"]  # type: ignore[operator]  # a mapping
    wanted = expected["members"]
    if mentioned:
        assert found["members"]["7"] == wanted["7"]  # type: ignore[index]  # mappings
        assert {pair for pair in found["in groups"] if pair[1] == "7"} == expected["in groups"]  # type: ignore[attr-defined]  # a set
    if name == "member destroyed":
        assert not mentioned


def _posts(**values: object) -> Picture:
    base: dict[str, object] = {
        "members": {one: person(one) for one in ("1", "2")},
        "spaces": {"1": space("1")},
        "topics": {"1": topic("1")},
        "posts": {"11": post("11", number=1, text="a question"), "12": post("12", number=2, text="delta", version=3)},
        "likes": {"2": ("12",)},
    }
    return Picture(**(base | values))  # type: ignore[arg-type]  # tests give what a picture takes


POST_PICTURES = {
    "post is there": _posts(),
    "post is the answer": _posts(solutions={"1": "12"}, topics={"1": topic("1", solved=True)}),
    "post is gone": _posts(posts={"11": post("11", number=1, text="a question")}, likes={}),
    "topic is gone": _posts(posts={}, topics={}, likes={}),
    "space is closed": _posts(spaces={"1": space("1", e.Access.GROUPS, group_ids=("9",))}, likes={}),
    "space is gone": _posts(spaces={}, posts={}, topics={}, likes={}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", POST_PICTURES)
@settings(max_examples=EXAMPLES)
@given(units=said(POST_HINTS))
async def test_a_post_ends_as_the_host_knows_it(small_world: World, name: str, units: list[list[e.Event]]) -> None:
    picture = POST_PICTURES[name]
    world = await fresh(small_world, picture)
    await tell(world, *(person(one, source=HOST) for one in ("1", "2")), space("1", source=HOST))
    await tell(world, post("11", number=1, text="a question", source=HOST), topic("1", source=HOST))
    for unit in units:
        await tell(world, *unit)
    if name.startswith("space"):
        # That a space closed is told; who may read is read.
        await tell(world, space("1", None))
    await settle(world)
    hinted = await known(world)
    hinted["posts"] = bare(hinted["posts"])
    expected = await of_a_whole_reading(small_world, name, picture)
    # Nothing that the host does not have is there, and a post at most as new as the host has it: an edit of which nobody told is found by reading.
    for part in ("topics", "posts"):
        for key, value in hinted[part].items():  # type: ignore[attr-defined]  # a mapping
            there = expected[part].get(key)  # type: ignore[attr-defined]  # a mapping
            assert there is not None, (part, key)
            assert there == value or (part == "posts" and value[2] < there[2] and value[4]), (part, key)
    # What did not come is found by the next reading.
    await reconcile.reconcile(world.runtime, world.installation_id, whole=True)
    await settle(world)
    found = await known(world)
    assert found | {"posts": bare(found["posts"])} == expected


async def test_a_destroyed_member_never_comes_back_but_by_their_own_sign_in(world: World, clock: FixedClock) -> None:
    picture = world.picture
    await tell(world, person("7", source=HOST), space("1", source=HOST), topic("1", author="8", source=HOST), person("8", source=HOST))
    await tell(world, e.MemberLeft(seen_at=NOW, host_user_id="7"))
    await settle(world)
    picture.members["7"] = person("7", name="again")
    late = [
        person("7"),
        e.MemberSeen(seen_at=NOW, host_user_id="7", username="user7"),
        post("12", author="7"),
        e.PostLiked(seen_at=NOW, post_id="12", member_id="7"),
    ]
    for _ in range(2):
        await tell(world, *late)
        await tell(world, *(person("7", source=HOST), post("12", author="7", source=HOST)))
        await settle(world)
        clock.move(days=40)
    found = await known(world)
    assert "7" not in found["members"]  # type: ignore[operator]  # a mapping
    assert found["posts"] == {}
    assert await world.database.read(world.installation_id, lambda unit: buried("7", unit))
    assert callable(finish_redirect), "the other half is in test_access"


async def test_a_post_of_a_restricted_space_is_never_stored(world: World) -> None:
    world.picture.spaces["2"] = space("2", e.Access.GROUPS, group_ids=("9",))
    world.picture.posts["12"] = post("12", space_id="2")
    world.picture.topics["5"] = topic("5", space_id="2")
    await tell(world, person("1", source=HOST))
    for events in (
        [post("12", topic_id="5", space_id="2")],
        [topic("5", space_id="2")],
        [space("2", None)],
        [post("12", topic_id="5", space_id="2", version=2)],
    ):
        await tell(world, *events)
        assert (await known(world))["posts"] == {}
        await settle(world)
        found = await known(world)
        assert (found["posts"], found["topics"]) == ({}, {})


async def test_a_space_that_closes_takes_its_posts_along(world: World) -> None:
    world.picture.spaces["1"] = space("1", e.Access.GROUPS, group_ids=("9",))
    await tell(world, person("1", source=HOST), space("1", source=HOST), topic("1", source=HOST), post("11", source=HOST))
    await tell(world, space("1", None))
    assert (await known(world))["posts"] != {}, "a delivery alone decides nothing"
    await settle(world)
    found = await known(world)
    assert (found["posts"], found["topics"]) == ({}, {})


async def test_a_hint_of_deletion_hides_at_once_and_removes_only_when_the_host_agrees(world: World) -> None:
    world.picture.posts["11"] = post("11")
    await tell(world, person("1", source=HOST), space("1", source=HOST), topic("1", source=HOST), post("11", source=HOST))
    await tell(world, e.PostDeleted(seen_at=NOW, post_id="11"))
    assert not (await world.database.read(world.installation_id, lambda unit: unit.posts.get("11"))).live  # type: ignore[union-attr]  # it is there
    await settle(world)
    assert (await world.database.read(world.installation_id, lambda unit: unit.posts.get("11"))).live  # type: ignore[union-attr]  # it is there
    del world.picture.posts["11"]
    await tell(world, e.PostDeleted(seen_at=NOW, post_id="11"))
    await settle(world)
    assert await world.database.read(world.installation_id, lambda unit: unit.posts.get("11")) is None


async def test_a_doubt_that_arises_while_the_host_is_asked_is_asked_again(world: World) -> None:
    world.picture.members["7"] = person("7", name="old")
    client = world.client
    answer = client.read

    async def read(kind: object, host_id: str) -> object:
        events = await answer(kind, host_id)  # type: ignore[arg-type]  # handed on
        if world.picture.members["7"].name == "old":
            # The host changes, and says so, while our answer is on its way.
            world.picture.members["7"] = person("7", name="new")
            await tell(world, person("7", name="new"))
        return events

    client.read = read  # type: ignore[method-assign, assignment]  # to be there in the middle
    await tell(world, person("7", name="older"))
    await settle(world)
    assert (await known(world))["members"]["7"][1] == "new"  # type: ignore[index]  # a mapping
