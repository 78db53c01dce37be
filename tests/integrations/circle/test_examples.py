"""Circle's own examples, where they are: the client understands each, and the imitation shows no field that they do not have."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from integrations.circle.api import PREFIX
from integrations.circle.client import CircleClient
from integrations.circle.double.model import State
from integrations.values import Json
from mentorgraph.events import GroupChanged, MemberChanged, PostChanged, SpaceChanged, TopicChanged
from mentorgraph.host import ConnectPlan, Installation, Response, Sweep

EXAMPLES = Path(__file__).parents[4] / "shared" / "hosts" / "circle" / "examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="Circle's examples are not here")
HERE = Installation(id=5, host="circle", base_url="https://growers.circle.so", api_key="t", hook_url="https://m.example.org/hooks/5", settings={"spaces": ""})


def example(name: str, status: int = 200) -> Any:
    """The body of an answer."""
    found = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return next(one["body"] for one in found["responses"] if one["status"] == status)


class Examples:
    """Answers with the examples; each listing is one page long."""

    paths: Mapping[str, str] = {
        "/community": "admin_community_get",
        "/community_members": "admin_members_list",
        "/community_members/search": "admin_member_search",
        "/profile_fields": "admin_profile_fields",
        "/spaces": "admin_spaces_list",
        "/access_groups": "admin_access_groups_list",
        "/posts": "admin_posts_list",
        "/comments": "admin_comments_list",
    }

    async def request(self, method: str, url: str, **_: object) -> Response:
        path = url.partition(PREFIX)[2]
        if path not in self.paths:
            return Response(status=404, headers={}, body=b'{"success":false,"message":"Oops!","error_details":{"message":"Missing record"}}')
        body = example(self.paths[path])
        if isinstance(body, dict) and "records" in body:
            body = {**body, "has_next_page": False}
        return Response(status=200, headers={"content-type": "application/json"}, body=json.dumps(body).encode())


@pytest.fixture
def client() -> CircleClient:
    return CircleClient(HERE, Examples())


async def test_every_listing_of_the_examples_is_understood(client: CircleClient) -> None:
    assert (await client.describe()).title == example("admin_community_get")["name"]
    await client.connect(ConnectPlan(hook_secret="s"))
    people = await client.pull(Sweep.MEMBERS, None)
    assert (len(people.events), people.dropped) == (len(example("admin_members_list")["records"]), 0)
    assert all(isinstance(one, MemberChanged) and one.name and one.created_at for one in people.events)
    spaces = await client.pull(Sweep.SPACES, None)
    assert [one.name for one in spaces.events if isinstance(one, SpaceChanged)] == [one["name"] for one in example("admin_spaces_list")["records"]]
    for sweep, kind in ((Sweep.TOPICS, TopicChanged), (Sweep.POSTS, PostChanged), (Sweep.GROUPS, GroupChanged)):
        batch = await client.pull(sweep, None)
        assert all(isinstance(one, kind | TopicChanged) for one in batch.events)


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_the_examples_have_the_shapes_of_errors_that_the_double_has(status: int) -> None:
    names = [path.stem for path in sorted(EXAMPLES.glob("admin_*.json"))]
    shapes: set[frozenset[str]] = set()
    for name in names:
        for one in json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))["responses"]:
            if one["status"] == status and isinstance(one["body"], dict):
                shapes.add(frozenset(one["body"]))
    assert all(shape & {"message", "errors"} for shape in shapes), "which is where the client looks"


async def test_the_imitation_shows_no_field_that_circle_does_not_have() -> None:
    state = State()
    space = state.open_space("Questions")
    maya = state.join("Maya Member", can_help_with=["bread"])
    post = state.publish(space, maya, "How?", "<p>Like this</p>", document={"body": {}})
    comment = state.comment(post, maya, "Thanks")
    shown: Sequence[tuple[Json, str]] = (
        (state.member_record(maya), "admin_members_list"),
        (state.space_record(space), "admin_spaces_list"),
        (state.post_record(post), "admin_posts_list"),
        (state.comment_record(comment), "admin_comments_list"),
    )
    for record, name in shown:
        theirs = set().union(*example(name)["records"])
        assert set(record) <= theirs, (name, set(record) - theirs)
