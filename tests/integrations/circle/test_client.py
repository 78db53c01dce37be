"""The client against the imitation of a community, over real HTTP: what is read is what is there, what is sent is there once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import jsonschema
import orjson
import pytest
import yaml

from integrations.circle.client import CircleClient
from integrations.circle.double.model import Comment, Member, Post, Space, State, html_of
from mentorgraph.events import (
    Access,
    BadgeGranted,
    Event,
    GroupChanged,
    GroupDeleted,
    Kind,
    MemberChanged,
    MemberLeft,
    PostChanged,
    PostDeleted,
    SpaceChanged,
    SpaceDeleted,
    TopicChanged,
    TopicDeleted,
    TopicRead,
)
from mentorgraph.host import (
    AddToGroup,
    Bullets,
    CalendarEntry,
    Capability,
    ConnectPlan,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostBroken,
    HostBusy,
    HostDenied,
    HostError,
    HostInvalid,
    HostMessage,
    HostNotFound,
    Installation,
    Link,
    Mention,
    Paragraph,
    Quote,
    RemoveFromGroup,
    Reply,
    Sweep,
    TopicMessage,
    Words,
)
from tests.integrations.circle.conftest import HOOK_SECRET, START, RecordingHttp

T = TypeVar("T", bound=Event)
SPECIFICATION = Path(__file__).parents[4] / "shared" / "hosts" / "circle" / "openapi" / "admin-v2.yaml"


class Place:
    """A small community: an owner, Maya and Noor, an open and a private space, a post with comments."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.owner: Member = state.join("Olga Owner")
        self.maya: Member = state.join("Maya López", headline="Baker", can_help_with=["bread", "pricing"], city="Bern", empty=None)
        self.noor: Member = state.join("Noor")
        self.invited: Member = state.join("Ina Invited", confirmed=False)
        self.open: Space = state.open_space("Questions")
        self.closed: Space = state.open_space("Board", private=True)
        self.calendar: Space = state.open_space("Calendar", kind="event")
        self.post: Post = state.publish(self.open, self.maya, "How do I price bread?", "<div>My <b>flour</b> costs &amp; rent<pre>code</pre></div>")
        self.hidden: Post = state.publish(self.closed, self.owner, "Secret plans", "<div>secret</div>")
        self.answer: Comment = state.comment(self.post, self.noor, "Add your hours")
        self.deeper: Comment = state.comment(self.post, self.maya, "Thanks", parent=self.answer)
        state.access_groups[77] = ("Mentors", {self.noor.id})
        state.tags[9] = "Veteran"
        self.noor.tag_ids.add(9)


@pytest.fixture
def place(state: State) -> Place:
    """The community filled."""
    return Place(state)


async def whole(client: CircleClient, sweep: Sweep, since: datetime | None = None) -> list[Event]:
    """All events of a listing."""
    found: list[Event] = []
    cursor: str | None = None
    for _ in range(100):
        batch = await client.pull(sweep, cursor, since=since)
        found += batch.events
        cursor = batch.cursor
        if cursor is None:
            return found
    raise AssertionError("the listing does not end")


def only(found: Sequence[Event], kind: type[T]) -> list[T]:
    """The events of one kind."""
    return [event for event in found if isinstance(event, kind)]


async def test_describe(client: CircleClient, place: Place, installation: Installation, http: RecordingHttp) -> None:
    found = await client.describe()
    assert (found.title, found.locale) == ("Growers", "en")
    assert found.profile_fields["can_help_with"] == "Can Help With"
    assert Capability.EVENTS not in found.capabilities
    with_events = CircleClient(replace(installation, settings={**installation.settings, "event_space": str(place.calendar.id)}), http)
    assert Capability.EVENTS in (await with_events.describe()).capabilities


@pytest.mark.parametrize("scheme", ["token", "bearer"])
async def test_both_ways_to_show_the_token(installation: Installation, http: RecordingHttp, place: Place, scheme: str) -> None:
    settings = {**installation.settings, "token_scheme": scheme}
    assert (await CircleClient(replace(installation, settings=settings), http).describe()).title == "Growers"
    assert place.state.calls > 0


