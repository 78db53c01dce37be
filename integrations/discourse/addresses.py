"""Addresses of a forum: what an admin types, what a delivery says, and where its things are."""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from mentorgraph.host import HostInvalid

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%-]{1,100}){0,8}")
_LONGEST = 500
_WHAT_TO_TYPE = "type the address of the forum's front page, such as https://forum.example.com"


def normalise_url(url: str) -> str:
    """The forum's base address from what an admin typed: scheme (https unless said), lower-case host, no default port, sub-folder without its last slash.

    Raises :class:`HostInvalid` with what to type instead.
    """
    typed = url.strip()
    if len(typed) > _LONGEST or not typed.isprintable():
        raise HostInvalid(f"This is not an address: {_WHAT_TO_TYPE}", reason="url")
    if "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii").lower()
    except ValueError as error:  # UnicodeError of the idna codec is one too
        raise HostInvalid(f"This is not an address: {_WHAT_TO_TYPE}", reason="url") from error
    scheme, path = parts.scheme.lower(), re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    if scheme not in _DEFAULT_PORTS:
        raise HostInvalid(f"The address must begin with https:// or http://; {_WHAT_TO_TYPE}", reason="url")
    if parts.username is not None or parts.password is not None:
        raise HostInvalid(f"The address must not hold a user name or password; {_WHAT_TO_TYPE}", reason="url")
    if not _HOST.fullmatch(host) or not _PATH.fullmatch(path) or ".." in path.split("/") or "." in path.split("/"):
        raise HostInvalid(f"This is not an address: {_WHAT_TO_TYPE}", reason="url")
    return f"{scheme}://{host}{'' if port in {None, _DEFAULT_PORTS[scheme]} else f':{port}'}{path}"


def same_forum(claimed: str, base_url: str) -> bool:
    """Whether ``claimed`` is the registered ``base_url``, whichever way either is written."""
    return claimed == base_url or (len(claimed) <= _LONGEST and _same(claimed, base_url))


@lru_cache(maxsize=256)
def _same(claimed: str, base_url: str) -> bool:
    try:
        return normalise_url(claimed) == normalise_url(base_url)
    except HostInvalid:
        return False


def member_url(base_url: str, username: str) -> str:
    """A member's profile; relative to the host when ``base_url`` is empty."""
    return f"{base_url}/u/{quote(username, safe='')}"


def topic_url(base_url: str, topic_id: str, slug: str | None) -> str:
    """A topic; ``-`` stands for an unknown slug and the forum redirects."""
    return f"{base_url}/t/{quote(slug or '-', safe='')}/{topic_id}"


def post_url(base_url: str, topic_id: str, slug: str | None, number: int) -> str:
    """A post in its topic."""
    return f"{topic_url(base_url, topic_id, slug)}/{number}"


def space_url(base_url: str, space_id: str, slug: str) -> str:
    """A category."""
    return f"{base_url}/c/{quote(slug or '-', safe='')}/{space_id}"


def avatar_url(base_url: str, template: str | None, size: int = 96) -> str | None:
    """A picture from an ``avatar_template``: relative, protocol-relative or absolute, with ``{size}``; ``None`` for another scheme than http(s)."""
    if not template:
        return None
    try:
        found = urljoin(f"{base_url}/", template.replace("{size}", str(size)))
        return found if urlsplit(found).scheme in _DEFAULT_PORTS and found.isprintable() and " " not in found else None
    except ValueError:
        return None
