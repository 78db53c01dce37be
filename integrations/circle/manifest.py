"""The manifest of this integration, typed."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from integrations.values import mapping, number, texts
from mentorgraph.host import Capability, RateLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the code takes from ``manifest.yaml``."""

    domain: str
    title: str
    capabilities: frozenset[Capability]
    rate_limit: RateLimit
    max_body: int
    retry_after: float


def load(path: Path) -> Manifest:
    """Read a manifest. Raises ``KeyError`` or ``ValueError`` for one that lacks what the code needs."""
    top = mapping(yaml.safe_load(path.read_text(encoding="utf-8")))
    limits = mapping(top["limits"])
    return Manifest(
        domain=str(top["domain"]),
        title=str(top["title"]),
        capabilities=frozenset(Capability(name) for name in texts(top["capabilities"])),
        rate_limit=RateLimit(
            per_minute=_number(limits["requests_per_minute"]),
            burst=_number(limits["burst"]),
            per_month=_number(limits["requests_per_month"]),
            per_address=_number(limits["requests_per_address"]),
        ),
        max_body=_number(limits["delivery_bytes"]),
        retry_after=float(_number(limits["retry_after_seconds"])),
    )


def _number(value: object) -> int:
    found = number(value)
    if found is None:
        raise ValueError(f"the manifest has {value!r} where a number belongs")
    return found


MANIFEST = load(Path(__file__).with_name("manifest.yaml"))
