"""Signing in through the forum, and everything that is not signing in."""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from mentorgraph import events as e
from plugin.app import build
from plugin.domain.people import Scope
from plugin.services.hosts import choosing
from plugin.services.identity import access, signing_in
from schema import trusted
from tests.plugin.support import BASE_URL, SIGN_IN_SECRET
from tests.schema.world import ORIGIN, START, World, person


def answered(sso: str, *, user: str = "3", username: str = "cat", secret: str = SIGN_IN_SECRET, **more: str) -> dict[str, str]:
    """What the forum answers to our question for whoever is signed in there."""
    asked = dict(parse_qsl(base64.b64decode(sso).decode()))
    said = {
        **asked,
        "external_id": user,
        "username": username,
        "email": "x@example.org",
        "name": "Cat",
        "admin": "false",
        "moderator": "false",
    } | more
    payload = base64.b64encode(urlencode(said).encode()).decode()
    return {"sso": payload, "sig": hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()}


async def start(world: World, path: str = "") -> tuple[str, httpx2.Response]:
    """Begin a redirect; gives the question to the forum."""
    answer = await world.http.get(f"/auth/{world.installation_id}/start", params={"next": path} if path else {})
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)["sso"][0], answer


def callback(world: World) -> str:
    return f"/auth/{world.installation_id}/callback"


def private(answer: httpx2.Response) -> None:
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"


# ---------------------------------------------------------------------------------------------------------------------- redirect


@pytest.mark.slow
async def test_a_browser_is_signed_in_by_way_of_the_forum(world: World) -> None:
    sso, begun = await start(world)
    private(begun)
    assert begun.headers["location"].startswith(f"{BASE_URL}/session/sso_provider?")
    done = await world.http.get(callback(world), params=answered(sso))
    assert (done.status_code, done.headers["location"]) == (303, "/auth/done")
    private(done)
    token = world.http.cookies["__Host-mentorgraph-session"]
    principal = await access.principal_of(world.parts.runtime, token)
    assert principal.member_id == await world.member_id("cat")
    assert principal.may(Scope.ME)
    assert not principal.may(Scope.PROGRAMS)
    page = await world.http.get("/auth/done")
    assert "You are signed in" in page.text


@pytest.mark.parametrize("secure", [True, False])
async def test_cookies_are_bound_and_hidden(world: World, secure: bool) -> None:
    settings = world.parts.runtime.settings.model_copy(update={"public_url": "https://mentors.example.org" if secure else "http://127.0.0.1:8000"})
    world.parts.runtime.settings = settings
    world.parts.runtime.forget(world.installation_id)
    transport = httpx2.ASGITransport(build(world.parts, embedded_worker=False))
    async with httpx2.AsyncClient(transport=transport, base_url=settings.public_url) as browser:
        begun = await browser.get(f"/auth/{world.installation_id}/start")
        sso = parse_qs(urlsplit(begun.headers["location"]).query)["sso"][0]
        done = await browser.get(callback(world), params=answered(sso))
        cookies = begun.headers.get_list("set-cookie") + done.headers.get_list("set-cookie")
        assert len(cookies) == 3
        for one in cookies:
            words = {word.strip().partition("=")[0].lower(): word.strip().partition("=")[2] for word in one.split(";")}
            assert one.startswith("__Host-mentorgraph-" if secure else "mentorgraph-")
            assert ("secure" in words) is secure
            assert "httponly" in words
            assert words["samesite"] == "lax"
            assert words["path"] == "/"
            assert "domain" not in words


async def test_an_answer_is_good_once(world: World) -> None:
    sso, _ = await start(world)
    answer = answered(sso)
    assert (await world.http.get(callback(world), params=answer)).status_code == 303
    again = await world.http.get(callback(world), params=answer)
    assert (again.status_code, again.json()["error"]["code"]) == (403, "unknown_nonce")


async def test_an_answer_is_good_in_the_browser_that_asked_only(world: World) -> None:
    sso, _ = await start(world)
    world.http.cookies.clear()
    stolen = await world.http.get(callback(world), params=answered(sso))
    assert (stolen.status_code, stolen.json()["error"]["code"]) == (403, "other_browser")
    assert "set-cookie" not in stolen.headers
    sso, _ = await start(world)
    other, _ = await start(world)
    assert (await world.http.get(callback(world), params=answered(sso))).json()["error"]["code"] == "other_browser"
    assert (await world.http.get(callback(world), params=answered(other))).status_code == 303


