"""The client against the imitation of a forum, over real HTTP: what is read equals what the forum has, and what is sent is there once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from integrations.discourse import auth, webhooks
from integrations.discourse.client import DiscourseClient
from integrations.discourse.double.model import REGULAR, WebHookEvent
from mentorgraph.events import (
    Access,
    BadgeGranted,
    Event,
    GroupChanged,
    GroupDeleted,
    LikesRead,
    MemberChanged,
    MemberLeft,
    PostChanged,
    PostDeleted,
    SolutionAccepted,
    SpaceChanged,
    TopicChanged,
    TopicDeleted,
    TopicRead,
)
from mentorgraph.host import (
    AddToGroup,
    CalendarEntry,
    Capability,
    ConnectPlan,
    CreateGroup,
    Delivery,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostBroken,
    HostBusy,
    HostDenied,
    HostError,
    HostInvalid,
    HostMessage,
    Paragraph,
    RemoveFromGroup,
    Reply,
    SignInRefused,
    Sweep,
    TopicMessage,
    Words,
)
from tests.integrations.discourse.conftest import CALLBACK, Place
from tests.integrations.discourse.fake import events, sweep
from tests.integrations.discourse.support import HOOK_SECRET, OTHER_WAYS_IN

PLAN = ConnectPlan(hook_secret=HOOK_SECRET)
WORDS = "These are the words of a post about gardens, number"


async def found(client: DiscourseClient, which: Sweep, *, since: datetime | None = None) -> list[Event]:
    return events(await sweep(client, which, since=since))


async def people(place: Place, count: int = 6) -> list[int]:
    acts: list[dict[str, object]] = [{"act": "sign_up", "username": f"user{number}", "name": f"User {number}"} for number in range(1, count + 1)]
    made = await place.running.control.acts(*acts)
    return [int(str(one["id"])) for one in made]


async def community(place: Place) -> None:
    """A little of everything that a forum has."""
    act = place.running.control.act
    await people(place, 8)
    await act("user_field", name="What can you help with?")
    await act("update_profile", username="user1", bio_raw="Grows **beans**", location="Porto", user_fields={"1": "Beans"})
    for name, how in (("user2", "suspend"), ("user3", "silence"), ("user4", "anonymise")):
        await act(how, username=name)
    await act("sign_up", username="visitor", staged=True)
    await act("sign_up", username="unconfirmed", confirm=False)
    await act("create_group", name="owls", full_name="Night owls", members=["user1", "user5"], owners=["user6"])
    await act("create_group", name="empty")
    await act("create_category", name="Help", slug="help")
    await act("create_category", name="Inside", slug="inside", access="members", parent="help")
    await act("create_category", name="Owls", slug="owls-only", access=["owls"])
    await act("create_category", name="Team", slug="team", access="staff")
    for category in ("help", "inside", "owls-only", "team"):
        asker, helper = ("system", "system") if category == "team" else ("user1", "user5")
        for number in range(3):
            words = f"{WORDS} {number} in {category}"
            topic = await act("ask", by=asker, category=category, title=f"A question {number} in {category}", text=words)
            replies = range(25 if number == 0 else 2)
            await place.running.control.acts(
                *({"act": "reply", "by": helper, "topic_id": topic["topic_id"], "text": f"{words} and {reply}"} for reply in replies)
            )
    await act("message", by="user1", to=["user5"], title="A private word", text=f"{WORDS} that nobody else reads")
    await act("create_badge", name="Mentor")


class TestSweeps:
    async def test_members(self, place: Place) -> None:
        await community(place)
        now = place.forum.now()
        read = await found(place.client, Sweep.MEMBERS)
        named = {event.host_user_id: event for event in read if isinstance(event, MemberChanged) and event.suspended is not None}
        users = [user for user in place.forum.users.values() if user.id > 0 and not user.staged and not user.username.startswith("anon")]
        assert sorted(named) == sorted(str(user.id) for user in users)
        for user in users:
            event = named[str(user.id)]
            assert (event.username, event.name, event.trust_level, event.admin) == (user.username, user.name or "", user.trust_level, user.admin)
            assert event.active is user.active
            assert event.suspended is (user.suspended_till is not None and user.suspended_till > now)
            assert event.silenced is (user.silenced_till is not None and user.silenced_till > now)
        profile = next(event for event in read if isinstance(event, MemberChanged) and event.bio)
        assert (profile.bio, profile.location, profile.fields, profile.group_ids) == ("Grows **beans**", "Porto", {"1": "Beans"}, ("41",))

    async def test_many_members(self, place: Place) -> None:
        made = await people(place, 230)
        read = {event.host_user_id for event in await found(place.with_settings(profile_reads="0"), Sweep.MEMBERS) if isinstance(event, MemberChanged)}
        assert read == {str(number) for number in made}

    async def test_groups(self, place: Place) -> None:
        await community(place)
        read = {event.group_id: event for event in await found(place.client, Sweep.GROUPS) if isinstance(event, GroupChanged)}
        assert {number: (event.name, event.title, event.member_ids) for number, event in read.items()} == {
            "41": ("owls", "Night owls", ("1", "5", "6")),
            "42": ("empty", "empty", ()),
        }

    async def test_spaces(self, place: Place) -> None:
        await community(place)
        read = {event.slug: event for event in await found(place.client, Sweep.SPACES) if isinstance(event, SpaceChanged)}
        assert {slug: (event.access, event.group_ids) for slug, event in read.items()} == {
            "uncategorized": (Access.MEMBERS, ()),
            "help": (Access.MEMBERS, ()),
            "inside": (Access.MEMBERS, ()),
            "owls-only": (Access.GROUPS, ("41",)),
            "team": (Access.GROUPS, ("3",)),
        }
        assert read["inside"].parent_id == read["help"].space_id

    @pytest.mark.parametrize("spaces", ["", "owls-only,help"])
    async def test_topics_and_posts(self, place: Place, spaces: str) -> None:
        await community(place)
        act = place.running.control.act
        for name, post_id in (("delete", 5), ("hide", 7)):
            await act(name, post_id=post_id)
        await act("delete", post_id=9, by="user5")
        await act("reply", by="system", topic_id=1, text="Among staff only, please keep quiet", whisper=True)
        await act("delete_topic", topic_id=2)
        await act("set_status", topic_id=3, status="closed")
        client = place.with_settings(spaces=spaces)
        slugs = spaces.split(",") if spaces else ["help", "inside", "uncategorized"]
        counted = {category.id for category in place.forum.categories.values() if category.slug in slugs}
        topics = {topic.id: topic for topic in place.forum.topics.values() if topic.category_id in counted and topic.deleted_at is None}
        read = {event.topic_id: event for event in await found(client, Sweep.TOPICS) if isinstance(event, TopicChanged)}
        assert sorted(read) == sorted(map(str, topics))
        for number, topic in topics.items():
            event = read[str(number)]
            assert (event.title, event.slug, event.space_id, event.closed) == (topic.title, topic.slug, str(topic.category_id), topic.closed)
            assert event.author_id == (str(topic.user_id) if topic.user_id > 0 else None)
        posts = [
            post for post in place.forum.posts.values() if post.topic_id in topics and post.post_type == REGULAR and post.deleted_at is None and post.user_id
        ]
        known = [event for event in await found(client, Sweep.POSTS) if isinstance(event, PostChanged)]
        assert sorted(event.post_id for event in known) == sorted(str(post.id) for post in posts if (post.user_id or 0) > 0 and not post.user_deleted)
        for told in known:
            post = place.forum.posts[int(told.post_id)]
            assert (told.author_id, told.number, told.hidden) == (str(post.user_id), post.post_number, post.hidden)
            assert told.text == (None if post.hidden else post.raw)
        assert "nobody else reads" not in str([told.text for told in known])

    async def test_posts_behind_a_wall_of_private_ones(self, place: Place) -> None:
        await people(place, 2)
        act = place.running.control.act
        await act("ask", by="user1", title="The only public question here", text=f"{WORDS} one")
        words: list[dict[str, object]] = [
            {"act": "message", "by": "user1", "to": ["user2"], "title": "A word", "text": f"{WORDS} {number}"} for number in range(130)
        ]
        await place.running.control.acts(*words)
        assert [event.post_id for event in await found(place.client, Sweep.POSTS) if isinstance(event, PostChanged)] == ["1"]

    async def test_news(self, place: Place) -> None:
        await community(place)
        control = place.running.control
        await control.advance(3600)
        since = datetime.fromtimestamp(place.forum.now() - 60, UTC)
        assert [event for event in await found(place.client, Sweep.RECENT, since=since) if not isinstance(event, SpaceChanged)] == []
        new = await control.act("reply", by="user6", topic_id=1, text=f"{WORDS} that is new")
        await control.act("reply", by="user6", topic_id=7, text=f"{WORDS} that only owls read")
        read = await found(place.client, Sweep.RECENT, since=since)
        assert str(new["post_id"]) in {event.post_id for event in read if isinstance(event, PostChanged)}
        assert {event.topic_id for event in read if isinstance(event, TopicRead | TopicChanged)} == {"1"}
        (whole,) = [event for event in read if isinstance(event, TopicRead)]
        assert sorted(whole.post_ids, key=int) == [str(post.id) for post in place.forum.posts_of(1)]

    async def test_all_news_equal_all_posts(self, place: Place) -> None:
        await community(place)
        news = {event.post_id: event.text for event in await found(place.client, Sweep.RECENT) if isinstance(event, PostChanged)}
        posts = {event.post_id: event.text for event in await found(place.client, Sweep.POSTS) if isinstance(event, PostChanged)}
        assert news == posts, "the page and the source of a post give the same words"

    async def test_likes_and_solutions(self, place: Place) -> None:
        await community(place)
        act = place.running.control.act
        for by, post_ids in (("user5", [1, 27]), ("user6", [1, 2, 3])):
            for post_id in post_ids:
                await act("like", by=by, post_id=post_id)
        await act("unlike", by="user6", post_id=2)
        await act("accept", post_id=24)
        await act("accept", post_id=29)
        await act("unaccept", post_id=29)
        likes = {event.member_id: set(event.post_ids) for event in await found(place.client, Sweep.LIKES) if isinstance(event, LikesRead)}
        assert likes["5"] == {"1", "27"}
        assert likes["6"] == {"1", "3"}
        assert likes["1"] == set()
        solved = [event for event in await found(place.client, Sweep.SOLUTIONS) if isinstance(event, SolutionAccepted)]
        assert [(event.topic_id, event.post_id, event.author_id) for event in solved] == [("1", "24", "5")]
        posts = {event.post_id: event for event in await found(place.client, Sweep.POSTS) if isinstance(event, PostChanged)}
        assert posts["24"].accepted is True
        assert not posts["29"].accepted
        assert posts["1"].like_count == 2

    @pytest.mark.slow
    @pytest.mark.parametrize("which", sorted(set(Sweep)))
    async def test_a_bad_page_is_an_error_and_not_an_empty_page(self, place: Place, which: Sweep) -> None:
        await people(place, 2)
        pages = {Sweep.SPACES: "/categories", Sweep.GROUPS: "/groups", Sweep.MEMBERS: "/admin/users", Sweep.POSTS: "/posts", Sweep.LIKES: "/admin/users"}
        for kind in ("html", "truncate", "garbage-json", "empty", "reset", "status", "redirect", "huge"):
            fault: dict[str, object] = {
                "kind": kind,
                "path": f"^{pages.get(which, '/latest')}",
                "times": -1,
                "location": "https://elsewhere.example/",
                "size": 8_000_000,
            }
            await place.running.control.faults(fault)
            with pytest.raises(HostError) as raised:
                await place.client.pull(which, None)
            assert raised.value.reason in {"broken", "unreachable", "rebuilding", "server_error"}, kind


class TestReading:
    async def test_one_at_a_time(self, place: Place) -> None:
        await community(place)
        read = place.client.read
        (member,) = await read("member", "1")
        assert isinstance(member, MemberChanged)
        assert (member.bio, member.active, member.staged, member.group_ids) == ("Grows **beans**", True, False, ("41",))
        assert [event.suspended for event in await read("member", "2") if isinstance(event, MemberChanged)] == [True]
        assert [event.silenced for event in await read("member", "3") if isinstance(event, MemberChanged)] == [True]
        assert [type(event) for event in await read("member", "4")] == [MemberLeft]
        assert [type(event) for event in await read("member", "999")] == [MemberLeft]
        assert [type(event) for event in await read("group", "41")] == [GroupChanged]
        assert [type(event) for event in await read("group", "99")] == [GroupDeleted]
        assert [type(event) for event in await read("topic", "1")] == [TopicChanged]
        assert [type(event) for event in await read("topic", "999")] == [TopicDeleted]
        assert [type(event) for event in await read("post", "1")] == [PostChanged]
        message = next(topic for topic in place.forum.topics.values() if topic.private)
        assert [type(event) for event in await read("topic", str(message.id))] == [TopicDeleted]
        assert [type(event) for event in await read("post", str(place.forum.posts_of(message.id)[0].id))] == [PostDeleted]
        owls = next(topic for topic in place.forum.topics.values() if topic.title.endswith("owls-only"))
        assert [type(event) for event in await read("topic", str(owls.id))] == [TopicDeleted]
        await place.running.control.act("delete", post_id=3)
        assert [type(event) for event in await read("post", "3")] == [PostDeleted]
        renamed = await place.running.control.act("rename", username="user1", new_username="bean_queen")
        assert renamed
        by_name = await place.client.find_member("Bean_Queen")
        assert by_name is not None
        assert by_name.host_user_id == "1"
        assert await place.client.find_member("nobody-here") is None

    async def test_a_member_is_found_by_the_id_of_their_provider(self, place: Place) -> None:
        forum = place.running.forum
        assert forum is not None
        await people(place, 1)
        forum.users[1].sso_external_id, forum.users[1].external_ids = "person-17", {"oidc": "sub-of-17"}
        found = await place.client.find_external("person-17")
        assert found is not None
        assert found.host_user_id == "1"
        for other in ("1", "nobody", "../user1", ""):
            assert await place.client.find_external(other) is None
        settings = {**place.installation.settings, "external_provider": "oidc"}
        by_provider = DiscourseClient(place.changed(settings=settings), place.http)
        found = await by_provider.find_external("sub-of-17")
        assert found is not None
        assert found.host_user_id == "1"
        assert await by_provider.find_external("person-17") is None

    async def test_who_chose_an_anonymous_name_stays(self, place: Place) -> None:
        await place.running.control.act("sign_up", username="anon12345")
        assert [type(event) for event in await place.client.read("member", "1")] == [MemberChanged]

    async def test_a_revoked_key_makes_nobody_disappear(self, place: Place) -> None:
        await people(place, 1)
        await place.running.control.act("revoke_key", key=place.installation.api_key)
        for kind in ("member", "group", "space", "badges"):
            with pytest.raises(HostDenied):
                await place.client.read(kind, "999")

    async def test_a_members_key_makes_nobody_disappear(self, place: Place) -> None:
        await people(place, 1)
        key = await place.running.control.api_key(username="user1")
        client = DiscourseClient(place.changed(api_key=key, api_username="user1"), place.http)
        with pytest.raises(HostDenied):
            await client.read("member", "1")


class TestDescribe:
    async def test_a_global_key(self, place: Place) -> None:
        await place.running.control.act("user_field", name="What can you help with?")
        info = await place.client.describe()
        assert (info.title, info.version, info.locale) == ("Test forum", "2026.10.0-latest", "en")
        assert info.capabilities == frozenset(Capability) - OTHER_WAYS_IN
        assert (info.limits, info.profile_fields) == ((), {"1": "What can you help with?"})

    async def test_a_key_with_scopes(self, place: Place) -> None:
        key = await place.running.control.api_key(scopes=["users:list", "users:show", "topics:read", "topics:read_lists", "topics:write", "categories:list"])
        client = DiscourseClient(place.changed(api_key=key), place.http)
        info = await client.describe()
        assert info.limits
        assert not {Capability.DELIVERIES, Capability.GROUPS} & info.capabilities
        assert (await client.connect(PLAN)).remote == {"mode": "reduced"}
        assert place.forum.web_hooks == {}
        await people(place, 2)
        assert len([event for event in await found(client, Sweep.MEMBERS) if isinstance(event, MemberChanged) and event.suspended is False]) == 2
        sent = await client.send(DirectMessage(to=("user1",), title="Hello there", body=(Paragraph(("A few words for you.",)),)), key="k-1")
        assert sent.remote_id

    async def test_a_read_only_key(self, place: Place) -> None:
        key = await place.running.control.api_key(scopes=["global:read"])
        assert (await DiscourseClient(place.changed(api_key=key), place.http).connect(PLAN)).remote == {"mode": "reduced"}
        assert place.forum.web_hooks == {}

    async def test_what_is_wrong_is_told_apart(self, place: Place) -> None:
        await people(place, 1)
        keys = {"wrong": ("key_refused", "system"), await place.running.control.api_key(username="user1"): ("not_admin", "user1")}
        for key, (reason, username) in keys.items():
            with pytest.raises(HostDenied) as raised:
                await DiscourseClient(place.changed(api_key=key, api_username=username), place.http).describe()
            assert raised.value.reason == reason

    async def test_another_site(self, place: Place) -> None:
        await place.running.control.faults({"kind": "html", "status": 200, "path": "basic-info", "times": -1})
        with pytest.raises(HostBroken) as raised:
            await place.client.describe()
        assert raised.value.reason == "other_kind"


class TestConnect:
    async def test_deliveries_come_and_say_what_happened(self, place: Place) -> None:
        await people(place, 2)
        act = place.running.control.act
        await act("create_category", name="Team", slug="team", access="staff")
        connected = await place.client.connect(PLAN)
        assert connected.remote["mode"] == "full"
        await act("ask", by="user1", title="A question about beans", text=f"{WORDS} one")
        await act("ask", by="system", title="A question for the team", text=f"{WORDS} of the team", category="team")
        await act("message", by="user1", to=["user2"], title="A private word", text=f"{WORDS} in private")
        await act("like", by="user2", post_id=1)
        await act("update_profile", username="user2", bio_raw="Beans")
        await place.running.control.flush()
        heard = [event for stored in place.forum.hook_events.values() for event in self.heard(place, stored)]
        kinds = {type(event).__name__ for event in heard}
        assert {"HookPinged", "TopicChanged", "PostChanged", "PostLiked", "MemberChanged"} <= kinds
        assert [event.text for event in heard if isinstance(event, PostChanged)] == [f"{WORDS} one"]

    def heard(self, place: Place, stored: WebHookEvent) -> Sequence[Event]:
        delivery = webhooks.recorded(stored.headers, stored.payload.encode())
        webhooks.verify(delivery, place.installation)
        admitted = webhooks.admit(delivery)
        received = datetime.now(UTC)
        return () if admitted is None else webhooks.to_events(admitted, received_at=received, base_url=place.installation.base_url)

    async def test_every_delivery_of_a_busy_forum_is_understood(self, place: Place) -> None:
        await act_everything(place)
        await place.running.control.flush()
        assert len(place.forum.hook_events) > 40
        for stored in place.forum.hook_events.values():
            delivery = webhooks.recorded(stored.headers, stored.payload.encode())
            webhooks.verify(Delivery(method="POST", rest="", headers=delivery.headers, body=delivery.body), place.installation)
            admitted = webhooks.admit(delivery)
            kept = b"" if admitted is None else admitted.body
            assert b"@example.org" not in kept
            assert b"nobody else reads" not in kept

    async def test_twice_is_once(self, place: Place) -> None:
        await place.client.connect(PLAN)
        second = await place.client.connect(PLAN)
        assert sorted(map(str, place.forum.web_hooks)) == sorted(value for name, value in second.remote.items() if name.startswith("hook_"))
        await place.client.disconnect(second.remote)
        await place.client.disconnect(second.remote)
        assert place.forum.web_hooks == {}

    @pytest.mark.parametrize("path", ["^/admin/api/web_hooks.json$", "/ping", "^/categories"])
    async def test_whatever_fails_nothing_is_left(self, place: Place, path: str) -> None:
        method = "GET" if "categories" in path else "POST"
        for kind in ("html", "reset", "garbage-json", "status", "truncate"):
            await place.running.control.faults({"kind": kind, "path": path, "method": method, "times": 1})
            with pytest.raises(HostError):
                await place.client.connect(PLAN)
            assert place.forum.web_hooks == {}, kind

    @pytest.mark.parametrize("lost", [1, 2])
    async def test_a_hook_whose_answer_got_lost_is_taken_back(self, place: Place, lost: int) -> None:
        place.http.lose_changes = lost
        with pytest.raises(HostError):
            await place.client.connect(PLAN)
        assert place.forum.web_hooks == {}


async def act_everything(place: Place) -> None:
    """Everything that makes a webhook, with an unfiltered hook that brings all of it, the private included."""
    hook = {"payload_url": place.installation.hook_url, "secret": HOOK_SECRET, "wildcard_web_hook": True, "content_type": 2, "active": True}
    headers = {"Api-Key": place.installation.api_key, "Api-Username": "system"}
    await place.http.client.post(f"{place.installation.base_url}/admin/api/web_hooks.json", json={"web_hook": hook}, headers=headers)
    await community(place)
    act = place.running.control.act
    await act("edit", post_id=2, text=f"{WORDS} edited")
    await act("like", by="user6", post_id=2)
    await act("accept", post_id=2)
    await act("unaccept", post_id=2)
    await act("delete", post_id=2)
    await act("recover", post_id=2)
    await act("retitle", topic_id=1, title="Another title for this", tags=["beans", "peas"])
    await act("set_status", topic_id=1, status="closed")
    await act("delete_topic", topic_id=1)
    await act("recover_topic", topic_id=1)
    await act("trust_level", username="user5", level=3)
    await act("leave_group", username="user5", group="owls")
    await act("update_group", group="owls", full_name="Owls of the night")
    await act("destroy_group", group="empty")
    await act("unsuspend", username="user2")
    grant = await act("grant_badge", username="user5", badge_id=101)
    await act("revoke_badge", grant_id=grant["id"])
    await act("unstage", username="visitor")
    await act("log_in", username="user6")
    await act("log_out", username="user6")
    await act("destroy", username="user7")


BODY = (Paragraph(("A message of some length for ", Words("@user2 [event start=x]"), ".")),)


class TestSending:
    @pytest.mark.parametrize("lost", [False, True])
    @pytest.mark.parametrize(
        ("message", "count"),
        [
            (DirectMessage(to=("user1", "user2"), title="Hello from us", body=BODY), lambda place: sum(topic.private for topic in place.forum.topics.values())),
            (
                TopicMessage(space_id="1", title="A circle about beans begins", body=BODY),
                lambda place: sum(not topic.private for topic in place.forum.topics.values()) - 1,
            ),
            (
                EditTopic(topic_id="1", title="Another title of the same topic", body=BODY),
                lambda place: sum(topic.title == "Another title of the same topic" for topic in place.forum.topics.values()),
            ),
            (Reply(topic_id="1", body=BODY), lambda place: len(place.forum.posts_of(1)) - 1),
            (
                CreateGroup(slug="circle-1", title="First circle", member_usernames=("user1",), owner_usernames=("user2",)),
                lambda place: sum(not group.automatic for group in place.forum.groups.values()) - 1,
            ),
            (AddToGroup(group_id="41", usernames=("user1", "user2")), lambda place: len(place.forum.group_members[41]) - 1),
            (RemoveFromGroup(group_id="41", usernames=("user1", "user3")), lambda place: 1 if not {1, 3} & set(place.forum.group_members[41]) else 0),
            (GrantBadge(username="user1", badge_name="Mentor of the month"), lambda place: len(place.forum.grants)),
        ],
        ids=lambda value: type(value).__name__,
    )
    async def test_what_is_sent_twice_is_there_once(self, place: Place, message: HostMessage, count: Callable[[Place], int], *, lost: bool) -> None:
        await people(place, 3)
        act = place.running.control.act
        await act("ask", by="user1", title="A question about beans", text=f"{WORDS} one")
        await act("create_group", name="owls", members=["user3"] if isinstance(message, RemoveFromGroup) else ["user1"])
        client = place.client
        assert await client.find_sent(message, key="k-1") is None
        if lost:
            place.http.lose_changes = 1
            with pytest.raises(HostError):
                await client.send(message, key="k-1")
        first = await client.send(message, key="k-1")
        assert await client.send(message, key="k-1") == first
        again = await client.find_sent(message, key="k-1")
        assert again is not None
        assert again.remote_id == first.remote_id
        assert count(place) == 1

    async def test_words_of_members_take_no_effect(self, place: Place) -> None:
        await people(place, 2)
        await place.client.send(DirectMessage(to=("user1",), title="Hello from us", body=BODY), key="k-1")
        (topic,) = [topic for topic in place.forum.topics.values() if topic.private]
        post = place.forum.posts_of(topic.id)[0]
        assert "@user2" not in post.raw
        assert "[event" not in post.raw
        assert 'class="mention"' not in post.cooked

    async def test_a_meeting_is_in_the_calendar(self, place: Place) -> None:
        await people(place, 1)
        start = datetime(2027, 3, 1, 17, tzinfo=UTC)
        entry = CalendarEntry(name="Mentor hour", start=start, end=start + timedelta(hours=1), timezone="Europe/Lisbon", url="https://meet.example/x")
        await place.client.send(TopicMessage(space_id="1", title="Our next mentor hour", body=(entry,)), key="k-1")
        headers = {"Api-Key": place.installation.api_key, "Api-Username": "system"}
        answer = await place.http.client.get(f"{place.installation.base_url}/discourse-post-event/events.json", headers=headers)
        (event,) = answer.json()["events"]
        assert event["name"] == "Mentor hour"

    @pytest.mark.parametrize(
        "message",
        [
            DirectMessage(to=("nobody_here",), title="Hello from us", body=BODY),
            TopicMessage(space_id="99", title="A circle about beans begins", body=BODY),
            AddToGroup(group_id="41", usernames=("nobody_here",)),
            DirectMessage(to=tuple(f"user{number}" for number in range(40)), title="Hello from us", body=BODY),
        ],
    )
    async def test_what_the_forum_refuses_is_told(self, place: Place, message: HostMessage) -> None:
        await place.running.control.act("create_group", name="owls")
        with pytest.raises(HostInvalid) as raised:
            await place.client.send(message, key="k-1")
        assert raised.value.details

    async def test_a_badge_that_is_held_is_read(self, place: Place) -> None:
        await people(place, 1)
        sent = await place.client.send(GrantBadge(username="user1", badge_name="Mentor"), key="k-1")
        (badge,) = await place.client.read("badges", "1")
        assert isinstance(badge, BadgeGranted)
        assert (badge.grant_id, badge.name) == (sent.remote_id, "Mentor")


class TestLimits:
    async def test_the_forum_asks_to_wait(self, place: Place) -> None:
        await place.running.control.settings(admin_api_per_minute=2)
        await place.client.pull(Sweep.SPACES, None)
        with pytest.raises(HostBusy) as raised:
            await place.client.pull(Sweep.SPACES, None)
        assert raised.value.retry_after is not None
        assert 0 < raised.value.retry_after <= 60

    @pytest.mark.parametrize("retry_after", [7, "date:30"])
    async def test_a_proxy_asks_to_wait(self, place: Place, retry_after: int | str) -> None:
        await place.running.control.faults({"kind": "status", "status": 429, "retry_after": retry_after, "times": -1})
        with pytest.raises(HostBusy) as raised:
            await place.client.pull(Sweep.SPACES, None)
        assert raised.value.retry_after is not None
        least, most = (7, 7) if retry_after == 7 else (28, 31)
        assert least <= raised.value.retry_after <= most

    async def test_a_read_only_forum(self, place: Place) -> None:
        await people(place, 1)
        await place.running.control.settings(read_only=True)
        with pytest.raises(HostBusy) as raised:
            await place.client.send(DirectMessage(to=("user1",), title="Hello from us", body=BODY), key="k-1")
        assert raised.value.reason == "read_only"


def cookies(session: Mapping[str, object]) -> dict[str, str]:
    """What the browser of a member who is signed in sends."""
    found = session["cookie"]
    assert isinstance(found, dict)
    return {str(name): str(value) for name, value in found.items()}


class TestSignIn:
    async def answer(self, place: Place, cookies: dict[str, str], *, silent: bool) -> dict[str, str]:
        start = auth.sign_in_start(place.installation, nonce="n-1", return_url=CALLBACK, silent=silent)
        async with httpx2.AsyncClient(cookies=cookies, trust_env=False) as browser:
            gone = await browser.get(start.url)
        assert gone.status_code == 302
        return dict(parse_qsl(urlsplit(gone.headers["location"]).query))

    @pytest.mark.parametrize("silent", [False, True])
    async def test_a_member_signs_in(self, place: Place, *, silent: bool) -> None:
        await people(place, 1)
        session = await place.running.control.act("log_in", username="user1")
        answer = await self.answer(place, cookies(session), silent=silent)
        assert auth.peek_nonce(answer) == "n-1"
        identity = auth.sign_in_finish(place.installation, answer)
        assert (identity.host_user_id, identity.username, identity.name, identity.nonce) == ("1", "user1", "User 1", "n-1")

    async def test_a_page_of_the_forum_asks_for_its_member(self, place: Place) -> None:
        await people(place, 1)
        session = await place.running.control.act("log_in", username="user1")
        start = auth.sign_in_start(place.installation, nonce="n-1", return_url=CALLBACK, silent=True)
        async with httpx2.AsyncClient(cookies=cookies(session), trust_env=False) as page:
            found = await page.get(
                f"{place.installation.base_url}/session/sso_provider", params=dict(start.parameters), headers={"X-Requested-With": "XMLHttpRequest"}
            )
        answer = dict(parse_qsl(urlsplit(found.json()["redirect_url"]).query))
        assert auth.sign_in_finish(place.installation, answer).username == "user1"

    async def test_nobody_is_signed_in(self, place: Place) -> None:
        answer = await self.answer(place, {}, silent=True)
        with pytest.raises(SignInRefused) as refused:
            auth.sign_in_finish(place.installation, answer)
        assert refused.value.reason == "not_signed_in"
