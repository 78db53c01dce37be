"""Rounds and groups: computed by the worker, adjusted by hand, published."""
