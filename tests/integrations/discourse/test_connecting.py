import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from mentorgraph.host import Capability, ConnectPlan, HostBroken, HostDenied, HostError, HostInvalid, HostUnreachable, Response
from tests.integrations.discourse.fake import ABSENT, FORBIDDEN, LOST, Call, FakeHttp, answer, client, with_spaces
from tests.integrations.discourse.support import INSTALLATION, OTHER_WAYS_IN

BASIC = {"title": "Gardeners", "description": "We grow", "login_required": False, "locale": "pt", "logo_url": ""}
TYPES = {
    "topic": [{"id": 101, "name": "topic_created"}, {"id": 103, "name": "topic_edited"}],
    "post": [{"id": 201, "name": "post_created"}, {"id": 202, "name": "post_edited"}],
    "user": [{"id": 304, "name": "user_created"}, {"id": 307, "name": "user_destroyed"}],
    "solved": [{"id": 1101, "name": "accepted_solution"}],
    "chat": [{"id": 1801, "name": "chat_message_created"}],
}
OLDER = {"extras": {"event_types": [{"id": 1, "name": "topic"}, {"id": 2, "name": "post"}, {"id": 3, "name": "user"}, {"id": 4, "name": "group"}]}}
PLAN = ConnectPlan(hook_secret="a-secret-of-some-length")


class Hooks:
    """The forum's webhooks; fails at the n-th change when told so."""

    def __init__(self, *, types: object = TYPES, fail_at: int = 0, failure: Response | BaseException = LOST, done_anyway: bool = False) -> None:
        self.hooks: dict[int, dict[str, object]] = {3: {"id": 3, "payload_url": "https://other.example/hook"}}
        self.types, self.fail_at, self.failure, self.done_anyway = types, fail_at, failure, done_anyway
        self.changes = 0
        self.pinged: list[str] = []

    def routes(self) -> dict[str, object]:
        pings = {f"POST /admin/api/web_hooks/{number}/ping.json": self._change(self._ping) for number in range(3, 30)}
        removals = {f"DELETE /admin/api/web_hooks/{number}.json": self._remove for number in range(3, 30)}
        return with_spaces({"GET /admin/api/web_hooks.json": self._list, "POST /admin/api/web_hooks.json": self._change(self._create), **pings, **removals})

    def _change(self, done: Callable[[Call], Response]) -> Callable[[Call], Response]:
        def handle(call: Call) -> Response:
            self.changes += 1
            if self.changes != self.fail_at:
                return done(call)
            if self.done_anyway:
                done(call)
            if isinstance(self.failure, BaseException):
                raise self.failure
            return self.failure

        return handle

    def _list(self, call: Call) -> Response:
        found = sorted(self.hooks.values(), key=str)[int(call.param("offset", "0")) :][:2]
        return answer({"web_hooks": found, "extras": {"grouped_event_types": self.types, "content_types": [{"id": 1, "name": "application/json"}]}})

    def _create(self, call: Call) -> Response:
        asked = call.json["web_hook"]
        assert isinstance(asked, dict)
        number = max([*self.hooks, 10]) + 1
        self.hooks[number] = {**asked, "id": number}
        return answer({"web_hook": self.hooks[number]})

    def _ping(self, call: Call) -> Response:
        self.pinged.append(call.path.split("/")[4])
        return answer({"success": "OK"})

    def _remove(self, call: Call) -> Response:
        number = int(call.path.split("/")[-1].removesuffix(".json"))
        return answer({}) if self.hooks.pop(number, None) else answer(ABSENT, 404)

    def ours(self) -> list[dict[str, object]]:
        return [hook for hook in self.hooks.values() if hook["payload_url"] == INSTALLATION.hook_url]


SCHEME = {"default_light_color_scheme": {"id": 2, "colors": [{"name": "primary", "hex": "222222"}, {"name": "tertiary", "hex": "C8553D"}]}}


