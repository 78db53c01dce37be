"""Every address of the service, read from its routes: what it takes from other sites, what it makes of nonsense, and what it tells browsers.

An address that is added is tried too.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from starlette.routing import Route

from tests.plugin.web.test_browser import hidden
from tests.plugin.web.test_console_running import place
from tests.schema.world import World

__all__ = ["place"]
pytestmark = pytest.mark.slow

NOT_BY_COOKIE = re.compile(r"/(graphql|hooks|stop|auth|oauth/\{installation\}/(token|revoke|introspect|register))(/|$)|/setup/\{token\}")
"""Doors at which a browser's cookie opens nothing by itself: a token, a signature, a code or the address is the key. Each has tests of its own."""
NONSENSE = (
    "%0d%0aSet-Cookie:%20x=1",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    quote("<script>alert(1)</script>", safe=""),
    "9" * 300,
    "-1",
    "1e400",
    "%ff%fe",
    quote("{{7*7}}", safe=""),
    quote("’ OR 1=1 --", safe=""),
)


def doors(world: World, method: str) -> Iterator[Route]:
    for route in world.app.routes:
        if isinstance(route, Route) and method in (route.methods or ()):
            yield route


def address(route: Route, world: World, program: str, other: str = "1") -> str:
    """The address with something in each place for something."""
    given = {"program": program, "installation": str(world.installation_id)}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: given.get(found[1], other), route.path)


async def number_of_entries(world: World) -> int:
    return len(await world.read(lambda unit: unit.audit.page(before=None, limit=10_000)))


async def test_no_form_is_taken_from_elsewhere(world: World, place: str) -> None:
    """By a browser in which a manager is signed in: from another site with the right token, and from our own pages without it."""
    program = place.rpartition("/")[2]
    token = hidden((await world.http.get(f"{place}/edit")).text)
    before = await number_of_entries(world)
    open_, tried = [], 0
    for route in doors(world, "POST"):
        if NOT_BY_COOKIE.search(route.path):
            continue
        where = address(route, world, program)
        for headers, form in (
            ({"sec-fetch-site": "cross-site"}, {"csrf": token}),
            ({"sec-fetch-site": "same-site"}, {"csrf": token}),
            ({"origin": "https://evil.example"}, {"csrf": token}),
            ({"origin": "null"}, {"csrf": token}),
            ({}, {"csrf": token}),
            ({"sec-fetch-site": "same-origin"}, {"x": "y"}),
            ({"sec-fetch-site": "same-origin"}, {"csrf": "x" * 43}),
        ):
            answer = await world.http.post(where, data=form, headers=headers)
            tried += 1
            if answer.status_code not in {401, 403}:
                open_.append((where, headers, form, answer.status_code))
    assert open_ == []
    assert tried > 300
    assert await number_of_entries(world) == before


async def test_nonsense_in_an_address_is_answered_by_a_page(world: World, place: str) -> None:
    wrong = []
    for method in ("GET", "POST"):
        for route in doors(world, method):
            if "{" not in route.path:
                continue
            for word in NONSENSE:
                where = re.sub(r"\{(\w+)(?::\w+)?\}", word, route.path)
                answer = await world.http.request(method, where, headers={"sec-fetch-site": "same-origin"})
                if answer.status_code >= 500 or "set-cookie" in answer.headers or "<script>alert(1)" in answer.text or "root:" in answer.text:
                    wrong.append((method, where, answer.status_code))
    assert wrong == []


async def test_every_page_says_what_browsers_may_do_with_it(world: World, place: str) -> None:
    program = place.rpartition("/")[2]
    lacking, pages = [], 0
    for route in doors(world, "GET"):
        answer = await world.http.get(address(route, world, program))
        kind = answer.headers.get("content-type", "")
        if "html" not in kind or route.path.startswith("/static"):
            continue
        pages += 1
        policy = answer.headers.get("content-security-policy", "")
        framed = route.path == "/embed/{installation}/frame"
        if (
            "default-src 'none'" not in policy
            or "unsafe-eval" in policy
            or re.search(r"script-src[^;]*unsafe-inline", policy)
            or ("frame-ancestors 'none'" in policy) == framed
            or answer.headers.get("x-content-type-options") != "nosniff"
            or answer.headers.get("referrer-policy") not in {"no-referrer", "same-origin"}
        ):
            lacking.append((route.path, answer.status_code, policy))
    assert lacking == []
    assert pages > 60
