"""Signing in by the pages of ours: which ways are offered, the community's provider, codes, and what is refused on the way."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

import httpx2
import pytest

from mentorgraph.host import Capability, Http, Installation, Match, ProvidedPerson, ProviderSignIn, RateLimit, SignInRefused
from plugin.app import Parts, build, compose
from plugin.domain.community import Policy
from plugin.services.hosts import provider_settings
from plugin.services.identity import access
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.sqlite import SqliteDatabase
from tests.conftest import FixedClock
from tests.plugin.services.messages.support import FakeMailer
from tests.plugin.services.stories import person
from tests.plugin.support import FakeClient, FakeHost, Picture, community
from tests.plugin.web.test_auth import private

ISSUER = "https://id.example.org"
EVIL_PATHS = ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n//evil.example", "evil.example"]


@dataclass
class FakeProvider:
    """A provider that says what the answer says; what a real one checks is tested against a real one."""

    settings: Mapping[str, str] = field(default_factory=lambda: {"openid_issuer": "an issuer"})
    match: Match = Match.MEMBER
    finished: list[Mapping[str, str]] = field(default_factory=list)

    def title(self, installation: Installation) -> str:
        return installation.settings.get("openid_issuer", "")

    async def check(self, installation: Installation, http: Http) -> None:
        """It is always one."""

    async def begin(self, installation: Installation, http: Http, *, state: str, return_url: str) -> ProviderSignIn:
        return ProviderSignIn(url=f"{ISSUER}/authorize?state={state}", memory={"state": state, "return_url": return_url})

    async def finish(self, installation: Installation, http: Http, *, memory: Mapping[str, str], answer: Mapping[str, str], now: datetime) -> ProvidedPerson:
        self.finished.append(memory)
        if answer.get("error"):
            raise SignInRefused("declined", reason="declined")
        return ProvidedPerson(value=answer.get("code", ""), match=self.match)


@dataclass
class Place:
    """The application with a community on a host in memory, and a browser."""

    parts: Parts
    host: FakeHost
    provider: FakeProvider
    mailer: FakeMailer
    browser: httpx2.AsyncClient
    id: int

    def only(self, *capabilities: Capability) -> None:
        """The host can do this for signing in and nothing else."""
        self.host.capabilities = frozenset(capabilities)

    async def use_provider(self, issuer: str = ISSUER) -> None:
        """The admin sets a provider up."""
        await provider_settings.configure(self.parts.runtime, self.id, {"openid_issuer": issuer}, secret="the secret")

    async def state(self, path: str = "", *, of: int = 0) -> str:
        """Begin at the provider."""
        answer = await self.browser.get(f"/auth/{of or self.id}/start", params={"way": "provider"} | ({"next": path} if path else {}))
        assert answer.status_code == 303, answer.text
        private(answer)
        return answer.headers["location"].partition("state=")[2]

    async def back(self, *, of: int = 0, **answer: str) -> httpx2.Response:
        """Come back from the provider."""
        return await self.browser.get(f"/auth/{of or self.id}/provider/callback", params=answer)


@pytest.fixture
async def place(sqlite_settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Place]:
    host, provider, mailer = FakeHost(FakeClient(Picture(), clock)), FakeProvider(), FakeMailer()
    host.fake_client.picture.members = {"3": person("3", username="maya"), "4": person("4", username="noor")}
    host.fake_client.picture.addresses = {"3": "maya@example.org"}
    database = SqliteDatabase(sqlite_settings.sqlite_path, vault=vault, clock=clock)
    parts = compose(sqlite_settings, clock=clock, hosts={"fake": host}, database=database)
    parts.runtime.identity, parts.runtime.mailer = provider, mailer
    made = await community(database)
    transport = httpx2.ASGITransport(build(parts, embedded_worker=False), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=sqlite_settings.public_url) as browser:
        yield Place(parts, host, provider, mailer, browser, made)
    await parts.close()


# ---------------------------------------------------------------------------------------------------------------------- which ways


async def test_the_only_way_needs_no_page(place: Place) -> None:
    place.only()
    nothing = await place.browser.get(f"/auth/{place.id}/start")
    assert nothing.json()["error"]["code"] == "not_offered"
    assert "set up an identity provider" in nothing.json()["error"]["message"]
    await place.use_provider()
    assert (await place.browser.get(f"/auth/{place.id}/start")).headers["location"].startswith(ISSUER)


async def test_several_ways_are_offered_on_a_page(place: Place) -> None:
    await place.use_provider()
    page = await place.browser.get(f"/auth/{place.id}/start", params={"next": '/me?x="&y=1'})
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "same-origin")
    for wanted in ("Continue with Fake", f"Continue with {ISSUER}", "Send me a code by e-mail", "Send me a code as a direct message"):
        assert wanted in page.text
    assert 'value="/me?x=&#34;&amp;y=1"' in page.text
    for path in EVIL_PATHS:
        evil = await place.browser.get(f"/auth/{place.id}/start", params={"next": path})
        assert "evil" not in evil.text


async def test_the_page_speaks_the_communitys_language(place: Place) -> None:
    await place.parts.runtime.database.write(place.id, lambda unit: unit.update_installation(locale="de"))
    assert "Code per E-Mail schicken" in (await place.browser.get(f"/auth/{place.id}/start")).text


# ---------------------------------------------------------------------------------------------------------------------- the provider


async def test_a_member_comes_back_from_the_provider(place: Place) -> None:
    await place.use_provider()
    done = await place.back(state=await place.state("/graphql"), code="3", iss=ISSUER)
    assert (done.status_code, done.headers["location"]) == (303, "/graphql")
    private(done)
    principal = await access.principal_of(place.parts.runtime, place.browser.cookies["__Host-mentorgraph-session"])
    assert (principal.audience, principal.private) == ("session", True)
    assert place.provider.finished[0]["return_url"] == f"https://mentors.example.org/auth/{place.id}/provider/callback"


@pytest.mark.parametrize("path", EVIL_PATHS)
async def test_after_the_provider_one_stays_on_our_pages(place: Place, path: str) -> None:
    await place.use_provider()
    assert (await place.back(state=await place.state(path), code="3")).headers["location"] == "/auth/done"


@pytest.mark.slow
async def test_a_state_is_good_once_in_its_browser_in_its_community_and_in_time(place: Place) -> None:
    await place.use_provider()
    state = await place.state()
    assert (await place.back(state=state, code="3")).status_code == 303
    assert (await place.back(state=state, code="3")).json()["error"]["code"] == "unknown_state", "replayed"
    swapped = await place.state()
    await place.state()
    assert (await place.back(state=swapped, code="3")).json()["error"]["code"] == "other_browser", "the cookie is of a later sign-in"
    stolen = await place.state()
    place.browser.cookies.clear()
    assert (await place.back(state=stolen, code="3")).json()["error"]["code"] == "other_browser"
    other = await community(place.parts.runtime.database, base_url="https://other.example.org")
    await provider_settings.configure(place.parts.runtime, other, {"openid_issuer": ISSUER}, secret="another")
    assert (await place.back(of=other, state=await place.state(), code="3")).json()["error"]["code"] == "unknown_state", "another community's"
    late = await place.state()
    place.parts.runtime.clock.move(minutes=11)  # type: ignore[attr-defined]  # the clock of the tests
    assert (await place.back(state=late, code="3")).json()["error"]["code"] == "unknown_state"
    for state in ("", "x" * 10_000):
        assert (await place.back(code="3", state=state)).json()["error"]["code"] == "unknown_state"
    assert len(place.provider.finished) == 1, "the provider is not asked about any of these"


async def test_an_answer_that_says_something_twice_is_refused(place: Place) -> None:
    await place.use_provider()
    state = await place.state()
    twice = await place.browser.get(f"/auth/{place.id}/provider/callback?state={state}&code=3&code=4")
    assert twice.json()["error"]["code"] == "malformed"


async def test_what_a_provider_says_makes_nobody_a_member(place: Place) -> None:
    await place.use_provider()
    for code in ("99", "../3", ""):
        assert (await place.back(state=await place.state(), code=code)).json()["error"]["code"] == "no_member"
    place.host.fake_client.picture.members["4"] = replace(place.host.fake_client.picture.members["4"], active=False)
    assert (await place.back(state=await place.state(), code="4")).json()["error"]["code"] == "no_member"


async def test_members_are_found_by_external_id_or_checked_address(place: Place) -> None:
    await place.use_provider()
    place.host.fake_client.picture.external = {"sub-of-noor": "4"}
    place.provider.match = Match.PREFERRED
    assert (await place.back(state=await place.state(), code="sub-of-noor")).status_code == 303
    assert (await place.back(state=await place.state(), code="4")).json()["error"]["code"] == "no_member", "an id of the host is no external id"
    place.provider.match = Match.ADDRESS
    assert (await place.back(state=await place.state(), code="MAYA@example.org".lower())).status_code == 303
    assert (await place.back(state=await place.state(), code="maya")).json()["error"]["code"] == "no_member", "a user name is no address"


async def test_a_refusal_is_a_page_for_a_person_and_leaks_nothing(place: Place) -> None:
    await place.use_provider()
    refused = await place.browser.get(
        f"/auth/{place.id}/provider/callback",
        params={"state": await place.state(), "error": "access_denied", "error_description": "<b>SECRET</b>"},
        headers={"accept": "text/html"},
    )
    assert refused.status_code == 403
    private(refused)
    assert "You are not signed in" in refused.text
    assert f'href="/auth/{place.id}/start"' in refused.text
    assert "SECRET" not in refused.text
    assert "session" not in str(refused.headers.get_list("set-cookie"))


async def test_the_secret_of_the_provider_is_sealed_and_settings_are_checked(place: Place) -> None:
    await place.use_provider()
    runtime = place.parts.runtime
    assert (await runtime.installation(place.id)).provider_secret == "the secret"
    assert "the secret" not in repr(await runtime.installation(place.id))
    assert b"the secret" not in runtime.settings.sqlite_path.read_bytes()
    with pytest.raises(Exception, match="openid_colour"):
        await provider_settings.configure(runtime, place.id, {"openid_colour": "red"}, secret=None)
    await place.use_provider("")
    installation = await runtime.installation(place.id)
    assert (installation.provider_secret, dict(installation.settings)) == ("", {})
    assert (await place.browser.get(f"/auth/{place.id}/start", params={"way": "provider"})).json()["error"]["code"] == "not_offered"


# ---------------------------------------------------------------------------------------------------------------------- codes


OURS = {"sec-fetch-site": "same-origin"}


async def send(place: Place, path: str, headers: Mapping[str, str] | None = None, **form: str) -> httpx2.Response:
    """Send a form as its page has it."""
    page = await place.browser.get(f"/auth/{place.id}/start")
    field = re.findall(r'name="csrf" value="([^"]+)"', page.text)[0]
    return await place.browser.post(f"/auth/{place.id}/{path}", data={"csrf": field, **form}, headers=OURS if headers is None else headers)


async def ask(place: Place, **form: str) -> httpx2.Response:
    """Ask for a code, and wait until what follows is done."""
    answer = await send(place, "code", None, **form)
    await place.parts.runtime.settle_later()
    return answer


async def test_a_code_is_asked_for_typed_and_signs_in(place: Place) -> None:
    asked = await ask(place, who="maya@example.org", by="mail", next="/graphql")
    assert (asked.status_code, asked.headers["cache-control"]) == (200, "no-store")
    assert "a code is on its way" in asked.text
    code = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", place.mailer.letters[0].paragraphs[0])[0]
    assert code not in asked.text
    wrong = await send(place, "code/enter", code="AAAA-AAAA", next="/graphql")
    assert wrong.status_code == 403
    assert 'role="alert"' in wrong.text
    assert "session" not in str(wrong.headers.get_list("set-cookie"))
    done = await send(place, "code/enter", code=code)
    assert (done.status_code, done.headers["location"]) == (303, "/graphql")
    private(done)
    assert (await access.principal_of(place.parts.runtime, place.browser.cookies["__Host-mentorgraph-session"])).private
    assert "__Host-mentorgraph-code" not in place.browser.cookies


async def test_where_calls_are_counted_a_browser_in_which_somebody_signed_in_is_remembered(place: Place) -> None:
    place.only(Capability.SIGN_IN_BY_MAIL)
    await ask(place, who="maya@example.org", by="mail")
    code = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", place.mailer.letters[-1].paragraphs[0])[0]
    assert f"__Host-mentorgraph-known-{place.id}" not in (await send(place, "code/enter", code=code)).headers["set-cookie"]
    place.host.rate_limit = RateLimit(per_minute=60, per_month=5_000)
    await ask(place, who="maya@example.org", by="mail")
    code = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", place.mailer.letters[-1].paragraphs[0])[0]
    (cookie,) = [one for one in (await send(place, "code/enter", code=code)).headers.get_list("set-cookie") if "known" in one]
    assert cookie.startswith(f"__Host-mentorgraph-known-{place.id}=")
    assert {"httponly", "secure", "max-age=7776000"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "maya" not in cookie


async def test_the_answer_is_the_same_for_whom_nobody_knows(place: Place) -> None:
    known, unknown = await ask(place, who="maya@example.org", by="mail"), await ask(place, who="nobody@example.org", by="mail")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert set(known.headers) == set(unknown.headers)
    assert known.headers["content-length"] == unknown.headers["content-length"]
    assert len(place.mailer.letters) == 1


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site", "origin": "null"}],
)
async def test_forms_of_other_sites_are_refused(place: Place, headers: dict[str, str]) -> None:
    for path in ("code", "code/enter"):
        answer = await send(place, path, headers, who="maya", by="mail", code="x")
        assert answer.status_code == 403, path
    unmarked = await place.browser.post(f"/auth/{place.id}/code", data={"who": "maya", "by": "mail"}, headers=OURS)
    assert (unmarked.status_code, unmarked.json()["error"]["code"]) == (403, "csrf")
    assert place.mailer.letters == []


async def test_other_bodies_are_refused(place: Place) -> None:
    at = f"/auth/{place.id}/code"
    assert (await place.browser.post(at, json={"who": "maya"}, headers=OURS)).json()["error"]["code"] == "content_type"
    large = await place.browser.post(at, content=b"who=" + b"x" * 5_000, headers={**OURS, "content-type": "application/x-www-form-urlencoded"})
    assert large.status_code == 413
    broken = await place.browser.post(at, content=b"\xff=\xff", headers={**OURS, "content-type": "application/x-www-form-urlencoded"})
    assert broken.status_code == 400
    assert (await ask(place, who="", by="mail")).status_code == 400


async def test_a_message_that_others_can_read_is_offered_with_a_warning_once_the_admin_accepts(place: Place) -> None:
    place.only(Capability.SIGN_IN_BY_MESSAGE)
    assert "not_offered" in (await place.browser.get(f"/auth/{place.id}/start")).text
    values = Policy(codes_by_message="yes").codes_by_message
    await place.parts.runtime.database.write(place.id, lambda unit: unit.update_installation(policy={"codes_by_message": values}))
    page = await place.browser.get(f"/auth/{place.id}/start")
    assert "can read direct messages" in page.text
    assert "by e-mail</button>" not in page.text


# ---------------------------------------------------------------------------------------------------------------------- tokens of the host


async def test_a_token_that_the_host_vouches_for_gives_a_widgets_token(place: Place) -> None:
    done = await place.browser.post(f"/auth/{place.id}/token", json={"access_token": "maya", "expires_in": 3600})
    assert (done.status_code, done.json()["expires_in"]) == (200, 600)
    private(done)
    assert "set-cookie" not in done.headers
    principal = await access.principal_of(place.parts.runtime, done.json()["access_token"])
    assert (principal.audience, principal.private) == ("widget", False)
    refused = await place.browser.post(f"/auth/{place.id}/token", json={"access_token": "forged"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "bad_token")
    place.only(Capability.SIGN_IN)
    assert (await place.browser.post(f"/auth/{place.id}/token", json={"access_token": "maya"})).json()["error"]["code"] == "not_offered"


async def test_what_leads_nowhere(place: Place) -> None:
    for path in ("0", "x", "99999999999"):
        assert (await place.browser.get(f"/auth/{path}/start")).status_code == 404
    assert urlsplit(str((await place.browser.get(f"/auth/{place.id}/start", params={"way": "pigeon"})).url)).netloc == "mentors.example.org"