class TestDescribe:
    async def test_a_forum_with_a_key_that_reaches_everything(self) -> None:
        http = FakeHttp(
            with_spaces(
                {
                    "GET /site/basic-info.json": BASIC,
                    "GET /about.json": {"about": {"version": "2026.9.0"}},
                    "GET /admin/users/list/active.json": [],
                    "GET /admin/api/web_hooks.json": {"web_hooks": [], "extras": {"grouped_event_types": TYPES}},
                    "GET /discourse-post-event/events.json": {"events": []},
                    "GET /site.json": {"user_fields": [{"id": 1, "name": "What can you help with?"}, {"id": "x"}]} | SCHEME,
                }
            )
        )
        info = await client(http).describe()
        assert (info.title, info.version, info.locale, info.description, info.limits) == ("Gardeners", "2026.9.0", "pt", "We grow", ())
        assert info.capabilities == frozenset(Capability) - OTHER_WAYS_IN
        assert info.profile_fields == {"1": "What can you help with?"}
        assert info.accent == "#c8553d", "the colour of links and buttons in its default scheme"
        assert "Api-Key" not in http.calls[0].headers

    async def test_a_limited_key_is_told_what_will_not_work(self) -> None:
        http = FakeHttp({"GET /site/basic-info.json": BASIC, "GET /about.json": answer(FORBIDDEN, 403), "GET /admin/users/list/active.json": []})
        info = await client(http).describe()
        assert not info.capabilities & {Capability.DELIVERIES, Capability.GROUPS, Capability.EVENTS}
        assert Capability.DIRECT_MESSAGES in info.capabilities
        assert len(info.limits) == 2

    @pytest.mark.parametrize(
        ("routes", "error", "reason"),
        [
            ({}, HostBroken, "other_kind"),
            ({"GET /site/basic-info.json": answer("<html>Hello</html>")}, HostBroken, "other_kind"),
            ({"GET /site/basic-info.json": {"title": "A blog"}}, HostBroken, "other_kind"),
            ({"GET /site/basic-info.json": {"version": "1", "logo_url": ""}}, HostBroken, "other_kind"),
            ({"GET /site/basic-info.json": answer("no", 403)}, HostBroken, "other_kind"),
            ({"GET /site/basic-info.json": LOST}, HostUnreachable, "unreachable"),
            ({"GET /site/basic-info.json": BASIC, "GET /about.json": answer(FORBIDDEN, 403)}, HostDenied, "key_refused"),
            (
                {"GET /site/basic-info.json": BASIC, "GET /about.json": answer(FORBIDDEN, 403), "GET /admin/users/list/active.json": answer(FORBIDDEN, 403)},
                HostDenied,
                "key_refused",
            ),
            ({"GET /site/basic-info.json": BASIC, "GET /about.json": {"about": {}}}, HostDenied, "not_admin"),
            ({"GET /site/basic-info.json": BASIC, "GET /about.json": {"about": {}}, "GET /admin/users/list/active.json": {"a": 1}}, HostBroken, "broken"),
        ],
    )
    async def test_what_is_wrong_is_told_apart(self, routes: dict[str, object], error: type[HostError], reason: str) -> None:
        with pytest.raises(error) as raised:
            await client(FakeHttp(routes)).describe()
        assert raised.value.reason == reason

    async def test_a_forum_without_solutions_says_so(self) -> None:
        hooks = {"extras": {"grouped_event_types": {"post": TYPES["post"]}}}
        routes = {
            "GET /site/basic-info.json": BASIC,
            "GET /about.json": {"about": {}},
            "GET /admin/users/list/active.json": [],
            "GET /admin/api/web_hooks.json": hooks,
        }
        assert Capability.SOLUTIONS not in (await client(FakeHttp(routes)).describe()).capabilities


