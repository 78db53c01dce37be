"""``python -m schema`` prints the schema; its output is committed as ``schema/schema.graphql``."""

import sys

from schema.schema import sdl

sys.stdout.write(sdl())
