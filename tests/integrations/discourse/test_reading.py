from datetime import timedelta

import pytest

from mentorgraph.events import (
    Access,
    BadgeGranted,
    GroupChanged,
    GroupDeleted,
    Kind,
    MemberChanged,
    MemberLeft,
    PostChanged,
    PostDeleted,
    Source,
    SpaceChanged,
    SpaceDeleted,
    TopicChanged,
    TopicDeleted,
)
from mentorgraph.host import HostBroken, HostDenied, HostInvalid, HostUnreachable
from tests.integrations.discourse.fake import ABSENT, FORBIDDEN, LOST, FakeHttp, answer, client, with_spaces
from tests.integrations.discourse.support import NOW

ADMIN: dict[str, object] = {"GET /admin/users/list/staff.json": []}
GONE: dict[Kind, object] = {
    "member": MemberLeft(seen_at=NOW, source=Source.HOST, host_user_id="7"),
    "badges": MemberLeft(seen_at=NOW, source=Source.HOST, host_user_id="7"),
    "group": GroupDeleted(seen_at=NOW, source=Source.HOST, group_id="7"),
    "space": SpaceDeleted(seen_at=NOW, source=Source.HOST, space_id="7"),
    "topic": TopicDeleted(seen_at=NOW, source=Source.HOST, topic_id="7"),
    "post": PostDeleted(seen_at=NOW, source=Source.HOST, post_id="7"),
}
LATER, EARLIER = (NOW + timedelta(days=1)).isoformat(), (NOW - timedelta(days=1)).isoformat()
INES = {
    "id": 7,
    "username": "ines",
    "name": "Ines Falk",
    "active": True,
    "staged": False,
    "trust_level": 2,
    "groups": [{"id": 10, "automatic": True}, {"id": 41, "automatic": False}],
}
PROFILE = {
    "id": 7,
    "username": "ines",
    "name": "Ines Falk",
    "bio_raw": "Grows things",
    "location": "Porto",
    "user_fields": {"1": "Soil"},
    "staged": False,
    "email": "ines@mail.example",
}


@pytest.mark.parametrize("kind", sorted(GONE))
async def test_what_is_gone_comes_back_as_gone(kind: Kind) -> None:
    assert list(await client(FakeHttp(with_spaces({**ADMIN, "GET /c/7/show.json": answer(ABSENT, 404)}))).read(kind, "7")) == [GONE[kind]]


@pytest.mark.parametrize("kind", ["member", "badges", "group", "space"])
async def test_a_key_that_lost_its_rights_makes_nobody_disappear(kind: Kind) -> None:
    with pytest.raises(HostDenied) as raised:
        await client(FakeHttp()).read(kind, "7")
    assert raised.value.reason == "not_admin"


@pytest.mark.parametrize("kind", sorted(GONE))
async def test_no_answer_is_no_absence(kind: Kind) -> None:
    paths = ("/admin/users/7.json", "/groups/by-id/7.json", "/c/7/show.json", "/t/7.json", "/posts/7.json")
    with pytest.raises(HostUnreachable):
        await client(FakeHttp({f"GET {path}": LOST for path in paths})).read(kind, "7")


@pytest.mark.parametrize("odd", ["", "0", "-1", "7a", "../1", "007", "7.0", "\u0667"])
async def test_an_id_that_the_forum_cannot_have_given(odd: str) -> None:
    http = FakeHttp()
    with pytest.raises(HostInvalid):
        await client(http).read("member", odd)
    assert http.calls == []


