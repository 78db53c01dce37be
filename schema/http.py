"""GraphQL over HTTP and WebSocket."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from plugin.domain.people import Principal
from plugin.errors import PluginError
from plugin.services import access
from plugin.services.graphs import Graphs
from plugin.services.runtime import Runtime
from schema.context import Context
from schema.schema import schema
from schema.sockets import SocketHandler

INIT_SECONDS = 10
JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
Origins = Callable[[], Awaitable[Collection[str]]]


def bearer(headers: Mapping[str, str]) -> str:
    """The token of an ``Authorization`` header; empty without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def wants_graphql_json(accept: str) -> bool:
    """Whether a client asks for ``application/graphql-response+json`` at least as much as for plain JSON (GraphQL over HTTP, section 6.2)."""
    wishes: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (word.strip().lower() for word in part.split(";"))
        weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        try:
            wishes[kind] = float(weight)
        except ValueError:
            wishes[kind] = 0.0
    return 0 < wishes.get(GRAPHQL_JSON, 0.0) >= wishes.get(JSON, 0.0)


def _was_executed(result: ExecutionResult) -> bool:
    """Whether execution began: an error of a field has a path, one of the request (its text, its variables) has none."""
    return not isinstance(result, PreExecutionError) and (result.data is not None or any(error.path is not None for error in result.errors or ()))


class _Draft(Response):
    """What Strawberry hands from the request to the answer; carries what the client wants and whether anything was executed."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        del self.headers["content-length"]
        self.request = request


class GraphQLEndpoint(GraphQL[Context, None]):
    """``/graphql``: POST for queries, WebSocket (graphql-transport-ws) for subscriptions. Bodies are bounded before they get here.

    ``origins`` are those of pages that may open a WebSocket besides our own. They bring their token in ``connection_init``; no cookie is looked at.
    """

    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, runtime: Runtime, graphs: Graphs, *, origins: Origins | None = None) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
        )
        self._runtime = runtime
        self._graphs = graphs
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "websocket" and self._origins is not None:
            self.allowed_origins = tuple(await self._origins())

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = "no-store"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await super().__call__(scope, receive, marked if scope["type"] == "http" else send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002 - the base's signature
        """What resolvers are given. Raises :class:`~plugin.errors.Unauthenticated` for a bad token.

        On a WebSocket the token is looked at with ``connection_init``: before that there is no way to say in the protocol what is wrong with it.
        """
        context = Context(runtime=self._runtime, graphs=self._graphs, principal=None, token=bearer(request.headers))
        if isinstance(request, Request):
            await self.identify(context)
        return context

    async def identify(self, context: Context) -> Principal | None:
        """Find out who asks, now. Raises :class:`~plugin.errors.Unauthenticated`."""
        context.principal = await access.principal_of(self._runtime, context.token) if context.token else None
        return context.principal

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """A browser cannot set headers on a WebSocket: the token comes with ``connection_init``."""
        parameters = context.connection_params
        token = parameters.get("authorization", "") if isinstance(parameters, dict) else ""
        if isinstance(token, str) and token:
            context.token = token.removeprefix("Bearer ").strip()
        try:
            await self.identify(context)
        except PluginError as error:
            raise ConnectionRejectionError({"message": error.message}) from error
        no_payload: UnsetType = UNSET
        return no_payload

    # ------------------------------------------------------------------------------------------------------------- bodies

    def decode_json(self, data: str | bytes) -> object:
        """An object in JSON. Raises :class:`json.JSONDecodeError`, which becomes a 400 or the close code 4400, for anything else, whatever the bytes are."""
        found = orjson.loads(data)
        if not isinstance(found, dict):
            raise json.JSONDecodeError("the body must be an object", "", 0)
        return found

    def encode_json(self, data: object) -> str:
        """An answer as JSON; text, because graphql-transport-ws knows only text messages."""
        return orjson.dumps(data).decode()

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """The request, or a 400."""
        if not request.content_type:
            raise HTTPException(400, "Unsupported content type")
        data = await super().parse_http_body(request)
        if isinstance(data, GraphQLRequestData) and not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "The GraphQL operation's `operationName` must be a string or null, if provided.")
        return data

    # ------------------------------------------------------------------------------------------------------------- answers

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """See :class:`_Draft`."""
        assert isinstance(request, Request)  # noqa: S101 - only HTTP has answers
        return _Draft(request)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The answer to an operation; without ``data`` when it was not executed and the client knows what that means."""
        answer = await super().process_result(request, result)
        if not _was_executed(result) and wants_graphql_json(request.headers.get("accept", "")):
            del answer["data"]  # the specification forbids the entry here
        return answer

    def create_response(self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response) -> Response:
        """As plain JSON with status 200, or as the client asks with 400 for what was not executed."""
        assert isinstance(sub_response, _Draft)  # noqa: S101 - made above
        content = self.encode_json(response_data)
        if not wants_graphql_json(sub_response.request.headers.get("accept", "")):
            return Response(content, media_type=JSON)
        return Response(content, 200 if "data" in response_data else 400, media_type=GRAPHQL_JSON)