async def test_what_is_wrong_is_told_apart(installation: Installation, http: RecordingHttp, place: Place) -> None:
    async def reason(**changes: str) -> tuple[type[HostError], str]:
        settings = {**installation.settings, **{key: value for key, value in changes.items() if key != "api_key"}}
        with pytest.raises(HostError) as found:
            await CircleClient(replace(installation, api_key=changes.get("api_key", installation.api_key), settings=settings), http).describe()
        return type(found.value), found.value.reason

    assert await reason(api_key="wrong") == (HostDenied, "key_refused")
    assert await reason(api_url=f"{place.state.base_url}/elsewhere") == (HostBroken, "other_kind")
    place.state.eligible = False
    assert await reason() == (HostDenied, "plan")
    place.state.eligible = True
    http.client.headers["User-Agent"] = "Python-urllib/3.11"
    assert await reason() == (HostDenied, "network_refused")


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "detail"),
    [
        (429, {}, b"slow down", HostBusy, 60.0),
        (429, {"retry-after": "7"}, b"", HostBusy, 7.0),
        (503, {}, b"<html>", HostBusy, None),
        (500, {}, b"<html>", HostBroken, None),
        (404, {}, b"<html>", HostBroken, None),
        (404, {}, b'{"success":false,"message":"Missing record: space","error_details":{}}', HostNotFound, None),
        (200, {}, b"<html>", HostBroken, None),
        (200, {}, b"[]", HostBroken, None),
        (200, {}, b'{"records": 7}', HostBroken, None),
        (403, {}, b'{"success":false,"errors":"Daily member limit exceeded."}', HostDenied, None),
        (422, {}, b'{"success":false,"message":"No","error_details":{"name":["is taken"],"x":7}}', HostInvalid, ("No", "name: is taken")),
        (400, {}, b'{"message":"Failed","error_details":"Event setting is invalid"}', HostInvalid, ("Failed", "Event setting is invalid")),
        (400, {}, b'{"message":"Failed","error_details":null}', HostInvalid, ("Failed",)),
    ],
)
async def test_every_shape_of_refusal(
    client: CircleClient, place: Place, status: int, headers: dict[str, str], body: bytes, kind: type[HostError], detail: object
) -> None:
    place.state.fail_next.append((status, headers, body))
    with pytest.raises(kind) as found:
        await client.pull(Sweep.SPACES, None)
    if isinstance(found.value, HostBusy) and detail is not None:
        assert found.value.retry_after == detail
    if isinstance(found.value, HostInvalid):
        assert found.value.details == detail


async def test_members_with_their_answers(client: CircleClient, place: Place) -> None:
    found = {event.host_user_id: event for event in only(await whole(client, Sweep.MEMBERS), MemberChanged)}
    maya = found[str(place.maya.id)]
    assert (maya.username, maya.name, maya.title, maya.active) == (f"maya-l-pez.{place.maya.id}", "Maya López", "Baker", True)
    assert maya.fields == {"can_help_with": "bread, pricing", "city": "Bern"}
    assert found[str(place.invited.id)].active is False
    assert await client.find_member(maya.username) is not None
    assert await client.find_member("maya") is None
    assert await client.find_member("nobody.999") is None


async def test_many_members_are_read_page_by_page(client: CircleClient, state: State) -> None:
    for number in range(205):
        state.join(f"Member {number}")
    assert len({event.host_user_id for event in only(await whole(client, Sweep.MEMBERS), MemberChanged)}) == 205
    assert state.calls == 3


async def test_spaces_say_who_may_read_them(client: CircleClient, place: Place) -> None:
    found = {event.space_id: event.access for event in only(await whole(client, Sweep.SPACES), SpaceChanged)}
    assert found == {str(place.open.id): Access.MEMBERS, str(place.closed.id): Access.NOBODY, str(place.calendar.id): Access.MEMBERS}


