"""Composition: a forum as a Starlette application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from integrations.discourse.double.control.app import control_routes
from integrations.discourse.double.dispatch import Double
from integrations.discourse.double.faults import TRANSPORT
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks.delivery import Deliverer
from integrations.discourse.double.pages.app import serve_page

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class DoubleApp(Starlette):
    """A Starlette application that keeps the connection within reach, so that a fault can cut it."""

    double: Double

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        scope[TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


def create_double(forum: Forum, *, transport: httpx2.AsyncBaseTransport | None = None, control: bool = True) -> DoubleApp:
    """Make the application for a forum.

    ``transport`` carries the webhooks instead of the network, such as ``httpx2.ASGITransport(service)``; ``control`` adds the routes under ``/_double``.
    """
    double = Double(forum, deliverer=Deliverer(forum, transport=transport), pages=serve_page)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        double.deliverer.kick()
        yield
        await double.deliverer.stop()

    routes = [*(control_routes(double) if control else ()), Route("/{path:path}", double.__call__, methods=METHODS)]
    app = DoubleApp(routes=routes, lifespan=lifespan)
    app.double = double
    return app
