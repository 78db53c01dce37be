"""Keeping the service well: how it is doing, what went wrong, what is thrown away."""
