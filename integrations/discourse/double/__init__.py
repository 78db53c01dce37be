"""An imitation of Discourse as a process of its own, which refuses what Discourse refuses.

For tests and demonstrations. It shares no code with the integration that talks to it, so that a mistake there is not mirrored here. Start it with
``python -m integrations.discourse.double``, or in a test with :func:`integrations.discourse.double.process.running_double`.
"""
