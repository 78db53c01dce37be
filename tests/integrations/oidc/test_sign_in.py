"""The service with a real OpenID provider: members sign in, everything that is not signing in is refused, and once in a real browser."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from playwright.async_api import async_playwright
from sqlalchemy import select
from structlog.testing import capture_logs

from integrations.servers import free_port
from mentorgraph.host import Capability, HostBroken, HostInvalid
from plugin.app import Parts, build, compose
from plugin.clock import system_clock
from plugin.http import GuardedHttp
from plugin.services.hosts import provider_settings
from plugin.services.identity import access
from plugin.settings import Settings
from plugin.store.sqlite import SqliteDatabase
from plugin.store.tables import sign_ins
from plugin.store.unit_of_work import UnitOfWork
from tests.oidc_provider import OpenIdProvider
from tests.plugin.services.stories import person
from tests.plugin.support import FakeClient, FakeHost, Picture, community
from tests.schema.world import served
from tests.security.behind import BehindSqlite, found_in
from tests.tools import chromium

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("oidc")]

EVIL = ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%09/evil.example", "\\\\evil.example"]


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    """A provider whose people are members by the claim ``member_id``."""
    found = OpenIdProvider(redirect_uri="")
    found.people = {
        "maya": {"member_id": "3", "name": "Maya", "email": "maya@example.org", "email_verified": True},
        "noor": {"member_id": "4", "name": "Noor", "email": "maya@example.org", "email_verified": False},
        "stranger": {"member_id": "99"},
    }
    yield found
    found.stop()


@dataclass
class Place:
    """The service on a real socket, with a community on a host in memory."""

    parts: Parts
    provider: OpenIdProvider
    url: str
    id: int
    http: httpx2.AsyncClient
    spare: int
    """A port on which another provider may be asked too."""

    async def answer(self, login: str = "maya", *, path: str = "") -> dict[str, str]:
        """What the provider sends the browser back with; the browser keeps our cookie."""
        begun = await self.http.get(f"{self.url}/auth/{self.id}/start", params={"next": path} if path else {})
        assert begun.status_code == 303, begun.text
        back = await self.provider.browse(begun.headers["location"], login=login)
        return {key: value[0] for key, value in parse_qs(urlsplit(back).query).items()}

    async def back(self, answer: dict[str, str]) -> httpx2.Response:
        """Come back to us."""
        return await self.http.get(f"{self.url}/auth/{self.id}/provider/callback", params=answer)

    async def refused(self, answer: dict[str, str]) -> str:
        """Why that signs nobody in."""
        found = await self.back(answer)
        assert "session" not in str(found.headers.get_list("set-cookie"))
        return str(found.json()["error"]["code"])


@pytest.fixture
async def place(sqlite_settings: Settings, provider: OpenIdProvider) -> AsyncIterator[Place]:
    port, spare = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    settings = sqlite_settings.model_copy(update={"public_url": url, "allow_private": (f"127.0.0.1:{provider.port}", f"127.0.0.1:{spare}")})
    host = FakeHost(FakeClient(Picture(), system_clock), capabilities=frozenset({Capability.DIRECT_MESSAGES}))
    host.fake_client.picture.members = {"3": person("3", username="maya"), "4": person("4", username="noor")}
    host.fake_client.picture.addresses = {"3": "maya@example.org"}
    parts = compose(settings, hosts={"fake": host})
    made = await community(parts.runtime.database)
    provider.stop()
    provider.redirect_uri = f"{url}/auth/{made}/provider/callback"
    await asyncio.to_thread(provider.start)
    await configure(parts, made, openid_issuer=provider.issuer, openid_client_id="mentorgraph", openid_claim="member_id", openid_match="member")
    async with served(build(parts, embedded_worker=False), port=port), httpx2.AsyncClient(timeout=20, trust_env=False) as http:
        yield Place(parts, provider, url, made, http, spare)


async def configure(parts: Parts, installation_id: int, **settings: str) -> tuple[str, ...]:
    """The admin sets the provider up."""
    return await provider_settings.configure(parts.runtime, installation_id, settings, secret="the secret of the client, long enough")


async def test_a_member_signs_in_and_everybody_else_does_not(place: Place) -> None:
    done = await place.back(await place.answer(path="/graphql"))
    assert (done.status_code, done.headers["location"]) == (303, "/graphql")
    assert (done.headers["referrer-policy"], done.headers["cache-control"]) == ("no-referrer", "no-store")
    principal = await access.principal_of(place.parts.runtime, place.http.cookies["mentorgraph-session"])
    member = await place.parts.runtime.database.read(place.id, lambda unit: unit.members.get(principal.member_id or 0))
    assert member is not None
    assert member.username == "maya"
    assert await place.refused(await place.answer("stranger")) == "no_member"


async def test_what_an_attacker_can_change_is_noticed(place: Place) -> None:
    good = await place.answer()
    assert good["iss"] == place.provider.issuer
    assert await place.refused({**good, "iss": "https://evil.example.org"}) == "other_issuer"
    without = await place.answer()
    del without["iss"]
    assert await place.refused(without) == "no_issuer", "the provider promises to name itself (RFC 9207)"
    mine = await place.answer()
    theirs = await place.answer("noor")
    assert await place.refused({**theirs, "code": mine["code"]}) == "code_refused", "a code of another sign-in: PKCE binds it"
    once = await place.answer()
    assert (await place.back(once)).status_code == 303
    assert await place.refused(once) == "unknown_state", "replayed as a whole"
    again = await place.answer()
    assert await place.refused({**again, "code": once["code"]}) == "code_refused", "a used code in a fresh sign-in"
    assert await place.refused({**(await place.answer()), "state": "of-nobody"}) == "unknown_state"
    assert await place.refused({"state": (await place.answer())["state"], "iss": place.provider.issuer, "error": "access_denied"}) == "declined"


async def test_what_is_in_flight_is_kept_as_hashes_and_seals(place: Place, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before coming back and afterwards: neither state, nonce, verifier, code nor any token, ours or the provider's, is in the files or in a log."""
    heard: list[bytes] = []
    once = GuardedHttp._once

    async def listened(self: GuardedHttp, call: Any) -> Any:
        answer = await once(self, call)
        heard.append(answer.body)
        return answer

    monkeypatch.setattr(GuardedHttp, "_once", listened)
    database = place.parts.runtime.database
    assert isinstance(database, SqliteDatabase)
    files = BehindSqlite(database, sqlite_settings.sqlite_path).files

    def memories(unit: UnitOfWork) -> list[dict[str, str]]:
        rows = unit._connection.execute(select(sign_ins.c.memory).where(sign_ins.c.installation_id == unit.installation_id)).scalars()
        return [json.loads(unit.unseal(bytes(one), purpose="sign-in at a provider")) for one in rows]

    with capture_logs() as logs:
        begun = await place.http.get(f"{place.url}/auth/{place.id}/start")
        asked = {key: value[0] for key, value in parse_qs(urlsplit(begun.headers["location"]).query).items()}
        (memory,) = await database.read(place.id, memories)
        kept = {value for key, value in memory.items() if len(value) > 15 and not value.startswith("http")}
        secrets = {asked["state"], asked["nonce"], place.http.cookies["mentorgraph-sign-in"], "the secret of the client, long enough", *kept}
        assert len(secrets) > 4, "a verifier that nobody else has is among them"
        assert found_in(await files(), secrets) == set()
        back = await place.provider.browse(begun.headers["location"], login="maya")
        answer = {key: value[0] for key, value in parse_qs(urlsplit(back).query).items()}
        assert (await place.back(answer)).status_code == 303
        tokens = next(json.loads(one) for one in heard if b'"id_token"' in one and b'"access_token"' in one)
        secrets |= {answer["code"], tokens["access_token"], tokens["id_token"], place.http.cookies["mentorgraph-session"]}
        assert await database.read(place.id, memories) == []
    held = await files()
    assert found_in(held, secrets) == set()
    assert found_in(held, {"maya"}) == {"maya"}, "this test looks where the rows are"
    assert not [one for one in secrets if one in repr(logs)]