async def test_an_answer_is_good_for_ten_minutes(world: World) -> None:
    sso, _ = await start(world)
    world.clock.move(minutes=10, seconds=1)
    assert (await world.http.get(callback(world), params=answered(sso))).json()["error"]["code"] == "unknown_nonce"


@pytest.mark.parametrize("break_it", ["sig", "sso", "secret", "nothing", "empty", "no sig", "not base64"])
async def test_an_answer_that_the_forum_did_not_give_signs_nobody_in(world: World, break_it: str) -> None:
    sso, _ = await start(world)
    answer = answered(sso, secret="another secret" if break_it == "secret" else SIGN_IN_SECRET)
    changed = {
        "sig": answer | {"sig": "0" * 64},
        "sso": answer | {"sso": base64.b64encode(b"nonce=x&external_id=1&username=ann").decode()},
        "secret": answer,
        "nothing": {},
        "empty": {"sso": "", "sig": ""},
        "no sig": {"sso": answer["sso"]},
        "not base64": {"sso": "\u00e9\u00e9", "sig": "\u00e9"},
    }[break_it]
    refused = await world.http.get(callback(world), params=changed)
    assert 400 <= refused.status_code < 404
    assert "session" not in str(refused.headers.get_list("set-cookie"))


async def test_nobody_signed_in_in_the_forum_is_said_so(world: World) -> None:
    sso, _ = await start(world)
    asked = dict(parse_qsl(base64.b64decode(sso).decode()))
    payload = base64.b64encode(urlencode(asked | {"failed": "true"}).encode()).decode()
    answer = await world.http.get(
        callback(world), params={"sso": payload, "sig": hmac.new(SIGN_IN_SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:x",
        "evil.example",
        "/\n//evil.example",
        "/" + "x" * 600,
        "///evil.example",
        "/x\\..\\evil",
    ],
)
async def test_after_signing_in_one_stays_on_our_pages(world: World, path: str) -> None:
    sso, _ = await start(world, path)
    done = await world.http.get(callback(world), params=answered(sso))
    where = done.headers["location"]
    assert done.status_code == 303
    assert "\n" not in where
    assert urlsplit(where).netloc == ""
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))


async def test_a_page_of_ours_is_gone_back_to(world: World) -> None:
    sso, _ = await start(world, "/graphql?x=1")
    assert (await world.http.get(callback(world), params=answered(sso))).headers["location"] == "/graphql?x=1"


async def test_a_suspended_member_is_not_let_in(world: World) -> None:
    await world.apply(person(3, "cat", START, suspended=True))
    sso, _ = await start(world)
    refused = await world.http.get(callback(world), params=answered(sso))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "suspended")


async def test_an_erased_member_comes_back_by_signing_in_only(world: World) -> None:
    await world.apply(e.MemberLeft(seen_at=START, source=e.Source.HOST, host_user_id="3"))
    sso, _ = await start(world)
    assert (await world.http.get(callback(world), params=answered(sso))).status_code == 303
    assert await world.member_id("cat")


# ---------------------------------------------------------------------------------------------------------------------- exchange


def pair() -> tuple[str, str]:
    """A verifier and its challenge."""
    verifier = secrets.token_urlsafe(32)
    return verifier, base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


async def begin(world: World, challenge: str) -> str:
    answer = await world.http.post(f"/auth/{world.installation_id}/start", json={"code_challenge": challenge}, headers={"Origin": BASE_URL})
    assert answer.status_code == 200, answer.text
    private(answer)
    assert set(answer.json()) == {"sso", "sig"}
    return str(answer.json()["sso"])


async def exchange(world: World, body: dict[str, Any], *, origin: str = BASE_URL) -> httpx2.Response:
    return await world.http.post(f"/auth/{world.installation_id}/exchange", json=body, headers={"Origin": origin} if origin else {})


async def test_a_page_of_the_forum_gets_a_token_for_ten_minutes(world: World) -> None:
    verifier, challenge = pair()
    sso = await begin(world, challenge)
    done = await exchange(world, answered(sso) | {"code_verifier": verifier})
    assert done.status_code == 200
    private(done)
    assert done.headers["access-control-allow-origin"] == BASE_URL
    assert "access-control-allow-credentials" not in done.headers
    assert "set-cookie" not in done.headers
    found = done.json()
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 600)
    shown = (trusted.FOLDER / "suggestions.v1.graphql").read_text()
    assert (await world.ask(shown, found["access_token"])).data["viewer"]["member"]["username"] == "cat"
    for own in ("{ viewer { member { username } } }", "{ __schema { queryType { name } } }"):
        assert (await world.ask(own, found["access_token"])).status == 403, "a widget sends trusted documents only"
    world.clock.move(minutes=10)
    assert (await world.ask(shown, found["access_token"])).status == 401


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://forum.example.org", "https://forum.example.org:8443", "https://forum.example.org.evil.example"]
)
async def test_an_exchange_comes_from_the_forums_own_pages(world: World, origin: str) -> None:
    verifier, challenge = pair()
    sso = await begin(world, challenge)
    refused = await exchange(world, answered(sso) | {"code_verifier": verifier}, origin=origin)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "other_origin")
    assert "access-control-allow-origin" not in refused.headers