class TestConnect:
    async def test_two_hooks_stand_and_are_pinged(self) -> None:
        hooks = Hooks()
        connected = await client(FakeHttp(hooks.routes())).connect(PLAN)
        people, posts = hooks.ours()
        assert people["web_hook_event_type_ids"] == [304, 307]
        assert people["category_ids"] == []
        assert posts["web_hook_event_type_ids"] == [101, 103, 201, 202, 1101]
        assert posts["category_ids"] == [6]
        assert people["secret"] == posts["secret"] == PLAN.hook_secret
        assert (people["content_type"], people["verify_certificate"], people["wildcard_web_hook"]) == (1, True, False)
        assert hooks.pinged == ["11", "12"]
        assert connected.remote == {"hook_people": "11", "hook_posts": "12", "mode": "full", "spaces": "6"}

    async def test_the_admin_is_told_what_to_paste_without_the_secret(self) -> None:
        connected = await client(FakeHttp(Hooks().routes())).connect(PLAN)
        assert any("mentors.example|{secret}" in words for words in connected.to_do)
        assert PLAN.hook_secret not in str(connected)

    @pytest.mark.parametrize("named", ["7", "staff", "STAFF", "Staff"])
    async def test_categories_are_named_by_id_slug_or_name(self, named: str) -> None:
        hooks = Hooks()
        await client(FakeHttp(hooks.routes())).connect(replace(PLAN, spaces=(named, "help")))
        assert hooks.ours()[1]["category_ids"] == [6, 7]

    async def test_an_unknown_category_stops_before_anything_is_made(self) -> None:
        hooks = Hooks()
        with pytest.raises(HostInvalid) as raised:
            await client(FakeHttp(hooks.routes())).connect(replace(PLAN, spaces=("kitchen",)))
        assert raised.value.reason == "unknown_space"
        assert hooks.changes == 0

    async def test_a_short_secret_is_refused_before_anything_is_asked(self) -> None:
        http = FakeHttp()
        with pytest.raises(HostInvalid):
            await client(http).connect(ConnectPlan(hook_secret="short"))
        assert http.calls == []

    async def test_without_an_address_of_ours_nothing_is_asked(self) -> None:
        http = FakeHttp()
        with pytest.raises(HostInvalid) as raised:
            await client(http, replace(INSTALLATION, hook_url="")).connect(PLAN)
        assert raised.value.reason == "hook_url"
        assert http.calls == []

    async def test_an_older_forum_gets_coarser_hooks(self) -> None:
        hooks = Hooks(types=OLDER["extras"]["event_types"])
        await client(FakeHttp(hooks.routes())).connect(PLAN)
        assert [hook["web_hook_event_type_ids"] for hook in hooks.ours()] == [[3, 4], [1, 2]]

    async def test_a_forum_that_offers_nothing_fit_is_left_alone(self) -> None:
        hooks = Hooks(types={"chat": TYPES["chat"]})
        with pytest.raises(HostBroken) as raised:
            await client(FakeHttp(hooks.routes())).connect(PLAN)
        assert raised.value.reason == "no_events"
        assert hooks.ours() == []

    async def test_without_an_open_category_there_is_no_hook_that_would_bring_everything(self) -> None:
        hooks = Hooks()
        closed = {"category_list": {"categories": [{"id": 7, "name": "Staff", "slug": "staff", "read_restricted": True}]}}
        connected = await client(FakeHttp(hooks.routes() | {"GET /categories.json": closed})).connect(PLAN)
        assert "hook_posts" not in connected.remote
        assert all(304 in hook["web_hook_event_type_ids"] for hook in hooks.ours() if isinstance(hook["web_hook_event_type_ids"], list))
        assert any("No category" in words for words in connected.to_do)

    async def test_a_second_connection_replaces_the_first(self) -> None:
        hooks = Hooks()
        found = client(FakeHttp(hooks.routes()))
        first = await found.connect(PLAN)
        second = await found.connect(PLAN)
        assert {str(hook["id"]) for hook in hooks.ours()} == {second.remote["hook_people"], second.remote["hook_posts"]}
        assert first.remote["hook_people"] not in second.remote.values()
        assert 3 in hooks.hooks

    @pytest.mark.parametrize("done_anyway", [False, True])
    @pytest.mark.parametrize(
        "failure", [LOST, answer({"errors": ["no"]}, 422), answer("<html></html>"), answer("", 503)], ids=["lost", "refused", "html", "busy"]
    )
    @pytest.mark.parametrize("step", [1, 2, 3, 4])
    async def test_whatever_fails_nothing_of_ours_is_left_and_what_was_there_stays(
        self, step: int, failure: Response | BaseException, *, done_anyway: bool
    ) -> None:
        hooks = Hooks()
        await client(FakeHttp(hooks.routes())).connect(PLAN)
        before = dict(hooks.hooks)
        hooks.changes, hooks.fail_at, hooks.failure, hooks.done_anyway = 0, step, failure, done_anyway
        with pytest.raises(HostError):
            await client(FakeHttp(hooks.routes())).connect(PLAN)
        assert hooks.hooks == before

    @pytest.mark.parametrize("step", [1, 2, 3, 4])
    async def test_a_cancelled_connection_is_undone_too(self, step: int) -> None:
        hooks = Hooks(fail_at=step, failure=asyncio.CancelledError(), done_anyway=True)
        with pytest.raises(asyncio.CancelledError):
            await client(FakeHttp(hooks.routes())).connect(PLAN)
        assert hooks.ours() == []

    async def test_a_second_cancellation_does_not_stop_the_undoing(self) -> None:
        hooks = Hooks(fail_at=3)
        removals = hooks.routes()

        def interrupted(call: Call) -> Response:
            task.cancel()
            remove = removals[call.line]
            assert callable(remove)
            found = remove(call)
            assert isinstance(found, Response)
            return found

        routes = removals | {f"DELETE /admin/api/web_hooks/{number}.json": interrupted for number in (11, 12)}
        task = asyncio.ensure_future(client(FakeHttp(routes)).connect(PLAN))
        with pytest.raises(asyncio.CancelledError):
            await task
        assert hooks.ours() == []

    async def test_a_failed_removal_is_noted_beside_the_first_failure(self) -> None:
        hooks = Hooks(fail_at=3)
        routes = hooks.routes() | {f"DELETE /admin/api/web_hooks/{number}.json": answer("", 503) for number in (11, 12)}
        with pytest.raises(HostUnreachable) as raised:
            await client(FakeHttp(routes)).connect(PLAN)
        assert any(INSTALLATION.hook_url in note for note in raised.value.__notes__)

    async def test_a_limited_key_connects_without_hooks_and_says_what_that_means(self) -> None:
        http = FakeHttp(with_spaces({"GET /admin/api/web_hooks.json": answer(FORBIDDEN, 403), "GET /admin/users/list/staff.json": []}))
        connected = await client(http).connect(PLAN)
        assert connected.remote == {"mode": "reduced"}
        assert any("webhooks" in words for words in connected.to_do)

    @pytest.mark.parametrize("step", [1, 2, 3])
    async def test_a_read_only_key_sees_webhooks_and_makes_none(self, step: int) -> None:
        hooks = Hooks(fail_at=step, failure=answer(FORBIDDEN, 403))
        connected = await client(FakeHttp(hooks.routes() | {"GET /admin/users/list/staff.json": []})).connect(PLAN)
        assert connected.remote == {"mode": "reduced"}
        assert hooks.ours() == []

    async def test_a_wrong_key_does_not_pass_for_a_limited_one(self) -> None:
        with pytest.raises(HostDenied):
            await client(FakeHttp(with_spaces())).connect(PLAN)


class TestDisconnect:
    async def test_our_hooks_go_and_others_stay(self) -> None:
        hooks = Hooks()
        http = FakeHttp(hooks.routes() | {"GET /admin/users/list/staff.json": []})
        connected = await client(http).connect(PLAN)
        await client(http).disconnect(connected.remote)
        await client(http).disconnect(connected.remote)
        assert list(hooks.hooks) == [3]

    async def test_a_revoked_key_cannot_pass_for_done(self) -> None:
        with pytest.raises(HostDenied):
            await client(FakeHttp()).disconnect({"hook_people": "11"})

    async def test_nothing_to_take_away(self) -> None:
        http = FakeHttp()
        await client(http).disconnect({"mode": "reduced", "hook_people": "../users/1"})
        assert http.calls == []
