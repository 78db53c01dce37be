"""Where hosts send deliveries."""

import secrets
import time

from starlette.requests import Request
from starlette.responses import Response

from mentorgraph.host import Acknowledgement, Delivery, DeliveryRefused
from plugin.domain.community import InstallationState
from plugin.errors import Gone, NotFound
from plugin.services import connect, deliveries
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
        answer = await self._keep(int(installation), delivery)
        self._metrics.acknowledged(time.perf_counter() - began)
        return Response(answer.body, answer.status, media_type=answer.content_type)

    async def _keep(self, installation_id: int, delivery: Delivery) -> Acknowledgement:
        try:
            return await deliveries.take_in(self._runtime, installation_id, delivery, trace_id=secrets.token_hex(8))
        except DeliveryRefused:
            community = await connect.community_of(self._runtime, installation_id)
            if community.state is InstallationState.DISCONNECTED:
                # Its secrets are gone, so nothing can be verified. 410 and not 401: a host such as Discourse then stops sending by itself.
                raise Gone("this community was disconnected: delete the webhook") from None
            raise
