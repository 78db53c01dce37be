"""The authorization server, asked over HTTP (without sockets) as a client asks it, with Authlib's own proof of the code, and by those who attack it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import orjson
import pytest
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from plugin.app import Parts, build, compose, open_database
from plugin.domain.applications import CODE, SIGN_IN_SCOPES, Application, ApplicationState, usable
from plugin.domain.community import InstallationState
from plugin.domain.people import MEMBER_SCOPES, MESSAGE, Scope
from plugin.services.identity import access, signing_in
from plugin.services.operations import housekeeping
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.unit_of_work import UnitOfWork
from plugin.web import turns
from plugin.web.oauth import MAX_QUERY
from tests.conftest import FixedClock
from tests.plugin.services.stories import person
from tests.plugin.support import FakeClient, FakeHost, Picture, community, told

BACK = "https://app.example.org/back?x=1"
VERIFIER = generate_token(48)


@dataclass
class Place:
    parts: Parts
    clock: FixedClock
    browser: httpx2.AsyncClient
    client: httpx2.AsyncClient
    id: int
    other: int

    def base(self, of: int = 0) -> str:
        return f"/oauth/{of or self.id}"

    async def register(self, **values: object) -> dict[str, str]:
        wanted = {"client_name": "Calendar", "redirect_uris": [BACK], "grant_types": ["authorization_code", "refresh_token"], "scope": "community:read me"}
        answer = await self.client.post(f"{self.base()}/register", json=wanted | values)
        assert answer.status_code == 201, answer.text
        found: dict[str, str] = answer.json()
        return found

    async def decide(self, client_id: str, state: ApplicationState) -> None:
        """As an admin does, in the console."""
        page = await self.browser.get("/console/applications")
        found = await self.parts.runtime.database.read(self.id, lambda unit: unit.applications.find(client_id))
        assert found is not None
        assert page.status_code == 200, page.text
        form = {"csrf": csrf(page.text), "state": state.value}
        answer = await self.browser.post(f"/console/applications/{found.id}", data=form, headers={"sec-fetch-site": "same-origin"})
        assert answer.status_code == 303, answer.text

    async def approved(self, **values: object) -> dict[str, str]:
        made = await self.register(**values)
        await self.decide(made["client_id"], ApplicationState.APPROVED)
        return made

    def asking(self, app: dict[str, str], **values: str) -> dict[str, str]:
        usual = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": BACK, "state": "s1", "scope": "community:read me"}
        return {k: v for k, v in (usual | {"code_challenge": create_s256_code_challenge(VERIFIER), "code_challenge_method": "S256"} | values).items() if v}

    async def allow(self, app: dict[str, str], *, allow: str = "1", **values: str) -> dict[str, str]:
        asked = self.asking(app, **values)
        page = await self.browser.get(f"{self.base()}/authorize", params=asked)
        if page.status_code == 200:
            form = asked | {"csrf": csrf(page.text), "allow": allow}
            page = await self.browser.post(f"{self.base()}/authorize", data=form, headers={"sec-fetch-site": "same-origin"})
        assert page.status_code == 303, page.text
        assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
        return {name: one[0] for name, one in parse_qs(urlsplit(page.headers["location"]).query).items()}

    async def token(self, app: dict[str, str], of: int = 0, **values: str) -> httpx2.Response:
        auth = (app["client_id"], app["client_secret"]) if "client_secret" in app else None
        data = values if auth else values | {"client_id": app["client_id"]}
        given = {} if auth is None else {"authorization": httpx2.BasicAuth(*auth)._auth_header}
        return await self.client.post(f"{self.base(of)}/token", data=data, headers=given)

    async def trade(self, app: dict[str, str], code: str, *, verifier: str = VERIFIER, back: str = BACK) -> httpx2.Response:
        return await self.token(app, grant_type="authorization_code", code=code, redirect_uri=back, code_verifier=verifier)

    async def refresh(self, app: dict[str, str], text: str, *, scope: str = "") -> httpx2.Response:
        return await self.token(app, grant_type="refresh_token", refresh_token=text, scope=scope)

    async def asks(self, token: str) -> int:
        answer = await self.client.post("/graphql", json={"query": "{ viewer { member { username } } }"}, headers={"authorization": f"Bearer {token}"})
        return answer.status_code


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    return found.group(1) if found else ""


@contextlib.asynccontextmanager
async def place_of(settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Place]:
    """The service with two communities; the browser is signed in to one of them as its admin."""
    host = FakeHost(FakeClient(Picture(), clock))
    admin = person("3", username="maya", admin=True)
    host.fake_client.picture.members = {"3": admin}
    database = open_database(settings, vault=vault, clock=clock)
    parts = compose(settings, clock=clock, hosts={"fake": host}, database=database)
    made = await community(database)
    other = await community(database, base_url="https://other.example.org")
    await signing_in.let_in(parts.runtime, made, told(admin, clock()), next_path="/", audience="session", lifetime=timedelta(hours=9))  # type: ignore[arg-type]
    signed = await signing_in.let_in(parts.runtime, made, told(admin, clock()), next_path="/", audience="session", lifetime=timedelta(hours=9))  # type: ignore[arg-type]
    transport = httpx2.ASGITransport(build(parts, embedded_worker=False), raise_app_exceptions=False)
    url = settings.public_url
    async with httpx2.AsyncClient(transport=transport, base_url=url) as browser, httpx2.AsyncClient(transport=transport, base_url=url) as client:
        browser.cookies.set("__Host-mentorgraph-session", signed.token)
        yield Place(parts, clock, browser, client, made, other)
    await parts.close()


@pytest.fixture
async def place(sqlite_settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Place]:
    async with place_of(sqlite_settings, vault, clock) as made:
        yield made


@pytest.fixture
async def on_postgres(postgres_settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Place]:
    """The same on PostgreSQL, where the service's role owns nothing and row-level security stands behind every statement."""
    async with place_of(postgres_settings, vault, clock) as made:
        yield made