class TestMember:
    async def test_the_admins_view_and_the_profile_together(self) -> None:
        (found,) = await client(FakeHttp({"GET /admin/users/7.json": INES, "GET /u/ines.json": {"user": PROFILE}})).read("member", "7")
        assert found == MemberChanged(
            seen_at=NOW,
            source=Source.HOST,
            host_user_id="7",
            username="ines",
            name="Ines Falk",
            trust_level=2,
            staged=False,
            active=True,
            suspended=False,
            silenced=False,
            bio="Grows things",
            location="Porto",
            fields={"1": "Soil"},
            group_ids=("41",),
        )

    @pytest.mark.parametrize(
        ("state", "suspended", "silenced"),
        [
            ({"suspended_till": LATER}, True, False),
            ({"suspended_till": EARLIER, "silenced_till": LATER}, False, True),
            ({"suspended_at": EARLIER}, True, False),
            ({"silenced_till": None}, False, False),
        ],
    )
    async def test_bans(self, state: dict[str, object], *, suspended: bool, silenced: bool) -> None:
        (found,) = await client(FakeHttp({"GET /admin/users/7.json": INES | state, "GET /u/ines.json": {"user": PROFILE}})).read("member", "7")
        assert isinstance(found, MemberChanged)
        assert (found.suspended, found.silenced) == (suspended, silenced)

    @pytest.mark.parametrize("profile", [answer(ABSENT, 404), answer(FORBIDDEN, 403), {"user": PROFILE | {"id": 8}}, {}])
    async def test_without_a_profile_there_is_no_word_of_it(self, profile: object) -> None:
        (found,) = await client(FakeHttp({"GET /admin/users/7.json": INES, "GET /u/ines.json": profile})).read("member", "7")
        assert isinstance(found, MemberChanged)
        assert (found.bio, found.fields, found.group_ids) == (None, None, ("41",))

    @pytest.mark.parametrize(
        ("emails", "left"),
        [
            ({"email": "anon48213@anonymized.invalid"}, True),
            ({"email": "anon48213@example.com"}, True),
            ({"email": ""}, True),
            ({"email": "somebody@mail.example"}, False),
            (answer(FORBIDDEN, 403), True),
            (answer(ABSENT, 404), True),
        ],
    )
    async def test_who_looks_anonymised_is_when_the_address_does_not_speak_against_it(self, emails: object, *, left: bool) -> None:
        bare = {"id": 7, "username": "anon48213", "name": None, "active": True}
        http = FakeHttp({"GET /admin/users/7.json": bare, "GET /u/anon48213.json": {"user": bare}, "GET /u/anon48213/emails.json": emails})
        (found,) = await client(http).read("member", "7")
        assert isinstance(found, MemberLeft) is left
        asked = http.lines().count("GET /u/anon48213/emails.json")
        again = client(http)
        for _time in range(2):
            await again.read("member", "7")
        assert http.lines().count("GET /u/anon48213/emails.json") == asked + (2 if left else 1), "a person's address is looked at once"

    @pytest.mark.parametrize(
        "sign",
        [
            {"name": "An On"},
            {"bio_raw": "hello"},
            {"title": "Sage"},
            {"location": "Porto"},
            {"user_fields": {"1": "x"}},
            {"username": "anonymous1"},
            {"username": "anon"},
        ],
    )
    async def test_a_chosen_name_is_not_an_anonymised_one(self, sign: dict[str, object]) -> None:
        user = {"id": 7, "username": "anon48213", "name": None} | sign
        http = FakeHttp({"GET /admin/users/7.json": user, f"GET /u/{user['username']}.json": {"user": user}})
        (found,) = await client(http).read("member", "7")
        assert isinstance(found, MemberChanged)
        assert not any(line.endswith("emails.json") for line in http.lines())

    @pytest.mark.parametrize("odd", [{}, {"id": 8, "username": "bo"}, {"id": 7}])
    async def test_another_user_than_asked_for_is_broken(self, odd: object) -> None:
        with pytest.raises(HostBroken):
            await client(FakeHttp({"GET /admin/users/7.json": odd})).read("member", "7")

    async def test_by_name(self) -> None:
        http = FakeHttp({"GET /admin/users/7.json": INES, "GET /u/ines.json": {"user": PROFILE}})
        found = await client(http).find_member("ines")
        assert found is not None
        assert found.host_user_id == "7"
        assert await client(http).find_member("no/body") is None
        assert "GET /u/no%2Fbody.json" in http.lines()

    async def test_badges(self) -> None:
        held = {"badges": [{"id": 3, "name": "Mentor"}], "user_badges": [{"id": 501, "badge_id": 3}, {"id": 502, "badge_id": None}]}
        found = await client(FakeHttp({"GET /admin/users/7.json": INES, "GET /user-badges/ines.json": held})).read("badges", "7")
        assert list(found) == [BadgeGranted(seen_at=NOW, source=Source.HOST, host_user_id="7", badge_id="3", grant_id="501", name="Mentor")]


