"""What every page needs: the templates, who looks, and how times and people are written."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from integrations.discourse.double.access import Guardian
from integrations.discourse.double.dispatch import Double
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Category, Session, User
from integrations.discourse.double.pages import components
from integrations.discourse.double.serial.users import avatar_template

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
POLICY = "base-uri 'self'; object-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; worker-src 'self' blob:; frame-ancestors 'self'; manifest-src 'self'"
"""As Discourse sends it (lib/content_security_policy/default.rb): scripts by a nonce, and nothing said of pictures, styles and connections."""


@dataclass
class View:
    """One look at one page."""

    double: Double
    request: Request
    path: str
    session: Session | None
    user: User | None

    @property
    def forum(self) -> Forum:
        """The forum."""
        return self.double.forum

    @property
    def guardian(self) -> Guardian:
        """The rights of who looks."""
        return Guardian(self.forum, self.user)

    def page(self, template: str, *, status: int = 200, **values: object) -> Response:
        """A page from a template."""
        unread = 0
        if self.user is not None:
            unread = sum(1 for n in self.forum.user_notifications.get(self.user.id, ()) if not self.forum.notifications[n].read)
        nonce = secrets.token_hex(12)
        html = TEMPLATES.get_template(template).render(
            components=components.shown(self.forum, self.user),
            instead=components.instead(self.forum, self.user),
            nonce=nonce,
            forum=self.forum,
            settings=self.forum.settings,
            me=self.user,
            guardian=self.guardian,
            csrf=self.session.csrf if self.session else "",
            path=self.path,
            unread=unread,
            ago=self.ago,
            avatar=self.avatar,
            badge=badge,
            icon=icon,
            since=self.since,
            sidebar=self.sidebar(),
            **values,
        )
        return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": POLICY.format(nonce=nonce), "Cache-Control": "no-store"})

    def missing(self) -> Response:
        """The page for what is not there, or not for who looks."""
        return self.page("message.html", status=404, title="Oops! That page doesn’t exist or is private.", text="", links=[("/", "Back to all topics")])

    def sidebar(self) -> list[Category]:
        """The categories for the side of the page."""
        seen = self.guardian.category_ids
        return sorted((item for item in self.forum.categories.values() if item.id in seen and item.id != 1), key=lambda item: (item.position, item.id))

    def ago(self, moment: float | None) -> str:
        """How long ago, in short."""
        if moment is None:
            return "never"
        seconds = max(0.0, self.forum.now() - moment)
        for size, unit in ((365 * 86_400, "y"), (30 * 86_400, "mon"), (86_400, "d"), (3600, "h"), (60, "m")):
            if seconds >= size:
                return f"{int(seconds // size)}{unit}"
        return "now"

    def since(self, moment: float | None) -> str:
        """How long ago, in words."""
        text = self.ago(moment)
        return {"never": "never", "now": "just now"}.get(text, f"{text} ago")

    def avatar(self, user: User | None, size: int = 48) -> Markup:
        """A round picture; decoration, as the name stands beside it."""
        source = avatar_template(user.username if user else "system").replace("{size}", str(size * 2))
        return Markup('<img class="avatar" src="{}" alt="" width="{}" height="{}">').format(source, size, size)


ICONS = {
    "bell": "M8 1.5a4 4 0 0 0-4 4v3L2.5 11v1h11v-1L12 8.5v-3a4 4 0 0 0-4-4zM6.5 13a1.5 1.5 0 0 0 3 0z",
    "lock": "M4.5 7V5a3.5 3.5 0 0 1 7 0v2h1v7h-9V7zm1.600 0h3.800V5a1.900 1.900 0 0 0-3.800 0z",
    "pin": "M5 1.5h6v1.200l-1 .8v4l2.5 2.5v1H8.700V15H7.300v-4H3.5v-1L6 7.5v-4l-1-.8z",
    "medal": "M4 1h3l1 3 1-3h3l-2.200 5.100a4.5 4.5 0 1 1-3.600 0z",
}


def icon(name: str, label: str = "") -> Markup:
    """A small drawing; with a label for those who cannot see it."""
    hidden = Markup('<span class="hide"> {}</span>').format(label) if label else ""
    return Markup('<svg class="icon" viewBox="0 0 16 16" width="15" height="15" aria-hidden="true" focusable="false"><path d="{}"/></svg>{}').format(
        ICONS[name], hidden
    )


def badge(category: Category | None) -> Markup:
    """A category's name with its colour."""
    if category is None:
        return Markup("")
    colour = category.color if re.fullmatch(r"[0-9A-Fa-f]{6}", category.color) else "888888"
    lock = icon("lock", "Not for everyone") if category.read_restricted else ""
    swatch = Markup('<span class="swatch" style="background:#{}"></span>').format(colour)
    return Markup('<a class="category" href="/c/{}/{}">{}{}{}</a>').format(category.slug, category.id, swatch, escape(category.name), lock)
