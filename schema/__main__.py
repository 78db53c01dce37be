"""``python -m schema`` writes ``schema/schema.graphql`` anew."""

from pathlib import Path

from schema.schema import sdl

Path(__file__).with_name("schema.graphql").write_text(sdl())
