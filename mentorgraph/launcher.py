"""Finds the service beside this package and starts it.

In a checkout the four folders ``plugin``, ``schema``, ``integrations`` and ``migrations`` lie at the top. Their names are generic and taken on PyPI, so in the
wheel they live under one private folder, which is put first on the path here (docs/decisions/0002-wheel-layout.md).
"""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette

_HOME = Path(__file__).resolve().parent.parent / "_mentorgraph"


def find_the_service() -> None:
    """Put the service on the path, if it is not there."""
    if (_HOME / "plugin").is_dir() and str(_HOME) not in sys.path:
        sys.path.insert(0, str(_HOME))


def main() -> None:
    """Run the command line."""
    find_the_service()
    # Nothing of what is imported is garbage, and looking for some in between is a fifth of the time that a command takes to start.
    gc.disable()
    from plugin.cli import main as run  # noqa: PLC0415 - only importable once the path is set

    gc.enable()
    run()


def create_app() -> "Starlette":
    """The ASGI application, with settings from the environment; for a server of your own (``uvicorn --factory mentorgraph:create_app``)."""
    find_the_service()
    from plugin.app import create_app as create  # noqa: PLC0415 - only importable once the path is set
    from plugin.settings import Settings  # noqa: PLC0415

    return create(Settings())
