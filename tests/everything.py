"""Every module that the service, its commands and the imitations of hosts come to use; see :mod:`tests.forked`."""

import gc
import importlib

# Nothing of what is read is garbage, and what all forks share is best not touched by looking for some.
gc.disable()
for _name in ("asyncpg", "httptools", "uvloop", "integrations.discourse.double.app", "plugin.cli.main", "schema.schema"):
    importlib.import_module(_name)
gc.freeze()
