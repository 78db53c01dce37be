import pytest

from mentorgraph.host import (
    AddToGroup,
    CreateGroup,
    DirectMessage,
    GrantBadge,
    HostBroken,
    HostInvalid,
    HostMessage,
    HostUnreachable,
    Paragraph,
    Receipt,
    RemoveFromGroup,
    Reply,
    Response,
    TopicMessage,
)
from tests.integrations.discourse.fake import LOST, Call, FakeHttp, answer, client
from tests.integrations.discourse.support import BASE_URL

BODY = (Paragraph(("A message of some length for you.",)),)
TEXT = "A message of some length for you."
DIRECT = DirectMessage(to=("ines", "tomasz.wren"), title="Hello from Mentorgraph", body=BODY)
TOPIC = TopicMessage(space_id="6", title="Hello from Mentorgraph", body=BODY, tags=("mentors",))
REPLY = Reply(topic_id="3", body=BODY)
REFUSED = answer({"action": "create_post", "errors": ["no"]}, 422)


class Topics:
    """Posting with unique external ids; ``lose`` answers get lost after the forum has acted."""

    def __init__(self, *, lose: int = 0, knows_external_ids: bool = True) -> None:
        self.posts: list[dict[str, object]] = []
        self.lose, self.knows_external_ids = lose, knows_external_ids
        self.http = FakeHttp({"POST /posts.json": self.create, "GET /topics/private-messages-sent/system.json": self.sent, "GET /t/3.json": self.topic})
        self.http.routes["GET /t/3/posts.json"] = self.chosen

    def create(self, call: Call) -> Response:
        number = len(self.posts) + 1
        if call.json.get("external_id") and any(post.get("external_id") == call.json["external_id"] for post in self.posts):
            return REFUSED
        made: dict[str, object] = dict(call.json) if self.knows_external_ids else {key: value for key, value in call.json.items() if key != "external_id"}
        self.posts.append(made | {"id": 100 + number, "number": number})
        self.http.routes[f"GET /posts/{100 + number}.json"] = {"raw": call.json["raw"]}
        if "topic_id" not in call.json:
            users = [{"username": name} for name in [*str(call.json.get("target_recipients", "")).split(","), "system"]]
            self.http.routes[f"GET /t/{number}.json"] = {
                "id": number,
                "slug": "hello",
                "post_stream": {"stream": [100 + number]},
                "details": {"allowed_users": users},
            }
            if self.knows_external_ids:
                self.http.routes[f"GET /t/external_id/{call.json['external_id']}.json"] = answer("", 301, {"location": f"{BASE_URL}/t/hello/{number}"})
        if self.lose:
            self.lose -= 1
            raise LOST
        return answer({"id": 100 + number, "topic_id": call.json.get("topic_id", number), "topic_slug": "hello", "post_number": number, "username": "system"})

    def sent(self, _call: Call) -> Response:
        listed = [{"id": post["number"], "title": post["title"]} for post in self.posts if "title" in post]
        return answer({"topic_list": {"topics": [{"id": 77, "title": "Another title"}, {"title": None}, *listed]}})

    def topic(self, _call: Call) -> Response:
        return answer({"id": 3, "post_stream": {"stream": [50, *(post["id"] for post in self.posts)]}})

    def chosen(self, _call: Call) -> Response:
        found = [{"id": post["id"], "username": "system", "post_number": post["number"], "topic_slug": "hello"} for post in self.posts]
        return answer({"post_stream": {"posts": [{"id": 50, "username": "ines", "raw": "not ours"}, *found]}})


