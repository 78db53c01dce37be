"""Events out, on a real receiver on loopback that verifies with the library that developers use (PyPI ``standardwebhooks``)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import orjson
import pytest
import standardwebhooks

from mentorgraph.host import RateLimit
from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES, SERVICE_SCOPES, Principal, Scope
from plugin.domain.webhooks import EVENTS, Post, PostState, WebhookState, data_of
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.http import GuardedHttp, Patience
from plugin.services.developers import webhook_lane, webhooks
from plugin.services.developers.webhooks import Seen
from plugin.services.identity.rights import settled
from plugin.services.operations.housekeeping import tidy
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from schema.ids import GlobalId
from tests.conftest import FixedClock
from tests.plugin.services.stories import HOST, person
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World

pytestmark = pytest.mark.slow
LANES = frozenset({"webhooks", "endpoint:"})


@dataclass
class Receiver:
    """What a developer runs: keeps what came and answers as told; ``hangs`` never answers."""

    port: int = 0
    status: int = 200
    by_type: dict[str, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    """What hangs is answered once this is set."""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events?k=v"

    @property
    def types(self) -> list[str]:
        return [orjson.loads(body)["type"] for _headers, body in self.came]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
                assert head == "POST /events?k=v HTTP/1.1"
                headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines)}
                body = await reader.readexactly(int(headers["content-length"]))
                self.came.append((headers, body))
                if self.hangs:
                    await self.let_go.wait()
                status = self.by_type.get(orjson.loads(body)["type"], self.status)
                more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{more}\r\n".encode())
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def receivers() -> AsyncIterator[list[Receiver]]:
    made = [Receiver(), Receiver()]
    servers = []
    for one in made:
        server = await asyncio.start_server(one.handle, "127.0.0.1", 0)
        one.port = server.sockets[0].getsockname()[1]
        servers.append(server)
    yield made
    for server in servers:
        server.close()


def opened(world: World, receivers: list[Receiver]) -> None:
    allowed = [f"127.0.0.1:{one.port}" for one in receivers]
    object.__setattr__(world.runtime.settings, "allow_private", tuple(allowed))
    world.runtime.make_http = lambda limit: GuardedHttp(allow_private=allowed, limit=limit, patience=Patience(total=1, tries=1))


@pytest.fixture
async def crowd(world: World, receivers: list[Receiver], clock: FixedClock) -> AsyncIterator[Crowd]:
    """On both databases; the clock shows the real time, by which the library judges."""
    clock.now = datetime.now(UTC)
    made = await crowd_of(world)
    await made.member("root", admin=True)
    world.picture.members["1"] = person("1", username="root", admin=True, source=HOST)
    opened(world, receivers)
    yield made
    await world.runtime.close()


async def admin_of(crowd: Crowd) -> Principal:
    scopes = MEMBER_SCOPES | OFFICE_SCOPES
    carried = Principal(installation_id=crowd.world.installation_id, member_id=crowd.id("root"), scopes=scopes, token_id=99, audience="session")
    return await settled(crowd.world.runtime, carried)


async def happen(crowd: Crowd, *actions: str, number: int = 7) -> None:
    def work(unit: UnitOfWork) -> None:
        for action in actions:
            named = {key: str(number) for key in EVENTS.get(action, {})}
            unit.record(action, actor="system", **named, reason="what somebody wrote")

    await crowd.world.database.write(crowd.world.installation_id, work)


async def work(crowd: Crowd) -> None:
    await Worker(crowd.world.runtime, crowd.world.graphs).run_until_idle(lanes=LANES)


async def made(crowd: Crowd, receiver: Receiver, *types: str) -> Seen:
    clock = crowd.world.runtime.clock
    assert isinstance(clock, FixedClock)
    clock.move(seconds=1)
    return await webhooks.create(crowd.world.runtime, await admin_of(crowd), name=" The  app ", url=receiver.url, types=types)


async def log_of(crowd: Crowd, one: Seen) -> list[Post]:
    return await webhooks.log(crowd.world.runtime, await admin_of(crowd), one.webhook.id, limit=100)


async def state_of(crowd: Crowd) -> list[Seen]:
    return await webhooks.listing(crowd.world.runtime, await admin_of(crowd))


def verified(secret: str | None, came: tuple[dict[str, str], bytes]) -> dict[str, object]:
    assert secret is not None
    headers, body = came
    found: dict[str, object] = standardwebhooks.Webhook(secret).verify(body, headers)
    return found


async def test_events_are_posted_in_order_signed_and_without_words(crowd: Crowd, receivers: list[Receiver]) -> None:
    one, some = await made(crowd, receivers[0]), await made(crowd, receivers[1], "mentorship.begun")
    await happen(crowd, "program.created", "report.made", "mentorship.begun", "strike.counted", "session.said", "member.erased")
    await work(crowd)
    assert receivers[0].types == ["program.created", "mentorship.begun", "member.erased"], "what is about safety stays inside"
    assert receivers[1].types == ["mentorship.begun"]
    told = [verified(one.secret, came) for came in receivers[0].came]
    mine = crowd.world.installation_id
    assert [each["data"] for each in told] == [
        {"program": str(GlobalId("Program", mine, "7"))},
        {"mentorship": str(GlobalId("Mentorship", mine, "7"))},
        {"member": str(GlobalId("Member", mine, "7"))},
    ]
    assert b"wrote" not in b"".join(body for _headers, body in receivers[0].came)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verified(some.secret, receivers[0].came[0])
    headers, body = receivers[0].came[0]
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verified(one.secret, (headers, body.replace(b"program", b"Program")))
    assert headers["content-type"] == "application/json"
    assert [(each.state, each.status, each.attempts) for each in await log_of(crowd, one)] == [(PostState.SENT, 200, 1)] * 3
    await work(crowd)
    assert len(receivers[0].came) == 3, "once each"


async def test_a_failed_unit_of_work_tells_nobody(crowd: Crowd, receivers: list[Receiver]) -> None:
    await made(crowd, receivers[0])

    def fails(unit: UnitOfWork) -> None:
        unit.record("program.created", actor="system", program="1")
        raise Conflict("no")

    with pytest.raises(Conflict):
        await crowd.world.database.write(crowd.world.installation_id, fails)
    await work(crowd)
    assert receivers[0].came == []


async def test_both_secrets_sign_for_a_day(crowd: Crowd, receivers: list[Receiver], clock: FixedClock) -> None:
    old = await made(crowd, receivers[0])
    new = await webhooks.rotate(crowd.world.runtime, await admin_of(crowd), old.webhook.id)
    await happen(crowd, "program.created")
    await work(crowd)
    assert verified(old.secret, receivers[0].came[0]) == verified(new.secret, receivers[0].came[0])
    clock.now -= webhooks.OVERLAP + timedelta(seconds=1)
    newer = await webhooks.rotate(crowd.world.runtime, await admin_of(crowd), old.webhook.id)
    clock.now += webhooks.OVERLAP + timedelta(seconds=1)
    await happen(crowd, "program.created")
    await work(crowd)
    verified(newer.secret, receivers[0].came[1])
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verified(new.secret, receivers[0].came[1])
    assert all(one.secret is None for one in await state_of(crowd)), "shown once"


async def test_one_dead_endpoint_holds_nobody_back_and_is_switched_off(crowd: Crowd, receivers: list[Receiver], clock: FixedClock) -> None:
    dead, well = receivers
    one = await made(crowd, dead)
    await made(crowd, well)
    dead.status = 503
    await happen(crowd, "program.created", "program.changed")
    await work(crowd)
    assert (len(dead.came), len(well.came)) == (1, 2), "nothing more is tried where nothing works"
    for _ in range(3):
        clock.move(hours=30)
        await work(crowd)
    (failing, fine) = [each.webhook for each in await state_of(crowd)]
    assert (failing.state, failing.error, fine.state) == (WebhookState.DISABLED, "answered 503", WebhookState.ACTIVE)
    told = await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.notices.of_member(crowd.id("root"), after=None, limit=9))
    assert [each.kind for each in told] == ["webhook.disabled"]
    await happen(crowd, "program.moved")
    tries = len(dead.came)
    await work(crowd)
    assert len(dead.came) == tries
    dead.status = 204
    await webhooks.resume(crowd.world.runtime, await admin_of(crowd), one.webhook.id)
    await work(crowd)
    assert sorted(dead.types[tries:]) == ["program.changed", "program.created", "program.moved"], "nothing is lost"
    assert (await state_of(crowd))[0].webhook.failing_since is None


async def test_an_endpoint_that_hangs_costs_seconds_and_nobody_elses_events(crowd: Crowd, receivers: list[Receiver], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_lane, "SECONDS", 2.0)
    hanging, well = receivers
    hanging.hangs = True
    one = await made(crowd, hanging)
    await made(crowd, well)
    await happen(crowd, "program.created", "program.changed")
    await work(crowd)
    assert (len(hanging.came), len(well.came)) == (1, 2)
    assert [each.state for each in await log_of(crowd, one)] == [PostState.PENDING] * 2


async def test_while_one_endpoint_hangs_the_others_hear_of_what_happens_next(
    crowd: Crowd, receivers: list[Receiver], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    """The one that hangs is never given up here: whatever waited for it would wait for ever."""
    monkeypatch.setattr(webhook_lane, "SECONDS", 3600.0)
    hanging, well = receivers
    hanging.hangs = True
    await made(crowd, hanging)
    await made(crowd, well)
    worker = Worker(crowd.world.runtime, crowd.world.graphs)
    running = asyncio.create_task(worker.run())
    try:
        for count in (1, 2, 3):
            clock.move(seconds=1)
            await happen(crowd, "program.created")
            crowd.world.runtime.bus.tell(crowd.world.installation_id)
            async with asyncio.timeout(60):
                while len(well.came) < count or not hanging.came:  # noqa: ASYNC110 - what came through a socket
                    await asyncio.sleep(0.02)
        assert len(hanging.came) == 1
    finally:
        # A worker that ends waits for what is under way.
        hanging.let_go.set()
        running.cancel()
        await asyncio.wait({running})


async def test_one_event_that_is_not_taken_does_not_keep_the_others(crowd: Crowd, receivers: list[Receiver], clock: FixedClock) -> None:
    receivers[0].by_type = {"program.created": 422}
    one = await made(crowd, receivers[0])
    await happen(crowd, "program.created", "program.changed")
    await work(crowd)
    assert [(each.type, each.state, each.status) for each in await log_of(crowd, one)] == [
        ("program.changed", PostState.SENT, 200),
        ("program.created", PostState.PENDING, 422),
    ]
    for _ in webhook_lane.RETRIES:
        clock.move(hours=30)
        await work(crowd)
    assert (await log_of(crowd, one))[1].state is PostState.DEAD
    assert receivers[0].types.count("program.created") == 1 + len(webhook_lane.RETRIES)
    ids = {headers["webhook-id"] for headers, body in receivers[0].came if b"created" in body}
    assert len(ids) == 1, "by which a repeat is known"
    assert (await state_of(crowd))[0].webhook.state is WebhookState.ACTIVE


async def test_pauses_between_tries_last_three_days(crowd: Crowd, receivers: list[Receiver], clock: FixedClock) -> None:
    assert timedelta(days=3) < sum(webhook_lane.RETRIES, timedelta()) < timedelta(days=4)
    receivers[0].status, receivers[0].headers = 429, {"Retry-After": "7200"}
    one = await made(crowd, receivers[0])
    await happen(crowd, "program.created")
    await work(crowd)
    (post,) = await log_of(crowd, one)
    assert post.next_at >= clock.now + timedelta(hours=2), "it is asked to wait, and waits"


async def test_a_crash_between_the_answer_and_the_mark_repeats_and_loses_nothing(crowd: Crowd, receivers: list[Receiver], clock: FixedClock) -> None:
    one = await made(crowd, receivers[0])
    await happen(crowd, "program.created")
    mine = crowd.world.installation_id
    webhook_id = one.webhook.id
    (number,) = await crowd.world.database.read(mine, lambda unit: unit.webhooks.due(webhook_id, now=unit.now, limit=9))
    packet = await crowd.world.database.write(mine, lambda unit: webhook_lane._take(unit, webhook_id, number))
    assert packet is not None
    await webhook_lane.post(crowd.world.runtime.webhook_http(mine, webhook_id), packet, at=clock.now)
    # The process is gone here; another goes on.
    clock.move(seconds=10)
    await work(crowd)
    first, second = receivers[0].came
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert [each.attempts for each in await log_of(crowd, one)] == [2]


async def test_pause_resume_replay_test_delete(crowd: Crowd, receivers: list[Receiver], clock: FixedClock) -> None:
    runtime, admin, receiver = crowd.world.runtime, await admin_of(crowd), receivers[0]
    one = await made(crowd, receiver)
    await webhooks.pause(runtime, admin, one.webhook.id)
    await happen(crowd, "program.created")
    await work(crowd)
    assert receiver.came == []
    outcome = await webhooks.test(runtime, admin, one.webhook.id)
    assert (outcome.taken, outcome.status) == (True, 200)
    assert verified(one.secret, receiver.came.pop())["type"] == "webhook.test"
    await webhooks.resume(runtime, admin, one.webhook.id)
    await work(crowd)
    assert receiver.types == ["program.created"]
    (post,) = await log_of(crowd, one)
    assert await webhooks.replay(runtime, admin, one.webhook.id, number=post.number) == 1
    assert await webhooks.replay(runtime, admin, one.webhook.id, since=post.created_at) == 1
    await work(crowd)
    assert receiver.types == ["program.created"] * 2
    for wrong in ({}, {"since": clock.now, "number": 1}, {"since": clock.now.replace(tzinfo=None)}):
        with pytest.raises(Invalid):
            await webhooks.replay(runtime, admin, one.webhook.id, **wrong)
    with pytest.raises(NotFound):
        await webhooks.replay(runtime, admin, one.webhook.id, number=10**9)
    changed = await webhooks.change(runtime, admin, one.webhook.id, name="Other", url=receivers[1].url, types=("program.moved",))
    assert (changed.webhook.name, changed.url, changed.webhook.types) == ("Other", receivers[1].url, ("program.moved",))
    await webhooks.delete(runtime, admin, one.webhook.id)
    await happen(crowd, "program.moved")
    await work(crowd)
    assert (receivers[1].came, await state_of(crowd)) == ([], [])
    for act in (webhooks.pause, webhooks.resume, webhooks.rotate, webhooks.delete, webhooks.test, partial(webhooks.log, limit=1)):
        with pytest.raises(NotFound):
            await act(runtime, admin, one.webhook.id)


async def test_an_endpoint_that_is_gone_is_switched_off_at_once_and_redirects_are_not_followed(crowd: Crowd, receivers: list[Receiver]) -> None:
    gone, moved = receivers
    gone.status, moved.status, moved.headers = 410, 302, {"Location": gone.url}
    await made(crowd, gone)
    await made(crowd, moved)
    await happen(crowd, "program.created")
    await work(crowd)
    first, second = [each.webhook for each in await state_of(crowd)]
    assert (first.state, second.state, second.error) == (WebhookState.DISABLED, WebhookState.ACTIVE, "answered 302; redirects are not followed")
    assert len(gone.came) == 1


BAD = [
    "", "ftp://a.example.org/", "http://a.example.org/", "https://user:pass@a.example.org/", "https://", "https://a.example.org/#x", "https://a b.example.org",
    "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://localhost/", "https://a.example.org:99999/",
    "javascript:alert(1)", "https://a.example.org/" + "x" * 2000, "https://ä.example.org/", "https://[::ffff:127.0.0.1]/",
]  # fmt: skip


async def test_addresses_that_lead_inside_are_refused(crowd: Crowd, receivers: list[Receiver]) -> None:
    runtime, admin = crowd.world.runtime, await admin_of(crowd)
    for url in BAD:
        with pytest.raises(Invalid) as refused:
            await webhooks.create(runtime, admin, name="n", url=url, types=())
        assert refused.value.field == "url"
    for name, types in (("", ()), ("x" * 101, ()), ("n", ("nothing.known",))):
        with pytest.raises(Invalid):
            await webhooks.create(runtime, admin, name=name, url=receivers[0].url, types=types)
    # A name is looked up for every post, and again refused there.
    outcome = await webhook_lane.post(
        GuardedHttp(allow_private=(), limit=RateLimit(per_minute=60, burst=9), patience=Patience(total=1, tries=1)),
        webhook_lane.Packet(url=receivers[0].url, secrets=["whsec_" + "A" * 32], message_id="1", body=b"{}"),
        at=datetime.now(UTC),
    )
    assert "private address" in outcome.error
    assert receivers[0].came == []
    for _ in range(webhooks.MOST):
        await made(crowd, receivers[0])
    with pytest.raises(Conflict):
        await made(crowd, receivers[0])


async def test_only_admins_in_person_and_nothing_is_readable_at_rest(crowd: Crowd, receivers: list[Receiver]) -> None:
    one = await made(crowd, receivers[0])
    service = Principal(installation_id=crowd.world.installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=3)
    member = Principal(installation_id=crowd.world.installation_id, member_id=crowd.id("root"), scopes=MEMBER_SCOPES, token_id=4)
    for who in (service, member):
        with pytest.raises(Forbidden):
            await webhooks.create(crowd.world.runtime, who, name="n", url=receivers[0].url, types=())
        for act in (webhooks.pause, webhooks.rotate, webhooks.delete, webhooks.test, partial(webhooks.log, limit=1)):
            with pytest.raises(Forbidden):
                await act(crowd.world.runtime, who, one.webhook.id)
    assert webhooks.require_listener(service) is service
    for who in (member, Principal(installation_id=1, member_id=None, scopes=frozenset({Scope.READ}), token_id=1)):
        with pytest.raises(Forbidden):
            webhooks.require_listener(who)
    (kept,) = await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.webhooks.listing())
    assert b"127.0.0.1" not in kept.url
    assert one.secret is not None
    assert one.secret.encode() not in kept.secrets
    assert one.secret not in repr(one)


async def test_what_is_older_than_thirty_days_is_forgotten(crowd: Crowd, receivers: list[Receiver], clock: FixedClock) -> None:
    one = await made(crowd, receivers[0])
    await happen(crowd, "program.created")
    await work(crowd)
    clock.move(days=31)
    await happen(crowd, "program.changed")
    await tidy(crowd.world.runtime, crowd.world.installation_id)
    assert [each.type for each in await log_of(crowd, one)] == ["program.changed"]
    number, found = await webhooks.news(crowd.world.runtime, await admin_of(crowd), after=0)
    assert ([each.type for each in found], found[-1].number) == (["program.changed"], number)


def test_what_is_told_is_ids_and_words_of_ours() -> None:
    detail = {"mentorship": "5", "reason": "private", "note": "x", "member": "9", "state": "active"}
    assert data_of("mentorship.ended", detail, installation_id=1) == {"mentorship": str(GlobalId("Mentorship", 1, "5")), "state": "active"}
    for inside in ("report.made", "strike.counted", "minor.declared", "screening.recorded", "session.written", "token.created", "webhook.created"):
        assert data_of(inside, detail, installation_id=1) is None