async def test_posts_and_comments(client: CircleClient, place: Place) -> None:
    found = await whole(client, Sweep.POSTS)
    posts = {event.post_id: event for event in only(found, PostChanged)}
    assert set(posts) == {f"p{place.post.id}", f"c{place.answer.id}", f"c{place.deeper.id}"}
    first, answer, deeper = posts[f"p{place.post.id}"], posts[f"c{place.answer.id}"], posts[f"c{place.deeper.id}"]
    assert first.text == "My flour costs & rent"
    assert {event.topic_id for event in posts.values()} == {str(place.post.id)}
    assert (first.author_id, answer.author_id) == (str(place.maya.id), str(place.noor.id))
    assert (first.number, answer.reply_to_number, deeper.reply_to_number) == (1, 1, answer.number)
    (topic,) = only(await whole(client, Sweep.TOPICS), TopicChanged)
    assert (topic.title, topic.space_id) == ("How do I price bread?", str(place.open.id))


async def test_an_author_is_looked_up_once_and_who_left_is_left_out(client: CircleClient, place: Place) -> None:
    gone = place.state.join("Gone")
    place.state.publish(place.open, gone, "A goodbye", "<div>bye</div>")
    place.state.publish(place.open, gone, "Another", "<div>bye again</div>")
    del place.state.members[gone.id]
    batch = await client.pull(Sweep.POSTS, None)
    assert {event.author_id for event in only(batch.events, PostChanged)} == {str(place.maya.id)}
    before = place.state.calls
    await client.pull(Sweep.POSTS, None)
    assert place.state.calls == before + 1


async def test_an_author_whose_address_is_none_any_more_does_not_stop_the_listing(client: CircleClient, place: Place) -> None:
    gone = place.state.join("Gone")
    place.state.publish(place.open, gone, "From the past", "<p>words</p>")
    gone.email = "removed"
    del place.state.members[gone.id]
    posts = only(await whole(client, Sweep.POSTS), PostChanged)
    assert {post.topic_id for post in posts if post.number == 1} == {str(place.post.id)}


async def test_recent_reads_what_is_new(client: CircleClient, place: Place) -> None:
    since = place.state.now()
    old = place.post
    old.updated_at = place.state.now()
    fresh = place.state.publish(place.open, place.noor, "New?", "<div>new</div>")
    said = place.state.comment(fresh, place.maya, "Hello")
    found = await whole(client, Sweep.RECENT, since=since)
    assert {event.post_id for event in only(found, PostChanged)} == {f"p{old.id}", f"p{fresh.id}", f"c{said.id}"}


async def test_groups_are_access_groups_and_our_circles(client: CircleClient, place: Place) -> None:
    (mentors,) = only(await whole(client, Sweep.GROUPS), GroupChanged)
    assert (mentors.group_id, mentors.title, mentors.member_ids) == ("access:77", "Mentors", (str(place.noor.id),))


async def test_one_subject_at_a_time(client: CircleClient, place: Place) -> None:
    (maya,) = await client.read("member", str(place.maya.id))
    assert isinstance(maya, MemberChanged)
    (badge,) = await client.read("badges", str(place.noor.id))
    assert isinstance(badge, BadgeGranted)
    assert (badge.badge_id, badge.name) == ("9", "Veteran")
    (space,) = await client.read("space", str(place.open.id))
    assert isinstance(space, SpaceChanged)
    topic = await client.read("topic", str(place.post.id))
    assert [type(event) for event in topic] == [TopicChanged, PostChanged, PostChanged, PostChanged, TopicRead]
    assert set(only(topic, TopicRead)[0].post_ids) == {f"p{place.post.id}", f"c{place.answer.id}", f"c{place.deeper.id}"}
    (comment,) = await client.read("post", f"c{place.answer.id}")
    assert isinstance(comment, PostChanged)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "host_id", "gone"),
    [
        ("member", "999", MemberLeft),
        ("member", "x", MemberLeft),
        ("space", "999", SpaceDeleted),
        ("space", "../community", SpaceDeleted),
        ("group", "access:999", GroupDeleted),
        ("group", "space:999", GroupDeleted),
        ("group", "7", GroupDeleted),
        ("topic", "999", TopicDeleted),
        ("topic", "x", TopicDeleted),
        ("post", "p999", PostDeleted),
        ("post", "c999", PostDeleted),
        ("post", "x1", PostDeleted),
    ],
)
async def test_what_is_not_there_is_gone(client: CircleClient, place: Place, kind: Kind, host_id: str, gone: type[Event]) -> None:
    assert place.post.id
    assert [type(event) for event in await client.read(kind, host_id)] == [gone]


