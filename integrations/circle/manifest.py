"""The manifest of this integration, typed."""

from pathlib import Path

from integrations.manifests import load

MANIFEST, _ = load(Path(__file__).with_name("manifest.yaml"))
