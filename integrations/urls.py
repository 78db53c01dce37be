"""Addresses of communities, as admins type them."""

import re
from urllib.parse import urlsplit

from mentorgraph.host import HostInvalid

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%-]{1,100}){0,8}")
LONGEST = 500


def normalise(url: str, *, what_to_type: str) -> str:
    """A base address: scheme (https unless said), lower-case host, no default port, path without its last slash.

    Raises :class:`HostInvalid` that ends with ``what_to_type``.
    """
    typed = url.strip()
    if len(typed) > LONGEST or not typed.isprintable():
        raise HostInvalid(f"This is not an address: {what_to_type}", reason="url")
    if "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii").lower()
    except ValueError as error:  # UnicodeError of the idna codec is one too
        raise HostInvalid(f"This is not an address: {what_to_type}", reason="url") from error
    scheme, path = parts.scheme.lower(), re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    if scheme not in _DEFAULT_PORTS:
        raise HostInvalid(f"The address must begin with https:// or http://; {what_to_type}", reason="url")
    if parts.username is not None or parts.password is not None:
        raise HostInvalid(f"The address must not hold a user name or password; {what_to_type}", reason="url")
    if not _HOST.fullmatch(host) or not _PATH.fullmatch(path) or ".." in path.split("/") or "." in path.split("/"):
        raise HostInvalid(f"This is not an address: {what_to_type}", reason="url")
    return f"{scheme}://{host}{'' if port in {None, _DEFAULT_PORTS[scheme]} else f':{port}'}{path}"