async def test_private_and_unpublished_posts_are_gone(client: CircleClient, place: Place) -> None:
    place.post.status = "draft"
    for name in (f"p{place.hidden.id}", f"p{place.post.id}"):
        assert isinstance((await client.read("post", name))[0], PostDeleted)


BODY = (
    Paragraph(("Hello ", Mention("maya.3"), ", see ", Link("this", "https://x.org/1"), Link("not this", "javascript:x"))),
    Bullets((("one",), (Words("<b>two</b>"),))),
    Quote("said\nbefore"),
)


async def test_a_direct_message(client: CircleClient, place: Place) -> None:
    username = f"maya.{place.maya.id}"
    await client.send(DirectMessage(to=(username,), title="A mentor", body=BODY), key="k1")
    await client.send(DirectMessage(to=(username, f"noor.{place.noor.id}"), title="Both", body=BODY), key="k2")
    (to, document), (both, _) = ((one.to, one.document) for one in place.state.messages)
    assert to == (place.maya.email,)
    assert both == (place.maya.email, place.noor.email)
    assert html_of(document) == (
        '<p>A mentor</p><p>Hello maya, see <a href="https://x.org/1">this</a>not this</p><p>• one</p><p>• &lt;b&gt;two&lt;/b&gt;</p>'
        "<p>“said”</p><p>“before”</p>"
    )
    with pytest.raises(HostNotFound):
        await client.send(DirectMessage(to=("nobody.999",), title="", body=BODY), key="k3")


def messages(place: Place) -> dict[str, HostMessage]:
    """One of each kind that can be found again."""
    entry = CalendarEntry(name="Meeting", start=START, end=START + timedelta(hours=1), timezone="Europe/Berlin", url="https://meet.org/1")
    return {
        "topic": TopicMessage(space_id=str(place.open.id), title="The program", body=BODY),
        "reply": Reply(topic_id=str(place.post.id), body=BODY),
        "event": TopicMessage(space_id=str(place.open.id), title="Meeting", body=(entry, *BODY)),
        "group": CreateGroup(slug="g", title="Bakers", member_usernames=(f"maya.{place.maya.id}",), owner_usernames=(f"noor.{place.noor.id}",)),
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["topic", "reply", "event", "group"])
async def test_what_is_sent_is_found_when_the_answer_was_lost(installation: Installation, http: RecordingHttp, place: Place, kind: str) -> None:
    client = CircleClient(replace(installation, settings={**installation.settings, "event_space": str(place.calendar.id)}), http)
    message = messages(place)[kind]
    assert await client.find_sent(message, key="k") is None
    if kind == "group":
        place.state.space_groups[500] = "Mentorship circles"
    place.state.lose_next = 1
    with pytest.raises(HostBusy):
        await client.send(message, key="k")
    found = await client.find_sent(message, key="k")
    assert found is not None
    if kind == "group":
        assert place.state.spaces[int(found.remote_id.partition(":")[2])].member_ids == {place.maya.id, place.noor.id}
        assert await client.find_sent(message, key="k") == found
    if kind == "event":
        assert next(iter(place.state.events.values()))["starts_at"] == "2026-11-02T09:00:00Z"
    counts = (len(place.state.posts), len(place.state.comments), len(place.state.events), len(place.state.spaces))
    assert counts == {"topic": (3, 2, 0, 3), "reply": (2, 3, 0, 3), "event": (2, 2, 1, 3), "group": (2, 2, 0, 4)}[kind]


async def test_a_post_is_changed_in_place(client: CircleClient, place: Place) -> None:
    made = await client.send(messages(place)["topic"], key="k")
    for _ in range(2):
        edited = await client.send(EditTopic(topic_id=made.remote_id, title="The program, closed", body=(Paragraph(("No more places",)),)), key="k2")
        assert edited.remote_id == made.remote_id
    post = place.state.posts[int(made.remote_id)]
    assert (post.name, post.body) == ("The program, closed", "<p>No more places</p>")
    with pytest.raises(HostNotFound):
        await client.send(EditTopic(topic_id="999999", title="", body=BODY), key="k3")


