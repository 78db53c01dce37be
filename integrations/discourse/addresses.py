"""Addresses of a forum: what an admin types, what a delivery says, and where its things are."""

from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from integrations import urls
from mentorgraph.host import HostInvalid

_WHAT_TO_TYPE = "type the address of the forum's front page, such as https://forum.example.com"


def normalise_url(url: str) -> str:
    """The forum's base address from what an admin typed: scheme (https unless said), lower-case host, no default port, sub-folder without its last slash.

    Raises :class:`HostInvalid` with what to type instead.
    """
    return urls.normalise(url, what_to_type=_WHAT_TO_TYPE)


def same_forum(claimed: str, base_url: str) -> bool:
    """Whether ``claimed`` is the registered ``base_url``, whichever way either is written."""
    return claimed == base_url or (len(claimed) <= urls.LONGEST and _same(claimed, base_url))


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
        return found if urlsplit(found).scheme in {"http", "https"} and found.isprintable() and " " not in found else None
    except ValueError:
        return None
