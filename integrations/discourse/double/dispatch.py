"""One way through: fault, address limit, key, limit, rights, handler, answer."""

import inspect
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from integrations.discourse.double import faults, sso
from integrations.discourse.double.api import (
    admin_users,
    badges,
    categories,
    events,
    groups,
    keys,
    notices,
    params,
    posts,
    search,
    site,
    themes,
    topics,
    users,
    web_hooks,
)
from integrations.discourse.double.api.auth import SAFE, check_csrf, find_key, find_session, user_of_key
from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Route, Table
from integrations.discourse.double.errors import Refused, not_found, not_logged_in, read_only
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks.delivery import Deliverer
from integrations.discourse.double.limits import Limits, refusal_of_address
from integrations.discourse.double.model import ApiKey, Session, User

AREAS = (users, admin_users, posts, topics, groups, badges, categories, web_hooks, keys, site, notices, search, events, themes)
Pages = Callable[["Double", Request, str], Awaitable[Response | None]]


@dataclass
class Counter:
    """How often a route was called, and with what outcome."""

    count: int = 0
    statuses: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    last_at: float = 0.0


class Double:
    """The imitation as one object: forum, deliveries, limits, faults and the table of routes."""

    def __init__(self, forum: Forum, *, deliverer: Deliverer, pages: Pages | None = None) -> None:
        self.forum = forum
        self.deliverer = deliverer
        self.limits = Limits(forum)
        self.faults = faults.Faults()
        self.table = Table(area.routes for area in AREAS)
        self.calls: dict[str, Counter] = defaultdict(Counter)
        self.pages = pages

    async def __call__(self, request: Request) -> Response:
        """Answer a request."""
        path = request.url.path
        fault = self.faults.take(request.method, path + (f"?{request.url.query}" if request.url.query else ""))
        broken = await faults.answer(fault) if fault else None
        try:
            name, response = (f"fault {fault.kind}", broken) if fault and broken else await self._serve(request, path)
        finally:
            await request.close()  # uploaded files
        if name:
            counter = self.calls[name]
            counter.count += 1
            counter.statuses[response.status_code] += 1
            counter.last_at = self.forum.now()
        return response

    async def _serve(self, request: Request, path: str) -> tuple[str, Response]:
        if wait := self.limits.by_address(request.client.host if request.client else "127.0.0.1"):
            text, headers = refusal_of_address(wait)
            return "429 by address", PlainTextResponse(text, status_code=429, headers=headers)
        plain, json = split_format(request, path)
        if plain == "/session/sso_provider" and request.method == "GET":
            return "GET /session/sso_provider", sso.provide(self.forum, request, find_session(self.forum, request))
        method = "GET" if request.method == "HEAD" else request.method
        found = self.table.match(method, plain)
        if not json and self.pages is not None and (page := await self.pages(self, request, plain)) is not None:
            return "", page
        name = found[0].name if found else f"{request.method} unknown"
        try:
            return name, await self._answer(request, found, json=json)
        except Refused as refused:
            return name, Response(orjson.dumps(refused.body), status_code=refused.status, headers=refused.headers, media_type="application/json; charset=utf-8")

    async def _answer(self, request: Request, found: tuple[Route, dict[str, str]] | None, *, json: bool) -> Response:
        route = found[0] if found else None
        values = await params.read(request)
        user, key, session = self._who(request, route, str(values.get("authenticity_token") or ""))
        if found is None:
            raise not_found()
        if user is None and self.forum.settings.login_required and not found[0].open:
            raise not_logged_in()
        if self.forum.settings.read_only and request.method not in SAFE:
            raise read_only()
        call = Call(self.forum, self.deliverer, self.limits, request, user, values, found[1], key=key, session=session, json=json)
        result = found[0].handler(call)
        if inspect.isawaitable(result):
            result = await result
        return render(result)

    def _who(self, request: Request, route: Route | None, form_token: str) -> tuple[User | None, ApiKey | None, Session | None]:
        key = find_key(self.forum, request)
        if key is not None:
            user = user_of_key(self.forum, key, request, route)
            self.limits.by_key(key)
            return user, key, None
        session = find_session(self.forum, request)
        if session is None:
            return None, None, None
        if request.method not in SAFE:
            check_csrf(session[0], request, form_token)
        return session[1], None, session[0]


def split_format(request: Request, path: str) -> tuple[str, bool]:
    """The path without its extension, and whether JSON is wanted: by extension, by Accept, by XHR, or because it is no page."""
    plain = path.rstrip("/") or "/"
    if plain.endswith(".json"):
        return plain.removesuffix(".json") or "/", True
    accept = request.headers.get("accept", "")
    keyed = "api-key" in request.headers or "user-api-key" in request.headers
    xhr = request.headers.get("x-requested-with", "").lower() == "xmlhttprequest"
    wants_html = bool(re.match(r"\s*text/html", accept))
    return plain, "application/json" in accept or xhr or (keyed and not wants_html)


def render(result: object) -> Response:
    """A handler's result as an answer."""
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(b"{}", media_type="application/json; charset=utf-8")
    if isinstance(result, str):
        return PlainTextResponse(result)
    return Response(orjson.dumps(result), media_type="application/json; charset=utf-8", headers={"Cache-Control": "no-cache, no-store"})
