"""What is let in: the size and the time of a request's body."""

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plugin.errors import Invalid, PluginError, TooLarge

BODY_SECONDS = 20.0


async def read_body(request: Request, *, limit: int) -> bytes:
    """The whole body, at most ``limit`` bytes and within :data:`BODY_SECONDS`. A larger one is refused before it is read, or as soon as it shows."""
    return await read_within(request.receive, declared=request.headers.get("content-length", ""), limit=limit)


async def read_within(receive: Receive, *, declared: str, limit: int) -> bytes:
    """:func:`read_body` for plain ASGI; ``declared`` is the length that the header says."""
    if declared.isascii() and declared.isdigit() and (len(declared) > 12 or int(declared) > limit):
        raise TooLarge("the body may have at most {limit} bytes", limit=limit)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Invalid("the body did not arrive whole", code="disconnected")
                part, more = message.get("body", b""), message.get("more_body", False)
                size += len(part)
                if size > limit:
                    raise TooLarge("the body may have at most {limit} bytes", limit=limit)
                parts.append(part)
    except TimeoutError as error:
        raise Invalid("the body did not arrive in time", code="too_slow") from error
    return b"".join(parts)


async def take_body(scope: Scope, receive: Receive, *, limit: int) -> tuple[bytes | None, Receive]:
    """The body, and what gives it once more to whoever asks next; ``None`` for one that is refused, and then what raises why."""
    declared = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"content-length"), "")
    try:
        body = await read_within(receive, declared=declared, limit=limit)
    except PluginError as error:
        # The name is gone when the function is called.
        refusal = error

        async def refuse() -> Message:
            raise refusal

        return None, refuse
    return body, _once(body, receive)


def _once(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


class BoundedBody:
    """Reads a request's body within its limits before the application sees it; what is too large or too slow never gets there."""

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        body = await read_body(Request(scope, receive), limit=self._limit)
        await self._app(scope, _once(body, receive), send)
