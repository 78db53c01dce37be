"""The client against a real Synapse: what is read is what is there, and what is sent is there once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from integrations.matrix.client import MatrixClient
from mentorgraph.events import (
    Access,
    Event,
    GroupChanged,
    GroupDeleted,
    LikesRead,
    MemberChanged,
    MemberLeft,
    PostChanged,
    PostDeleted,
    SpaceChanged,
    SpaceDeleted,
    TopicChanged,
    TopicDeleted,
)
from mentorgraph.host import (
    AddToGroup,
    ConnectPlan,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostBroken,
    HostDenied,
    HostInvalid,
    HostMessage,
    HostNotFound,
    Installation,
    Link,
    Paragraph,
    Receipt,
    RemoveFromGroup,
    Reply,
    Sweep,
    TopicMessage,
    Words,
)
from tests.integrations.discourse.conftest import PlainHttp
from tests.integrations.matrix.conftest import HOOK_SECRET, Community
from tests.synapse import SERVER_NAME

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("synapse")]

T = TypeVar("T", bound=Event)
PLAN = ConnectPlan(hook_secret=HOOK_SECRET)


async def whole(client: MatrixClient, sweep: Sweep, since: datetime | None = None) -> list[Event]:
    """All events of a listing."""
    found: list[Event] = []
    cursor: str | None = None
    for _ in range(50):
        batch = await client.pull(sweep, cursor, since=since)
        found += batch.events
        cursor = batch.cursor
        if cursor is None:
            return found
    raise AssertionError("the listing does not end")


def only(found: Sequence[Event], kind: type[T]) -> list[T]:
    """The events of one kind."""
    return [event for event in found if isinstance(event, kind)]


@pytest.fixture
async def connected(client: MatrixClient) -> MatrixClient:
    """The client once it is in the open rooms."""
    await client.connect(PLAN)
    return client


async def test_describe_tells_the_space_and_that_encrypted_rooms_cannot_be_read(connected: MatrixClient) -> None:
    found = await connected.describe()
    assert found.title == "Space"
    assert found.version.startswith("v1.")
    assert any("encrypted" in line for line in found.limits)


async def test_a_wrong_token_another_server_and_a_missing_space_are_told_apart(installation: Installation, http: PlainHttp) -> None:
    with pytest.raises(HostDenied) as denied:
        await MatrixClient(replace(installation, api_key="wrong"), http).describe()
    assert denied.value.reason == "key_refused"
    with pytest.raises(HostInvalid) as invalid:
        await MatrixClient(replace(installation, settings={"space": f"#nowhere:{SERVER_NAME}"}), http).describe()
    assert invalid.value.reason == "unknown_space"
    with pytest.raises(HostBroken) as broken:
        await MatrixClient(replace(installation, base_url=f"{installation.base_url}/elsewhere"), http).describe()
    assert broken.value.reason == "other_kind"


async def test_connect_enters_open_rooms_only_and_says_what_to_do(client: MatrixClient, community: Community) -> None:
    connected = await client.connect(PLAN)
    joined = set(community.act("mentors", "GET", "/joined_rooms")["joined_rooms"])  # type: ignore[call-overload]  # a list of texts
    assert {community.rooms[name] for name in ("space", "garden", "books", "sealed", "private")} == joined
    assert HOOK_SECRET in connected.to_do[0]
    assert 'url: "http://127.0.0.1:9/hooks/7"' in connected.to_do[0]
    with pytest.raises(HostInvalid, match="no open room"):
        await client.connect(ConnectPlan(hook_secret=HOOK_SECRET, spaces=("cellar",)))


async def test_rooms_say_who_may_read_them(connected: MatrixClient, community: Community) -> None:
    found = {event.space_id: event for event in only(await whole(connected, Sweep.SPACES), SpaceChanged)}
    by_name = {name: found[room].access for name, room in community.rooms.items() if room in found}
    assert by_name["garden"] is Access.MEMBERS
    assert by_name["books"] is Access.MEMBERS
    assert by_name["private"] is Access.NOBODY
    assert by_name["sealed"] is Access.NOBODY


async def test_members_are_those_of_the_open_rooms(connected: MatrixClient, community: Community) -> None:
    found = only(await whole(connected, Sweep.MEMBERS), MemberChanged)
    assert {event.host_user_id for event in found} == {community.member(name) for name in ("owner", "maya", "noor")}
    assert {event.name for event in found if event.username == f"maya:{SERVER_NAME}"} == {"Maya"}


async def test_a_member_is_read_as_they_are(connected: MatrixClient, community: Community) -> None:
    (there,) = await connected.read("member", community.member("maya"))
    assert isinstance(there, MemberChanged)
    assert there.active is True
    (outside,) = await connected.read("member", community.member("sam"))
    assert isinstance(outside, MemberChanged)
    assert outside.active is False
    assert isinstance((await connected.read("member", community.member("nobody")))[0], MemberLeft)
    assert isinstance((await connected.read("member", "no id at all"))[0], MemberLeft)
    assert (await connected.find_member(f"noor:{SERVER_NAME}")) is not None
    assert (await connected.find_member("nobody")) is None


async def test_messages_become_topics_and_answers(connected: MatrixClient, community: Community) -> None:
    asked = community.say("maya", "garden", "How do I keep slugs from my salad?\nThey eat everything.")
    answer = community.say("noor", "garden", "> <@maya> How do I\n\nBeer traps help", **{"m.relates_to": {"m.in_reply_to": {"event_id": asked}}})
    deeper = community.say("maya", "garden", "Thanks, trying", **{"m.relates_to": {"m.in_reply_to": {"event_id": answer}}})
    thread = {"rel_type": "m.thread", "event_id": asked, "is_falling_back": True, "m.in_reply_to": {"event_id": deeper}}
    threaded = community.say("noor", "garden", "In a thread", **{"m.relates_to": thread})
    community.say("maya", "private", "A secret question about my job?")
    edit = {"m.relates_to": {"rel_type": "m.replace", "event_id": threaded}, "m.new_content": {"msgtype": "m.text", "body": "Edited in a thread"}}
    community.say("noor", "garden", "* Edited in a thread", **edit)

    found = await whole(connected, Sweep.POSTS)
    room = community.rooms["garden"]
    posts = {event.post_id: event for event in only(found, PostChanged)}
    topic = next(event for event in only(found, TopicChanged) if event.topic_id == f"{room}/{asked}")
    assert topic.title == "How do I keep slugs from my salad?"
    assert {posts[f"{room}/{name}"].topic_id for name in (asked, answer, deeper, threaded)} == {topic.topic_id}
    assert posts[f"{room}/{asked}"].number == 1
    assert posts[f"{room}/{answer}"].text == "Beer traps help"
    assert posts[f"{room}/{answer}"].reply_to_number == 1
    assert posts[f"{room}/{deeper}"].reply_to_number == posts[f"{room}/{answer}"].number
    assert posts[f"{room}/{threaded}"].text == "Edited in a thread"
    assert posts[f"{room}/{threaded}"].reply_to_number == 1
    assert not any("secret" in (event.text or "") for event in posts.values())

    (again_topic, again) = await connected.read("post", f"{room}/{asked}")
    assert isinstance(again_topic, TopicChanged)
    assert isinstance(again, PostChanged)
    assert again.text == posts[again.post_id].text
    (edited,) = await connected.read("post", f"{room}/{threaded}")
    assert isinstance(edited, PostChanged)
    assert edited.text == "Edited in a thread"
    assert edited.updated_at > edited.created_at


async def test_what_was_taken_back_or_is_private_is_not_read(connected: MatrixClient, community: Community) -> None:
    said = community.say("maya", "garden", "I regret this")
    hidden = community.say("maya", "private", "Between us")
    community.redact("maya", "garden", said)
    for name in (f"{community.rooms['garden']}/{said}", f"{community.rooms['private']}/{hidden}", f"{community.rooms['garden']}/$nothing", "nonsense"):
        assert isinstance((await connected.read("post", name))[0], PostDeleted)
        assert isinstance((await connected.read("topic", name))[0], TopicDeleted)


async def test_recent_reads_only_what_is_new(connected: MatrixClient, community: Community) -> None:
    before = datetime.now(UTC)
    said = community.say("noor", "books", "A new question about novels?")
    found = only(await whole(connected, Sweep.RECENT, since=before), PostChanged)
    assert [event.post_id for event in found] == [f"{community.rooms['books']}/{said}"]


async def test_likes_are_read_whole(connected: MatrixClient, community: Community) -> None:
    said = community.say("noor", "garden", "Worms are good for the soil")
    community.react("maya", "garden", said, "👍")
    community.react("owner", "garden", said, "🤔")
    taken_back = community.react("noor", "garden", said, "❤️")
    community.redact("noor", "garden", taken_back)
    found = {event.member_id: event.post_ids for event in only(await whole(connected, Sweep.LIKES), LikesRead)}
    name = f"{community.rooms['garden']}/{said}"
    assert name in found[community.member("maya")]
    assert name not in found[community.member("noor")]
    assert name not in found[community.member("owner")]


async def test_a_message_is_sent_once_and_found_again(connected: MatrixClient, community: Community) -> None:
    message = DirectMessage(
        to=(f"maya:{SERVER_NAME}",), title="A mentor for you", body=(Paragraph(("Noor says ", Words("<b>hi</b> @room"), Link("here", "https://x.org/1"))),)
    )
    assert await connected.find_sent(message, key="m1") is None
    first = await connected.send(message, key="m1")
    again = await connected.send(message, key="m1")
    assert first == again == await connected.find_sent(message, key="m1")
    room = first.remote_id.partition("/")[0]
    members = community.act("mentors", "GET", f"/rooms/{room}/joined_members")["joined"]
    assert list(members) == ["@mentors:community.test"]  # type: ignore[call-overload]  # maya is invited
    event = community.act("mentors", "GET", f"/rooms/{room}/event/{first.remote_id.partition('/')[2]}")
    assert "&lt;b&gt;hi&lt;/b&gt; @room" in str(event["content"]["formatted_body"])  # type: ignore[index]  # an object
    assert event["content"]["m.mentions"] == {}  # type: ignore[index]  # an object
    # Another message to the same member goes to the same room.
    second = await connected.send(replace(message, title="Another"), key="m2")
    assert second.remote_id.partition("/")[0] == room


@pytest.mark.parametrize("kind", ["topic", "reply"])
async def test_a_topic_and_a_reply_are_sent_once(connected: MatrixClient, community: Community, kind: str) -> None:
    body = (Paragraph(("Welcome to the program",)),)
    opened = await connected.send(TopicMessage(space_id=community.rooms["garden"], title="The program", body=body), key=f"{kind}-1")
    message: HostMessage = TopicMessage(space_id=community.rooms["garden"], title="The program", body=body)
    if kind == "reply":
        message = Reply(topic_id=opened.remote_id, body=body)
    key = f"{kind}-2"
    first = await connected.send(message, key=key)
    assert await connected.find_sent(message, key=key) == first == await connected.send(message, key=key)


async def test_a_topic_is_changed_in_place(connected: MatrixClient, community: Community) -> None:
    opened = await connected.send(TopicMessage(space_id=community.rooms["garden"], title="The program", body=(Paragraph(("As it was",)),)), key="e-1")
    message = EditTopic(topic_id=opened.remote_id, title="The program", body=(Paragraph(("As it is now",)),))
    for _ in range(2):
        assert (await connected.send(message, key="e-2")).remote_id == opened.remote_id
    room, _, event = opened.remote_id.partition("/")
    # As a member's client gets it: the homeserver bundles the one edit with the message. What our account wrote is no post of the community's.
    shown = community.act("maya", "GET", f"/rooms/{room}/event/{event}")
    edit = shown["unsigned"]["m.relations"]["m.replace"]  # type: ignore[index]  # an object
    assert "As it is now" in edit["content"]["m.new_content"]["body"]
    edits = [
        one
        for one in community.act("maya", "GET", f"/rooms/{room}/messages?dir=b&limit=50")["chunk"]  # type: ignore[attr-defined]  # a list
        if one["content"].get("m.relates_to", {}).get("event_id") == event
    ]
    assert [one["event_id"] for one in edits] == [edit["event_id"]]
    assert not only(await connected.read("post", opened.remote_id), PostChanged)


async def test_a_circle_is_made_once_filled_and_emptied(connected: MatrixClient, community: Community) -> None:
    message = CreateGroup(slug="circle", title="Gardeners", member_usernames=(f"maya:{SERVER_NAME}",), owner_usernames=(f"noor:{SERVER_NAME}",))
    first = await connected.send(message, key="g1")
    assert first == await connected.send(message, key="g1") == await connected.find_sent(message, key="g1")
    community.rooms["circle"] = first.remote_id
    community.join("maya", "circle")
    community.join("noor", "circle")
    await connected.pull(Sweep.SPACES, None)
    (group,) = only(await connected.read("group", first.remote_id), GroupChanged)
    assert set(group.member_ids or ()) == {community.member("maya"), community.member("noor")}
    assert [event.group_id for event in only(await whole(connected, Sweep.GROUPS), GroupChanged)] == [first.remote_id]
    for _ in range(2):
        await connected.send(RemoveFromGroup(group_id=first.remote_id, usernames=(f"maya:{SERVER_NAME}",)), key="g2")
    (group,) = only(await connected.read("group", first.remote_id), GroupChanged)
    assert group.member_ids == (community.member("noor"),)
    assert await connected.send(AddToGroup(group_id=first.remote_id, usernames=(f"noor:{SERVER_NAME}",)), key="g3") == Receipt(
        remote_id=first.remote_id, url=first.url
    )
    spaces = {event.space_id for event in only(await whole(connected, Sweep.SPACES), SpaceChanged)}
    assert first.remote_id not in spaces
    assert isinstance((await connected.read("group", "!unknown:community.test"))[0], GroupDeleted)
    assert isinstance((await connected.read("space", "!unknown:community.test"))[0], SpaceDeleted)


async def test_what_matrix_has_no_place_for_is_said(connected: MatrixClient) -> None:
    with pytest.raises(HostInvalid, match="no badges"):
        await connected.send(GrantBadge(username=f"maya:{SERVER_NAME}", badge_name="Mentor"), key="b")
    with pytest.raises(HostInvalid, match="no member of a homeserver"):
        await connected.send(DirectMessage(to=("maya",), title="", body=()), key="b")
    with pytest.raises(HostNotFound):
        await connected.send(TopicMessage(space_id="#nowhere:community.test", title="", body=()), key="b")


async def test_disconnect_leaves_what_was_entered(client: MatrixClient, community: Community) -> None:
    connected = await client.connect(PLAN)
    await client.disconnect(dict(connected.remote) | {"joined": community.rooms["garden"]})
    joined = community.act("mentors", "GET", "/joined_rooms")["joined_rooms"]
    assert community.rooms["garden"] not in list(joined)  # type: ignore[call-overload]  # a list
    await client.disconnect({"joined": community.rooms["garden"]})
    await client.connect(PLAN)
