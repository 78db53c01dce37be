"""Signing in on a real homeserver: who is named, and tokens that it vouches for."""

from collections.abc import Mapping

import pytest

from integrations.matrix.client import MatrixClient
from mentorgraph.host import ConnectPlan, SignInRefused
from tests.integrations.matrix.conftest import HOOK_SECRET, Community
from tests.synapse import SERVER_NAME

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("synapse")]

MAYA = f"@maya:{SERVER_NAME}"


@pytest.fixture(autouse=True)
async def _connected(client: MatrixClient) -> None:
    """Our account is in the open rooms."""
    await client.connect(ConnectPlan(hook_secret=HOOK_SECRET))


def token_of(community: Community, name: str) -> dict[str, str]:
    """What a member's own client gets from the homeserver for a service."""
    found = community.act(name, "POST", f"/user/{community.member(name)}/openid/request_token", {})
    return {key: str(value) for key, value in found.items()}


async def refused(client: MatrixClient, answer: Mapping[str, str]) -> str:
    """Why a token signs nobody in."""
    with pytest.raises(SignInRefused) as failure:
        await client.check_token(answer)
    return failure.value.reason


@pytest.mark.parametrize("named", ["maya", "@maya", MAYA, MAYA[1:], f" {MAYA} "])
async def test_members_are_named_in_any_form(client: MatrixClient, named: str) -> None:
    found = await client.find_account(named)
    assert found is not None
    assert (found.member.host_user_id, found.member.active, found.email) == (MAYA, True, "")


@pytest.mark.parametrize("named", ["mentors", "sam", "nobody", "@maya:elsewhere.example", "", "ma ya", "#garden:community.test", "x" * 300])
async def test_who_is_in_no_room_of_the_community_is_no_member(client: MatrixClient, named: str) -> None:
    assert await client.find_account(named) is None


async def test_an_external_id_is_the_first_part_of_the_matrix_id(client: MatrixClient) -> None:
    found = await client.find_external("maya")
    assert found is not None
    assert found.host_user_id == MAYA
    for other in (MAYA, "maya:elsewhere.example", "nobody", "mentors"):
        assert await client.find_external(other) is None


async def test_the_communitys_own_homeserver_vouches_for_its_members(community: Community, client: MatrixClient) -> None:
    answer = token_of(community, "maya")
    assert (await client.check_token(answer)).host_user_id == MAYA
    assert (await client.check_token({"access_token": answer["access_token"]})).host_user_id == MAYA
    assert await refused(client, {**answer, "matrix_server_name": "evil.example"}) == "other_server"
    assert await refused(client, token_of(community, "sam")) == "no_member", "an account that is in no room of the community"


@pytest.mark.parametrize("token", ["", "made up", "x" * 2_000, "a\nb", "ä", "../../whoami"])
async def test_a_token_that_nobody_made_is_refused(client: MatrixClient, token: str) -> None:
    assert await refused(client, {"access_token": token}) == "bad_token"


async def test_the_token_of_an_account_is_no_proof_for_us(community: Community, client: MatrixClient) -> None:
    assert await refused(client, {"access_token": community.tokens["maya"]}) == "bad_token"
