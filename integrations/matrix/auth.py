"""Signing in: the homeserver vouches for a token that a member's own client got for us, or our account sends a code."""

from collections.abc import Mapping

from mentorgraph.host import Identity, Installation, SignInRefused, SignInStart

_ELSEWHERE = "On Matrix one signs in with a code from our account, or from within a client."


def sign_in_start(installation: Installation, *, nonce: str, return_url: str, silent: bool) -> SignInStart:  # noqa: ARG001 - the port's signature
    """There is no page of a homeserver that a browser could be sent to. Raises :class:`SignInRefused`."""
    raise SignInRefused(_ELSEWHERE, reason="not_offered")


def sign_in_finish(installation: Installation, answer: Mapping[str, str]) -> Identity:  # noqa: ARG001 - the port's signature
    """Raises :class:`SignInRefused`, for no answer of this kind can be one of ours."""
    raise SignInRefused(_ELSEWHERE, reason="not_offered")


def peek_nonce(answer: Mapping[str, str]) -> str | None:  # noqa: ARG001 - the port's signature
    """None: no answer carries one."""
    return None
