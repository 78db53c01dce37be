"""The component's archive, and putting it into a forum that refuses what a forum refuses."""

import io
import json
import re
import tarfile
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import yaml

from integrations.discourse import theme
from integrations.discourse.client import DiscourseClient
from integrations.discourse.double.model import Theme
from integrations.discourse.double.process import Running, running_double
from mentorgraph import __version__
from mentorgraph.host import ConnectPlan, HostError, Installation, RateLimit
from plugin.http import GuardedHttp, Patience

PLAN = ConnectPlan(hook_secret="a-secret-of-some-length")


@dataclass
class Place:
    running: Running
    http: GuardedHttp
    client: DiscourseClient

    async def themes(self) -> dict[str, object]:
        return {one.name: one for one in self.running.forum.themes.values()} if self.running.forum else {}

    def hooks(self) -> int:
        assert self.running.forum is not None
        return len(self.running.forum.web_hooks)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with running_double() as running:
        await running.control.settings(admin_api_per_minute=0)
        key = await running.control.api_key()
        address = running.base_url.partition("://")[2]
        http = GuardedHttp(allow_private=(address,), limit=RateLimit(per_minute=6000, burst=100), patience=Patience(total=5, tries=1))
        installation = Installation(
            id=7,
            host="discourse",
            base_url=running.base_url,
            hook_url="http://127.0.0.1:9/hooks/7/",
            callback_url="https://mentors.example.org/auth/7/callback",
            api_key=key,
        )
        yield Place(running, http, DiscourseClient(installation, http))
        await http.close()


def unpacked() -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(theme.archive()), mode="r:gz") as tar:
        return {one.name: found.read() for one in tar.getmembers() if (found := tar.extractfile(one))}


def test_the_archive_is_what_a_forum_takes() -> None:
    files = unpacked()
    about = json.loads(files["about.json"])
    assert (about["component"], about["theme_version"], about["name"]) == (True, __version__, theme.name())
    assert "package.json" not in files
    for language in ("en", "de"):
        texts = yaml.safe_load(files[f"locales/{language}.yml"])[language]
        assert texts["theme_metadata"]["description"]
        assert set(texts["theme_metadata"]["settings"]) == set(yaml.safe_load(files["settings.yml"]))
    assert b".mg__card" in files["common/common.scss"]
    assert {"javascripts/discourse/lib/mentorgraph/board.js", "javascripts/discourse/api-initializers/mentorship.gjs"} <= set(files)


def test_the_same_files_make_the_same_archive() -> None:
    first = theme.archive()
    theme.archive.cache_clear()
    assert theme.archive() == first


def test_nothing_in_it_is_loaded_from_elsewhere_or_read_as_html() -> None:
    for path, content in unpacked().items():
        text = content.decode()
        assert "{{{" not in text, path
        for word in ("htmlSafe", "trustHTML", "innerHTML", "eval(", "<script", "localStorage", "sessionStorage"):
            assert word not in text, (path, word)
        assert not re.search(r"import\((?!\"(?:\.\.?/|@ember/))|from \"(?:https?:|//)", text), path


async def test_connecting_installs_it_configured_and_seen(place: Place) -> None:
    done = await place.client.connect(PLAN)
    found = await place.running.control.theme(theme.name())
    assert found["active"] is True
    settings = found["settings"]
    assert isinstance(settings, dict)
    assert (settings["service_url"], settings["installation"]) == ("https://mentors.example.org", "7")
    assert done.remote["theme"] == str(found["id"])
    again = await place.client.connect(PLAN)
    assert again.remote["theme"] == done.remote["theme"], "a second time brings it up to date"
    await place.client.disconnect(again.remote)
    assert await place.themes() == {}
    assert place.hooks() == 0
    await place.client.disconnect(again.remote)


async def test_what_an_admin_chose_stays_when_it_is_brought_up_to_date(place: Place) -> None:
    done = await place.client.connect(PLAN)
    assert place.running.forum is not None
    place.running.forum.themes[int(done.remote["theme"])].settings["show_in_sidebar"] = False
    await place.client.connect(PLAN)
    assert place.running.forum.themes[int(done.remote["theme"])].settings["show_in_sidebar"] is False


async def test_it_stays_in_the_themes_that_an_admin_added_it_to(place: Place) -> None:
    done = await place.client.connect(PLAN)
    forum = place.running.forum
    assert forum is not None
    number, component = forum.next_id("themes"), forum.themes[int(done.remote["theme"])]
    forum.themes[number] = Theme(id=number, name="Festival", component=False, created_at=forum.now())
    assert component.parents == [-1]
    component.parents.append(number)
    await place.client.connect(PLAN)
    assert component.parents == [-1, number]


@pytest.mark.parametrize("path", [r"PUT /admin/themes/\d+/setting", r"PUT /admin/themes/\d+\.json", r"POST /admin/themes/import"])
async def test_a_failure_on_the_way_leaves_nothing(place: Place, path: str) -> None:
    method, _, pattern = path.partition(" ")
    await place.running.control.faults({"kind": "status", "status": 500, "method": method, "path": pattern, "times": 1})
    with pytest.raises(HostError):
        await place.client.connect(PLAN)
    assert await place.themes() == {}
    assert place.hooks() == 0


async def test_a_forum_that_takes_no_themes_is_connected_all_the_same(place: Place) -> None:
    await place.running.control.faults({"kind": "status", "status": 403, "method": "POST", "path": "/admin/themes/import", "times": 1})
    done = await place.client.connect(PLAN)
    assert "theme" not in done.remote
    assert any("service_url to https://mentors.example.org and installation to 7" in line for line in done.to_do)
