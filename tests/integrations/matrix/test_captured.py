"""Transactions that a real Synapse sent, where they are: each is taken, no word of it is kept, and an id that came again after a restart hides nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.matrix import webhooks
from mentorgraph.events import Event
from mentorgraph.host import Admitted, Delivery, DeliveryRefused, Installation

CAPTURED = Path(__file__).parents[4] / "shared" / "hosts" / "matrix"
HERE = Installation(id=1, host="matrix", base_url="https://matrix.example.org", hook_secrets=("hs-token-mentorship-9876543210",))
pytestmark = pytest.mark.skipif(not CAPTURED.exists(), reason="the captures are not here")


def deliveries(*names: str) -> Iterator[Delivery]:
    """Every request, in order."""
    for name in names:
        for line in (CAPTURED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            headers = {key.lower(): value for key, value in one["headers"]}
            at = datetime.fromtimestamp(one["t"], UTC)
            yield Delivery(method=one["method"], rest=one["path"].lstrip("/"), headers=headers, body=one["body"].encode(), received_at=at)


def test_each_is_authentic_and_says_something_or_is_dropped() -> None:
    said: list[Event] = []
    for delivery in deliveries("as", "as_retry"):
        webhooks.verify(delivery, HERE)
        with pytest.raises(DeliveryRefused):
            webhooks.verify(delivery, Installation(id=1, host="matrix", base_url=HERE.base_url, hook_secrets=("another token",)))
        admitted = webhooks.admit(delivery)
        if admitted is None:
            continue
        for event in json.loads(delivery.body)["events"]:
            words = event["content"].get("body")
            assert words is None or words.encode() not in admitted.body
        said += webhooks.to_events(admitted, received_at=datetime(2026, 11, 2, tzinfo=UTC), base_url="")
    assert len(said) > 5


def test_an_id_that_was_used_before_a_restart_is_another_delivery_after_it() -> None:
    kept: dict[str, list[Admitted]] = {}
    for delivery in deliveries("as", "as_retry"):
        admitted = webhooks.admit(delivery)
        if admitted is not None:
            kept.setdefault(delivery.rest.rpartition("/")[2], []).append(admitted)
    again = [one for one in kept.values() if len(one) > 1]
    numbers = [delivery.rest for delivery in deliveries("as", "as_retry")]
    assert len(set(numbers)) < len(numbers), "the homeserver counted from 1 again"
    assert all(len({one.key for one in several}) == len(several) for several in again)
    keys = [one.key for several in kept.values() for one in several]
    assert len(set(keys)) == len(keys)