@pytest.mark.parametrize("path", EVIL)
async def test_no_redirect_leaves_us(place: Place, path: str) -> None:
    done = await place.back(await place.answer(path=path))
    where = done.headers["location"]
    assert urlsplit(where).netloc == ""
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))


async def test_a_provider_that_was_changed_in_between_is_not_believed(place: Place) -> None:
    answer = await place.answer()
    other = OpenIdProvider(redirect_uri=place.provider.redirect_uri, people=place.provider.people, port=place.spare)
    await asyncio.to_thread(other.start)
    try:
        await configure(place.parts, place.id, openid_issuer=other.issuer)
        assert await place.refused(answer) == "other_provider"
    finally:
        other.stop()


async def test_keys_that_change_in_the_middle_are_read_again(place: Place) -> None:
    assert (await place.back(await place.answer())).status_code == 303
    place.provider.stop()
    await asyncio.to_thread(place.provider.start)
    assert (await place.back(await place.answer())).status_code == 303, "seconds after the old keys were read"


async def test_an_unverified_address_identifies_nobody(place: Place) -> None:
    place.parts.runtime.hosts["fake"].capabilities = frozenset(Capability)  # type: ignore[misc]  # the host of the tests
    await configure(place.parts, place.id, openid_claim="email", openid_scopes="email")
    begun = await place.http.get(f"{place.url}/auth/{place.id}/start", params={"way": "provider"})
    back = await place.provider.browse(begun.headers["location"], login="noor")
    assert await place.refused({key: value[0] for key, value in parse_qs(urlsplit(back).query).items()}) == "unverified_address"
    begun = await place.http.get(f"{place.url}/auth/{place.id}/start", params={"way": "provider"})
    back = await place.provider.browse(begun.headers["location"], login="maya")
    assert (await place.http.get(back)).status_code == 303