async def test_an_exchange_needs_its_own_verifier_and_uses_up_its_answer(world: World) -> None:
    verifier, challenge = pair()
    answer = answered(await begin(world, challenge))
    assert (await exchange(world, answer | {"code_verifier": pair()[0]})).json()["error"]["code"] == "wrong_verifier"
    assert (await exchange(world, answer | {"code_verifier": verifier})).json()["error"]["code"] == "unknown_nonce"


async def test_an_exchange_is_good_for_two_minutes(world: World) -> None:
    verifier, challenge = pair()
    answer = answered(await begin(world, challenge))
    world.clock.move(minutes=2, seconds=1)
    assert (await exchange(world, answer | {"code_verifier": verifier})).json()["error"]["code"] == "unknown_nonce"


async def test_the_callback_never_completes_an_exchange(world: World) -> None:
    """Someone begins an exchange, keeps its verifier and sends a victim to the forum: the victim's answer must be worth nothing."""
    verifier, challenge = pair()
    answer = answered(await begin(world, challenge))
    refused = await world.http.get(callback(world), params=answer)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "other_flow")
    assert "set-cookie" not in refused.headers
    assert (await exchange(world, answer | {"code_verifier": verifier})).json()["error"]["code"] == "unknown_nonce"


async def test_an_exchange_never_completes_a_redirect(world: World) -> None:
    sso, _ = await start(world)
    refused = await exchange(world, answered(sso) | {"code_verifier": pair()[0]})
    assert refused.json()["error"]["code"] == "other_flow"


async def test_a_page_that_was_redirected_is_handed_the_answer_back(world: World) -> None:
    """Only a page of the forum may read it, and it still needs the verifier."""
    verifier, challenge = pair()
    answer = answered(await begin(world, challenge))
    for origin, allowed in ((BASE_URL, True), ("https://evil.example", False), ("null", False)):
        back = await world.http.get(callback(world), params=answer | {"x": "y"}, headers={"Origin": origin, "Sec-Fetch-Mode": "cors"})
        assert (back.headers.get("access-control-allow-origin") == origin) is allowed
        assert back.json() == answer
        private(back)
    assert (await exchange(world, answer | {"code_verifier": verifier})).status_code == 200


@pytest.mark.parametrize(
    ("path", "content", "kind", "code"),
    [
        ("start", b'{"code_challenge": "short"}', "application/json", "invalid"),
        ("start", b'{"code_challenge": 7}', "application/json", "invalid"),
        ("start", b"{}", "application/json", "invalid"),
        ("start", b"[]", "application/json", "invalid"),
        ("start", b"not JSON", "application/json", "not_json"),
        ("start", b"\xff", "application/json", "not_json"),
        ("start", b'{"code_challenge": "x"}', "text/plain", "content_type"),
        ("start", b"code_challenge=x", "application/x-www-form-urlencoded", "content_type"),
        ("exchange", b"{}", "application/json", "invalid"),
        ("exchange", b'{"sso": "a", "sig": "b", "code_verifier": "short"}', "application/json", "invalid"),
        ("exchange", b'{"sso": "a", "sig": null, "code_verifier": "c"}', "application/json", "invalid"),
        ("exchange", b" " * 20_000, "application/json", "too_large"),
    ],
)
async def test_what_an_exchange_cannot_use_is_said_so(world: World, path: str, content: bytes, kind: str, code: str) -> None:
    answer = await world.http.post(f"/auth/{world.installation_id}/{path}", content=content, headers={"Content-Type": kind, "Origin": BASE_URL})
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("sso", ["", "x", "\x00", "é", "=" * 100, base64.b64encode(b"nonce").decode(), base64.b64encode(b"\xff\xfe").decode()])
async def test_odd_answers_of_the_forum_sign_nobody_in(world: World, sso: str) -> None:
    sig = hmac.new(SIGN_IN_SECRET.encode(), sso.encode(), hashlib.sha256).hexdigest()
    refused = await exchange(world, {"sso": sso, "sig": sig, "code_verifier": pair()[0]})
    assert refused.status_code in {400, 401, 403}
    assert (await world.http.get(callback(world), params={"sso": sso, "sig": sig})).status_code in {400, 401, 403}


