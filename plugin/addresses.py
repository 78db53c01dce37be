"""Which address may be called: the name is resolved here, and every address it has must be public or be allowed by ``MENTORGRAPH_ALLOW_PRIVATE``."""

import asyncio
import ipaddress
import socket
from collections.abc import Container, Sequence
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from mentorgraph.host import HostUnreachable


class Resolver(Protocol):
    """Turns a name into addresses."""

    async def __call__(self, host: str, port: int, /) -> Sequence[str]: ...


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a name as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6 (RFC 4291 section 2.4); whatever lies outside wraps an IPv4 address, or is for some purpose inside a network."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""Of IANA's registries of special addresses what not every supported Python knows."""


def is_public(address: str) -> bool:
    """Whether an address can be on the public internet; those that wrap an IPv4 address are judged by it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            ip = inner
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip not in _GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in one for one in _SPECIAL)


async def pinned_address(url: str, *, resolver: Resolver, allowed: Container[str]) -> tuple[str, str, str]:
    """The address to connect to, the Host header and the name to check the certificate by. ``allowed`` are ``host:port`` of private addresses that are meant.

    Raises :class:`HostUnreachable` for what cannot be called or must not be.
    """
    try:
        parts = urlsplit(url if url.isascii() else _in_ascii(url))
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise HostUnreachable("the address cannot be understood: it must look like https://forum.example.org", reason="bad_address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise HostUnreachable("the address must begin with http:// or https://", reason="bad_address")
    try:
        addresses = await resolver(parts.hostname, port)
    except (OSError, UnicodeError) as error:
        raise HostUnreachable(f"the name {parts.hostname} cannot be found: check the address", reason="no_such_name") from error
    if not addresses:
        raise HostUnreachable(f"the name {parts.hostname} cannot be found: check the address", reason="no_such_name")
    if f"{parts.hostname.lower()}:{port}" not in allowed and not all(map(is_public, addresses)):
        raise HostUnreachable(f"{parts.hostname}:{port} is a private address: add it to MENTORGRAPH_ALLOW_PRIVATE if that is meant", reason="private_address")
    shown = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    pinned = f"{parts.scheme}://{shown}:{port}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
    return pinned, parts.netloc.rpartition("@")[2], parts.hostname


def _in_ascii(url: str) -> str:
    """An address whose name is spelled as the network spells it (RFC 3490)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return url if host.isascii() else urlunsplit(parts._replace(netloc=host.encode("idna").decode() + (f":{parts.port}" if parts.port else "")))
