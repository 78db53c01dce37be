"""The command line. Exit 0, or a one-line reason and a non-zero exit; ``--json`` prints one JSON object; secrets come by environment or standard input."""

from plugin.cli.main import main

__all__ = ["main"]
