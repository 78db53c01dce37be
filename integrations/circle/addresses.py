"""The community's address from what an admin types."""

from integrations.urls import normalise

_WHAT_TO_TYPE = "type the address of the community, such as https://community.example.org or https://example.circle.so"


def normalise_url(url: str) -> str:
    """The community's base address: scheme (https unless said), lower-case host, no path. Raises :class:`HostInvalid` with what to type instead."""
    scheme, _, rest = normalise(url, what_to_type=_WHAT_TO_TYPE).partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
