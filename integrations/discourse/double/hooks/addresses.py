"""Addresses that a webhook may not have."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit


def blocked(url: str, allowed: Sequence[str]) -> bool:
    """Whether an address is internal and not on the site's list. Names are not resolved, but for ``localhost``."""
    host = (urlsplit(url).hostname or "").lower()
    if host in allowed:
        return False
    if host == "localhost" or host.endswith((".localhost", ".internal", ".local")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
