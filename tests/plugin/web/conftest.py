"""The community of the schema's tests, seen from the web."""

from tests.schema.conftest import both, clock, filled, world

__all__ = ["both", "clock", "filled", "world"]
