"""Promise 5: only the raw bytes are verified, before anything is parsed; a bad signature is 401 and leaves nothing behind."""

import hmac
import json
from hashlib import sha1, sha256

import pytest

from tests.plugin.support import HOOK_SECRET
from tests.plugin.web.test_hooks import body_of, kept, send, signed
from tests.schema.conftest import clock, filled, world
from tests.schema.world import World

__all__ = ["clock", "filled", "world"]

BODY = body_of()
GOOD = signed(BODY)["X-Discourse-Event-Signature"]
BAD = {
    "missing": None,
    "empty": "",
    "another secret": signed(BODY, secret="another")["X-Discourse-Event-Signature"],
    "no secret": signed(BODY, secret="")["X-Discourse-Event-Signature"],
    "of another body": signed(BODY + b" ")["X-Discourse-Event-Signature"],
    "another algorithm": "sha1=" + hmac.new(HOOK_SECRET.encode(), BODY, sha1).hexdigest(),
    "no algorithm": hmac.new(HOOK_SECRET.encode(), BODY, sha256).hexdigest(),
    "cut short": GOOD[:-1],
    "longer": GOOD + "0",
    "not ASCII": "sha256=é",
    "another case": GOOD.upper(),
    "of parsed content": signed(json.dumps(json.loads(BODY), separators=(",", ":")).encode())["X-Discourse-Event-Signature"],
}


@pytest.mark.parametrize("name", BAD)
async def test_promise_05_a_bad_signature_is_401_and_leaves_nothing(world: World, name: str) -> None:
    headers: dict[str, str] = {key: value for key, value in signed(BODY).items() if key != "X-Discourse-Event-Signature"}
    value = BAD[name]
    raw = [(key.encode(), one.encode()) for key, one in headers.items()]
    if value is not None:
        raw.append((b"X-Discourse-Event-Signature", value.encode()))
    answer = await world.http.request("POST", f"/hooks/{world.installation_id}/", content=BODY, headers=raw)
    assert answer.status_code == 401
    assert await kept(world) == {}


async def test_promise_05_odd_white_space_is_part_of_what_was_signed(world: World) -> None:
    body = b'\n{ "user" :\t' + json.dumps(json.loads(BODY)["user"]).encode() + b"}\r\n "
    assert (await send(world, body, signed(body))).status_code == 202
    assert await kept(world) == {"new": 1}
