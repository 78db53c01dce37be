"""OpenTelemetry traces (opentelemetry.io/docs/specs/otel/trace/api). Without an address to send them to, a span costs almost nothing.

What follows from one delivery happens in several pieces of work, minutes apart at times. They are spans of one trace all the same, because the trace's id is
made of the delivery's, which every log line of theirs carries as ``trace_id``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags, set_span_in_context

from plugin.errors import Misconfigured
from plugin.settings import Settings

_TRACER = trace.get_tracer("mentorgraph")


def otel_trace_id(trace_id: str) -> int:
    """The trace that belongs to a delivery's id: 128 bits, never 0."""
    return int.from_bytes(blake2b(trace_id.encode(), digest_size=16).digest()) or 1


@contextmanager
def span(name: str, *, trace_id: str = "", **attributes: str | int) -> Iterator[None]:
    """A piece of work. With ``trace_id`` it belongs to what followed from that delivery. Attributes hold numbers and words of ours, never a member's."""
    parent = None
    if trace_id:
        number = otel_trace_id(trace_id)
        parent = set_span_in_context(NonRecordingSpan(SpanContext(number, number >> 64 or 1, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))))
        attributes["mentorgraph.trace_id"] = trace_id
    # What an exception says may be a member's, and would be sent along with the span.
    with _TRACER.start_as_current_span(name, context=parent, attributes={**attributes}, record_exception=False, set_status_on_exception=False) as found:
        try:
            yield
        except BaseException as error:
            found.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def configure_tracing(settings: Settings) -> None:
    """Send traces to where the settings say, by OTLP over HTTP. Raises :class:`Misconfigured` where the extra is not installed."""
    if not settings.otlp_url:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise Misconfigured("MENTORGRAPH_OTLP_URL is set, but traces need an extra: pip install 'mentorgraph[tracing]'") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "mentorgraph"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{settings.otlp_url}/v1/traces")))
    trace.set_tracer_provider(provider)
