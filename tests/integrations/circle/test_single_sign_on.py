"""Members sign in to Circle through us: Circle, by its imitation, is the client, in each of the ways that are not established."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from integrations.circle.double.consumer import SingleSignOnFailed
from integrations.circle.double.model import State
from plugin.services.developers import providing
from plugin.settings import Settings
from tests.integrations.circle.service import CALLBACK, Place, place_of

pytestmark = pytest.mark.slow


@pytest.fixture
async def place(sqlite_settings: Settings, state: State) -> AsyncIterator[Place]:
    async with place_of(sqlite_settings, state) as made:
        yield made


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
