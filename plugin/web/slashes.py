"""Addresses with a slash too many or too few at their end."""

from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send


def leading_on(router: Router) -> ASGIApp:
    """What answers where there is nothing: the way to what is there with the slash or without it, else what ``router`` answered before.

    Starlette's own redirect repeats the ``Host`` of the request, so that a cache on the way could be made to lead others to another site.
    """
    nothing = router.default

    async def lead_on(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        meant = path.rstrip("/") if path.endswith("/") else f"{path}/"
        if scope["type"] != "http" or not any(route.matches({**scope, "path": meant})[0] is not Match.NONE for route in router.routes):
            await nothing(scope, receive, send)
            return
        query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
        await RedirectResponse(f"{quote(meant)}{query}", 307)(scope, receive, send)

    return lead_on
