"""One verb, or a few that belong together, a module."""
