"""Events as tests tell them, with little to write."""

from datetime import datetime, timedelta
from functools import partial

from mentorgraph import events as e
from plugin.services.hosts import handlers, reconcile
from plugin.services.hosts.reconcile import Report
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW
from tests.plugin.support import World

HOST, HINT = e.Source.HOST, e.Source.HINT


def person(number: str, **values: object) -> e.MemberChanged:
    base: dict[str, object] = {"seen_at": NOW, "username": f"user{number}", "active": True, "staged": False, "suspended": False, "silenced": False}
    return e.MemberChanged(host_user_id=number, **(base | values))  # type: ignore[arg-type]  # tests give what the event takes


def space(number: str, access: e.Access | None = e.Access.MEMBERS, **values: object) -> e.SpaceChanged:
    return e.SpaceChanged(seen_at=NOW, space_id=number, name=f"space{number}", access=access, **values)  # type: ignore[arg-type]  # as above


def topic(number: str, *, space_id: str = "1", author: str = "1", **values: object) -> e.TopicChanged:
    base: dict[str, object] = {"seen_at": NOW, "title": f"title{number}", "url": f"https://forum.example.org/t/{number}", "tags": (), "created_at": NOW}
    return e.TopicChanged(topic_id=number, space_id=space_id, author_id=author, **(base | values))  # type: ignore[arg-type]  # as above


def post(post_id: str, *, topic_id: str = "1", author: str = "1", version: int = 1, text: str | None = "words", **values: object) -> e.PostChanged:
    base: dict[str, object] = {
        "seen_at": NOW,
        "author_username": f"user{author}",
        "created_at": NOW,
        "updated_at": NOW + timedelta(seconds=version),
        "space_id": "1",
        "number": int(post_id),
        "like_count": 0,
    }
    return e.PostChanged(post_id=post_id, topic_id=topic_id, author_id=author, version=version, text=text, **(base | values))  # type: ignore[arg-type]  # as above


async def tell(world: World, *events: e.Event) -> None:
    """Let events do their work in one unit."""
    await world.database.write(world.installation_id, partial(handlers.apply, events))


async def settle(world: World) -> Report:
    """Settle every doubt."""
    report = Report()
    await reconcile.settle_all(world.runtime, world.installation_id, report=report)
    assert await world.database.read(world.installation_id, lambda unit: unit.checks.count()) == 0
    return report


def state(unit: UnitOfWork) -> dict[str, object]:
    """What is known of the host, without our own ids and times."""
    people = {one.id: one for one in unit.members.all()}
    name = {key: one.host_user_id for key, one in people.items()}
    posts = list(unit.posts.each())
    return {
        "members": {one.host_user_id: (one.username, one.name, one.standing.value, one.bio, dict(one.fields)) for one in people.values()},
        "groups": unit.groups.all(),
        "in groups": {(group, name[member]) for group, member in unit.groups.memberships()},
        "badges": {(name[member], badge) for member, badge in unit.badges.all()},
        "spaces": {key: one.access.value for key, one in unit.spaces.all().items()},
        "topics": {one.id: (one.title, one.space_id, one.tags, one.closed, one.solution_post_id) for one in unit.topics.all()},
        "posts": {one.id: (one.topic_id, name[one.author_id], one.version, dict(one.terms), one.live) for one in posts},
        "likes": {(post_id, name[member]) for post_id, member, _ in unit.likes.all()},
    }


async def known(world: World) -> dict[str, object]:
    return await world.database.read(world.installation_id, state)


def later(moment: datetime, days: float) -> datetime:
    return moment + timedelta(days=days)
