"""Connections that do not get on with their request are closed: uvicorn waits for the head of a first request for ever, and takes any size."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""How long a client may take for the head of a request, from its first byte, or from the connection for the first."""
HEAD_BYTES = 65_536


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol with a time and a size for the head of a request. Bodies have theirs in :mod:`plugin.web.limits`."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head = True
    _got_on = False
    """Whether what was received last ended a head or a body."""
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """On a connection that is kept, the next head begins with its first byte."""
        if self._in_head and self._deadline is None:
            self._wait()
        self._got_on = False
        super().data_received(data)
        if self._in_head and not self._got_on:
            self._head += len(data)
            if self._head > HEAD_BYTES:
                self._give_up()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_head, self._head, self._got_on = False, 0, True
        self._done()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes now is another request."""
        self._in_head = self._got_on = True
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is left to wait for."""
        self._done()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _done(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._done()
        if not self.transport.is_closing():
            self.transport.abort()
