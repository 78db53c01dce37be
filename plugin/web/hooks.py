"""Where hosts send deliveries."""

import secrets
import time
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mentorgraph.host import Acknowledgement, Delivery, DeliveryRefused
from plugin.domain.community import InstallationState
from plugin.errors import Gone, NotFound
from plugin.services import connect, deliveries
from plugin.services.runtime import Runtime
from plugin.web.limits import read_within
from plugin.web.metrics import Metrics

FAILED = "mentorgraph.failed"
"""Where in the scope an error of :meth:`Hooks.answer` waits for :meth:`Hooks.receive` to raise it among the handlers of errors."""

LARGEST = 4 * 2**20
"""No host may have larger deliveries; each may allow less."""


class Hooks:
    """The endpoint for deliveries of all hosts."""

    def __init__(self, runtime: Runtime, metrics: Metrics) -> None:
        self._runtime = runtime
        self._metrics = metrics

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer a delivery as plain ASGI, in front of routing and middleware, which cost more than the rest of it.

        Returns ``False`` with nothing read or sent for any other request, and for a delivery that failed: its error is raised again by :meth:`receive`.
        """
        if scope["type"] != "http" or scope["method"] != "POST" or scope.get("root_path") or not scope["path"].startswith("/hooks/"):
            return False
        installation, slash, rest = scope["path"][7:].partition("/")
        if not slash or not _is_id(installation) or "\n" in rest:
            return False
        try:
            given = await self._acknowledge(installation, rest, "POST", scope, receive)
        except Exception as error:  # noqa: BLE001 - raised again where errors become answers
            scope[FAILED] = error
            return False
        await send({"type": "http.response.start", "status": given.status, "headers": _headers(given)})
        await send({"type": "http.response.body", "body": given.body})
        return True

    async def receive(self, request: Request) -> Response:
        """Keep a delivery, then answer as its host wants."""
        if FAILED in request.scope:
            raise request.scope[FAILED]
        installation = request.path_params["installation"]
        if not _is_id(installation):
            raise NotFound("there is no such installation")
        answer = await self._acknowledge(installation, request.path_params["rest"], request.method, request.scope, request.receive)
        return Response(answer.body, answer.status, media_type=answer.content_type)

    async def _acknowledge(self, installation: str, rest: str, method: str, scope: Scope, receive: Receive) -> Acknowledgement:
        began = time.perf_counter()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await read_within(receive, declared=headers.get("content-length", ""), limit=LARGEST)
        answer = await self._keep(int(installation), Delivery(method=method, rest=rest, headers=headers, body=body))
        self._metrics.acknowledged(time.perf_counter() - began)
        return answer

    async def _keep(self, installation_id: int, delivery: Delivery) -> Acknowledgement:
        try:
            return await deliveries.take_in(self._runtime, installation_id, delivery, trace_id=secrets.token_hex(8))
        except DeliveryRefused:
            community = await connect.community_of(self._runtime, installation_id)
            if community.state is InstallationState.DISCONNECTED:
                # Its secrets are gone, so nothing can be verified. 410 and not 401: a host such as Discourse then stops sending by itself.
                raise Gone("this community was disconnected: delete the webhook") from None
            raise


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


@lru_cache(maxsize=32)
def _headers(answer: Acknowledgement) -> list[tuple[bytes, bytes]]:
    """The headers that Starlette gives such an answer."""
    return Response(answer.body, answer.status, media_type=answer.content_type).raw_headers
