"""Ids as the outside knows them: opaque to clients, bound to their installation."""

import base64
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlobalId:
    """What an id names. Its text is what GraphQL and events carry."""

    type_name: str
    installation_id: int
    value: str

    def __str__(self) -> str:
        raw = f"{self.type_name}:{self.installation_id}:{self.value}".encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")