class TestGroupAndSpace:
    async def test_a_group_with_all_its_members(self) -> None:
        members = {"members": [{"id": 5, "username": "a"}], "meta": {"total": 1, "limit": 50, "offset": 0}}
        http = FakeHttp({"GET /groups/by-id/41.json": {"group": {"id": 41, "name": "owls", "automatic": False}}, "GET /groups/owls/members.json": members})
        (found,) = await client(http).read("group", "41")
        assert isinstance(found, GroupChanged)
        assert found.member_ids == ("5",)

    async def test_an_automatic_group_says_nothing(self) -> None:
        http = FakeHttp({"GET /groups/by-id/11.json": {"group": {"id": 11, "name": "trust_level_1", "automatic": True}}})
        assert list(await client(http).read("group", "11")) == []

    async def test_a_space(self) -> None:
        (found,) = await client(FakeHttp({"GET /c/6/show.json": {"category": {"id": 6, "name": "Help", "read_restricted": False}}})).read("space", "6")
        assert isinstance(found, SpaceChanged)
        assert found.access is Access.MEMBERS


TOPIC = {"id": 3, "title": "Topic", "slug": "topic", "category_id": 6, "archetype": "regular", "user_id": 7, "deleted_at": None}
POST = {
    "id": 9,
    "topic_id": 3,
    "user_id": 7,
    "username": "ines",
    "created_at": EARLIER,
    "updated_at": EARLIER,
    "post_number": 2,
    "post_type": 1,
    "raw": "Some words",
    "deleted_at": None,
}


class TestTopicAndPost:
    async def test_a_topic(self) -> None:
        (found,) = await client(FakeHttp(with_spaces({"GET /t/3.json": TOPIC}))).read("topic", "3")
        assert isinstance(found, TopicChanged)
        assert (found.title, found.space_id, found.author_id) == ("Topic", "6", "7")

    @pytest.mark.parametrize(
        "change", [{"deleted_at": EARLIER}, {"archetype": "private_message", "category_id": None}, {"category_id": 7}, {"category_id": None}]
    )
    async def test_a_topic_that_is_not_for_every_member_is_gone_and_so_are_its_posts(self, change: dict[str, object]) -> None:
        http = FakeHttp(with_spaces({"GET /t/3.json": TOPIC | change, "GET /posts/9.json": POST}))
        (topic,) = await client(http).read("topic", "3")
        (post,) = await client(http).read("post", "9")
        assert isinstance(topic, TopicDeleted)
        assert post == PostDeleted(seen_at=NOW, source=Source.HOST, post_id="9", topic_id="3")

    async def test_a_post_with_what_its_topic_tells(self) -> None:
        (found,) = await client(FakeHttp(with_spaces({"GET /t/3.json": TOPIC, "GET /posts/9.json": POST}))).read("post", "9")
        assert isinstance(found, PostChanged)
        assert (found.text, found.space_id, found.topic_title, found.url) == ("Some words", "6", "Topic", "https://forum.example.com/t/topic/3/2")

    @pytest.mark.parametrize(
        "change", [{"deleted_at": EARLIER}, {"user_deleted": True}, {"hidden": True}, {"post_type": 2}, {"post_type": 4}, {"topic_id": None}, {"user_id": -1}]
    )
    async def test_a_post_that_is_not_shown_is_gone(self, change: dict[str, object]) -> None:
        (found,) = await client(FakeHttp(with_spaces({"GET /t/3.json": TOPIC, "GET /posts/9.json": POST | change}))).read("post", "9")
        assert isinstance(found, PostDeleted)
