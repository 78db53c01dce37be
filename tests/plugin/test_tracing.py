"""Spans of what follows from one delivery are one trace, and go where the settings say."""

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from plugin.tracing import otel_trace_id, span

PROGRAM = """
from plugin.settings import Settings
from plugin.tracing import configure_tracing, span
from opentelemetry import trace
configure_tracing(Settings(secret_keys=("k" * 32,), otlp_url="http://127.0.0.1:{port}"))
with span("delivery.handle", trace_id="abc", kind="post"):
    pass
with span("need.answer", trace_id="abc"):
    pass
try:
    with span("other"):
        raise ValueError("canary-words")
except ValueError:
    pass
trace.get_tracer_provider().shutdown()
"""


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes what is sent to it."""

    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def collector() -> Iterator[int]:
    Collector.bodies = []
    server = http.server.HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_a_real_exporter_sends_one_trace_for_one_delivery(collector: int) -> None:
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", PROGRAM.format(port=collector)], cwd=root, check=True, timeout=60)  # noqa: S603 - our own words
    spans = []
    for body in Collector.bodies:
        request = ExportTraceServiceRequest.FromString(body)
        spans += [one for resource in request.resource_spans for scope in resource.scope_spans for one in scope.spans]
    traces = {one.name: one.trace_id for one in spans}
    assert traces["delivery.handle"] == traces["need.answer"] == otel_trace_id("abc").to_bytes(16)
    assert traces["other"] != traces["need.answer"]
    assert {one.key: one.value.string_value for one in spans[0].attributes} == {"kind": "post", "mentorgraph.trace_id": "abc"}


def test_without_an_address_a_span_is_nothing() -> None:
    with span("x", trace_id="abc", installation=7):
        pass
    with pytest.raises(LookupError), span("x"):
        raise LookupError


@given(st.text(max_size=40))
def test_ids_are_valid(trace_id: str) -> None:
    assert 0 < otel_trace_id(trace_id) < 2**128
