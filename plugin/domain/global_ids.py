"""Ids as the outside knows them: opaque to clients, bound to their installation."""

from binascii import b2a_base64
from dataclasses import dataclass

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def url_safe(text: str) -> str:
    """Text in base64url without padding (RFC 4648 section 5). Every row of every answer has some of it, so it does not take the way through :mod:`base64`."""
    return b2a_base64(text.encode(), newline=False).translate(_URL_SAFE, b"=").decode()


@dataclass(frozen=True, slots=True)
class GlobalId:
    """What an id names. Its text is what GraphQL and events carry."""

    type_name: str
    installation_id: int
    value: str

    def __str__(self) -> str:
        return url_safe(f"{self.type_name}:{self.installation_id}:{self.value}")
