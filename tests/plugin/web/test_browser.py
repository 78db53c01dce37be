"""From a cookie to a person: who is let in, which forms are taken, and what pages of ours tell browsers."""

import re

import pytest
from starlette.requests import Request

from mentorgraph.host import Capability
from plugin.domain.people import Office, Scope
from plugin.services.identity import operating, staffing
from plugin.web.browser import Browser, SignInNeeded
from tests.plugin.web.test_auth import answered, callback, start
from tests.schema.world import ORIGIN, World

FORM = {"content-type": "application/x-www-form-urlencoded"}


async def sign_in(world: World, **who: str) -> None:
    sso, _ = await start(world)
    assert (await world.http.get(callback(world), params=answered(sso, **who))).status_code == 303


def hidden(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found
    return found.group(1)


def asking(world: World, **headers: str) -> Request:
    cookies = "; ".join(f"{one.name}={one.value}" for one in world.http.cookies.jar)
    head = {"cookie": cookies, "host": "mentors.example.org", **headers}
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in head.items()]
    return Request({"type": "http", "method": "GET", "path": "/console", "query_string": b"", "headers": pairs, "scheme": "https", "server": None})


async def invited(world: World) -> str:
    url = await staffing.invite(world.parts.runtime, world.installation_id, Office.SAFETY, by="operator")
    return url.removeprefix(ORIGIN)


# ---------------------------------------------------------------------------------------------------------------------- members


async def test_a_session_is_a_principal_with_the_rights_of_this_moment(world: World) -> None:
    browser = Browser(world.parts.runtime)
    with pytest.raises(SignInNeeded) as needed:
        await browser.member(asking(world))
    assert needed.value.place == f"/auth/{world.installation_id}/start?next=%2Fconsole"
    await sign_in(world)
    found = await browser.member(asking(world))
    assert found.member_id == await world.member_id("cat")
    assert found.audience == "session"
    assert not found.may(Scope.ADMIN)
    with pytest.raises(SignInNeeded):
        await browser.member(asking(world), of=world.installation_id + 1)


@pytest.mark.parametrize("kind", ["api", "nonsense", "operator"])
async def test_nothing_but_a_session_is_taken_from_the_cookie(world: World, kind: str) -> None:
    value = {"api": await world.token("cat"), "nonsense": "mg_x", "operator": "mgo_" + "x" * 43}[kind]
    world.http.cookies.set("__Host-mentorgraph-session", value)
    with pytest.raises(SignInNeeded):
        await Browser(world.parts.runtime).member(asking(world))


async def test_graphql_looks_at_no_cookie(world: World) -> None:
    await sign_in(world)
    answer = await world.ask("{ viewer { member { username } } }")
    assert answer.data["viewer"] is None


# ---------------------------------------------------------------------------------------------------------------------- an invitation, as a page with a form


async def test_an_invitation_is_accepted_by_who_signed_in(world: World) -> None:
    place = await invited(world)
    away = await world.http.get(place)
    assert (away.status_code, away.headers["location"].partition("?")[0]) == (303, f"/auth/{world.installation_id}/start")
    await sign_in(world)
    shown = await world.http.get(place)
    assert shown.status_code == 200
    done = await world.http.post(place, data={"csrf": hidden(shown.text)}, headers={"sec-fetch-site": "same-origin"})
    assert (done.status_code, "Done." in done.text) == (200, True)
    assert (await Browser(world.parts.runtime).member(asking(world))).may(Scope.SAFETY)
    assert (await world.http.get(place)).status_code == 404


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"sec-fetch-site": "cross-site"}, "csrf={csrf}"),
        ({"sec-fetch-site": "same-site"}, "csrf={csrf}"),
        ({"sec-fetch-site": "none"}, "csrf={csrf}"),
        ({"origin": "https://evil.example"}, "csrf={csrf}"),
        ({"origin": "null"}, "csrf={csrf}"),
        ({}, "csrf={csrf}"),
        ({"sec-fetch-site": "same-origin"}, ""),
        ({"sec-fetch-site": "same-origin"}, "csrf=x"),
        ({"sec-fetch-site": "same-origin"}, "csrf=%C3%A4"),
        ({"sec-fetch-site": "same-origin"}, "csrf={other}"),
        ({"sec-fetch-site": "same-origin", "content-type": "text/plain"}, "csrf={csrf}"),
        ({"sec-fetch-site": "same-origin", "content-type": "application/json"}, '{{"csrf": "{csrf}"}}'),
        ({"sec-fetch-site": "same-origin"}, "csrf={csrf}&a=%ff"),
        ({"sec-fetch-site": "same-origin"}, "csrf={csrf}&a=%00"),
        ({"sec-fetch-site": "same-origin"}, "csrf={csrf}" + "&a=1" * 1_001),
        ({"sec-fetch-site": "same-origin"}, "csrf={csrf}&a=" + "x" * 300_000),
    ],
)
async def test_a_form_that_is_not_ours_changes_nothing(world: World, headers: dict[str, str], body: str) -> None:
    place = await invited(world)
    await sign_in(world, user="4", username="dan")
    other = hidden((await world.http.get(place)).text)
    await sign_in(world)
    mine = hidden((await world.http.get(place)).text)
    assert mine != other
    answer = await world.http.post(place, content=body.format(csrf=mine, other=other), headers=FORM | headers)
    assert answer.status_code in {400, 403, 413}, answer.text
    assert (await world.http.get(place)).status_code == 200, "the invitation is still good"


