"""An imitation of a Circle community that refuses what Circle refuses (https://api.circle.so/apis/admin-api)."""

import time
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from integrations.circle.api import PREFIX
from integrations.circle.double.api import access_groups, comments, events, members, messages, posts, spaces, tags
from integrations.circle.double.api.answers import Handler, refused
from integrations.circle.double.model import State

NOUNS = (members, spaces, access_groups, posts, comments, messages, events, tags)
_WINDOW_SECONDS = 300


def create_double(state: State) -> Starlette:
    """The application of one community."""
    routes = [Route(f"{PREFIX}{path}", guarded(state, handler), methods=[method]) for noun in NOUNS for method, path, handler in noun.ROUTES]
    return Starlette(routes=routes, exception_handlers={404: _page})


async def _page(_request: Request, _error: Exception) -> Response:
    return HTMLResponse("<!DOCTYPE html><title>Circle</title>", status_code=404)


def guarded(state: State, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Who may ask, and how often."""

    async def answer(request: Request) -> Response:
        found = _turned_away(state, request)
        if found is not None:
            return found
        found = await handler(state, request)
        if request.method != "GET" and state.lose_next and found.status_code < 300:
            state.lose_next -= 1
            return HTMLResponse("<title>502</title>", status_code=502)
        return found

    return answer


def _turned_away(state: State, request: Request) -> Response | None:
    agent = request.headers.get("user-agent", "")
    if not agent or agent.startswith("Python-urllib"):
        return HTMLResponse("error code: 1010", status_code=403)
    if state.fail_next:
        status, headers, body = state.fail_next.pop(0)
        return Response(body, status, headers)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme not in {"Token", "Bearer"} or token != state.token:
        return refused(401, "The API token is invalid.")
    if not state.eligible:
        return refused(403, "The community is not eligible for admin API v2 access.")
    now = time.monotonic()
    while state.recent and state.recent[0] <= now - _WINDOW_SECONDS:
        state.recent.popleft()
    if len(state.recent) >= state.per_five_minutes or state.calls >= state.quota:
        return Response("Too many requests", 429)
    state.recent.append(now)
    state.calls += 1
    return None
