"""Names and keys as the forum accepts them."""

import re
from hashlib import sha256

from mentorgraph.host import HostInvalid

_EXTERNAL_ID = re.compile(r"[a-z0-9_-]{1,50}", re.ASCII)
_USERNAME = re.compile(r"[\w.-]{1,60}")


def external_id(key: str) -> str:
    """The key of a message as the id of a topic: at most 50 letters, digits, dashes and underscores, which the forum compares without case."""
    return key if _EXTERNAL_ID.fullmatch(key) else f"mg-{sha256(key.encode()).hexdigest()[:40]}"


def reference(key: str) -> str:
    """A short name of the key, for a place where people may see it."""
    return sha256(key.encode()).hexdigest()[:12]


def checked(usernames: tuple[str, ...]) -> tuple[str, ...]:
    """User names that are nothing else: lists of them are joined by commas, and a recipient may also be an address. Raises :class:`HostInvalid`."""
    if not usernames or not all(_USERNAME.fullmatch(name) for name in usernames):
        raise HostInvalid("A list of members must hold user names, and at least one.", reason="username")
    return tuple(dict.fromkeys(usernames))