class TestTopics:
    async def test_a_private_message(self) -> None:
        host = Topics()
        receipt = await client(host.http).send(DIRECT, key="k-1")
        assert receipt == Receipt(remote_id="1", url=f"{BASE_URL}/t/-/1")
        (post,) = host.posts
        assert {key: post[key] for key in post if key not in {"id", "number"}} == {
            "title": "Hello from Mentorgraph",
            "raw": TEXT,
            "external_id": "k-1",
            "archetype": "private_message",
            "target_recipients": "ines,tomasz.wren",
        }

    async def test_a_public_topic(self) -> None:
        host = Topics()
        await client(host.http).send(TOPIC, key="k-1")
        assert (host.posts[0]["category"], host.posts[0]["tags"]) == (6, ["mentors"])

    @pytest.mark.parametrize("message", [DIRECT, TOPIC])
    @pytest.mark.parametrize("lose", [0, 1])
    async def test_what_is_sent_twice_is_there_once(self, message: HostMessage, lose: int) -> None:
        host = Topics(lose=lose)
        found = client(host.http)
        assert await found.find_sent(message, key="k-1") is None
        if lose:
            with pytest.raises(HostUnreachable):
                await found.send(message, key="k-1")
        else:
            await found.send(message, key="k-1")
        sent = await found.find_sent(message, key="k-1")
        assert sent is not None
        assert (await found.send(message, key="k-1")).remote_id == sent.remote_id == "1"
        assert len(host.posts) == 1
        assert (await found.send(message, key="k-2")).remote_id == "2"

    @pytest.mark.parametrize("key", ["UPPER", "with space", "x" * 51, "é", "a/b", "", "a.b"])
    async def test_any_key_becomes_one_that_the_forum_takes(self, key: str) -> None:
        host = Topics()
        await client(host.http).send(DIRECT, key=key)
        found = str(host.posts[0]["external_id"])
        assert found.startswith("mg-")
        assert len(found) <= 50

    async def test_a_message_is_one_call_and_a_repeat_finds_what_the_first_try_made(self) -> None:
        host = Topics()
        found = client(host.http)
        await found.send(DIRECT, key="k-1")
        assert host.http.lines() == ["POST /posts.json"]
        assert (await found.send(DIRECT, key="k-1")).remote_id == "1"
        assert host.http.lines() == ["POST /posts.json", "POST /posts.json", "GET /t/external_id/k-1.json"]
        assert len(host.posts) == 1

    async def test_a_refusal_stays_one(self) -> None:
        http = FakeHttp({"POST /posts.json": REFUSED})
        with pytest.raises(HostInvalid) as raised:
            await client(http).send(DIRECT, key="k-1")
        assert raised.value.details == ("no",)

    async def test_a_message_that_waits_for_a_moderator_is_sent(self) -> None:
        http = FakeHttp({"POST /posts.json": {"success": True, "action": "enqueued", "pending_post": {"id": 4}}})
        assert (await client(http).send(TOPIC, key="k-1")).remote_id == "queued"

    @pytest.mark.parametrize("odd", [{}, {"topic_id": "x"}, {"post": {}}])
    async def test_an_answer_without_a_topic_is_broken(self, odd: object) -> None:
        with pytest.raises(HostBroken):
            await client(FakeHttp({"POST /posts.json": odd})).send(DIRECT, key="k-1")

    @pytest.mark.parametrize("to", [(), ("",), ("a,b",), ("a@mail.example",), ("a b",), ("a\nb",)])
    async def test_only_user_names_are_recipients(self, to: tuple[str, ...]) -> None:
        http = FakeHttp()
        with pytest.raises(HostInvalid):
            await client(http).send(DirectMessage(to=to, title="x", body=BODY), key="k-1")
        assert "POST /posts.json" not in http.lines()

    async def test_a_forum_without_external_ids_is_searched_for_the_message_itself(self) -> None:
        host = Topics(knows_external_ids=False)
        found = client(host.http)
        await found.send(DIRECT, key="k-1")
        assert await found.find_sent(DIRECT, key="k-1") == Receipt(remote_id="1", url=f"{BASE_URL}/t/-/1")
        others = (
            DirectMessage(to=("ann",), title=DIRECT.title, body=BODY),
            DirectMessage(to=DIRECT.to, title=DIRECT.title, body=(Paragraph(("Other words, quite other words.",)),)),
        )
        for other in others:
            assert await found.find_sent(other, key="k-2") is None


class TestReplies:
    @pytest.mark.parametrize("lose", [0, 1])
    async def test_a_reply_is_found_by_its_mark(self, lose: int) -> None:
        host = Topics(lose=lose)
        found = client(host.http)
        if lose:
            with pytest.raises(HostUnreachable):
                await found.send(REPLY, key="k-1")
        else:
            assert await found.send(REPLY, key="k-1") == Receipt(remote_id="101", url=f"{BASE_URL}/t/hello/3/1")
        assert str(host.posts[0]["raw"]).startswith(f"{TEXT}\n\n<!-- mentorgraph ")
        assert (await found.send(REPLY, key="k-1")).remote_id == "101"
        assert len(host.posts) == 1
        assert (await found.send(REPLY, key="k-2")).remote_id == "102"


