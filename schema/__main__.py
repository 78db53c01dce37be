"""Writes the schema's printed form: ``python -m schema``."""

from pathlib import Path

from schema.schema import sdl

Path(__file__).with_name("schema.graphql").write_text(sdl(), encoding="utf-8")
