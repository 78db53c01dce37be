"""Deliveries answered at the door: by the server's own protocol, without a task, a coroutine or a route for each of them.

What a delivery costs is mostly what surrounds it. So one that came whole and in an ordinary way is handed over as soon as its last byte is there, and answered
by one write when its group is durable. Everything else, and every delivery that is refused, goes the way of all requests; so it does under any other server.
"""

import asyncio
from functools import partial
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from mentorgraph.host import Acknowledgement
from plugin.web.connections import Bounded
from plugin.web.hooks import FAILED, Hooks, is_for_hooks, raw_headers

BODY_SECONDS = 5.0
"""How long the door waits for the rest of a body; after that it is left to whoever else waits for slow ones."""

_App = Any
"""An ASGI application, as the server types it."""
_Held = tuple[RequestResponseCycle, _App]


class Door(Bounded):
    """One connection. The application it serves has deliveries taken in by its ``hooks``, if it has any."""

    _hooks: Hooks | None = None
    _held: _Held | None = None
    """A request whose body is not all there yet."""
    _patience: asyncio.TimerHandle | None = None
    _said: tuple[Acknowledgement | None, object, bytes] = (None, None, b"")
    """The last answer, which the next one mostly equals: an acknowledgement, the headers of the moment, and both as bytes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hooks = getattr(self.app, "hooks", None)

    # ---------------------------------------------------------------------------------------------------------- what the server calls

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: _App) -> None:
        if self._hooks is None or app is not self.app or not _is_ordinary(cycle):
            super()._start_asgi_task(cycle, app)
        elif cycle.more_body:
            self._held = cycle, app
        else:
            self._begin(cycle, app)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self._held is not None:
            self._begin(*self._let_go())

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._held is not None and self._patience is None:
            self._patience = self.loop.call_later(BODY_SECONDS, self._leave_to_others)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._held is not None:
            self._let_go()
        super().connection_lost(exc)

    # ---------------------------------------------------------------------------------------------------------- what the door does

    def _let_go(self) -> _Held:
        held, self._held = self._held, None
        assert held is not None  # noqa: S101 - the callers looked
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        return held

    def _leave_to_others(self) -> None:
        if self._held is not None and not self.transport.is_closing():
            super()._start_asgi_task(*self._let_go())

    def _begin(self, cycle: RequestResponseCycle, app: _App) -> None:
        if self.flow.write_paused or not self._hooks or not self._hooks.begin(_scope(cycle), bytes(cycle.body), partial(self._answer, cycle, app)):
            super()._start_asgi_task(cycle, app)

    def _answer(self, cycle: RequestResponseCycle, app: _App, found: Acknowledgement | Exception) -> None:
        if cycle.disconnected or self.transport.is_closing():
            return
        if isinstance(found, Exception):
            _scope(cycle)[FAILED] = found
            super()._start_asgi_task(cycle, app)
            return
        moment = self.server_state.default_headers
        if found is not self._said[0] or moment is not self._said[1]:
            lines = [b"%b: %b\r\n" % header for header in (*moment, *raw_headers(found))]
            # All connections say the same.
            Door._said = found, moment, b"".join([STATUS_LINE[found.status], *lines])
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(self._said[2] + end + found.body)
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()


def _scope(cycle: RequestResponseCycle) -> Scope:
    """What it is about, as we type it."""
    return cast("Scope", cycle.scope)


def _is_ordinary(cycle: RequestResponseCycle) -> bool:
    """Whether a request is a delivery whose body is small and said to be, and that waits for nothing before it sends it."""
    if cycle.waiting_for_100_continue or not is_for_hooks(_scope(cycle)):
        return False
    declared = b""
    for name, value in cycle.scope["headers"]:
        if name == b"content-length":
            declared = value
        elif name in _UNUSUAL:
            return False
    return declared.isdigit() and len(declared) < _DIGITS


_UNUSUAL = frozenset({b"transfer-encoding", b"upgrade"})
_DIGITS = len(str(HIGH_WATER_LIMIT))
"""A body with fewer digits is one for which the server never stops reading."""
