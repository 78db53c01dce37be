"""Numbers of this process for Prometheus (prometheus.io/docs/concepts/metric_types).

Counters are this process's own, and each process is scraped for itself; but those that share a port (``serve --workers``) are counted together, by files in a
folder that :data:`SHARED` names. Communities are labelled by the number of their installation, never by name.
"""

import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own name for the folder in which processes count together; it is read when the library is first imported."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

ACKNOWLEDGEMENT = ("mentorgraph_acknowledgement_seconds", "From the first byte of a delivery to its acknowledgement, durable.")

# When a series began is of use to no alarm of ours, and doubles what is sent.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped


class _Acknowledgements(Collector):
    """Times of acknowledgement. Kept by hand: it is counted for every delivery, and this takes a tenth of a histogram's time."""

    def __init__(self) -> None:
        self.buckets = [0] * (len(BUCKETS) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one."""
        self.buckets[bisect_left(BUCKETS, seconds)] += 1
        self.sum += seconds

    def collect(self) -> Iterable[Metric]:
        """The histogram as it is now."""
        found = HistogramMetricFamily(*ACKNOWLEDGEMENT)
        total, counts = 0, []
        for bound, count in zip((*BUCKETS, None), self.buckets, strict=True):
            total += count
            counts.append(("+Inf" if bound is None else f"{bound:g}", total))
        found.add_metric([], counts, self.sum)
        yield found


WAYS = ("plan", "engine")
"""How an operation can be answered."""


class Meter:
    """Everything that this process counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._acknowledgements: _Acknowledgements | Histogram
        self._together = SHARED in os.environ
        if self._together:
            self._acknowledgements = Histogram(*ACKNOWLEDGEMENT, buckets=BUCKETS, registry=self._registry)
        else:
            self._acknowledgements = _Acknowledgements()
            self._registry.register(self._acknowledgements)
            ProcessCollector(registry=self._registry)

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"mentorgraph_{name}", what, labels, registry=self._registry)

        self._handled = counter("deliveries_handled", "Deliveries by what became of them.", "outcome")
        self._drift = counter("drift", "Subjects that reading the host found to be other than deliveries had said.", "installation")
        self._sent = counter("messages_sent", "Messages that a host took.", "kind")
        self._failures = counter("lane_failures", "Pieces of work that failed, by lane and reason.", "lane", "reason")
        operations = counter("graphql_operations", "Operations by the way they were answered.", "way")
        self._ways = {way: operations.labels(way) for way in WAYS}
        cost = counter("graphql_cost", "What operations cost: what they could have asked for, and what came.", "kind")
        self._requested, self._actual = cost.labels("requested"), cost.labels("actual")

    def acknowledged(self, seconds: float) -> None:
        """A delivery was kept and acknowledged after so many seconds."""
        self._acknowledgements.observe(seconds)

    def handled(self, *, done: int, failed: int) -> None:
        """So many deliveries had their effect, so many were put off."""
        self._handled.labels("handled").inc(done)
        self._handled.labels("failed").inc(failed)

    def drifted(self, installation_id: int, subjects: int) -> None:
        """Reading found so many subjects to differ."""
        self._drift.labels(str(installation_id)).inc(subjects)

    def sent(self, kind: str) -> None:
        """A host took a message."""
        self._sent.labels(kind).inc()

    def failed(self, lane: str, reason: str) -> None:
        """A piece of work failed."""
        self._failures.labels(lane, reason).inc()

    def begin(self, *, lanes: Iterable[str] = (), installations: Iterable[int] = ()) -> None:
        """Count these from nought: an alarm on how much a number grew does not see the first of a series that was not there before."""
        for lane in lanes:
            self._failures.labels(lane, "unexpected")
        for installation_id in installations:
            self._drift.labels(str(installation_id))

    def answered(self, way: str, *, requested: int, actual: int) -> None:
        """An operation was answered in one of :data:`WAYS`."""
        self._ways[way].inc()
        self._requested.inc(requested)
        self._actual.inc(actual)

    def text(self, gauges: Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]) -> bytes:
        """Everything in Prometheus's text format, with gauges that were read just now: by name, then by labels."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Gauges(gauges))
        counted = self._registry
        if self._together:
            counted = CollectorRegistry(auto_describe=False)
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        return generate_latest(counted) + generate_latest(registry)


WORDS = {
    "deliveries": "Deliveries by state; dead ones could not be handled.",
    "messages": "Messages to hosts by state.",
    "oldest_delivery_seconds": "Age of the oldest delivery that is not handled.",
    "outbox_lag_seconds": "For how long the oldest message that is due has not been sent.",
    "host_calls_left": "Calls left of a host's monthly quota.",
    "last_reading_seconds": "Seconds since a community was last read to its end.",
    "communities": "Communities by state.",
}


class _Gauges(Collector):
    def __init__(self, found: Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """One family a name."""
        for name, values in self._found.items():
            labels = [label for label, _ in next(iter(values), ())]
            family = GaugeMetricFamily(f"mentorgraph_{name}", WORDS[name], labels=labels)
            for one, value in values.items():
                family.add_metric([word for _, word in one], value)
            yield family
