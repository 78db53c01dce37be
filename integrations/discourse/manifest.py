"""The manifest of this integration, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from integrations.manifests import load
from integrations.values import mapping, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One webhook to set up: the forum's names of what it is told, and of the coarser groups that forums before autumn 2023 offer instead."""

    filtered_by_category: bool
    subscriptions: tuple[str, ...]
    older_groups: tuple[str, ...]


def _hook(found: Mapping[str, object]) -> Hook:
    return Hook(
        filtered_by_category=found["filtered_by_category"] is True,
        subscriptions=tuple(texts(found["subscriptions"])),
        older_groups=tuple(texts(found["older_groups"])),
    )


MANIFEST, _top = load(Path(__file__).with_name("manifest.yaml"))
ROOTS: Mapping[str, frozenset[str]] = {root: frozenset(texts(names)) for root, names in mapping(_top["events"]).items()}
"""Root key of a delivery -> names of events that belong to it."""
HOOKS: Mapping[str, Hook] = {name: _hook(mapping(hook)) for name, hook in mapping(_top["hooks"]).items()}
"""Webhooks by our names for them."""