async def test_a_browser_without_fetch_metadata_is_known_by_its_origin(world: World) -> None:
    place = await invited(world)
    await sign_in(world)
    csrf = hidden((await world.http.get(place)).text)
    assert (await world.http.post(place, data={"csrf": csrf}, headers={"origin": ORIGIN})).status_code == 200


async def test_private_pages_are_not_framed_kept_or_scripted(world: World) -> None:
    place = await invited(world)
    await sign_in(world)
    headers = (await world.http.get(place)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert (headers["cache-control"], headers["x-content-type-options"], headers["referrer-policy"]) == ("no-store", "nosniff", "same-origin")


# ---------------------------------------------------------------------------------------------------------------------- the operator


async def test_a_set_up_link_opens_one_session_and_getting_it_changes_nothing(world: World) -> None:
    runtime = world.parts.runtime
    old = (await operating.set_up_link(runtime)).removeprefix(ORIGIN)
    place = (await operating.set_up_link(runtime)).removeprefix(ORIGIN)
    assert (await world.http.get("/setup")).status_code == 401
    assert (await world.http.get(old)).status_code == 401, "a new link replaces the one before"
    for _ in range(2):
        shown = await world.http.get(place)
        assert shown.status_code == 200
    form = {"csrf": hidden(shown.text)}
    assert (await world.http.post(place, data=form, headers={"sec-fetch-site": "cross-site"})).status_code == 403
    done = await world.http.post(place, data=form, headers={"sec-fetch-site": "same-origin"})
    assert (done.status_code, done.headers["location"]) == (303, "/setup")
    assert "HttpOnly" in done.headers["set-cookie"]
    assert (await world.http.post(place, data=form, headers={"sec-fetch-site": "same-origin"})).status_code in {401, 403}
    front = await world.http.get("/setup")
    assert front.status_code == 200
    assert "Forum" in front.text
    assert not [name for name in ("ann", "ben", "cat", "Ann") if name in front.text], "an operator sees no member"
    world.clock.move(hours=12, seconds=1)
    assert (await world.http.get("/setup")).status_code == 401


async def test_a_set_up_link_ends_after_an_hour_and_sessions_when_told(world: World) -> None:
    runtime = world.parts.runtime
    late = (await operating.set_up_link(runtime)).rpartition("/")[2]
    world.clock.move(hours=1, seconds=1)
    assert not await operating.is_link(runtime, late)
    session = await operating.open_session(runtime, (await operating.set_up_link(runtime)).rpartition("/")[2])
    await operating.operator_of(runtime, session)
    world.http.cookies.set("__Host-mentorgraph-operator", session)
    left = await world.http.post("/setup/leave", data={"csrf": hidden((await world.http.get("/setup")).text)}, headers={"sec-fetch-site": "same-origin"})
    assert left.status_code == 303
    world.http.cookies.set("__Host-mentorgraph-operator", session)
    assert (await world.http.get("/setup")).status_code == 401


async def test_an_operators_session_is_nobody_in_a_community(world: World) -> None:
    session = await operating.open_session(world.parts.runtime, (await operating.set_up_link(world.parts.runtime)).rpartition("/")[2])
    world.http.cookies.set("__Host-mentorgraph-session", session)
    with pytest.raises(SignInNeeded):
        await Browser(world.parts.runtime).member(asking(world))
    assert (await world.ask("{ members { edges { node { username } } } }", session)).status == 401


def test_the_forum_says_who_its_admins_are(world: World) -> None:
    assert Capability.ADMINS in world.parts.runtime.host("discourse").capabilities
