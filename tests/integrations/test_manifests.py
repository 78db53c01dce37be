"""What a manifest must have, seen at the start."""

from pathlib import Path

import pytest

from integrations import HOSTS, manifests
from mentorgraph.host import Host

ROOT = Path(manifests.__file__).parent
LIMITS = "limits: {requests_per_minute: 9, burst: 1, delivery_bytes: 9, retry_after_seconds: 9}"


@pytest.mark.parametrize("host", HOSTS.values(), ids=lambda host: str(host.name))
def test_a_host_is_what_its_manifest_says(host: Host) -> None:
    found, _ = manifests.load(ROOT / host.name / "manifest.yaml")
    assert (host.name, host.title, host.capabilities) == (found.domain, found.title, found.capabilities)
    assert (host.rate_limit, host.max_body) == (found.rate_limit, found.max_body)
    assert found.retry_after > 0


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "domain: discourse",
        "domain: []\ntitle: x\nlimits: {}",
        f"domain: x\ntitle: []\ncapabilities: []\n{LIMITS}",
        f"domain: x\ntitle: x\ncapabilities: [flight]\n{LIMITS}",
        "domain: x\ntitle: x\ncapabilities: []\nlimits: {requests_per_minute: 9, burst: few, delivery_bytes: 9, retry_after_seconds: 9}",
    ],
)
def test_a_manifest_that_lacks_something_is_not_loaded(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises((KeyError, ValueError)):
        manifests.load(path)
