"""The manifest of this integration, typed."""

from pathlib import Path

from integrations.manifests import load
from integrations.values import texts

MANIFEST, _top = load(Path(__file__).with_name("manifest.yaml"))
EVENTS = frozenset(texts(_top["events"]))
"""Types of events that are heard."""
