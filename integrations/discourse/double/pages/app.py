"""Which page an address is, for reading and for what forms send."""

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from integrations.discourse.double.api import params
from integrations.discourse.double.api.auth import check_csrf, find_session
from integrations.discourse.double.dispatch import Double
from integrations.discourse.double.errors import Json, Refused
from integrations.discourse.double.pages import forms, reading
from integrations.discourse.double.pages.view import View

Reader = Callable[..., Response]
Writer = Callable[..., Response]

READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"/|/latest|/top|/new", reading.home),
        (r"/categories", reading.categories),
        (r"/c/[^/]+/(\d+)", reading.category),
        (r"/tag/([^/]+)", reading.tag),
        (r"/t/(\d+)/(\d+)", reading.topic),
        (r"/t/(?:[^/]+/)?(\d+)(?:/(\d+))?", reading.topic),
        (r"/u", reading.people),
        (r"/u/([^/]+)(?:/summary|/activity(?:/[^/]+)?)?", reading.profile),
        (r"/u/([^/]+)/preferences(?:/[^/]+)?", reading.preferences),
        (r"/u/([^/]+)/messages(?:/(sent))?", reading.messages),
        (r"/u/([^/]+)/notifications", reading.notifications),
        (r"/g", reading.groups),
        (r"/g/([^/]+)", reading.group),
        (r"/login", reading.login),
        (r"/signup", reading.signup),
        (r"/new-topic", reading.new_topic),
        (r"/new-message", reading.new_message),
        (r"/search", reading.search),
        (r"/about", reading.about),
        (r"/letter_avatar_proxy/v4/letter/(.)/([0-9a-f]{6})/(\d+)\.png", reading.letter),
        (r"/images/logo\.svg|/favicon\.ico", reading.logo),
        (r"/theme-javascripts/(\d+)\.js", reading.theme_script),
    )
)
WRITERS: dict[str, Writer] = {
    "/login": forms.log_in,
    "/logout": forms.log_out,
    "/signup": forms.sign_up,
    "/new-topic": forms.new_topic,
    "/new-message": forms.new_message,
    "/do/reply": forms.reply,
    "/do/edit": forms.edit,
    "/do/like": forms.like,
    "/do/unlike": forms.unlike,
    "/do/accept": forms.accept,
    "/do/unaccept": forms.unaccept,
    "/do/delete": forms.delete,
    "/do/preferences": forms.preferences,
    "/do/join": forms.join,
    "/do/leave": forms.leave,
}
WITHOUT_SESSION = {"/login", "/signup"}
OPEN = {"/login", "/signup", "/favicon.ico", "/images/logo.svg"}


async def serve_page(double: Double, request: Request, path: str) -> Response | None:
    """The page at an address, or ``None`` when there is none."""
    found = find_session(double.forum, request)
    view = View(double, request, path, found[0] if found else None, found[1] if found else None)
    if request.method == "POST":
        writer = WRITERS.get(path)
        return None if writer is None else await _write(view, writer)
    if request.method not in ("GET", "HEAD"):
        return None
    if view.user is None and double.forum.settings.login_required and path not in OPEN and not path.startswith("/letter"):
        return RedirectResponse("/login", status_code=302)
    for pattern, reader in READERS:
        if match := pattern.fullmatch(path):
            try:
                return reader(view, *match.groups())
            except Refused:
                return view.missing()
    return view.missing() if "text/html" in request.headers.get("accept", "") else None


async def _write(view: View, writer: Writer) -> Response:
    values: Json = await params.read(view.request)
    try:
        if view.session is not None:
            check_csrf(view.session, view.request, str(values.get("authenticity_token") or ""))
        elif view.path not in WITHOUT_SESSION:
            return RedirectResponse("/login", status_code=302)
        return writer(view, forms.Form(values))
    except Refused as refused:
        lines = refused.body.get("errors")
        text = " ".join(map(str, lines)) if isinstance(lines, list) else ""
        back = str(values.get("back") or "/")
        return view.page("message.html", status=refused.status, title="That didn’t work", text=text, links=[(back if back.startswith("/") else "/", "Go back")])
