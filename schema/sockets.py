"""One WebSocket that speaks graphql-transport-ws, stricter than Strawberry's."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphql import GraphQLError
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema.schema import StreamResult
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage
from strawberry.types.execution import PreExecutionError
from strawberry.utils.aio import aclosing

from plugin.errors import PluginError
from schema import trusted
from schema.context import Context
from schema.errors import mask
from schema.limits import shown

if TYPE_CHECKING:
    from schema.http import GraphQLEndpoint

_PAYLOAD = {"query": (str,), "variables": (dict, type(None)), "operationName": (str, type(None)), "extensions": (dict, type(None))}

MAX_REASON = 123
"""Bytes of a reason for closing (RFC 6455 section 5.5: a control frame has 125, two of them are the code)."""


def well_formed(message: Message) -> bool:
    """Whether a message has the shape that the protocol gives it (github.com/enisdenjo/graphql-ws, PROTOCOL.md)."""
    loose: dict[str, object] = {**message}
    if not isinstance(loose.get("type"), str):
        return False
    if loose["type"] not in {"subscribe", "complete"}:
        return True
    if not isinstance(loose.get("id"), str) or not loose["id"]:
        return False
    if loose["type"] == "complete":
        return True
    payload = loose.get("payload")
    return isinstance(payload, dict) and "query" in payload and all(isinstance(payload.get(name), kinds) for name, kinds in _PAYLOAD.items())


async def _masked(source: StreamResult, context: Context) -> StreamResult:
    """Results with their errors as a client may see them; what is refused before execution becomes a result as well."""
    try:
        async for result in source:
            errors = getattr(result, "errors", None)
            if errors:
                result.errors = shown(result, errors, context)  # type: ignore[union-attr]  # it has errors
            yield result
    except GraphQLError as error:
        # Raised by extensions, outside of what Strawberry turns into a result here.
        yield PreExecutionError(data=None, errors=[mask(error)])


class Socket(ASGIWebSocketAdapter):
    """A connection on which nothing can be said any more is over, whichever side closed it: that is no failure, and is in no log."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Say something."""
        try:
            await super().send_json(message)
        except RuntimeError as error:
            raise WebSocketDisconnected from error

    async def close(self, code: int, reason: str) -> None:
        """End it; of a reason that repeats what was sent as much is said as there is room for."""
        try:
            await super().close(code, reason.encode()[:MAX_REASON].decode(errors="ignore"))
        except RuntimeError as error:
            raise WebSocketDisconnected from error


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """Closes on what is malformed instead of failing, and asks for every operation again who is there: a token may have been revoked since."""

    view: "GraphQLEndpoint"

    async def handle_message(self, message: Message) -> None:
        """One message."""
        if not well_formed(message):
            await self.handle_invalid_message("the message is not what graphql-transport-ws says")
            return
        await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation."""
        if self.connection_acknowledged:
            try:
                await self.view.identify(self.context)
            except PluginError:
                await self.websocket.close(code=4403, reason="Forbidden")
                return
            try:
                loose: dict[str, object] = {**message["payload"]}
                name = trusted.named(loose.get("documentId"), loose.get("extensions"))
                audience = self.context.principal.audience if self.context.principal else ""
                query = trusted.resolve(message["payload"]["query"] or None, name=name, audience=audience)
            except PluginError as error:
                refusal = mask(GraphQLError(error.message, original_error=error))
                await self.websocket.send_json({"id": message["id"], "type": "error", "payload": [refusal.formatted]})
                return
            message["payload"]["query"] = query or ""
        await super().handle_subscribe(message)

    async def _send_result_stream(self, operation: Operation[Context, None], result_source: StreamResult) -> None:
        async with aclosing(_masked(result_source, self.context)) as masked:
            await super()._send_result_stream(operation, masked)

    async def handle_task_exception(self, error: Exception) -> None:
        """What an operation's task failed of. That its reader left while they were answered is no failure, and is in no log."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)
