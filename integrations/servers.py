"""Servers beside something else, for the demo and for tests: a port that nobody takes meanwhile, and an application that answers from a thread."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle, islice

import uvicorn

# Below what systems give to outgoing connections (Linux: from 32768, IANA: from 49152), which might take the port of a server that is started again.
_PORTS = range(20_000, 32_000)
_BLOCK = 100
_KEPT_SECONDS = 30
"""Longer than clients keep a connection (httpx: 5): whoever ends it at the same moment breaks off a request that is just being sent."""
_claimed: dict[int, Iterator[int]] = {}


def free_port(host: str = "127.0.0.1") -> int:
    """A port for a server that is started, and perhaps started again: nobody listens there, no connection is given it, no other process that asks is told it.

    Each process claims a block of ports for as long as it lives, and goes round in it. Raises :class:`RuntimeError` when no port is left.
    """
    ports = _claimed.get(os.getpid())
    if ports is None:
        ports = _claimed[os.getpid()] = cycle(_claim())
    for port in islice(ports, _BLOCK):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return port
    raise RuntimeError(f"every port of this process's {_BLOCK} is taken")


def _claim() -> range:
    """A block of ports whose first is bound for datagrams, which nobody else can do before this process has ended."""
    for first in _PORTS[::_BLOCK]:
        mark = socket.socket(type=socket.SOCK_DGRAM)
        try:
            mark.bind(("127.0.0.1", first))
        except OSError:
            mark.close()
            continue
        mark.detach()
        return range(first, first + _BLOCK)
    raise RuntimeError(f"no ports are left between {_PORTS.start} and {_PORTS.stop}")


def server_of(app: object, *, host: str = "127.0.0.1", port: int, log_level: str = "critical") -> uvicorn.Server:
    """A server for an application, not yet started."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application
        host=host,
        port=port,
        log_level=log_level,
        access_log=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=_KEPT_SECONDS,
        ws="none",
    )
    return uvicorn.Server(config)


@contextmanager
def served_in_thread(app: object, *, port: int) -> Iterator[None]:
    """An application that answers on a port of this machine, from a thread of its own. Raises :class:`RuntimeError` when it does not start."""
    server = server_of(app, port=port)
    thread = threading.Thread(target=server.run, daemon=True, name="double")
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError(f"nothing answers on port {port}")
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
