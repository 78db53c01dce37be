"""GraphQL over HTTP and WebSocket."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta
from math import ceil
from time import monotonic

import orjson
import structlog
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
from strawberry.types import SubscriptionExecutionResult
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from plugin.domain.people import Principal
from plugin.errors import PluginError
from plugin.services import access
from plugin.services.graphs import Graphs
from plugin.services.runtime import Runtime
from schema import trusted
from schema.budget import Budgets
from schema.context import Context
from schema.limits import MAX_BODY
from schema.plans.store import Plans
from schema.quick import Quick
from schema.schema import schema
from schema.sockets import Socket, SocketHandler

log = structlog.get_logger()

INIT_SECONDS = 10
JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
_PRINCIPAL = "mentorgraph.principal"
"""Where a request that goes on the long way carries who was found to be asking."""
_ASKED = "mentorgraph.asked"
"""Marks a request that was tried to be answered by a plan."""
Origins = Callable[[], Awaitable[Collection[str]]]
Page = Callable[[Request], Awaitable[Response]]
PREFLIGHT = ("apollo-require-preflight", "graphql-require-preflight", "x-apollo-operation-name", "authorization")
"""Headers that no page of another site can send without a preflight request, which we do not grant it."""
_LOOKED_AT = frozenset({b"authorization", b"content-type", b"accept"})
_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
TOO_BIG = 1009
"""Close code of a message that is too big (RFC 6455 section 7.4.1)."""


def bearer(headers: Mapping[str, str]) -> str:
    """The token of an ``Authorization`` header; empty without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _read(scope: Scope) -> tuple[str, str, str]:
    """The token, the type of the body and what is accepted, in one look at the headers; of several of a name the first counts."""
    found = {name: value for name, value in reversed(scope["headers"]) if name in _LOOKED_AT}
    scheme, _, token = found.get(b"authorization", b"").decode("latin-1").partition(" ")
    return (
        token.strip() if scheme.lower() == "bearer" else "",
        found.get(b"content-type", b"").decode("latin-1"),
        found.get(b"accept", b"").decode("latin-1"),
    )


def wants_graphql_json(accept: str) -> bool:
    """Whether a client asks for ``application/graphql-response+json`` at least as much as for plain JSON (GraphQL over HTTP, section 6.2)."""
    if GRAPHQL_JSON not in accept.lower():
        return False
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
        self.context: Context | None = None


async def _no_page(_request: Request) -> Response:
    return Response("send a query", 406)


