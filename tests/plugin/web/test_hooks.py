"""Deliveries as a forum sends them, and as an attacker would."""

import hmac
import json
from collections.abc import AsyncIterator
from hashlib import sha256

import httpx2
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from plugin.errors import Unavailable
from plugin.services.hosts import connect
from plugin.web.hooks import LARGEST
from tests.plugin.support import BASE_URL, HOOK_SECRET
from tests.schema.world import World

USER = {"user": {"id": 77, "username": "newbie", "name": "New", "created_at": "2026-10-01T00:00:00.000Z", "trust_level": 0, "active": True}}


def signed(
    body: bytes, *, secret: str = HOOK_SECRET, kind: str = "user", event: str = "user_created", number: str = "1", instance: str = BASE_URL
) -> dict[str, str]:
    """The headers of a delivery by Discourse."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Discourse/2026.10",
        "X-Discourse-Instance": instance,
        "X-Discourse-Event-Id": number,
        "X-Discourse-Event-Type": kind,
        "X-Discourse-Event": event,
        "X-Discourse-Event-Signature": "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest(),
    }


def body_of(found: object = USER) -> bytes:
    return json.dumps(found).encode()


async def send(world: World, body: bytes | AsyncIterator[bytes], headers: dict[str, str], *, path: str = "", method: str = "POST") -> httpx2.Response:
    return await world.http.request(method, path or f"/hooks/{world.installation_id}/", content=body, headers=headers)


async def kept(world: World) -> dict[str, int]:
    return await world.read(lambda unit: unit.inbox.counts())


async def test_a_signed_delivery_is_kept_before_it_is_acknowledged(both: World) -> None:
    body = body_of()
    answer = await send(both, body, signed(body))
    assert answer.status_code == 202
    assert await kept(both) == {"new": 1}


async def test_the_acknowledgement_waits_until_the_delivery_is_durable(world: World) -> None:
    order: list[str] = []
    put = world.database.put

    async def slow(arrival: object) -> None:
        await put(arrival)  # type: ignore[arg-type]  # handed on
        order.append("kept")

    world.database.put = slow  # type: ignore[assignment,method-assign]  # to see the order
    body = body_of()
    await send(world, body, signed(body))
    order.append("acknowledged")
    assert order == ["kept", "acknowledged"]


async def test_a_repeat_is_acknowledged_and_kept_once(world: World) -> None:
    body = body_of()
    for _ in range(3):
        assert (await send(world, body, signed(body))).status_code == 202
    assert await kept(world) == {"new": 1}


async def test_another_body_under_a_number_that_was_used_is_kept_too(world: World) -> None:
    for name in ("a", "b"):
        body = body_of({"user": USER["user"] | {"name": name}})
        assert (await send(world, body, signed(body))).status_code == 202
    assert await kept(world) == {"new": 2}


async def test_an_event_that_is_not_known_is_kept_by_name(world: World) -> None:
    body = body_of({"zebra": {"id": 1, "secret": "hunter2"}})
    assert (await send(world, body, signed(body, kind="zebra", event="zebra_seen"))).status_code == 202
    (row,) = await world.read(lambda unit: unit.inbox.listing(state=None, limit=5))
    assert row["kind"] == "zebra_seen"


async def test_the_content_type_makes_no_difference_to_what_was_signed(world: World) -> None:
    body = body_of()
    headers = signed(body) | {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await send(world, body, headers)).status_code == 202


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"X-Discourse-Event-Signature": ""}, 401),
        ({"X-Discourse-Event-Signature": "sha256="}, 401),
        ({"X-Discourse-Event-Signature": "sha256=" + "0" * 64}, 401),
        ({"X-Discourse-Event-Signature": "sha1=abc"}, 401),
        ({"X-Discourse-Event-Signature": "sha256=\u00e9"}, 401),
        ({"X-Discourse-Instance": "https://evil.example"}, 401),
        ({"X-Discourse-Instance": ""}, 401),
        ({"X-Discourse-Event-Id": ""}, 400),
        ({"X-Discourse-Event-Id": "not a number"}, 400),
        ({"X-Discourse-Event-Id": "9" * 400}, 400),
        ({"X-Discourse-Event-Type": "post"}, 400),
        ({"X-Discourse-Event-Type": ""}, 400),
        ({"X-Discourse-Event": "post_created"}, 400),
        ({"X-Discourse-Event": "<script>"}, 400),
    ],
)
async def test_what_is_forged_or_relabelled_is_refused_and_not_kept(world: World, changed: dict[str, str], status: int) -> None:
    body = body_of()
    headers = {name.encode(): value.encode("latin-1") for name, value in (signed(body) | changed).items()}
    answer = await world.http.post(f"/hooks/{world.installation_id}/", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert await kept(world) == {}


async def test_another_secret_or_another_body_is_refused(world: World) -> None:
    body = body_of()
    for headers, sent in ((signed(body, secret="another secret"), body), (signed(body), body + b" "), (signed(body), b"")):
        assert (await send(world, sent, headers)).status_code == 401
    assert await kept(world) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"7",
        b"[]",
        b"null",
        b"{}",
        b'{"user": 7}',
        b'{"user": null}',
        b"\xff\xfe",
        '{"user": {}}'.encode("utf-16"),
        b'{"user":' + b"[" * 50_000,
        b'{"user": {"id": ' + b"9" * 5000 + b"}}",
        b'{"user": {"id": NaN}}',
        b'{"user": {"id": 1}, "user": {"id": 2}}',
    ],
)
async def test_a_signed_body_that_makes_no_sense_is_a_4xx_or_dropped_never_a_5xx(world: World, body: bytes) -> None:
    answer = await send(world, body, signed(body))
    assert 200 <= answer.status_code < 500
    if answer.status_code >= 400:
        assert await kept(world) == {}


async def test_a_delivery_that_is_too_large_is_refused(world: World) -> None:
    limit = world.parts.runtime.hosts["discourse"].max_body
    for size in (limit + 1, LARGEST + 1):
        body = b'{"user": "' + b"x" * (size - 12) + b'"}'
        assert (await send(world, body, signed(body))).status_code == 413
    assert await kept(world) == {}


async def test_a_delivery_in_pieces_without_end_is_cut_off(world: World) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 100_000
            yield b"x" * 100_000

    assert (await send(world, pieces(), signed(b""))).status_code == 413
    assert sent <= LARGEST + 200_000


@pytest.mark.parametrize("length", ["²", "-1", "1e3", "9" * 30, " 5", "x"])
async def test_a_declared_length_that_makes_no_sense_does_no_harm(world: World, length: str) -> None:
    body = body_of()
    headers = {name.encode(): value.encode() for name, value in signed(body).items()} | {b"Content-Length": length.encode("latin-1")}
    answer = await world.http.post(f"/hooks/{world.installation_id}/", content=body, headers=headers)
    assert answer.status_code in {202, 400, 413}


@pytest.mark.parametrize("installation", ["0", "999999999999", "9" * 13, "9" * 400, "-1", "1.5", "x", "%00", "²", "٣", "1;drop"])
async def test_an_installation_that_there_is_not_is_404(world: World, installation: str) -> None:
    body = body_of()
    answer = await send(world, body, signed(body), path=f"/hooks/{installation}/")
    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_keep_nothing(world: World, method: str) -> None:
    answer = await send(world, b"", {}, method=method)
    assert 400 <= answer.status_code < 500
    assert await kept(world) == {}


async def test_a_disconnected_community_is_told_to_stop_sending(world: World) -> None:
    """410: Discourse then deactivates the webhook by itself, where 401 would let it try for ever."""
    body = body_of()
    await world.write(lambda unit: unit.update_installation(state="disconnected", remote={}, secrets={}))
    world.parts.runtime.forget(world.installation_id)
    for headers in (signed(body), signed(body, secret="")):
        answer = await send(world, body, headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (410, "gone")
    assert await kept(world) == {}
    assert await connect.origins(world.parts.runtime) == []


async def test_an_erased_community_is_404(world: World) -> None:
    gone = world.installation_id
    await world.database.manage(lambda installations: installations.remove(gone))
    world.parts.runtime.forget(gone)
    body = body_of()
    assert (await send(world, body, signed(body))).status_code == 404


async def test_a_database_that_is_away_is_503_and_the_host_is_told_when_to_try_again(world: World) -> None:
    body = body_of()
    world.database.failure = Unavailable("the database does not answer", code="database_down")
    answer = await send(world, body, signed(body))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "Traceback" not in answer.text
    world.database.failure = None
    assert (await send(world, body, signed(body))).status_code == 202


async def test_a_database_that_goes_away_between_the_check_and_the_keeping_is_503(world: World) -> None:
    body = body_of()
    await world.parts.runtime.installation(world.installation_id)
    world.database.failure = Unavailable("the disk is full", code="database_full")
    assert (await send(world, body, signed(body))).status_code == 503


texts = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
headers_of_discourse = st.sampled_from(
    [
        "x-discourse-event-signature",
        "x-discourse-instance",
        "x-discourse-event-id",
        "x-discourse-event-type",
        "x-discourse-event",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "x-forwarded-for",
        "host",
    ]
)


@pytest.mark.slow
@given(changed=st.dictionaries(headers_of_discourse, texts, max_size=5), body=st.one_of(st.just(body_of()), st.binary(max_size=60)), resign=st.booleans())
@hypothesis_settings(max_examples=150)
async def test_no_headers_and_no_body_are_ever_a_5xx(world: World, changed: dict[str, str], body: bytes, resign: bool) -> None:
    before = sum((await kept(world)).values())
    headers = {name.lower(): value for name, value in signed(body if resign else b"other").items()} | changed
    answer = await world.http.post(
        f"/hooks/{world.installation_id}/", content=body, headers={name.encode(): value.encode("latin-1") for name, value in headers.items()}
    )
    assert 200 <= answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert sum((await kept(world)).values()) == before


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "username", "user_id", "topic_id", "cooked", "raw", "name", "x"]), inner, max_size=4),
    ),
    max_leaves=8,
)
PAIRS = [
    ("user", "user_created"),
    ("user", "user_destroyed"),
    ("post", "post_created"),
    ("topic", "topic_created"),
    ("like", "post_liked"),
    ("user_badge", "user_badge_granted"),
    ("group", "group_created"),
    ("category", "category_updated"),
    ("solved", "accepted_solution"),
    ("ping", "ping"),
    ("zebra", "zebra_seen"),
]


@pytest.mark.slow
@given(pair=st.sampled_from(PAIRS), value=json_values)
@hypothesis_settings(max_examples=150)
async def test_no_signed_json_is_ever_a_5xx(world: World, pair: tuple[str, str], value: object) -> None:
    body = json.dumps({pair[0]: value}).encode()
    answer = await send(world, body, signed(body, kind=pair[0], event=pair[1], number=str(abs(hash(body)) % 10**9)))
    assert 200 <= answer.status_code < 500, answer.text
