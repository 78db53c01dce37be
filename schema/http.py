"""GraphQL over HTTP and WebSocket."""

import json
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from math import ceil
from time import monotonic

import orjson
import structlog
from cross_web import AsyncHTTPRequestAdapter
from graphql import GraphQLError
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET, UnsetType

from plugin.domain.people import Principal
from plugin.errors import Invalid, PluginError, headers_of
from plugin.services.identity import access
from plugin.services.knowledge.graphs import Graphs
from plugin.services.runtime import Runtime
from schema import trusted
from schema.budget import Budgets
from schema.context import Context
from schema.errors import mask
from schema.limits import MAX_BODY
from schema.plans.store import Plans
from schema.quick import Quick
from schema.requests import GRAPHQL_JSON, JSON, PREFLIGHT, Asked, NotAcceptable, NotByGet, bearer, head_of, media_type, of_address, of_body, wants_page
from schema.schema import schema
from schema.sockets import Socket, SocketHandler

log = structlog.get_logger()

INIT_SECONDS = 10
UTF8 = "; charset=utf-8"
_PRINCIPAL = "mentorgraph.principal"
"""Where a request that goes on the long way carries who was found to be asking."""
_ASKED = "mentorgraph.asked"
"""Marks a request that was tried to be answered by a plan."""
Origins = Callable[[], Awaitable[Collection[str]]]
Page = Callable[[Request], Awaitable[Response]]
TOO_BIG = 1009
"""Close code of a message that is too big (RFC 6455 section 7.4.1)."""
_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


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
        if scope["method"] in {"GET", "HEAD"}:
            asked = Request(scope, receive)
            if scope["method"] == "HEAD" or wants_page(asked.query_params, asked.headers.get("accept", "*/*")):
                await (await self._page(asked))(scope, receive, send)
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
        try:
            await super().__call__(scope, receive, marked)
        except PluginError as error:
            if media_type(Headers(scope=scope).get("accept", "")) != GRAPHQL_JSON:
                raise
            await _refusal(error)(scope, receive, marked)

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
        token, content_type, accept = head_of(scope["headers"])
        kind = media_type(accept)
        if not token or kind is None or content_type != JSON or message["type"] != "http.request" or message.get("more_body"):
            return False
        context = Context(runtime=self._runtime, graphs=self._graphs, principal=None, token=token, budgets=self._budgets)
        try:
            scope[_PRINCIPAL] = await self.identify(context)
        except PluginError:
            return False
        body = await self._quick.answer(message["body"], context)
        if body is None:
            return False
        about = [(b"content-type", f"{kind}{UTF8}".encode()), (b"content-length", b"%d" % len(body)), *_ALWAYS]
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
        """The request. Raises :class:`~plugin.errors.Invalid`."""
        headers = {key.lower(): value for key, value in request.headers.items()}
        if media_type(headers.get("accept", "")) is None:
            raise NotAcceptable("the answer is application/graphql-response+json or application/json: name one of them in Accept")
        if request.method != "GET":
            return of_body(await request.get_body(), request.content_type or "")
        if not any(headers.get(name) for name in PREFLIGHT):
            names = ", ".join(PREFLIGHT)
            raise Invalid("a query by GET needs one of the headers {names}, so that no other site can send it", code="preflight", names=names)
        parameters = request.query_params
        assert isinstance(parameters, QueryParams)  # noqa: S101 - Starlette's
        return of_address(parameters.multi_items())

    async def execute_single(
        self,
        request: Request,  # noqa: ARG002 - the base's signature
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,  # noqa: ARG002 - likewise
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """Execute the document that was sent or named, if this token may send it. Raises :class:`~plugin.errors.PluginError`."""
        assert isinstance(request_data, Asked)  # noqa: S101 - read above
        name = trusted.named(request_data.document_id, request_data.extensions)
        audience = context.principal.audience if context.principal else ""
        try:
            request_data.query = trusted.resolve(request_data.query, name=name, audience=audience)
        except trusted.UnknownDocument as error:
            return PreExecutionError(data=None, errors=[mask(GraphQLError(error.message, original_error=error))])
        try:
            return await self.schema.execute(
                request_data.query,
                root_value=root_value,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=OperationType.from_http(request_adapter.method),
                operation_extensions=request_data.extensions,
            )
        except InvalidOperationTypeError:
            raise NotByGet("only a query can be asked for by GET: send what changes something by POST") from None

    # ------------------------------------------------------------------------------------------------------------- answers

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """See :class:`_Draft`."""
        assert isinstance(request, Request)  # noqa: S101 - only HTTP has answers
        return _Draft(request)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The answer to an operation; without ``data`` when it was not executed, as the specification of GraphQL says (section 7.1)."""
        answer = await super().process_result(request, result)
        if not _was_executed(result):
            del answer["data"]
        return answer

    def create_response(self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response) -> Response:
        """As plain JSON with status 200, or as the client asks with 400 for what was not executed."""
        assert isinstance(sub_response, _Draft)  # noqa: S101 - made above
        kind = media_type(sub_response.request.headers.get("accept", "")) or JSON
        status = 400 if kind == GRAPHQL_JSON and "data" not in response_data else 200
        headers: dict[str, str] = {}
        if sub_response.context is not None and sub_response.context.status:
            status = sub_response.context.status
            if sub_response.context.retry_after > 0:
                headers["Retry-After"] = str(ceil(sub_response.context.retry_after))
        return Response(self.encode_json(response_data), status, headers=headers | {"Content-Type": f"{kind}{UTF8}"})


def _refusal(error: PluginError) -> Response:
    """What was refused before there was an operation, for who expects an answer of GraphQL whatever the status is."""
    said = GraphQLError(error.message, extensions={"code": error.code}).formatted
    return Response(orjson.dumps({"errors": [said]}), error.status_code, headers=headers_of(error) | {"Content-Type": f"{GRAPHQL_JSON}{UTF8}"})


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
