from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.discourse import sweeps_people
from integrations.discourse.sweeps_content import next_window
from mentorgraph.events import (
    Access,
    GroupChanged,
    LikesRead,
    MemberChanged,
    PostChanged,
    PostDeleted,
    SolutionAccepted,
    Source,
    SpaceChanged,
    TopicChanged,
    TopicDeleted,
    TopicRead,
)
from mentorgraph.host import HostBroken, HostBusy, HostError, HostInvalid, HostUnreachable, Response, Sweep
from tests.integrations.discourse.fake import ABSENT, FORBIDDEN, LOST, Call, FakeHttp, answer, client, events, sweep, with_spaces
from tests.integrations.discourse.support import BASE_URL, NOW


def when(minutes: float) -> str:
    """A time before now, as the forum writes it."""
    return (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def user(number: int, **more: object) -> dict[str, object]:
    return {
        "id": number,
        "username": f"user{number}",
        "name": f"User {number}",
        "active": True,
        "trust_level": 1,
        "staged": False,
        "last_seen_at": when(number),
    } | more


def pages(items: Sequence[object], size: int, first: int = 1) -> dict[int, list[object]]:
    return {first + index: list(items[start : start + size]) for index, start in enumerate(range(0, len(items), size))}


def _last_seen(item: object) -> str:
    return str(item["last_seen_at"]) if isinstance(item, dict) else ""


class Users:
    """The admins' lists."""

    def __init__(self, active: Sequence[object], suspended: Sequence[object] = (), silenced: Sequence[object] = (), size: int = 3) -> None:
        self.lists = {"active": list(active), "suspended": list(suspended), "silenced": list(silenced)}
        self.lists["all"] = self.lists["active"]
        self.size = size

    def routes(self) -> dict[str, object]:
        found: dict[str, object] = {f"GET /admin/users/list/{flag}.json": self.page for flag in self.lists}
        found["GET /admin/users.json"] = self.page
        profiles = {
            f"GET /u/{item['username']}.json": {"user": {**item, "bio_raw": f"bio of {item['id']}"}}
            for item in self.lists["active"]
            if isinstance(item, dict) and "username" in item
        }
        return found | profiles | {"GET /about.json": {"about": {"stats": {"users_count": 9, "topics_count": 5, "posts_count": 70}}}}

    def page(self, call: Call) -> Response:
        items = self.lists["all" if call.path == "/admin/users.json" else call.path.split("/")[-1].removesuffix(".json")]
        if call.param("order") == "seen":
            items = sorted(items, key=_last_seen, reverse=True)
        return answer(pages(items, self.size).get(int(call.param("page")), []))


class TestMembers:
    async def test_every_active_member_is_named_with_what_they_may_do(self) -> None:
        lists = Users([user(number) for number in range(1, 8)], suspended=[user(2), user(5)], silenced=[user(3)])
        batches = await sweep(client(FakeHttp(lists.routes()), profile_reads="0"), Sweep.MEMBERS)
        found = {event.host_user_id: event for event in events(batches) if isinstance(event, MemberChanged)}
        assert sorted(found) == [str(number) for number in range(1, 8)]
        assert {number for number, event in found.items() if event.suspended} == {"2", "5"}
        assert {number for number, event in found.items() if event.silenced} == {"3"}
        assert found["1"].suspended is False
        assert all(event.source is Source.HOST and event.seen_at == NOW and event.active for event in found.values())
        assert batches[-1].total == 9

    @pytest.mark.parametrize(("silenced", "blocked"), [(None, [user(2), user(3)]), ([user(1, admin=True), user(2), user(3), user(4)], [user(2), user(3)])])
    async def test_a_list_that_the_forum_does_not_know_under_this_name(self, silenced: list[object] | None, blocked: list[object]) -> None:
        lists = Users([user(1, admin=True), *(user(number) for number in range(2, 5))])
        lists.lists |= {"silenced": silenced or [], "blocked": blocked}
        routes = lists.routes()
        if silenced is None:
            del routes["GET /admin/users/list/silenced.json"]
        found = [event for event in events(await sweep(client(FakeHttp(routes), profile_reads="0"), Sweep.MEMBERS)) if isinstance(event, MemberChanged)]
        assert [event.silenced for event in found] == [False, True, True, False]

    async def test_without_a_list_to_be_trusted_nobody_is_said_to_be_free_of_a_ban(self) -> None:
        everybody = [user(1, moderator=True), user(2, silenced_till=when(-60)), user(3)]
        lists = Users(everybody, suspended=everybody, silenced=everybody)
        found = [event for event in events(await sweep(client(FakeHttp(lists.routes()), profile_reads="0"), Sweep.MEMBERS)) if isinstance(event, MemberChanged)]
        assert [(event.suspended, event.silenced) for event in found] == [(None, None), (None, True), (None, None)]

    async def test_a_ban_in_the_list_itself_counts_while_it_holds(self) -> None:
        lists = Users([user(1, suspended_till=when(-60)), user(2, suspended_till=when(60)), user(3, silenced_at=when(60))])
        found = [event for event in events(await sweep(client(FakeHttp(lists.routes()), profile_reads="0"), Sweep.MEMBERS)) if isinstance(event, MemberChanged)]
        assert [(event.suspended, event.silenced) for event in found] == [(True, False), (False, False), (False, True)]

    async def test_the_forums_own_users_staged_ones_and_nonsense_are_left_out(self) -> None:
        lists = Users([user(-1), user(0), user(4, staged=True), {"id": "x"}, {"id": 5}, "text", user(6)])
        batches = await sweep(client(FakeHttp(lists.routes()), profile_reads="0"), Sweep.MEMBERS)
        assert [event.host_user_id for event in events(batches) if isinstance(event, MemberChanged)] == ["6"]
        assert sum(batch.dropped for batch in batches) == 2

    async def test_who_looks_anonymised_is_left_out_unless_they_were_found_to_be_a_person(self) -> None:
        lists = Users([user(1, username="anon48213", name=None), user(2, username="anon555", name="Ann On"), user(3, username="anon777", name="")])
        routes = lists.routes() | {"GET /admin/users/3.json": user(3, username="anon777", name="")}
        found = client(FakeHttp(routes), profile_reads="0")
        assert [event.host_user_id for event in events(await sweep(found, Sweep.MEMBERS)) if isinstance(event, MemberChanged)] == ["2"]
        assert [type(event) for event in await found.read("member", "3")] == [MemberChanged], "has a biography"
        assert [event.host_user_id for event in events(await sweep(found, Sweep.MEMBERS)) if isinstance(event, MemberChanged)] == ["2", "3"]

    async def test_who_is_not_active_is_named_as_such(self) -> None:
        lists = Users([user(1)])
        lists.lists["all"] = [user(1), user(2, active=False)]
        found = events(await sweep(client(FakeHttp(lists.routes()), profile_reads="0"), Sweep.MEMBERS))
        assert [(event.host_user_id, event.active) for event in found if isinstance(event, MemberChanged)] == [("1", True), ("2", False)]

    async def test_later_sweeps_read_fewer_profiles(self) -> None:
        http = FakeHttp(Users([user(number) for number in range(1, 151)], size=100).routes())
        found = client(http)
        for reads in (150, 100, 100):
            http.calls.clear()
            await sweep(found, Sweep.MEMBERS)
            assert sum(line.startswith("GET /u/") for line in http.lines()) == reads

    @pytest.mark.parametrize(("reads", "known"), [("0", 0), ("2", 2), ("4", 4), ("50", 7)])
    async def test_profiles_are_read_of_those_who_were_around_last(self, reads: str, known: int) -> None:
        http = FakeHttp(Users([user(number) for number in range(1, 8)]).routes())
        batches = await sweep(client(http, profile_reads=reads), Sweep.MEMBERS)
        told = [event.host_user_id for event in events(batches) if isinstance(event, MemberChanged) and event.bio is not None]
        assert told == [str(number) for number in range(1, known + 1)]
        assert sum(line.startswith("GET /u/") for line in http.lines()) == known

    async def test_a_profile_that_is_gone_meanwhile_is_passed_over(self) -> None:
        routes = Users([user(1), user(2), user(3)]).routes() | {"GET /u/user1.json": answer(ABSENT, 404), "GET /u/user2.json": answer(FORBIDDEN, 403)}
        told = [event for event in events(await sweep(client(FakeHttp(routes)), Sweep.MEMBERS)) if isinstance(event, MemberChanged) and event.bio]
        assert [event.host_user_id for event in told] == ["3"]

    async def test_a_forum_that_ignores_pages_does_not_keep_us(self) -> None:
        same = answer([user(1), user(2)])
        routes = {f"GET /admin/users/list/{flag}.json": same for flag in ("active", "suspended", "silenced")} | {"GET /admin/users.json": same}
        batches = await sweep(client(FakeHttp(dict(routes)), profile_reads="0"), Sweep.MEMBERS, most=20)
        assert len(events(batches)) == 2

    @pytest.mark.parametrize("failure", [LOST, answer("<html></html>"), answer("", 500), answer({"a": 1}), answer("", 429), answer("[{")], ids=range(6))
    async def test_a_page_that_fails_is_never_an_empty_one(self, failure: object) -> None:
        http = FakeHttp(Users([user(number) for number in range(1, 8)]).routes())
        found = client(http, profile_reads="0")
        batches = [await found.pull(Sweep.MEMBERS, None)]
        while not batches[-1].events:
            batches.append(await found.pull(Sweep.MEMBERS, batches[-1].cursor))
        http.routes["GET /admin/users.json"] = failure
        with pytest.raises(HostError):
            await found.pull(Sweep.MEMBERS, batches[-1].cursor)

    @pytest.mark.parametrize("cursor", ["", "x", "[]", "5", "{}", "null"])
    async def test_a_place_that_is_none_is_refused(self, cursor: str) -> None:
        for which in set(Sweep) - {Sweep.SPACES}:
            with pytest.raises(HostInvalid) as raised:
                await client(FakeHttp(with_spaces())).pull(which, cursor)
            assert raised.value.reason == "cursor"


class TestGroups:
    def routes(self, total: int = 5, size: int = 2) -> dict[str, object]:
        members = [{"id": number, "username": f"user{number}"} for number in (9, 3, 5, -1, 7)]

        def listed(call: Call) -> Response:
            start = int(call.param("offset"))
            return answer({"members": members[start : start + size], "owners": members[:1], "meta": {"total": total, "limit": size, "offset": start}})

        groups = [
            {"id": 11, "name": "trust_level_1", "automatic": True},
            {"id": 41, "name": "owls", "full_name": "Night owls", "automatic": False},
            {"id": 42, "name": "secret"},
        ]
        return {
            "GET /groups.json": lambda call: answer({"groups": pages(groups, 2, 0).get(int(call.param("page")), [])}),
            "GET /groups/owls/members.json": listed,
            "GET /groups/secret/members.json": answer(FORBIDDEN, 403),
        }

    async def test_groups_that_people_made_with_all_their_members(self) -> None:
        owls, secret = events(await sweep(client(FakeHttp(self.routes())), Sweep.GROUPS))
        assert owls == GroupChanged(seen_at=NOW, source=Source.HOST, group_id="41", name="owls", title="Night owls", member_ids=("3", "5", "7", "9"))
        assert isinstance(secret, GroupChanged)
        assert secret.member_ids is None

    async def test_members_that_did_not_come_whole_are_not_all_members(self) -> None:
        owls, _secret = events(await sweep(client(FakeHttp(self.routes(total=6))), Sweep.GROUPS))
        assert isinstance(owls, GroupChanged)
        assert owls.member_ids is None


class TestSpaces:
    async def test_who_may_read_what(self) -> None:
        found = {event.space_id: event for event in events(await sweep(client(FakeHttp(with_spaces())), Sweep.SPACES)) if isinstance(event, SpaceChanged)}
        assert {number: (event.access, event.group_ids, event.parent_id) for number, event in found.items()} == {
            "6": (Access.MEMBERS, (), None),
            "7": (Access.GROUPS, ("41",), None),
            "8": (Access.NOBODY, (), "7"),
        }
        assert found["6"].url == f"{BASE_URL}/c/help/6"
        assert found["6"].description == "Ask here"

    async def test_only_restricted_ones_cost_a_call(self) -> None:
        http = FakeHttp(with_spaces())
        await sweep(client(http), Sweep.SPACES)
        assert http.lines() == ["GET /categories.json", "GET /c/7/show.json", "GET /c/8/show.json", "GET /categories.json"]

    async def test_a_forum_that_pages_its_categories_is_read_whole(self) -> None:
        listed = pages([{"id": number, "name": f"c{number}", "slug": "", "read_restricted": False} for number in range(1, 8)], 3)
        routes: dict[str, object] = {"GET /categories.json": lambda call: answer({"category_list": {"categories": listed.get(int(call.param("page")), [])}})}
        assert len(events(await sweep(client(FakeHttp(routes)), Sweep.SPACES))) == 7

    @pytest.mark.parametrize("group_id", [0, 10])
    async def test_a_category_of_every_signed_in_member_is_open(self, group_id: int) -> None:
        shown = {"category": {"id": 7, "read_restricted": True, "group_permissions": [{"group_id": group_id}]}}
        found = events(await sweep(client(FakeHttp(with_spaces({"GET /c/7/show.json": shown}))), Sweep.SPACES))
        assert [event.access for event in found if isinstance(event, SpaceChanged) and event.space_id == "7"] == [Access.MEMBERS]


def topic(number: int, minutes: float = 5, category: object = 6, **more: object) -> dict[str, object]:
    found = {"id": number, "title": f"Topic {number}", "slug": f"topic-{number}", "category_id": category, "archetype": "regular", "posts_count": 1, "tags": []}
    return (
        found
        | {"created_at": when(minutes + 100), "bumped_at": when(minutes), "visible": True, "closed": False, "posters": [{"user_id": 9}, {"user_id": 8}]}
        | more
    )


def listed(topics: Sequence[object], size: int = 3) -> object:
    by_page = pages(topics, size, 0)
    return lambda call: answer({"topic_list": {"topics": by_page.get(int(call.param("page")), [])}})


class TestTopics:
    async def test_all_topics_of_categories_that_count(self) -> None:
        topics = [
            *(topic(number) for number in range(1, 6)),
            topic(6, category=7),
            topic(7, category=None),
            topic(8, archetype="private_message"),
            {"id": None},
        ]
        http = FakeHttp(with_spaces({"GET /latest.json": listed(topics)}))
        batches = await sweep(client(http), Sweep.TOPICS)
        found = [event for event in events(batches) if isinstance(event, TopicChanged)]
        assert [event.topic_id for event in found] == ["1", "2", "3", "4", "5"]
        assert (found[0].author_id, found[0].tags, found[0].url) == ("9", (), f"{BASE_URL}/t/topic-1/1")
        assert sum(batch.dropped for batch in batches) == 1
        first = next(call for call in http.calls if call.path == "/latest.json")
        assert (first.param("order"), first.param("ascending")) == ("created", "true")

    async def test_the_admin_may_name_other_categories(self) -> None:
        http = FakeHttp(with_spaces({"GET /latest.json": listed([topic(1), topic(2, category=7)])}))
        found = events(await sweep(client(http, spaces="staff"), Sweep.TOPICS))
        assert [event.topic_id for event in found if isinstance(event, TopicChanged)] == ["2"]

    async def test_a_forum_that_ignores_pages_does_not_keep_us(self) -> None:
        routes = with_spaces({"GET /latest.json": {"topic_list": {"topics": [topic(1), topic(2)]}}})
        assert len(events(await sweep(client(FakeHttp(routes)), Sweep.TOPICS, most=5))) == 2

    @pytest.mark.parametrize("odd", [{}, {"topic_list": {}}, {"topic_list": {"topics": None}}, {"topic_list": []}])
    async def test_a_list_of_another_shape_is_no_empty_list(self, odd: object) -> None:
        with pytest.raises(HostBroken):
            await client(FakeHttp(with_spaces({"GET /latest.json": odd}))).pull(Sweep.TOPICS, None)


def post(number: int, **more: object) -> dict[str, object]:
    found = {
        "id": number,
        "topic_id": 1,
        "user_id": 9,
        "username": "user9",
        "post_number": number,
        "post_type": 1,
        "created_at": when(number),
        "updated_at": when(number),
        "category_id": 6,
    }
    return (
        found
        | {
            "raw": f"word{number}",
            "cooked": f"<p>word{number}</p>",
            "version": 1,
            "actions_summary": [{"id": 2, "count": 3}],
            "topic_slug": "topic-1",
            "topic_title": "Topic 1",
        }
        | more
    )


class Posts:
    """``/posts.json`` in the ways that versions of the forum have had."""

    def __init__(self, ids: Iterable[int], *, window: bool, inclusive: bool, size: int = 50) -> None:
        self.ids, self.window, self.inclusive, self.size = sorted(ids, reverse=True), window, inclusive, size
        self.top = max([*self.ids, 0]) + 17
        """Newer posts are private."""

    def page(self, call: Call) -> Response:
        before = int(call.param("before", "0"))
        last = before if before > 0 else self.top
        found = [number for number in self.ids if number <= last] if self.inclusive or before <= 0 else [number for number in self.ids if number < last]
        found = [number for number in found if number > last - 50] if self.window else found[: self.size]
        return answer({"latest_posts": [post(number) for number in found]})

    def routes(self) -> dict[str, object]:
        top = {"id": 1, "title": "Topic 1", "category_id": 6, "archetype": "regular", "post_stream": {"posts": [], "stream": self.ids[::-1]}}
        return with_spaces({"GET /posts.json": self.page, "GET /latest.json": listed([topic(1)] if self.ids else []), "GET /t/1.json": top})


WAYS = [
    (True, True, 50),
    (True, False, 50),
    (False, True, 50),
    (False, False, 50),
    (False, True, 20),
    (False, False, 20),
    (False, True, 1 + 1),
    (False, False, 1),
]


class TestPosts:
    @pytest.mark.parametrize(("window", "inclusive", "size"), WAYS)
    @pytest.mark.parametrize("ids", [[], [1], [49, 50, 51], range(1, 130), range(1, 900, 7), [1, 2, 700], [3, 333], [60]], ids=range(8))
    async def test_every_post_is_read_however_the_forum_counts(self, ids: Iterable[int], window: bool, inclusive: bool, size: int) -> None:
        http = FakeHttp(Posts(ids, window=window, inclusive=inclusive, size=size).routes())
        found = {event.post_id for event in events(await sweep(client(http), Sweep.POSTS)) if isinstance(event, PostChanged)}
        assert found == {str(number) for number in ids}

    @given(st.sets(st.integers(1, 400), max_size=60), st.sampled_from(WAYS))
    def test_no_post_is_skipped_and_the_way_down_ends(self, ids: set[int], way: tuple[bool, bool, int]) -> None:
        window, inclusive, size = way
        host = Posts(ids, window=window, inclusive=inclusive, size=size)
        before, read = max([*ids, 1]) + 50, set[int]()
        for _page in range(1_000):
            found = [number for number in host.ids if (number <= before if inclusive else number < before)]
            found = [number for number in found if number > before - 50] if window else found[:size]
            read |= set(found)
            following = next_window(before, found)
            if following is None:
                break
            assert following < before
            before = following
        assert read == ids

    async def test_a_post_has_its_words_likes_and_place(self) -> None:
        (found,) = events(await sweep(client(FakeHttp(Posts([7], window=True, inclusive=True).routes())), Sweep.POSTS))
        assert isinstance(found, PostChanged)
        assert (found.text, found.like_count, found.space_id, found.topic_title, found.source) == ("word7", 3, "6", "Topic 1", Source.HOST)

    async def test_closed_categories_private_whispered_and_system_posts_stay_outside(self) -> None:
        odd = [
            post(30, category_id=7),
            post(29, category_id=None),
            post(28, topic_archetype="private_message"),
            post(27, post_type=4),
            post(26, post_type=3),
            post(25, post_type=2),
            post(25, user_id=-1),
            post(24, created_at="?"),
            post(23, user_deleted=True),
            post(22, hidden=True),
            "text",
        ]
        routes = with_spaces({"GET /posts.json": lambda call: answer({"latest_posts": odd if not call.param("before") else []})})
        batches = await sweep(client(FakeHttp(routes)), Sweep.POSTS)
        deleted, hidden = events(batches)
        assert deleted == PostDeleted(seen_at=NOW, source=Source.HOST, post_id="23", topic_id="1")
        assert isinstance(hidden, PostChanged)
        assert (hidden.hidden, hidden.text) == (True, None)
        assert sum(batch.dropped for batch in batches) == 1

    @pytest.mark.parametrize("odd", [{}, {"latest_posts": None}, {"latest_posts": {}}])
    async def test_a_list_of_another_shape_is_no_empty_list(self, odd: object) -> None:
        with pytest.raises(HostBroken):
            await client(FakeHttp(with_spaces({"GET /posts.json": odd}))).pull(Sweep.POSTS, None)


class Topics:
    """Topics with their posts; a page of a topic has the first 20 and the ids of all."""

    def __init__(self, topics: dict[int, list[dict[str, object]]], **more: object) -> None:
        self.topics, self.more = topics, more

    def routes(self, order: Sequence[object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for number, posts in self.topics.items():
            page = topic(number) | {"user_id": 9} | self.more
            found[f"GET /t/{number}.json"] = page | {"post_stream": {"posts": posts[:20], "stream": [item["id"] for item in posts]}}
            found[f"GET /t/{number}/posts.json"] = lambda call, posts=posts: answer(
                {"post_stream": {"posts": [item for item in posts if ("post_ids[]", str(item["id"])) in call.params]}}
            )
        return with_spaces(found | {"GET /latest.json": listed(order)})


def posts_of(number: int, ages: Sequence[float]) -> list[dict[str, object]]:
    made = [post(number * 100 + index, topic_id=number, post_number=index, created_at=when(age), updated_at=when(age)) for index, age in enumerate(ages, 1)]
    for item in made:
        del item["raw"], item["category_id"], item["topic_title"]
    return made


class TestRecent:
    async def test_topics_with_news_bring_their_new_posts_and_the_list_of_all(self) -> None:
        host = Topics({1: posts_of(1, range(60, 0, -1)), 2: posts_of(2, [5]), 3: posts_of(3, [900])})
        order = [topic(3, 900, pinned=True), topic(1, 1), topic(2, 5), topic(3, 900), topic(4, 901)]
        http = FakeHttp(host.routes(order))
        found = events(await sweep(client(http), Sweep.RECENT, since=NOW - timedelta(minutes=10)))
        read = {event.topic_id: event.post_ids for event in found if isinstance(event, TopicRead)}
        assert read == {"1": tuple(str(number) for number in range(101, 161)), "2": ("201",)}
        new = [event for event in found if isinstance(event, PostChanged)]
        assert {event.post_id for event in new} >= {"201", *(str(number) for number in range(141, 161))}
        assert "101" not in {event.post_id for event in new}
        assert {event.space_id for event in new} == {"6"}
        assert next(event for event in new if event.post_id == "201").text == "word201"
        assert {event.topic_id for event in found if isinstance(event, TopicChanged)} == {"1", "2"}

    async def test_without_a_moment_everything_is_read(self) -> None:
        host = Topics({1: posts_of(1, range(60, 0, -1)), 2: posts_of(2, [5])})
        found = events(await sweep(client(FakeHttp(host.routes([topic(1), topic(2)]))), Sweep.RECENT))
        assert len([event for event in found if isinstance(event, PostChanged)]) == 61

    async def test_a_topic_that_went_away_meanwhile_is_deleted(self) -> None:
        found = events(await sweep(client(FakeHttp(Topics({}).routes([topic(1)]))), Sweep.RECENT, since=NOW - timedelta(hours=1)))
        assert TopicDeleted(seen_at=NOW, source=Source.HOST, topic_id="1") in found

    async def test_nothing_new_costs_one_page(self) -> None:
        http = FakeHttp(Topics({}).routes([topic(1, 900), topic(2, 901)]))
        assert await sweep(client(http), Sweep.RECENT, since=NOW - timedelta(hours=1)) != []
        assert http.lines().count("GET /latest.json") == 1

    async def test_topics_of_closed_categories_are_not_opened(self) -> None:
        http = FakeHttp(Topics({1: posts_of(1, [1])}).routes([topic(1, 1, category=7)]))
        assert events(await sweep(client(http), Sweep.RECENT)) == []
        assert "GET /t/1.json" not in http.lines()

    async def test_a_failure_on_the_way_raises(self) -> None:
        routes = Topics({1: posts_of(1, [1])}).routes([topic(1, 1)]) | {"GET /t/1.json": LOST}
        with pytest.raises(HostUnreachable):
            await sweep(client(FakeHttp(routes)), Sweep.RECENT)


class TestSolutions:
    @pytest.mark.parametrize("number", [1, 3, 25, 58])
    async def test_the_accepted_answer_is_found_by_its_number(self, number: int) -> None:
        posts = posts_of(1, range(60, 0, -1))
        del posts[1]
        host = Topics({1: posts}, accepted_answer={"post_number": number, "username": "user9"})
        http = FakeHttp(host.routes([topic(1, has_accepted_answer=True), topic(2, has_accepted_answer=False), topic(3)]))
        assert events(await sweep(client(http), Sweep.SOLUTIONS)) == [
            SolutionAccepted(seen_at=NOW, source=Source.HOST, topic_id="1", post_id=str(100 + number), author_id="9")
        ]
        assert "GET /t/2.json" not in http.lines()

    async def test_or_by_its_own_mark(self) -> None:
        posts = posts_of(1, range(60, 0, -1))
        posts[40]["accepted_answer"] = True
        http = FakeHttp(Topics({1: posts}).routes([topic(1, has_accepted_answer=True)]))
        (found,) = events(await sweep(client(http), Sweep.SOLUTIONS))
        assert isinstance(found, SolutionAccepted)
        assert found.post_id == "141"

    async def test_an_answer_that_is_gone_is_none(self) -> None:
        host = Topics({1: posts_of(1, [5, 4])}, accepted_answer={"post_number": 9})
        assert events(await sweep(client(FakeHttp(host.routes([topic(1, has_accepted_answer=True)]))), Sweep.SOLUTIONS)) == []

    async def test_old_ones_are_left_out_when_asked_for_news(self) -> None:
        http = FakeHttp(Topics({}).routes([topic(1, 900, has_accepted_answer=True)]))
        assert events(await sweep(client(http), Sweep.SOLUTIONS, since=NOW - timedelta(hours=1))) == []
        assert "GET /t/1.json" not in http.lines()


class TestLikes:
    def routes(self, liked: Mapping[str, Sequence[Mapping[str, object]]], size: int = 2) -> dict[str, object]:
        def actions(call: Call) -> Response:
            assert call.param("filter") == "1"
            if call.param("username") not in liked:
                return answer(ABSENT, 404)
            start = int(call.param("offset"))
            return answer({"user_actions": liked[call.param("username")][start : start + size]})

        return Users([user(number) for number in range(1, 6)]).routes() | {"GET /user_actions.json": actions}

    async def test_all_likes_that_each_member_gave(self) -> None:
        gave = {
            "user1": [{"action_type": 1, "post_id": number} for number in (5, 6, 7)],
            "user2": [],
            "user3": [{"action_type": 1, "post_id": 9}, {"action_type": 2, "post_id": 10}],
        }
        batches = await sweep(client(FakeHttp(self.routes(gave))), Sweep.LIKES)
        found = {event.member_id: event.post_ids for event in events(batches) if isinstance(event, LikesRead)}
        assert found == {"1": ("5", "6", "7"), "2": (), "3": ("9",)}
        assert sum(batch.dropped for batch in batches) == 2

    async def test_likes_that_do_not_name_their_post_are_not_all_likes(self) -> None:
        gave: dict[str, list[dict[str, object]]] = {
            "user1": [{"action_type": 1, "post_id": 5}, {"action_type": 1, "post_id": None}],
            "user2": [{"action_type": 1, "post_id": 5, "deleted": True}],
        }
        found = {
            event.member_id: event.post_ids for event in events(await sweep(client(FakeHttp(self.routes(gave))), Sweep.LIKES)) if isinstance(event, LikesRead)
        }
        assert found == {"2": ()}

    async def test_likes_that_do_not_end_are_not_all_likes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sweeps_people, "_MOST_PAGES_OF_LIKES", 3)
        many = {"user1": [{"action_type": 1, "post_id": number} for number in range(1, 8)], "user2": [{"action_type": 1, "post_id": 5}]}
        batches = await sweep(client(FakeHttp(self.routes(many))), Sweep.LIKES)
        assert [event.member_id for event in events(batches) if isinstance(event, LikesRead)] == ["2"]

    async def test_news_are_asked_of_those_who_were_around(self) -> None:
        http = FakeHttp(self.routes({f"user{number}": [] for number in range(1, 6)}))
        found = events(await sweep(client(http), Sweep.LIKES, since=NOW - timedelta(minutes=2, seconds=30)))
        assert [event.member_id for event in found if isinstance(event, LikesRead)] == ["1", "2"]


async def test_a_busy_forum_is_not_an_empty_one() -> None:
    busy = answer("slow down", 429, {"retry-after": "9"})
    for which in Sweep:
        http = FakeHttp(dict.fromkeys(("GET /categories.json", "GET /groups.json", "GET /latest.json", "GET /posts.json"), busy))
        http.routes |= {f"GET /admin/users/list/{flag}.json": busy for flag in ("active", "suspended", "silenced")} | {"GET /about.json": {}}
        with pytest.raises(HostBusy) as raised:
            await client(http).pull(which, None)
        assert raised.value.retry_after == 9.0


async def test_categories_are_not_read_again_for_every_page() -> None:
    http = FakeHttp(with_spaces({"GET /latest.json": listed([topic(number) for number in range(1, 10)])}))
    await sweep(client(http), Sweep.TOPICS)
    assert http.lines().count("GET /categories.json") == 2
