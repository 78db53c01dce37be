"""Where hosts send deliveries."""

import secrets
import time

from starlette.requests import Request
from starlette.responses import Response

from mentorgraph.host import Delivery
from plugin.errors import NotFound
from plugin.services import deliveries
from plugin.services.runtime import Runtime
from plugin.web.limits import read_body
from plugin.web.metrics import Metrics

LARGEST = 4 * 2**20
"""No host may have larger deliveries; each may allow less."""


class Hooks:
    """The endpoint for deliveries of all hosts."""

    def __init__(self, runtime: Runtime, metrics: Metrics) -> None:
        self._runtime = runtime
        self._metrics = metrics

    async def receive(self, request: Request) -> Response:
        """Keep a delivery, then answer as its host wants."""
        began = time.perf_counter()
        installation = request.path_params["installation"]
        if not (installation.isascii() and installation.isdigit() and len(installation) <= 12):
            raise NotFound("there is no such installation")
        body = await read_body(request, limit=LARGEST)
        delivery = Delivery(
            method=request.method,
            rest=request.path_params["rest"],
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers.raw},
            body=body,
        )
        answer = await deliveries.take_in(self._runtime, int(installation), delivery, trace_id=secrets.token_hex(8))
        self._metrics.acknowledged(time.perf_counter() - began)
        return Response(answer.body, answer.status, media_type=answer.content_type)