class Groups:
    """Groups as the forum keeps them: adding somebody who is in refuses the whole call."""

    def __init__(self, members: tuple[str, ...] = ()) -> None:
        self.members = [*members]
        self.calls = 0
        self.http = FakeHttp(
            {
                "POST /admin/groups.json": self.create,
                "GET /groups/by-id/41.json": {"group": {"id": 41, "name": "owls"}},
                "GET /groups/owls/members.json": self.listed,
            }
        )
        self.http.routes |= {"PUT /groups/41/members.json": self.add, "DELETE /groups/41/members.json": self.remove}

    def create(self, call: Call) -> Response:
        asked = call.json["group"]
        assert isinstance(asked, dict)
        if f"GET /groups/{asked['name']}.json" in self.http.routes or asked["name"] == "staff":
            return answer({"errors": ["Name has already been taken"]}, 422)
        self.calls += 1
        made = asked | {"id": 40 + self.calls}
        self.http.routes[f"GET /groups/{asked['name']}.json"] = {"group": made}
        return answer({"basic_group": made})

    def listed(self, call: Call) -> Response:
        found = [{"id": index, "username": name} for index, name in enumerate(self.members, 1)] if call.param("offset") == "0" else []
        return answer({"members": found, "owners": [], "meta": {"total": len(self.members)}})

    def add(self, call: Call) -> Response:
        names = str(call.json["usernames"]).split(",")
        if "nobody" in names:
            return answer({"errors": ["unknown"]}, 400)
        if {name.lower() for name in names} & {name.lower() for name in self.members}:
            return answer({"errors": ["already a member"]}, 422)
        self.members += names
        return answer({"success": "OK", "usernames": names, "emails": []})

    def remove(self, call: Call) -> Response:
        names = str(call.json["usernames"]).split(",")
        if not set(names) <= set(self.members):
            return answer({"errors": ["not a member"]}, 400)
        self.members = [name for name in self.members if name not in names]
        return answer({"success": "OK", "usernames": names, "skipped_usernames": []})


CIRCLE = CreateGroup(slug="night-owls", title="Night owls", member_usernames=("ines",), owner_usernames=("tomasz.wren",))


