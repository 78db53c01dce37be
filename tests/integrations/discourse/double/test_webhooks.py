"""Webhooks as Discourse sends them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2
import orjson
import pytest

from integrations.discourse.double.actions import accounts, badges, membership, posting, reactions, removal, sessions, topics
from integrations.discourse.double.api.keys import make_key
from integrations.discourse.double.app import create_double
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks.delivery import Deliverer, signature
from integrations.discourse.double.model import WebHook

SECRET = "a-secret-long-enough"
LONG = "This is a text that is long enough."


@dataclass
class Service:
    """What receives. ``statuses`` are its answers in turn, then 200; -1 is a broken connection."""

    got: list[httpx2.Request] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.got.append(request)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == -1:
            raise httpx2.ReadTimeout("no answer", request=request)
        return httpx2.Response(status, text="seen", headers={"Location": "http://10.0.0.1/"} if status == 302 else {})

    @property
    def events(self) -> list[str]:
        return [request.headers["x-discourse-event"] for request in self.got]

    @property
    def ids(self) -> list[str]:
        return [request.headers["x-discourse-event-id"] for request in self.got]

    def body(self, index: int = -1) -> Json:
        found: Json = orjson.loads(self.got[index].content)
        return found


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def deliverer(forum: Forum, service: Service) -> AsyncIterator[Deliverer]:
    deliverer = Deliverer(forum, transport=httpx2.MockTransport(service.answer))
    yield deliverer
    await deliverer.stop()


def hook(forum: Forum, **values: object) -> WebHook:
    made = WebHook(id=forum.next_id("web_hooks"), payload_url="http://127.0.0.1:9/hooks/1", created_at=forum.now(), secret=SECRET, wildcard_web_hook=True)
    for name, value in values.items():
        setattr(made, name, value)
    forum.web_hooks[made.id] = made
    return made


async def settle(deliverer: Deliverer) -> None:
    assert await deliverer.idle(timeout=5)


def test_the_vector_of_discourses_own_tests() -> None:
    expected = "sha256=162f107f6b5022353274eb1a7197885cfd35744d8d08e5bcea025d309386b7d6"
    assert signature("my_lovely_secret_for_web_hook", b'{"ping":"OK"}') == expected


async def test_headers_and_body(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum, content_type=2)
    accounts.update_profile(forum, forum.users[1], {"name": "Älice <b>"})
    await settle(deliverer)
    request = service.got[0]
    headers = request.headers
    assert (request.method, headers["accept"], headers["connection"], headers["host"]) == ("POST", "*/*", "close", "127.0.0.1")
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["user-agent"].startswith("Discourse/2026.")
    assert headers["x-discourse-instance"] == "http://forum.test"
    assert (headers["x-discourse-event-type"], headers["x-discourse-event"]) == ("user", "user_updated")
    assert headers["x-discourse-event-signature"] == signature(SECRET, request.content)
    assert int(headers["content-length"]) == len(request.content)
    assert "accept-encoding" not in headers
    assert "Älice <b>".encode() in request.content
    assert b": " not in request.content.split(b'"name"')[0]
    body = service.body()["user"]
    assert isinstance(body, dict)
    assert body["email"] == "alice@example.org"
    assert not {"active", "approved", "suspended_till", "silenced_till", "custom_fields"} & set(body)


async def test_no_secret_no_signature(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum, secret="")
    accounts.updated(forum, forum.users[1])
    await settle(deliverer)
    assert "x-discourse-event-signature" not in service.got[0].headers


async def test_what_each_act_tells(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    system, alice, bobby = forum.users[-1], forum.users[1], forum.users[2]
    hook(forum)
    notes: list[tuple[str, list[str]]] = []

    async def after(name: str) -> None:
        await settle(deliverer)
        notes.append((name, [event for event in service.events if event != "notification_created"]))
        service.got.clear()

    post = posting.create_topic(forum, alice, posting.Draft(LONG, title="Something quite different", fast=True))
    await after("topic")
    topic = forum.topics[post.topic_id]
    reply = posting.reply(forum, bobby, topic, posting.Draft("An answer that is long enough.", fast=True))
    await after("reply")
    reactions.like(forum, reply, by=alice)
    await after("like")
    reactions.unlike(forum, reply, by=alice)
    await after("unlike")
    reactions.accept(forum, reply, by=alice)
    await after("accept")
    posting.edit_post(forum, reply, "Another answer, also long enough.", by=bobby)
    await after("edit")
    topics.update_topic(forum, topic, by=alice, title="Something quite different now")
    await after("title")
    topics.set_status(forum, topic, "closed", enabled=True, by=system)
    await after("close")
    posting.hide_post(forum, reply)
    await after("hide")
    posting.delete_post(forum, reply, by=system)
    await after("delete reply")
    posting.delete_post(forum, post, by=system)
    await after("delete topic")
    posting.edit_post(forum, post, "Edited while it is in the bin, long enough.", by=system)
    await after("edit of deleted")
    posting.recover_post(forum, post, by=system)
    await after("recover topic")
    assert notes == [
        ("topic", ["topic_created", "post_created"]),
        ("reply", ["post_created"]),
        ("like", ["post_liked"]),
        ("unlike", []),
        ("accept", ["accepted_solution"]),
        ("edit", ["post_edited"]),
        ("title", ["topic_edited"]),
        ("close", ["topic_closed_status_updated", "post_created"]),
        ("hide", []),
        ("delete reply", ["post_destroyed"]),
        ("delete topic", ["post_destroyed", "topic_destroyed"]),
        ("edit of deleted", []),
        ("recover topic", ["post_recovered", "topic_recovered"]),
    ]


async def test_what_each_act_on_people_tells(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    system = forum.users[-1]
    hook(forum)

    async def told() -> list[str]:
        await settle(deliverer)
        events = service.events
        service.got.clear()
        return events

    erin = accounts.sign_up(forum, "erin", email="erin@example.org")
    assert await told() == ["user_created"]
    accounts.confirm(forum, erin)
    assert await told() == ["user_confirmed_email", "user_added_to_group", "user_added_to_group"]
    sessions.log_in(forum, erin)
    accounts.log_out(forum, erin)
    assert await told() == ["user_logged_in", "user_logged_out"]
    accounts.set_trust_level(forum, erin, 2)
    assert await told() == ["user_added_to_group", "user_promoted"]
    accounts.set_trust_level(forum, erin, 1)
    assert await told() == ["user_removed_from_group"]
    accounts.silence(forum, erin, until=forum.now() + 9, reason="x", by=system)
    removal.anonymize(forum, forum.users[4])
    assert await told() == []
    accounts.suspend(forum, erin, until=forum.now() + 9, reason="x", by=system)
    accounts.unsuspend(forum, erin)
    assert await told() == ["user_suspended", "user_unsuspended"]
    membership.join(forum, forum.groups[41], erin)
    membership.leave(forum, forum.groups[41], erin)
    assert await told() == ["user_added_to_group", "user_removed_from_group"]
    badges.revoke_badge(forum, badges.grant_badge(forum, forum.badges[101], erin, by=system))
    assert await told() == ["user_badge_granted", "notification_created", "user_badge_revoked"]
    removal.destroy(forum, erin, by=system)
    await settle(deliverer)
    body = service.body()["user"]
    assert isinstance(body, dict)
    assert (service.events, body["email"]) == (["user_destroyed"], "erin@example.org")


async def test_title_and_text_edited_together_are_one_event(control_forum: tuple[Forum, Deliverer, Service]) -> None:
    forum, deliverer, service = control_forum
    from integrations.discourse.double.control import content  # noqa: F401, PLC0415  # registers the acts
    from integrations.discourse.double.control.registry import perform  # noqa: PLC0415

    perform(forum, {"act": "edit", "post_id": 1, "text": "The same question in other words", "title": "A question with another title"})
    await settle(deliverer)
    assert service.events == ["topic_edited"]


@pytest.fixture
def control_forum(forum: Forum, deliverer: Deliverer, service: Service) -> tuple[Forum, Deliverer, Service]:
    hook(forum)
    return forum, deliverer, service


async def test_private_messages_leak_without_a_filter_and_not_with_one(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum, payload_url="http://127.0.0.1:9/all")
    hook(forum, payload_url="http://127.0.0.1:9/help", category_ids=[4])
    posting.create_message(forum, forum.users[1], posting.Draft("Very private words here", title="Psst", fast=True), to=["bobby"])
    await settle(deliverer)
    leaked = [request for request in service.got if b"Very private words here" in request.content]
    assert [request.url.path for request in leaked] == ["/all"]
    post = orjson.loads(leaked[0].content)["post"]
    assert (post["topic_archetype"], post["category_id"], "category_slug" in post) == ("private_message", None, False)


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ({"category_ids": [4]}, ["topic_created", "post_created", "ping"]),
        ({"category_ids": [1]}, ["ping"]),
        ({"tag_names": ["howto"]}, ["topic_created", "post_created", "ping"]),
        ({"tag_names": ["other"]}, ["ping"]),
        ({"group_ids": [41]}, ["user_added_to_group", "ping"]),
        ({"group_ids": [41], "category_ids": [4]}, ["ping"]),
    ],
)
async def test_filters(forum: Forum, deliverer: Deliverer, service: Service, filters: dict[str, object], passes: list[str]) -> None:
    made = hook(forum, wildcard_web_hook=False, event_type_ids=[101, 201, 306, 1401], **filters)
    draft = posting.Draft(LONG, title="A topic to be filtered out", category=forum.categories[4], tags=["howto"], fast=True)
    posting.create_topic(forum, forum.users[1], draft)
    accounts.updated(forum, forum.users[1])
    membership.join(forum, forum.groups[41], forum.users[4])
    from integrations.discourse.double.hooks import events  # noqa: PLC0415  # used here only

    events.ping(forum, made)
    await settle(deliverer)
    assert service.events == passes


async def test_only_what_was_subscribed_to(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum, wildcard_web_hook=False, event_type_ids=[103])
    topics.set_status(forum, forum.topics[1], "visible", enabled=False, by=forum.users[-1])
    await settle(deliverer)
    assert service.events == ["topic_visible_status_updated"]
    assert service.got[0].headers["x-discourse-event-type"] == "topic"


async def test_the_payload_is_frozen_when_it_happens(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum)
    deliverer.manner.paused = True
    accounts.update_profile(forum, forum.users[1], {"name": "First"})
    accounts.update_profile(forum, forum.users[1], {"name": "Second"})
    deliverer.manner.paused = False
    await settle(deliverer)
    assert [orjson.loads(request.content)["user"]["name"] for request in service.got] == ["First", "Second"]


@pytest.mark.parametrize(("status", "tries"), [(500, 5), (302, 5), (404, 1), (410, 1), (-1, 1), (204, 1)])
async def test_retries_when_the_site_wants_them(forum: Forum, deliverer: Deliverer, service: Service, status: int, tries: int) -> None:
    made = hook(forum)
    forum.settings.retry_web_hook_events = True
    service.statuses = [status] * 9
    accounts.updated(forum, forum.users[1])
    waits = [60, 300, 1500, 7500, 100_000]
    await settle(deliverer)
    for wait in waits:
        forum.clock.advance(wait - 1)
        before = len(service.got)
        await settle(deliverer)
        assert len(service.got) == before
        forum.clock.advance(1)
        await settle(deliverer)
    assert len(service.got) == tries
    assert len(set(service.ids)) == tries
    assert len({request.content for request in service.got}) == 1
    assert made.active


async def test_no_retries_by_default(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum)
    service.statuses = [500]
    accounts.updated(forum, forum.users[1])
    await settle(deliverer)
    forum.clock.advance(100_000)
    await settle(deliverer)
    assert len(service.got) == 1


async def test_gone_at_the_last_retry_disables_the_hook(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    made = hook(forum)
    forum.settings.retry_web_hook_events = True
    service.statuses = [500, 500, 500, 500, 410]
    accounts.updated(forum, forum.users[1])
    for wait in (0, 60, 300, 1500, 7500):
        forum.clock.advance(wait)
        await settle(deliverer)
    assert (len(service.got), made.active, made.last_delivery_status) == (5, False, 4)


async def test_hooks_that_are_off_or_gone_drop_what_waits(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    off, gone = hook(forum), hook(forum)
    deliverer.manner.paused = True
    accounts.updated(forum, forum.users[1])
    off.active = False
    del forum.web_hooks[gone.id]
    deliverer.manner.paused = False
    await settle(deliverer)
    assert service.got == []


async def test_an_internal_address_is_refused_at_sending_too(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum, payload_url="http://192.168.1.1/hook")
    accounts.updated(forum, forum.users[1])
    await settle(deliverer)
    assert service.got == []
    assert [event.status for event in forum.hook_events.values()] == [-1]


async def test_set_up_ping_log_and_redelivery_by_the_api(forum: Forum, service: Service) -> None:
    app = create_double(forum, transport=httpx2.MockTransport(service.answer))
    headers = {"Api-Key": make_key(forum).key, "Api-Username": "system"}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://forum.test", headers=headers) as api:
        values = {"payload_url": "http://127.0.0.1:9/x", "secret": SECRET, "web_hook_event_type_ids": [306]}
        made = (await api.post("/admin/api/web_hooks.json", json={"web_hook": values})).json()["web_hook"]
        assert (made["web_hook_event_types"], made["active"]) == ([{"id": 306, "name": "user_updated"}], True)
        grouped = (await api.get("/admin/api/web_hooks.json")).json()["extras"]["grouped_event_types"]
        assert {"id": 1101, "name": "accepted_solution"} in grouped["solved"]
        assert (await api.post(f"/admin/api/web_hooks/{made['id']}/ping.json")).json() == {"success": "OK"}
        service.statuses = [200, 503]
        await settle(app.double.deliverer)
        accounts.updated(forum, forum.users[1])
        await settle(app.double.deliverer)
        assert service.got[0].content == b'{"ping":"OK"}'
        failed = (await api.get(f"/admin/api/web_hook_events/{made['id']}.json?status=failed")).json()["web_hook_events"]
        assert [(event["status"], event["response_body"]) for event in failed] == [(503, "seen")]
        await api.put(f"/admin/api/web_hooks/{made['id']}.json", json={"web_hook": {"secret": "a-rotated-secret-here"}})
        await api.post(f"/admin/api/web_hooks/{made['id']}/events/{failed[0]['id']}/redeliver.json")
        await settle(app.double.deliverer)
        again, before = service.got[2], service.got[1]
        assert again.content == before.content
        for name in ("x-discourse-event-id", "x-discourse-event-signature"):
            assert again.headers[name] == before.headers[name]
        assert (await api.get(f"/admin/api/web_hook_events/{made['id']}.json?status=failed")).json()["web_hook_events"] == []
        forum.settings.solved_enabled = False
        assert "solved" not in (await api.get("/admin/api/web_hooks.json")).json()["extras"]["grouped_event_types"]
        assert (await api.delete(f"/admin/api/web_hooks/{made['id']}.json")).status_code == 200
    await app.double.deliverer.stop()


async def test_shuffled_dropped_and_doubled_by_seed(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum)
    manner = deliverer.manner

    async def run(seed: int) -> list[bytes]:
        manner.rng.seed(seed)
        manner.paused = True
        for number in range(20):
            accounts.update_profile(forum, forum.users[1], {"location": f"place-{number}"})
        manner.paused = False
        await settle(deliverer)
        places = [str(orjson.loads(request.content)["user"]["location"]).encode() for request in service.got]
        service.got.clear()
        return places

    orderly = await run(1)
    assert orderly == [b"place-%d" % number for number in range(20)]
    manner.shuffle = True
    first, second = await run(1), await run(1)
    assert first == second != orderly
    assert sorted(first) == sorted(orderly)
    manner.shuffle, manner.drop_percent = False, 50
    assert 0 < len(await run(2)) < 20
    assert -1 in {event.status for event in forum.hook_events.values()}
    manner.drop_percent, manner.duplicate_percent = 0, 100
    assert len(await run(3)) == 40


async def test_several_at_once(forum: Forum, deliverer: Deliverer, service: Service) -> None:
    hook(forum)
    deliverer.manner.parallel = 8
    for number in range(30):
        accounts.update_profile(forum, forum.users[1], {"location": f"place-{number}"})
    await settle(deliverer)
    assert sorted(map(int, service.ids)) == list(range(1, 31))
