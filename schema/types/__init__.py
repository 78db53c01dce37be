"""One noun a module."""
