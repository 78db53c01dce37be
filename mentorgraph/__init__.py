"""Mentorgraph turns an existing online community into a mentorship program.

This package is the public part: the launcher (:func:`main`, :func:`create_app`) and the port for hosts (:mod:`mentorgraph.host`, :mod:`mentorgraph.events`).
"""

from mentorgraph.launcher import create_app, main

__all__ = ["__version__", "create_app", "main"]
__version__ = "0.1.0"
