"""Numbers for Prometheus, in its text format."""

from bisect import bisect_left

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Counters of this process."""

    def __init__(self) -> None:
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._sum = 0.0

    def acknowledged(self, seconds: float) -> None:
        """A delivery was kept and acknowledged after so many seconds."""
        self._buckets[bisect_left(BUCKETS, seconds)] += 1
        self._sum += seconds

    def text(self, states: dict[str, dict[str, int]], oldest_seconds: float) -> str:
        """Everything in Prometheus's text format; ``states`` holds rows by table and state."""
        lines = ["# TYPE mentorgraph_acknowledgement_seconds histogram"]
        total = 0
        for bound, count in zip((*BUCKETS, float("inf")), self._buckets, strict=True):
            total += count
            edge = "+Inf" if bound == float("inf") else f"{bound:g}"
            lines.append(f'mentorgraph_acknowledgement_seconds_bucket{{le="{edge}"}} {total}')
        lines += [f"mentorgraph_acknowledgement_seconds_sum {self._sum:.6f}", f"mentorgraph_acknowledgement_seconds_count {total}"]
        for table, counts in states.items():
            lines.append(f"# TYPE mentorgraph_{table} gauge")
            lines += [f'mentorgraph_{table}{{state="{state}"}} {count}' for state, count in sorted(counts.items())]
        lines += ["# TYPE mentorgraph_oldest_delivery_seconds gauge", f"mentorgraph_oldest_delivery_seconds {oldest_seconds:.3f}", ""]
        return "\n".join(lines)
