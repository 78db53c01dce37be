"""DiscourseConnect as a provider, in both forms."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from integrations.discourse.double.actions import sessions
from integrations.discourse.double.forum import Forum

SECRET = "the-secret-of-the-service"
RETURN = "https://service.example/callback?flow=1"
XHR = {"X-Requested-With": "XMLHttpRequest"}


def question(*, secret: str = SECRET, **more: str) -> dict[str, str]:
    payload = {"nonce": "n-1", "return_sso_url": RETURN} | more
    sso = base64.b64encode(urlencode(payload).encode()).decode()
    return {"sso": sso, "sig": hmac.new(secret.encode(), sso.encode(), hashlib.sha256).hexdigest()}


def answer(url: str) -> dict[str, str]:
    """The signed answer in an address, checked as a service has to."""
    query = parse_qs(urlsplit(url).query)
    sso, sig = query["sso"][0], query["sig"][0]
    assert hmac.compare_digest(hmac.new(SECRET.encode(), sso.encode(), hashlib.sha256).hexdigest(), sig)
    return dict(parse_qsl(base64.b64decode(sso, validate=True).decode(), keep_blank_values=True))


@pytest.fixture(autouse=True)
def provider(forum: Forum) -> None:
    forum.settings.discourse_connect_provider_secrets = ["other.example|another-secret", "*.example|an-older-secret", f"service.example|{SECRET}"]


@pytest.fixture
def alice(forum: Forum) -> dict[str, str]:
    return {"Cookie": f"_t={sessions.log_in(forum, forum.users[1]).token}"}


async def test_a_signed_in_member_is_sent_back(anonymous: httpx2.AsyncClient, alice: dict[str, str]) -> None:
    response = await anonymous.get("/session/sso_provider", params=question(), headers=alice)
    assert response.status_code == 302
    assert response.headers["location"].startswith(RETURN + "&sso=")
    found = answer(response.headers["location"])
    assert found["nonce"] == "n-1"
    assert (found["external_id"], found["username"], found["email"], found["admin"]) == ("1", "alice", "alice@example.org", "false")
    assert found["groups"] == "trust_level_0,trust_level_1"
    assert found["avatar_url"].startswith("http://forum.test/letter_avatar_proxy/")
    assert "trust_level" not in found


async def test_an_xhr_gets_json_and_a_cookie_that_must_be_cleared(anonymous: httpx2.AsyncClient, alice: dict[str, str]) -> None:
    response = await anonymous.get("/session/sso_provider", params=question(prompt="none"), headers=alice | XHR)
    assert response.status_code == 200
    assert response.json()["success"] == "OK"
    assert answer(response.json()["redirect_url"])["prompt"] == "none"
    assert response.headers["set-cookie"].startswith("sso_destination_url=")


async def test_older_forums_answer_an_xhr_with_the_cookie_alone(anonymous: httpx2.AsyncClient, forum: Forum, alice: dict[str, str]) -> None:
    forum.settings.sso_xhr_json = False
    response = await anonymous.get("/session/sso_provider", params=question(), headers=alice | XHR)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["set-cookie"].startswith("sso_destination_url=")


async def test_nobody_signed_in_and_no_prompt(anonymous: httpx2.AsyncClient) -> None:
    found = answer((await anonymous.get("/session/sso_provider", params=question(prompt="none"))).headers["location"])
    assert found == {"nonce": "n-1", "return_sso_url": RETURN, "prompt": "none", "failed": "true"}


async def test_the_log_in_page_goes_on_with_what_waits(anonymous: httpx2.AsyncClient) -> None:
    first = await anonymous.get("/session/sso_provider", params=question())
    assert first.headers["location"] == "/login"
    assert "sso_payload" in anonymous.cookies
    second = await anonymous.post("/login", data={"username": "bobby"})
    assert (second.status_code, second.headers["location"]) == (303, "/session/sso_provider")
    assert "HttpOnly" in second.headers["set-cookie"]
    assert "samesite=lax" in second.headers["set-cookie"].lower()
    third = await anonymous.get("/session/sso_provider")
    assert answer(third.headers["location"])["username"] == "bobby"


async def test_logout(anonymous: httpx2.AsyncClient, forum: Forum, alice: dict[str, str]) -> None:
    response = await anonymous.get("/session/sso_provider", params=question(logout="true"), headers=alice)
    assert response.headers["location"] == RETURN
    assert not forum.sessions


@pytest.mark.parametrize(
    ("params", "status"),
    [
        (question(secret="wrong"), 422),
        (question(secret="another-secret"), 422),
        ({"sso": "%%%", "sig": "0"}, 422),
        ({"sso": base64.b64encode(b"nonce=1").decode(), "sig": "0"}, 400),
        ({}, 400),
        (question(return_sso_url="https://elsewhere.test/"), 400),
        (question(prompt="login"), 400),
    ],
    ids=["signature", "secret of another domain", "no Base64", "no return address", "nothing", "unknown domain", "unknown prompt"],
)
async def test_refusals_are_plain_text(anonymous: httpx2.AsyncClient, params: dict[str, str], status: int) -> None:
    response = await anonymous.get("/session/sso_provider", params=params)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/plain")


async def test_disabled(anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    forum.settings.enable_discourse_connect_provider = False
    assert (await anonymous.get("/session/sso_provider", params=question())).status_code == 404


async def test_several_secrets_and_wildcards(anonymous: httpx2.AsyncClient) -> None:
    asked = question(secret="an-older-secret", prompt="none")
    assert (await anonymous.get("/session/sso_provider", params=asked)).status_code == 302
