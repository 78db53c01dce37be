"""Answers that a real forum gives on a bad day."""

import asyncio
import gzip
import random
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email.utils import formatdate

import orjson
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from integrations.discourse.double.errors import Json

KINDS = ("status", "html", "truncate", "reset", "hang", "drip", "garbage-json", "empty", "huge", "redirect", "gzip-bomb", "delay")
TRANSPORT = "forum.transport"
_HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"


@dataclass(slots=True)
class Fault:
    """One kind of failure for matching requests. ``times`` -1 means always; ``chance`` in percent; ``delay`` in seconds before the answer."""

    kind: str
    path: str = ".*"
    method: str = ""
    times: int = 1
    status: int = 502
    retry_after: float | str | None = None
    delay: float = 0.0
    location: str = ""
    size: int = 64 * 1024 * 1024
    chance: float = 100.0
    hits: int = 0

    @staticmethod
    def read(values: Json) -> "Fault":
        """From JSON. Raises :class:`ValueError` for what cannot be."""
        known = set(Fault.__dataclass_fields__) - {"hits"}
        unknown = set(values) - known
        if unknown or values.get("kind") not in KINDS:
            raise ValueError(f"a fault has {', '.join(sorted(known))}; kind is one of {', '.join(KINDS)}" + (f"; unknown {unknown}" if unknown else ""))
        fault = Fault(**values)  # type: ignore[arg-type]  # names are checked above, types by the fields' use
        re.compile(fault.path)
        return fault


@dataclass(slots=True)
class Faults:
    """The failures that are set, asked in order."""

    items: list[Fault] = field(default_factory=list)
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    def take(self, method: str, path: str) -> Fault | None:
        """The failure for a request, counted."""
        for fault in self.items:
            if fault.times == 0 or (fault.method and fault.method.upper() != method) or not re.search(fault.path, path):
                continue
            if fault.chance < 100 and self.rng.random() * 100 >= fault.chance:
                continue
            fault.times -= fault.times > 0
            fault.hits += 1
            return fault
        return None


def _retry_after(fault: Fault) -> dict[str, str]:
    if fault.retry_after is None:
        return {}
    if isinstance(fault.retry_after, str) and fault.retry_after.startswith("date:"):
        from_now = float(fault.retry_after.removeprefix("date:"))
        return {"Retry-After": formatdate(_wall() + from_now, usegmt=True)}
    return {"Retry-After": str(fault.retry_after)}


def _wall() -> float:
    import time  # noqa: PLC0415  # HTTP dates are wall-clock times, whatever the forum's clock says

    return time.time()


async def answer(fault: Fault) -> Response | None:
    """What a failing request gets; ``None`` when it only comes late."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    headers = _retry_after(fault)
    makers: dict[str, Callable[[], Response]] = {
        "status": lambda: _status(fault.status, headers),
        "html": lambda: Response(_HTML, status_code=fault.status, headers=headers, media_type="text/html"),
        "garbage-json": lambda: Response(b'{"latest_posts": [{"id": 1, "raw": "', headers=headers, media_type="application/json"),
        "empty": lambda: Response(b"", media_type="application/json"),
        "redirect": lambda: Response(b"", status_code=302, headers={"Location": fault.location or "http://169.254.169.254/latest/meta-data/"}),
        "gzip-bomb": lambda: _Bomb(fault.size),
        "huge": lambda: StreamingResponse(_huge(fault.size), media_type="application/json"),
        "drip": lambda: StreamingResponse(_drip(), media_type="application/json"),
        "truncate": lambda: _Broken(b'{"truncated": "' + b"x" * 100),
        "reset": lambda: _Broken(b""),
        "hang": _Hang,
    }
    make = makers.get(fault.kind)
    return make() if make else None


def _status(status: int, headers: dict[str, str]) -> Response:
    if status == 429:
        body = {"errors": ["You’ve performed this action too many times."], "error_type": "rate_limit"}
        return Response(orjson.dumps(body), status_code=429, headers=headers, media_type="application/json")
    if status == 503:
        return Response(orjson.dumps({"errors": ["Read only"], "error_type": "read_only"}), status_code=503, headers=headers, media_type="application/json")
    return PlainTextResponse("", status_code=status, headers=headers)


async def _huge(size: int) -> AsyncIterator[bytes]:
    yield b'{"padding": "'
    for _ in range(size // 65_536):
        yield b"x" * 65_536
    yield b'"}'


async def _drip() -> AsyncIterator[bytes]:
    for _ in range(3600):
        yield b" "
        await asyncio.sleep(1)


class _Bomb(Response):
    """Little on the wire, much once unpacked."""

    def __init__(self, size: int) -> None:
        super().__init__(gzip.compress(b"0" * size, 9), media_type="application/json", headers={"Content-Encoding": "gzip"})


class _Broken(Response):
    """Promises more than it sends, or sends nothing, and cuts the connection."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content, media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope.get(TRANSPORT)
        if self.body:
            headers = [(b"content-type", b"application/json"), (b"content-length", b"10000")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self.body, "more_body": True})
        if transport is None:
            raise ConnectionResetError("cut off, as a fault was set")
        transport.close() if self.body else transport.abort()
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait until the other side has closed; what it still sends is passed over."""
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()


class _Hang(Response):
    """Never answers, until the other side gives up."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        await _gone(receive)
