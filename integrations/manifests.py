"""What the manifests of all hosts have, typed: who it is, what it can do, and how much of it may be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from integrations.values import Json, mapping, number, text, texts
from mentorgraph.host import Capability, RateLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the code takes from every ``manifest.yaml``."""

    domain: str
    title: str
    capabilities: frozenset[Capability]
    rate_limit: RateLimit
    max_body: int
    retry_after: float
    """Seconds to wait when the host asks for it without saying how long."""


def load(path: Path) -> tuple[Manifest, Json]:
    """A manifest, and all that stands in it besides. Raises ``KeyError`` or ``ValueError`` for one that lacks what the code needs."""
    top = mapping(yaml.safe_load(path.read_text(encoding="utf-8")))
    limits = mapping(top["limits"])
    manifest = Manifest(
        domain=_words(top["domain"]),
        title=_words(top["title"]),
        capabilities=frozenset(Capability(name) for name in texts(top["capabilities"])),
        rate_limit=RateLimit(
            per_minute=_number(limits, "requests_per_minute"),
            burst=_number(limits, "burst"),
            per_month=_number(limits, "requests_per_month", 0),
            per_address=_number(limits, "requests_per_address", 0),
        ),
        max_body=_number(limits, "delivery_bytes"),
        retry_after=float(_number(limits, "retry_after_seconds")),
    )
    return manifest, top


def _words(value: object) -> str:
    found = text(value)
    if not found:
        raise ValueError(f"the manifest has {value!r} where a text belongs")
    return found


def _number(limits: Mapping[str, object], name: str, default: int | None = None) -> int:
    found = number(limits.get(name, default))
    if found is None:
        raise ValueError(f"the manifest has {limits.get(name)!r} for {name}, where a number belongs")
    return found
