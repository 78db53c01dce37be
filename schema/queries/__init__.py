"""Queries by noun; :mod:`schema.query` puts them together."""
