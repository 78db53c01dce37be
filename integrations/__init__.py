"""The hosts: one folder each, listed here, and those that others ship in wheels of their own."""

from collections.abc import Mapping
from importlib.metadata import entry_points

from integrations.circle.host import HOST as CIRCLE
from integrations.discourse.host import HOST as DISCOURSE
from integrations.matrix.host import HOST as MATRIX
from mentorgraph.host import Host

HOSTS: Mapping[str, Host] = {host.name: host for host in (CIRCLE, DISCOURSE, MATRIX)}
"""Our own hosts by name."""

GROUP = "mentorgraph.hosts"
"""The entry point group by which others add a host: an object that satisfies :class:`mentorgraph.host.Host`."""


def all_hosts() -> dict[str, Host]:
    """Our hosts and those of others. Ours win where names are equal: a package cannot put itself in place of a host by its name."""
    found: dict[str, Host] = {}
    for entry in entry_points(group=GROUP):
        host: Host = entry.load()
        found[host.name] = host
    return {**found, **HOSTS}
