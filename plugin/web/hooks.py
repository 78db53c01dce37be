"""Where hosts send deliveries."""

import secrets
import time
from collections.abc import Awaitable, Callable, Generator
from functools import lru_cache, partial
from itertools import count
from types import CoroutineType, coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from mentorgraph.host import Acknowledgement, Delivery, DeliveryRefused
from plugin.domain.community import InstallationState
from plugin.errors import Gone, NotFound
from plugin.services.hosts import connect, deliveries
from plugin.services.runtime import Runtime
from plugin.web.limits import read_within

FAILED = "mentorgraph.failed"
"""Where in the scope an error of :meth:`Hooks.answer` waits for :meth:`Hooks.receive` to raise it among the handlers of errors."""

LARGEST = 4 * 2**20
"""No host may have larger deliveries; each may allow less."""
_SHORT = 7
"""Digits of a declared length that may be too large; it is then looked at before anything is asked for."""


class Hooks:
    """The endpoint for deliveries of all hosts."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._acknowledged = runtime.meter.acknowledged
        self._process, self._numbers = secrets.token_hex(4), count(1)

    def begin(self, scope: Scope, body: bytes, settle: Callable[[Acknowledgement | Exception], None]) -> bool:
        """Take in a delivery that came whole; ``settle`` is called with the acknowledgement once it is durable, or with why it was refused.

        Returns ``False``, and calls nothing, for one whose community has to be looked up first.
        """
        installation, _, rest = scope["path"][7:].partition("/")
        known = self._runtime.remembered(int(installation))
        if known is None:
            return False
        began = time.perf_counter()

        def done(found: Acknowledgement | Exception) -> None:
            if not isinstance(found, Exception):
                self._acknowledged(time.perf_counter() - began)
            settle(found)

        deliveries.hand_in(self._runtime, known, self._delivery(scope, "POST", rest, body), trace_id=self._trace_id(), settle=done)
        return True

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer a delivery as plain ASGI, in front of routing and middleware, which cost more than the rest of it.

        Returns ``False`` with nothing read or sent for any other request, and for a delivery that failed: its error is raised again by :meth:`receive`.
        """
        if FAILED in scope or not is_for_hooks(scope):
            return False
        installation, _, rest = scope["path"][7:].partition("/")
        try:
            given = await self._acknowledge(int(installation), rest, "POST", scope, receive)
        except Exception as error:  # noqa: BLE001 - raised again where errors become answers
            scope[FAILED] = error
            return False
        await send({"type": "http.response.start", "status": given.status, "headers": raw_headers(given)})
        await send({"type": "http.response.body", "body": given.body})
        return True

    async def receive(self, request: Request) -> Response:
        """Keep a delivery, then answer as its host wants."""
        installation = request.path_params["installation"]
        if not _is_id(installation):
            raise NotFound("there is no such installation")
        installation_id = int(installation)
        try:
            if FAILED in request.scope:
                raise request.scope[FAILED]
            answer = await self._acknowledge(installation_id, request.path_params["rest"], request.method, request.scope, request.receive)
        except DeliveryRefused:
            community = await connect.community_of(self._runtime, installation_id)
            if community.state is InstallationState.DISCONNECTED:
                # Its secrets are gone, so nothing can be verified. 410 and not 401: some hosts then stop sending by itself.
                raise Gone("this community was disconnected: delete the webhook") from None
            raise
        return _response(answer)

    async def _acknowledge(self, installation_id: int, rest: str, method: str, scope: Scope, receive: Receive) -> Acknowledgement:
        began = time.perf_counter()
        declared = next((str(value, "latin-1") for name, value in scope["headers"] if name == b"content-length"), "")
        body, later = begin_body(receive) if len(declared) < _SHORT else (None, receive)
        if body is None:
            body = await read_within(later, declared=declared, limit=LARGEST)
        answer = await deliveries.take_in(self._runtime, installation_id, self._delivery(scope, method, rest, body), trace_id=self._trace_id())
        self._acknowledged(time.perf_counter() - began)
        return answer

    def _delivery(self, scope: Scope, method: str, rest: str, body: bytes) -> Delivery:
        # The names are in lower case already (ASGI specification, HTTP connection scope).
        headers = {str(name, "latin-1"): str(value, "latin-1") for name, value in scope["headers"]}
        return Delivery(method=method, rest=rest, headers=headers, body=body, received_at=self._runtime.clock())

    def _trace_id(self) -> str:
        return f"{self._process}{next(self._numbers):08x}"


def is_for_hooks(scope: Scope) -> bool:
    """Whether a request is a delivery as nearly all hosts send it: a POST to an installation, at the root."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope.get("root_path") or not scope["path"].startswith("/hooks/"):
        return False
    installation, slash, rest = scope["path"][7:].partition("/")
    return bool(slash) and _is_id(installation) and "\n" not in rest


def begin_body(receive: Receive) -> tuple[bytes | None, Receive]:
    """The body if all of it is there already, as it mostly is; else ``None``, and what to read all of it from.

    Waiting needs a limit in time, and a limit costs more than reading what is there. So the server is asked by hand, without waiting.
    """
    asked = receive()
    if not isinstance(asked, CoroutineType):
        return None, _after(asked, receive)
    try:
        waits_for = asked.send(None)
    except StopIteration as answer:
        message: Message = answer.value
        if message["type"] == "http.request" and not message.get("more_body", False):
            return message.get("body", b""), receive
        return None, _after(_said(message), receive)
    return None, _after(_resumed(asked, waits_for), receive)


def _after(first: Awaitable[Message], receive: Receive) -> Receive:
    """As ``receive``, after a first message that was asked for before."""
    left = [first]

    async def receive_rest() -> Message:
        return await (left.pop() if left else receive())

    return receive_rest


async def _said(message: Message) -> Message:
    return message


@coroutine
def _resumed(asked: "CoroutineType[Any, Any, Message]", waits_for: object) -> Generator[Any, Any, Message]:
    """Go on with a coroutine that was begun by hand and waits for something."""
    while True:
        step: Callable[[], object]
        try:
            sent = yield waits_for
        except BaseException as error:  # noqa: BLE001 - it is for the coroutine to say what becomes of it
            step = partial(asked.throw, error)
        else:
            step = partial(asked.send, sent)
        try:
            waits_for = step()
        except StopIteration as answer:
            found: Message = answer.value
            return found


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _response(answer: Acknowledgement) -> Response:
    """An acknowledgement; one that says nothing has no type."""
    return Response(answer.body, answer.status, media_type=answer.content_type if answer.body else None)


@lru_cache(maxsize=32)
def raw_headers(answer: Acknowledgement) -> list[tuple[bytes, bytes]]:
    """The headers of an acknowledgement."""
    return _response(answer).raw_headers
