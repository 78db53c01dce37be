"""What an operator can get wrong while connecting a community: each says what to do, and nothing is kept."""

import re

import pytest

from plugin.services.identity import operating
from tests.plugin.web.test_browser import hidden
from tests.schema.world import ORIGIN, World

OUR_PAGE = {"sec-fetch-site": "same-origin"}


async def enter(world: World) -> str:
    """Open the operator's session; gives what forms must carry."""
    place = (await operating.set_up_link(world.parts.runtime)).removeprefix(ORIGIN)
    form = {"csrf": hidden((await world.http.get(place)).text)}
    assert (await world.http.post(place, data=form, headers=OUR_PAGE)).status_code == 303
    return hidden((await world.http.get("/setup")).text)


async def installations(world: World) -> list[int]:
    return await world.database.dispatch(lambda found: found.installation_ids())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"url": ""}, "address"),
        ({"url": "forum"}, "address"),
        ({"url": "javascript:alert(1)"}, "address"),
        ({"url": "ftp://forum.example.org"}, "address"),
        ({"url": "https://user:password@forum.example.org"}, "address"),
        ({"url": "https://forum.example.org/?a=b"}, "address"),
        ({"url": "https://" + "a" * 5_000 + ".example.org"}, "address"),
        ({"url": "http://169.254.169.254"}, "address"),
        ({"url": "https://127.0.0.1:1"}, "private|not public|address"),
        ({"url": "https://[::1]/"}, "private|not public|address"),
        ({"url": "https://forum.example.org", "key": ""}, "key"),
        ({"url": "https://forum.example.org", "key": " \n"}, "key"),
        ({"url": "https://forum.example.org", "key": "k" * 2_001}, "key"),
    ],
)
async def test_what_cannot_be_connected_says_why_and_leaves_nothing(world: World, given: dict[str, str], says: str) -> None:
    csrf, before = await enter(world), await installations(world)
    form = {"csrf": csrf, "host": "discourse", "key": "zqplantedkey", **given}
    found = await world.http.post("/setup/connect", data=form, headers=OUR_PAGE)
    assert found.status_code == 422, found.text
    alert = re.search(r'role="alert"[^>]*>(.*?)</', found.text, re.DOTALL)
    assert alert
    text = re.sub(r"<[^>]+>", " ", found.text[alert.start() : alert.start() + 600])
    assert re.search(says, text, re.IGNORECASE), text
    assert "zqplantedkey" not in found.text, "a key is in no page that comes back"
    assert "<script>alert" not in found.text
    assert await installations(world) == before


@pytest.mark.parametrize("host", ["", "nonsense", "../discourse", "<u>x"])
async def test_a_kind_of_community_that_there_is_not_is_asked_for_again(world: World, host: str) -> None:
    csrf = await enter(world)
    found = await world.http.post("/setup/connect", data={"csrf": csrf, "host": host, "url": "https://a.example.org", "key": "k"}, headers=OUR_PAGE)
    assert found.status_code == 200
    assert "Discourse" in found.text
    assert "<u>" not in found.text
    assert (await world.http.get("/setup/connect", params={"host": host})).status_code == 200


@pytest.mark.parametrize("place", ["/setup/communities/0/invite", "/setup/communities/77/disconnect", "/setup/communities/x/invite"])
async def test_a_community_that_there_is_not_is_not_found(world: World, place: str) -> None:
    csrf, before = await enter(world), await installations(world)
    assert (await world.http.post(place, data={"csrf": csrf}, headers=OUR_PAGE)).status_code == 404
    assert await installations(world) == before


async def test_a_form_of_another_page_or_session_changes_nothing(world: World) -> None:
    csrf, before = await enter(world), await installations(world)
    place = f"/setup/communities/{world.installation_id}/disconnect"
    for data, headers in (({"csrf": csrf}, {"sec-fetch-site": "cross-site"}), ({"csrf": "x"}, OUR_PAGE), ({"a": "b"}, OUR_PAGE)):
        assert (await world.http.post(place, data=data, headers=headers)).status_code == 403
    world.http.cookies.clear()
    assert (await world.http.post(place, data={"csrf": csrf}, headers=OUR_PAGE)).status_code in {401, 403}
    assert await installations(world) == before