@pytest.mark.parametrize("installation", ["0", "x", "²", "9" * 13, "123456789"])
async def test_a_community_that_there_is_not_is_404(world: World, installation: str) -> None:
    assert (await world.http.get(f"/auth/{installation}/start")).status_code == 404
    assert (await world.http.get(f"/auth/{installation}/callback", params={"sso": "x", "sig": "y"})).status_code == 404
    assert (await world.http.post(f"/auth/{installation}/start", json={"code_challenge": pair()[1]})).status_code == 404


async def test_sign_ins_under_way_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "MAX_SIGN_INS", 3)
    for _ in range(3):
        await begin(world, pair()[1])
    busy = await world.http.get(f"/auth/{world.installation_id}/start")
    assert busy.status_code == 429
    assert int(busy.headers["retry-after"]) >= 60
    world.clock.now += timedelta(minutes=3)
    assert (await world.http.get(f"/auth/{world.installation_id}/start")).status_code == 303


# ---------------------------------------------------------------------------------------------------------------------- by a window


async def begin_window(world: World, origin: str) -> httpx2.Response:
    body = {"code_challenge": challenge(VERIFIER), "popup": "yes"}
    return await world.http.post(f"/auth/{world.installation_id}/start", json=body, headers={"Origin": origin})


async def use_up(world: World, answer: dict[str, str], origin: str, verifier: str = "") -> httpx2.Response:
    body = answer | {"code_verifier": verifier or VERIFIER}
    return await world.http.post(f"/auth/{world.installation_id}/exchange", json=body, headers={"Origin": origin})


VERIFIER = "w" * 64


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.mark.parametrize("origin", [BASE_URL, "https://www.example.org", ORIGIN])
async def test_a_window_hands_its_answer_to_the_page_that_began(world: World, origin: str) -> None:
    """The community's page, one that its admin named, and our own frame."""
    await choosing.configure(world.parts.runtime, world.installation_id, {"pages": "https://www.example.org"})
    begun = await begin_window(world, origin)
    sso = parse_qs(urlsplit(begun.json()["url"]).query)["sso"][0]
    assert "prompt=none" not in base64.b64decode(sso).decode(), "the host may ask the member to sign in"
    answer = answered(sso)
    window = await world.http.get(callback(world), params=answer)
    assert window.status_code == 200
    assert f'data-origin="{origin}"' in window.text
    assert "set-cookie" not in window.headers
    assert "frame-ancestors 'none'" in window.headers["content-security-policy"]
    private(window)
    done = await use_up(world, answer, origin)
    principal = await access.principal_of(world.parts.runtime, done.json()["access_token"])
    assert (principal.audience, principal.member_id) == ("widget", await world.member_id("cat"))
    assert (await use_up(world, answer, origin)).json()["error"]["code"] == "unknown_nonce"


@pytest.mark.parametrize("origin", ["https://evil.example", "", "null", "https://forum.example.org.evil.example"])
async def test_no_other_page_begins_a_window(world: World, origin: str) -> None:
    refused = await begin_window(world, origin)
    assert refused.status_code == 403
    assert "url" not in refused.json()


async def test_an_answer_of_a_window_is_for_the_page_that_began_it_alone(world: World) -> None:
    await choosing.configure(world.parts.runtime, world.installation_id, {"pages": "https://www.example.org"})
    sso = parse_qs(urlsplit((await begin_window(world, "https://www.example.org")).json()["url"]).query)["sso"][0]
    refused = await use_up(world, answered(sso), BASE_URL)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "other_origin")
    sso = parse_qs(urlsplit((await begin_window(world, BASE_URL)).json()["url"]).query)["sso"][0]
    assert (await use_up(world, answered(sso), BASE_URL, verifier="v" * 64)).json()["error"]["code"] == "wrong_verifier"


async def test_a_silent_exchange_never_shows_its_answer_in_a_window(world: World) -> None:
    """Else somebody could begin one, keep the verifier, and send a victim to the forum's sign-in address."""
    begun = await world.http.post(f"/auth/{world.installation_id}/start", json={"code_challenge": challenge(VERIFIER)}, headers={"Origin": BASE_URL})
    answer = answered(begun.json()["sso"])
    refused = await world.http.get(callback(world), params=answer)
    assert refused.status_code == 403
    assert answer["sso"] not in refused.text
