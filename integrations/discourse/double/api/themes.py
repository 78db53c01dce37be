"""Theme components: taken in, listed, set."""

import io
import tarfile
import zipfile

import orjson
import yaml
from starlette.datastructures import UploadFile

from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json, failed, missing, not_found
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Theme

routes = Routes()
MOST_BYTES = 8 * 1024 * 1024
MOST_FILES = 500
DEFAULT: Json = {
    "id": -1,
    "name": "Foundation",
    "component": False,
    "enabled": True,
    "default": True,
    "user_selectable": True,
    "settings": [],
    "parent_themes": [],
}
"""The theme that comes with Discourse; the forum shows it to everybody."""


def _view(forum: Forum, theme: Theme) -> Json:
    names = {DEFAULT["id"]: DEFAULT["name"]} | {one.id: one.name for one in forum.themes.values()}
    return {
        "id": theme.id,
        "name": theme.name,
        "created_at": iso(theme.created_at),
        "component": theme.component,
        "enabled": theme.enabled,
        "default": False,
        "user_selectable": False,
        "parent_themes": [{"id": number, "name": names[number]} for number in theme.parents if number in names],
        "remote_theme": {"remote_url": theme.remote, "about_url": theme.about.get("about_url"), "license_url": theme.about.get("license_url")},
        "settings": [{"setting": name, "value": value} for name, value in theme.settings.items()],
    }


def _unpack(data: bytes) -> dict[str, str]:
    """The text files of a tar.gz or zip by path. Raises 422."""
    files: dict[str, bytes] = {}
    try:
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for info in archive.infolist()[:MOST_FILES]:
                    if not info.is_dir() and info.file_size < MOST_BYTES:
                        files[info.filename] = archive.read(info)
        else:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as tar:
                for member in tar.getmembers()[:MOST_FILES]:
                    if member.isfile() and member.size < MOST_BYTES and (inside := tar.extractfile(member)):
                        files[member.name.removeprefix("./")] = inside.read()
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise failed(f"The theme could not be unpacked: {error}") from None
    return {name: content.decode("utf-8", "replace") for name, content in files.items()}


def _about(files: dict[str, str]) -> tuple[str, Json]:
    """Where ``about.json`` lies, at the root or in one folder, and what it says. Raises 422."""
    path = min((name for name in files if name.rsplit("/", 1)[-1] == "about.json" and name.count("/") <= 1), key=len, default=None)
    if path is None:
        raise failed("about.json does not exist; are you sure this is a Discourse theme?")
    try:
        about = orjson.loads(files[path])
    except orjson.JSONDecodeError:
        raise failed("about.json is not valid JSON") from None
    if not isinstance(about, dict) or not about.get("name"):
        raise failed("about.json has no name")
    return path.removesuffix("about.json"), about


def declared(files: dict[str, str]) -> dict[str, object]:
    """The settings that a component declares, with their defaults. Raises 422."""
    try:
        found = yaml.safe_load(files.get("settings.yml") or files.get("settings.yaml") or "{}")
    except yaml.YAMLError as error:
        raise failed(f"settings.yml is not valid YAML: {error}") from None
    if not isinstance(found, dict):
        raise failed("settings.yml is not valid")
    return {str(name): one.get("default") if isinstance(one, dict) else one for name, one in found.items()}


def _checked(theme: Theme, name: str, value: str) -> object:
    """A value as its setting's kind. Raises 404 for a setting that was not declared, 422 for a value that does not fit."""
    kinds = declared(theme.files)
    if theme.files and name not in kinds:
        raise not_found()
    kind = type(kinds.get(name))
    if kind is bool:
        if value.lower() not in {"true", "false"}:
            raise failed(f"{name} takes true or false")
        return value.lower() == "true"
    if kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            raise failed(f"{name} takes a number") from None
    return value


@routes("POST", "/admin/themes/import")
async def import_theme(call: Call) -> Json:
    """Install from an archive (``bundle`` or ``theme``) or note a git address (``remote``). A second time replaces the first."""
    call.admin()
    upload = call.values.get("bundle") or call.values.get("theme")
    if isinstance(upload, UploadFile):
        data = await upload.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise failed("The theme is too large")
        files = _unpack(data)
        root, about = _about(files)
        files = {name.removeprefix(root): content for name, content in files.items()}
        name, component, remote = str(about["name"]), bool(about.get("component")), None
    elif call.text("remote"):
        remote = call.text("remote")
        name, component, files, about = remote.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git"), True, {}, {}
    else:
        raise missing("bundle")
    forum = call.forum
    theme = forum.themes.get(call.number("theme_id")) or next((item for item in forum.themes.values() if item.name == name), None)
    if theme is None:
        theme = Theme(id=forum.next_id("themes"), name=name, component=component, created_at=forum.now())
        forum.themes[theme.id] = theme
    defaults = declared(files)
    kept = {key: value for key, value in theme.settings.items() if key in defaults or not files}
    theme.name, theme.component, theme.remote, theme.about, theme.files = name, component, remote, about, files
    theme.settings = defaults | kept
    forum.touch()
    return {"theme": _view(forum, theme)}


@routes("GET", "/admin/themes")
def index(call: Call) -> Json:
    """All themes and components."""
    call.admin()
    return {"themes": [DEFAULT, *(_view(call.forum, theme) for theme in call.forum.themes.values())], "extras": {}}


def _theme(call: Call) -> Theme:
    call.admin()
    theme = call.forum.themes.get(call.id())
    if theme is None:
        raise not_found()
    return theme


@routes("GET", "/admin/themes/{id:int}")
def show(call: Call) -> Json:
    """One theme."""
    return {"theme": _view(call.forum, _theme(call))}


@routes("PUT", "/admin/themes/{id:int}/setting")
def set_setting(call: Call) -> Json:
    """Set one setting by name."""
    theme = _theme(call)
    name = call.need("name")
    theme.settings[name] = _checked(theme, name, call.text("value"))
    call.forum.touch()
    return {name: theme.settings[name]}


@routes("PUT", "/admin/themes/{id:int}")
def update(call: Call) -> Json:
    """Enable or disable; be in these themes and in no others."""
    theme = _theme(call)
    values = call.inner("theme")
    if "enabled" in values:
        theme.enabled = values["enabled"] in (True, "true")
    if "parent_theme_ids" in values:
        wanted = values["parent_theme_ids"]
        themes = {DEFAULT["id"], *(one.id for one in call.forum.themes.values() if not one.component)}
        if not isinstance(wanted, list) or not themes.issuperset(wanted):
            raise not_found()
        theme.parents = list(wanted)
    call.forum.touch()
    return {"theme": _view(call.forum, theme)}


@routes("DELETE", "/admin/themes/{id:int}")
def destroy(call: Call) -> None:
    """Remove a theme."""
    del call.forum.themes[_theme(call).id]