async def test_a_circle_is_filled_and_emptied(client: CircleClient, place: Place) -> None:
    made = await client.send(messages(place)["group"], key="k")
    number = int(made.remote_id.partition(":")[2])
    space = place.state.spaces[number]
    assert space.private
    assert place.state.space_groups[space.group_id] == "Mentorship circles"
    (group,) = await client.read("group", made.remote_id)
    assert isinstance(group, GroupChanged)
    assert set(group.member_ids or ()) == {str(place.maya.id), str(place.noor.id)}
    assert {event.group_id for event in only(await whole(client, Sweep.GROUPS), GroupChanged)} == {"access:77", made.remote_id}
    name = f"maya.{place.maya.id}"
    for _ in range(2):
        await client.send(RemoveFromGroup(group_id=made.remote_id, usernames=(name, "nobody.999")), key="r")
    assert space.member_ids == {place.noor.id}
    for _ in range(2):
        await client.send(AddToGroup(group_id=made.remote_id, usernames=(name,)), key="a")
        await client.send(AddToGroup(group_id="access:77", usernames=(name,)), key="b")
    assert space.member_ids == {place.noor.id, place.maya.id}
    assert place.state.access_groups[77][1] == {place.noor.id, place.maya.id}
    await client.send(RemoveFromGroup(group_id="access:77", usernames=(name,)), key="c")
    assert place.state.access_groups[77][1] == {place.noor.id}
    spaces = {event.space_id for event in only(await whole(client, Sweep.SPACES), SpaceChanged)}
    assert str(number) not in spaces
    with pytest.raises(HostNotFound):
        await client.send(AddToGroup(group_id="space:x", usernames=(name,)), key="d")


async def test_a_badge_is_a_tag(client: CircleClient, place: Place) -> None:
    for _ in range(2):
        await client.send(GrantBadge(username=f"maya.{place.maya.id}", badge_name="Mentor 2026"), key="b")
    assert sorted(place.state.tags.values()) == ["Mentor 2026", "Veteran"]
    assert {place.state.tags[tag] for tag in place.maya.tag_ids} == {"Mentor 2026"}


async def test_without_a_space_for_events_an_event_is_a_line(client: CircleClient, place: Place) -> None:
    sent = await client.send(messages(place)["event"], key="k")
    assert "🗓 Meeting: 2026-11-02 10:00–11:00 (Europe/Berlin)" in place.state.posts[int(sent.remote_id)].body


async def test_connect_tells_the_admin_the_address(client: CircleClient, place: Place) -> None:
    connected = await client.connect(ConnectPlan(hook_secret=HOOK_SECRET, spaces=("questions",)))
    assert f"https://mentors.example.org/hooks/5/{HOOK_SECRET}" in connected.to_do[0]
    with pytest.raises(HostInvalid, match="no space 'cellar'"):
        await client.connect(ConnectPlan(hook_secret=HOOK_SECRET, spaces=("cellar",)))
    await client.disconnect(connected.remote)
    assert place.state.calls


async def test_the_quota_of_the_month_ends_in_a_wait(client: CircleClient, state: State) -> None:
    state.quota = 2
    await client.pull(Sweep.SPACES, None)
    await client.pull(Sweep.SPACES, None)
    with pytest.raises(HostBusy):
        await client.pull(Sweep.SPACES, None)


# --------------------------------------------------------------------------------------------------------------------- Circle's own description


