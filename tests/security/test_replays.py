"""A delivery of one community at the address of another one that has the same secret, as after a copy of a database.

Each secret is 256 random bits of our own, so that this cannot happen by itself. What the host says of itself stands behind it.
"""

import json

from sqlalchemy import func, select

from plugin.services.hosts import deliveries
from plugin.store.tables import metadata
from plugin.store.unit_of_work import UnitOfWork
from tests.integrations.discourse.support import cases, compact, recording, signature
from tests.plugin.support import HOOK_SECRET, community
from tests.schema.world import START, World, person

LEFT_OUT = {"inbox", "checks", "lanes", "installations", "changes"}
"""What waits or is to be asked about; the rest is what the community is taken to be."""


def seen(unit: UnitOfWork) -> dict[str, int]:
    """How many rows of each kind a community has."""
    counts = {}
    for name, table in metadata.tables.items():
        if "installation_id" in table.c and name not in LEFT_OUT:
            counts[name] = unit._connection.execute(select(func.count()).where(table.c.installation_id == unit.installation_id)).scalar_one()
    return counts


async def waiting(world: World, community_id: int) -> dict[str, int]:
    """What is in the inbox, by state."""
    return await world.read(lambda unit: unit.inbox.counts(), of=community_id)


async def test_a_forum_says_which_it_is(world: World) -> None:
    other = await community(world.database, base_url="https://other.example.org", host="discourse")
    await world.apply(person(1, "ann", START), of=other)
    before = await world.read(seen, of=other)
    for case in cases():
        found = recording(case)
        body = compact(found.body)
        headers = {**found.headers, "X-Discourse-Event-Signature": signature(body, HOOK_SECRET)}
        assert (await world.http.post(f"/hooks/{other}/", content=body, headers=headers)).status_code == 401, case
    assert await world.read(seen, of=other) == before
    assert not await waiting(world, other)
    assert len(cases()) > 40


async def test_a_workflow_on_circle_names_its_community(world: World) -> None:
    other = await community(world.database, base_url="https://other.circle.so", host="circle")
    await world.write(lambda unit: unit.update_installation(remote={"community_id": "2"}), of=other)
    world.parts.runtime.forget(other)
    data = {"community_id": 1, "community_member_id": 5, "access_group_id": 7}
    before = await world.read(seen, of=other)
    answer = await world.http.post(f"/hooks/{other}/{HOOK_SECRET}", json={"type": "access_groups_added", "data": data})
    assert answer.status_code == 403
    assert not await waiting(world, other)
    # One that names none is a hint to look at one's own community, whoever sends it.
    answer = await world.http.post(f"/hooks/{other}/{HOOK_SECRET}", json={"type": "post_published", "data": {"name": "SECRET"}})
    assert answer.status_code == 200
    await deliveries.drain(world.parts.runtime, other)
    assert await world.read(seen, of=other) == before


async def test_a_homeserver_says_nothing_of_itself_and_is_asked_about_everything(world: World) -> None:
    other = await community(world.database, base_url="https://matrix.other.example.org", host="matrix")
    before = await world.read(seen, of=other)
    kinds = ("m.room.message", "m.reaction", "m.room.member", "m.room.redaction", "m.room.name")
    content = {"body": "SECRET", "m.relates_to": {"rel_type": "m.annotation", "event_id": "$e1", "key": "👍"}, "membership": "join", "name": "SECRET"}
    events = [
        {"type": kind, "event_id": f"$e{number}", "room_id": "!r:one.example.org", "sender": "@a:one.example.org", "state_key": "@a:one.example.org"}
        | {"content": content, "redacts": "$e1"}
        for number, kind in enumerate(kinds)
    ]
    address = f"/hooks/{other}/_matrix/app/v1/transactions/1"
    answer = await world.http.put(address, content=json.dumps({"events": events}), headers={"authorization": f"Bearer {HOOK_SECRET}"})
    assert answer.status_code == 200
    assert await waiting(world, other) == {"new": 1}
    await deliveries.drain(world.parts.runtime, other)
    # What it names is doubted, and its own homeserver will say that there is no such thing.
    assert await world.read(seen, of=other) == before
    assert await waiting(world, other) == {"handled": 1}
