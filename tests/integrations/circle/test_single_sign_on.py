"""Members sign in to Circle through us: Circle, by its imitation, is the client, in each of the ways that are not established."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest

from integrations.circle.double.consumer import Consumer, SingleSignOnFailed
from integrations.circle.double.model import Member, State
from plugin.app import Parts, build, compose
from plugin.http import Patience
from plugin.services import connect as connecting
from plugin.services import providing
from plugin.services import reconcile as reconciling
from plugin.services.connect import NewConnection
from plugin.settings import Settings
from tests.half_year.circle import Mailbox
from tests.schema.world import served
from tests.synapse import free_port

pytestmark = pytest.mark.slow
CALLBACK = "https://growers.circle.so/oauth2/callback"


@dataclass
class Place:
    """The service, the community, and a browser."""

    parts: Parts
    state: State
    url: str
    id: int
    mails: Mailbox
    maya: Member
    browser: httpx2.AsyncClient
    circle: httpx2.AsyncClient

    async def provided(self, **ways: bool) -> Consumer:
        """What the admin fills in, as the command prints it."""
        made = await providing.provide(self.parts.runtime, self.id)
        form = dict(line.split(": ", 1) for line in made.form[1:])
        return Consumer(
            state=self.state,
            callback=CALLBACK,
            client_id=form["Client ID"],
            client_secret=made.secret,
            authorize_url=form["Authorization URL"],
            token_url=form["Token fetch URL"],
            profile_url=form["Profile info API URL"],
            **ways,
        )

    async def at_callback(self, start: str, member: Member) -> dict[str, str]:
        """A member's way through our pages, until the browser is at Circle's callback."""
        there = await self.browser.get(start)
        if there.headers.get("location", "").startswith(("/auth/", self.url)):
            there = await self.browser.get(httpx2.URL(self.url).join(there.headers["location"]))
            there = await self._sign_in(there.text, member)
            there = await self.browser.get(httpx2.URL(self.url).join(there.headers["location"]))
            if not there.headers["location"].startswith(CALLBACK):
                there = await self.browser.get(httpx2.URL(self.url).join(there.headers["location"]))
        assert there.headers["location"].startswith(f"{CALLBACK}?"), there.headers
        return {name: one[0] for name, one in parse_qs(urlsplit(there.headers["location"]).query).items()}

    async def _sign_in(self, page: str, member: Member) -> httpx2.Response:
        csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
        after = re.findall(r'name="next" value="([^"]+)"', page)[0]
        self.mails.came.clear()
        form = {"csrf": csrf, "who": member.email, "by": "mail", "next": after}
        assert (await self.browser.post(f"{self.url}/auth/{self.id}/code", data=form, headers={"Origin": self.url})).status_code == 200
        await asyncio.wait_for(self.mails.came.wait(), 60)
        (code,) = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", self.mails.letters[-1].paragraphs[0])
        return await self.browser.post(f"{self.url}/auth/{self.id}/code/enter", data={"csrf": csrf, "code": code}, headers={"Origin": self.url})


@pytest.fixture
async def place(sqlite_settings: Settings, state: State) -> AsyncIterator[Place]:
    state.join("Olga Owner")
    maya = state.join("Maya Member")
    port, mails = free_port(), Mailbox()
    url = f"http://127.0.0.1:{port}"
    chosen = sqlite_settings.model_copy(update={"public_url": url, "allow_private": (state.base_url.partition("://")[2],)})
    parts = compose(chosen, patience=Patience(total=20))
    parts.runtime.mailer = mails
    given = {"api_url": state.base_url, "requests_per_minute": "6000"}
    made = await connecting.connect(parts.runtime, NewConnection(host="circle", url="https://growers.circle.so", api_key=state.token, host_settings=given))
    await reconciling.reconcile(parts.runtime, made.installation_id, whole=True)
    async with (
        served(build(parts, embedded_worker=False), port=port),
        httpx2.AsyncClient(trust_env=False, timeout=20) as browser,
        httpx2.AsyncClient(trust_env=False, timeout=20) as circle,
    ):
        yield Place(parts, state, url, made.installation_id, mails, maya, browser, circle)


async def test_a_member_signs_in_to_circle_through_us_in_whichever_way_circle_asks(place: Place) -> None:
    for ways in ({}, {"basic": True}, {"in_query": True}, {"proof": True}, {"basic": True, "in_query": True, "proof": True}):
        consumer = await place.provided(**ways)
        answer = await place.at_callback(consumer.start(), place.maya)
        member = await consumer.come_back(place.circle, answer)
        assert (member, member.sso_user_id) == (place.maya, str(place.maya.id)), ways
    assert len(place.mails.letters) == 1, "once signed in here, nothing is asked again"
    assert len(place.state.members) == 2, "nobody was made twice"


async def test_what_was_given_out_is_good_for_signing_in_and_nothing_else(place: Place) -> None:
    consumer = await place.provided()
    answer = await place.at_callback(consumer.start(), place.maya)
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": CALLBACK}
    form |= {"client_id": consumer.client_id, "client_secret": consumer.client_secret}
    got = (await place.circle.post(consumer.token_url, data=form)).json()
    assert (got["scope"], "refresh_token" in got, got["expires_in"]) == ("profile", False, 300)
    bearer = {"Authorization": f"Bearer {got['access_token']}"}
    for query in ("{ viewer { member { username } } }", "{ community { name } }", "{ __schema { types { name } } }"):
        asked = await place.circle.post(f"{place.url}/graphql", json={"query": query}, headers=bearer)
        assert not any((asked.json().get("data") or {}).values()), asked.text
    said = (await place.circle.get(consumer.profile_url, headers=bearer)).json()
    assert set(said) == {"id", "email", "name", "avatar_url"}
    assert place.maya.email not in (await _everything(place)), "the address is asked for and not kept"
    # Reuse of the code ends the token too.
    assert (await place.circle.post(consumer.token_url, data=form)).json()["error"] == "invalid_grant"
    assert (await place.circle.get(consumer.profile_url, headers=bearer)).status_code == 401
    assert (await place.circle.get(consumer.profile_url)).status_code == 401


async def test_what_an_attacker_would_change_is_refused(place: Place) -> None:
    consumer = await place.provided()
    await place.at_callback(consumer.start(), place.maya)
    base = dict(parse_qsl(urlsplit(consumer.start()).query))
    for uri in (f"{CALLBACK}/", f"{CALLBACK}?x=1", "https://evil.example/oauth2/callback", "http://growers.circle.so/oauth2/callback", "http://127.0.0.1/x"):
        page = await place.browser.get(consumer.authorize_url, params=base | {"redirect_uri": uri})
        assert (page.status_code, "location" in page.headers) == (400, False), uri
    for wrong in ({"code_challenge": "x" * 43}, {"code_challenge": "x" * 43, "code_challenge_method": "plain"}, {"code_challenge_method": "S256"}):
        page = await place.browser.get(consumer.authorize_url, params=base | wrong)
        assert "error=invalid_request" in page.headers["location"], wrong
    # A proof that was begun must be shown, the right one, and one that was not begun is none.
    proving = await place.provided(proof=True)
    for cheat in ({"proof": False}, {"proof": True, "_begun": "another"}):
        answer = await place.at_callback(proving.start(), place.maya)
        if cheat.get("_begun"):
            proving._begun[answer["state"]] = "a" * 48
        proving.proof = bool(cheat["proof"])
        with pytest.raises(SingleSignOnFailed, match="invalid_"):
            await proving.come_back(place.circle, answer)
        proving.proof = True
    other = await place.provided()
    answer = await place.at_callback(other.start(), place.maya)
    other.client_secret = "a guess"
    with pytest.raises(SingleSignOnFailed, match="invalid_client"):
        await other.come_back(place.circle, answer)
    # A new one ends what was given out before; so does stopping.
    page = await place.browser.get(consumer.start())
    assert (page.status_code, "location" in page.headers) == (400, False)
    assert await providing.stop(place.parts.runtime, place.id)
    assert not await providing.stop(place.parts.runtime, place.id)
    assert (await place.browser.get(other.start())).status_code == 400


async def test_nobody_else_is_given_a_profile(place: Place) -> None:
    wanted = {"client_name": "Mine", "redirect_uris": ["https://app.example.org/x"], "scope": "profile"}
    refused = await place.circle.post(f"{place.url}/oauth/{place.id}/register", json=wanted)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
    metadata = (await place.circle.get(f"{place.url}/.well-known/oauth-authorization-server/oauth/{place.id}")).json()
    assert "profile" not in metadata["scopes_supported"]


async def _everything(place: Place) -> str:
    path = place.parts.runtime.settings.sqlite_path
    return "".join(one.read_bytes().decode("latin-1") for one in path.parent.glob(f"{path.name}*"))
