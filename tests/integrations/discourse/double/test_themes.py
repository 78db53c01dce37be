"""Theme components are taken in as Discourse takes them, and set up from outside."""

import io
import tarfile
import zipfile

import httpx2
import pytest

from integrations.discourse.double.forum import Forum

ABOUT = b'{"name": "Companion", "component": true}'
SETTINGS = b"service_url: ''\nshown:\n  type: bool\n  default: true\nmost:\n  type: integer\n  default: 3\n"


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [packed({"about.json": ABOUT, "settings.yml": SETTINGS}), zipped({"top/about.json": ABOUT, "top/settings.yml": SETTINGS})],
    ids=["tar", "zip"],
)
async def test_installed_set_replaced_and_removed(api: httpx2.AsyncClient, forum: Forum, data: bytes) -> None:
    first = (await api.post("/admin/themes/import.json", files={"bundle": ("theme.tar.gz", data)})).json()["theme"]
    assert (first["name"], first["component"]) == ("Companion", True)
    assert set(forum.themes[first["id"]].files) == {"about.json", "settings.yml"}
    response = await api.put(f"/admin/themes/{first['id']}/setting.json", json={"name": "service_url", "value": "https://service.example"})
    assert response.json() == {"service_url": "https://service.example"}
    second = (await api.post("/admin/themes/import.json", files={"theme": ("theme.tar.gz", data)})).json()["theme"]
    kept = {one["setting"]: one["value"] for one in second["settings"]}
    assert (second["id"], kept) == (first["id"], {"service_url": "https://service.example", "shown": True, "most": 3})
    assert (await api.delete(f"/admin/themes/{first['id']}.json")).status_code == 200
    assert (await api.get(f"/admin/themes/{first['id']}.json")).status_code == 404


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"not an archive", "unpacked"), (packed({"readme.md": b""}), "about.json does not exist"), (packed({"about.json": b"{"}), "not valid JSON")],
    ids=["bytes", "no about", "bad about"],
)
async def test_what_is_no_theme(api: httpx2.AsyncClient, data: bytes, word: str) -> None:
    response = await api.post("/admin/themes/import.json", files={"bundle": ("theme.tar.gz", data)})
    assert response.status_code == 422
    assert word in response.json()["errors"][0]


async def test_themes_are_for_admins(api: httpx2.AsyncClient) -> None:
    response = await api.post("/admin/themes/import.json", data={"remote": "https://git.example/companion.git"}, headers={"Api-Username": "warden"})
    assert response.status_code == 404
    response = await api.post("/admin/themes/import.json", data={"remote": "https://git.example/companion.git"})
    assert response.json()["theme"]["name"] == "companion"


async def test_settings_are_those_that_were_declared_and_of_their_kind(api: httpx2.AsyncClient, forum: Forum) -> None:
    data = packed({"about.json": ABOUT, "settings.yml": SETTINGS})
    number = (await api.post("/admin/themes/import.json", files={"bundle": ("theme.tar.gz", data)})).json()["theme"]["id"]

    async def put(name: str, value: str) -> int:
        return (await api.put(f"/admin/themes/{number}/setting.json", json={"name": name, "value": value})).status_code

    assert [await put("shown", "false"), await put("most", "5")] == [200, 200]
    assert (forum.themes[number].settings["shown"], forum.themes[number].settings["most"]) == (False, 5)
    assert [await put("unknown", "1"), await put("shown", "perhaps"), await put("most", "many")] == [404, 422, 422]


async def test_a_component_is_seen_once_it_is_part_of_a_theme(api: httpx2.AsyncClient, forum: Forum) -> None:
    number = (await api.post("/admin/themes/import.json", files={"bundle": ("theme.tar.gz", packed({"about.json": ABOUT}))})).json()["theme"]["id"]
    assert not forum.themes[number].active
    default = next(one for one in (await api.get("/admin/themes.json")).json()["themes"] if one["default"])
    assert (await api.put(f"/admin/themes/{number}.json", json={"theme": {"parent_theme_ids": [999]}})).status_code == 404
    assert (await api.put(f"/admin/themes/{number}.json", json={"theme": {"parent_theme_ids": [default["id"]]}})).status_code == 200
    assert forum.themes[number].active
    await api.put(f"/admin/themes/{number}.json", json={"theme": {"enabled": False}})
    assert not forum.themes[number].active
