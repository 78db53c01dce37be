"""The manifest of this integration, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from integrations.values import entries, mapping, number, text, texts
from mentorgraph.host import Capability, RateLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One webhook to set up: the forum's names of what it is told, and of the coarser groups that forums before autumn 2023 offer instead."""

    filtered_by_category: bool
    subscriptions: tuple[str, ...]
    older_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the code takes from ``manifest.yaml``."""

    domain: str
    title: str
    scopes: Mapping[str, str]
    """Scope of an API key -> why it is asked for."""
    events: Mapping[str, frozenset[str]]
    """Root key of a delivery -> names of events that belong to it."""
    hooks: Mapping[str, Hook]
    capabilities: frozenset[Capability]
    rate_limit: RateLimit
    max_body: int
    retry_after: float


def load(path: Path) -> Manifest:
    """Read a manifest. Raises ``KeyError`` or ``ValueError`` for one that lacks what the code needs."""
    top = mapping(yaml.safe_load(path.read_text(encoding="utf-8")))
    limits = mapping(top["limits"])
    return Manifest(
        domain=_text(top["domain"]),
        title=_text(top["title"]),
        scopes={_text(item["scope"]): _text(item["why"]) for item in entries(top["scopes"])},
        events={root: frozenset(texts(names)) for root, names in mapping(top["events"]).items()},
        hooks={name: _hook(mapping(hook)) for name, hook in mapping(top["hooks"]).items()},
        capabilities=frozenset(Capability(name) for name in texts(top["capabilities"])),
        rate_limit=RateLimit(per_minute=_number(limits["requests_per_minute"]), burst=_number(limits["burst"])),
        max_body=_number(limits["delivery_bytes"]),
        retry_after=float(_number(limits["retry_after_seconds"])),
    )


def _hook(found: Mapping[str, object]) -> Hook:
    return Hook(
        filtered_by_category=found["filtered_by_category"] is True,
        subscriptions=tuple(texts(found["subscriptions"])),
        older_groups=tuple(texts(found["older_groups"])),
    )


def _text(value: object) -> str:
    found = text(value)
    if not found:
        raise ValueError(f"the manifest has {value!r} where a text belongs")
    return found


def _number(value: object) -> int:
    found = number(value)
    if found is None:
        raise ValueError(f"the manifest has {value!r} where a number belongs")
    return found


MANIFEST = load(Path(__file__).with_name("manifest.yaml"))
