"""What is counted shows under the names that an operator's alarms are made of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from plugin.metering import SHARED, WORDS, Meter


def read(meter: Meter, gauges: dict[str, dict[tuple[tuple[str, str], ...], float]] | None = None) -> dict[str, float]:
    """Every sample by name and labels, as Prometheus's own parser reads them."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(meter.text(gauges or {}).decode()):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_counters() -> None:
    meter = Meter()
    meter.handled(done=3, failed=1)
    meter.handled(done=2, failed=0)
    meter.drifted(7, 4)
    meter.sent("suggestions")
    meter.failed("outbox", "busy")
    meter.answered("plan", requested=100, actual=60)
    found = read(meter)
    assert found["mentorgraph_deliveries_handled_total{outcome=handled}"] == 5
    assert found["mentorgraph_deliveries_handled_total{outcome=failed}"] == 1
    assert found["mentorgraph_drift_total{installation=7}"] == 4
    assert found["mentorgraph_messages_sent_total{kind=suggestions}"] == 1
    assert found["mentorgraph_lane_failures_total{lane=outbox,reason=busy}"] == 1
    assert found["mentorgraph_graphql_cost_total{kind=requested}"] == 100
    assert found["mentorgraph_graphql_cost_total{kind=actual}"] == 60


def test_gauges_come_with_what_they_mean() -> None:
    text = Meter().text({name: {(): 1.5} for name in WORDS}).decode()
    for name, words in WORDS.items():
        assert f"# HELP mentorgraph_{name} {words}" in text
        assert f"mentorgraph_{name} 1.5" in text


def test_two_meters_do_not_share_anything() -> None:
    one, two = Meter(), Meter()
    one.sent("x")
    assert "mentorgraph_messages_sent_total{kind=x}" not in read(two)


def test_what_alarms_look_at_begins_at_nought() -> None:
    meter = Meter()
    meter.begin(lanes=("inbox",), installations=(7,))
    meter.drifted(7, 3)
    meter.begin(lanes=("inbox",), installations=(7,))
    found = read(meter)
    assert found["mentorgraph_lane_failures_total{lane=inbox,reason=unexpected}"] == 0
    assert found["mentorgraph_drift_total{installation=7}"] == 3


COUNT = """
from plugin.metering import Meter
meter = Meter()
meter.sent("suggestions")
meter.acknowledged(0.02)
print(meter.text({}).decode())
"""


@pytest.mark.slow
def test_processes_that_share_a_port_are_counted_together(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        environment = os.environ | {SHARED: str(tmp_path)}
        text = subprocess.run([sys.executable, "-c", COUNT], env=environment, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own code
        assert f'mentorgraph_messages_sent_total{{kind="suggestions"}} {number}.0' in text
        assert f"mentorgraph_acknowledgement_seconds_count {number}.0" in text
        assert 'mentorgraph_acknowledgement_seconds_bucket{le="0.01"} 0.0' in text
