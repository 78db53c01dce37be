"""Pages, CORS, health, numbers, and errors that nobody expected."""

import asyncio
import re
from html.parser import HTMLParser
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.routing import Route

from plugin.errors import Misconfigured, Unavailable
from plugin.metering import BUCKETS, Meter
from plugin.web.health import Health
from tests.plugin.support import BASE_URL
from tests.plugin.web.test_hooks import body_of, send, signed
from tests.schema.world import World


class Links(HTMLParser):
    """What a page loads and links, and whether it runs script of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.loaded += [str(found[name]) for name in ("src", "href") if found.get(name)]
        self.inline |= (tag == "script" and "src" not in found) or any(name.startswith("on") for name in found)


@pytest.mark.parametrize("path", ["/", "/auth/done", "/graphql"])
async def test_a_page_loads_only_from_us_and_cannot_be_framed(world: World, path: str) -> None:
    answer = await world.http.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert not re.search(r"script-src[^;]*unsafe", policy)
    assert not re.search(r"https?:|\*", policy)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    links = Links()
    links.feed(answer.text)
    assert not links.inline
    for address in set(links.loaded) - {"#main"}:
        assert address.startswith("/")
        assert not address.startswith("//")
        found = await world.http.get(address)
        assert found.status_code == (401 if address in {"/my", "/console"} else 200), address  # one is asked to sign in there


async def test_the_bundles_of_the_page_name_no_other_origin_to_load_from(world: World) -> None:
    for name in ("graphiql.js", "graphiql.css", "page.css"):
        text = (await world.http.get(f"/static/{name}")).text
        assert not re.search(r"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text.replace("// ", "")), name


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../settings.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/..%2f..%2fsettings.py",
        "/static/graphiql/../../../../app.py",
        "/static//etc/passwd",
        "/static/\\..\\..\\settings.py",
        "/static/%00",
        "/static/",
        "/static",
    ],
)
async def test_nothing_else_is_served_as_a_file(world: World, path: str) -> None:
    answer = await world.http.request("GET", httpx2.URL("https://mentors.example.org", raw_path=path.encode()))
    assert 300 <= answer.status_code < 500
    assert "MENTORGRAPH" not in answer.text


async def test_an_address_that_there_is_not_is_404_in_json(world: World) -> None:
    answer = await world.http.get("/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert (await world.http.delete("/healthz")).status_code == 405


LOOKING = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "de-AT,de;q=0.9"}
NOWHERE = "Diese Adresse führt nirgends mehr hin"
NO_PAGE = "Diese Seite gibt es nicht"


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/nothing", NO_PAGE),
        ("/console/nothing", NO_PAGE),
        ("/my/nothing", NO_PAGE),
        ("/status/12345", NO_PAGE),
        ("/embed/12345", NO_PAGE),
        ("/embed/12345/frame", NO_PAGE),
        ("/auth/12345/start", NO_PAGE),
        ("/certificate/{here}/xxxxxxxxxxxxxxxxxxxxxxxx", NO_PAGE),
        ("/enrol/{here}/r-gone", NOWHERE),
        ("/enrol/12345/r-gone", NOWHERE),
        ("/stop/{here}/gone", NOWHERE),
        ("/calendar/{here}/xxxxxxxxxxxxxxxxxxxxxxxx.ics", NOWHERE),
        ("/calendar/{here}/short", NOWHERE),
    ],
)
async def test_a_person_at_a_wrong_address_finds_a_page_in_their_language(world: World, path: str, title: str) -> None:
    place = path.format(here=world.installation_id)
    answer = await world.http.get(place, headers=LOOKING)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{title}</h1>" in answer.text
    assert '<html lang="de"' in answer.text
    assert ("frame-ancestors *" in answer.headers["content-security-policy"]) == path.startswith("/embed/")
    # Programs still get what they can read.
    plain = await world.http.get(place)
    assert plain.status_code == answer.status_code
    assert plain.json()["error"]["code"]


@pytest.mark.parametrize("path", ["/hooks/12345/", "/oauth/12345/profile", "/static/nothing.css"])
async def test_a_program_is_answered_in_json_whatever_it_says_it_likes_to_read(world: World, path: str) -> None:
    assert (await world.http.get(path, headers=LOOKING)).json()["error"]["code"]


# ---------------------------------------------------------------------------------------------------------------------- CORS

PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}


@pytest.mark.parametrize("path", ["/graphql", "/auth/1/exchange"])
async def test_pages_of_the_community_may_call_us(world: World, path: str) -> None:
    answer = await world.http.options(path, headers=PREFLIGHT | {"Origin": BASE_URL})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == BASE_URL
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers
    assert {"authorization", "content-type"} <= {word.strip() for word in answer.headers["access-control-allow-headers"].split(",")}


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "*",
        "",
        "http://forum.example.org",
        "https://forum.example.org.evil.example",
        "https://FORUM.example.org",
        "https://forum.example.org/",
    ],
)
async def test_other_pages_may_not(world: World, origin: str) -> None:
    refused = await world.http.options("/graphql", headers=PREFLIGHT | {"Origin": origin})
    assert refused.status_code == 403
    plain = await world.http.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": origin})
    for answer in (refused, plain):
        assert "access-control-allow-origin" not in answer.headers
        assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize("path", ["/hooks/1/", "/metrics", "/healthz", "/", "/static/page.css"])
async def test_what_is_not_for_pages_is_marked_for_none(world: World, path: str) -> None:
    assert "access-control-allow-origin" not in (await world.http.get(path, headers={"Origin": BASE_URL})).headers


async def test_a_database_that_is_away_is_a_503_for_pages_too(world: World) -> None:
    world.database.failure = Unavailable("the database does not answer", code="database_down")
    answer = await world.http.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": BASE_URL, "Authorization": "Bearer mg_x"})
    assert answer.status_code == 503


# ---------------------------------------------------------------------------------------------------------------------- health and numbers


async def test_living_and_being_ready_are_two_things(world: World) -> None:
    assert (await world.http.get("/healthz")).json() == {"status": "ok"}
    assert (await world.http.get("/readyz")).json() == {"status": "ready"}
    for failure in (Unavailable("the database does not answer", code="database_down"), Misconfigured("run `mentorgraph migrate`")):
        world.database.failure = failure
        assert (await world.http.get("/healthz")).status_code == 200
        answer = await world.http.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "not ready", "reason": failure.code, "message": failure.message}


async def test_a_process_whose_worker_ended_is_to_be_restarted(world: World) -> None:
    async def broken() -> None:
        raise RuntimeError

    alive: Any = next(route.endpoint for route in world.app.routes if isinstance(route, Route) and route.path == "/healthz")
    health: Health = alive.__self__
    health.worker = asyncio.create_task(broken())
    await asyncio.wait({health.worker})
    answer = await world.http.get("/healthz")
    assert answer.status_code == 503
    assert "restart" in answer.json()["status"]
    assert isinstance(health.worker.exception(), RuntimeError)


LINE = re.compile(r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9.e+-]+\Z')


async def test_the_numbers_are_in_prometheus_text_format(world: World) -> None:
    for number in (1, 2):
        body = body_of()
        await send(world, body, signed(body, number=str(number)))
    world.clock.move(seconds=42)
    answer = await world.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.text.endswith("\n")
    for line in answer.text.splitlines():
        assert line.startswith(("# TYPE ", "# HELP ")) or LINE.match(line), line
    assert 'mentorgraph_deliveries{state="new"} 2.0' in answer.text
    assert "mentorgraph_oldest_delivery_seconds 42.0" in answer.text
    assert "mentorgraph_acknowledgement_seconds_count 2.0" in answer.text


def test_a_histogram_counts_each_value_in_its_bucket_and_all_above() -> None:
    meter = Meter()
    for seconds in (0.0, 0.005, 0.006, 3.0, 99.0):
        meter.acknowledged(seconds)
    text = meter.text({}).decode()
    counts = [float(line.rpartition(" ")[2]) for line in text.splitlines() if "acknowledgement_seconds_bucket" in line]
    assert len(counts) == len(BUCKETS) + 1
    assert counts == sorted(counts)
    assert (counts[0], counts[1], counts[-2], counts[-1]) == (2, 3, 4, 5)


# ---------------------------------------------------------------------------------------------------------------------- errors


async def test_what_nobody_expected_shows_an_id_and_nothing_else(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    async def broken(_request: Request) -> None:
        raise RuntimeError("password=hunter2 in /etc/secret")

    world.app.router.routes.insert(0, Route("/broken", broken))
    answer = await world.http.get("/broken?token=mg_secret")
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "lookup"}
    assert "hunter2" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_every_answer_to_a_mistake_is_json_and_not_kept(world: World) -> None:
    for answer in (await world.http.get("/nothing"), await world.http.post("/hooks/x/"), await world.http.get("/auth/x/start")):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/console/", "/console"),
        ("/my//?next=%2F%2Fevil.example", "/my?next=%2F%2Fevil.example"),
        ("/oauth/1/token/", "/oauth/1/token"),
        ("/hooks/1", "/hooks/1/"),
    ],
)
async def test_a_slash_too_many_leads_on_whatever_host_the_request_names(world: World, asked: str, meant: str) -> None:
    for method in ("GET", "POST"):
        answer = await world.http.request(method, asked, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
        assert (answer.status_code, answer.headers["location"]) == (307, meant)


@pytest.mark.parametrize("path", ["//evil.example/", "/%5Cevil.example/", "///console/", "/nothing/", "/nothing"])
async def test_a_slash_too_many_leads_nowhere_where_nothing_is(world: World, path: str) -> None:
    assert (await world.http.get(f"{BASE_URL}{path}")).status_code == 404
