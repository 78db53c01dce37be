"""GraphQL over HTTP and WebSocket."""

from collections.abc import Mapping
from datetime import timedelta

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from plugin.domain.people import Principal
from plugin.errors import PluginError
from plugin.services import access
from plugin.services.graphs import Graphs
from plugin.services.runtime import Runtime
from schema.context import Context
from schema.schema import schema

INIT_SECONDS = 10


def bearer(headers: Mapping[str, str]) -> str:
    """The token of an ``Authorization`` header; empty without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class GraphQLEndpoint(GraphQL[Context, None]):
    """``/graphql``: POST for queries, WebSocket (graphql-transport-ws) for subscriptions. Bodies are bounded before they get here."""

    def __init__(self, runtime: Runtime, graphs: Graphs, *, allowed_origins: tuple[str, ...] = ()) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            allowed_origins=allowed_origins,
        )
        self._runtime = runtime
        self._graphs = graphs

    async def _principal(self, request: Request | WebSocket) -> Principal | None:
        token = bearer(request.headers)
        return await access.principal_of(self._runtime, token) if token else None

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002 - the base's signature
        """What resolvers are given. Raises :class:`~plugin.errors.Unauthenticated` for a bad token."""
        return Context(runtime=self._runtime, graphs=self._graphs, principal=await self._principal(request))

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """A browser cannot set headers on a WebSocket: the token comes with ``connection_init``."""
        parameters = context.connection_params
        token = parameters.get("authorization", "") if isinstance(parameters, dict) else ""
        if isinstance(token, str) and token:
            try:
                context.principal = await access.principal_of(self._runtime, token.removeprefix("Bearer ").strip())
            except PluginError as error:
                raise ConnectionRejectionError({"message": error.message}) from error
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        """JSON, or a 400 that says what is wrong; never another error, whatever the bytes are."""
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise HTTPException(400, "the body is not JSON") from error

    def encode_json(self, data: object) -> bytes:
        """An answer as JSON."""
        return orjson.dumps(data)