def _schema(node: object) -> object:
    """A schema of OpenAPI 3.0 as one of JSON Schema: ``nullable`` becomes a type."""
    if isinstance(node, list):
        return [_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    found: dict[str, object] = {key: _schema(value) for key, value in node.items() if key not in {"example", "examples", "nullable"}}
    if node.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        if isinstance(choices := found.get("enum"), list):
            found["enum"] = [*choices, None]
    return found


@pytest.mark.slow
@pytest.mark.skipif(not SPECIFICATION.exists(), reason="Circle's description is not here")
async def test_requests_and_answers_are_as_circle_describes_them(installation: Installation, http: RecordingHttp, place: Place) -> None:
    client = CircleClient(replace(installation, settings={**installation.settings, "event_space": str(place.calendar.id)}), http)
    await client.describe()
    for sweep in Sweep:
        await whole(client, sweep)
    for kind, found in (("member", place.maya.id), ("badges", place.maya.id), ("space", place.open.id), ("topic", place.post.id)):
        await client.read(kind, str(found))  # type: ignore[arg-type]  # all are kinds
    for name in (f"p{place.post.id}", f"c{place.answer.id}", "p999"):
        await client.read("post", name)
    for kind, message in messages(place).items():
        await client.send(message, key=kind)
    await client.send(DirectMessage(to=(f"maya.{place.maya.id}",), title="Hi", body=BODY), key="dm")
    await client.send(GrantBadge(username=f"maya.{place.maya.id}", badge_name="Mentor"), key="badge")
    for member in (AddToGroup, RemoveFromGroup):
        await client.send(member(group_id="access:77", usernames=(f"maya.{place.maya.id}",)), key="x")
    document: Mapping[str, object] = yaml.safe_load(SPECIFICATION.read_text(encoding="utf-8"))
    problems, checked = _held_against(document, http)
    assert not problems, "\n".join(problems)
    assert checked > 30


def _held_against(document: Mapping[str, object], http: RecordingHttp) -> tuple[list[str], int]:
    root = _schema({"components": document["components"]})
    paths: Mapping[str, Mapping[str, Mapping[str, object]]] = document["paths"]  # type: ignore[assignment]  # as OpenAPI says
    problems: list[str] = []
    checked = 0
    for one in http.exchanges:
        template = _template(one.path, paths)
        operation = paths.get(template, {}).get(one.method.lower())
        if operation is None:
            problems.append(f"{one.method} {one.path} is not described")
            continue
        for what, schema, value in _contents(operation, one.sent, one.answer.status, one.answer.body):
            checked += 1
            validator = jsonschema.Draft202012Validator({**root, "allOf": [_schema(schema)]})  # type: ignore[dict-item]  # an object
            problems += [f"{one.method} {template} {what}: {error.json_path} {error.message[:200]}" for error in validator.iter_errors(value)]
    return sorted(set(problems)), checked


def _template(path: str, paths: Mapping[str, object]) -> str:
    parts = path.split("/")
    for template in paths:
        wanted = template.split("/")
        if len(wanted) == len(parts) and all(want == have or (want.startswith("{") and have.isdigit()) for want, have in zip(wanted, parts, strict=True)):
            return template
    return path


def _contents(operation: Mapping[str, object], sent: object, status: int, body: bytes) -> list[tuple[str, object, object]]:
    found: list[tuple[str, object, object]] = []
    request = _json_of(operation.get("requestBody"))
    if sent is not None and request is not None:
        found.append(("request", request, sent))
    responses = operation.get("responses")
    answer = _json_of(responses.get(str(status))) if isinstance(responses, dict) else None
    if answer is not None:
        found.append((str(status), answer, orjson.loads(body)))
    return found


def _json_of(node: object) -> object:
    content = node.get("content") if isinstance(node, dict) else None
    media = content.get("application/json") if isinstance(content, dict) else None
    return media.get("schema") if isinstance(media, dict) else None


# --------------------------------------------------------------------------------------------------------------------- signing in


async def test_a_member_is_named_by_address_or_user_name(client: CircleClient, place: Place) -> None:
    for named in (place.maya.email, place.maya.email.upper(), f"maya-l-pez.{place.maya.id}", f"whatever.{place.maya.id}"):
        found = await client.find_account(named)
        if named != named.lower():
            # Circle finds exact addresses only; what it does not find is nobody.
            assert found is None or found.email == place.maya.email
            continue
        assert found is not None
        assert (found.member.host_user_id, found.email) == (str(place.maya.id), place.maya.email)
        assert place.maya.email not in repr(found)


@pytest.mark.slow
@pytest.mark.parametrize("named", ["", "maya", "maya.", "maya.0", "maya.99999", "nobody@example.org", "@", "a@b\n@c", "maya.1e3"])
async def test_who_is_no_member_is_nobody(client: CircleClient, place: Place, named: str) -> None:
    assert await client.find_account(named) is None


async def test_who_was_invited_and_never_came_cannot_sign_in(client: CircleClient, place: Place) -> None:
    assert await client.find_account(place.invited.email) is None
