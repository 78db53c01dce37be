"""The homeserver's address from what an admin types."""

from integrations.urls import normalise
from mentorgraph.host import HostInvalid

_WHAT_TO_TYPE = "type the address of the homeserver's client API, such as https://matrix.example.org"


def normalise_url(url: str) -> str:
    """The homeserver's base address: scheme (https unless said), lower-case host, no default port; what clients append themselves is taken off.

    Raises :class:`HostInvalid` with what to type instead, for a Matrix id or alias too.
    """
    typed = url.strip()
    if typed[:1] in {"@", "#", "!"}:
        raise HostInvalid(f"This is a name within Matrix and no address: {_WHAT_TO_TYPE}", reason="url")
    return normalise(typed, what_to_type=_WHAT_TO_TYPE).partition("/_matrix")[0]