class TestGroups:
    async def test_a_closed_group_once(self) -> None:
        host = Groups()
        found = client(host.http)
        assert await found.find_sent(CIRCLE, key="k-1") is None
        receipt = await found.send(CIRCLE, key="k-1")
        assert receipt == Receipt(remote_id="41", url=f"{BASE_URL}/g/night_owls")
        assert await found.send(CIRCLE, key="k-1") == await found.find_sent(CIRCLE, key="k-1") == receipt
        (asked,) = [call.json["group"] for call in host.http.calls if call.line == "POST /admin/groups.json"]
        assert isinstance(asked, dict)
        assert (asked["full_name"], asked["usernames"], asked["owner_usernames"], asked["public_admission"], asked["visibility_level"]) == (
            "Night owls",
            "ines",
            "tomasz.wren",
            False,
            2,
        )

    async def test_a_name_that_is_somebody_elses_is_changed_the_same_way_every_time(self) -> None:
        host = Groups()
        host.http.routes["GET /groups/night_owls.json"] = {"group": {"id": 9, "name": "night_owls", "bio_raw": "Real owls"}}
        receipt = await client(host.http).send(CIRCLE, key="k-1")
        assert receipt.url.startswith(f"{BASE_URL}/g/night_owls_")
        assert await client(host.http).send(CIRCLE, key="k-1") == receipt
        assert host.calls == 1
        assert (await client(host.http).send(CIRCLE, key="k-2")).remote_id != receipt.remote_id

    async def test_a_reserved_name_is_changed_too(self) -> None:
        receipt = await client(Groups().http).send(CreateGroup(slug="staff", title="Staff of the circle"), key="k-1")
        assert receipt.url.startswith(f"{BASE_URL}/g/staff_")

    async def test_a_refusal_of_both_names_is_told(self) -> None:
        http = FakeHttp({"POST /admin/groups.json": answer({"errors": ["no"]}, 422)})
        with pytest.raises(HostInvalid) as raised:
            await client(http).send(CIRCLE, key="k-1")
        assert raised.value.details == ("no",)

    async def test_members_are_in_whoever_was_in_before(self) -> None:
        host = Groups(("Ines",))
        found = client(host.http)
        message = AddToGroup(group_id="41", usernames=("ines", "tomasz.wren", "ines"))
        assert await found.find_sent(message, key="k") is None
        for _time in range(2):
            assert await found.send(message, key="k") == Receipt(remote_id="41")
        assert host.members == ["Ines", "tomasz.wren"]
        assert await found.find_sent(message, key="k") == Receipt(remote_id="41")

    async def test_members_are_out_whoever_was_out_before(self) -> None:
        host = Groups(("ines", "ann"))
        message = RemoveFromGroup(group_id="41", usernames=("ines", "tomasz.wren"))
        for _time in range(2):
            assert await client(host.http).send(message, key="k") == Receipt(remote_id="41")
        assert host.members == ["ann"]
        assert await client(host.http).find_sent(message, key="k") == Receipt(remote_id="41")

    async def test_somebody_unknown_is_an_error(self) -> None:
        with pytest.raises(HostInvalid):
            await client(Groups().http).send(AddToGroup(group_id="41", usernames=("nobody",)), key="k")

    async def test_at_most_a_thousand_a_call(self) -> None:
        host = Groups()
        await client(host.http).send(AddToGroup(group_id="41", usernames=tuple(f"u{number}" for number in range(2_100))), key="k")
        assert [len(str(call.json["usernames"]).split(",")) for call in host.http.calls] == [1000, 1000, 100]

    @pytest.mark.parametrize(
        "message", [AddToGroup(group_id="../1", usernames=("a",)), RemoveFromGroup(group_id="0", usernames=("a",)), AddToGroup(group_id="41", usernames=())]
    )
    async def test_nonsense_is_not_asked(self, message: HostMessage) -> None:
        http = FakeHttp()
        with pytest.raises(HostInvalid):
            await client(http).send(message, key="k")
        assert http.calls == []


class Badges:
    """Badges and who holds them."""

    def __init__(self, *names: str) -> None:
        self.names, self.grants = [*names], list[dict[str, object]]()
        self.http = FakeHttp(
            {
                "GET /admin/badges.json": self.listed,
                "POST /admin/badges.json": self.create,
                "GET /user-badges/ines.json": self.held,
                "POST /user_badges.json": self.grant,
            }
        )

    def listed(self, _call: Call) -> Response:
        return answer({"badges": [{"id": index, "name": name} for index, name in enumerate(self.names, 1)]})

    def create(self, call: Call) -> Response:
        self.names.append(str(call.json["name"]))
        return answer({"badge": {"id": len(self.names), "name": call.json["name"]}})

    def held(self, _call: Call) -> Response:
        return answer({"user_badges": self.grants, "badges": []})

    def grant(self, call: Call) -> Response:
        self.grants.append({"id": 500 + len(self.grants), "badge_id": call.json["badge_id"]})
        return answer({"user_badge": self.grants[-1]})


class TestBadges:
    @pytest.mark.parametrize("there", [(), ("Other", "mentor")])
    async def test_a_badge_is_made_when_missing_and_held_once(self, there: tuple[str, ...]) -> None:
        host = Badges(*there)
        found = client(host.http)
        message = GrantBadge(username="ines", badge_name="Mentor", reason="thanks for everything")
        assert await found.find_sent(message, key="k") is None
        first = await found.send(message, key="k")
        assert await found.send(message, key="k") == await found.find_sent(message, key="k") == first
        assert first.remote_id == "500"
        assert len(host.grants) == 1
        assert [name.lower() for name in host.names].count("mentor") == 1

    @pytest.mark.parametrize(("reason", "kept"), [("thanks", False), (f"{BASE_URL}/t/x/3/2", True), ("https://evil.example/t/3", False)])
    async def test_a_reason_is_the_address_of_a_post_or_stays_here(self, reason: str, *, kept: bool) -> None:
        host = Badges("Mentor")
        await client(host.http).send(GrantBadge(username="ines", badge_name="Mentor", reason=reason), key="k")
        assert ("reason" in host.http.calls[-1].json) is kept
