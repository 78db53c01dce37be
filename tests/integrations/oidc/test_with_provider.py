"""Signing in at a real OpenID provider, and what must be refused on the way."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from integrations.oidc.flow import Begun, address, finish
from integrations.oidc.keys import Keys
from integrations.oidc.provider import Client, Provider, discover
from mentorgraph.host import HostBroken, Http, Response, SignInRefused
from tests.integrations.discourse.conftest import PlainHttp
from tests.oidc_provider import OpenIdProvider

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("oidc")]

BACK = "http://127.0.0.1:9/auth/1/callback"
BEGUN = Begun(state="the-state-of-this-sign-in", nonce="the-nonce-of-this-sign-in", verifier="v" * 43 + "-verifier", redirect_uri=BACK)


class FormHttp(PlainHttp):
    """Sends forms too."""

    async def request(self, method: str, url: str, **values: object) -> Response:
        form = values.pop("form", None)
        if form is None:
            return await super().request(method, url, **values)  # type: ignore[arg-type]  # as they came
        answer = await self.client.request(method, url, headers=values.get("headers"), data=dict(form))  # type: ignore[arg-type,call-overload]  # pairs
        self.calls.append(f"{method} {httpx2.URL(url).path}")
        return Response(status=answer.status_code, headers={name.lower(): value for name, value in answer.headers.items()}, body=answer.content)


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIdProvider]:
    """A provider with three people."""
    found = OpenIdProvider(redirect_uri=BACK)
    found.people = {
        "maya": {"member_id": "17", "name": "Maya", "preferred_username": "maya", "email": "maya@example.org", "email_verified": True},
        "noor": {"member_id": 18, "name": "Noor", "email": "noor@example.org", "email_verified": False},
        "sam": {},
    }
    found.start()
    yield found
    found.stop()


@pytest.fixture
async def http() -> AsyncIterator[FormHttp]:
    """Plain HTTP."""
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
        yield FormHttp(client)


@pytest.fixture
def client(running: OpenIdProvider) -> Client:
    """What the admin registered."""
    return Client(issuer=running.issuer, client_id="mentorgraph", client_secret=running.secret, member_claim="member_id", scopes=("openid", "profile", "email"))


@pytest.fixture
async def provider(running: OpenIdProvider, http: FormHttp) -> Provider:
    """What the provider says of itself."""
    return await discover(http, running.issuer)


def keys_of(provider: Provider) -> Keys:
    """Keys that were not read yet."""
    return Keys(provider, time.monotonic)


async def come_back(running: OpenIdProvider, provider: Provider, client: Client, *, login: str = "maya", begun: Begun = BEGUN) -> dict[str, str]:
    """The parameters with which the browser comes back."""
    return dict(parse_qsl(urlsplit(await running.browse(address(provider, client, begun), login=login)).query))


async def done(
    http: Http, provider: Provider, client: Client, answer: dict[str, str], *, begun: Begun = BEGUN, keys: Keys | None = None, now: datetime | None = None
) -> str:
    """The end of a sign-in."""
    return await finish(http, provider, client, keys or keys_of(provider), begun=begun, answer=answer, now=now or datetime.now(UTC))


async def reason(*args: object, **values: object) -> str:
    """Why a sign-in is refused."""
    with pytest.raises(SignInRefused) as refused:
        await done(*args, **values)  # type: ignore[arg-type]  # as for done
    return refused.value.reason


async def test_a_member_signs_in(running: OpenIdProvider, http: FormHttp, provider: Provider, client: Client) -> None:
    answer = await come_back(running, provider, client)
    assert answer["iss"] == running.issuer
    assert await done(http, provider, client, answer) == "17"
    numeric = await come_back(running, provider, client, login="noor")
    assert (await done(http, provider, client, numeric)) == "18"


async def test_the_provider_keeps_its_promises(provider: Provider) -> None:
    assert provider.names_itself
    assert provider.basic
    assert "none" not in provider.algorithms
    assert not any(name.startswith("HS") for name in provider.algorithms)


async def test_a_code_works_once(running: OpenIdProvider, http: FormHttp, provider: Provider, client: Client) -> None:
    answer = await come_back(running, provider, client)
    await done(http, provider, client, answer)
    assert await reason(http, provider, client, answer) == "code_refused"


async def test_a_swapped_state_is_refused_before_the_provider_is_asked(running: OpenIdProvider, http: FormHttp, provider: Provider, client: Client) -> None:
    answer = await come_back(running, provider, client)
    http.calls.clear()
    assert await reason(http, provider, client, {**answer, "state": "another"}) == "other_state"
    assert await reason(http, provider, client, {name: value for name, value in answer.items() if name != "state"}) == "other_state"
    assert http.calls == []


async def test_another_or_no_provider_is_refused_before_the_provider_is_asked(
    running: OpenIdProvider, http: FormHttp, provider: Provider, client: Client
) -> None:
    answer = await come_back(running, provider, client)
    http.calls.clear()
    assert await reason(http, provider, client, {**answer, "iss": "https://evil.example.org"}) == "other_issuer"
    assert await reason(http, provider, client, {name: value for name, value in answer.items() if name != "iss"}) == "no_issuer"
    assert await reason(http, provider, client, {"state": BEGUN.state, "iss": "https://evil.example.org", "error": "access_denied"}) == "other_issuer"
    assert http.calls == []


async def test_a_code_of_another_sign_in_is_refused(running: OpenIdProvider, http: FormHttp, provider: Provider, client: Client) -> None:
    """PKCE and the nonce each bind a code to the browser that began."""
    theirs = replace(BEGUN, nonce="their-nonce", verifier="w" * 50)
    answer = await come_back(running, provider, client, begun=theirs)
    assert await reason(http, provider, client, answer) == "code_refused"
    stale = replace(BEGUN, nonce="a-nonce-of-before")
    assert await reason(http, provider, client, await come_back(running, provider, client, begun=stale)) == "other_nonce"


async def test_a_wrong_secret_is_refused(running: OpenIdProvider, http: FormHttp, provider: Provider, client: Client) -> None:
    answer = await come_back(running, provider, client)
    assert await reason(http, provider, replace(client, client_secret="wrong"), answer) == "client_refused"


async def test_who_is_no_member_and_an_unchecked_address_are_refused(running: OpenIdProvider, http: FormHttp, provider: Provider, client: Client) -> None:
    nobody = await come_back(running, provider, client, login="sam")
    assert await reason(http, provider, client, nobody) == "no_member_claim"
    by_mail = replace(client, member_claim="email")
    assert (await done(http, provider, by_mail, await come_back(running, provider, by_mail))) == "maya@example.org"
    assert await reason(http, provider, by_mail, await come_back(running, provider, by_mail, login="noor")) == "unverified_address"


@pytest.mark.parametrize(("hours", "expected"), [(2, "expired"), (-2, "expired")])
async def test_a_clock_that_is_wrong_is_noticed(running: OpenIdProvider, http: FormHttp, provider: Provider, client: Client, hours: int, expected: str) -> None:
    answer = await come_back(running, provider, client)
    wrong = datetime.fromtimestamp(time.time() + hours * 3600, UTC)
    assert await reason(http, provider, client, answer, now=wrong) == expected


async def test_what_is_no_provider_is_said(http: FormHttp, running: OpenIdProvider) -> None:
    with pytest.raises(HostBroken) as broken:
        await discover(http, f"{running.issuer}/elsewhere")
    assert broken.value.reason == "no_provider"
    with pytest.raises(HostBroken) as other:
        await discover(http, f"{running.issuer}/")
    assert other.value.reason == "other_issuer"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
async def test_keys_that_change_in_the_middle_of_a_sign_in_are_read_again(http: FormHttp, algorithm: str) -> None:
    changing = OpenIdProvider(redirect_uri=BACK, algorithm=algorithm, people={"maya": {"member_id": "17"}})
    changing.start()
    try:
        provider = await discover(http, changing.issuer)
        client = Client(issuer=changing.issuer, client_id="mentorgraph", client_secret=changing.secret, member_claim="member_id")
        now = 0.0
        keys = Keys(provider, lambda: now)
        assert (await done(http, provider, client, await come_back(changing, provider, client), keys=keys)) == "17"
        changing.stop()
        changing.start()
        now = 31.0
        assert (await done(http, provider, client, await come_back(changing, provider, client), keys=keys)) == "17"
        assert http.calls.count("GET /jwks") == 2
        # Another name of a key right after does not make us ask again.
        await keys.of(http, "made-up")
        assert http.calls.count("GET /jwks") == 2
    finally:
        changing.stop()
