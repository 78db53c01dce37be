"""Which pages may call us: those of the communities that are connected, by their exact origin and never with cookies."""

from time import monotonic

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plugin.errors import PluginError
from plugin.services.hosts import connect
from plugin.services.runtime import Runtime

log = structlog.get_logger()

REMEMBER_SECONDS = 30.0
OPEN = ("/graphql", "/auth/")


class Origins:
    """The origins of the communities that are served, read again after :data:`REMEMBER_SECONDS`; the last known ones while the database is away."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: frozenset[str] = frozenset()
        self._read_at = -REMEMBER_SECONDS

    async def __call__(self) -> frozenset[str]:
        """The origins."""
        if monotonic() - self._read_at >= REMEMBER_SECONDS:
            try:
                self._known = frozenset(await connect.origins(self._runtime))
                self._read_at = monotonic()
            except PluginError as error:
                log.warning("origins_unknown", reason=error.code)
        return self._known


class Cors:
    """Answers preflights and marks answers for pages of connected communities; everything else gets no mark and browsers keep it from the page."""

    def __init__(self, app: ASGIApp, *, origins: Origins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or not scope["path"].startswith(OPEN):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None:
            await self._app(scope, receive, send)
            return
        known = origin in await self._origins()
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            response = Response(status_code=204 if known else 403, headers={"Vary": "Origin"})
            if known:
                response.headers.update(
                    {
                        "Access-Control-Allow-Origin": origin,
                        "Access-Control-Allow-Methods": "GET, POST",
                        "Access-Control-Allow-Headers": "content-type, authorization",
                        "Access-Control-Max-Age": "600",
                    }
                )
            await response(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                found.add_vary_header("Origin")
                if known:
                    found["Access-Control-Allow-Origin"] = origin
            await send(message)

        await self._app(scope, receive, marked)
