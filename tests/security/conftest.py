"""The filled community of the schema's tests."""

from tests.schema.conftest import both, clock, filled, world

__all__ = ["both", "clock", "filled", "world"]
