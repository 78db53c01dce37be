"""The web component's file, its frame, and what an admin is shown."""

import base64
import hashlib
import re
from html import unescape

import pytest

from integrations import embed
from plugin.errors import Invalid
from plugin.services.hosts import choosing, connect
from tests.plugin.support import BASE_URL
from tests.schema.world import ORIGIN, World

MORE = "https://www.example.org"


async def shown(world: World) -> tuple[str, str]:
    text = unescape((await world.http.get(f"/embed/{world.installation_id}")).text)
    path = re.search(r"/embed/v1/mentorship-suggestions-[0-9a-f]{16}\.js", text)
    integrity = re.search(r'integrity="(sha384-[^"]+)"', text)
    assert path
    assert integrity
    return path[0], integrity[1]


async def test_the_address_never_changes_its_content_and_the_hash_is_the_files(world: World) -> None:
    path, integrity = await shown(world)
    answer = await world.http.get(path)
    assert answer.content == embed.script()
    assert integrity == "sha384-" + base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
    assert hashlib.sha256(answer.content).hexdigest()[:16] in path
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"].startswith("text/javascript")
    following = await world.http.get("/embed/v1/mentorship-suggestions.js")
    assert (following.content, following.headers["cache-control"]) == (answer.content, "public, max-age=300")


@pytest.mark.parametrize("name", ["mentorship-suggestions-0000000000000000.js", "x.js", "mentorship-suggestions-.js", "..%2f..%2fsettings.py"])
async def test_there_is_no_other_file(world: World, name: str) -> None:
    assert (await world.http.get(f"/embed/v1/{name}")).status_code == 404


async def test_only_pages_of_the_community_may_show_the_frame(world: World) -> None:
    answer = await world.http.get(f"/embed/{world.installation_id}/frame?locale=de-AT&theme=dark")
    policy = answer.headers["content-security-policy"]
    assert f"frame-ancestors {BASE_URL}" in policy.split("; ")
    assert "script-src 'self'" in policy.split("; ")
    assert "unsafe" not in policy
    assert 'locale="de-AT"' in answer.text
    await choosing.configure(world.parts.runtime, world.installation_id, {"pages": f"{MORE}, http://localhost:8080"})
    policy = (await world.http.get(f"/embed/{world.installation_id}/frame")).headers["content-security-policy"]
    assert f"frame-ancestors {BASE_URL} {MORE} http://localhost:8080" in policy.split("; ")


@pytest.mark.parametrize("query", ["locale=de%22", "locale=x", "theme=blue", "locale=%3Cscript%3E"])
async def test_the_frame_takes_no_nonsense(world: World, query: str) -> None:
    assert (await world.http.get(f"/embed/{world.installation_id}/frame?{query}")).status_code == 400


@pytest.mark.parametrize("path", ["/embed/9", "/embed/x", "/embed/9/frame", "/embed/999999999999999/frame"])
async def test_of_no_community_there_is_nothing(world: World, path: str) -> None:
    assert (await world.http.get(path)).status_code == 404


@pytest.mark.parametrize(
    "words",
    [
        "http://www.example.org",
        "https://*",
        "https://www.example.org/",
        "https://www.example.org/x",
        "*",
        "null",
        "https://a b",
        "https://A.example",
        "https://x; script-src *",
    ],
)
async def test_what_is_no_origin_is_no_page(world: World, words: str) -> None:
    with pytest.raises(Invalid, match="pages takes origins"):
        await choosing.configure(world.parts.runtime, world.installation_id, {"pages": words})


async def test_a_page_that_an_admin_named_may_call(world: World) -> None:
    await choosing.configure(world.parts.runtime, world.installation_id, {"pages": MORE})
    assert MORE in await connect.origins(world.parts.runtime)
    answer = await world.http.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": MORE})
    assert answer.headers["access-control-allow-origin"] == MORE
    assert ORIGIN not in await connect.origins(world.parts.runtime)
