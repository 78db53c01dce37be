"""Putting our theme component into a forum, telling it where we are, and taking it away."""

from urllib.parse import urlsplit

from integrations.discourse import theme
from integrations.discourse.forum import Forum
from integrations.values import Json, entries, flag, identifier, mapping, number, text
from mentorgraph.host import HostBroken, HostDenied, HostInvalid, HostNotFound, Upload

_THEMES = "/admin/themes"
BY_HAND = (
    "The theme component, by which members see mentorship inside the forum, could not be installed: upload the archive that `make theme` writes "
    "in Admin, Customize, Themes, Components, add it to your theme, and set service_url to {service} and installation to {installation}."
)
_REFUSALS = (HostDenied, HostNotFound, HostInvalid)


async def installed(forum: Forum) -> frozenset[str]:
    """The ids of our component, if it is there; none when the key does not reach themes."""
    try:
        found = await _all(forum)
    except _REFUSALS:
        return frozenset()
    return frozenset(theme_id for item in found if text(item.get("name")) == theme.name() and (theme_id := identifier(item.get("id"))))


async def install(forum: Forum, before: frozenset[str]) -> tuple[str | None, tuple[str, ...]]:
    """Install the component, or bring it up to date, and add it to every theme that members can choose.

    ``before`` is what :func:`installed` said. Returns its id, and what is left to do by hand: a forum that does not take it (a key that may not, a plan
    without themes) is no reason not to be connected. For any other failure the caller undoes what was made.
    """
    service = _service(forum)
    try:
        theme_id = await _upload(forum)
        for key, value in {"service_url": service, "installation": str(forum.installation.id)}.items():
            await forum.api.write("PUT", f"{_THEMES}/{theme_id}/setting.json", {"name": key, "value": value}, repeatable=True)
        await _add_to_themes(forum, theme_id)
    except _REFUSALS:
        await remove_new(forum, before)
        return None, (BY_HAND.format(service=service, installation=forum.installation.id),)
    return theme_id, ()


async def remove_new(forum: Forum, before: frozenset[str]) -> None:
    """Take away what was not there before."""
    for theme_id in await installed(forum) - before:
        await remove(forum, theme_id)


def _service(forum: Forum) -> str:
    """Scheme, host and port of this service, as members' browsers reach it."""
    parts = urlsplit(forum.installation.callback_url)
    return f"{parts.scheme}://{parts.netloc}"


async def _all(forum: Forum) -> list[Json]:
    return list(entries((await forum.api.get(f"{_THEMES}.json")).get("themes")))


async def _upload(forum: Forum) -> str:
    packed = Upload(part="bundle", name=theme.FILE_NAME, media_type=theme.MEDIA_TYPE, content=theme.archive())
    made = mapping((await forum.api.upload(f"{_THEMES}/import.json", packed)).get("theme"))
    theme_id = identifier(made.get("id"))
    if theme_id is None:
        raise HostBroken("The forum's answer is not what Discourse sends: a theme was expected.")
    return theme_id


async def _add_to_themes(forum: Forum, theme_id: str) -> None:
    """A component that is part of no theme does nothing. The forum takes the list for the whole: themes that an admin added it to stay in it."""
    listed = await _all(forum)
    themes = [item for item in listed if flag(item.get("component")) is not True]
    wanted = [item for item in themes if flag(item.get("default")) or flag(item.get("user_selectable"))] or themes[:1]
    before = [parent for item in listed if identifier(item.get("id")) == theme_id for parent in entries(item.get("parent_themes"))]
    parents = list(dict.fromkeys(found for item in (*wanted, *before) if (found := number(item.get("id"))) is not None))
    await forum.api.write("PUT", f"{_THEMES}/{theme_id}.json", {"theme": {"parent_theme_ids": parents}}, repeatable=True)


async def remove(forum: Forum, theme_id: str) -> None:
    """Take the component away; what is gone already is no error."""
    try:
        await forum.api.write("DELETE", f"{_THEMES}/{theme_id}.json", repeatable=True)
    except HostNotFound:
        return
