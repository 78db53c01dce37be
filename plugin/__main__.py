"""``python -m plugin`` from a checkout."""

from plugin.cli import main

main()