async def test_settings_are_held_against_the_provider_before_they_are_kept(place: Place) -> None:
    with pytest.raises(HostBroken):
        await configure(place.parts, place.id, openid_issuer=f"{place.provider.issuer}/elsewhere")
    with pytest.raises(HostInvalid, match="openid_match takes"):
        await configure(place.parts, place.id, openid_match="by-name")
    with pytest.raises(HostInvalid, match="type it exactly"):
        await configure(place.parts, place.id, openid_issuer="http://id.example.org")
    assert (await place.back(await place.answer())).status_code == 303, "what was there goes on working"
    (line,) = await configure(place.parts, place.id, openid_title="our club")
    assert f"/auth/{place.id}/provider/callback" in line


async def test_a_person_signs_in_with_chromium(place: Place) -> None:
    program = chromium()
    place.parts.runtime.hosts["fake"].capabilities = frozenset({Capability.SIGN_IN})  # type: ignore[misc]  # two ways, so that there is a page to choose on
    asked: list[tuple[str, str]] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        try:
            page = await browser.new_page()
            page.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
            await page.goto(f"{place.url}/auth/{place.id}/start?next=/healthz")
            await page.get_by_role("link", name="Continue with 127.0.0.1").click()
            await page.fill('input[name="login"]', "maya")
            await page.fill('input[name="password"]', "any")
            await page.click('button[type="submit"]')
            await page.click('button[type="submit"]')
            await page.wait_for_url(f"{place.url}/healthz")
            cookies = {one["name"]: one for one in await page.context.cookies(place.url)}
        finally:
            await browser.close()
    session = cookies["mentorgraph-session"]
    assert (session["httpOnly"], session["sameSite"]) == (True, "Lax")
    assert (await access.principal_of(place.parts.runtime, str(session["value"]))).private
    callback = next(url for url, _ in asked if "/provider/callback?" in url)
    code = parse_qs(urlsplit(callback).query)["code"][0]
    assert not any(code in referrer for _, referrer in asked), "no referrer tells a code"
    assert not any("/auth/" in referrer for url, referrer in asked if not url.startswith(place.url)), "nor, to others, where somebody signs in"
