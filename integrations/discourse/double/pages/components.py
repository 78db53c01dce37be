"""Theme components on the pages: their styles, their texts and settings, and their scripts once somebody has compiled them."""

from dataclasses import dataclass

import orjson
import yaml
from markupsafe import Markup

from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Theme, User

_STYLE = "common/common.scss"


@dataclass(frozen=True, slots=True)
class Component:
    """A component on a page."""

    id: int
    style: Markup
    data: Markup


def shown(forum: Forum, user: User | None) -> list[Component]:
    """The active components that were compiled."""
    return [_component(forum, theme, user) for theme in forum.themes.values() if theme.active and theme.id in forum.compiled]


@dataclass(frozen=True, slots=True)
class Instead:
    """The web component on a page, in the place of a component that was not compiled."""

    service: str
    installation: str


def instead(forum: Forum, user: User | None) -> list[Instead]:
    """The active components that were not compiled and say where their service is, for who is signed in."""
    if user is None or not forum.settings.web_component:
        return []
    waiting = [theme.settings for theme in forum.themes.values() if theme.active and theme.id not in forum.compiled]
    found = [Instead(str(one.get("service_url", "")), str(one.get("installation", ""))) for one in waiting]
    return [one for one in found if one.service and one.installation]


def _component(forum: Forum, theme: Theme, user: User | None) -> Component:
    locale = forum.settings.locale
    data = {
        "settings": theme.settings,
        "locale": locale,
        "translations": _texts(theme, "en") | _texts(theme, locale),
        "currentUser": None if user is None else {"id": user.id, "username": user.username, "name": user.name, "admin": user.admin},
    }
    safe = orjson.dumps(data).decode().replace("<", "\\u003c")
    return Component(theme.id, Markup(theme.files.get(_STYLE, "").replace("</", "<\\/")), Markup(safe))  # noqa: S704 - nothing in it ends its element


def _texts(theme: Theme, locale: str) -> dict[str, object]:
    found = yaml.safe_load(theme.files.get(f"locales/{locale}.yml", "{}")) or {}
    texts = found.get(locale, {})
    return texts if isinstance(texts, dict) else {}