class GraphQLEndpoint(GraphQL[Context, None]):
    """``/graphql``: POST or GET for queries, WebSocket (graphql-transport-ws) for subscriptions. Bodies are bounded before they get here.

    A GET runs a query only with a header of :data:`PREFLIGHT`; a browser that asks for a page gets ``page``. ``origins`` are those of
    pages that may open a WebSocket besides our own. They bring their token in ``connection_init``; no cookie is looked at.
    """

    graphql_transport_ws_handler_class = SocketHandler
    websocket_adapter_class = Socket

    def __init__(self, runtime: Runtime, graphs: Graphs, *, origins: Origins | None = None, page: Page = _no_page, init_seconds: float = INIT_SECONDS) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=init_seconds),
        )
        self._page = page
        self._budgets = Budgets(monotonic)
        self._runtime = runtime
        self._graphs = graphs
        self._origins = origins
        self._quick = Quick(plans=Plans(schema), budgets=self._budgets)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "websocket":
            if self._origins is not None:
                self.allowed_origins = tuple(await self._origins())
            await super().__call__(scope, _bounded(receive, send), send)
            return
        if scope["method"] == "HEAD" or (scope["method"] == "GET" and wants_page(Request(scope))):
            await (await self._page(Request(scope, receive)))(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = "no-store"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        if scope["method"] == "POST" and _ASKED not in scope:
            first = await receive()
            if await self._answered(scope, first, send):
                return
            receive = _again(first, receive)
        await super().__call__(scope, receive, marked)

    @staticmethod
    def may_answer(scope: Scope) -> bool:
        """Whether :meth:`answer` is worth a try. A page of another origin takes the long way, on which its origin is looked at."""
        if scope["type"] != "http" or scope["path"] != "/graphql" or scope["method"] != "POST":
            return False
        return not any(name == b"origin" for name, _ in scope["headers"])

    async def answer(self, scope: Scope, body: bytes, send: Send) -> bool:
        """Answer a request whose document has a plan, in front of routing and middleware, which cost more than the rest of it.

        Returns ``False`` with nothing sent for every other request.
        """
        scope[_ASKED] = True
        try:
            return await self._answered(scope, {"type": "http.request", "body": body}, send)
        except Exception as error:  # noqa: BLE001 - the long way meets it again, where errors become answers
            log.info("not_answered_quickly", error=type(error).__name__)
            return False

    async def _answered(self, scope: Scope, message: Message, send: Send) -> bool:
        """Answer a request whose document has a plan; nothing is sent otherwise."""
        token, content_type, accept = _read(scope)
        if not token or content_type != JSON or message["type"] != "http.request" or message.get("more_body"):
            return False
        context = Context(runtime=self._runtime, graphs=self._graphs, principal=None, token=token, budgets=self._budgets)
        try:
            scope[_PRINCIPAL] = await self.identify(context)
        except PluginError:
            return False
        body = await self._quick.answer(message["body"], context)
        if body is None:
            return False
        kind = GRAPHQL_JSON if wants_graphql_json(accept) else JSON
        about = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body)), *_ALWAYS]
        await send({"type": "http.response.start", "status": 200, "headers": about})
        await send({"type": "http.response.body", "body": body})
        return True

    def should_render_graphql_ide(self, request: object) -> bool:  # noqa: ARG002 - the base's signature
        """Never: the page is ours."""
        return False

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """What resolvers are given. Raises :class:`~plugin.errors.Unauthenticated` for a bad token.

        On a WebSocket the token is looked at with ``connection_init``: before that there is no way to say in the protocol what is wrong with it.
        """
        context = Context(runtime=self._runtime, graphs=self._graphs, principal=None, token=bearer(request.headers), budgets=self._budgets)
        if isinstance(response, _Draft):
            response.context = context
        if isinstance(request, Request):
            context.streams = False
            context.principal = request.scope.get(_PRINCIPAL)
            if context.principal is None:
                await self.identify(context)
        return context

    async def identify(self, context: Context) -> Principal | None:
        """Find out who asks, now. Raises :class:`~plugin.errors.Unauthenticated`."""
        if not context.token:
            context.principal = None
            return None
        found = await access.pass_of(self._runtime, context.token)
        context.principal, context.epoch = found.principal, found.epoch
        return found.principal

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
        headers = {key.lower(): value for key, value in request.headers.items()}
        if request.method == "GET" and not any(headers.get(name) for name in PREFLIGHT):
            raise HTTPException(400, f"a query by GET needs one of the headers {', '.join(PREFLIGHT)}, so that no other site can send it")
        if request.method != "GET" and not request.content_type:
            raise HTTPException(400, "Unsupported content type")
        data = await super().parse_http_body(request)
        if isinstance(data, GraphQLRequestData) and not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "The GraphQL operation's `operationName` must be a string or null, if provided.")
        return data

    async def execute_operation(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        request_data: GraphQLRequestData | list[GraphQLRequestData],
        context: Context,
        root_value: None,
        sub_response: Response,
    ) -> ExecutionResult | list[ExecutionResult] | SubscriptionExecutionResult:
        """Execute the document that was sent or named, if this token may send it."""
        if isinstance(request_data, GraphQLRequestData):
            name = trusted.named(await _document_id(request_adapter), request_data.extensions)
            audience = context.principal.audience if context.principal else ""
            request_data.query = trusted.resolve(request_data.query, name=name, audience=audience)
        return await super().execute_operation(request, request_adapter, request_data, context, root_value, sub_response)

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
        known = wants_graphql_json(sub_response.request.headers.get("accept", ""))
        status = 400 if known and "data" not in response_data else 200
        headers: dict[str, str] = {}
        if sub_response.context is not None and sub_response.context.status:
            status = sub_response.context.status
            if sub_response.context.retry_after > 0:
                headers["Retry-After"] = str(ceil(sub_response.context.retry_after))
        return Response(content, status, media_type=GRAPHQL_JSON if known else JSON, headers=headers)


def _again(first: Message, receive: Receive) -> Receive:
    """What was received once already, and then the rest."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return first

    return once


async def _document_id(request: AsyncHTTPRequestAdapter) -> object:
    """``documentId`` of a request, which Strawberry does not read."""
    if request.method == "GET":
        return request.query_params.get("documentId")
    found = orjson.loads(await request.get_body())
    return found.get("documentId") if isinstance(found, dict) else None


def wants_page(request: Request) -> bool:
    """Whether a GET is a browser's that wants to see something, not a query."""
    if "query" in request.query_params or "documentId" in request.query_params or "extensions" in request.query_params:
        return False
    accept = request.headers.get("accept", "*/*")
    return "text/html" in accept or "*/*" in accept


def _bounded(receive: Receive, send: Send) -> Receive:
    """Messages of a WebSocket of at most :data:`~schema.limits.MAX_BODY` bytes; the first one that is larger ends the connection."""

    async def checked() -> Message:
        message = await receive()
        text = message.get("text") or ""
        if len(text) > MAX_BODY or len(text.encode("utf-8", "surrogatepass")) > MAX_BODY:
            await send({"type": "websocket.close", "code": TOO_BIG, "reason": f"a message may have at most {MAX_BODY} bytes"})
            return {"type": "websocket.disconnect", "code": TOO_BIG}
        return message

    return checked