async def test_a_client_finds_its_way_and_its_member_ends_it(place: Place) -> None:
    metadata = (await place.client.get(f"/.well-known/oauth-authorization-server/oauth/{place.id}")).json()
    assert metadata["issuer"] == f"https://mentors.example.org/oauth/{place.id}"
    app = await place.approved()
    answer = await place.allow(app)
    assert (answer["iss"], answer["state"], answer["x"]) == (metadata["issuer"], "s1", "1")
    got = await place.trade(app, answer["code"])
    assert got.status_code == 200, got.text
    assert got.headers["cache-control"] == "no-store"
    token = got.json()
    assert (token["token_type"], token["scope"]) == ("Bearer", "community:read me")
    assert await place.asks(token["access_token"]) == 200
    principal = await access.principal_of(place.parts.runtime, token["access_token"])
    assert (principal.scopes, principal.private) == (MEMBER_SCOPES - {Scope.INTROSPECT}, False)
    told_about = await place.client.post(
        metadata["introspection_endpoint"], data={"token": token["access_token"]}, auth=(app["client_id"], app["client_secret"])
    )
    assert (told_about.json()["active"], told_about.json()["client_id"]) == (True, app["client_id"])
    # What was allowed is remembered, and taken back on the member's own page.
    again = await place.browser.get(f"{place.base()}/authorize", params=place.asking(app))
    assert again.status_code == 303
    more = await place.browser.get(f"{place.base()}/authorize", params=place.asking(app, scope="community:read me introspect"))
    assert more.status_code == 303, "it may have no more than it registered"
    page = await place.browser.get("/my/applications")
    assert "Calendar" in page.text
    number = re.search(r'name="application" value="(\d+)"', page.text)
    assert number
    form = {"csrf": csrf(page.text), "application": number.group(1)}
    assert (await place.browser.post("/my/applications", data=form, headers={"sec-fetch-site": "same-origin"})).status_code == 303
    assert await place.asks(token["access_token"]) == 401
    assert (await place.refresh(app, token["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await place.browser.get(f"{place.base()}/authorize", params=place.asking(app))).status_code == 200


async def test_an_application_takes_no_access_away_from_its_member(place: Place) -> None:
    app = await place.approved()
    token = (await place.trade(app, (await place.allow(app))["code"])).json()["access_token"]

    async def asks(query: str) -> dict[str, object]:
        answer = await place.client.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"})
        found: dict[str, object] = answer.json()
        return found

    others = re.findall(r'"id":"([^"]+)"', orjson.dumps(await asks("{ viewer { tokens { id } } }")).decode())
    assert len(others) > 1
    for query in (
        "mutation { signOutEverywhere { revoked userErrors { code } } }",
        *(f'mutation {{ revokeToken(id: "{one}") {{ revokedId userErrors {{ code }} }} }}' for one in others),
    ):
        assert "forbidden" in orjson.dumps(await asks(query)).decode()
    assert (await place.browser.get("/my/applications")).status_code == 200, "the member is signed in still"
    assert await place.asks(token) == 200


async def test_who_signs_out_everywhere_leaves_no_code_behind_either(place: Place) -> None:
    app = await place.approved()
    code = (await place.allow(app))["code"]
    page = await place.browser.get("/my/data")
    form = {"csrf": csrf(page.text), "do": "sign_out"}
    assert (await place.browser.post("/my/data", data=form, headers={"sec-fetch-site": "same-origin"})).status_code == 303
    assert (await place.trade(app, code)).json()["error"] == "invalid_grant"


async def test_tokens_are_refreshed_once_and_reuse_ends_all(place: Place) -> None:
    app = await place.approved()
    first = (await place.trade(app, (await place.allow(app))["code"])).json()
    narrowed = (await place.refresh(app, first["refresh_token"], scope="community:read")).json()
    assert narrowed["scope"] == "community:read"
    assert (await place.refresh(app, narrowed["refresh_token"], scope="community:read me introspect")).json()["error"] == "invalid_scope"
    second = (await place.refresh(app, narrowed["refresh_token"])).json()
    assert second["scope"] == "community:read me"
    assert (await place.refresh(app, first["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await place.refresh(app, second["refresh_token"])).json()["error"] == "invalid_grant"
    for one in (first, narrowed, second):
        assert await place.asks(one["access_token"]) == 401


async def test_a_code_is_good_once_for_a_minute_and_its_reuse_ends_what_came_of_it(place: Place) -> None:
    app = await place.approved()
    code = (await place.allow(app))["code"]
    token = (await place.trade(app, code)).json()
    assert (await place.trade(app, code)).json()["error"] == "invalid_grant"
    assert await place.asks(token["access_token"]) == 401
    late = (await place.allow(app))["code"]
    place.clock.move(minutes=2)
    assert (await place.trade(app, late)).json()["error"] == "invalid_grant"
    await housekeeping.tidy(place.parts.runtime, place.id)


async def test_proof_of_the_code_is_required(place: Place) -> None:
    app = await place.approved()
    for wrong in (
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
        {"code_challenge": "x"},
    ):
        answer = await place.allow(app, **wrong)
        assert (answer["error"], answer["iss"][-8:]) == ("invalid_request", f"/oauth/{place.id}"[-8:])
    for verifier in ("", generate_token(48), "short"):
        code = (await place.allow(app))["code"]
        assert (await place.trade(app, code, verifier=verifier)).status_code == 400


async def test_another_client_or_issuer_gets_nothing_for_a_code(place: Place) -> None:
    app, other = await place.approved(), await place.approved(client_name="Other")
    code = (await place.allow(app))["code"]
    assert (await place.trade(other, code)).json()["error"] == "invalid_grant"
    assert (await place.trade(app | {"client_secret": "wrong"}, code)).status_code == 401
    assert (await place.trade(app, code, back="https://app.example.org/other")).json()["error"] == "invalid_grant"
    assert (await place.token(app, of=place.other, grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=VERIFIER)).json()[
        "error"
    ] == "invalid_client"
    token = (await place.trade(app, (await place.allow(app))["code"])).json()
    assert (await place.refresh(other, token["refresh_token"])).json()["error"] == "invalid_grant"
    seen = await place.client.post(f"{place.base()}/introspect", data={"token": token["access_token"]}, auth=(other["client_id"], other["client_secret"]))
    assert seen.json() == {"active": False}
    assert (await place.client.post(f"{place.base()}/introspect", data={"token": token["access_token"]})).status_code == 401
    away = await place.client.post(f"{place.base()}/revoke", data={"token": token["refresh_token"]}, auth=(app["client_id"], app["client_secret"]))
    assert away.status_code == 200
    assert await place.asks(token["access_token"]) == 401


EVIL = ["https://evil.example", "https://app.example.org/back", "https://app.example.org@evil.example/back?x=1", "//evil.example/back?x=1"]
EVIL += ["https://app.example.org/back?x=1&y=2", "https://app.example.org/back/../x?x=1", "https://APP.example.org/back?x=1", "javascript:alert(1)", ""]


async def test_the_browser_is_sent_nowhere_that_was_not_registered(place: Place) -> None:
    app = await place.approved()
    for uri in EVIL:
        page = await place.browser.get(f"{place.base()}/authorize", params=place.asking(app, redirect_uri=uri))
        assert (page.status_code, "location" in page.headers, "evil" in page.text) == (400, False, False), uri


def test_which_addresses_can_be_registered() -> None:
    assert all(usable(one) for one in ("https://a.example/b?c=1", "http://127.0.0.1/x", "http://[::1]:4000/x", "org.example.app:/back"))
    wrong = [
        "http://a.example/",
        "https://a.example/#x",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a@b.example/",
        "https://[",
        "https://a.example/\\x",
    ]
    assert not any(usable(one) for one in [*wrong, "http://localhost/x", "https://", "", "https://a.example:99999/", "https://a.example;x/", "x y.z:/"])


async def test_a_native_application_may_listen_on_any_port(place: Place) -> None:
    app = await place.approved(redirect_uris=["http://127.0.0.1/back"], token_endpoint_auth_method="none")
    assert "client_secret" not in app
    answer = await place.allow(app, redirect_uri="http://127.0.0.1:49152/back")
    got = await place.trade(app, answer["code"], back="http://127.0.0.1:49152/back")
    assert got.status_code == 200, got.text
    again = await place.browser.get(f"{place.base()}/authorize", params=place.asking(app, redirect_uri="http://127.0.0.1:1/back"))
    assert again.status_code == 200, "a public application's member is asked each time"
    for uri in ("http://127.0.0.1:49152/other", "http://127.0.0.2:49152/back", "https://127.0.0.1/back"):
        assert (await place.browser.get(f"{place.base()}/authorize", params=place.asking(app, redirect_uri=uri))).status_code == 400


async def test_consent_is_the_members_own(place: Place) -> None:
    app = await place.approved()
    asked = place.asking(app)
    page = await place.browser.get(f"{place.base()}/authorize", params=asked)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "form-action 'self' https://app.example.org;" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    good = csrf(page.text)
    for form, headers in (
        ({}, {"sec-fetch-site": "same-origin"}),
        ({"csrf": good}, {"sec-fetch-site": "cross-site"}),
        ({"csrf": good}, {"origin": "https://evil.example"}),
    ):
        assert (await place.browser.post(f"{place.base()}/authorize", data=asked | {"allow": "1"} | form, headers=headers)).status_code == 403
    assert (await place.allow(app, allow="0"))["error"] == "access_denied"
    # Who is not signed in is, and comes back to the same question.
    begun = await place.client.get(f"{place.base()}/authorize", params=asked)
    assert begun.headers["location"].endswith(f"?next=/oauth/{place.id}/authorize")
    back = await place.client.get(f"{place.base()}/authorize")
    assert parse_qs(urlsplit(back.headers["location"]).query)["state"] == ["s1"]


async def test_the_longest_question_waits_for_its_member_in_a_cookie_that_browsers_keep(place: Place) -> None:
    """They keep names and values of 4,096 bytes together (RFC 6265 section 6.1), and forget longer ones without a word."""
    app = await place.approved()
    asked = place.asking(app)
    room = MAX_QUERY - len(str(httpx2.QueryParams(asked)))
    asked |= {"state": asked["state"] + "s" * room}
    begun = await place.client.get(f"{place.base()}/authorize", params=asked)
    assert begun.status_code == 303
    assert len(begun.headers["set-cookie"].partition(";")[0]) <= 4096
    back = await place.client.get(f"{place.base()}/authorize")
    assert dict(httpx2.URL(back.headers["location"]).params) == asked


async def test_a_session_by_a_code_that_others_could_read_lets_no_application_in(place: Place) -> None:
    app = await place.approved()
    admin = place.parts.runtime.host("fake").fake_client.picture.members["3"]  # type: ignore[attr-defined]  # the host of the tests
    weak = await signing_in.let_in(place.parts.runtime, place.id, told(admin, place.clock()), next_path="/", audience=MESSAGE, lifetime=timedelta(hours=9))  # type: ignore[arg-type]
    place.client.cookies.set("__Host-mentorgraph-session", weak.token)
    asked = place.asking(app)
    assert (await place.client.get("/my/skills")).status_code == 200, "it is a session"
    page = await place.client.get(f"{place.base()}/authorize", params=asked)
    assert (page.status_code, "location" in page.headers) == (403, False)
    form = {"csrf": csrf((await place.client.get("/my/skills")).text), "allow": "1"}
    answer = await place.client.post(f"{place.base()}/authorize", data=asked | form, headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, "location" in answer.headers) == (403, False)


async def test_the_communitys_own_platform_can_be_disabled_and_not_approved_again(place: Place) -> None:
    made = await place.approved()

    def as_platform(unit: UnitOfWork) -> int:
        found = unit.applications.find(made["client_id"])
        assert found is not None
        unit.applications.put(replace(found, scopes=SIGN_IN_SCOPES, grants=frozenset({CODE})))
        return found.id

    number = await place.parts.runtime.database.write(place.id, as_platform)
    assert 'value="disabled"' in (await place.browser.get("/console/applications")).text
    await place.decide(made["client_id"], ApplicationState.DISABLED)
    page = (await place.browser.get("/console/applications")).text
    assert 'value="approved"' not in page
    form = {"csrf": csrf(page) or csrf((await place.browser.get("/console/people")).text), "state": "approved"}
    again = await place.browser.post(f"/console/applications/{number}", data=form, headers={"sec-fetch-site": "same-origin"})
    assert (again.status_code, "ask the operator" in again.text) == (422, True), again.text
    assert (await place.browser.get(f"{place.base()}/authorize", params=place.asking(made))).status_code == 400


async def test_an_application_that_nobody_approved_can_do_nothing(place: Place) -> None:
    app = await place.register()
    for state in (None, ApplicationState.REFUSED, ApplicationState.APPROVED, ApplicationState.DISABLED):
        if state:
            await place.decide(app["client_id"], state)
        if state is ApplicationState.APPROVED:
            held = (await place.trade(app, (await place.allow(app))["code"])).json()
            assert await place.asks(held["access_token"]) == 200
            continue
        assert (await place.browser.get(f"{place.base()}/authorize", params=place.asking(app))).status_code == 400
        assert (await place.trade(app, "x")).json()["error"] == "invalid_client"
    assert await place.asks(held["access_token"]) == 401


async def test_a_service_is_nobody(place: Place) -> None:
    app = await place.approved(grant_types=["client_credentials"], redirect_uris=[], scope="community:read programs:write")
    got = (await place.token(app, grant_type="client_credentials", scope="community:read me community:admin")).json()
    assert got["error"] == "invalid_scope"
    got = (await place.token(app, grant_type="client_credentials", scope="community:read me")).json()
    assert (got["scope"], "refresh_token" in got) == ("community:read", False)
    principal = await access.principal_of(place.parts.runtime, got["access_token"])
    assert (principal.member_id, principal.scopes) == (None, frozenset({Scope.READ}))


async def test_what_is_malformed_is_a_clear_no(place: Place) -> None:
    for path in ("token", "revoke", "introspect", "register"):
        for body, kind in (
            (b"\xff\xfe", "application/x-www-form-urlencoded"),
            (b"a=1&a=2", "application/x-www-form-urlencoded"),
            (b"[" * 9000, "application/json"),
            (b"5", "application/json"),
            (b"{}", "text/plain"),
            (b"", ""),
            (b"token=%00", "application/x-www-form-urlencoded"),
        ):
            answer = await place.client.post(f"{place.base()}/{path}", content=body, headers={"content-type": kind})
            assert 400 <= answer.status_code < 500, (path, body[:9], answer.text)
            assert answer.json()["error"] in {"invalid_request", "invalid_client", "invalid_client_metadata"}, (path, answer.text)
    for header in ("Basic", "Basic x", "Basic /////w==", "Bearer é", "Basic Og=="):
        answer = await place.client.post(
            f"{place.base()}/token", data={"grant_type": "client_credentials"}, headers={b"authorization": header.encode("latin-1")}
        )
        assert 400 <= answer.status_code < 500, header
    for grant in ("password", "implicit", ""):
        assert (await place.client.post(f"{place.base()}/token", data={"grant_type": grant})).status_code == 400
    for values in (
        {"client_name": ""},
        {"client_name": 5},
        {"redirect_uris": ["http://evil.example"]},
        {"scope": "community:admin"},
        {"grant_types": ["implicit"]},
        {"redirect_uris": 5},
        {"grant_types": ["client_credentials"]},
        {"token_endpoint_auth_method": ["none"]},
    ):
        usual: dict[str, object] = {"client_name": "x", "redirect_uris": [BACK]}
        assert (await place.client.post(f"{place.base()}/register", json=usual | values)).status_code == 400, values
    assert (await place.client.get("/.well-known/oauth-authorization-server/oauth/999")).status_code == 404
    app = await place.approved()
    for response_type in ("token", "id_token", "code token"):
        assert (await place.allow(app, response_type=response_type))["error"] == "unsupported_response_type"


async def test_secrets_are_kept_as_hashes(place: Place, sqlite_settings: Settings) -> None:
    app = await place.approved()
    code = (await place.allow(app))["code"]
    token = (await place.trade(app, code)).json()
    kept = b"".join(one.read_bytes() for one in sqlite_settings.sqlite_path.parent.glob("*.db*"))
    assert app["client_id"].encode() in kept
    for secret in (app["client_secret"], code, token["access_token"], token["refresh_token"]):
        assert secret.encode() not in kept
    assert "client_secret" not in repr(Application.__dataclass_fields__["secret"].repr)


async def test_who_is_no_admin_approves_nothing(place: Place) -> None:
    app = await place.register()
    found = await place.parts.runtime.database.read(place.id, lambda unit: unit.applications.find(app["client_id"]))
    assert found is not None
    word = csrf((await place.browser.get("/console/applications")).text)
    assert word
    host = place.parts.runtime.hosts["fake"]
    assert isinstance(host, FakeHost)
    host.fake_client.picture.members = {"3": person("3", username="maya", admin=False)}
    place.clock.move(minutes=16)
    form = {"csrf": word, "state": "approved"}
    answer = await place.browser.post(f"/console/applications/{found.id}", data=form, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 403
    assert "for admins" in answer.text
    assert (await place.trade(app, "x")).json()["error"] == "invalid_client"


async def test_a_community_that_was_disconnected_is_no_issuer(place: Place) -> None:
    app = await place.approved()
    code = (await place.allow(app))["code"]
    await place.parts.runtime.database.write(place.id, lambda unit: unit.update_installation(state=InstallationState.DISCONNECTED.value))
    place.parts.runtime.forget(place.id)
    assert (await place.trade(app, code)).status_code == 404
    for path in ("revoke", "introspect"):
        assert (await place.client.post(f"{place.base()}/{path}", data={"token": "x"}, auth=(app["client_id"], app["client_secret"]))).status_code == 404
    assert (await place.client.post(f"{place.base()}/register", json={"client_name": "x", "redirect_uris": [BACK]})).status_code == 404
    page = await place.browser.get(f"{place.base()}/authorize", params=place.asking(app))
    assert page.status_code in {303, 401, 404}
    assert "code=" not in page.headers.get("location", "")


# ---------------------------------------------------------------------------------------------------------------------- on PostgreSQL


@pytest.mark.slow
async def test_the_whole_way_on_postgresql_with_a_role_that_owns_nothing(on_postgres: Place) -> None:
    await test_a_client_finds_its_way_and_its_member_ends_it(on_postgres)
    await test_tokens_are_refreshed_once_and_reuse_ends_all(on_postgres)
    await test_a_code_is_good_once_for_a_minute_and_its_reuse_ends_what_came_of_it(on_postgres)
    await test_another_client_or_issuer_gets_nothing_for_a_code(on_postgres)
    await test_a_service_is_nobody(on_postgres)
    found = await on_postgres.parts.runtime.database.read(on_postgres.other, lambda unit: unit.applications.listing())
    assert found == [], "the neighbour sees nothing of it"


@pytest.mark.slow
async def test_of_many_who_show_a_code_or_a_refresh_token_at_once_one_is_served_and_then_nobody(on_postgres: Place) -> None:
    app = await on_postgres.approved()
    code = (await on_postgres.allow(app))["code"]
    answers = await asyncio.gather(*(on_postgres.trade(app, code) for _ in range(5)))
    served = [one.json() for one in answers if one.status_code == 200]
    assert len(served) == 1
    assert await on_postgres.asks(served[0]["access_token"]) == 401, "somebody else had the code too"
    first = (await on_postgres.trade(app, (await on_postgres.allow(app))["code"])).json()
    answers = await asyncio.gather(*(on_postgres.refresh(app, first["refresh_token"]) for _ in range(5)))
    served = [one.json() for one in answers if one.status_code == 200]
    assert len(served) == 1
    for token in (first["access_token"], served[0]["access_token"]):
        assert await on_postgres.asks(token) == 401


# ---------------------------------------------------------------------------------------------------------------------- attacks


async def test_state_comes_back_as_it_was_sent_and_cannot_be_swapped_by_us(place: Place) -> None:
    app = await place.approved()
    for state in ("s1", "a b&c=d#e", "%22%3Cscript%3E", "x" * 500):
        answer = await place.allow(app, state=state)
        assert (answer["state"], answer["iss"]) == (state, f"https://mentors.example.org{place.base()}")
    refused = await place.allow(app, state="swapped", allow="0", prompt="consent")
    assert refused.get("error", "access_denied") == "access_denied"
    assert refused["state"] == "swapped"


async def test_a_member_of_another_community_is_no_member_of_this_issuer(place: Place) -> None:
    app = await place.approved()
    page = await place.browser.get(f"/oauth/{place.other}/authorize", params=place.asking(app))
    assert (page.status_code, "code=" in page.headers.get("location", "")) == (303, False)
    assert page.headers["location"].startswith(f"/auth/{place.other}/")
    for url in (f"/oauth/{place.other}/token", f"/oauth/{place.other}/introspect", f"/oauth/{place.other}/revoke"):
        answer = await place.client.post(url, data={"grant_type": "refresh_token", "token": "x"}, auth=(app["client_id"], app["client_secret"]))
        assert answer.json()["error"] == "invalid_client", url


async def test_nothing_that_was_sent_is_told_to_where_the_browser_goes_next(place: Place) -> None:
    app = await place.approved()
    for page in (
        await place.browser.get(f"{place.base()}/authorize", params=place.asking(app)),
        await place.browser.get(f"{place.base()}/authorize", params=place.asking(app, redirect_uri="https://evil.example")),
        await place.client.get(f"{place.base()}/authorize", params=place.asking(app)),
    ):
        assert page.headers["referrer-policy"] in {"no-referrer", "same-origin"}, "nobody else is told"
        assert "no-store" in page.headers["cache-control"]


async def test_keys_that_rotate_in_the_middle_lose_nobody(place: Place, sqlite_settings: Settings) -> None:
    app = await place.approved()
    code = (await place.allow(app))["code"]
    newer = "a newer key of the operator, which is long enough"
    rotated = compose(
        sqlite_settings.model_copy(update={"secret_keys": (newer, *sqlite_settings.secret_keys)}), clock=place.clock, hosts=place.parts.runtime.hosts
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(build(rotated, embedded_worker=False)), base_url=sqlite_settings.public_url) as client:
        after = replace(place, client=client)
        token = (await after.trade(app, code)).json()
        assert await after.asks(token["access_token"]) == 200
        assert (await after.refresh(app, token["refresh_token"])).status_code == 200
    await rotated.close()


async def test_who_asks_too_often_waits_and_nobody_else_does(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(turns, "monotonic", lambda: now)
    app = await place.approved()
    code = (await place.allow(app))["code"]
    token = (await place.trade(app, code)).json()

    async def guess(number: int) -> httpx2.Response:
        return await place.client.post(f"{place.base()}/token", data={"grant_type": "client_credentials"}, auth=(app["client_id"], f"guess {number}"))

    tries = [await guess(number) for number in range(int(turns.STRANGERS.burst) + 3)]
    assert {one.status_code for one in tries[:100]} == {401}
    assert tries[-1].status_code == 429
    assert (int(tries[-1].headers["retry-after"]) >= 1, tries[-1].json()["error"]) == (True, "temporarily_unavailable")
    refreshed = await place.refresh(app, token["refresh_token"])
    assert refreshed.status_code == 200, "who showed good credentials before is not held up by those who guess"
    elsewhere = await place.client.post(f"/oauth/{place.other}/token", data={"grant_type": "client_credentials"}, auth=("x", "y"))
    assert elsewhere.status_code == 401, "nor is another community"
    now += 2
    assert (await guess(0)).status_code == 401
    seen = [await place.client.post(f"{place.base()}/introspect", data={"token": "x"}, auth=(app["client_id"], app["client_secret"])) for _ in range(70)]
    assert [one.status_code for one in seen].count(429) >= 5, "a known client has its own limit"


async def test_registering_and_asking_members_have_limits_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "monotonic", lambda: 1_000.0)
    app = await place.approved()
    made = [
        await place.client.post(f"{place.base()}/register", json={"client_name": "x", "redirect_uris": [BACK]}) for _ in range(int(turns.REGISTERING.burst))
    ]
    assert (made[0].status_code, made[-1].status_code, made[-1].headers["retry-after"]) == (201, 429, "61")
    pages = [await place.browser.get(f"{place.base()}/authorize", params=place.asking(app)) for _ in range(int(turns.MEMBER.burst) + 1)]
    assert (pages[0].status_code, pages[-1].status_code) == (200, 429)
