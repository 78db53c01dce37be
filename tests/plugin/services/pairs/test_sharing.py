"""A story is published once, with everybody's agreement, and not without."""

import pytest

from mentorgraph.host import EditTopic, Paragraph, Quote, TopicMessage
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services.departures.erasure import erase_member
from plugin.services.pairs import sharing
from tests.plugin.services.messages.support import joined, work
from tests.plugin.support import World

WORDS = "We met every other week, and @all of it helped."


async def shared(world: World, author: int, *others: int, words: str = WORDS) -> int:
    people = [author, *others]
    return await world.database.write(
        world.installation_id,
        lambda unit: sharing.share(unit, mentorship_id=7, author_id=author, member_ids=people, words=words, space_id="5"),
    )


async def answer(world: World, story: int, member: int, *, agreed: bool) -> str:
    return await world.database.write(world.installation_id, lambda unit: sharing.answer(unit, story, member_id=member, agreed=agreed))


def topics(world: World) -> list[TopicMessage]:
    return [one for one in world.client.sent.values() if isinstance(one, TopicMessage)]


@pytest.mark.slow
async def test_all_agree(world: World) -> None:
    ann, ben, cat = await joined(world, "1", "2", "3")
    story = await shared(world, ann, ben, cat)
    assert await answer(world, story, ben, agreed=True) == "asked"
    await work(world)
    assert topics(world) == []
    assert await answer(world, story, cat, agreed=True) == "published"
    await work(world)
    (topic,) = topics(world)
    assert (topic.space_id, topic.body[0]) == ("5", Quote(WORDS))
    with pytest.raises(Conflict):
        await answer(world, story, cat, agreed=False)
    with pytest.raises(Conflict):
        await shared(world, ann, ben)


async def test_one_does_not(world: World) -> None:
    ann, ben, cat = await joined(world, "1", "2", "3")
    story = await shared(world, ann, ben, cat)
    assert await answer(world, story, ben, agreed=False) == "declined"
    with pytest.raises(Conflict):
        await answer(world, story, cat, agreed=True)
    await work(world)
    assert topics(world) == []


async def test_who_leaves_has_not_agreed(world: World) -> None:
    ann, ben = await joined(world, "1", "2")
    story = await shared(world, ann, ben)
    await world.database.write(world.installation_id, lambda unit: erase_member("2", unit, why="self"))
    with pytest.raises(Conflict):
        await answer(world, story, ann, agreed=True)
    await work(world)
    assert topics(world) == []


@pytest.mark.parametrize("leaves", ["1", "2"])
async def test_what_is_out_is_overwritten_when_somebody_in_it_leaves(world: World, leaves: str) -> None:
    """Whoever wrote it, and whoever agreed."""
    ann, ben = await joined(world, "1", "2")
    story = await shared(world, ann, ben)
    assert await answer(world, story, ben, agreed=True) == "published"
    await work(world)
    assert len(topics(world)) == 1
    await world.database.write(world.installation_id, lambda unit: erase_member(leaves, unit, why="self"))
    await work(world)
    (edit,) = [one for one in world.client.sent.values() if isinstance(one, EditTopic)]
    assert edit.body == (Paragraph((sharing.GONE,)),)


async def test_what_is_no_story(world: World) -> None:
    ann, ben, cat = await joined(world, "1", "2", "3")
    with pytest.raises(Invalid):
        await shared(world, ann, ben, words="short")
    with pytest.raises(Invalid):
        await shared(world, ann)
    story = await shared(world, ann, ben)
    with pytest.raises(NotFound):
        await answer(world, story, cat, agreed=True)
