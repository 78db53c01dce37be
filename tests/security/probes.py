"""Tools of others that look for ways in."""

from pathlib import Path

from tests import tools


def installed() -> Path:
    """The folder of the tools' commands."""
    return tools.from_pypi("clairvoyance==2.5.5", "schemathesis==4.32.5")
